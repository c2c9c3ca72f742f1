#ifndef AGGREGATOR_INGEST_IN_HAND_H
#define AGGREGATOR_INGEST_IN_HAND_H

/*
 * What the program is working on, written where it outlives the program: into a file, without
 * fsync, as a death of the program is not one of the machine. Whoever starts after a death takes
 * statements one by one, each named before it is touched; a statement that was in hand at three
 * deaths is the culprit.
 *
 *     gate { batch in hand -> death -> one by one -> culprit } -> quarantine
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/digest.h"

#define IN_HAND_FILE "in-hand"               /* of whoever serves */
#define IN_HAND_IMPORT_FILE "in-hand-import" /* of whoever imports beside him */
#define IN_HAND_DEATHS_MAX 3                 /* while it was judged */
#define IN_HAND_COMMITS_MAX 10 /* while it was written: most of that time is the disk's */
#define IN_HAND_CAREFUL 256    /* statements that are taken one by one after a death */

struct error;
struct in_hand;

/* Reads what the last run left in "<folder>/<name>". Fails with SYSTEM. */
NODISCARD struct in_hand *in_hand_open(const char *folder, const char *name, struct error *err);
void in_hand_close(struct in_hand **in_hand);

/* Whether statements are to be taken one by one: after a death. */
bool in_hand_is_careful(const struct in_hand *in_hand);
/* The statement at whose touch the program died again and again; NULL: there is none. */
const struct digest *in_hand_culprit(const struct in_hand *in_hand);

void in_hand_batch(struct in_hand *in_hand);
void in_hand_judging(struct in_hand *in_hand, const struct digest *statement);
void in_hand_writing(struct in_hand *in_hand);
/* Nothing is: it went well, whatever was answered. */
void in_hand_done(struct in_hand *in_hand);

#endif

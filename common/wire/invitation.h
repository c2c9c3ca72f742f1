#ifndef COMMON_WIRE_INVITATION_H
#define COMMON_WIRE_INVITATION_H

/*
 * A one-time code lets somebody without keys knock once: it is read out or written down, and
 * both sides make a pair of CURVE keys of it by a slow function. Whoever has it gets past the
 * door, for handing in one enrolment request and nothing else.
 *
 *     17 symbols of chance (85 bits) and 3 of a checksum, in groups: 7Q2KD-…
 *
 * The symbols are Crockford's base 32: no I, L, O, U, and what is mistaken for one another reads
 * the same. Salted with province and zone: the code of one zone is worth nothing for another.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/model/submission.h"
#include "common/wire/keys.h"

#define INVITATION_TEXT_SIZE 24 /* four groups of five, three hyphens, NUL */

struct error;
struct random;

void invitation_draw(struct random *random, char out[INVITATION_TEXT_SIZE]);

/* As people type it: any case, with or without hyphens and spaces. Fails with MALFORMED: of
 * another length, with a sign that no code has, or misread (the checksum). */
NODISCARD bool invitation_read(const char *typed, char out[INVITATION_TEXT_SIZE],
                               struct error *err);

/* The pair for the connection; its signing key is of no use to anybody. Takes 64 MiB and some
 * tens of milliseconds. */
struct key_pair invitation_pair(const char code[INVITATION_TEXT_SIZE], const char *province,
                                const struct zone_id *zone);

#endif

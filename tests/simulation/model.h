#ifndef TESTS_SIMULATION_MODEL_H
#define TESTS_SIMULATION_MODEL_H

/*
 * What must hold, kept beside what happens: which statements were sealed on which disk, which
 * of them were acknowledged, what the journal said when it was last read, and which returns
 * have to count. It shares no rule with the programs: it knows statements by their hashes and
 * decides itself what follows from their order.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "tests/simulation/office.h"
#include "tests/simulation/seat.h"
#include "tests/simulation/world.h"

#define MODEL_FIGURE_LIMIT 1000000 /* from here on the province rejects */
#define MODEL_YEAR_FIRST 2018
#define MODEL_YEARS 4
#define MODEL_ZONES_MAX 8
#define MODEL_STREAMS_MAX 128

struct model;

/* Numbers of known statements, in the order of a stream: what a disk must hold. */
struct disk {
    size_t *claims;
    size_t count, capacity;
    uint64_t receipted;
    bool lost_some; /* a disaster of the province may take receipts away */
};

NODISCARD struct model *model_create(struct world *world);
void model_destroy(struct model **model);
const char *model_zone(size_t zone); /* its code */

void disk_copy(struct disk *to, const struct disk *from);
void disk_free(struct disk *disk);

/* Compares a seat's disk with what it must hold, and takes in what is new: at most so many
 * statements (a process may die before it could say that it sealed). */
void model_observe(struct model *model, struct seat *seat, struct disk *disk,
                   unsigned surprises_max);
/* The same, from the first byte on. */
void model_examine(struct model *model, struct seat *seat, struct disk *disk);

/* Reads what the journal has more than before, and compares the figures. */
void model_audit(struct model *model, struct office *office);
/* Entries that it had when it was last read. */
uint64_t model_size(const struct model *model);
/* The province lost everything from the entry `kept` on, and goes on from there. */
void model_note_disaster(struct model *model, struct office *office, uint64_t kept);
/* Reads the whole journal anew: everything that was ever acknowledged is where its receipt says. */
void model_settle(struct model *model, struct office *office);

/* A statement came on a line; a receipt for one goes back: it must be for one that came. */
void model_note_question(struct model *model, uint64_t line, const struct digest *hash);
void model_check_answer(struct model *model, uint64_t line, const struct digest *hash);

/* The province said FORK about a stream: from now on it is frozen. */
void model_note_fork(struct model *model, const struct stream_id *stream);
void model_note_enrolment(struct model *model, const struct stream_id *stream);
void model_note_renewal(struct model *model, const struct stream_id *stream);
void model_note_revocation(struct model *model, const struct stream_id *stream);
/* From now on somebody else may have it, too: two installations, or one that was put back. */
void model_note_copy(struct model *model, const struct stream_id *stream);
bool model_is_revoked(const struct model *model, const struct stream_id *stream);
bool model_is_enrolled(const struct model *model, const struct stream_id *stream);

/* Why the province takes nothing of the stream; NULL: it does. */
const char *model_shuts_out(struct model *model, const struct stream_id *stream);
/* Why a seat cannot go on with its stream; NULL: nothing is in its way. */
const char *model_obstacle(struct model *model, const struct stream_id *stream,
                           const struct disk *disk);

/* How many of its statements the journal had when it was last read. */
uint64_t model_arrived(const struct model *model, const struct stream_id *stream);

/* The newest version on this disk of a year's return; 0 none. */
uint32_t model_version(const struct model *model, const struct disk *disk, int year);

#endif

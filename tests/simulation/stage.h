#ifndef TESTS_SIMULATION_STAGE_H
#define TESTS_SIMULATION_STAGE_H

/*
 * A province of one seed: its zones' installations, the office, the lines between them, and the
 * model that knows what must hold. Time moves when somebody waits.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/catalogue/source.h"
#include "tests/simulation/model.h"
#include "tests/simulation/network.h"
#include "tests/simulation/office.h"
#include "tests/simulation/seat.h"
#include "tests/simulation/sticks.h"
#include "tests/simulation/world.h"

#define STAGE_DESKS_MAX 64

struct catalogue;

/* Where an installation stands. */
struct desk {
    struct seat seat;
    struct disk disk;
    size_t zone;
    unsigned computer;
    struct stream_id stream;
    struct public_keys keys; /* when it last called */
    struct bytes inbox;      /* what was received last; malloc'ed */
    struct packet *arrived;
    size_t arrived_count, arrived_capacity, arrived_taken;
    bool in_session;
    unsigned surprises; /* statements that a death in a session may have left */
    bool cut_off;       /* by a partition */
    bool gone;          /* replaced: nobody starts it again */
    char copy[SEAT_PATH_SIZE];
    struct disk copied; /* what the folder held that was put aside */
    bool has_copy;
};

struct stage {
    struct world *world;
    const struct sources *sources;
    const struct catalogue *catalogue;
    struct network *network;
    struct office office;
    struct model *model;
    struct bytes card;
    struct desk *desks[STAGE_DESKS_MAX];
    size_t desk_count, zone_count;
    struct stick sticks[STICKS_MAX];
    size_t stick_count;
    uint64_t office_copied; /* entries its copy holds; 0: there is none */
    int64_t office_back_ms; /* when it is started again, after it died */
    int64_t office_busy_ms; /* when it looks at what waits */
    int64_t figure;         /* the last one anybody wrote down: each is another */
    unsigned depth;         /* sessions inside sessions */
    bool calm;
    bool mischief;                          /* copies and revocations too */
    void (*interrupt)(struct stage *stage); /* something else happens while somebody waits */
};

/* The office and its zones, each with one installation that is not enrolled yet. */
NODISCARD struct stage *stage_create(struct world *world, const struct sources *sources,
                                     const struct catalogue *catalogue, size_t zones);
void stage_destroy(struct stage **stage);

/* A new installation for the zone: keys and an enrolment request. NULL when there is no room. */
struct desk *stage_set_up(struct stage *stage, size_t zone);
/* Another one with the same folder, on the same computer or on another one. */
struct desk *stage_clone(struct stage *stage, const struct desk *desk, bool same_computer);
/* Ends the program, if it runs, starts it, and looks at what is on its disk. */
void stage_restart(struct stage *stage, struct desk *desk, unsigned surprises_max);

void stage_office_start(struct stage *stage);
void stage_office_down(struct stage *stage, int64_t for_ms);

/* One act of the seat, and what is on its disk afterwards. */
bool stage_seal(struct stage *stage, struct desk *desk, enum statement_kind kind);
bool stage_change_keys(struct stage *stage, struct desk *desk);
/* After an act of a seat: what it was worth, and what its disk holds. */
bool stage_conclude(struct stage *stage, struct desk *desk, bool done, unsigned surprises_max);
bool stage_sync(struct stage *stage, struct desk *desk, struct seat_report *out);
/* Some of its statements reach the province on their own: sent long ago, or by somebody who
 * copied them; or with one bit altered. Nobody waits for the answer. */
void stage_stray(struct stage *stage, struct desk *desk, bool altered);
/* Why it cannot go on with its stream; NULL: nothing is in its way. */
const char *stage_obstacle(struct stage *stage, const struct desk *desk);
/* Lets so much time pass. */
void stage_pass(struct stage *stage, int64_t ms);

#endif

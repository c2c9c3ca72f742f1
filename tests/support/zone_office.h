#ifndef TESTS_SUPPORT_ZONE_OFFICE_H
#define TESTS_SUPPORT_ZONE_OFFICE_H

/* A zone with an agent of its own, set up with the shipped catalogue, in a folder that goes
 * with the test. The clock stands still and chance comes from a seed. */

#include <stddef.h>

#include "agent/agent.h"
#include "agent/sealing.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "tests/support/temporary_folder.h"

struct arena;
struct catalogue;

struct zone_office {
    struct temporary_folder folder;
    struct manual_clock clock;
    struct seeded_random random;
    struct agent_seams seams;
    struct catalogue *catalogue;
    struct key_pair province_keys;
    struct province_card card;
    struct agent *agent;
    struct arena *arena;
    struct error err;
};

struct zone_office *zone_office_open(void);
/* With another catalogue, which it owns from then on. */
struct zone_office *zone_office_open_with(struct catalogue *catalogue);
/* Another machine of the same zone, under the same province. */
struct zone_office *zone_office_open_beside(const struct zone_office *other);
void zone_office_close(struct zone_office **office);
/* As after a restart of the program. */
void zone_office_reopen(struct zone_office *office);

struct return_id monthly_return(int month); /* JKQ401 of 2021 */
/* Every cell has the figure, every finding an explanation, all have signed. */
void zone_office_fill(struct zone_office *office, struct return_id id, int64_t figure);
void zone_office_check(struct zone_office *office, struct return_id id);
void zone_office_sign(struct zone_office *office, struct return_id id);
/* fill, check, sign, seal. */
struct sealing zone_office_seal(struct zone_office *office, struct return_id id, int64_t figure);

#endif

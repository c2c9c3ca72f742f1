#ifndef TESTS_AGGREGATOR_MACHINES_H
#define TESTS_AGGREGATOR_MACHINES_H

/* Several machines of the workbench's zone, which send versions of one return of the catalogue in
 * tests/support/edition.h. Include tests/support/test.h first. */

#include "aggregator/review.h"
#include "tests/aggregator/workbench.h"

#define MACHINES_MONTH 3 /* of 2021 */

struct machine {
    struct stream_id stream;
    struct stream_head head;
    struct key_pair pair;
};

/* The one that the bench began with. */
struct machine machine_of(const struct workbench *bench);
struct machine machine_enrol(struct workbench *bench, unsigned char number);

struct version_of {
    uint32_t number, base;
    int64_t revenue;
};

/* Returns its position. */
uint64_t machine_send(struct workbench *bench, struct machine *machine, struct version_of version);
/* Of another month of 2021. */
uint64_t machine_send_month(struct workbench *bench, struct machine *machine,
                            struct version_of version, int month);

/* What a person decides about that return, and that the version at the position counts; the
 * decision's position. */
struct review machines_review(struct workbench *bench);
uint64_t machines_resolve(struct workbench *bench, uint64_t position);

#endif

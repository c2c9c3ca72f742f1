#ifndef TESTS_BENCH_STORM_AGENTS_H
#define TESTS_BENCH_STORM_AGENTS_H

/*
 * The agents of our own side, all in one process: each has its CURVE connection, says HELLO,
 * hands in what it has in one SUBMIT, and is done when there is a receipt for each of its
 * statements. One that is put off gives its line up and dials again when it may, as an agent
 * does. Receipts are read while the clock runs and proved afterwards.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/wire/card.h"

struct agents;
struct consignment;
struct course;
struct error;
struct workload;

struct agents_options {
    const struct workload *workload;
    const struct consignment *consignment;
    struct course *course;
    const char *endpoint;
    struct province_card card;
};

NODISCARD struct agents *agents_create(const struct agents_options *options, struct error *err);
void agents_destroy(struct agents **agents);

/* Until the course is done. Fails with UNAVAILABLE, REFUSED or MALFORMED. */
NODISCARD bool agents_run(struct agents *agents, struct error *err);
/* Proves every receipt with the province's public key: each statement has one, at a place of its
 * own. Fails with REFUSED. */
NODISCARD bool agents_prove(const struct agents *agents, struct error *err);
/* Hands everything in once more: each answer must be the receipt that is there. */
NODISCARD bool agents_repeat(struct agents *agents, struct error *err);

#endif

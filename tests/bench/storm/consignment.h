#ifndef TESTS_BENCH_STORM_CONSIGNMENT_H
#define TESTS_BENCH_STORM_CONSIGNMENT_H

/*
 * The sealed statements of a storm in a file, so that every contender is sent the same bytes: the
 * statements of the first agent, then of the second, and so on.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct arena;
struct error;
struct workload;

#define CONSIGNMENT_EACH_MAX 64 /* one message's */

struct consignment {
    size_t agents, each;
    size_t size;          /* of all statements */
    struct bytes *sealed; /* encoded SealedStatement */
};

/* Seals `each` statements of every device. */
NODISCARD bool consignment_write(struct workload *workload, size_t each, const char *path,
                                 struct error *err);
/* Lives in the arena. */
NODISCARD bool consignment_read(const char *path, struct arena *arena, struct consignment *out,
                                struct error *err);

struct bytes consignment_at(const struct consignment *consignment, size_t agent, size_t number);

#endif

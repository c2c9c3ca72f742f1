#ifndef TESTS_BENCH_STORM_ENROLLING_H
#define TESTS_BENCH_STORM_ENROLLING_H

/* The devices of a workload let in by a province, all in one batch of its ledger: what thousands
 * of `enrol approve` come to. Their zones must be registered. */

#include <stdbool.h>

#include "common/base/attributes.h"

struct error;
struct workload;

NODISCARD bool enrolling_run(const char *data_folder, const struct workload *workload,
                             struct error *err);

#endif

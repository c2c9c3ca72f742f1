#ifndef TESTS_BENCH_STORM_NATS_H
#define TESTS_BENCH_STORM_NATS_H

/* What a NATS client says to publish into a JetStream stream and to be told that it is stored. */

#include "tests/bench/storm/crowd.h"

extern const struct crowd_protocol nats_protocol;

#endif

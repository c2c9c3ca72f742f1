#ifndef TESTS_BENCH_STORM_RABBITMQ_H
#define TESTS_BENCH_STORM_RABBITMQ_H

/* What a RabbitMQ client says (AMQP 0-9-1) to publish persistent messages into a quorum queue and
 * to have them confirmed. */

#include "tests/bench/storm/crowd.h"

extern const struct crowd_protocol rabbitmq_protocol;

#endif

#ifndef AGGREGATOR_HEARD_H
#define AGGREGATOR_HEARD_H

/*
 * How far each stream is said to reach by the agent that writes it. What is beyond what came is
 * on that machine only: if it is lost, this is how many statements are lost with it. Advice, no
 * evidence; written in the batch of the greeting.
 */

#include <stdint.h>

#include "common/base/attributes.h"
#include "common/model/submission.h"
#include "common/storage/database.h"

#define HEARD_TABLE "heard_streams"

struct transaction;

/* A stream never becomes shorter. */
void heard_note(struct transaction *txn, struct table table, const struct stream_id *stream,
                uint64_t sequence);
/* 0: it never said anything. */
uint64_t heard_find(struct transaction *txn, struct table table, const struct device_id *device,
                    uint32_t epoch);

#endif

#ifndef AGGREGATOR_INGEST_COMPARISON_H
#define AGGREGATOR_INGEST_COMPARISON_H

/*
 * Whether the zone found the same as the province. Both run the same rules with the same engine, so
 * a difference has a reason: the zone went by less than the province knows (another machine's
 * returns, a register that changed, a receipt that had not come, a clock ahead of its time), which
 * is nobody's fault; or it went by the same, and then one of the two programs is not what it should
 * be.
 */

#include <stdint.h>

#include "common/model/receipt.h"

struct findings;
struct projection;
struct statement;
struct zone;

struct comparison_request {
    const struct projection *projection; /* before the statement */
    const struct statement *statement;
    const struct findings *findings; /* the province's */
    const struct zone *zone;         /* as registered; NULL: not */
    int64_t today;
};

enum comparison comparison_make(const struct comparison_request *request);

#endif

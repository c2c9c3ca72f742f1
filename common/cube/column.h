#ifndef COMMON_CUBE_COLUMN_H
#define COMMON_CUBE_COLUMN_H

/*
 * One item in one period: a mantissa and a status for each zone. Memory is taken when
 * the first figure is written, and grows with the zones.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/model/value.h"

/* In `statuses`, beside enum value_status: no form that holds the item has arrived. */
#define CELL_NOT_REPORTED UINT8_MAX

struct column {
    int64_t *mantissas;
    uint8_t *statuses;
    size_t capacity; /* zones beyond it are not reported */
};

void column_free(struct column *column);

/* Makes room for `zone_count` zones and writes. */
void column_put(struct column *column, size_t zone, size_t zone_count, struct value value);
void column_forget(struct column *column, size_t zone);

/* False when it is not reported. */
bool column_get(const struct column *column, size_t zone, struct value *out);

#endif

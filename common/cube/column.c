#include "common/cube/column.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/memory.h"

void column_free(struct column *column)
{
    free(column->mantissas);
    free(column->statuses);
    *column = (struct column){ 0 };
}

static void grow(struct column *column, size_t zone_count)
{
    int64_t *mantissas = memory_zeroed(zone_count, sizeof *mantissas);
    uint8_t *statuses = memory_zeroed(zone_count, sizeof *statuses);
    memset(statuses, CELL_NOT_REPORTED, zone_count);
    if (column->capacity > 0) {
        memcpy(mantissas, column->mantissas, column->capacity * sizeof *mantissas);
        memcpy(statuses, column->statuses, column->capacity * sizeof *statuses);
    }
    column_free(column);
    *column = (struct column){ mantissas, statuses, zone_count };
}

void column_put(struct column *column, size_t zone, size_t zone_count, struct value value)
{
    assert(zone < zone_count && value.status < VALUE_STATUS_COUNT);
    if (zone >= column->capacity)
        grow(column, zone_count);
    column->mantissas[zone] = value_status_has_figure(value.status) ? value.mantissa : 0;
    column->statuses[zone] = value.status;
}

void column_forget(struct column *column, size_t zone)
{
    if (zone >= column->capacity)
        return;
    column->mantissas[zone] = 0;
    column->statuses[zone] = CELL_NOT_REPORTED;
}

bool column_get(const struct column *column, size_t zone, struct value *out)
{
    if (zone >= column->capacity || column->statuses[zone] == CELL_NOT_REPORTED)
        return false;
    *out = (struct value){ column->mantissas[zone], column->statuses[zone] };
    return true;
}

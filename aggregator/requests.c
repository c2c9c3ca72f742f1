#include "aggregator/requests.h"

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/storage/transaction.h"

void requests_put(struct transaction *txn, struct table table, const struct device_id *device,
                  struct bytes text)
{
    transaction_put(txn, table, BYTES_OF(*device), text);
}

void requests_remove(struct transaction *txn, struct table table, const struct device_id *device)
{
    transaction_delete(txn, table, BYTES_OF(*device));
}

struct reading {
    struct arena *arena;
    struct enrolment_request *items;
    size_t count;
    size_t capacity;
    struct error *err;
    bool failed;
};

static bool read_one(struct bytes key, struct bytes value, void *owner)
{
    struct reading *reading = owner;
    (void)key;
    if (reading->count == reading->capacity)
        return false;
    struct bytes text = arena_copy_bytes(reading->arena, value);
    if (enrolment_request_read(text, reading->arena, &reading->items[reading->count++],
                               reading->err))
        return true;
    reading->err->kind = ERROR_CORRUPT;
    reading->failed = true;
    return false;
}

bool requests_list(struct transaction *txn, struct table table, struct arena *arena,
                   const struct enrolment_request **out, size_t *out_count, struct error *err)
{
    uint64_t count = transaction_count(txn, table);
    struct reading reading = { .arena = arena,
                               .capacity = count < REQUESTS_MAX ? (size_t)count : REQUESTS_MAX,
                               .err = err };
    reading.items = arena_take(arena, reading.capacity, sizeof *reading.items);
    struct bytes everything = { NULL, 0 };
    transaction_each(txn, table, everything, everything, read_one, &reading);
    *out = reading.items;
    *out_count = reading.count;
    return !reading.failed && transaction_check(txn, err);
}

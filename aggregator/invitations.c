#include "aggregator/invitations.h"

#include <assert.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/transaction.h"

/*
 *     key    connection key (32)
 *     value  zone (17, zero-padded), u64 open until, digest of the request handed in (zeros: none)
 */
struct row {
    char zone[ZONE_CODE_SIZE];
    unsigned char until[8];
    struct digest request;
};
_Static_assert(sizeof(struct row) == ZONE_CODE_SIZE + 8 + DIGEST_SIZE, "all are bytes");

static struct invitation read_row(struct bytes key, struct bytes value)
{
    struct row row;
    struct invitation invitation = { .until_utc_ms = 0 };
    assert(key.size == KEY_SIZE && value.size == sizeof row);
    memcpy(&row, value.data, sizeof row);
    memcpy(invitation.curve_key, key.data, KEY_SIZE);
    memcpy(invitation.zone.text, row.zone, sizeof row.zone - 1);
    invitation.until_utc_ms = (int64_t)bytes_get_u64(row.until);
    invitation.request = row.request;
    return invitation;
}

static void write_row(struct transaction *txn, struct table table,
                      const struct invitation *invitation)
{
    struct row row = { .request = invitation->request };
    memcpy(row.zone, invitation->zone.text, strlen(invitation->zone.text));
    bytes_put_u64(row.until, (unsigned long long)invitation->until_utc_ms);
    transaction_put(txn, table, BYTES_OF(invitation->curve_key), BYTES_OF(row));
}

struct walk {
    struct invitation *items;
    size_t count;
    int64_t utc_ms;
    bool over; /* looks for those that are, instead of the open ones */
};

static bool take_one(struct bytes key, struct bytes value, void *owner)
{
    struct walk *walk = owner;
    struct invitation invitation = read_row(key, value);
    if ((walk->utc_ms >= invitation.until_utc_ms) == walk->over)
        walk->items[walk->count++] = invitation;
    return walk->count < INVITATIONS_MAX;
}

static size_t collect(struct transaction *txn, struct table table, int64_t utc_ms, bool over,
                      struct arena *arena, const struct invitation **out)
{
    struct bytes everything = { NULL, 0 };
    uint64_t there = transaction_count(txn, table);
    size_t most = there < INVITATIONS_MAX ? (size_t)there : INVITATIONS_MAX;
    struct walk walk = { .utc_ms = utc_ms, .over = over };
    walk.items = arena_take(arena, most, sizeof *walk.items);
    if (most > 0)
        transaction_each(txn, table, everything, everything, take_one, &walk);
    *out = walk.items;
    return walk.count;
}

bool invitations_add(struct transaction *txn, struct table table,
                     const struct invitation *invitation, int64_t utc_ms, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    const struct invitation *over;
    size_t count = collect(txn, table, utc_ms, true, arena, &over);
    for (size_t i = 0; i < count; i++)
        transaction_delete(txn, table, BYTES_OF(over[i].curve_key));
    if (transaction_count(txn, table) >= INVITATIONS_MAX)
        return error_set(err, ERROR_EXHAUSTED, MESSAGE_INVITATIONS_MANY, INVITATIONS_MAX);
    write_row(txn, table, invitation);
    return true;
}

bool invitations_find(struct transaction *txn, struct table table,
                      const unsigned char curve_key[KEY_SIZE], int64_t utc_ms,
                      struct invitation *out)
{
    struct bytes key = { curve_key, KEY_SIZE }, value;
    if (!transaction_get(txn, table, key, &value))
        return false;
    *out = read_row(key, value);
    return utc_ms < out->until_utc_ms;
}

void invitations_use(struct transaction *txn, struct table table,
                     const struct invitation *invitation, const struct digest *request,
                     int64_t utc_ms)
{
    struct invitation used = *invitation;
    int64_t until = utc_ms + INVITATION_REPEAT_MS;
    used.request = *request;
    used.until_utc_ms = until < used.until_utc_ms ? until : used.until_utc_ms;
    write_row(txn, table, &used);
}

size_t invitations_list(struct transaction *txn, struct table table, int64_t utc_ms,
                        struct arena *arena, const struct invitation **out)
{
    return collect(txn, table, utc_ms, false, arena, out);
}

#include "agent/rotation.h"

#include <assert.h>
#include <string.h>

#include "agent/agent.h"
#include "agent/catalogues.h"
#include "agent/receipts.h"
#include "agent/sealing.h"
#include "agent/settings.h"
#include "agent/statements.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/storage/file.h"
#include "common/storage/transaction.h"
#include "common/wire/rotation.h"
#include "common/wire/statement.h"

#define SECRET_MODE 0600
#define CHANGES_MAX 1000

/* One change of keys, as stored; the list grows by one at each. All are bytes. */
struct change {
    unsigned char epoch[4];
    unsigned char sequence[8];
    unsigned char before[KEY_SIZE]; /* the signing key that seals the change */
    struct public_keys next;
};
_Static_assert(sizeof(struct change) == 4 + 8 + KEY_SIZE + sizeof(struct public_keys), "bytes");

struct changes {
    const struct change *items;
    size_t count;
};

/* Borrowed from the store: valid until the next write or the end. */
static struct changes read_changes(const struct agent *agent, struct transaction *txn)
{
    struct bytes value;
    if (!settings_get(&agent->store, txn, SETTING_ROTATIONS, &value))
        return (struct changes){ NULL, 0 };
    assert(value.size % sizeof(struct change) == 0);
    return (struct changes){ value.data, value.size / sizeof(struct change) };
}

static uint64_t sequence_of(const struct change *change)
{
    return bytes_get_u64(change->sequence);
}

static bool is_current(const struct agent *agent, const struct change *change)
{
    return bytes_get_u32(change->epoch) == agent->device.stream.epoch;
}

/* The last change of this epoch; NULL when there was none. */
static const struct change *last_change(const struct agent *agent, struct transaction *txn)
{
    struct changes changes = read_changes(agent, txn);
    const struct change *last = changes.count > 0 ? &changes.items[changes.count - 1] : NULL;
    return last && is_current(agent, last) ? last : NULL;
}

static bool is_receipted(const struct agent *agent, struct transaction *txn,
                         const struct change *change)
{
    return receipts_last(&agent->store, txn) >= sequence_of(change);
}

static bool is_pair(const struct key_pair *pair, const struct public_keys *keys)
{
    return bytes_equal(BYTES_OF(pair->public), BYTES_OF(*keys));
}

bool rotation_lets_seal(const struct agent *agent, struct transaction *txn, struct error *err)
{
    const struct change *change = last_change(agent, txn);
    if (!change)
        return transaction_check(txn, err);
    if (!is_receipted(agent, txn, change))
        return error_set(err, ERROR_REFUSED, MESSAGE_ROTATION_WAITS, sequence_of(change));
    return is_pair(&agent->pair, &change->next) ||
           error_set(err, ERROR_CONFLICT, MESSAGE_ROTATION_ELSEWHERE);
}

void rotation_signing_key(const struct agent *agent, struct transaction *txn, uint64_t sequence,
                          unsigned char out[KEY_SIZE])
{
    struct changes changes = read_changes(agent, txn);
    memcpy(out, agent->pair.public.signing, KEY_SIZE);
    for (size_t i = changes.count; i > 0; i--)
        if (is_current(agent, &changes.items[i - 1]) &&
            sequence <= sequence_of(&changes.items[i - 1]))
            memcpy(out, changes.items[i - 1].before, KEY_SIZE);
}

static bool next_path(const struct agent *agent, char path[AGENT_PATH_SIZE], struct error *err)
{
    return agent_path(agent->data_folder, ROTATION_KEYS_FILE, path, err);
}

static bool read_next(const char *path, struct key_pair *out, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct bytes content;
    return file_read(path, KEY_FILE_SIZE, arena, &content, err) &&
           (key_pair_decode(content, out, err) || error_wrap(err, "%s", path));
}

bool rotation_next_pair(const struct agent *agent, struct key_pair *out, bool *out_found,
                        struct error *err)
{
    char path[AGENT_PATH_SIZE];
    if (!next_path(agent, path, err))
        return false;
    *out_found = file_exists(path);
    return !*out_found || read_next(path, out, err);
}

static bool write_pair(const char *path, const struct key_pair *pair, struct error *err)
{
    unsigned char bytes[KEY_FILE_SIZE];
    key_pair_encode(pair, bytes);
    bool written = file_replace(path, BYTES_OF(bytes), SECRET_MODE, err);
    memset(bytes, 0, sizeof bytes);
    return written;
}

/* The pair that an interrupted call left, or a new one, on disk. */
static bool make_next(const struct agent *agent, struct key_pair *out, struct error *err)
{
    char path[AGENT_PATH_SIZE];
    if (!next_path(agent, path, err))
        return false;
    if (file_exists(path))
        return read_next(path, out, err);
    *out = key_pair_create(agent->seams.random);
    return write_pair(path, out, err);
}

static void put_change(const struct agent *agent, struct transaction *txn, uint64_t sequence,
                       const struct public_keys *next, struct arena *arena)
{
    struct changes before = read_changes(agent, txn);
    size_t kept = before.count < CHANGES_MAX ? before.count : CHANGES_MAX - 1;
    struct change *items = arena_take(arena, kept + 1, sizeof *items);
    if (kept > 0)
        memcpy(items, before.items + (before.count - kept), kept * sizeof *items);
    bytes_put_u32(items[kept].epoch, agent->device.stream.epoch);
    bytes_put_u64(items[kept].sequence, sequence);
    memcpy(items[kept].before, agent->pair.public.signing, KEY_SIZE);
    items[kept].next = *next;
    settings_put(&agent->store, txn, SETTING_ROTATIONS,
                 (struct bytes){ items, (kept + 1) * sizeof *items });
}

static bool seal(struct agent *agent, const struct key_pair *next, uint64_t *out_sequence,
                 struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_write(agent->store.database);
    struct statement statement;
    struct sealed_statement sealed;
    if (!sealing_next(agent, txn, &statement, err))
        return false;
    rotation_sign(&statement, next);
    if (!statement_seal(&statement, &agent->pair, arena, &sealed, err))
        return false;
    statements_append(&agent->store, txn, statement.sequence, &sealed, arena);
    catalogues_keep(&agent->store, txn, agent->catalogue, arena);
    put_change(agent, txn, statement.sequence, &next->public, arena);
    *out_sequence = statement.sequence;
    return transaction_commit(&txn, err);
}

bool rotation_begin(struct agent *agent, struct rotation_result *out, struct error *err)
{
    CLEANUP(key_pair_wipe) struct key_pair next = { 0 };
    if (!rotation_settle(agent, err) || !make_next(agent, &next, err) ||
        !seal(agent, &next, &out->sequence, err))
        return false;
    key_fingerprint(&next.public, out->fingerprint);
    return true;
}

/* Over the old file first, then the spare copy goes: a crash between leaves both the same. */
static bool promote(struct agent *agent, const struct key_pair *next, struct error *err)
{
    char keys[AGENT_PATH_SIZE], spare[AGENT_PATH_SIZE];
    return agent_path(agent->data_folder, AGENT_KEYS_FILE, keys, err) &&
           next_path(agent, spare, err) && write_pair(keys, next, err) && file_remove(spare, err);
}

/* What was announced; all zero when nothing was, or its receipt is not here. */
static bool find_announced(const struct agent *agent, struct public_keys *out, bool *out_found,
                           struct error *err)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(agent->store.database);
    const struct change *change = last_change(agent, txn);
    *out_found = change && (is_receipted(agent, txn, change) ||
                            seeded_bug(BUG_USE_NEW_KEYS_BEFORE_THE_RECEIPT));
    if (*out_found)
        *out = change->next;
    return transaction_check(txn, err);
}

bool rotation_settle(struct agent *agent, struct error *err)
{
    CLEANUP(key_pair_wipe) struct key_pair next = { 0 };
    char path[AGENT_PATH_SIZE];
    struct public_keys announced;
    bool found;
    if (!find_announced(agent, &announced, &found, err) || !next_path(agent, path, err))
        return false;
    if (!found || (is_pair(&agent->pair, &announced) && !file_exists(path)))
        return true;
    if (is_pair(&agent->pair, &announced))
        return file_remove(path, err);
    if (!file_exists(path))
        return error_set(err, ERROR_CORRUPT, MESSAGE_ROTATION_LOST, path);
    if (!read_next(path, &next, err))
        return false;
    if (!is_pair(&next, &announced))
        return error_set(err, ERROR_CORRUPT, MESSAGE_ROTATION_LOST, path);
    agent->pair = next;
    /* Where it is kept matters less: on a full disk it is moved another time. */
    return promote(agent, &next, err) || err->kind == ERROR_EXHAUSTED;
}

bool rotation_examine(const struct agent *agent, struct error *err)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(agent->store.database);
    CLEANUP(key_pair_wipe) struct key_pair next = { 0 };
    char path[AGENT_PATH_SIZE];
    const struct change *change = last_change(agent, txn);
    if (!change || is_pair(&agent->pair, &change->next))
        return transaction_check(txn, err);
    return next_path(agent, path, err) && read_next(path, &next, err) &&
           (is_pair(&next, &change->next) ||
            error_set(err, ERROR_CORRUPT, MESSAGE_ROTATION_LOST, path));
}

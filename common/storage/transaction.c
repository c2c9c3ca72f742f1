#include "common/storage/transaction.h"

#include <assert.h>
#include <lmdb.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/digest.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/seeded_bug.h"
#include "common/storage/database_handle.h"
#include "common/storage/interruption.h"
#include "common/storage/lmdb_error.h"

/* A stored value: one byte of version, the checksum over key and value, the value. */
#define VALUE_VERSION 1
#define CHECKSUM_SIZE 16
#define HEADER_SIZE (1 + CHECKSUM_SIZE)

struct transaction {
    MDB_txn *handle;
    int first_failure; /* an LMDB code, or 0 */
};

static struct transaction *transaction_begin(struct database *database, unsigned flags)
{
    struct transaction *txn = memory_zeroed(1, sizeof *txn);
    txn->first_failure = mdb_txn_begin(database->environment, NULL, flags, &txn->handle);
    return txn;
}

struct transaction *transaction_read(struct database *database)
{
    return transaction_begin(database, MDB_RDONLY);
}

struct transaction *transaction_write(struct database *database)
{
    assert(!database->read_only);
    return transaction_begin(database, 0);
}

void transaction_abort(struct transaction **txn)
{
    if (!*txn)
        return;
    if ((*txn)->handle)
        mdb_txn_abort((*txn)->handle);
    free(*txn);
    *txn = NULL;
}

bool transaction_commit(struct transaction **txn, struct error *err)
{
    int earlier = (*txn)->first_failure, code = 0;
    if (earlier == 0) {
        MDB_env *environment = mdb_txn_env((*txn)->handle);
        code = mdb_txn_commit((*txn)->handle);
        if (code != 0)
            interruption_note(environment);
        (*txn)->handle = NULL; /* ended, whatever the outcome */
    }
    transaction_abort(txn);
    if (earlier != 0)
        return lmdb_error_set(err, earlier); /* nothing was written */
    return code == 0 || lmdb_error_set_commit(err, code);
}

bool transaction_check(const struct transaction *txn, struct error *err)
{
    return txn->first_failure == 0 || lmdb_error_set(err, txn->first_failure);
}

static MDB_val borrowed(struct bytes bytes)
{
    return (MDB_val){ .mv_size = bytes.size, .mv_data = (void *)(uintptr_t)bytes.data };
}

static void put(struct transaction *txn, struct table table, struct bytes key, struct bytes value,
                unsigned flags)
{
    assert(key.size > 0 && key.size <= STORAGE_KEY_SIZE_MAX);
    if (txn->first_failure)
        return;
    MDB_val place = borrowed(key);
    MDB_val room = { .mv_size = HEADER_SIZE + value.size };
    txn->first_failure = mdb_put(txn->handle, table.handle, &place, &room, flags | MDB_RESERVE);
    if (txn->first_failure)
        return;
    unsigned char *target = room.mv_data;
    target[0] = VALUE_VERSION;
    digest_checksum(key, value, target + 1);
    if (value.size > 0)
        memcpy(target + HEADER_SIZE, value.data, value.size);
}

void transaction_put(struct transaction *txn, struct table table, struct bytes key,
                     struct bytes value)
{
    put(txn, table, key, value, 0);
}

void transaction_append(struct transaction *txn, struct table table, struct bytes key,
                        struct bytes value)
{
    put(txn, table, key, value, MDB_APPEND);
}

/* Takes the header off; false when it does not fit. */
static bool value_is_sound(struct bytes key, MDB_val stored, struct bytes *out_value)
{
    unsigned char checksum[CHECKSUM_SIZE];
    const unsigned char *data = stored.mv_data;
    if (stored.mv_size >= HEADER_SIZE && data[0] == VALUE_VERSION) {
        *out_value = (struct bytes){ data + HEADER_SIZE, stored.mv_size - HEADER_SIZE };
        digest_checksum(key, *out_value, checksum);
        return memcmp(checksum, data + 1, CHECKSUM_SIZE) == 0 || seeded_bug(BUG_SKIP_THE_CHECKSUM);
    }
    return false;
}

/* Remembers what does not fit. */
static bool open_value(struct transaction *txn, struct bytes key, MDB_val stored,
                       struct bytes *out_value)
{
    if (value_is_sound(key, stored, out_value))
        return true;
    txn->first_failure = STORAGE_BAD_CHECKSUM;
    return false;
}

static struct bytes bytes_of(MDB_val val)
{
    return (struct bytes){ val.mv_data, val.mv_size };
}

/* Whether the entry the cursor moves to, if there is one, is what was put there. */
static bool is_sound_at(struct transaction *txn, MDB_cursor *cursor, MDB_cursor_op move)
{
    MDB_val key, stored;
    struct bytes value;
    int code = mdb_cursor_get(cursor, &key, &stored, move);
    if (code == 0)
        return open_value(txn, bytes_of(key), stored, &value);
    if (code != MDB_NOTFOUND)
        txn->first_failure = code;
    return code == MDB_NOTFOUND;
}

/* A damaged key is not found under its own name, and stands where it stood: between the same
 * two others. So "not there" is said only when both neighbours of the place have proved what
 * they are. */
static void doubt_absence(struct transaction *txn, struct table table, struct bytes key)
{
    if (seeded_bug(BUG_BELIEVE_AN_ABSENCE))
        return;
    MDB_cursor *cursor = NULL;
    MDB_val place = borrowed(key), stored;
    struct bytes value;
    int code = mdb_cursor_open(txn->handle, table.handle, &cursor);
    if (code == 0)
        code = mdb_cursor_get(cursor, &place, &stored, MDB_SET_RANGE);
    bool behind_all = code == MDB_NOTFOUND;
    if (code != 0 && !behind_all)
        txn->first_failure = code;
    else if (behind_all || open_value(txn, bytes_of(place), stored, &value))
        (void)is_sound_at(txn, cursor, behind_all ? MDB_LAST : MDB_PREV);
    if (cursor)
        mdb_cursor_close(cursor);
}

void transaction_delete(struct transaction *txn, struct table table, struct bytes key)
{
    if (txn->first_failure)
        return;
    MDB_val place = borrowed(key);
    int code = mdb_del(txn->handle, table.handle, &place, NULL);
    if (code == MDB_NOTFOUND)
        doubt_absence(txn, table, key);
    else
        txn->first_failure = code;
}

static bool is_absent(struct table table)
{
    return table.handle == TABLE_ABSENT;
}

bool transaction_get(struct transaction *txn, struct table table, struct bytes key,
                     struct bytes *out_value)
{
    if (txn->first_failure || is_absent(table))
        return false;
    MDB_val place = borrowed(key), stored;
    int code = mdb_get(txn->handle, table.handle, &place, &stored);
    if (code == 0)
        return open_value(txn, key, stored, out_value);
    if (code == MDB_NOTFOUND)
        doubt_absence(txn, table, key);
    else
        txn->first_failure = code;
    return false;
}

bool transaction_last(struct transaction *txn, struct table table, struct bytes *out_key,
                      struct bytes *out_value)
{
    MDB_cursor *cursor = NULL;
    MDB_val key, stored;
    if (txn->first_failure || is_absent(table))
        return false;
    int code = mdb_cursor_open(txn->handle, table.handle, &cursor);
    if (code == 0)
        code = mdb_cursor_get(cursor, &key, &stored, MDB_LAST);
    if (cursor)
        mdb_cursor_close(cursor);
    if (code != 0 && code != MDB_NOTFOUND)
        txn->first_failure = code;
    if (code != 0)
        return false;
    *out_key = bytes_of(key);
    return open_value(txn, *out_key, stored, out_value);
}

uint64_t transaction_count(struct transaction *txn, struct table table)
{
    MDB_stat found = { 0 };
    if (!txn->first_failure && !is_absent(table))
        txn->first_failure = mdb_stat(txn->handle, table.handle, &found);
    return found.ms_entries;
}

static bool begins_with(struct bytes key, struct bytes prefix)
{
    return key.size >= prefix.size &&
           (prefix.size == 0 || memcmp(key.data, prefix.data, prefix.size) == 0);
}

/* The later of prefix and from: both are lower bounds. */
static struct bytes first_key(struct bytes prefix, struct bytes from)
{
    size_t shared = prefix.size < from.size ? prefix.size : from.size;
    int order = shared > 0 ? memcmp(prefix.data, from.data, shared) : 0;
    if (order == 0)
        return prefix.size > from.size ? prefix : from;
    return order > 0 ? prefix : from;
}

/* And so does the one before it. */
static void doubt_start(struct transaction *txn, MDB_cursor *cursor, struct bytes first)
{
    MDB_val place = borrowed(first), stored;
    int code = mdb_cursor_get(cursor, &place, &stored, MDB_SET_RANGE);
    if (code == 0 || code == MDB_NOTFOUND)
        (void)is_sound_at(txn, cursor, code == 0 ? MDB_PREV : MDB_LAST);
}

void transaction_each(struct transaction *txn, struct table table, struct bytes prefix,
                      struct bytes from, transaction_visit_fn *visit, void *owner)
{
    MDB_cursor *cursor = NULL;
    MDB_val stored;
    if (txn->first_failure || is_absent(table))
        return;

    struct bytes first = first_key(prefix, from);
    MDB_val place = borrowed(first);
    int code = mdb_cursor_open(txn->handle, table.handle, &cursor);
    MDB_cursor_op step = first.size > 0 ? MDB_SET_RANGE : MDB_FIRST;
    while (code == 0 && (code = mdb_cursor_get(cursor, &place, &stored, step)) == 0) {
        struct bytes key = bytes_of(place), value;
        /* The first one beyond the range proves too that it does not belong to it. */
        if (!open_value(txn, key, stored, &value) || !begins_with(key, prefix) ||
            !visit(key, value, owner))
            break;
        step = MDB_NEXT;
    }
    if (cursor && first.size > 0 && !txn->first_failure)
        doubt_start(txn, cursor, first);
    if (cursor)
        mdb_cursor_close(cursor);
    if (code != 0 && code != MDB_NOTFOUND && !txn->first_failure)
        txn->first_failure = code;
}

void transaction_survey(struct transaction *txn, struct table table, transaction_survey_fn *visit,
                        void *owner)
{
    MDB_cursor *cursor = NULL;
    MDB_val place, stored;
    if (txn->first_failure || is_absent(table))
        return;
    int code = mdb_cursor_open(txn->handle, table.handle, &cursor);
    MDB_cursor_op step = MDB_FIRST;
    while (code == 0 && (code = mdb_cursor_get(cursor, &place, &stored, step)) == 0) {
        struct bytes key = bytes_of(place), value = bytes_of(stored);
        bool sound = value_is_sound(key, stored, &value);
        if (!sound)
            value = bytes_of(stored);
        if (!visit(key, value, sound, owner))
            break;
        step = MDB_NEXT;
    }
    if (cursor)
        mdb_cursor_close(cursor);
    if (code != 0 && code != MDB_NOTFOUND)
        txn->first_failure = code;
}

#include "aggregator/journal.h"

#include <assert.h>

#include "aggregator/slab.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/model/finding.h"
#include "common/storage/database.h"
#include "common/storage/key.h"
#include "common/storage/transaction.h"
#include "common/wire/proof.h"
#include "common/wire/statement.h"

/* A slab's key is the position of its last entry: the slab of any position is the first one
 * not before it. LMDB gives a value of this size whole pages: page header, checksum and slab fill
 * them. */
#define STORED_OVERHEAD (16u + 17u)
#define SLAB_SIZE_MAX (32u * 1024 - STORED_OVERHEAD) /* but for an entry that is larger alone */

struct journal {
    struct table slabs;
    struct table decisions;
    struct text_builder slab; /* reused for every slab written, */
    struct text_builder item; /* and for every item in it */
};

struct journal *journal_open(struct database *database)
{
    struct journal *journal = memory_zeroed(1, sizeof *journal);
    journal->slabs = database_table(database, JOURNAL_TABLE);
    journal->decisions = database_table(database, JOURNAL_DECISIONS_TABLE);
    return journal;
}

void journal_close(struct journal **journal)
{
    if (*journal) {
        text_builder_free(&(*journal)->slab);
        text_builder_free(&(*journal)->item);
    }
    memory_free(journal);
}

uint64_t journal_size(const struct journal *journal, struct transaction *txn)
{
    struct bytes key;
    struct bytes value;
    if (!transaction_last(txn, journal->slabs, &key, &value) || key.size != 8)
        return 0;
    return bytes_get_u64(key.data) + 1;
}

/* As it stands in a slab. Valid until the next call. */
static struct bytes item_bytes(struct journal *journal, const struct journal_item *item,
                               struct arena *arena)
{
    journal->item.size = 0;
    slab_put(&journal->item, item, arena);
    return (struct bytes){ journal->item.text, journal->item.size };
}

static void put_slab(struct journal *journal, struct transaction *txn, uint64_t last, size_t count)
{
    struct key key = { 0 };
    key_add_u64(&key, last);
    slab_finish(&journal->slab, count);
    transaction_append(txn, journal->slabs, key_bytes(&key),
                       (struct bytes){ journal->slab.text, journal->slab.size });
}

static void put_decision(const struct journal *journal, struct transaction *txn, uint64_t position)
{
    struct key key = { 0 };
    key_add_u64(&key, position);
    transaction_append(txn, journal->decisions, key_bytes(&key), (struct bytes){ "", 0 });
}

void journal_append(struct journal *journal, struct transaction *txn,
                    const struct journal_item *items, size_t count)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    uint64_t position = journal_size(journal, txn);
    size_t in_slab = 0;
    for (size_t i = 0; i < count; i++) {
        struct bytes added = item_bytes(journal, &items[i], arena);
        assert(items[i].entry.utc_ms == items[0].entry.utc_ms);
        if (in_slab > 0 &&
            (journal->slab.size + added.size > SLAB_SIZE_MAX || in_slab == SLAB_ENTRIES_MAX)) {
            put_slab(journal, txn, position + i - 1, in_slab);
            in_slab = 0;
        }
        if (in_slab++ == 0)
            slab_begin(&journal->slab, items[i].entry.utc_ms);
        text_builder_add_bytes(&journal->slab, added);
        if (items[i].entry.kind != ENTRY_ARRIVAL)
            put_decision(journal, txn, position + i);
    }
    if (in_slab > 0)
        put_slab(journal, txn, position + count - 1, in_slab);
}

struct walk {
    uint64_t from;
    uint64_t until; /* the first position not to be visited */
    struct arena *arena;
    bool keep_arena; /* records outlive the visit */
    bool place_only; /* statements are not decoded */
    journal_visit_fn *visit;
    void *owner;
    uint64_t next; /* position expected; UINT64_MAX before the first slab */
    struct error *err;
    bool failed;
};

static bool walk_fails(struct walk *walk, uint64_t position)
{
    walk->failed = true;
    return error_set(walk->err, ERROR_CORRUPT, MESSAGE_JOURNAL_DAMAGED, position);
}

static bool walk_slab(struct bytes key, struct bytes value, void *owner)
{
    struct walk *walk = owner;
    struct slab_reader reader;
    if (key.size != 8 || !slab_open(value, &reader) || bytes_get_u64(key.data) + 1 < reader.count)
        return walk_fails(walk, walk->from);
    size_t count = reader.count;
    uint64_t position = bytes_get_u64(key.data) + 1 - count;
    if (walk->next != UINT64_MAX ? position != walk->next : position > walk->from)
        return walk_fails(walk, position);
    walk->next = position + count;

    for (; count > 0; count--, position++) {
        if (position >= walk->until)
            return false;
        if (position < walk->from) {
            slab_skip(&reader);
            continue;
        }
        if (!walk->keep_arena)
            arena_reset(walk->arena);
        struct journal_record record = { .position = position };
        if (!slab_take(&reader, walk->arena, walk->place_only, &record, walk->err)) {
            walk->failed = true;
            return false;
        }
        if (!walk->visit(&record, walk->owner))
            return false;
    }
    return reader.left == 0 || walk_fails(walk, position - 1);
}

static bool walk_run(const struct journal *journal, struct transaction *txn, struct walk *walk)
{
    struct key from = { 0 };
    key_add_u64(&from, walk->from);
    walk->next = UINT64_MAX;
    transaction_each(txn, journal->slabs, (struct bytes){ NULL, 0 }, key_bytes(&from), walk_slab,
                     walk);
    return !walk->failed && transaction_check(txn, walk->err);
}

bool journal_each(const struct journal *journal, struct transaction *txn, uint64_t from,
                  struct arena *arena, journal_visit_fn *visit, void *owner, struct error *err)
{
    struct walk walk = { .from = from,
                         .until = UINT64_MAX,
                         .arena = arena,
                         .visit = visit,
                         .owner = owner,
                         .err = err };
    return walk_run(journal, txn, &walk);
}

struct positions {
    uint64_t *items;
    size_t count;
    size_t capacity;
};

static bool collect_position(struct bytes key, struct bytes value, void *owner)
{
    (void)value;
    struct positions *positions = owner;
    positions->items = memory_grown(positions->items, &positions->capacity, positions->count + 1,
                                    sizeof *positions->items);
    positions->items[positions->count++] = key.size == 8 ? bytes_get_u64(key.data) : UINT64_MAX;
    return true;
}

bool journal_each_decision(const struct journal *journal, struct transaction *txn,
                           struct arena *arena, journal_visit_fn *visit, void *owner,
                           struct error *err)
{
    struct positions positions = { 0 };
    struct bytes everything = { NULL, 0 };
    transaction_each(txn, journal->decisions, everything, everything, collect_position, &positions);
    bool good = transaction_check(txn, err);
    for (size_t i = 0; good && i < positions.count; i++) {
        arena_reset(arena);
        struct journal_record record;
        good = journal_read(journal, txn, positions.items[i], arena, &record, err);
        if (good && !visit(&record, owner))
            break;
    }
    memory_free(&positions.items);
    return good;
}

struct picked {
    struct journal_record *out;
    bool found;
};

static bool pick(const struct journal_record *record, void *owner)
{
    struct picked *picked = owner;
    *picked->out = *record;
    picked->found = true;
    return false;
}

bool journal_read(const struct journal *journal, struct transaction *txn, uint64_t position,
                  struct arena *arena, struct journal_record *out, struct error *err)
{
    struct picked picked = { out, false };
    struct walk walk = { .from = position,
                         .until = position + 1,
                         .arena = arena,
                         .keep_arena = true,
                         .visit = pick,
                         .owner = &picked,
                         .err = err };
    if (!walk_run(journal, txn, &walk))
        return false;
    return picked.found || error_set(err, ERROR_UNAVAILABLE, MESSAGE_JOURNAL_NO_POSITION, position);
}

void journal_record_settle(struct journal_record *record)
{
    if (record->entry.kind == ENTRY_ARRIVAL)
        record->entry.arrival.statement_hash = sealed_statement_hash(&record->sealed);
}

struct bytes journal_leaf_bytes(const struct journal_record *record, struct arena *arena)
{
    struct journal_record settled = *record;
    journal_record_settle(&settled);
    return entry_encode_again(&settled.entry, arena);
}

struct leaf_reading {
    struct arena *arena;
    struct digest *out;
    size_t count;
    size_t wanted;
};

static bool read_leaf(const struct journal_record *record, void *owner)
{
    struct leaf_reading *reading = owner;
    reading->out[reading->count++] = proof_leaf(journal_leaf_bytes(record, reading->arena));
    return reading->count < reading->wanted;
}

bool journal_leaves(const struct journal *journal, struct transaction *txn, uint64_t first,
                    size_t count, struct digest *out, struct error *err)
{
    if (count == 0)
        return true;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct leaf_reading reading = { arena, out, 0, count };
    struct walk walk = { .from = first,
                         .until = UINT64_MAX,
                         .arena = arena,
                         .place_only = true,
                         .visit = read_leaf,
                         .owner = &reading,
                         .err = err };
    if (!walk_run(journal, txn, &walk))
        return false;
    return reading.count == count ||
           error_set(err, ERROR_CORRUPT, MESSAGE_JOURNAL_DAMAGED, first + reading.count);
}

/*
 * A slab of the journal, as it stands in the store: read through a store in memory. What is
 * read is appended again and gives the same slab, and its leaves have their bytes.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/journal.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/storage/key.h"
#include "common/storage/transaction.h"
#include "common/wire/statement.h"
#include "tests/fuzz/samples.h"
#include "tests/fuzz/target.h"
#include "tests/support/temporary_folder.h"

#define SLAB_SIZE_MAX 16384 /* what one batch would not split */
#define ITEMS_MAX 4096

/* A store of its own for each process, in a folder that is gone at once. */
static struct database *store(void)
{
    static struct database *opened;
    static const char *const tables[] = { JOURNAL_TABLE, JOURNAL_DECISIONS_TABLE };
    struct database_options options = { .map_size_bytes = 1 << 26,
                                        .tables = tables,
                                        .table_count = COUNT_OF(tables),
                                        .format = 1,
                                        .any_file_system = true };
    struct temporary_folder folder;
    struct error err;
    if (opened)
        return opened;
    temporary_folder_create(&folder);
    opened = database_open(folder.path, &options, &err);
    assert(opened);
    temporary_folder_remove(&folder);
    return opened;
}

struct reading {
    struct arena *kept;
    struct journal_item *items;
    size_t count;
};

static bool keep(const struct journal_record *record, void *owner)
{
    struct reading *reading = owner;
    struct bytes leaf = journal_leaf_bytes(record, reading->kept);
    struct entry entry;
    struct error err;
    bool read = entry_decode(leaf, reading->kept, &entry, &err);
    assert(read && reading->count < ITEMS_MAX);
    struct journal_item *item = &reading->items[reading->count++];
    item->entry = entry;
    item->sealed = record->sealed;
    item->sealed.statement = arena_copy_bytes(reading->kept, record->sealed.statement);
    return true;
}

/* The slab that the product writes for these items. */
static struct bytes written(struct journal *journal, struct transaction *txn,
                            const struct reading *reading)
{
    struct bytes key, slab = { NULL, 0 };
    uint64_t before = journal_size(journal, txn);
    journal_append(journal, txn, reading->items, reading->count);
    bool there = transaction_last(txn, database_table(store(), JOURNAL_TABLE), &key, &slab);
    assert(there && journal_size(journal, txn) == before + reading->count);
    return slab;
}

static bool feed(struct bytes input, struct arena *arena)
{
    const unsigned char *bytes = input.data;
    CLEANUP(journal_close) struct journal *journal = journal_open(store());
    CLEANUP(transaction_abort) struct transaction *txn = transaction_write(store());
    struct reading reading = { .kept = arena };
    struct key key = { 0 };
    struct error err;
    if (input.size < 10 || input.size > SLAB_SIZE_MAX)
        return false;
    size_t count = (size_t)bytes[8] << 8 | bytes[9];
    if (count == 0 || count > ITEMS_MAX)
        return false;
    reading.items = arena_take(arena, count, sizeof *reading.items);
    key_add_u64(&key, count - 1);
    transaction_append(txn, database_table(store(), JOURNAL_TABLE), key_bytes(&key), input);
    CLEANUP(arena_destroy) struct arena *scratch = arena_create();
    if (!journal_each(journal, txn, 0, scratch, keep, &reading, &err)) {
        assert(err.kind == ERROR_CORRUPT && err.text[0]);
        return false;
    }
    assert(reading.count == count && bytes_equal(written(journal, txn, &reading), input));
    return true;
}

static void seed(struct arena *arena, fuzz_seed_fn *take, void *owner)
{
    struct journal_item items[SAMPLE_ENTRIES];
    memset(items, 0, sizeof items);
    CLEANUP(journal_close) struct journal *journal = journal_open(store());
    struct key_pair pair = sample_pair();
    struct reading reading = { .items = items, .count = SAMPLE_ENTRIES };
    for (size_t i = 0; i < SAMPLE_ENTRIES; i++)
        items[i].entry = sample_entry(i, arena);
    struct statement statement = sample_statement(0, arena);
    struct error err;
    bool sealed = statement_seal(&statement, &pair, arena, &items[0].sealed, &err);
    assert(sealed);
    items[0].entry.arrival.sequence = statement.sequence;
    for (; reading.count > 0; reading.count--) {
        struct transaction *txn = transaction_write(store());
        struct bytes slab = arena_copy_bytes(arena, written(journal, txn, &reading));
        transaction_abort(&txn);
        take(slab, owner);
    }
}

const struct fuzz_target fuzz_target = { .feed = feed, .seed = seed };

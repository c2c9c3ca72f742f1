#include "aggregator/second_look.h"

#include <string.h>

#include "aggregator/devices.h"
#include "aggregator/journal.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "aggregator/vouching.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/seeded_bug.h"
#include "common/runtime/crew.h"
#include "common/storage/reserve.h"
#include "common/storage/transaction.h"
#include "common/wire/rotation.h"
#include "common/wire/statement.h"

/*
 *     key    u8 0
 *     value  u64 position of the next entry to be looked at
 *     key    u64 position of a statement whose own signature does not verify
 *     value  i64 utc_ms when that was found | u64 position of its witness, all ones for none
 */
#define POSITION_SIZE 8
#define RECORD_SIZE 16

static const unsigned char progress_key[] = { 0 };

struct piece {
    struct sealed_statement sealed;
    struct suspect suspect; /* if it is one */
    unsigned char key[KEY_SIZE];
    bool signed_so_far; /* as far as is known without the signature itself */
    bool is_signed;
};

struct second_look {
    struct province *province;
    struct crew *crew;
    struct table table;
    struct arena *arena; /* of the step */
    uint64_t next, saved;
    struct piece pieces[SECOND_LOOK_ENTRIES_MAX];
    size_t entry_count, piece_count, size;
};

static bool load(struct second_look *look, struct error *err)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(look->province->database);
    struct bytes value;
    if (transaction_get(txn, look->table, BYTES_OF(progress_key), &value) &&
        value.size == POSITION_SIZE)
        look->next = look->saved = bytes_get_u64(value.data);
    return transaction_check(txn, err);
}

struct second_look *second_look_open(struct province *province, struct crew *crew,
                                     struct error *err)
{
    struct second_look *look = memory_zeroed(1, sizeof *look);
    look->province = province;
    look->crew = crew;
    look->table = database_table(province->database, SECOND_LOOK_TABLE);
    look->arena = arena_create();
    if (!load(look, err))
        second_look_close(&look);
    return look;
}

void second_look_close(struct second_look **look)
{
    if (*look)
        arena_destroy(&(*look)->arena);
    memory_free(look);
}

uint64_t second_look_next(const struct second_look *look)
{
    return look->next;
}

/* The record goes when the next is read: everything of it that is needed is copied. */
static void collect_arrival(struct second_look *look, const struct journal_record *record)
{
    const struct devices *devices = ledger_devices(look->province->ledger);
    const struct statement *statement = &record->statement;
    struct piece *piece = &look->pieces[look->piece_count++];
    const struct device *device = devices_find(devices, &statement->stream.device);
    const unsigned char *key =
        device ? device_signing_key(device, statement->stream.epoch, statement->sequence) : NULL;
    *piece = (struct piece){ .sealed = record->sealed, .suspect = vouching_suspect(record) };
    piece->sealed.statement = arena_copy_bytes(look->arena, record->sealed.statement);
    piece->signed_so_far =
        key && (statement->kind != STATEMENT_KEY_ROTATION || rotation_is_signed(statement));
    if (key)
        memcpy(piece->key, key, KEY_SIZE);
    look->size += piece->sealed.statement.size;
}

static bool collect(const struct journal_record *record, void *owner)
{
    struct second_look *look = owner;
    if (record->position >= ledger_size(look->province->ledger))
        return false; /* another process appended it: what is known does not reach so far */
    look->entry_count++;
    if (record->entry.kind == ENTRY_ARRIVAL)
        collect_arrival(look, record);
    return look->entry_count < SECOND_LOOK_ENTRIES_MAX && look->size < SECOND_LOOK_SIZE_MAX;
}

static void verify(size_t number, size_t worker, void *owner)
{
    struct piece *piece = &((struct second_look *)owner)->pieces[number];
    (void)worker;
    piece->is_signed =
        piece->signed_so_far && sealed_statement_is_signed_by(&piece->sealed, piece->key);
}

static struct suspect *pick_suspects(struct second_look *look, size_t *out_count)
{
    struct suspect *suspects = arena_take(look->arena, look->piece_count, sizeof *suspects);
    *out_count = 0;
    for (size_t i = 0; i < look->piece_count; i++)
        if (!look->pieces[i].is_signed && !seeded_bug(BUG_NEVER_LOOK_AGAIN))
            suspects[(*out_count)++] = look->pieces[i].suspect;
    return suspects;
}

static void put(const struct second_look *look, struct transaction *txn,
                const struct suspect *suspect)
{
    unsigned char key[POSITION_SIZE], value[RECORD_SIZE];
    bytes_put_u64(key, suspect->position);
    bytes_put_u64(value, (unsigned long long)province_utc_ms(look->province));
    bytes_put_u64(value + POSITION_SIZE, suspect->witness);
    transaction_put(txn, look->table, BYTES_OF(key), BYTES_OF(value));
}

/* What was found and how far it goes are one commit. */
static bool save(struct second_look *look, uint64_t next, const struct suspect *suspects,
                 size_t count, struct error *err)
{
    unsigned char value[POSITION_SIZE];
    bytes_put_u64(value, next);
    struct transaction *txn = transaction_write(look->province->database);
    for (size_t i = 0; i < count; i++)
        put(look, txn, &suspects[i]);
    transaction_put(txn, look->table, BYTES_OF(progress_key), BYTES_OF(value));
    if (!transaction_commit(&txn, err))
        return false;
    look->saved = next;
    return true;
}

/* Reads the next entries and verifies them. */
static bool examine(struct second_look *look, struct suspect **out, size_t *out_count,
                    struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    const struct ledger *ledger = look->province->ledger;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(look->province->database);
    struct vouching_source source = { ledger_journal(ledger), txn, ledger_streams(ledger),
                                      ledger_devices(ledger) };
    look->entry_count = look->piece_count = look->size = 0;
    if (!journal_each(source.journal, txn, look->next, arena, collect, look, err))
        return false;
    crew_run(look->crew, look->piece_count, verify, look);
    *out = pick_suspects(look, out_count);
    return vouching_settle(&source, *out, *out_count, err) && transaction_check(txn, err);
}

bool second_look_step(struct second_look *look, second_look_tell_fn *tell, void *owner,
                      struct error *err)
{
    uint64_t size = ledger_size(look->province->ledger);
    struct suspect *suspects;
    size_t count;
    if (look->next > size) /* of a store that was put back */
        look->next = look->saved = 0;
    if (look->next == size || !reserve_holds(look->province->reserve))
        return true;
    arena_reset(look->arena);
    if (!examine(look, &suspects, &count, err))
        return false;
    uint64_t next = look->next + look->entry_count;
    bool due = count > 0 || next - look->saved >= SECOND_LOOK_SAVED_EVERY;
    if (due && !save(look, next, suspects, count, err))
        return err->kind == ERROR_EXHAUSTED; /* with room again, from here */
    look->next = next;
    for (size_t i = 0; i < count; i++)
        tell(&suspects[i], owner);
    return true;
}

struct visiting {
    second_look_visit_fn *visit;
    void *owner;
};

static bool visit_one(struct bytes key, struct bytes value, void *owner)
{
    const struct visiting *visiting = owner;
    if (key.size != POSITION_SIZE || value.size != RECORD_SIZE)
        return true;
    const unsigned char *data = value.data;
    struct second_look_record record = { bytes_get_u64(key.data), (int64_t)bytes_get_u64(data),
                                         bytes_get_u64(data + POSITION_SIZE) };
    return visiting->visit(&record, visiting->owner);
}

void second_look_each(struct transaction *txn, struct table table, second_look_visit_fn *visit,
                      void *owner)
{
    struct visiting visiting = { visit, owner };
    struct bytes everything = { NULL, 0 };
    transaction_each(txn, table, everything, everything, visit_one, &visiting);
}

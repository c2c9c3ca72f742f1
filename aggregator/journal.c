#include "aggregator/journal.h"

#include <assert.h>
#include <string.h>

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

/*
 * A slab holds the entries of one batch, or a part of them:
 *
 *     key    position of its last entry, u64
 *     value  u64 utc_ms, u16 count, then each entry:
 *              u8 kind
 *              arrival: u8 verdict + 16 comparison, varint findings { u8 class, u64 rule, varint size, row key },
 *                       varint size, statement, 64 bytes signature
 *              else:    varint size, encoded entry
 *
 * Keyed by its last position, the slab of any position is the first one not before it.
 */
/* LMDB gives a value of this size whole pages: page header, checksum and slab fill them. */
#define STORED_OVERHEAD (16u + 17u)
#define SLAB_SIZE_MAX (32u * 1024 - STORED_OVERHEAD) /* but for an entry that is larger alone */
#define SLAB_ENTRIES_MAX 4096
#define SLAB_HEADER_SIZE 10
#define COMPARISON_SHIFT 4 /* in the byte of the verdict */

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

static void slab_add(struct text_builder *slab, const void *data, size_t size)
{
    text_builder_add_bytes(slab, (struct bytes){ data, size });
}

static void slab_add_u8(struct text_builder *slab, unsigned value)
{
    unsigned char byte = (unsigned char)value;
    slab_add(slab, &byte, 1);
}

static void slab_add_varint(struct text_builder *slab, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        slab_add_u8(slab, (unsigned)(value & 0x7f) | 0x80);
    slab_add_u8(slab, (unsigned)value);
}

static void slab_add_arrival(struct text_builder *slab, const struct journal_item *item)
{
    const struct arrival *arrival = &item->entry.arrival;
    slab_add_u8(slab, arrival->verdict | arrival->comparison << COMPARISON_SHIFT);
    slab_add_varint(slab, arrival->finding_count);
    for (size_t i = 0; i < arrival->finding_count; i++) {
        const struct verdict_finding *finding = &arrival->findings[i];
        unsigned char rule[8];
        bytes_put_u64(rule, finding->rule.packed);
        slab_add_u8(slab, finding->class);
        slab_add(slab, rule, sizeof rule);
        slab_add_varint(slab, strlen(finding->row_key));
        slab_add(slab, finding->row_key, strlen(finding->row_key));
    }
    slab_add_varint(slab, item->sealed.statement.size);
    slab_add(slab, item->sealed.statement.data, item->sealed.statement.size);
    slab_add(slab, item->sealed.signature, sizeof item->sealed.signature);
}

/* As it stands in a slab. Valid until the next call. */
static struct bytes item_bytes(struct journal *journal, const struct journal_item *item,
                               struct arena *arena)
{
    struct text_builder *out = &journal->item;
    out->size = 0;
    slab_add_u8(out, item->entry.kind);
    if (item->entry.kind == ENTRY_ARRIVAL) {
        slab_add_arrival(out, item);
    } else {
        struct bytes encoded = entry_encode(&item->entry, arena);
        slab_add_varint(out, encoded.size);
        slab_add(out, encoded.data, encoded.size);
    }
    return (struct bytes){ out->text, out->size };
}

static void put_slab(struct journal *journal, struct transaction *txn, uint64_t last, size_t count)
{
    unsigned char *header = (unsigned char *)journal->slab.text;
    header[8] = (unsigned char)(count >> 8);
    header[9] = (unsigned char)count;
    struct key key = { 0 };
    key_add_u64(&key, last);
    transaction_append(txn, journal->slabs, key_bytes(&key),
                       (struct bytes){ journal->slab.text, journal->slab.size });
}

static void begin_slab(struct journal *journal, int64_t utc_ms)
{
    unsigned char header[SLAB_HEADER_SIZE] = { 0 };
    bytes_put_u64(header, (unsigned long long)utc_ms);
    journal->slab.size = 0;
    slab_add(&journal->slab, header, sizeof header);
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
            begin_slab(journal, items[i].entry.utc_ms);
        slab_add(&journal->slab, added.data, added.size);
        if (items[i].entry.kind != ENTRY_ARRIVAL)
            put_decision(journal, txn, position + i);
    }
    if (in_slab > 0)
        put_slab(journal, txn, position + count - 1, in_slab);
}

/* Reads a slab from front to back; a first misfit makes everything behind it fail. */
struct reader {
    const unsigned char *next;
    size_t left;
    bool broken;
};

static const unsigned char *take(struct reader *reader, size_t size)
{
    if (reader->broken || size > reader->left) {
        reader->broken = true;
        return NULL;
    }
    const unsigned char *taken = reader->next;
    reader->next += size;
    reader->left -= size;
    return taken;
}

static unsigned take_u8(struct reader *reader)
{
    const unsigned char *byte = take(reader, 1);
    return byte ? *byte : 0;
}

static uint64_t take_u64(struct reader *reader)
{
    const unsigned char *bytes = take(reader, 8);
    return bytes ? bytes_get_u64(bytes) : 0;
}

static uint64_t take_varint(struct reader *reader)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        unsigned byte = take_u8(reader);
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte & 0x80)
            continue;
        /* Longer than it needs to be, or beyond 64 bits: not what we wrote. */
        if ((byte == 0 && shift > 0) || (shift == 63 && byte > 1))
            break;
        return value;
    }
    reader->broken = true;
    return 0;
}

static struct bytes take_sized(struct reader *reader)
{
    uint64_t size = take_varint(reader);
    if (size > reader->left)
        reader->broken = true;
    const unsigned char *data = reader->broken ? NULL : take(reader, (size_t)size);
    return (struct bytes){ data, data ? (size_t)size : 0 };
}

/* A row key. */
static const char *take_text(struct reader *reader, struct arena *arena)
{
    struct bytes bytes = take_sized(reader);
    if (bytes.size > SUBMISSION_ROW_KEY_SIZE_MAX || !text_is_clean(bytes, false)) {
        reader->broken = true;
        return "";
    }
    char *text = arena_take(arena, bytes.size + 1, 1);
    if (bytes.size > 0)
        memcpy(text, bytes.data, bytes.size);
    return text;
}

static void take_findings(struct reader *reader, struct arena *arena, struct arrival *out)
{
    uint64_t count = take_varint(reader);
    if (count > RECEIPT_FINDINGS_MAX)
        reader->broken = true;
    if (reader->broken || count == 0)
        return;
    struct verdict_finding *findings = arena_take(arena, (size_t)count, sizeof *findings);
    for (size_t i = 0; i < count; i++) {
        findings[i].class = (uint8_t)take_u8(reader);
        findings[i].rule.packed = take_u64(reader);
        findings[i].row_key = take_text(reader, arena);
        if (findings[i].class < FINDING_MANDATORY || findings[i].class > FINDING_HINT ||
            !code_is_valid(findings[i].rule))
            reader->broken = true;
    }
    out->findings = findings;
    out->finding_count = (size_t)count;
}

static bool take_arrival(struct reader *reader, struct arena *arena, struct journal_record *out,
                         struct error *err)
{
    struct arrival *arrival = &out->entry.arrival;
    arrival->received_utc_ms = out->entry.utc_ms;
    unsigned outcome = take_u8(reader);
    arrival->verdict = (enum verdict)(outcome & ((1u << COMPARISON_SHIFT) - 1));
    arrival->comparison = (enum comparison)(outcome >> COMPARISON_SHIFT);
    if (arrival->verdict != VERDICT_ACCEPTED && arrival->verdict != VERDICT_REJECTED)
        reader->broken = true;
    take_findings(reader, arena, arrival);
    out->sealed.statement = take_sized(reader);
    const unsigned char *signature = take(reader, sizeof out->sealed.signature);
    if (reader->broken)
        return error_set(err, ERROR_CORRUPT, MESSAGE_JOURNAL_DAMAGED, out->position);
    memcpy(out->sealed.signature, signature, sizeof out->sealed.signature);
    return true;
}

/* Stream and sequence stand in the statement and nowhere else. */
static bool read_statement(struct arena *arena, struct journal_record *out, struct error *err)
{
    struct arrival *arrival = &out->entry.arrival;
    if (!statement_decode(out->sealed.statement, arena, &out->statement, err)) {
        err->kind = ERROR_CORRUPT;
        return error_wrap(err, MESSAGE_JOURNAL_DAMAGED, out->position);
    }
    arrival->stream = out->statement.stream;
    arrival->sequence = out->statement.sequence;
    return true;
}

/* All that a leaf needs of it. */
static bool read_place(struct journal_record *out, struct error *err)
{
    struct arrival *arrival = &out->entry.arrival;
    return statement_place(out->sealed.statement, &arrival->stream, &arrival->sequence) ||
           error_set(err, ERROR_CORRUPT, MESSAGE_JOURNAL_DAMAGED, out->position);
}

static bool take_record(struct reader *reader, struct arena *arena, bool place_only,
                        struct journal_record *out, struct error *err)
{
    enum entry_kind kind = (enum entry_kind)take_u8(reader);
    out->entry.kind = kind;
    if (kind == ENTRY_ARRIVAL)
        return take_arrival(reader, arena, out, err) &&
               (place_only ? read_place(out, err) : read_statement(arena, out, err));
    struct bytes encoded = take_sized(reader);
    int64_t utc_ms = out->entry.utc_ms;
    if (reader->broken || !entry_decode(encoded, arena, &out->entry, err) ||
        out->entry.utc_ms != utc_ms || out->entry.kind != kind)
        return error_set(err, ERROR_CORRUPT, MESSAGE_JOURNAL_DAMAGED, out->position);
    return true;
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

/* Steps over a record without looking inside. */
static void skip_record(struct reader *reader)
{
    if (take_u8(reader) == ENTRY_ARRIVAL) {
        take_u8(reader);
        for (uint64_t left = take_varint(reader); left > 0 && !reader->broken; left--) {
            take(reader, 9);
            take_sized(reader);
        }
        take_sized(reader);
        take(reader, SIGNATURE_SIZE);
        return;
    }
    take_sized(reader);
}

static bool walk_slab(struct bytes key, struct bytes value, void *owner)
{
    struct walk *walk = owner;
    struct reader reader = { value.data, value.size, key.size != 8 };
    int64_t utc_ms = (int64_t)take_u64(&reader);
    size_t count = take_u8(&reader) << 8;
    count |= take_u8(&reader);
    if (reader.broken || count == 0 || bytes_get_u64(key.data) + 1 < count)
        return walk_fails(walk, walk->from);
    uint64_t position = bytes_get_u64(key.data) + 1 - count;
    if (walk->next != UINT64_MAX ? position != walk->next : position > walk->from)
        return walk_fails(walk, position);
    walk->next = position + count;

    for (; count > 0; count--, position++) {
        if (position >= walk->until)
            return false;
        if (position < walk->from) {
            skip_record(&reader);
            continue;
        }
        if (!walk->keep_arena)
            arena_reset(walk->arena);
        struct journal_record record = { .position = position, .entry.utc_ms = utc_ms };
        if (!take_record(&reader, walk->arena, walk->place_only, &record, walk->err)) {
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
    return entry_encode(&settled.entry, arena);
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

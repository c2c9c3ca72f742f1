#include "aggregator/slab.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/base/text.h"
#include "common/model/finding.h"
#include "common/wire/keys.h"
#include "common/wire/statement.h"

#define SLAB_HEADER_SIZE 10
#define COMPARISON_SHIFT 4 /* in the byte of the verdict */

static void add(struct text_builder *slab, const void *data, size_t size)
{
    text_builder_add_bytes(slab, (struct bytes){ data, size });
}

static void add_u8(struct text_builder *slab, unsigned value)
{
    unsigned char byte = (unsigned char)value;
    add(slab, &byte, 1);
}

static void add_varint(struct text_builder *slab, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        add_u8(slab, (unsigned)(value & 0x7f) | 0x80);
    add_u8(slab, (unsigned)value);
}

static void add_arrival(struct text_builder *slab, const struct journal_item *item)
{
    const struct arrival *arrival = &item->entry.arrival;
    add_u8(slab, arrival->verdict | arrival->comparison << COMPARISON_SHIFT);
    add_varint(slab, arrival->finding_count);
    for (size_t i = 0; i < arrival->finding_count; i++) {
        const struct verdict_finding *finding = &arrival->findings[i];
        unsigned char rule[8];
        bytes_put_u64(rule, finding->rule.packed);
        add_u8(slab, finding->class);
        add(slab, rule, sizeof rule);
        add_varint(slab, strlen(finding->row_key));
        add(slab, finding->row_key, strlen(finding->row_key));
    }
    add_varint(slab, item->sealed.statement.size);
    add(slab, item->sealed.statement.data, item->sealed.statement.size);
    add(slab, item->sealed.signature, sizeof item->sealed.signature);
}

void slab_begin(struct text_builder *slab, int64_t utc_ms)
{
    unsigned char header[SLAB_HEADER_SIZE] = { 0 };
    bytes_put_u64(header, (unsigned long long)utc_ms);
    slab->size = 0;
    add(slab, header, sizeof header);
}

void slab_finish(struct text_builder *slab, size_t count)
{
    unsigned char *header = (unsigned char *)slab->text;
    header[8] = (unsigned char)(count >> 8);
    header[9] = (unsigned char)count;
}

void slab_put(struct text_builder *out, const struct journal_item *item, struct arena *arena)
{
    add_u8(out, item->entry.kind);
    if (item->entry.kind == ENTRY_ARRIVAL) {
        add_arrival(out, item);
        return;
    }
    struct bytes encoded = entry_encode(&item->entry, arena);
    add_varint(out, encoded.size);
    add(out, encoded.data, encoded.size);
}

static const unsigned char *take(struct slab_reader *reader, size_t size)
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

static unsigned take_u8(struct slab_reader *reader)
{
    const unsigned char *byte = take(reader, 1);
    return byte ? *byte : 0;
}

static uint64_t take_u64(struct slab_reader *reader)
{
    const unsigned char *bytes = take(reader, 8);
    return bytes ? bytes_get_u64(bytes) : 0;
}

static uint64_t take_varint(struct slab_reader *reader)
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

static struct bytes take_sized(struct slab_reader *reader)
{
    uint64_t size = take_varint(reader);
    if (size > reader->left)
        reader->broken = true;
    const unsigned char *data = reader->broken ? NULL : take(reader, (size_t)size);
    return (struct bytes){ data, data ? (size_t)size : 0 };
}

/* A row key. */
static const char *take_text(struct slab_reader *reader, struct arena *arena)
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

static void take_findings(struct slab_reader *reader, struct arena *arena, struct arrival *out)
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

static bool take_arrival(struct slab_reader *reader, struct arena *arena,
                         struct journal_record *out, struct error *err)
{
    struct arrival *arrival = &out->entry.arrival;
    arrival->received_utc_ms = out->entry.utc_ms;
    unsigned outcome = take_u8(reader);
    arrival->verdict = (enum verdict)(outcome & ((1u << COMPARISON_SHIFT) - 1));
    arrival->comparison = (enum comparison)(outcome >> COMPARISON_SHIFT);
    if ((arrival->verdict != VERDICT_ACCEPTED && arrival->verdict != VERDICT_REJECTED) ||
        arrival->comparison > COMPARISON_DIFFERENT)
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

bool slab_open(struct bytes value, struct slab_reader *out)
{
    *out = (struct slab_reader){ .next = value.data, .left = value.size };
    out->utc_ms = (int64_t)take_u64(out);
    out->count = take_u8(out) << 8;
    out->count |= take_u8(out);
    return !out->broken && out->count > 0;
}

bool slab_take(struct slab_reader *reader, struct arena *arena, bool place_only,
               struct journal_record *out, struct error *err)
{
    out->entry.utc_ms = reader->utc_ms;
    enum entry_kind kind = (enum entry_kind)take_u8(reader);
    out->entry.kind = kind;
    if (kind == ENTRY_ARRIVAL)
        return take_arrival(reader, arena, out, err) &&
               (place_only ? read_place(out, err) : read_statement(arena, out, err));
    struct bytes encoded = take_sized(reader);
    if (reader->broken || !entry_decode(encoded, arena, &out->entry, err) ||
        out->entry.utc_ms != reader->utc_ms ||
        (out->entry.kind != kind && !seeded_bug(BUG_TAKE_A_RECORD_OF_ANOTHER_KIND)))
        return error_set(err, ERROR_CORRUPT, MESSAGE_JOURNAL_DAMAGED, out->position);
    return true;
}

void slab_skip(struct slab_reader *reader)
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

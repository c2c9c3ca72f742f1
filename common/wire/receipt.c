#include "common/wire/receipt.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/wire/entry.h"
#include "common/wire/lines.h"
#include "common/wire/proof.h"

#define RECEIPT_TITLE "c2sp.org/tlog-proof@v1"
#define RECEIPT_ENTRY "extra "
#define RECEIPT_POSITION "index "

struct bytes receipt_write(const struct receipt *receipt, struct arena *arena)
{
    assert(receipt->path_count <= PROOF_PATH_MAX && receipt->checkpoint.size > 0);
    CLEANUP(text_builder_free) struct text_builder builder = { 0 };

    text_builder_add(&builder, RECEIPT_TITLE "\n" RECEIPT_ENTRY);
    base64_add(&builder, receipt->entry);
    text_builder_format(&builder, "\n" RECEIPT_POSITION "%" PRIu64 "\n", receipt->position);
    for (size_t i = 0; i < receipt->path_count; i++) {
        base64_add(&builder, BYTES_OF(receipt->path[i].bytes));
        text_builder_add(&builder, "\n");
    }
    text_builder_add(&builder, "\n");
    text_builder_add_bytes(&builder, receipt->checkpoint);

    assert(builder.size <= RECEIPT_TEXT_SIZE_MAX);
    return arena_copy_bytes(arena, (struct bytes){ builder.text, builder.size });
}

static bool malformed(const struct lines *lines, struct error *err)
{
    return error_set(err, ERROR_MALFORMED, MESSAGE_RECEIPT_MALFORMED, lines->number);
}

static bool read_entry(struct lines *lines, struct arena *arena, struct receipt *out,
                       struct error *err)
{
    struct bytes line;
    if (!lines_next(lines, &line) || !line_begins(&line, RECEIPT_ENTRY))
        return error_set(err, ERROR_MALFORMED, MESSAGE_RECEIPT_WITHOUT_ENTRY);

    unsigned char *entry = arena_take(arena, line.size, 1);
    if (!base64_read(line, entry, line.size, &out->entry.size))
        return malformed(lines, err);
    out->entry.data = entry;
    return true;
}

static bool read_position(struct lines *lines, struct receipt *out, struct error *err)
{
    struct bytes line;
    return (lines_next(lines, &line) && line_begins(&line, RECEIPT_POSITION) &&
            line_number(line, &out->position)) ||
           malformed(lines, err);
}

/* Up to and with the empty line. */
static bool read_path(struct lines *lines, struct receipt *out, struct error *err)
{
    for (;;) {
        struct bytes line;
        size_t size;
        if (!lines_next(lines, &line))
            return malformed(lines, err);
        if (line.size == 0)
            return true;
        if (out->path_count == PROOF_PATH_MAX ||
            !base64_read(line, out->path[out->path_count].bytes, DIGEST_SIZE, &size) ||
            size != DIGEST_SIZE)
            return malformed(lines, err);
        out->path_count++;
    }
}

static bool decode_arrival(struct bytes bytes, struct arena *arena, struct arrival *out,
                           struct error *err)
{
    struct entry entry;
    if (!entry_decode(bytes, arena, &entry, err))
        return false;
    if (entry.kind != ENTRY_ARRIVAL)
        return error_set(err, ERROR_MALFORMED, MESSAGE_RECEIPT_NOT_OF_ARRIVAL);
    *out = entry.arrival;
    return true;
}

bool receipt_read_proof(struct bytes text, struct arena *arena, struct receipt *out,
                        struct error *err)
{
    struct lines lines = lines_of(text);
    struct receipt read = { 0 };
    struct bytes line;
    if (text.size > RECEIPT_TEXT_SIZE_MAX)
        return error_set(err, ERROR_MALFORMED, MESSAGE_RECEIPT_TOO_LARGE, text.size,
                         (size_t)RECEIPT_TEXT_SIZE_MAX);
    if (!lines_next(&lines, &line) || !line_is(line, RECEIPT_TITLE))
        return error_set(err, ERROR_MALFORMED, MESSAGE_RECEIPT_FOREIGN);
    if (!read_entry(&lines, arena, &read, err) || !read_position(&lines, &read, err) ||
        !read_path(&lines, &read, err))
        return false;
    if (lines.rest.size == 0 || lines.rest.size > CHECKPOINT_SIZE_MAX)
        return error_set(err, ERROR_MALFORMED, MESSAGE_RECEIPT_WITHOUT_CHECKPOINT);
    read.checkpoint = arena_copy_bytes(arena, lines.rest);
    *out = read;
    return true;
}

bool receipt_read(struct bytes text, struct arena *arena, struct receipt *out, struct error *err)
{
    struct receipt read;
    if (!receipt_read_proof(text, arena, &read, err) ||
        !decode_arrival(read.entry, arena, &read.arrival, err))
        return false;
    *out = read;
    return true;
}

static bool findings_agree(const struct arrival *left, const struct arrival *right)
{
    if (left->finding_count != right->finding_count)
        return false;
    for (size_t i = 0; i < left->finding_count; i++) {
        const struct verdict_finding *one = &left->findings[i], *other = &right->findings[i];
        if (one->class != other->class || !code_equal(one->rule, other->rule) ||
            !text_equal(one->row_key, other->row_key))
            return false;
    }
    return true;
}

static bool arrivals_agree(const struct arrival *left, const struct arrival *right)
{
    return zone_id_equal(&left->stream.zone, &right->stream.zone) &&
           bytes_equal(BYTES_OF(left->stream.device), BYTES_OF(right->stream.device)) &&
           left->stream.epoch == right->stream.epoch && left->sequence == right->sequence &&
           digest_equal(&left->statement_hash, &right->statement_hash) &&
           left->received_utc_ms == right->received_utc_ms && left->verdict == right->verdict &&
           left->comparison == right->comparison && findings_agree(left, right);
}

bool receipt_verify(const struct receipt *receipt, const char *origin,
                    const unsigned char signing_key[KEY_SIZE], struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct arrival arrival;
    struct checkpoint checkpoint;

    if (!checkpoint_verify(receipt->checkpoint, origin, signing_key, arena, &checkpoint, err) ||
        !decode_arrival(receipt->entry, arena, &arrival, err)) {
        err->kind = ERROR_REFUSED;
        return error_wrap(err, "%s", MESSAGE_RECEIPT_INVALID);
    }
    if (!arrivals_agree(&arrival, &receipt->arrival))
        return error_set(err, ERROR_REFUSED, MESSAGE_RECEIPT_DIFFERS);
    struct digest leaf = proof_leaf(receipt->entry);
    if (!proof_includes(&leaf, receipt->position, checkpoint.size, receipt->path,
                        receipt->path_count, &checkpoint.root))
        return error_set(err, ERROR_REFUSED, MESSAGE_RECEIPT_NOT_INCLUDED, receipt->position,
                         checkpoint.size);
    return true;
}

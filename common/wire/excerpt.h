#ifndef COMMON_WIRE_EXCERPT_H
#define COMMON_WIRE_EXCERPT_H

/*
 * Entries of the province's journal with the proof that they are in it ⇄ bytes: a catalogue on
 * its way to an agent, or a zone's history on its way to a new machine (proto/excerpt.proto).
 * The bytes are the same by wire and by file.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/model/receipt.h"
#include "common/model/submission.h"
#include "common/wire/entry.h"

#define EXCERPT_ITEMS_MAX 64
#define EXCERPT_STREAMS_MAX 4096
/* The largest item makes an excerpt of its own. */
#define EXCERPT_SIZE_MAX ((size_t)STATEMENT_SIZE_MAX + ENTRY_SIZE_MAX + 1024 * 1024)

struct arena;
struct checkpoint;
struct error;

struct excerpt_item {
    struct bytes encoded; /* the entry: the leaf's bytes */
    struct entry entry;   /* decoded from them */
    uint64_t position;
    const struct digest *path; /* in the excerpt's checkpoint */
    size_t path_count;
    /* Arrivals only: the statement, and where its receipt was given. */
    struct sealed_statement sealed;
    struct bytes receipt_checkpoint;
    const struct digest *receipt_path;
    size_t receipt_path_count;
};

/* What an agent said of its own stream. */
struct heard_stream {
    struct device_id device;
    uint32_t epoch;
    uint64_t sequence;
};

struct excerpt {
    struct bytes checkpoint; /* signed text */
    const struct digest *extension;
    size_t extension_count;
    const struct excerpt_item *items;
    size_t count;
    uint64_t from; /* of a history: where it begins */
    uint64_t next; /* position to go on from */
    const struct heard_stream *streams;
    size_t stream_count;
};

/* At most EXCERPT_SIZE_MAX and readable again, asserted. */
struct bytes excerpt_encode(const struct excerpt *excerpt, struct arena *arena);
/* Strict scan, unpack, range checks; borrows from `bytes`. Fails with MALFORMED. */
NODISCARD bool excerpt_decode(struct bytes bytes, struct arena *arena, struct excerpt *out,
                              struct error *err);

/* Whether every entry is where it says in the checkpoint's tree. Fails with REFUSED. */
NODISCARD bool excerpt_holds(const struct excerpt *excerpt, const struct checkpoint *checkpoint,
                             struct error *err);
/* The receipt as it was given. Borrows from the item, which is an arrival. */
struct receipt excerpt_receipt(const struct excerpt_item *item);

#endif

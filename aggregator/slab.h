#ifndef AGGREGATOR_SLAB_H
#define AGGREGATOR_SLAB_H

/*
 * The bytes of a value of the journal, a slab: the entries of one batch, or a part of them.
 *
 *     u64 utc_ms, u16 count, then each entry:
 *       u8 kind
 *       arrival: u8 verdict + 16 comparison, varint findings { u8 class, u64 rule,
 *                varint size, row key }, varint size, statement, 64 bytes signature
 *       else:    varint size, encoded entry
 *
 * A record is taken only as it was written: no number longer than it needs to be.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aggregator/journal.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"

#define SLAB_ENTRIES_MAX 4096

struct text_builder;

/* Begin, put one item after the other, finish with their number. */
void slab_begin(struct text_builder *slab, int64_t utc_ms);
void slab_put(struct text_builder *out, const struct journal_item *item, struct arena *arena);
void slab_finish(struct text_builder *slab, size_t count);

/* Goes from front to back; a first misfit makes everything behind it fail. */
struct slab_reader {
    const unsigned char *next;
    size_t left;
    bool broken;
    int64_t utc_ms;
    size_t count; /* of the slab's entries, at least one */
};

/* False when there is no header, or nothing behind it. Borrows the value. */
NODISCARD bool slab_open(struct bytes value, struct slab_reader *out);
/* The next one; `out->position` is the caller's and stays. `place_only`: the statement is not
 * decoded, only where it stands in its stream is known. Lives in the arena or borrows from the
 * value. Fails with CORRUPT. */
NODISCARD bool slab_take(struct slab_reader *reader, struct arena *arena, bool place_only,
                         struct journal_record *out, struct error *err);
/* Steps over the next one without looking inside. */
void slab_skip(struct slab_reader *reader);

#endif

#ifndef AGGREGATOR_EXCERPTS_H
#define AGGREGATOR_EXCERPTS_H

/*
 * Entries of the journal with their proofs, made for an agent: a catalogue it lacks, or the
 * history of its zone. Nothing is stored for it: the same question about the same checkpoint has
 * the same bytes, by wire and by file.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/digest.h"

#define EXCERPT_SIZE_AIM (128u * 1024) /* one item may be larger */
#define EXCERPT_ITEMS_AIM 32

struct arena;
struct error;
struct province;
struct transaction;
struct zone_id;

/* In which tree the entries are proved, and which one the asker knows. */
struct excerpt_frame {
    uint64_t known; /* size of the asker's last checkpoint; 0: none */
    uint64_t size;  /* 0: the newest, and this is filled in */
};

/* The adoption of that catalogue. Lives in the arena. Fails with UNAVAILABLE: it was not adopted
 * in that tree, or there is no checkpoint of that size. */
NODISCARD bool catalogue_offer_make(const struct province *province, struct transaction *txn,
                                    const struct digest *digest, struct excerpt_frame *frame,
                                    struct arena *arena, struct bytes *out, struct error *err);

/* What concerns the zone from that entry on, as much as makes a page; `out_next` is where to go
 * on, the size of the tree when there is no more. Fails as above. */
NODISCARD bool history_page_make(const struct province *province, struct transaction *txn,
                                 const struct zone_id *zone, uint64_t from,
                                 struct excerpt_frame *frame, struct arena *arena,
                                 struct bytes *out, uint64_t *out_next, struct error *err);

#endif

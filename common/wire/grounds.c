#include "common/wire/grounds.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/digest.h"
#include "common/base/text.h"
#include "common/wire/entry.h"

static int by_return(const void *left, const void *right)
{
    const struct ground *one = left, *other = right;
    size_t slot = period_slot(one->period), other_slot = period_slot(other->period);
    if (one->form.packed != other->form.packed)
        return one->form.packed < other->form.packed ? -1 : 1;
    return (slot > other_slot) - (slot < other_slot);
}

static void add_u64(struct text_builder *run, uint64_t value)
{
    unsigned char bytes[8];
    bytes_put_u64(bytes, value);
    text_builder_add_bytes(run, BYTES_OF(bytes));
}

/* The record as the journal says it, without the time at which it was said. */
static void add_zone(struct text_builder *run, const struct zone *zone, struct arena *arena)
{
    struct entry entry = { .kind = ENTRY_ZONE };
    if (!zone)
        return;
    entry.zone = *zone;
    text_builder_add_bytes(run, entry_encode(&entry, arena));
}

struct grounds grounds_of(const struct zone *zone, struct ground *items, size_t count)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(text_builder_free) struct text_builder run = { 0 };
    struct grounds grounds;
    add_u64(&run, count);
    if (count > 0)
        qsort(items, count, sizeof *items, by_return);
    for (size_t i = 0; i < count; i++) {
        add_u64(&run, items[i].form.packed);
        add_u64(&run, period_slot(items[i].period));
        add_u64(&run, items[i].version);
        add_u64(&run, items[i].sequence);
        add_u64(&run, items[i].epoch);
        text_builder_add_bytes(&run, BYTES_OF(items[i].device));
    }
    add_zone(&run, zone, arena);
    struct digest digest =
        digest_sha256((struct bytes){ NULL, 0 }, (struct bytes){ run.text, run.size });
    memcpy(grounds.bytes, digest.bytes, sizeof grounds.bytes);
    grounds.bytes[0] |= 1; /* zeros say nothing */
    return grounds;
}

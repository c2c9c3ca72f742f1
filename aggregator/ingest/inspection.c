#include "aggregator/ingest/inspection.h"

#include <string.h>

#include "aggregator/catalogues.h"
#include "aggregator/devices.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/text.h"
#include "common/cube/checking.h"
#include "common/wire/statement.h"

static void fit(const struct catalogues *catalogues, struct inspected *out)
{
    const struct statement *statement = &out->statement;
    const struct adopted *adopted = catalogues_find(catalogues, &statement->catalogue);
    struct error unfit;
    out->judgeable = adopted && statement->kind == STATEMENT_RETURN;
    out->fits =
        out->judgeable && submission_fits(&statement->submission, adopted->catalogue, &unfit);
    if (out->fits)
        out->figures = figures_mark_of(&statement->submission);
}

static void look(const struct sealed_statement *sealed, struct inspection_ground ground,
                 struct arena *arena, struct inspected *out)
{
    struct error unreadable;
    out->decodes = statement_decode(sealed->statement, arena, &out->statement, &unreadable);
    if (!out->decodes)
        return;
    const struct stream_id *stream = &out->statement.stream;
    const struct device *device = devices_find(ground.devices, &stream->device);
    const unsigned char *key =
        device ? device_signing_key(device, stream->epoch, out->statement.sequence) : NULL;
    out->hash = sealed_statement_hash(sealed);
    out->known = key;
    if (key)
        memcpy(out->key, key, KEY_SIZE);
    fit(ground.catalogues, out);
}

static bool same_stream(const struct stream_id *left, const struct stream_id *right)
{
    return zone_id_equal(&left->zone, &right->zone) && left->epoch == right->epoch &&
           memcmp(left->device.bytes, right->device.bytes, sizeof left->device.bytes) == 0;
}

/* The second one is the next of the first one's stream, to be signed with the same key, and
 * nothing could keep it out that does not keep the first one out too: what is vouched for stands
 * in the journal with its witness behind it, or not at all. A change of keys is vouched for by
 * nobody: behind it another key counts, and a witness under the old one would not go in. */
static bool follows(const struct inspected *first, const struct inspected *second)
{
    return first->decodes && second->decodes && first->known && second->known &&
           same_stream(&first->statement.stream, &second->statement.stream) &&
           second->statement.sequence == first->statement.sequence + 1 &&
           digest_equal(&second->statement.previous, &first->hash) &&
           digest_equal(&second->statement.catalogue, &first->statement.catalogue) &&
           text_equal(second->statement.province, first->statement.province) &&
           first->statement.kind != STATEMENT_KEY_ROTATION &&
           second->statement.kind != STATEMENT_KEY_ROTATION &&
           memcmp(first->key, second->key, KEY_SIZE) == 0;
}

static void verify(const struct sealed_statement *sealed, struct inspected *out)
{
    out->signature_valid = out->known && sealed_statement_is_signed_by(sealed, out->key);
}

/* From the newest to the oldest of all: each either is vouched for by the one behind it or
 * verified. */
static void verify_all(const struct sealed_statement *statements, size_t count,
                       struct inspected *items)
{
    for (size_t i = count; i > 0; i--) {
        struct inspected *one = &items[i - 1];
        one->vouched = i < count && items[i].signature_valid && follows(one, &items[i]);
        if (one->vouched)
            one->signature_valid = true;
        else
            verify(&statements[i - 1], one);
    }
}

const struct inspected *inspect(const struct sealed_statement *statements, size_t count,
                                struct inspection_ground ground, struct arena *arena)
{
    struct inspected *items = arena_take(arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++)
        look(&statements[i], ground, arena, &items[i]);
    verify_all(statements, count, items);
    return items;
}

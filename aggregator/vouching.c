#include "aggregator/vouching.h"

#include <string.h>

#include "aggregator/devices.h"
#include "aggregator/journal.h"
#include "aggregator/streams.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/seeded_bug.h"
#include "common/wire/rotation.h"
#include "common/wire/statement.h"

static const unsigned char *key_at(const struct devices *devices, const struct stream_id *stream,
                                   uint64_t sequence)
{
    const struct device *device = devices_find(devices, &stream->device);
    return device ? device_signing_key(device, stream->epoch, sequence) : NULL;
}

bool vouching_is_signed(const struct devices *devices, const struct journal_record *record)
{
    const struct statement *statement = &record->statement;
    const unsigned char *key = key_at(devices, &statement->stream, statement->sequence);
    return key && sealed_statement_is_signed_by(&record->sealed, key) &&
           (statement->kind != STATEMENT_KEY_ROTATION || rotation_is_signed(statement));
}

struct suspect vouching_suspect(const struct journal_record *record)
{
    const struct statement *statement = &record->statement;
    return (struct suspect){ .position = record->position,
                             .stream = statement->stream,
                             .sequence = statement->sequence,
                             .hash = sealed_statement_hash(&record->sealed),
                             .previous = statement->previous,
                             .alone = statement->kind == STATEMENT_KEY_ROTATION,
                             .witness = VOUCHING_NOBODY };
}

/* How far the search for a witness has got in the stream. */
struct search {
    const struct vouching_source *source;
    const struct suspect *suspect;
    uint64_t sequence;  /* of the one that was reached last */
    struct digest hash; /* of it: what the next one must name */
};

/* The next of the stream, if it is to be signed with the suspect's key. */
static bool next_position(const struct search *search, uint64_t *out)
{
    const struct vouching_source *source = search->source;
    const struct stream_id *id = &search->suspect->stream;
    const struct stream *stream = streams_find(source->streams, id);
    if (!stream || search->sequence >= stream->sequence)
        return false;
    const unsigned char *its = key_at(source->devices, id, search->suspect->sequence);
    const unsigned char *next = key_at(source->devices, id, search->sequence + 1);
    *out = stream->positions[search->sequence];
    return its && next && memcmp(its, next, KEY_SIZE) == 0;
}

static const struct suspect *find(const struct suspect *suspects, size_t count, uint64_t position)
{
    size_t low = 0;
    while (low < count) {
        size_t middle = low + (count - low) / 2;
        if (suspects[middle].position == position)
            return &suspects[middle];
        if (suspects[middle].position < position)
            low = middle + 1;
        else
            count = middle;
    }
    return NULL;
}

/* What is behind a suspect of the same run has its witness already. */
static uint64_t inherited(const struct search *search, const struct suspect *next)
{
    bool reaches = !next->alone && digest_equal(&next->previous, &search->hash);
    return reaches ? next->witness : VOUCHING_NOBODY;
}

/* `later` are the suspects behind this one: settled. */
static bool settle(struct search *search, const struct suspect *later, size_t later_count,
                   uint64_t *out, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    uint64_t position;
    *out = VOUCHING_NOBODY;
    while (next_position(search, &position)) {
        const struct suspect *known = find(later, later_count, position);
        struct journal_record record;
        if (known) {
            *out = inherited(search, known);
            return true;
        }
        arena_reset(arena);
        if (!journal_read(search->source->journal, search->source->txn, position, arena, &record,
                          err))
            return false;
        if (!digest_equal(&record.statement.previous, &search->hash))
            return true;
        if (vouching_is_signed(search->source->devices, &record)) {
            *out = position;
            return true;
        }
        search->sequence++;
        search->hash = sealed_statement_hash(&record.sealed);
    }
    return true;
}

/* From the last to the first: each finds what was found for the one behind it. */
bool vouching_settle(const struct vouching_source *source, struct suspect *suspects, size_t count,
                     struct error *err)
{
    for (size_t i = count; i > 0; i--) {
        struct suspect *one = &suspects[i - 1];
        struct search search = { source, one, one->sequence, one->hash };
        one->witness = VOUCHING_NOBODY;
        if (!one->alone && !settle(&search, &suspects[i], count - i, &one->witness, err))
            return false;
        if (seeded_bug(BUG_VOUCH_WITHOUT_A_WITNESS))
            one->witness = one->position;
    }
    return true;
}

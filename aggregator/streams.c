#include "aggregator/streams.h"

#include <assert.h>
#include <string.h>

#include "aggregator/lookup.h"
#include "common/base/bytes.h"
#include "common/base/memory.h"

#define STREAM_KEY_SIZE (ZONE_CODE_SIZE + 16 + 4)

struct entry_of_stream {
    struct stream stream;
    uint64_t *positions;
    size_t capacity;
};

struct streams {
    struct lookup *numbers;
    struct entry_of_stream *items;
    size_t count;
    size_t capacity;
};

struct streams *streams_create(void)
{
    struct streams *streams = memory_zeroed(1, sizeof *streams);
    streams->numbers = lookup_create();
    return streams;
}

void streams_destroy(struct streams **streams)
{
    if (*streams) {
        for (size_t i = 0; i < (*streams)->count; i++)
            memory_free(&(*streams)->items[i].positions);
        memory_free(&(*streams)->items);
        lookup_destroy(&(*streams)->numbers);
    }
    memory_free(streams);
}

/* The zone's text zero-padded: what stands behind its NUL does not count. */
static void key_of(const struct stream_id *id, unsigned char key[STREAM_KEY_SIZE])
{
    memset(key, 0, STREAM_KEY_SIZE);
    memcpy(key, id->zone.text, strlen(id->zone.text));
    memcpy(key + ZONE_CODE_SIZE, id->device.bytes, sizeof id->device.bytes);
    bytes_put_u32(key + ZONE_CODE_SIZE + sizeof id->device.bytes, id->epoch);
}

static size_t number_of_stream(const struct streams *streams, const struct stream_id *id)
{
    unsigned char key[STREAM_KEY_SIZE];
    key_of(id, key);
    return lookup_find(streams->numbers, (struct bytes){ key, sizeof key });
}

static struct entry_of_stream *entry_of(struct streams *streams, const struct stream_id *id)
{
    size_t number = number_of_stream(streams, id);
    if (number != LOOKUP_NONE)
        return &streams->items[number];

    unsigned char key[STREAM_KEY_SIZE];
    key_of(id, key);
    streams->items = memory_grown(streams->items, &streams->capacity, streams->count + 1,
                                  sizeof *streams->items);
    lookup_put(streams->numbers, (struct bytes){ key, sizeof key }, streams->count);
    struct entry_of_stream *entry = &streams->items[streams->count++];
    entry->stream.id = *id;
    return entry;
}

void streams_add(struct streams *streams, const struct stream_id *id, uint64_t sequence,
                 uint64_t position)
{
    struct entry_of_stream *entry = entry_of(streams, id);
    assert(sequence == entry->stream.sequence + 1);

    entry->positions = memory_grown(entry->positions, &entry->capacity, (size_t)sequence,
                                    sizeof *entry->positions);
    entry->positions[sequence - 1] = position;
    entry->stream.positions = entry->positions;
    entry->stream.sequence = sequence;
    entry->stream.hash_known = false;
}

void streams_note_hash(struct streams *streams, const struct stream_id *id,
                       const struct digest *hash)
{
    struct stream *stream = &entry_of(streams, id)->stream;
    stream->hash = *hash;
    stream->hash_known = true;
}

void streams_freeze(struct streams *streams, const struct stream_id *id)
{
    entry_of(streams, id)->stream.frozen = true;
}

const struct stream *streams_find(const struct streams *streams, const struct stream_id *id)
{
    size_t number = number_of_stream(streams, id);
    return number == LOOKUP_NONE ? NULL : &streams->items[number].stream;
}

size_t streams_count(const struct streams *streams)
{
    return streams->count;
}

const struct stream *streams_at(const struct streams *streams, size_t number)
{
    assert(number < streams->count);
    return &streams->items[number].stream;
}

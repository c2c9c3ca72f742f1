#include "common/catalogue/names.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/base/text.h"
#include "common/catalogue/catalogue.h"

#define BUCKETS 4096
#define COMPARED_MAX 32 /* characters of a name that are looked at for likeness */

struct entry {
    const char *text;
    size_t number;
    enum name_kind kind;
    struct entry *next;     /* of the bucket */
    struct entry *previous; /* in the order of declaration, backwards */
};

struct names {
    struct arena *arena;
    struct entry *buckets[BUCKETS];
    struct entry *last;
};

struct names *names_create(struct arena *arena)
{
    struct names *names = arena_take(arena, 1, sizeof(*names));
    names->arena = arena;
    return names;
}

/* FNV-1a */
static size_t bucket_of(enum name_kind kind, const char *text)
{
    uint32_t hash = 2166136261u + (uint32_t)kind;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash % BUCKETS;
}

bool names_add(struct names *names, enum name_kind kind, const char *text, size_t number)
{
    if (names_find(names, kind, text) != CATALOGUE_NONE)
        return false;
    struct entry **bucket = &names->buckets[bucket_of(kind, text)];
    struct entry *entry = arena_take(names->arena, 1, sizeof(*entry));
    *entry = (struct entry){ text, number, kind, *bucket, names->last };
    *bucket = entry;
    names->last = entry;
    return true;
}

size_t names_find(const struct names *names, enum name_kind kind, const char *text)
{
    const struct entry *entry = names->buckets[bucket_of(kind, text)];
    for (; entry; entry = entry->next)
        if (entry->kind == kind && text_equal(entry->text, text))
            return entry->number;
    return CATALOGUE_NONE;
}

static size_t characters_of(const char *text, int32_t *out)
{
    struct bytes bytes = bytes_of_text(text);
    size_t count = 0;
    for (size_t position = 0; position < bytes.size && count < COMPARED_MAX;)
        out[count++] = text_next(bytes, &position);
    return count;
}

static size_t smallest(size_t left, size_t right)
{
    return left < right ? left : right;
}

/* Levenshtein's distance. */
static size_t distance_of(const int32_t *left, size_t left_count, const int32_t *right,
                          size_t right_count)
{
    size_t row[COMPARED_MAX + 1];
    for (size_t i = 0; i <= right_count; i++)
        row[i] = i;
    for (size_t i = 0; i < left_count; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t k = 0; k < right_count; k++) {
            size_t replaced = diagonal + (left[i] != right[k]);
            diagonal = row[k + 1];
            row[k + 1] = smallest(replaced, smallest(row[k], row[k + 1]) + 1);
        }
    }
    return row[right_count];
}

const char *names_nearest(const struct names *names, unsigned kinds, const char *text)
{
    int32_t wanted[COMPARED_MAX];
    int32_t found[COMPARED_MAX];
    size_t wanted_count = characters_of(text, wanted);
    size_t best = wanted_count / 3 + 2; /* further away than this helps nobody */
    if (best > wanted_count)
        best = wanted_count;
    const char *nearest = NULL;
    for (const struct entry *entry = names->last; entry; entry = entry->previous) {
        if (!(kinds & NAME_BIT(entry->kind)))
            continue;
        size_t distance =
            distance_of(wanted, wanted_count, found, characters_of(entry->text, found));
        if (distance < best || (distance == best && nearest)) {
            best = distance;
            nearest = entry->text;
        }
    }
    return nearest;
}

#include "tests/fuzz/wire_variation.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/base/attributes.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "common/wire/cursor.h"

#define PIECES_MAX 256
#define DEPTH_MAX 6
#define WIRE_RUN 2

struct piece {
    struct bytes whole;
    uint64_t tag;
    uint64_t number;
    struct bytes run;
};

/* The fields of a message; 0 when it is none. */
static size_t cut(struct bytes message, struct piece pieces[PIECES_MAX])
{
    struct cursor cursor = cursor_of(message);
    size_t count = 0;
    while (!cursor_is_at_end(&cursor)) {
        struct piece piece = { .whole.data = cursor.at };
        if (count == PIECES_MAX || !cursor_take_varint(&cursor, &piece.tag) || piece.tag < 8)
            return 0;
        bool taken = (piece.tag & 7) == WIRE_RUN ? cursor_take_run(&cursor, &piece.run)
                     : (piece.tag & 7) == 0      ? cursor_take_varint(&cursor, &piece.number)
                                                 : false;
        if (!taken)
            return 0;
        piece.whole.size = (size_t)(cursor.at - (const unsigned char *)piece.whole.data);
        pieces[count++] = piece;
    }
    return count;
}

static void add_varint(struct text_builder *out, uint64_t value)
{
    unsigned char bytes[10];
    size_t size = 0;
    for (; value >= 0x80; value >>= 7)
        bytes[size++] = (unsigned char)(value | 0x80);
    bytes[size++] = (unsigned char)value;
    text_builder_add_bytes(out, (struct bytes){ bytes, size });
}

static uint64_t number_near(uint64_t number, struct random *random)
{
    static const uint64_t edges[] = { 0,          1,          2,         127,        128,
                                      UINT32_MAX, 1ull << 32, INT64_MAX, 1ull << 63, UINT64_MAX };
    switch (random_below(random, 4)) {
    case 0:
        return number + 1;
    case 1:
        return number - 1;
    case 2:
        return number ^ 1ull << random_below(random, 64);
    default:
        return edges[random_below(random, COUNT_OF(edges))];
    }
}

/* A byte changed, left out or put in, or the end left out. */
static void vary_bytes(struct bytes bytes, struct random *random, struct text_builder *out)
{
    size_t at = (size_t)random_below(random, bytes.size + 1);
    unsigned char byte = (unsigned char)random_below(random, 256);
    uint64_t choice = random_below(random, 4);
    const unsigned char *source = bytes.data;
    text_builder_add_bytes(out, (struct bytes){ source, at });
    if (choice == 0)
        return;
    if (choice != 1)
        text_builder_add_bytes(out, BYTES_OF(byte));
    if (choice != 2 && at < bytes.size)
        at++;
    text_builder_add_bytes(out, (struct bytes){ source + at, bytes.size - at });
}

static void vary_message(struct bytes message, unsigned depth, struct random *random,
                         struct text_builder *out);

static void vary_content(const struct piece *piece, unsigned depth, struct random *random,
                         struct text_builder *out)
{
    add_varint(out, piece->tag);
    if ((piece->tag & 7) != WIRE_RUN) {
        add_varint(out, number_near(piece->number, random));
        return;
    }
    CLEANUP(text_builder_free) struct text_builder inner = { 0 };
    vary_message(piece->run, depth + 1, random, &inner);
    add_varint(out, inner.size);
    text_builder_add_bytes(out, (struct bytes){ inner.text, inner.size });
}

static void vary_piece(const struct piece *piece, const struct piece *other, unsigned depth,
                       struct random *random, struct text_builder *out)
{
    switch (random_below(random, 10)) {
    case 0: /* left out */
        break;
    case 1:
        text_builder_add_bytes(out, piece->whole);
        text_builder_add_bytes(out, piece->whole);
        break;
    case 2:
        text_builder_add_bytes(out, other->whole);
        text_builder_add_bytes(out, piece->whole);
        break;
    case 3:
        text_builder_add_bytes(out, other->whole);
        break;
    case 4:
        add_varint(out, piece->tag ^ 1ull << random_below(random, 8));
        text_builder_add_bytes(out, other->whole);
        break;
    default:
        vary_content(piece, depth, random, out);
    }
}

static void vary_message(struct bytes message, unsigned depth, struct random *random,
                         struct text_builder *out)
{
    struct piece pieces[PIECES_MAX];
    size_t count = depth < DEPTH_MAX ? cut(message, pieces) : 0;
    if (count == 0 || random_below(random, 12) == 0) {
        vary_bytes(message, random, out);
        return;
    }
    size_t chosen = (size_t)random_below(random, count);
    for (size_t i = 0; i < count; i++) {
        const struct piece *other = &pieces[random_below(random, count)];
        if (i == chosen)
            vary_piece(&pieces[i], other, depth, random, out);
        else
            text_builder_add_bytes(out, pieces[i].whole);
    }
}

void wire_variation(struct bytes message, struct random *random, struct text_builder *out)
{
    vary_message(message, 0, random, out);
}

size_t wire_vary(unsigned char *data, size_t size, size_t room, struct random *random)
{
    CLEANUP(text_builder_free) struct text_builder out = { 0 };
    wire_variation((struct bytes){ data, size }, random, &out);
    if (out.size == 0 || out.size > room)
        return 0;
    memcpy(data, out.text, out.size);
    return out.size;
}

#include "common/wire/proof.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/base/text.h"
#include "common/wire/lines.h"

#define LEAF_MARK 0x00
#define NODE_MARK 0x01

#define KEY_ID_SIZE 4
#define KEY_ID_ED25519 0x01
#define NOTE_SIGNATURE_SIZE (KEY_ID_SIZE + SIGNATURE_SIZE)
#define NOTE_SIGNATURES_MAX 16
#define NOTE_DASH "\xE2\x80\x94 "
#define GENERATION_MARK "/g"

struct digest proof_leaf(struct bytes entry)
{
    static const unsigned char mark = LEAF_MARK;
    return digest_sha256(BYTES_OF(mark), entry);
}

struct digest proof_node(const struct digest *left, const struct digest *right)
{
    unsigned char beginning[1 + DIGEST_SIZE] = { NODE_MARK };
    memcpy(beginning + 1, left->bytes, DIGEST_SIZE);
    return digest_sha256(BYTES_OF(beginning), BYTES_OF(right->bytes));
}

/* A node on its way to the root: its number and the last one of its level. */
struct climb {
    uint64_t node;
    uint64_t last;
};

static void climb_up(struct climb *climb)
{
    climb->node >>= 1;
    climb->last >>= 1;
}

/* Whether the next sibling stands on the left. Passes the levels where there is none. */
static bool climb_meets_left(struct climb *climb)
{
    bool left = (climb->node & 1) || climb->node == climb->last;
    while (left && !(climb->node & 1) && climb->node > 0)
        climb_up(climb);
    climb_up(climb);
    return left;
}

bool proof_includes(const struct digest *leaf, uint64_t position, uint64_t size,
                    const struct digest *path, size_t path_count, const struct digest *root)
{
    if (position >= size)
        return false;

    struct climb climb = { position, size - 1 };
    struct digest hash = *leaf;
    for (size_t i = 0; i < path_count; i++) {
        if (climb.last == 0)
            return false;
        hash = climb_meets_left(&climb) ? proof_node(&path[i], &hash) : proof_node(&hash, &path[i]);
    }
    return (climb.last == 0 || seeded_bug(BUG_TAKE_A_PROOF_OF_ANOTHER_SIZE)) &&
           digest_equal(&hash, root);
}

static bool extends_empty(uint64_t size, const struct digest *old_root, const struct digest *root)
{
    struct digest empty = digest_sha256((struct bytes){ 0 }, (struct bytes){ 0 });
    return digest_equal(old_root, &empty) && (size > 0 || digest_equal(root, &empty));
}

/* 0 < old_size < size. */
static bool extends_part(uint64_t old_size, const struct digest *old_root, uint64_t size,
                         const struct digest *root, const struct digest *path, size_t path_count)
{
    struct climb climb = { old_size - 1, size - 1 };
    while (climb.node & 1)
        climb_up(&climb);

    /* A whole subtree needs no node to start from: it is the old root. */
    bool whole = climb.node == 0;
    if (!whole && path_count == 0)
        return false;
    struct digest old_hash = whole ? *old_root : path[0];
    struct digest hash = old_hash;
    for (size_t i = whole ? 0 : 1; i < path_count; i++) {
        if (climb.last == 0)
            return false;
        if (!climb_meets_left(&climb)) {
            hash = proof_node(&hash, &path[i]);
            continue;
        }
        old_hash = proof_node(&path[i], &old_hash);
        hash = proof_node(&path[i], &hash);
    }
    return climb.last == 0 && digest_equal(&hash, root) &&
           (digest_equal(&old_hash, old_root) || seeded_bug(BUG_TAKE_ANY_OLD_ROOT));
}

bool proof_extends(uint64_t old_size, const struct digest *old_root, uint64_t size,
                   const struct digest *root, const struct digest *path, size_t path_count)
{
    if (old_size > size)
        return false;
    if (old_size == 0)
        return path_count == 0 && extends_empty(size, old_root, root);
    if (old_size == size)
        return path_count == 0 && digest_equal(old_root, root);
    return extends_part(old_size, old_root, size, root, path, path_count);
}

static void key_id(const char *name, const unsigned char signing_key[KEY_SIZE],
                   unsigned char out[KEY_ID_SIZE])
{
    unsigned char rest[2 + KEY_SIZE] = { '\n', KEY_ID_ED25519 };
    memcpy(rest + 2, signing_key, KEY_SIZE);
    struct digest digest = digest_sha256(bytes_of_text(name), BYTES_OF(rest));
    memcpy(out, digest.bytes, KEY_ID_SIZE);
}

static bool origin_is_usable(const char *origin)
{
    return origin[0] && strlen(origin) <= CHECKPOINT_ORIGIN_SIZE_MAX && !strpbrk(origin, " +") &&
           text_is_clean(bytes_of_text(origin), false);
}

static const char *name_of(const struct checkpoint *checkpoint, struct arena *arena)
{
    if (checkpoint->generation <= GENERATION_FIRST)
        return checkpoint->origin;
    return arena_format(arena, "%s" GENERATION_MARK "%" PRIu32, checkpoint->origin,
                        checkpoint->generation);
}

struct bytes checkpoint_sign(const struct checkpoint *checkpoint, const struct key_pair *pair,
                             struct arena *arena)
{
    const char *name = name_of(checkpoint, arena);
    assert(origin_is_usable(name));
    unsigned char signature[NOTE_SIGNATURE_SIZE];
    CLEANUP(text_builder_free) struct text_builder builder = { 0 };

    text_builder_format(&builder, "%s\n%" PRIu64 "\n", name, checkpoint->size);
    base64_add(&builder, BYTES_OF(checkpoint->root.bytes));
    text_builder_add(&builder, "\n");

    key_id(name, pair->public.signing, signature);
    sign_bytes(SIGN_CHECKPOINT, (struct bytes){ builder.text, builder.size }, pair,
               signature + KEY_ID_SIZE);
    text_builder_format(&builder, "\n" NOTE_DASH "%s ", name);
    base64_add(&builder, BYTES_OF(signature));
    text_builder_add(&builder, "\n");
    return arena_copy_bytes(arena, (struct bytes){ builder.text, builder.size });
}

static bool malformed(const struct lines *lines, struct error *err)
{
    return error_set(err, ERROR_MALFORMED, MESSAGE_CHECKPOINT_MALFORMED, lines->number);
}

/* Which generation of the log at `origin` the line names; 0: none. */
static uint32_t generation_named(struct bytes line, const char *origin)
{
    uint64_t number;
    if (line_is(line, origin))
        return GENERATION_FIRST;
    if (!line_begins(&line, origin) || !line_begins(&line, GENERATION_MARK) ||
        !line_number(line, &number) || number <= GENERATION_FIRST || number > GENERATIONS_MAX)
        return 0;
    return (uint32_t)number;
}

static bool read_origin(struct lines *lines, const char *origin, struct arena *arena,
                        uint32_t *out_generation, struct error *err)
{
    struct bytes line;
    if (!lines_next(lines, &line) || line.size == 0 || line.size > CHECKPOINT_ORIGIN_SIZE_MAX)
        return malformed(lines, err);
    *out_generation = generation_named(line, origin);
    if (*out_generation > 0)
        return true;
    return error_set(err, ERROR_MALFORMED, MESSAGE_CHECKPOINT_ORIGIN,
                     arena_format(arena, "%.*s", (int)line.size, (const char *)line.data), origin);
}

/* Size, root, extension lines that mean nothing to us, the empty line. */
static bool read_body(struct lines *lines, struct checkpoint *out, struct error *err)
{
    struct bytes line;
    size_t size;
    if (!lines_next(lines, &line) || !line_number(line, &out->size))
        return malformed(lines, err);
    if (!lines_next(lines, &line) || !base64_read(line, out->root.bytes, DIGEST_SIZE, &size) ||
        size != DIGEST_SIZE)
        return malformed(lines, err);
    do {
        if (!lines_next(lines, &line))
            return malformed(lines, err);
    } while (line.size > 0);
    return true;
}

struct note_signature {
    struct bytes name;
    unsigned char bytes[CHECKPOINT_SIZE_MAX]; /* key id, then the signature */
    size_t size;
};

static bool read_signature(struct bytes line, struct note_signature *out)
{
    if (!line_begins(&line, NOTE_DASH) || line.size == 0)
        return false;
    const char *name = line.data;
    const char *space = memchr(name, ' ', line.size);
    if (!space || space == name)
        return false;
    out->name = (struct bytes){ name, (size_t)(space - name) };
    struct bytes text = { space + 1, line.size - out->name.size - 1 };
    return base64_read(text, out->bytes, sizeof out->bytes, &out->size) && out->size > KEY_ID_SIZE;
}

/* Signatures by keys we do not know say nothing: witnesses may add theirs. */
static bool check_signatures(struct lines *lines, struct bytes signed_text, const char *origin,
                             const unsigned char signing_key[KEY_SIZE], struct error *err)
{
    bool signed_by_key = false;
    unsigned char id[KEY_ID_SIZE];
    key_id(origin, signing_key, id);

    for (int count = 0; count == 0 || lines->rest.size > 0; count++) {
        struct bytes line;
        struct note_signature signature;
        if (count == NOTE_SIGNATURES_MAX || !lines_next(lines, &line) ||
            !read_signature(line, &signature))
            return malformed(lines, err);
        if (!line_is(signature.name, origin) || memcmp(signature.bytes, id, KEY_ID_SIZE) != 0)
            continue;
        if (signature.size != NOTE_SIGNATURE_SIZE ||
            !signature_is_valid(SIGN_CHECKPOINT, signed_text, signature.bytes + KEY_ID_SIZE,
                                signing_key))
            return error_set(err, ERROR_REFUSED, MESSAGE_CHECKPOINT_FORGED, origin);
        signed_by_key = true;
    }
    return signed_by_key || error_set(err, ERROR_REFUSED, MESSAGE_CHECKPOINT_UNSIGNED, origin);
}

bool checkpoint_verify(struct bytes text, const char *origin,
                       const unsigned char signing_key[KEY_SIZE], struct arena *arena,
                       struct checkpoint *out, struct error *err)
{
    struct lines lines = lines_of(text);
    struct checkpoint read = { .origin = arena_copy_text(arena, origin) };
    if (text.size > CHECKPOINT_SIZE_MAX)
        return error_set(err, ERROR_MALFORMED, MESSAGE_CHECKPOINT_TOO_LARGE, text.size,
                         (size_t)CHECKPOINT_SIZE_MAX);
    if (!text_is_clean(text, true))
        return error_set(err, ERROR_MALFORMED, MESSAGE_CHECKPOINT_UNCLEAN);
    if (!read_origin(&lines, origin, arena, &read.generation, err) ||
        !read_body(&lines, &read, err))
        return false;

    /* What is signed ends before the empty line. */
    size_t signed_size = text.size - lines.rest.size - 1;
    if (!check_signatures(&lines, (struct bytes){ text.data, signed_size }, name_of(&read, arena),
                          signing_key, err))
        return false;
    *out = read;
    return true;
}

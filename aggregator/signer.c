#include "aggregator/signer.h"

#include <assert.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/base/text.h"
#include "common/storage/file.h"
#include "common/storage/state_file.h"
#include "common/wire/entry.h"
#include "common/wire/entry_proof.h"
#include "common/wire/proof.h"

/*
 *     u8 version | 32 public signing key | u8 size of the origin | origin
 *     | u32 generation | u64 size | 32 root
 *     | u32 count | count × { u32 generation, u64 kept, u64 size, 32 root }
 */
#define STATE_VERSION 1
#define HEAD_SIZE (4 + 8 + DIGEST_SIZE)
#define LOST_SIZE (4 + 8 + 8 + DIGEST_SIZE)

struct state {
    struct signed_head head;
    size_t lost_count;
    struct lost_generation lost[GENERATIONS_MAX];
};

struct signer {
    struct signer_options options;
    struct arena *arena; /* for its life: the texts of the options */
    struct state_file *file;
    bool locked;
    bool signed_more; /* `next` waits for its release */
    struct state state;
    struct state next;
};

static const char *path_of(const char *folder, struct arena *arena)
{
    return arena_format(arena, "%s/" SIGNER_STATE_FILE, folder);
}

static void add_u32(struct text_builder *out, uint32_t value)
{
    unsigned char bytes[4];
    bytes_put_u32(bytes, value);
    text_builder_add_bytes(out, BYTES_OF(bytes));
}

static void add_u64(struct text_builder *out, uint64_t value)
{
    unsigned char bytes[8];
    bytes_put_u64(bytes, value);
    text_builder_add_bytes(out, BYTES_OF(bytes));
}

/* Whose log it is: version, key, origin. */
static void add_log(struct text_builder *out, const struct signer_options *options)
{
    unsigned char version = STATE_VERSION;
    unsigned char size = (unsigned char)strlen(options->origin);
    text_builder_add_bytes(out, BYTES_OF(version));
    text_builder_add_bytes(out, BYTES_OF(options->pair->public.signing));
    text_builder_add_bytes(out, BYTES_OF(size));
    text_builder_add(out, options->origin);
}

static void add_state(struct text_builder *out, const struct state *state)
{
    add_u32(out, state->head.generation);
    add_u64(out, state->head.size);
    text_builder_add_bytes(out, BYTES_OF(state->head.root));
    add_u32(out, (uint32_t)state->lost_count);
    for (size_t i = 0; i < state->lost_count; i++) {
        add_u32(out, state->lost[i].generation);
        add_u64(out, state->lost[i].kept);
        add_u64(out, state->lost[i].size);
        text_builder_add_bytes(out, BYTES_OF(state->lost[i].root));
    }
}

static void read_lost(const unsigned char *bytes, struct lost_generation *out)
{
    out->generation = bytes_get_u32(bytes);
    out->kept = bytes_get_u64(bytes + 4);
    out->size = bytes_get_u64(bytes + 12);
    memcpy(out->root.bytes, bytes + 20, DIGEST_SIZE);
}

/* False when it is not of this shape. */
static bool read_state(struct bytes content, struct state *out)
{
    const unsigned char *bytes = content.data;
    if (content.size < HEAD_SIZE + 4)
        return false;
    out->head.generation = bytes_get_u32(bytes);
    out->head.size = bytes_get_u64(bytes + 4);
    memcpy(out->head.root.bytes, bytes + 12, DIGEST_SIZE);
    out->lost_count = bytes_get_u32(bytes + HEAD_SIZE);
    if (out->lost_count > GENERATIONS_MAX ||
        content.size != HEAD_SIZE + 4 + out->lost_count * LOST_SIZE)
        return false;
    for (size_t i = 0; i < out->lost_count; i++)
        read_lost(bytes + HEAD_SIZE + 4 + i * LOST_SIZE, &out->lost[i]);
    return out->head.generation >= GENERATION_FIRST;
}

static bool load(struct signer *signer, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(text_builder_free) struct text_builder log = { 0 };
    struct bytes content;
    const char *path = path_of(signer->options.folder, arena);
    add_log(&log, &signer->options);
    if (!state_file_read(signer->file, arena, &content, err))
        return false;
    if (content.size < log.size || memcmp(content.data, log.text, log.size) != 0)
        return error_set(err, ERROR_REFUSED, MESSAGE_SIGNER_FOREIGN, path);
    struct bytes rest = { (const char *)content.data + log.size, content.size - log.size };
    return read_state(rest, &signer->state) ||
           error_set(err, ERROR_CORRUPT, MESSAGE_STATE_DAMAGED, path);
}

static void encode(const struct signer_options *options, const struct state *state,
                   struct text_builder *out)
{
    assert(strlen(options->origin) <= CHECKPOINT_ORIGIN_SIZE_MAX);
    add_log(out, options);
    add_state(out, state);
    assert(out->size <= STATE_SIZE_MAX);
}

bool signer_create(const struct signer_options *options, const struct signed_head *head,
                   const struct lost_generation *lost, struct error *err)
{
    assert(head->generation >= GENERATION_FIRST && head->generation <= GENERATIONS_MAX);
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(text_builder_free) struct text_builder content = { 0 };
    struct state state = { .head = *head, .lost_count = head->generation - 1 };
    if (state.lost_count > 0)
        memcpy(state.lost, lost, state.lost_count * sizeof *lost);
    encode(options, &state, &content);
    return folder_create(options->folder, err) &&
           state_file_create(path_of(options->folder, arena),
                             (struct bytes){ content.text, content.size }, err);
}

struct signer *signer_open(const struct signer_options *options, struct error *err)
{
    CLEANUP(signer_close) struct signer *signer = memory_zeroed(1, sizeof *signer);
    signer->arena = arena_create();
    signer->options = *options;
    signer->options.folder = arena_copy_text(signer->arena, options->folder);
    signer->options.origin = arena_copy_text(signer->arena, options->origin);
    signer->file = state_file_open(path_of(options->folder, signer->arena), err);
    if (!signer->file || !load(signer, err))
        return NULL;
    struct signer *opened = signer;
    signer = NULL;
    return opened;
}

void signer_close(struct signer **signer)
{
    if (*signer) {
        state_file_close(&(*signer)->file);
        arena_destroy(&(*signer)->arena);
    }
    memory_free(signer);
}

bool signer_lock(struct signer *signer, struct error *err)
{
    assert(!signer->locked);
    if (!state_file_lock(signer->file, err))
        return false;
    signer->locked = true;
    signer->signed_more = false;
    if (load(signer, err))
        return true;
    signer_unlock(signer);
    return false;
}

void signer_unlock(struct signer *signer)
{
    if (!signer->locked)
        return;
    state_file_unlock(signer->file);
    signer->locked = false;
    signer->signed_more = false;
}

struct signed_head signer_head(const struct signer *signer)
{
    return signer->state.head;
}

const struct lost_generation *signer_lost(const struct signer *signer, size_t *out_count)
{
    *out_count = signer->state.lost_count;
    return signer->state.lost;
}

static struct bytes sign(struct signer *signer, const struct signed_head *head, struct arena *arena)
{
    struct checkpoint checkpoint = { .origin = signer->options.origin,
                                     .size = head->size,
                                     .root = head->root,
                                     .generation = head->generation };
    signer->next = signer->state;
    signer->next.head = *head;
    signer->signed_more = true;
    return checkpoint_sign(&checkpoint, signer->options.pair, arena);
}

bool signer_sign(struct signer *signer, const struct signer_extension *extension,
                 struct arena *arena, struct bytes *out, struct error *err)
{
    assert(signer->locked);
    const struct signed_head *last = &signer->state.head;
    if (!proof_extends(last->size, &last->root, extension->size, &extension->root, extension->path,
                       extension->path_count) &&
        !seeded_bug(BUG_SIGN_WHAT_DOES_NOT_EXTEND))
        return error_set(err, ERROR_REFUSED, MESSAGE_SIGNER_NOT_EXTENDED, last->size,
                         extension->size);
    struct signed_head head = { last->generation, extension->size, extension->root };
    *out = sign(signer, &head, arena);
    return true;
}

/* Every generation that was cut off before, and now the one that was signed last. */
static bool accounts_for(const struct state *state, const struct generation_opening *opening)
{
    if (opening->number != state->head.generation + 1 ||
        opening->lost_count != state->lost_count + 1 || opening->lost_count > GENERATIONS_MAX)
        return false;
    for (size_t i = 0; i < state->lost_count; i++) {
        const struct lost_generation *before = &state->lost[i], *now = &opening->lost[i];
        uint64_t kept = before->kept < opening->size ? before->kept : opening->size;
        if (now->generation != before->generation || now->kept != kept ||
            now->size != before->size || !digest_equal(&now->root, &before->root))
            return false;
    }
    const struct lost_generation *last = &opening->lost[state->lost_count];
    return last->generation == state->head.generation && last->kept == opening->size &&
           last->size == state->head.size && digest_equal(&last->root, &state->head.root);
}

bool signer_sign_opening(struct signer *signer, const struct signer_opening *opening,
                         struct arena *arena, struct bytes *out, struct error *err)
{
    assert(signer->locked);
    const struct signer_extension *extension = &opening->extension;
    struct checkpoint tree = { .size = extension->size, .root = extension->root };
    struct entry entry;
    if (!entry_proof_holds(&opening->proof, &tree, arena, &entry, err))
        return false;
    const struct generation_opening *its = &entry.generation;
    if (entry.kind != ENTRY_GENERATION || !accounts_for(&signer->state, its) ||
        opening->proof.position != its->size ||
        !proof_extends(its->size, &its->root, extension->size, &extension->root, extension->path,
                       extension->path_count))
        return error_set(err, ERROR_REFUSED, MESSAGE_SIGNER_OPENING, signer->state.head.generation,
                         signer->state.head.size);
    struct signed_head head = { its->number, extension->size, extension->root };
    *out = sign(signer, &head, arena);
    signer->next.lost_count = its->lost_count;
    memcpy(signer->next.lost, its->lost, its->lost_count * sizeof *its->lost);
    return true;
}

bool signer_release(struct signer *signer, struct error *err)
{
    assert(signer->locked && signer->signed_more);
    CLEANUP(text_builder_free) struct text_builder content = { 0 };
    encode(&signer->options, &signer->next, &content);
    if (!seeded_bug(BUG_SIGNER_STATE_NOT_WRITTEN) &&
        !state_file_write(signer->file, (struct bytes){ content.text, content.size }, err))
        return false;
    signer->state = signer->next;
    signer->signed_more = false;
    return true;
}

/*
 * The bundle writer under a power cut: bundles for a stick, each in the place of the one before.
 * Whoever was told that it is written may pull the stick out; whoever was not finds the old one,
 * the new one or none, never a part of one under its name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/base/stream.h"
#include "common/storage/file.h"
#include "common/storage/outgoing.h"
#include "common/wire/bundle.h"
#include "common/wire/bundle_writer.h"
#include "tests/power/promises.h"

#define BUNDLES 4
#define BUNDLE_NAME "22102001.zb"
#define RECORD_SIZE 3000
#define FILE_SIZE_MAX ((size_t)1 << 20)
#define CARRY_ON_EVERY 4

struct courier {
    const char *folder;
    struct arena *arena;
    struct seeded_random random;
    struct key_pair zone, province;
    size_t records; /* of the bundle that is being written: it is cumulative */
};

static bool fill(void *owner, struct bundle_writer *writer, struct error *err)
{
    const struct courier *courier = owner;
    unsigned char record[RECORD_SIZE];
    for (size_t i = 0; i < courier->records; i++) {
        memset(record, (int)i + 1, sizeof record);
        if (!bundle_add(writer, BUNDLE_RECORD_STATEMENT, BYTES_OF(record), err))
            return false;
    }
    return true;
}

static const char *path_of(const struct courier *courier)
{
    return arena_format(courier->arena, "%s/" BUNDLE_NAME, courier->folder);
}

static bool write_bundle(struct courier *courier, struct error *err)
{
    struct bundle_measure measure;
    struct bundle_order order = { .header = { .kind = BUNDLE_SUBMIT,
                                              .province = "jilin",
                                              .stream = { { "22102001" }, { { 1 } }, 1 },
                                              .first_sequence = 1,
                                              .last_sequence = courier->records,
                                              .utc_ms = INT64_C(1790000000000),
                                              .program = "0.1.0" },
                                  .pair = &courier->zone,
                                  .random = &courier->random.random,
                                  .fill = fill,
                                  .owner = courier };
    memcpy(order.header.recipient, courier->province.public.curve, KEY_SIZE);
    CLEANUP(outgoing_close)
    struct outgoing *outgoing = outgoing_create(path_of(courier), NULL, err);
    return outgoing && bundle_measure(&order, &measure, err) &&
           bundle_write(&order, &measure, outgoing_sink(outgoing), err) &&
           outgoing_publish(outgoing, err);
}

static void begin(void *owner, const char *folder)
{
    struct courier *courier = owner;
    courier->folder = folder;
    courier->arena = arena_create();
    courier->random = seeded_random_of(7);
    courier->zone = key_pair_create(&courier->random.random);
    courier->province = key_pair_create(&courier->random.random);
}

static void end(void *owner)
{
    struct courier *courier = owner;
    arena_destroy(&courier->arena);
}

static bool step(void *owner, size_t number, struct error *err)
{
    struct courier *courier = owner;
    courier->records = number + 1;
    courier->random = seeded_random_of(number); /* the same also when done alone */
    return write_bundle(courier, err) && promise_file(courier->folder, BUNDLE_NAME, err);
}

/* The judge */

static bool is_readable(struct courier *courier, struct bytes content, struct error *err)
{
    struct memory_source source = memory_source_of(content);
    struct bundle_reader reader = { .kinds = 1u << BUNDLE_SUBMIT,
                                    .province = "jilin",
                                    .pair = &courier->province,
                                    .sender = courier->zone.public.signing };
    CLEANUP(bundle_close) struct bundle *bundle = bundle_of(&source.source);
    return bundle_verify(bundle, err) && bundle_unseal(bundle, &reader, err);
}

/* The last bundle promised, or another one that is whole: nobody says which of them. */
static bool bundle_holds(struct courier *courier, const struct marks *marks, struct error *err)
{
    char hash[DIGEST_TEXT_SIZE];
    struct bytes content;
    const char *path = path_of(courier), *last = NULL, *next = NULL;
    for (size_t i = 0; i < marks->count && !next; i++)
        if (strncmp(marks->lines[i], "file ", 5) == 0)
            *(i < marks->made ? &last : &next) = strrchr(marks->lines[i], ' ') + 1;
    if (!file_exists(path))
        return !last || error_set(err, ERROR_CORRUPT, "%s is gone", path);
    if (!file_read(path, FILE_SIZE_MAX, courier->arena, &content, err) ||
        !is_readable(courier, content, err))
        return false;
    promise_hash(content, hash);
    return (last && strcmp(hash, last) == 0) || (next && strcmp(hash, next) == 0) ||
           error_set(err, ERROR_CORRUPT, "%s is another bundle than was written", path);
}

static bool judge(void *owner, const char *folder, const struct marks *marks, uint64_t chance,
                  struct error *err)
{
    struct courier courier = { .records = 1 };
    struct bytes content;
    (void)owner;
    begin(&courier, folder);
    bool sound = bundle_holds(&courier, marks, err);
    if (sound && chance % CARRY_ON_EVERY == 0)
        sound = write_bundle(&courier, err) &&
                file_read(path_of(&courier), FILE_SIZE_MAX, courier.arena, &content, err) &&
                is_readable(&courier, content, err);
    end(&courier);
    return sound;
}

int main(int argc, char **argv)
{
    struct courier courier = { .records = 0 };
    const struct power_side side = { .name = "bundle",
                                     .owner = &courier,
                                     .begin = begin,
                                     .steps = BUNDLES,
                                     .separate_steps = BUNDLES,
                                     .step = step,
                                     .end = end,
                                     .judge = judge };
    return side_main(&side, argc, argv);
}

#define _GNU_SOURCE /* scandir, versionsort */
#include "tests/fuzz/corpus.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/arena.h"
#include "common/base/digest.h"
#include "common/base/error.h"
#include "common/base/text.h"
#include "common/storage/file.h"

#define CORPUS_SIZE_MAX ((size_t)64 * 1024 * 1024)
#define PUBLIC_MODE 0644

static struct bytes read_whole(const char *path, struct arena *arena)
{
    struct bytes content;
    struct error err;
    if (file_read(path, CORPUS_SIZE_MAX, arena, &content, &err))
        return content;
    fprintf(stderr, "%s\n", err.text);
    exit(EXIT_FAILURE);
}

static void write_whole(const char *path, struct bytes content)
{
    struct error err;
    if (file_replace(path, content, PUBLIC_MODE, &err))
        return;
    fprintf(stderr, "%s\n", err.text);
    exit(EXIT_FAILURE);
}

size_t corpus_each(const char *path, corpus_visit_fn *visit, void *owner)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct bytes content = read_whole(path, arena);
    const unsigned char *next = content.data;
    size_t count = 0, left = content.size;
    for (; left >= 4; count++) {
        size_t size = bytes_get_u32(next);
        if (size > left - 4)
            break;
        visit((struct bytes){ next + 4, size }, owner);
        next += 4 + size;
        left -= 4 + size;
    }
    if (left == 0)
        return count;
    fprintf(stderr, "%s: input %zu is cut\n", path, count + 1);
    exit(EXIT_FAILURE);
}

static int is_no_folder(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

size_t corpus_pack(const char *folder, const char *path)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(text_builder_free) struct text_builder packed = { 0 };
    struct dirent **entries;
    int count = scandir(folder, &entries, is_no_folder, alphasort);
    if (count < 0) {
        perror(folder);
        exit(EXIT_FAILURE);
    }
    for (int i = 0; i < count; i++) {
        unsigned char size[4];
        struct bytes input =
            read_whole(arena_format(arena, "%s/%s", folder, entries[i]->d_name), arena);
        bytes_put_u32(size, (unsigned)input.size);
        text_builder_add_bytes(&packed, BYTES_OF(size));
        text_builder_add_bytes(&packed, input);
        free(entries[i]);
    }
    free(entries);
    write_whole(path, (struct bytes){ packed.text, packed.size });
    return (size_t)count;
}

void corpus_unpack(const char *folder, struct bytes input)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    char name[DIGEST_TEXT_SIZE];
    struct digest digest = digest_sha256(input, (struct bytes){ NULL, 0 });
    write_whole(arena_format(arena, "%s/%s", folder, digest_text(&digest, name)), input);
}

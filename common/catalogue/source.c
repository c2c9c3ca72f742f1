#include "common/catalogue/source.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/text.h"

#define SOURCE_NAME_SIZE_MAX 255
#define SOURCE_PATH_SIZE_MAX 4096
#define SOURCE_ENDING ".catalogue"

static int source_order(const void *left, const void *right)
{
    return strcmp(((const struct source *)left)->name, ((const struct source *)right)->name);
}

static void close_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

static void close_folder(DIR **folder)
{
    if (*folder)
        closedir(*folder);
}

static struct bytes without_mark(struct bytes text)
{
    bool marked = text.size >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0;
    return marked ? (struct bytes){ (const char *)text.data + 3, text.size - 3 } : text;
}

/* `room` is what the files before it have left of SOURCE_SIZE_MAX. */
static bool read_text(const char *path, size_t *room, struct arena *arena, struct bytes *out,
                      struct error *err)
{
    CLEANUP(close_file) FILE *file = fopen(path, "rb");
    struct stat state;
    if (!file || fstat(fileno(file), &state) != 0 || !S_ISREG(state.st_mode))
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_SOURCE_UNREADABLE, path);
    if ((uint64_t)state.st_size > *room)
        return error_set(err, ERROR_EXHAUSTED, MESSAGE_SOURCE_TOO_LARGE, path,
                         SOURCE_SIZE_MAX / (1024 * 1024));
    size_t size = (size_t)state.st_size;
    char *text = arena_take(arena, size + 1, 1);
    if (fread(text, 1, size, file) != size)
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_SOURCE_UNREADABLE, path);
    *room -= size;
    *out = without_mark((struct bytes){ text, size });
    return true;
}

static bool is_catalogue_name(const char *name)
{
    size_t size = strlen(name);
    size_t ending = strlen(SOURCE_ENDING);
    return size > ending && size <= SOURCE_NAME_SIZE_MAX && name[0] != '.' &&
           strcmp(name + size - ending, SOURCE_ENDING) == 0;
}

static bool list_folder(const char *path, DIR *folder, struct arena *arena, struct source *files,
                        size_t *out_count, struct error *err)
{
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        if (!is_catalogue_name(entry->d_name))
            continue;
        if (*out_count == SOURCE_FILES_MAX)
            return error_set(err, ERROR_EXHAUSTED, MESSAGE_SOURCE_TOO_MANY, path, SOURCE_FILES_MAX);
        files[(*out_count)++].name = arena_copy_text(arena, entry->d_name);
    }
    if (*out_count == 0)
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_SOURCE_NONE, path);
    qsort(files, *out_count, sizeof(*files), source_order);
    return true;
}

static bool read_folder(const char *path, DIR *folder, struct arena *arena, struct sources *out,
                        struct error *err)
{
    struct source *files = arena_take(arena, SOURCE_FILES_MAX, sizeof(*files));
    size_t count = 0;
    size_t room = SOURCE_SIZE_MAX;
    if (!list_folder(path, folder, arena, files, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const char *name = arena_format(arena, "%s/%s", path, files[i].name);
        if (!read_text(name, &room, arena, &files[i].text, err))
            return false;
    }
    *out = (struct sources){ files, count };
    return true;
}

bool sources_read(const char *path, struct arena *arena, struct sources *out, struct error *err)
{
    if (strlen(path) > SOURCE_PATH_SIZE_MAX)
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_SOURCE_UNREADABLE, path);
    CLEANUP(close_folder) DIR *folder = opendir(path);
    if (folder)
        return read_folder(path, folder, arena, out, err);

    struct source *file = arena_take(arena, 1, sizeof(*file));
    size_t room = SOURCE_SIZE_MAX;
    const char *slash = strrchr(path, '/');
    file->name = arena_copy_text(arena, slash ? slash + 1 : path);
    if (!read_text(path, &room, arena, &file->text, err))
        return false;
    *out = (struct sources){ file, 1 };
    return true;
}

struct digest sources_digest(struct sources sources)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    return digest_sha256((struct bytes){ NULL, 0 }, sources_pack(sources, arena));
}

static unsigned char *pack_bytes(unsigned char *target, struct bytes bytes)
{
    bytes_put_u32(target, (unsigned)bytes.size);
    if (bytes.size > 0)
        memcpy(target + 4, bytes.data, bytes.size);
    return target + 4 + bytes.size;
}

/* count, then for each file: size of the name, name, size of the text, text. */
struct bytes sources_pack(struct sources sources, struct arena *arena)
{
    size_t size = 4;
    for (size_t i = 0; i < sources.count; i++)
        size += 8 + strlen(sources.files[i].name) + sources.files[i].text.size;
    unsigned char *packed = arena_take(arena, size, 1);
    bytes_put_u32(packed, (unsigned)sources.count);
    unsigned char *target = packed + 4;
    for (size_t i = 0; i < sources.count; i++) {
        target = pack_bytes(target, bytes_of_text(sources.files[i].name));
        target = pack_bytes(target, sources.files[i].text);
    }
    return (struct bytes){ packed, size };
}

static bool unpack_bytes(struct bytes *rest, size_t size_max, struct bytes *out)
{
    if (rest->size < 4)
        return false;
    const unsigned char *data = rest->data;
    size_t size = bytes_get_u32(data);
    if (size > size_max || size > rest->size - 4)
        return false;
    *out = (struct bytes){ data + 4, size };
    *rest = (struct bytes){ data + 4 + size, rest->size - 4 - size };
    return true;
}

static bool unpack_file(struct bytes *rest, struct arena *arena, struct source *out)
{
    struct bytes name;
    if (!unpack_bytes(rest, SOURCE_NAME_SIZE_MAX, &name) || name.size == 0 ||
        !text_is_clean(name, false) || !unpack_bytes(rest, SOURCE_SIZE_MAX, &out->text))
        return false;
    char *copy = arena_take(arena, name.size + 1, 1);
    memcpy(copy, name.data, name.size);
    out->name = copy;
    return true;
}

bool sources_unpack(struct bytes packed, struct arena *arena, struct sources *out,
                    struct error *err)
{
    size_t count = packed.size < 4 ? SIZE_MAX : bytes_get_u32(packed.data);
    if (count > SOURCE_FILES_MAX)
        return error_set(err, ERROR_MALFORMED, MESSAGE_SOURCE_MALFORMED);
    struct bytes rest = { (const char *)packed.data + 4, packed.size - 4 };
    struct source *files = arena_take(arena, count, sizeof(*files));
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        if (!unpack_file(&rest, arena, &files[i]) ||
            (i > 0 && source_order(&files[i - 1], &files[i]) >= 0))
            return error_set(err, ERROR_MALFORMED, MESSAGE_SOURCE_MALFORMED);
        total += files[i].text.size;
    }
    if (rest.size > 0 || total > SOURCE_SIZE_MAX)
        return error_set(err, ERROR_MALFORMED, MESSAGE_SOURCE_MALFORMED);
    *out = (struct sources){ files, count };
    return true;
}

#define _XOPEN_SOURCE 700 /* realpath */
#include "aggregator/signer_place.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/storage/file.h"

#define PLACE_MODE 0644

static bool absolute(const char *path, struct arena *arena, const char **out, struct error *err)
{
    char *found = realpath(path, NULL);
    if (!found)
        return error_set(err, ERROR_SYSTEM, MESSAGE_FILE_OPEN, path, strerror(errno));
    *out = arena_copy_text(arena, found);
    free(found);
    return true;
}

bool signer_place_read(const char *data_folder, struct arena *arena, const char **out,
                       struct error *err)
{
    struct bytes text;
    const char *path = arena_format(arena, "%s/" SIGNER_PLACE_FILE, data_folder);
    if (!file_exists(path))
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_SIGNER_NONE);
    if (!file_read(path, PATH_MAX, arena, &text, err))
        return false;
    *out = arena_format(arena, "%.*s", (int)text.size, (const char *)text.data);
    return true;
}

static bool lies_inside(const char *folder, const char *data_folder)
{
    size_t size = strlen(data_folder);
    return text_starts_with(folder, data_folder) && (folder[size] == '/' || folder[size] == '\0');
}

bool signer_place_choose(const char *data_folder, const char *folder, struct arena *arena,
                         const char **out, struct error *err)
{
    const char *data;
    struct error none;
    if (!absolute(data_folder, arena, &data, err))
        return false;
    if (!folder && !signer_place_read(data_folder, arena, &folder, &none))
        folder = arena_format(arena, "%s" SIGNER_PLACE_ENDING, data);
    if (!folder_create(folder, err) || !absolute(folder, arena, out, err))
        return false;
    if (lies_inside(*out, data))
        return error_set(err, ERROR_REFUSED, MESSAGE_SIGNER_INSIDE, *out, data);
    return file_replace(arena_format(arena, "%s/" SIGNER_PLACE_FILE, data_folder),
                        bytes_of_text(*out), PLACE_MODE, err);
}

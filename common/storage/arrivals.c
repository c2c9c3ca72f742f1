#include "common/storage/arrivals.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"

#define UNFINISHED ".part"

static void close_folder(DIR **folder)
{
    if (*folder)
        closedir(*folder);
}

static bool is_of_interest(const char *name)
{
    size_t size = strlen(name), end = strlen(UNFINISHED);
    return name[0] != '.' && (size < end || strcmp(name + size - end, UNFINISHED) != 0);
}

static int by_name(const void *left, const void *right)
{
    const struct arrived_file *one = left, *other = right;
    return strcmp(one->name, other->name);
}

/* A file that went meanwhile is none. */
static bool look_at(DIR *folder, const char *name, struct arena *arena, struct arrived_file *out)
{
    struct stat status;
    if (!is_of_interest(name) || fstatat(dirfd(folder), name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(status.st_mode))
        return false;
    *out = (struct arrived_file){ arena_copy_text(arena, name), (uint64_t)status.st_size,
                                  (int64_t)status.st_mtim.tv_sec * 1000000000 +
                                      status.st_mtim.tv_nsec };
    return true;
}

bool arrivals_list(const char *folder, struct arena *arena, const struct arrived_file **out,
                   size_t *out_count, struct error *err)
{
    CLEANUP(close_folder) DIR *opened = opendir(folder);
    if (!opened)
        return error_set(err, ERROR_SYSTEM, MESSAGE_FILE_OPEN, folder, strerror(errno));
    struct arrived_file *files = arena_take(arena, ARRIVALS_MAX, sizeof *files);
    size_t count = 0;
    for (const struct dirent *entry; count < ARRIVALS_MAX && (entry = readdir(opened));)
        count += look_at(opened, entry->d_name, arena, &files[count]);
    qsort(files, count, sizeof *files, by_name);
    *out = files;
    *out_count = count;
    return true;
}

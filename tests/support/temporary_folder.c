#define _XOPEN_SOURCE 700 /* nftw() */
#include "tests/support/temporary_folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define OPEN_FOLDERS_MAX 16

/* A test that has no place to work in cannot say anything. */
static void stop_unless(int condition, const char *what)
{
    if (condition)
        return;
    perror(what);
    abort();
}

void temporary_folder_create(struct temporary_folder *folder)
{
    const char *parent = getenv("TMPDIR");
    int length = snprintf(folder->path, sizeof folder->path, "%s/zonetally-test-XXXXXX",
                          parent && *parent ? parent : "/tmp");
    stop_unless(length > 0 && length < TEMPORARY_PATH_SIZE, "TMPDIR");
    stop_unless(mkdtemp(folder->path) != NULL, folder->path);
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *position)
{
    (void)status;
    (void)kind;
    (void)position;
    return remove(path);
}

void temporary_folder_remove(struct temporary_folder *folder)
{
    nftw(folder->path, remove_entry, OPEN_FOLDERS_MAX, FTW_DEPTH | FTW_PHYS);
}

const char *temporary_path(const struct temporary_folder *folder, const char *name,
                           char buffer[TEMPORARY_PATH_SIZE])
{
    int length = snprintf(buffer, TEMPORARY_PATH_SIZE, "%s/%s", folder->path, name);
    stop_unless(length > 0 && length < TEMPORARY_PATH_SIZE, name);
    return buffer;
}

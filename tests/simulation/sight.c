#define _XOPEN_SOURCE 700 /* nftw() */
#include "tests/simulation/sight.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/wire/statement.h"

#define PATH_SIZE 512
#define BLOCK_SIZE (64 * 1024)
#define OPEN_FOLDERS_MAX 8

struct sight sight_of(const struct sealed_statement *sealed, const struct statement *statement)
{
    struct sight sight = { .hash = sealed_statement_hash(sealed),
                           .previous = statement->previous,
                           .stream = statement->stream,
                           .sequence = statement->sequence,
                           .kind = statement->kind };
    const struct submission *submission = &statement->submission;
    if (statement->kind == STATEMENT_RETURN) {
        sight.year = submission->period.year;
        sight.version = submission->version;
        sight.base = submission->base_version;
        sight.figure = submission->cell_count == 1 ? submission->cells[0].value.mantissa : -1;
    }
    if (statement->kind == STATEMENT_WITHDRAWAL) {
        sight.year = statement->withdrawal.period.year;
        sight.version = statement->withdrawal.version;
    }
    return sight;
}

bool sight_same_stream(const struct stream_id *left, const struct stream_id *right)
{
    return zone_id_equal(&left->zone, &right->zone) && left->epoch == right->epoch &&
           memcmp(left->device.bytes, right->device.bytes, sizeof left->device.bytes) == 0;
}

/* A simulation that cannot keep its folders cannot say anything. */
static void stop_unless(bool condition, const char *path)
{
    if (condition)
        return;
    perror(path);
    abort();
}

static void copy_file(const char *from, const char *to)
{
    static char block[BLOCK_SIZE];
    int source = open(from, O_RDONLY | O_CLOEXEC);
    int target = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    stop_unless(source >= 0 && target >= 0, to);
    for (;;) {
        ssize_t size = read(source, block, sizeof block);
        stop_unless(size >= 0, from);
        if (size == 0)
            break;
        stop_unless(write(target, block, (size_t)size) == size, to);
    }
    close(source);
    close(target);
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *position)
{
    (void)status;
    (void)kind;
    (void)position;
    return remove(path);
}

void folder_remove(const char *path)
{
    nftw(path, remove_entry, OPEN_FOLDERS_MAX, FTW_DEPTH | FTW_PHYS);
}

static void copy_entry(const char *from, const char *to, const char *name)
{
    char source[PATH_SIZE], target[PATH_SIZE];
    struct stat status;
    snprintf(source, sizeof source, "%s/%s", from, name);
    snprintf(target, sizeof target, "%s/%s", to, name);
    stop_unless(lstat(source, &status) == 0, source);
    if (S_ISDIR(status.st_mode))
        folder_copy(source, target);
    else
        copy_file(source, target);
}

void folder_copy(const char *from, const char *to)
{
    folder_remove(to);
    stop_unless(mkdir(to, 0700) == 0, to);
    DIR *folder = opendir(from);
    stop_unless(folder != NULL, from);
    for (struct dirent *entry; (entry = readdir(folder));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            copy_entry(from, to, entry->d_name);
    closedir(folder);
}

#include "common/storage/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/folder.h"

#define BLOCK_SIZE (1024u * 1024)
#define PATH_SIZE 4096

static void close_file(int *file)
{
    if (*file >= 0)
        close(*file);
    *file = -1;
}

static bool write_block(int file, const char *block, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t written = write(file, block + done, size - done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        done += (size_t)written;
    }
    return true;
}

static bool fail(const char *path, struct error *err)
{
    enum error_kind kind = errno == EEXIST                      ? ERROR_CONFLICT
                           : errno == ENOSPC || errno == EDQUOT ? ERROR_EXHAUSTED
                                                                : ERROR_SYSTEM;
    return error_set(err, kind, MESSAGE_FILE_WRITE, path, strerror(errno));
}

static bool copy_blocks(int source, int target, const char *from, const char *to, struct error *err)
{
    static char block[BLOCK_SIZE];
    for (;;) {
        ssize_t got = read(source, block, sizeof block);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(err, ERROR_SYSTEM, MESSAGE_FILE_READ, from, strerror(errno));
        if (got == 0)
            return true;
        if (!write_block(target, block, (size_t)got))
            return fail(to, err);
    }
}

bool file_copy(const char *from, const char *to, unsigned mode, struct error *err)
{
    char folder[PATH_SIZE];
    CLEANUP(close_file) int source = open(from, O_RDONLY | O_CLOEXEC);
    if (source < 0)
        return error_set(err, errno == ENOENT ? ERROR_UNAVAILABLE : ERROR_SYSTEM, MESSAGE_FILE_OPEN,
                         from, strerror(errno));
    CLEANUP(close_file)
    int target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
    if (target < 0)
        return fail(to, err);
    if (!copy_blocks(source, target, from, to, err))
        return false;
    if (fsync(target) != 0)
        return error_set(err, ERROR_SYSTEM, MESSAGE_FILE_SYNC, to, strerror(errno));
    posix_fadvise(target, 0, 0, POSIX_FADV_DONTNEED); /* advice: to be ignored is no failure */
    return (folder_of(to, folder, sizeof folder) ||
            error_set(err, ERROR_REFUSED, MESSAGE_FILE_NAME_TOO_LONG)) &&
           folder_sync(folder, err);
}

static bool sync_inside(const char *folder, struct error *err)
{
    char path[PATH_SIZE];
    DIR *entries = opendir(folder);
    if (!entries)
        return error_set(err, ERROR_SYSTEM, MESSAGE_FILE_OPEN, folder, strerror(errno));
    bool synced = true;
    for (struct dirent *entry; synced && (entry = readdir(entries));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        synced =
            ((size_t)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < sizeof path ||
             error_set(err, ERROR_REFUSED, MESSAGE_FILE_NAME_TOO_LONG)) &&
            folder_sync(path, err);
    }
    closedir(entries);
    return synced;
}

bool folder_publish(const char *part, const char *folder, struct error *err)
{
    if (file_exists(folder))
        return error_set(err, ERROR_CONFLICT, MESSAGE_FILE_IN_THE_WAY, folder);
    return sync_inside(part, err) && folder_sync(part, err) && folder_take_name(part, folder, err);
}

#define _GNU_SOURCE /* statfs, flock */
#include "common/storage/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/storage/meta.h"

#define PATH_SIZE 4096

bool folder_of(const char *path, char *out, size_t size)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return (size_t)snprintf(out, size, ".") < size;
    int length = slash == path ? 1 : (int)(slash - path);
    return (size_t)snprintf(out, size, "%.*s", length, path) < size;
}

bool folder_sync(const char *path, struct error *err)
{
    if (seeded_bug(BUG_FORGET_THE_FOLDER))
        return true;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool synced = file >= 0 && fsync(file) == 0;
    int failure = errno;
    if (file >= 0)
        close(file);
    return synced || error_set(err, ERROR_SYSTEM, MESSAGE_FILE_SYNC, path, strerror(failure));
}

int folder_lock(const char *path)
{
    int file = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (file >= 0 && flock(file, LOCK_EX) != 0)
        if (errno != EINTR) {
            close(file);
            return -1;
        }
    return file;
}

void folder_unlock(int *lock)
{
    if (*lock >= 0)
        close(*lock);
    *lock = -1;
}

bool folder_remove_files(const char *folder, const char *const *names, struct error *err)
{
    char path[PATH_SIZE];
    for (size_t i = 0; names[i]; i++) {
        if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, names[i]) >= sizeof path)
            return error_set(err, ERROR_REFUSED, MESSAGE_FILE_NAME_TOO_LONG);
        if (unlink(path) != 0 && errno != ENOENT)
            return error_set(err, ERROR_SYSTEM, MESSAGE_FILE_WRITE, path, strerror(errno));
    }
    return true;
}

bool folder_take_name(const char *part, const char *folder, struct error *err)
{
    char parent[PATH_SIZE];
    if (!folder_of(folder, parent, sizeof parent))
        return error_set(err, ERROR_REFUSED, MESSAGE_FILE_NAME_TOO_LONG);
    if (rename(part, folder) != 0)
        return error_set(err, ERROR_SYSTEM, MESSAGE_FILE_WRITE, folder, strerror(errno));
    return folder_sync(parent, err);
}

static const struct {
    uint32_t magic;
    const char *name;
    bool may_be_allowed;
} unsuitable[] = {
    { 0x6969, "NFS", false },      { 0xFF534D42, "CIFS", false }, { 0xFE534D42, "SMB2", false },
    { 0x65735546, "FUSE", false }, { 0x01021997, "9P", false },   { 0x794C7630, "overlayfs", true },
    { 0x01021994, "tmpfs", true }, { 0x858458F6, "ramfs", true },
};

bool folder_suits_store(const char *path, bool any, struct error *err)
{
    struct statfs found;
    if (statfs(path, &found) != 0)
        return error_set(err, ERROR_SYSTEM, MESSAGE_FILE_OPEN, path, strerror(errno));
    for (size_t i = 0; i < COUNT_OF(unsuitable); i++)
        if ((uint32_t)found.f_type == unsuitable[i].magic && !(any && unsuitable[i].may_be_allowed))
            return error_set(err, ERROR_REFUSED, MESSAGE_STORAGE_FILE_SYSTEM, path,
                             unsuitable[i].name);
    return true;
}

static bool has_meta_pages(int file)
{
    struct meta metas[2];
    return meta_read_both(file, metas);
}

bool folder_store_is_whole(const char *folder, struct error *err)
{
    char path[PATH_SIZE];
    if ((size_t)snprintf(path, sizeof path, "%s/data.mdb", folder) >= sizeof path)
        return error_set(err, ERROR_REFUSED, MESSAGE_FILE_NAME_TOO_LONG);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 && errno == ENOENT)
        return true;
    if (file < 0)
        return error_set(err, ERROR_SYSTEM, MESSAGE_FILE_OPEN, path, strerror(errno));
    struct stat status;
    bool whole = fstat(file, &status) == 0 && (status.st_size == 0 || has_meta_pages(file));
    close(file);
    return whole || error_set(err, ERROR_CORRUPT, MESSAGE_STORAGE_TRUNCATED, path);
}

#include "common/storage/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/storage/folder.h"

#define PATH_SIZE 4096

static void close_file(int *file)
{
    if (*file >= 0)
        close(*file);
    *file = -1;
}

static bool read_whole(int file, unsigned char *target, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = read(file, target + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

bool file_read(const char *path, size_t size_max, struct arena *arena, struct bytes *out,
               struct error *err)
{
    struct stat status;
    CLEANUP(close_file) int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 && (errno == ENOENT || errno == ENOTDIR))
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_FILE_NOT_THERE, path);
    if (file < 0 || fstat(file, &status) != 0)
        return error_set(err, ERROR_SYSTEM, MESSAGE_FILE_OPEN, path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return error_set(err, ERROR_MALFORMED, MESSAGE_FILE_NOT_A_FILE, path);
    if ((uintmax_t)status.st_size > size_max)
        return error_set(err, ERROR_EXHAUSTED, MESSAGE_FILE_TOO_LARGE, path, size_max);

    size_t size = (size_t)status.st_size;
    unsigned char *data = arena_take(arena, size, 1);
    if (!read_whole(file, data, size))
        return error_set(err, ERROR_SYSTEM, MESSAGE_FILE_READ, path, strerror(errno));
    *out = (struct bytes){ data, size };
    return true;
}

static bool write_whole(int file, struct bytes content)
{
    for (size_t done = 0; done < content.size;) {
        ssize_t written = write(file, (const char *)content.data + done, content.size - done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        done += (size_t)written;
    }
    return seeded_bug(BUG_REPLACE_WITHOUT_SYNC) || fsync(file) == 0;
}

static bool fail_to_write(const char *path, struct error *err)
{
    enum error_kind kind = errno == ENOSPC || errno == EDQUOT ? ERROR_EXHAUSTED : ERROR_SYSTEM;
    return error_set(err, kind, MESSAGE_FILE_WRITE, path, strerror(errno));
}

/* Leaves the content, synced, in `part`; nothing on failure. What an interrupted call left there
 * goes first: it may be another name of the very file that is to be replaced. */
static bool write_part(const char *part, struct bytes content, unsigned mode, struct error *err)
{
    unlink(part);
    CLEANUP(close_file)
    int file = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);
    if (file >= 0 && fchmod(file, (mode_t)mode) == 0 && write_whole(file, content))
        return true;
    fail_to_write(part, err);
    if (file >= 0)
        unlink(part);
    return false;
}

static bool name_part(const char *path, char part[PATH_SIZE], char folder[PATH_SIZE],
                      struct error *err)
{
    bool fits = (size_t)snprintf(part, PATH_SIZE, "%s.part", path) < PATH_SIZE &&
                folder_of(path, folder, PATH_SIZE);
    return fits || error_set(err, ERROR_REFUSED, MESSAGE_FILE_NAME_TOO_LONG);
}

bool file_replace(const char *path, struct bytes content, unsigned mode, struct error *err)
{
    char part[PATH_SIZE], folder[PATH_SIZE];
    if (!name_part(path, part, folder, err) || !write_part(part, content, mode, err))
        return false;
    if (rename(part, path) != 0) {
        fail_to_write(path, err);
        unlink(part);
        return false;
    }
    return folder_sync(folder, err);
}

bool file_create(const char *path, struct bytes content, unsigned mode, struct error *err)
{
    char part[PATH_SIZE], folder[PATH_SIZE];
    if (file_exists(path))
        return error_set(err, ERROR_CONFLICT, MESSAGE_FILE_IN_THE_WAY, path);
    if (!name_part(path, part, folder, err) || !write_part(part, content, mode, err))
        return false;
    bool linked = link(part, path) == 0; /* unlike rename, never replaces */
    int failure = errno;
    unlink(part);
    if (!linked && failure == EEXIST)
        return error_set(err, ERROR_CONFLICT, MESSAGE_FILE_IN_THE_WAY, path);
    errno = failure;
    if (!linked)
        return fail_to_write(path, err);
    return folder_sync(folder, err);
}

bool file_remove(const char *path, struct error *err)
{
    char folder[PATH_SIZE];
    if (!folder_of(path, folder, sizeof folder))
        return error_set(err, ERROR_REFUSED, MESSAGE_FILE_NAME_TOO_LONG);
    if (unlink(path) != 0 && errno != ENOENT)
        return fail_to_write(path, err);
    return folder_sync(folder, err);
}

bool file_exists(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

bool file_is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool file_move(const char *from, const char *to, struct error *err)
{
    char old[PATH_SIZE], new[PATH_SIZE];
    if (!folder_of(from, old, sizeof old) || !folder_of(to, new, sizeof new))
        return error_set(err, ERROR_REFUSED, MESSAGE_FILE_NAME_TOO_LONG);
    if (rename(from, to) != 0)
        return fail_to_write(to, err);
    return folder_sync(new, err) && folder_sync(old, err);
}

static bool create_one(const char *path, struct error *err)
{
    char parent[PATH_SIZE];
    if (mkdir(path, 0700) == 0)
        return (folder_of(path, parent, sizeof parent) ||
                error_set(err, ERROR_REFUSED, MESSAGE_FILE_NAME_TOO_LONG)) &&
               folder_sync(parent, err);
    if (errno == EEXIST)
        return true;
    return fail_to_write(path, err);
}

bool folder_create(const char *path, struct error *err)
{
    char partial[PATH_SIZE];
    size_t size = strlen(path);
    if (size >= sizeof partial)
        return error_set(err, ERROR_REFUSED, MESSAGE_FILE_NAME_TOO_LONG);
    for (size_t i = 1; i <= size; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(partial, path, i);
        partial[i] = '\0';
        if (!create_one(partial, err))
            return false;
    }
    return true;
}

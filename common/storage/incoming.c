#include "common/storage/incoming.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/progress.h"

struct incoming {
    struct byte_source source; /* first, so that a pointer to it is a pointer to the whole */
    char *path;
    int file;
    struct progress *progress;
};

static bool fail_to_read(const struct incoming *incoming, ssize_t got, struct error *err)
{
    if (got == 0)
        return error_set(err, ERROR_CONFLICT, MESSAGE_FILE_SHRANK, incoming->path);
    return error_set(err, ERROR_SYSTEM, MESSAGE_FILE_READ, incoming->path, strerror(errno));
}

static bool read_part(struct byte_source *source, uint64_t offset, void *target, size_t size,
                      struct error *err)
{
    struct incoming *incoming = (struct incoming *)source;
    for (size_t done = 0; done < size;) {
        ssize_t got =
            pread(incoming->file, (char *)target + done, size - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fail_to_read(incoming, got, err);
        done += (size_t)got;
    }
    if (incoming->progress)
        progress_set(incoming->progress, incoming->progress->done + size);
    return true;
}

/* Not blocking: a pipe under that name must not stop us. */
static bool open_file(struct incoming *incoming, struct error *err)
{
    struct stat status;
    incoming->file = open(incoming->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (incoming->file < 0 && (errno == ENOENT || errno == ENOTDIR))
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_FILE_NOT_THERE, incoming->path);
    if (incoming->file < 0 || fstat(incoming->file, &status) != 0)
        return error_set(err, ERROR_SYSTEM, MESSAGE_FILE_OPEN, incoming->path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return error_set(err, ERROR_MALFORMED, MESSAGE_FILE_NOT_A_FILE, incoming->path);
    incoming->source.size = (uint64_t)status.st_size;
    return true;
}

struct incoming *incoming_open(const char *path, struct progress *progress, struct error *err)
{
    struct incoming *incoming = memory_zeroed(1, sizeof *incoming);
    incoming->source.read = read_part;
    incoming->path = memory_copy_text(path);
    incoming->progress = progress;
    if (!open_file(incoming, err))
        incoming_close(&incoming);
    return incoming;
}

void incoming_close(struct incoming **incoming)
{
    if (*incoming) {
        if ((*incoming)->file >= 0)
            close((*incoming)->file);
        memory_free(&(*incoming)->path);
    }
    memory_free(incoming);
}

struct byte_source *incoming_source(struct incoming *incoming)
{
    return &incoming->source;
}

void incoming_forget(struct incoming *incoming)
{
    posix_fadvise(incoming->file, 0, 0, POSIX_FADV_DONTNEED);
}

#define _GNU_SOURCE /* syncfs */
#include "common/storage/outgoing.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/digest.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/progress.h"
#include "common/base/seeded_bug.h"
#include "common/storage/folder.h"
#include "common/storage/incoming.h"

#define PATH_SIZE 4096
#define PIECE_SIZE ((size_t)64 * 1024)
#define PUBLIC_MODE 0644

struct outgoing {
    struct byte_sink sink; /* first, so that a pointer to it is a pointer to the whole */
    char path[PATH_SIZE], part[PATH_SIZE], folder[PATH_SIZE];
    int file; /* -1 once it is closed */
    uint64_t size;
    struct digest_stream written;
    struct progress *progress;
    bool published;
};

static bool fail_to_write(const struct outgoing *outgoing, struct error *err)
{
    enum error_kind kind = errno == ENOSPC || errno == EDQUOT ? ERROR_EXHAUSTED : ERROR_SYSTEM;
    return error_set(err, kind, MESSAGE_FILE_WRITE, outgoing->path, strerror(errno));
}

static bool write_piece(struct byte_sink *sink, struct bytes bytes, struct error *err)
{
    struct outgoing *outgoing = (struct outgoing *)sink;
    for (size_t done = 0; done < bytes.size;) {
        ssize_t written = write(outgoing->file, (const char *)bytes.data + done, bytes.size - done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return fail_to_write(outgoing, err);
        done += (size_t)written;
    }
    outgoing->size += bytes.size;
    digest_stream_add(&outgoing->written, bytes);
    if (outgoing->progress)
        progress_set(outgoing->progress, outgoing->progress->done + bytes.size);
    return true;
}

static bool name_files(struct outgoing *outgoing, const char *path, struct error *err)
{
    bool fits = (size_t)snprintf(outgoing->path, PATH_SIZE, "%s", path) < PATH_SIZE &&
                (size_t)snprintf(outgoing->part, PATH_SIZE, "%s.part", path) < PATH_SIZE &&
                folder_of(path, outgoing->folder, PATH_SIZE);
    return fits || error_set(err, ERROR_REFUSED, MESSAGE_FILE_NAME_TOO_LONG);
}

struct outgoing *outgoing_create(const char *path, struct progress *progress, struct error *err)
{
    CLEANUP(outgoing_close) struct outgoing *outgoing = memory_zeroed(1, sizeof *outgoing);
    outgoing->sink.write = write_piece;
    outgoing->progress = progress;
    outgoing->file = -1;
    digest_stream_begin(&outgoing->written);
    if (!name_files(outgoing, path, err))
        return NULL;
    outgoing->file =
        open(outgoing->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, PUBLIC_MODE);
    if (outgoing->file < 0) {
        fail_to_write(outgoing, err);
        return NULL;
    }
    struct outgoing *created = outgoing;
    outgoing = NULL;
    return created;
}

static void close_file(struct outgoing *outgoing)
{
    if (outgoing->file >= 0)
        close(outgoing->file);
    outgoing->file = -1;
}

void outgoing_close(struct outgoing **outgoing)
{
    if (*outgoing) {
        if ((*outgoing)->file >= 0)
            unlink((*outgoing)->part);
        close_file(*outgoing);
    }
    memory_free(outgoing);
}

struct byte_sink *outgoing_sink(struct outgoing *outgoing)
{
    return &outgoing->sink;
}

/* Under its name and on the medium, so far as the system can tell. */
static bool settle(struct outgoing *outgoing, struct error *err)
{
    if (fsync(outgoing->file) != 0 || rename(outgoing->part, outgoing->path) != 0)
        return fail_to_write(outgoing, err);
    bool synced = folder_sync(outgoing->folder, err);
    if (synced && syncfs(outgoing->file) != 0)
        synced = error_set(err, ERROR_SYSTEM, MESSAGE_FILE_SYNC, outgoing->path, strerror(errno));
    close_file(outgoing);
    return synced;
}

static bool read_again(struct outgoing *outgoing, struct incoming *incoming, struct digest *out,
                       struct error *err)
{
    struct byte_source *source = incoming_source(incoming);
    CLEANUP(memory_free) unsigned char *piece = memory_zeroed(PIECE_SIZE, 1);
    struct digest_stream read;
    digest_stream_begin(&read);
    for (uint64_t offset = 0; offset < source->size; offset += PIECE_SIZE) {
        uint64_t left = source->size - offset;
        size_t size = left < PIECE_SIZE ? (size_t)left : PIECE_SIZE;
        if (!source->read(source, offset, piece, size, err))
            return error_wrap(err, MESSAGE_FILE_READ_BACK, outgoing->path);
        digest_stream_add(&read, (struct bytes){ piece, size });
    }
    *out = digest_stream_end(&read);
    return true;
}

/* Not what we remember of it, but what the medium gives. */
static bool comes_back(struct outgoing *outgoing, struct error *err)
{
    struct digest written = digest_stream_end(&outgoing->written), read;
    CLEANUP(incoming_close)
    struct incoming *incoming = incoming_open(outgoing->path, outgoing->progress, err);
    if (!incoming)
        return false;
    incoming_forget(incoming);
    if (!read_again(outgoing, incoming, &read, err))
        return false;
    return (incoming_source(incoming)->size == outgoing->size && digest_equal(&written, &read)) ||
           error_set(err, ERROR_CORRUPT, MESSAGE_FILE_CAME_BACK_DIFFERENT, outgoing->path);
}

bool outgoing_publish(struct outgoing *outgoing, struct error *err)
{
    assert(!outgoing->published && outgoing->file >= 0);

    outgoing->published =
        settle(outgoing, err) && (seeded_bug(BUG_SKIP_THE_READ_BACK) || comes_back(outgoing, err));
    if (!outgoing->published && outgoing->file < 0)
        unlink(outgoing->path); /* nobody is to carry it away */
    return outgoing->published;
}

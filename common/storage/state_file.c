#define _DEFAULT_SOURCE /* flock */
#include "common/storage/state_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/digest.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/storage/file.h"

/*
 *     slot   "ZST1" | u64 counter | u32 size | 16 bytes checksum over counter, size and content
 *            | content | zeros up to STATE_SLOT_SIZE
 */
#define MAGIC "ZST1"
#define COUNTER_AT 4
#define SIZE_AT 12
#define CHECKSUM_AT 16
#define CHECKSUM_SIZE 16
#define CONTENT_AT (CHECKSUM_AT + CHECKSUM_SIZE)
#define SLOT_COUNT 2
#define PRIVATE_MODE 0600

struct state_file {
    int file;
    bool locked;
    char *path;
};

static struct bytes numbers_of(const unsigned char *slot)
{
    return (struct bytes){ slot + COUNTER_AT, CHECKSUM_AT - COUNTER_AT };
}

static void fill_slot(unsigned char slot[STATE_SLOT_SIZE], uint64_t counter, struct bytes content)
{
    assert(content.size <= STATE_SIZE_MAX);
    memset(slot, 0, STATE_SLOT_SIZE);
    memcpy(slot, MAGIC, COUNTER_AT);
    bytes_put_u64(slot + COUNTER_AT, counter);
    bytes_put_u32(slot + SIZE_AT, (uint32_t)content.size);
    memcpy(slot + CONTENT_AT, content.data, content.size);
    digest_checksum(numbers_of(slot), content, slot + CHECKSUM_AT);
}

static bool slot_is_sound(const unsigned char slot[STATE_SLOT_SIZE], struct bytes *out)
{
    unsigned char checksum[CHECKSUM_SIZE];
    uint32_t size = bytes_get_u32(slot + SIZE_AT);
    if (memcmp(slot, MAGIC, COUNTER_AT) != 0 || size > STATE_SIZE_MAX)
        return false;
    *out = (struct bytes){ slot + CONTENT_AT, size };
    digest_checksum(numbers_of(slot), *out, checksum);
    return memcmp(checksum, slot + CHECKSUM_AT, CHECKSUM_SIZE) == 0;
}

bool state_file_create(const char *path, struct bytes content, struct error *err)
{
    unsigned char slots[SLOT_COUNT][STATE_SLOT_SIZE];
    for (uint64_t i = 0; i < SLOT_COUNT; i++)
        fill_slot(slots[i], i, content);
    return file_create(path, BYTES_OF(slots), PRIVATE_MODE, err);
}

void state_file_close(struct state_file **file)
{
    if (*file) {
        if ((*file)->file >= 0)
            close((*file)->file); /* the lock goes with it */
        memory_free(&(*file)->path);
    }
    memory_free(file);
}

/* The two slots as they are; what could not be read is not sound. */
static bool read_slots(const struct state_file *file,
                       unsigned char slots[SLOT_COUNT][STATE_SLOT_SIZE], struct error *err)
{
    size_t size = SLOT_COUNT * (size_t)STATE_SLOT_SIZE;
    unsigned char *target = slots[0];
    memset(target, 0, size);
    for (size_t done = 0; done < size;) {
        ssize_t got = pread(file->file, target + done, size - done, (off_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(err, ERROR_SYSTEM, MESSAGE_FILE_READ, file->path, strerror(errno));
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return true;
}

/* Number of the newest sound slot; SLOT_COUNT when there is none. */
static size_t newest(unsigned char slots[SLOT_COUNT][STATE_SLOT_SIZE], struct bytes *out)
{
    size_t found = SLOT_COUNT;
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        struct bytes content;
        if (!slot_is_sound(slots[i], &content))
            continue;
        if (found < SLOT_COUNT &&
            bytes_get_u64(slots[i] + COUNTER_AT) < bytes_get_u64(slots[found] + COUNTER_AT))
            continue;
        found = i;
        *out = content;
    }
    return found;
}

bool state_file_read(struct state_file *file, struct arena *arena, struct bytes *out,
                     struct error *err)
{
    unsigned char slots[SLOT_COUNT][STATE_SLOT_SIZE];
    struct bytes content;
    if (!read_slots(file, slots, err))
        return false;
    if (newest(slots, &content) == SLOT_COUNT)
        return error_set(err, ERROR_CORRUPT, MESSAGE_STATE_DAMAGED, file->path);
    *out = arena_copy_bytes(arena, content);
    return true;
}

struct state_file *state_file_open(const char *path, struct error *err)
{
    CLEANUP(state_file_close) struct state_file *file = memory_zeroed(1, sizeof *file);
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct bytes content;
    size_t size = strlen(path) + 1;
    file->path = memory_zeroed(size, 1);
    memcpy(file->path, path, size);
    file->file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (file->file < 0 && (errno == ENOENT || errno == ENOTDIR))
        error_set(err, ERROR_UNAVAILABLE, MESSAGE_FILE_NOT_THERE, path);
    else if (file->file < 0)
        error_set(err, ERROR_SYSTEM, MESSAGE_FILE_OPEN, path, strerror(errno));
    if (file->file < 0 || !state_file_read(file, arena, &content, err))
        return NULL;
    struct state_file *opened = file;
    file = NULL;
    return opened;
}

bool state_file_lock(struct state_file *file, struct error *err)
{
    int code;
    do
        code = flock(file->file, LOCK_EX);
    while (code != 0 && errno == EINTR);
    file->locked = code == 0;
    return file->locked ||
           error_set(err, ERROR_SYSTEM, MESSAGE_STATE_LOCK, file->path, strerror(errno));
}

void state_file_unlock(struct state_file *file)
{
    flock(file->file, LOCK_UN);
    file->locked = false;
}

static bool write_slot(int file, const unsigned char slot[STATE_SLOT_SIZE], off_t offset)
{
    for (size_t done = 0; done < STATE_SLOT_SIZE;) {
        ssize_t written = pwrite(file, slot + done, STATE_SLOT_SIZE - done, offset + (off_t)done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        done += (size_t)written;
    }
    return seeded_bug(BUG_LEAVE_THE_STATE_UNSYNCED) ||
           fdatasync(file) == 0; /* the blocks are there since creation */
}

bool state_file_write(struct state_file *file, struct bytes content, struct error *err)
{
    assert(file->locked);
    unsigned char slots[SLOT_COUNT][STATE_SLOT_SIZE];
    struct bytes before;
    if (!read_slots(file, slots, err))
        return false;
    size_t last = newest(slots, &before);
    if (last == SLOT_COUNT)
        return error_set(err, ERROR_CORRUPT, MESSAGE_STATE_DAMAGED, file->path);
    uint64_t counter = bytes_get_u64(slots[last] + COUNTER_AT) + 1;
    size_t target = 1 - last;
    fill_slot(slots[target], counter, content);
    return write_slot(file->file, slots[target], (off_t)(target * STATE_SLOT_SIZE)) ||
           error_set(err, ERROR_SYSTEM, MESSAGE_FILE_WRITE, file->path, strerror(errno));
}

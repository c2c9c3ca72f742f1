#include "common/storage/reserve.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/memory.h"

#define PATH_SIZE 4096
#define MODE 0600

struct reserve {
    char path[PATH_SIZE];
    uint64_t size;
};

static bool is_whole(const struct reserve *reserve)
{
    struct stat status;
    return stat(reserve->path, &status) == 0 && (uint64_t)status.st_size == reserve->size;
}

/* Twice the size must fit before half of it is kept. */
static bool make(const struct reserve *reserve)
{
    int file = open(reserve->path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, MODE);
    if (file < 0)
        return false;
    bool made = posix_fallocate(file, 0, (off_t)(2 * reserve->size)) == 0 &&
                ftruncate(file, (off_t)reserve->size) == 0 && fsync(file) == 0;
    close(file);
    if (!made)
        unlink(reserve->path);
    return made;
}

struct reserve *reserve_open(const char *folder, uint64_t size_bytes)
{
    assert(size_bytes > 0);
    struct reserve *reserve = memory_zeroed(1, sizeof *reserve);
    int length = snprintf(reserve->path, sizeof reserve->path, "%s/" RESERVE_FILE, folder);
    if (length < 0 || (size_t)length >= sizeof reserve->path)
        reserve->path[0] = '\0';
    reserve->size = size_bytes;
    (void)reserve_holds(reserve);
    return reserve;
}

void reserve_close(struct reserve **reserve)
{
    memory_free(reserve);
}

bool reserve_holds(struct reserve *reserve)
{
    return !reserve || is_whole(reserve) || make(reserve);
}

bool reserve_give_up(struct reserve *reserve)
{
    return reserve && unlink(reserve->path) == 0;
}

bool reserve_helps(struct reserve *reserve, const struct error *err)
{
    return err->kind == ERROR_EXHAUSTED && reserve_give_up(reserve);
}

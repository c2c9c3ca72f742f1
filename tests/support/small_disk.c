#define _GNU_SOURCE /* nftw, syscall, the names that are put in place of libc's */
#include "tests/support/small_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define PATH_SIZE 4096
#define FILES_OPEN 16

static struct {
    char folder[PATH_SIZE];
    uint64_t size, refused, sum;
} disk;

static int add_size(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)path;
    (void)where;
    if (kind == FTW_F)
        disk.sum += (uint64_t)status->st_size;
    return 0;
}

uint64_t small_disk_used(void)
{
    disk.sum = 0;
    nftw(disk.folder, add_size, FILES_OPEN, FTW_PHYS);
    return disk.sum;
}

uint64_t small_disk_refused(void)
{
    return disk.refused;
}

void small_disk_begin(const char *folder, uint64_t size_bytes)
{
    if (!realpath(folder, disk.folder))
        disk.folder[0] = '\0';
    disk.size = size_bytes;
    disk.refused = 0;
}

void small_disk_resize(uint64_t size_bytes)
{
    disk.size = size_bytes;
}

void small_disk_end(void)
{
    disk.folder[0] = '\0';
}

static bool is_on_the_disk(int file)
{
    char name[64], path[PATH_SIZE];
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    ssize_t size = readlink(name, path, sizeof path - 1);
    if (size < 0 || disk.folder[0] == '\0')
        return false;
    path[size] = '\0';
    return strncmp(path, disk.folder, strlen(disk.folder)) == 0;
}

/* Whether the file may reach until `end`. */
static bool fits(int file, off_t end)
{
    struct stat status;
    if (!is_on_the_disk(file) || fstat(file, &status) != 0 || end <= status.st_size)
        return true;
    uint64_t growth = (uint64_t)(end - status.st_size);
    if (small_disk_used() + growth <= disk.size)
        return true;
    disk.refused++;
    return false;
}

static ssize_t no_space(void)
{
    errno = ENOSPC;
    return -1;
}

ssize_t pwrite(int file, const void *data, size_t size, off_t offset)
{
    if (!fits(file, offset + (off_t)size))
        return no_space();
    return syscall(SYS_pwrite64, file, data, size, offset);
}

ssize_t write(int file, const void *data, size_t size)
{
    off_t offset = lseek(file, 0, SEEK_CUR);
    if (offset >= 0 && !fits(file, offset + (off_t)size))
        return no_space();
    return syscall(SYS_write, file, data, size);
}

ssize_t writev(int file, const struct iovec *parts, int count)
{
    off_t end = lseek(file, 0, SEEK_CUR);
    for (int i = 0; i < count; i++)
        end += (off_t)parts[i].iov_len;
    if (!fits(file, end))
        return no_space();
    return syscall(SYS_writev, file, parts, count);
}

int posix_fallocate(int file, off_t offset, off_t size)
{
    if (!fits(file, offset + size))
        return ENOSPC;
    return syscall(SYS_fallocate, file, 0, offset, size) == 0 ? 0 : errno;
}

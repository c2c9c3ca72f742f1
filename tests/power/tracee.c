#define _GNU_SOURCE /* process_vm_readv, O_DSYNC */
#include "tests/power/tracee.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

bool tracee_copy(const struct tracee *tracee, uint64_t address, void *target, size_t size)
{
    struct iovec near = { target, size }, far = { (void *)(uintptr_t)address, size };
    return size == 0 || process_vm_readv(tracee->id, &near, 1, &far, 1, 0) == (ssize_t)size;
}

/* In steps that never reach into a page behind the text. */
bool tracee_text(const struct tracee *tracee, uint64_t address, char out[TRACEE_PATH_SIZE])
{
    for (size_t i = 0; i < TRACEE_PATH_SIZE; i++) {
        if (!tracee_copy(tracee, address + i, out + i, 1))
            return false;
        if (out[i] == '\0')
            return true;
    }
    return false;
}

static bool read_position(const char *path, struct descriptor *out)
{
    char line[128];
    unsigned flags = 0;
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "pos:", 4) == 0)
            out->position = strtoull(line + 4, NULL, 10);
        if (strncmp(line, "flags:", 6) == 0)
            flags = (unsigned)strtoul(line + 6, NULL, 8);
    }
    fclose(file);
    out->durable = flags & O_DSYNC;
    out->append = flags & O_APPEND;
    return true;
}

bool tracee_descriptor(const struct tracee *tracee, int number, struct descriptor *out)
{
    char link[64], information[64];
    snprintf(link, sizeof link, "/proc/%d/fd/%d", tracee->id, number);
    snprintf(information, sizeof information, "/proc/%d/fdinfo/%d", tracee->id, number);
    ssize_t size = readlink(link, out->path, sizeof out->path - 1);
    if (size <= 0 || out->path[0] != '/')
        return false;
    out->path[size] = '\0';
    return stat(link, &out->status) == 0 && read_position(information, out);
}

static bool split(char *path, struct place *out)
{
    size_t size = strlen(path);
    while (size > 1 && path[size - 1] == '/')
        path[--size] = '\0';
    char *slash = strrchr(path, '/');
    if (!slash)
        return false;
    snprintf(out->name, sizeof out->name, "%s", slash + 1);
    slash[slash == path] = '\0';
    return realpath(path, out->folder) != NULL;
}

bool tracee_place(const struct tracee *tracee, int folder, uint64_t path, struct place *out)
{
    char text[TRACEE_PATH_SIZE], whole[2 * TRACEE_PATH_SIZE];
    if (!tracee_text(tracee, path, text) || text[0] == '\0')
        return false;
    if (text[0] == '/')
        snprintf(whole, sizeof whole, "%s", text);
    else if (folder == AT_FDCWD)
        snprintf(whole, sizeof whole, "/proc/%d/cwd/%s", tracee->id, text);
    else
        snprintf(whole, sizeof whole, "/proc/%d/fd/%d/%s", tracee->id, folder, text);
    return split(whole, out);
}

bool tracee_maps(const struct tracee *tracee, uint64_t address, uint64_t size, const char *folder,
                 const char *except)
{
    char path[64], line[2 * TRACEE_PATH_SIZE];
    bool found = false;
    snprintf(path, sizeof path, "/proc/%d/maps", tracee->id);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        uint64_t first, end;
        char rights[8];
        const char *name = strchr(line, '/');
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &first, &end, rights) != 3 || !name)
            continue;
        found |= rights[3] == 's' && first < address + size && address < end &&
                 strncmp(name, folder, strlen(folder)) == 0 && !strstr(name, except);
    }
    if (file)
        fclose(file);
    return found;
}

#define _GNU_SOURCE /* realpath */
#include "tests/power/recording.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/memory.h"

static bool is_empty(const char *folder)
{
    size_t entries = 0;
    DIR *listing = opendir(folder);
    while (listing && readdir(listing))
        entries++;
    if (listing)
        closedir(listing);
    return entries == 2; /* itself and its parent */
}

bool recording_begin(struct recording *recording, const char *folder, FILE *tape)
{
    struct stat status;
    *recording = (struct recording){ .tape = tape };
    if (!realpath(folder, recording->root) || stat(recording->root, &status) != 0 ||
        !is_empty(recording->root))
        return false;
    recording->device = status.st_dev;
    return recording_new_number(recording, status.st_ino, false) == TAPE_ROOT;
}

void recording_end(struct recording *recording)
{
    free(recording->inodes);
    free(recording->is_volatile);
}

bool recording_watches(const struct recording *recording, const char *path)
{
    size_t size = strlen(recording->root);
    return strncmp(path, recording->root, size) == 0 && (path[size] == '/' || path[size] == '\0');
}

void recording_refuse(struct recording *recording, const char *call, const char *path)
{
    if (recording->reason[0] == '\0')
        snprintf(recording->reason, sizeof recording->reason, "no model for %s on %.400s", call,
                 path);
}

void recording_add(struct recording *recording, const struct tape_op *op)
{
    bool concerns_volatile = op->inode > 0 && recording->is_volatile[op->inode - 1];
    if (concerns_volatile)
        return;
    tape_append(recording->tape, op);
    recording->operations++;
}

uint32_t recording_number(const struct recording *recording, const struct stat *status)
{
    if (status->st_dev != recording->device)
        return 0;
    for (size_t i = recording->count; i > 0; i--)
        if (recording->inodes[i - 1] == status->st_ino)
            return (uint32_t)i;
    return 0;
}

uint32_t recording_new_number(struct recording *recording, ino_t inode, bool is_volatile)
{
    size_t at = recording->count++;
    recording->inodes = memory_grown(recording->inodes, &recording->inode_capacity,
                                     recording->count, sizeof *recording->inodes);
    recording->is_volatile = memory_grown(recording->is_volatile, &recording->volatile_capacity,
                                          recording->count, sizeof *recording->is_volatile);
    recording->inodes[at] = inode;
    recording->is_volatile[at] = is_volatile;
    return (uint32_t)at + 1;
}

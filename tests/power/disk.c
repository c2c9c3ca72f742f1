#include "tests/power/disk.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/memory.h"

#define PATH_SIZE 4096
#define VOLATILE_SIZE 8192

struct entry {
    const char *name; /* of the tape */
    uint32_t inode;
};

/* A file or a folder. Bytes behind the size are kept: a sector may be there before its size. */
struct node {
    bool folder;
    unsigned char *content;
    size_t capacity;
    uint64_t size;
    struct entry *entries;
    size_t entry_count, entry_capacity;
};

struct disk {
    struct node *nodes; /* by number */
    size_t count, capacity;
};

static struct node *node_of(struct disk *disk, uint32_t inode)
{
    if (disk->count <= inode) {
        disk->nodes =
            memory_grown(disk->nodes, &disk->capacity, (size_t)inode + 1, sizeof *disk->nodes);
        disk->count = (size_t)inode + 1;
    }
    return &disk->nodes[inode];
}

struct disk *disk_create(void)
{
    struct disk *disk = memory_zeroed(1, sizeof *disk);
    node_of(disk, TAPE_ROOT)->folder = true;
    return disk;
}

void disk_destroy(struct disk **disk)
{
    if (!*disk)
        return;
    for (size_t i = 0; i < (*disk)->count; i++) {
        free((*disk)->nodes[i].content);
        free((*disk)->nodes[i].entries);
    }
    free((*disk)->nodes);
    free(*disk);
    *disk = NULL;
}

static void copy_node(struct node *target, const struct node *source)
{
    target->folder = source->folder;
    target->size = source->size;
    if (source->capacity > 0)
        target->content = memory_grown(target->content, &target->capacity, source->capacity, 1);
    if (source->capacity > 0)
        memcpy(target->content, source->content, source->capacity);
    if (target->capacity > source->capacity)
        memset(target->content + source->capacity, 0, target->capacity - source->capacity);
    target->entry_count = source->entry_count;
    if (source->entry_count == 0)
        return;
    target->entries = memory_grown(target->entries, &target->entry_capacity, source->entry_count,
                                   sizeof *target->entries);
    memcpy(target->entries, source->entries, source->entry_count * sizeof *source->entries);
}

void disk_copy(struct disk *target, const struct disk *source)
{
    static const struct node nothing = { 0 };
    if (source->count > 0)
        node_of(target, (uint32_t)source->count - 1);
    for (size_t i = 0; i < target->count; i++)
        copy_node(&target->nodes[i], i < source->count ? &source->nodes[i] : &nothing);
}

static void unlink_name(struct node *folder, const char *name)
{
    for (size_t i = 0; i < folder->entry_count; i++)
        if (strcmp(folder->entries[i].name, name) == 0) {
            memmove(&folder->entries[i], &folder->entries[i + 1],
                    (folder->entry_count - i - 1) * sizeof *folder->entries);
            folder->entry_count--;
            return;
        }
}

static void link_name(struct disk *disk, uint32_t folder, const char *name, uint32_t inode)
{
    struct node *node = node_of(disk, folder);
    unlink_name(node, name);
    node->entries = memory_grown(node->entries, &node->entry_capacity, node->entry_count + 1,
                                 sizeof *node->entries);
    node->entries[node->entry_count++] = (struct entry){ name, inode };
}

static uint32_t find_name(const struct disk *disk, uint32_t folder, const char *name)
{
    const struct node *node = &disk->nodes[folder];
    for (size_t i = 0; i < node->entry_count; i++)
        if (strcmp(node->entries[i].name, name) == 0)
            return node->entries[i].inode;
    return 0;
}

/* A rename takes along what stands under the old name; when that name never came to the disk
 * the renaming did not either. */
static void apply_name(struct disk *disk, const struct tape_op *op)
{
    uint32_t moved;
    switch (op->kind) {
    case TAPE_CREATE_FILE:
    case TAPE_CREATE_FOLDER:
        node_of(disk, op->target)->folder = op->kind == TAPE_CREATE_FOLDER;
        link_name(disk, op->inode, op->name, op->target);
        break;
    case TAPE_LINK:
        link_name(disk, op->inode, op->name, op->target);
        break;
    case TAPE_UNLINK:
        unlink_name(node_of(disk, op->inode), op->name);
        break;
    case TAPE_RENAME:
        node_of(disk, op->target);
        if ((moved = find_name(disk, op->inode, op->name)) == 0)
            break;
        unlink_name(node_of(disk, op->inode), op->name);
        link_name(disk, op->target, op->new_name, moved);
        break;
    default:
        assert(false);
    }
}

static void resize(struct node *node, uint64_t size)
{
    if (size < node->size && node->capacity > size)
        memset(node->content + size, 0, node->capacity - size);
    node->size = size;
}

static void write_sector(struct node *node, uint64_t offset, struct bytes data)
{
    size_t end = (size_t)offset + data.size;
    if (end > node->capacity)
        node->content = memory_grown(node->content, &node->capacity, end, 1);
    memcpy(node->content + offset, data.data, data.size);
}

void disk_apply(struct disk *disk, const struct atom *atom)
{
    if (atom->kind == ATOM_NAME) {
        apply_name(disk, atom->op);
        return;
    }
    struct node *node = node_of(disk, atom->inode);
    if (atom->kind == ATOM_SECTOR)
        write_sector(node, atom->offset, atom->data);
    else if (atom->kind == ATOM_RESIZE || node->size < atom->offset)
        resize(node, atom->offset);
}

bool disk_is_folder(const struct disk *disk, uint32_t inode)
{
    return inode < disk->count && disk->nodes[inode].folder;
}

uint64_t disk_size(const struct disk *disk, uint32_t inode)
{
    return inode < disk->count ? disk->nodes[inode].size : 0;
}

static bool write_content(const char *path, const void *content, size_t filled, uint64_t size)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size_t written = filled < size ? filled : (size_t)size;
    bool done = file >= 0 && (written == 0 || write(file, content, written) == (ssize_t)written) &&
                ftruncate(file, (off_t)size) == 0;
    if (file >= 0)
        close(file);
    return done;
}

/* Nothing, zeros or rubbish. */
static bool write_volatile(const char *path, uint64_t chance)
{
    unsigned char content[VOLATILE_SIZE] = { 0 };
    for (size_t i = 0; chance % 3 == 2 && i < sizeof content; i++)
        content[i] = (unsigned char)((chance + i) * 2654435761u >> 13);
    return write_content(path, content, sizeof content, chance % 3 == 0 ? 0 : sizeof content);
}

static bool write_node(const struct disk *disk, uint32_t inode, const char *path, uint64_t chance)
{
    const struct node *folder = &disk->nodes[inode];
    for (size_t i = 0; i < folder->entry_count; i++) {
        const struct entry *entry = &folder->entries[i];
        static const struct node empty = { 0 };
        const struct node *node = entry->inode < disk->count ? &disk->nodes[entry->inode] : &empty;
        char inner[PATH_SIZE];
        if ((size_t)snprintf(inner, sizeof inner, "%s/%s", path, entry->name) >= sizeof inner)
            return false;
        bool written =
            node->folder ? mkdir(inner, 0700) == 0 && write_node(disk, entry->inode, inner, chance)
            : strcmp(entry->name, TAPE_VOLATILE_NAME) == 0
                ? write_volatile(inner, chance)
                : write_content(inner, node->content, node->capacity, node->size);
        if (!written)
            return false;
    }
    return true;
}

bool disk_write(const struct disk *disk, const char *folder, uint64_t chance)
{
    return write_node(disk, TAPE_ROOT, folder, chance);
}

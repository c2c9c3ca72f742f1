#ifndef TESTS_POWER_DISK_H
#define TESTS_POWER_DISK_H

/*
 * A disk in memory: files and folders by number, changed by atoms. An atom is what a power cut
 * does not tear: a sector of 512 bytes, a size, a name.
 *
 *     tape -> walk -> DISK -> a folder on a real file system
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "tests/power/tape.h"

#define DISK_SECTOR_SIZE 512

enum atom_kind {
    ATOM_SECTOR,
    ATOM_GROW,   /* to at least the size */
    ATOM_RESIZE, /* to exactly the size */
    ATOM_NAME
};

struct atom {
    enum atom_kind kind;
    uint32_t inode;           /* whose fsync makes it durable */
    uint64_t offset;          /* SECTOR; GROW, RESIZE: the size */
    struct bytes data;        /* SECTOR */
    const struct tape_op *op; /* where it comes from */
    uint64_t identity;        /* different for each atom of a tape */
};

struct disk;

NODISCARD struct disk *disk_create(void); /* only the root, empty */
void disk_destroy(struct disk **disk);
/* Keeps the memory of `target`. */
void disk_copy(struct disk *target, const struct disk *source);

void disk_apply(struct disk *disk, const struct atom *atom);
bool disk_is_folder(const struct disk *disk, uint32_t inode);
uint64_t disk_size(const struct disk *disk, uint32_t inode);

/* Everything that can be reached from the root, into an empty folder. `chance` decides what
 * volatile files hold. False when the file system fails. */
NODISCARD bool disk_write(const struct disk *disk, const char *folder, uint64_t chance);

#endif

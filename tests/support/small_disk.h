#ifndef TESTS_SUPPORT_SMALL_DISK_H
#define TESTS_SUPPORT_SMALL_DISK_H

/*
 * A disk with little room: the files under a folder may have so many bytes together, and what would
 * go beyond gets ENOSPC, as from a real disk. It stands in the place of the calls with which our
 * programs and LMDB write; nothing is mounted and no privilege is needed.
 */

#include <stdint.h>

void small_disk_begin(const char *folder, uint64_t size_bytes);
void small_disk_resize(uint64_t size_bytes);
void small_disk_end(void);

/* What the files have now, and how often something was refused. */
uint64_t small_disk_used(void);
uint64_t small_disk_refused(void);

#endif

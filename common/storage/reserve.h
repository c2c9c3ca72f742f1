#ifndef COMMON_STORAGE_RESERVE_H
#define COMMON_STORAGE_RESERVE_H

/*
 * Room on the disk that is held for a bad day. When the disk is full the reserve is given up, so
 * that what must still be written can be: a draft, a receipt, the answer that says no. As long
 * as it is not there again nothing new is begun.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"

#define RESERVE_FILE "reserve"
#define RESERVE_SIZE ((uint64_t)64 * 1024 * 1024)

struct error;
struct reserve;

/* The file "<folder>/reserve" of this size; makes it when there is room. Never fails: whether it is
 * there is asked with reserve_holds(). */
NODISCARD struct reserve *reserve_open(const char *folder, uint64_t size_bytes);
void reserve_close(struct reserve **reserve);

/* True when it is there, or could be made again. It is made only while as much is left beside it,
 * so that it does not come and go on a disk that is full. NULL: no reserve was asked for, true. */
bool reserve_holds(struct reserve *reserve);

/* Gives it up; false when there was nothing to give. NULL is fine. */
bool reserve_give_up(struct reserve *reserve);

/* For CLEANUP-free retries: the error says that there is no room, and room was made just now. */
bool reserve_helps(struct reserve *reserve, const struct error *err);

#endif

#ifndef COMMON_STORAGE_LMDB_ERROR_H
#define COMMON_STORAGE_LMDB_ERROR_H

/* What LMDB's codes mean to a caller. Private to common/storage. */

#include <stdbool.h>

struct error;

/* Our own code beside LMDB's: a value whose checksum does not fit. */
#define STORAGE_BAD_CHECKSUM (-29000)

/* For everything but commit. Returns false. */
bool lmdb_error_set(struct error *err, int code);
/* For commit: what is neither full nor damaged has an unknown outcome. Returns false. */
bool lmdb_error_set_commit(struct error *err, int code);

#endif

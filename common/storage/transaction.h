#ifndef COMMON_STORAGE_TRANSACTION_H
#define COMMON_STORAGE_TRANSACTION_H

/*
 * A transaction remembers its first failure. From then on every call does nothing
 * and finds nothing, and transaction_commit() reports it: a series of writes needs
 * one check. The price: "not found" may mean "failed", so nothing learnt in a
 * transaction leaves the program before commit (or transaction_check) said true.
 *
 * Every stored value carries a version and a BLAKE2b checksum over key and value,
 * verified on each read: a flipped bit is CORRUPT, never a wrong figure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/storage/database.h"

#define STORAGE_KEY_SIZE_MAX 64

struct error;
struct transaction;

NODISCARD struct transaction *transaction_read(struct database *database);
/* One writer at a time over all processes: waits for the other one. */
NODISCARD struct transaction *transaction_write(struct database *database);

/* Ends it, keeping nothing. NULL is fine. For CLEANUP. */
void transaction_abort(struct transaction **txn);

/* Ends it, keeping everything or nothing; when true it is on disk. A failure other than
 * EXHAUSTED is of kind SYSTEM: outcome unknown, stop the process and read again. */
NODISCARD bool transaction_commit(struct transaction **txn, struct error *err);

/* Whether everything read so far can be believed. For read transactions. */
NODISCARD bool transaction_check(const struct transaction *txn, struct error *err);

void transaction_put(struct transaction *txn, struct table table, struct bytes key,
                     struct bytes value);
/* `key` sorts behind every key of the table: packs pages full. Anything else fails. */
void transaction_append(struct transaction *txn, struct table table, struct bytes key,
                        struct bytes value);
void transaction_delete(struct transaction *txn, struct table table, struct bytes key);

/* The value belongs to the database: valid until the next write or the end. */
bool transaction_get(struct transaction *txn, struct table table, struct bytes key,
                     struct bytes *out_value);
/* The last entry of the table. */
bool transaction_last(struct transaction *txn, struct table table, struct bytes *out_key,
                      struct bytes *out_value);
uint64_t transaction_count(struct transaction *txn, struct table table);

/* Visits in key order the entries whose key begins with `prefix` (empty: all) and is not
 * smaller than `from` (empty: the first), until `visit` returns false.
 * `visit` must not write. */
typedef bool transaction_visit_fn(struct bytes key, struct bytes value, void *owner);
void transaction_each(struct transaction *txn, struct table table, struct bytes prefix,
                      struct bytes from, transaction_visit_fn *visit, void *owner);

/* Every value of the table, also a damaged one, which is then given as it is stored, and fails
 * nothing. For survey.h. */
typedef bool transaction_survey_fn(struct bytes key, struct bytes value, bool sound, void *owner);
void transaction_survey(struct transaction *txn, struct table table, transaction_survey_fn *visit,
                        void *owner);

#endif

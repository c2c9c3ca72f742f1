#ifndef AGGREGATOR_REQUESTS_H
#define AGGREGATOR_REQUESTS_H

/* Enrolment requests that wait for the registrar: the very text of the file, by device. */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/storage/database.h"
#include "common/wire/card.h"

#define REQUESTS_TABLE "requests"
#define REQUESTS_MAX 100000

struct arena;
struct error;
struct transaction;

/* Takes the place of an earlier request of the same device. */
void requests_put(struct transaction *txn, struct table table, const struct device_id *device,
                  struct bytes text);
void requests_remove(struct transaction *txn, struct table table, const struct device_id *device);

/* All of them, read and verified anew. Lives in the arena. Fails with CORRUPT. */
NODISCARD bool requests_list(struct transaction *txn, struct table table, struct arena *arena,
                             const struct enrolment_request **out, size_t *out_count,
                             struct error *err);

#endif

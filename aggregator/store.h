#ifndef AGGREGATOR_STORE_H
#define AGGREGATOR_STORE_H

/* The tables of the province's one database, in the folder store/ of the data folder. */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"

#define STORE_FOLDER "store"
#define STORE_FORMAT 1

struct database;
struct error;

/* Creates it when it is not there. `any_file_system`: for tests. */
NODISCARD struct database *store_open(const char *data_folder, bool any_file_system,
                                      struct error *err);

/* A copy that nobody writes, to be read. `folder` is the one with data.mdb in it. */
NODISCARD struct database *store_open_copy(const char *folder, struct error *err);

/* Their names. */
const char *const *store_tables(size_t *out_count);

/* Whether the rest makes sense without a damaged value of it: what can be had again, or what
 * nothing else counts on. The journal and what is signed over it are not. */
bool store_table_can_spare(const char *name);

#endif

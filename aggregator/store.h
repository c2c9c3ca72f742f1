#ifndef AGGREGATOR_STORE_H
#define AGGREGATOR_STORE_H

/* The tables of the province's one database, in the folder store/ of the data folder. */

#include <stdbool.h>

#include "common/base/attributes.h"

#define STORE_FOLDER "store"
#define STORE_FORMAT 1

struct database;
struct error;

/* Creates it when it is not there. `any_file_system`: for tests. */
NODISCARD struct database *store_open(const char *data_folder, bool any_file_system,
                                      struct error *err);

#endif

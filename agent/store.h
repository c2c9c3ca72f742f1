#ifndef AGENT_STORE_H
#define AGENT_STORE_H

/*
 * The agent's one durable store and its tables. Each table belongs to one module, which
 * alone knows its keys and values; README.md draws them.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/model/code.h"
#include "common/model/period.h"
#include "common/storage/database.h"
#include "common/storage/key.h"

struct arena;
struct error;
struct survey_table;

#define STORE_FOLDER "store" /* inside the data folder */

struct store {
    struct database *database;
    struct table drafts;        /* drafts.h */
    struct table statements;    /* statements.h */
    struct table versions;      /* history.h */
    struct table receipts;      /* receipts.h */
    struct table catalogues;    /* catalogues.h */
    struct table settings;      /* settings.h */
    struct table lost_receipts; /* lost_receipts.h */
    struct table evidence;      /* evidence.h */
    struct table notices;       /* notices.h */
    struct table parts;         /* parts.h */
    struct table recovered;     /* recovered.h, and the next two */
    struct table recovered_receipts;
    struct table recovered_streams;
    struct table stranded; /* recovery.h */
};

/* A return of this agent's zone. */
struct return_id {
    struct code form;
    struct period period;
};

/* Creates it when it is not there. `any_file_system`: for tests. */
NODISCARD bool store_open(const char *data_folder, bool any_file_system, struct store *out,
                          struct error *err);
/* Their names, and whether the rest makes sense without a damaged value: what can be had again, or
 * what nothing else counts on. In the arena. */
const struct survey_table *store_survey_tables(struct arena *arena, size_t *out_count);
void store_close(struct store *store); /* for CLEANUP too */

/* Form, then period: how drafts and versions are sorted. */
struct key return_id_key(struct return_id id);
/* From the first bytes of such a key. */
struct return_id return_id_of_key(struct bytes key);
bool return_id_equal(struct return_id left, struct return_id right);

#endif

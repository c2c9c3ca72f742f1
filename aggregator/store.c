#include "aggregator/store.h"

#include <stddef.h>

#include "aggregator/checkpoints.h"
#include "aggregator/evidence.h"
#include "aggregator/heard.h"
#include "aggregator/hellos.h"
#include "aggregator/invitations.h"
#include "aggregator/journal.h"
#include "aggregator/losses.h"
#include "aggregator/quarantine.h"
#include "aggregator/requests.h"
#include "aggregator/second_look.h"
#include "aggregator/sessions.h"
#include "aggregator/tree.h"
#include "common/base/arena.h"
#include "common/base/text.h"
#include "common/storage/database.h"

static const char *const tables[] = {
    JOURNAL_TABLE,      JOURNAL_DECISIONS_TABLE, TREE_TABLE,        CHECKPOINTS_TABLE,
    REQUESTS_TABLE,     EVIDENCE_TABLE,          SESSIONS_TABLE,    LOSSES_TABLE,
    LOSSES_HEARD_TABLE, QUARANTINE_TABLE,        INVITATIONS_TABLE, HELLOS_TABLE,
    HEARD_TABLE,        SECOND_LOOK_TABLE,
};

struct database *store_open(const char *data_folder, bool any_file_system, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct database_options options = { .tables = tables,
                                        .table_count = COUNT_OF(tables),
                                        .format = STORE_FORMAT,
                                        .any_file_system = any_file_system };
    return database_open(arena_format(arena, "%s/%s", data_folder, STORE_FOLDER), &options, err);
}

struct database *store_open_copy(const char *folder, struct error *err)
{
    struct database_options options = { .tables = tables,
                                        .table_count = COUNT_OF(tables),
                                        .format = STORE_FORMAT,
                                        .read_only = true,
                                        .alone = true };
    return database_open(folder, &options, err);
}

const char *const *store_tables(size_t *out_count)
{
    *out_count = COUNT_OF(tables);
    return tables;
}

bool store_table_can_spare(const char *name)
{
    static const char *const spared[] = { TREE_TABLE,     REQUESTS_TABLE,   EVIDENCE_TABLE,
                                          SESSIONS_TABLE, LOSSES_TABLE,     LOSSES_HEARD_TABLE,
                                          HEARD_TABLE,    SECOND_LOOK_TABLE };
    for (size_t i = 0; i < COUNT_OF(spared); i++)
        if (text_equal(spared[i], name))
            return true;
    return false;
}

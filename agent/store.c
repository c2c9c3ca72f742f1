#include "agent/store.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/storage/survey.h"

#define STORE_FORMAT 1
#define STORE_PATH_SIZE 4096
#define RETURN_ID_KEY_SIZE 12

static const char *const table_names[] = { "drafts",
                                           "statements",
                                           "versions",
                                           "receipts",
                                           "catalogues",
                                           "settings",
                                           "notices",
                                           "lost_receipts",
                                           "evidence",
                                           "parts",
                                           "recovered",
                                           "recovered_receipts",
                                           "recovered_streams",
                                           "stranded" };

bool store_open(const char *data_folder, bool any_file_system, struct store *out, struct error *err)
{
    char path[STORE_PATH_SIZE];
    int length = snprintf(path, sizeof path, "%s/%s", data_folder, STORE_FOLDER);
    if (length < 0 || (size_t)length >= sizeof path)
        return error_set(err, ERROR_REFUSED, MESSAGE_FILE_NAME_TOO_LONG);

    struct database_options options = {
        .tables = table_names,
        .table_count = COUNT_OF(table_names),
        .format = STORE_FORMAT,
        .any_file_system = any_file_system,
    };
    struct database *database = database_open(path, &options, err);
    if (!database)
        return false;
    *out = (struct store){
        .database = database,
        .drafts = database_table(database, "drafts"),
        .statements = database_table(database, "statements"),
        .versions = database_table(database, "versions"),
        .receipts = database_table(database, "receipts"),
        .catalogues = database_table(database, "catalogues"),
        .settings = database_table(database, "settings"),
        .notices = database_table(database, "notices"),
        .lost_receipts = database_table(database, "lost_receipts"),
        .evidence = database_table(database, "evidence"),
        .parts = database_table(database, "parts"),
        .recovered = database_table(database, "recovered"),
        .recovered_receipts = database_table(database, "recovered_receipts"),
        .recovered_streams = database_table(database, "recovered_streams"),
        .stranded = database_table(database, "stranded"),
    };
    return true;
}

const struct survey_table *store_survey_tables(struct arena *arena, size_t *out_count)
{
    static const char *const spared[] = { "drafts", "catalogues", "lost_receipts", "evidence" };
    struct survey_table *tables = arena_take(arena, COUNT_OF(table_names), sizeof *tables);
    for (size_t i = 0; i < COUNT_OF(table_names); i++) {
        tables[i].name = table_names[i];
        for (size_t j = 0; j < COUNT_OF(spared); j++)
            tables[i].movable |= text_equal(table_names[i], spared[j]);
    }
    *out_count = COUNT_OF(table_names);
    return tables;
}

void store_close(struct store *store)
{
    if (store->database)
        database_close(&store->database);
}

struct key return_id_key(struct return_id id)
{
    struct key key = { .size = 0 };
    key_add_u64(&key, id.form.packed);
    key_add_u32(&key, (uint32_t)period_slot(id.period));
    return key;
}

struct return_id return_id_of_key(struct bytes key)
{
    assert(key.size >= RETURN_ID_KEY_SIZE);
    const unsigned char *bytes = key.data;
    return (struct return_id){ .form = { bytes_get_u64(bytes) },
                               .period = period_of_slot(bytes_get_u32(bytes + 8)) };
}

bool return_id_equal(struct return_id left, struct return_id right)
{
    return code_equal(left.form, right.form) && period_equal(left.period, right.period);
}

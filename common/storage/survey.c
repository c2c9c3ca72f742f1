#include "common/storage/survey.h"

#include <stdio.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/storage/database.h"
#include "common/storage/file.h"
#include "common/storage/transaction.h"

#define QUARANTINE_MODE 0600
#define COMMIT_EVERY 4096

struct walk {
    const struct survey *survey;
    const struct survey_table *table;
    struct survey_counts *counts;
    struct error *err;
    bool failed;
    /* quarantine */
    const char *folder;
    struct arena *arena;
    struct bytes *keys; /* of what is to be taken out */
    size_t key_count, key_capacity;
    /* salvage */
    struct database *target;
    struct transaction *txn;
    size_t pending;
};

static void key_text(struct bytes key, char out[SURVEY_KEY_TEXT_SIZE])
{
    const unsigned char *bytes = key.data;
    size_t size =
        key.size < (SURVEY_KEY_TEXT_SIZE - 1) / 2 ? key.size : (SURVEY_KEY_TEXT_SIZE - 1) / 2;
    for (size_t i = 0; i < size; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    out[2 * size] = '\0';
}

/* What is there under that name already is the same damage, put aside before. */
static bool write_aside(struct walk *walk, const struct survey_damage *damage, struct bytes value)
{
    const char *path =
        arena_format(walk->arena, "%s/%s-%s", walk->folder, damage->table, damage->key);
    return file_create(path, value, QUARANTINE_MODE, walk->err) ||
           walk->err->kind == ERROR_CONFLICT;
}

static bool meet_damage(struct walk *walk, struct bytes key, struct bytes value)
{
    struct survey_damage damage = { .table = walk->table->name };
    key_text(key, damage.key);
    walk->counts->damaged++;
    if (walk->folder && !write_aside(walk, &damage, value)) {
        walk->failed = true;
        return false;
    }
    damage.moved = walk->folder && walk->table->movable;
    if (damage.moved) {
        walk->keys =
            memory_grown(walk->keys, &walk->key_capacity, walk->key_count + 1, sizeof *walk->keys);
        walk->keys[walk->key_count++] = arena_copy_bytes(walk->arena, key);
        walk->counts->moved++;
    }
    if (walk->survey->tell)
        walk->survey->tell(&damage, walk->survey->owner);
    return true;
}

static bool save(struct walk *walk, struct bytes key, struct bytes value)
{
    transaction_put(walk->txn, database_table(walk->target, walk->table->name), key, value);
    if (++walk->pending < COMMIT_EVERY)
        return true;
    walk->pending = 0;
    walk->failed = !transaction_commit(&walk->txn, walk->err);
    if (!walk->failed)
        walk->txn = transaction_write(walk->target);
    return !walk->failed;
}

static bool visit(struct bytes key, struct bytes value, bool sound, void *owner)
{
    struct walk *walk = owner;
    walk->counts->values++;
    if (!sound)
        return meet_damage(walk, key, value);
    return !walk->target || save(walk, key, value);
}

static bool walk_table(struct walk *walk, const struct survey_table *table)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(walk->survey->database);
    walk->table = table;
    transaction_survey(txn, database_table(walk->survey->database, table->name), visit, walk);
    return !walk->failed && transaction_check(txn, walk->err);
}

bool survey_look(const struct survey *survey, struct survey_counts *out, struct error *err)
{
    struct walk walk = { .survey = survey, .counts = out, .err = err };
    *out = (struct survey_counts){ .values = 0 };
    for (size_t i = 0; i < survey->table_count; i++)
        if (!walk_table(&walk, &survey->tables[i]))
            return false;
    return true;
}

static bool take_out(const struct survey *survey, const struct walk *walk,
                     const struct survey_table *table, struct error *err)
{
    CLEANUP(transaction_abort) struct transaction *txn = transaction_write(survey->database);
    for (size_t i = 0; i < walk->key_count; i++)
        transaction_delete(txn, database_table(survey->database, table->name), walk->keys[i]);
    return transaction_commit(&txn, err);
}

bool survey_quarantine(const struct survey *survey, const char *folder, struct survey_counts *out,
                       struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct walk walk = {
        .survey = survey, .counts = out, .err = err, .folder = folder, .arena = arena
    };
    bool good = folder_create(folder, err);
    *out = (struct survey_counts){ .values = 0 };
    for (size_t i = 0; good && i < survey->table_count; i++) {
        walk.key_count = 0;
        good = walk_table(&walk, &survey->tables[i]) &&
               (walk.key_count == 0 || take_out(survey, &walk, &survey->tables[i], err));
    }
    memory_free(&walk.keys);
    return good;
}

bool survey_salvage(const struct survey *survey, struct database *target, struct survey_counts *out,
                    struct error *err)
{
    struct walk walk = { .survey = survey, .counts = out, .err = err, .target = target };
    *out = (struct survey_counts){ .values = 0 };
    walk.txn = transaction_write(target);
    bool good = true;
    for (size_t i = 0; good && i < survey->table_count; i++)
        good = walk_table(&walk, &survey->tables[i]);
    if (good)
        good = transaction_commit(&walk.txn, err);
    transaction_abort(&walk.txn);
    return good;
}

#define _GNU_SOURCE /* memmem */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/storage/database.h"
#include "common/storage/file.h"
#include "common/storage/key.h"
#include "common/storage/survey.h"
#include "common/storage/transaction.h"
#include "tests/support/temporary_folder.h"

#define VALUES 300

static const char *const names[] = { "chain", "spare" };
static const struct survey_table tables[] = { { "chain", false }, { "spare", true } };

struct fixture {
    struct temporary_folder folder;
    struct arena *arena;
    struct database *database;
    struct survey survey;
    struct survey_counts counts;
    char told[256];
    struct error err;
};

static struct database *open_store(struct fixture *f, const char *name)
{
    struct database_options options = {
        .tables = names, .table_count = COUNT_OF(names), .format = 1, .any_file_system = true
    };
    struct database *database =
        database_open(arena_format(f->arena, "%s/%s", f->folder.path, name), &options, &f->err);
    assert_non_null(database);
    return database;
}

static void remember(const struct survey_damage *damage, void *owner)
{
    struct fixture *f = owner;
    size_t size = strlen(f->told);
    snprintf(f->told + size, sizeof f->told - size, "%s-%s%s ", damage->table, damage->key,
             damage->moved ? "!" : "");
}

static void fill(struct fixture *f)
{
    struct transaction *txn = transaction_write(f->database);
    for (uint64_t i = 0; i < VALUES; i++) {
        struct key key = { .size = 0 };
        key_add_u64(&key, i);
        for (size_t table = 0; table < COUNT_OF(names); table++) {
            const char *value =
                arena_format(f->arena, "%s value number %03u", names[table], (unsigned)i);
            transaction_put(txn, database_table(f->database, names[table]), key_bytes(&key),
                            bytes_of_text(value));
        }
    }
    assert_true(transaction_commit(&txn, &f->err));
}

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    temporary_folder_create(&f->folder);
    f->arena = arena_create();
    f->database = open_store(f, "store");
    fill(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    database_close(&f->database);
    arena_destroy(&f->arena);
    temporary_folder_remove(&f->folder);
    test_free(f);
    return 0;
}

/* A bit of the value, in the file itself. */
static void damage(struct fixture *f, const char *value)
{
    struct bytes content;
    const char *path = arena_format(f->arena, "%s/store/data.mdb", f->folder.path);
    database_close(&f->database);
    assert_true(file_read(path, (size_t)1 << 28, f->arena, &content, &f->err));
    const char *found = memmem(content.data, content.size, value, strlen(value));
    assert_non_null(found);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, found - (const char *)content.data, SEEK_SET), 0);
    assert_int_equal(fputc(*found ^ 4, file), *found ^ 4);
    assert_int_equal(fclose(file), 0);
    f->database = open_store(f, "store");
    f->survey = (struct survey){ f->database, tables, COUNT_OF(tables), remember, f };
}

static void every_damaged_value_is_named_and_one_does_not_hide_the_next(void **state)
{
    struct fixture *f = *state;
    damage(f, "chain value number 007");
    damage(f, "spare value number 016");
    damage(f, "spare value number 255");

    assert_true(survey_look(&f->survey, &f->counts, &f->err));

    assert_int_equal(f->counts.values, 2 * VALUES);
    assert_int_equal(f->counts.damaged, 3);
    assert_string_equal(f->told, "chain-0000000000000007 spare-0000000000000010 "
                                 "spare-00000000000000ff ");
}

static void what_can_be_spared_is_moved_to_a_file_and_the_rest_is_usable(void **state)
{
    struct fixture *f = *state;
    struct bytes aside, found;
    const char *folder = arena_format(f->arena, "%s/quarantine", f->folder.path);
    damage(f, "chain value number 007");
    damage(f, "spare value number 016");

    assert_true(survey_quarantine(&f->survey, folder, &f->counts, &f->err));
    assert_int_equal(f->counts.damaged, 2);
    assert_int_equal(f->counts.moved, 1);
    f->told[0] = '\0';
    assert_true(survey_quarantine(&f->survey, folder, &f->counts, &f->err)); /* again */

    assert_string_equal(f->told, "chain-0000000000000007 ");
    assert_true(file_read(arena_format(f->arena, "%s/spare-0000000000000010", folder), 4096,
                          f->arena, &aside, &f->err));
    assert_non_null(memmem(aside.data, aside.size, "pare value number 016", 21));
    assert_true(file_exists(arena_format(f->arena, "%s/chain-0000000000000007", folder)));
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(f->database);
    struct table spare = database_table(f->database, "spare");
    assert_int_equal(transaction_count(txn, spare), VALUES - 1);
    for (uint64_t i = 0; i < VALUES; i++) {
        struct key key = { .size = 0 };
        key_add_u64(&key, i);
        assert_int_equal(transaction_get(txn, spare, key_bytes(&key), &found), i != 16);
    }
    assert_true(transaction_check(txn, &f->err));
}

static void everything_sound_is_salvaged(void **state)
{
    struct fixture *f = *state;
    damage(f, "chain value number 007");
    CLEANUP(database_close) struct database *target = open_store(f, "salvaged");

    assert_true(survey_salvage(&f->survey, target, &f->counts, &f->err));

    struct survey again = { target, tables, COUNT_OF(tables), NULL, NULL };
    assert_true(survey_look(&again, &f->counts, &f->err));
    assert_int_equal(f->counts.values, 2 * VALUES - 1);
    assert_int_equal(f->counts.damaged, 0);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(every_damaged_value_is_named_and_one_does_not_hide_the_next),
        WITH_STORE(what_can_be_spared_is_moved_to_a_file_and_the_rest_is_usable),
        WITH_STORE(everything_sound_is_salvaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

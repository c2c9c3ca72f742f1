#define _GNU_SOURCE /* memmem */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/storage/database.h"
#include "common/storage/file.h"
#include "common/storage/key.h"
#include "common/storage/transaction.h"
#include "tests/support/temporary_folder.h"

static const char *const tables[] = { "letters", "numbers" };

struct fixture {
    struct temporary_folder folder;
    struct database_options options;
    struct database *database;
    struct error err;
};

static struct database *reopened(struct fixture *f)
{
    database_close(&f->database);
    f->database = database_open(f->folder.path, &f->options, &f->err);
    return f->database;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    temporary_folder_create(&f->folder);
    f->options = (struct database_options){ .map_size_bytes = 1u << 20,
                                            .tables = tables,
                                            .table_count = COUNT_OF(tables),
                                            .format = 1,
                                            .any_file_system = true };
    *state = f;
    return reopened(f) ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    database_close(&f->database);
    temporary_folder_remove(&f->folder);
    free(f);
    return 0;
}

static bool keep(struct fixture *f, const char *key, const char *value)
{
    struct table letters = database_table(f->database, "letters");
    CLEANUP(transaction_abort) struct transaction *txn = transaction_write(f->database);
    transaction_put(txn, letters, bytes_of_text(key), bytes_of_text(value));
    return transaction_commit(&txn, &f->err);
}

/* The value as text, "" when there is none; `readable` is false when it cannot be believed. */
static void look(struct fixture *f, const char *key, char text[64], bool *readable)
{
    struct bytes value = { 0 };
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(f->database);
    bool found =
        transaction_get(txn, database_table(f->database, "letters"), bytes_of_text(key), &value);
    snprintf(text, 64, "%.*s", found ? (int)value.size : 0, found ? (const char *)value.data : "");
    *readable = transaction_check(txn, &f->err);
}

static void assert_holds(struct fixture *f, const char *key, const char *expected)
{
    char text[64];
    bool readable;
    look(f, key, text, &readable);
    assert_true(readable);
    assert_string_equal(text, expected);
}

static void what_is_committed_survives_a_restart(void **state)
{
    struct fixture *f = *state;
    assert_true(keep(f, "a", "one"));

    assert_non_null(reopened(f));

    assert_holds(f, "a", "one");
}

static void what_is_aborted_was_never_there(void **state)
{
    struct fixture *f = *state;
    struct transaction *txn = transaction_write(f->database);
    transaction_put(txn, database_table(f->database, "letters"), bytes_of_text("a"),
                    bytes_of_text("one"));

    transaction_abort(&txn);

    assert_null(txn);
    assert_holds(f, "a", "");
}

static void another_process_reads_and_writes_the_same_store(void **state)
{
    struct fixture *f = *state;
    int status = -1;
    database_close(&f->database);

    pid_t child = fork();
    if (child == 0) {
        bool kept = reopened(f) && keep(f, "a", "from the child");
        database_close(&f->database);
        _exit(kept ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);

    assert_int_equal(status, 0);
    assert_non_null(reopened(f));
    assert_holds(f, "a", "from the child");
}

static void a_full_store_is_told_and_loses_nothing(void **state)
{
    struct fixture *f = *state;
    static char large[300 * 1024];
    memset(large, 'x', sizeof large - 1);
    assert_true(keep(f, "a", "one"));

    bool all_kept =
        keep(f, "b", large) && keep(f, "c", large) && keep(f, "d", large) && keep(f, "e", large);

    assert_false(all_kept);
    assert_int_equal(f->err.kind, ERROR_EXHAUSTED);
    assert_holds(f, "a", "one");
}

static void the_first_failure_is_remembered_until_the_commit(void **state)
{
    struct fixture *f = *state;
    static char large[2 * 1024 * 1024];
    struct table letters = database_table(f->database, "letters");
    struct bytes value;
    struct transaction *txn = transaction_write(f->database);

    transaction_put(txn, letters, bytes_of_text("a"), (struct bytes){ large, sizeof large });
    transaction_put(txn, letters, bytes_of_text("b"), bytes_of_text("two"));

    assert_false(transaction_get(txn, letters, bytes_of_text("b"), &value));
    assert_false(transaction_commit(&txn, &f->err));
    assert_null(txn);
    assert_holds(f, "b", "");
}

static void appending_out_of_order_fails(void **state)
{
    struct fixture *f = *state;
    struct table numbers = database_table(f->database, "numbers");
    struct transaction *txn = transaction_write(f->database);
    transaction_append(txn, numbers, bytes_of_text("b"), bytes_of_text("2"));

    transaction_append(txn, numbers, bytes_of_text("a"), bytes_of_text("1"));

    assert_false(transaction_commit(&txn, &f->err));
}

static bool collect(struct bytes key, struct bytes value, void *owner)
{
    (void)value;
    char *seen = owner;
    size_t size = strlen(seen);
    snprintf(seen + size, 64 - size, "%.*s ", (int)key.size, (const char *)key.data);
    return true;
}

static void assert_visits(struct fixture *f, const char *prefix, const char *from,
                          const char *expected)
{
    char seen[64] = "";
    struct transaction *txn = transaction_read(f->database);
    transaction_each(txn, database_table(f->database, "letters"), bytes_of_text(prefix),
                     bytes_of_text(from), collect, seen);
    assert_true(transaction_check(txn, &f->err));
    transaction_abort(&txn);
    assert_string_equal(seen, expected);
}

static void entries_are_visited_in_key_order_within_prefix_and_start(void **state)
{
    struct fixture *f = *state;
    assert_true(keep(f, "ab", "") && keep(f, "b", "") && keep(f, "aa", "") && keep(f, "ac", ""));

    assert_visits(f, "", "", "aa ab ac b ");
    assert_visits(f, "a", "", "aa ab ac ");
    assert_visits(f, "a", "ab", "ab ac ");
    assert_visits(f, "", "ac", "ac b ");
    assert_visits(f, "c", "", "");
}

static struct bytes content_of(struct fixture *f, struct arena *arena)
{
    char path[600];
    struct bytes content;
    snprintf(path, sizeof path, "%s/data.mdb", f->folder.path);
    assert_true(file_read(path, (size_t)1 << 24, arena, &content, &f->err));
    return content;
}

static void assert_refused_untouched(struct fixture *f)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    database_close(&f->database);
    struct bytes before = content_of(f, arena);

    assert_null(reopened(f));

    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_true(bytes_equal(content_of(f, arena), before));
}

static void a_store_of_an_older_format_is_refused_and_left_as_it_is(void **state)
{
    struct fixture *f = *state;
    f->options.format = 2;
    assert_refused_untouched(f);
    assert_non_null(strstr(f->err.text, "格式版本为 1，本程序只用版本 2"));
}

/* The newer one has tables of its own, and one of ours is gone from it. */
static void a_store_of_a_newer_format_is_refused_and_left_as_it_is(void **state)
{
    static const char *const newer[] = { "letters", "of the future" };
    struct fixture *f = *state;
    database_close(&f->database);
    temporary_folder_remove(&f->folder);
    temporary_folder_create(&f->folder);
    struct database_options ours = f->options;
    f->options.tables = newer;
    f->options.format = 2;
    assert_non_null(reopened(f));
    f->options = ours;

    assert_refused_untouched(f);

    assert_non_null(strstr(f->err.text, "更新版本的程序"));
}

static const char *const more[] = { "letters", "numbers", "added later" };

static void a_store_from_before_a_table_was_added_gets_it(void **state)
{
    struct fixture *f = *state;
    assert_true(keep(f, "a", "alpha"));
    f->options.tables = more;
    f->options.table_count = COUNT_OF(more);

    assert_non_null(reopened(f));

    assert_holds(f, "a", "alpha");
}

static bool never(struct bytes key, struct bytes value, void *owner)
{
    (void)key;
    (void)value;
    (void)owner;
    fail();
    return false;
}

static void a_copy_from_before_a_table_was_added_has_nothing_in_it(void **state)
{
    struct fixture *f = *state;
    struct bytes all = { NULL, 0 }, key, value;
    assert_true(keep(f, "a", "alpha"));
    f->options.tables = more;
    f->options.table_count = COUNT_OF(more);
    f->options.read_only = f->options.alone = true;

    assert_non_null(reopened(f));

    struct table added = database_table(f->database, "added later");
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(f->database);
    assert_false(transaction_get(txn, added, bytes_of_text("a"), &value));
    assert_false(transaction_last(txn, added, &key, &value));
    assert_int_equal(transaction_count(txn, added), 0);
    transaction_each(txn, added, all, all, never, NULL);
    assert_true(transaction_check(txn, &f->err));
    assert_holds(f, "a", "alpha");
}

static void reading_where_nothing_is_creates_nothing(void **state)
{
    struct fixture *f = *state;
    char path[600];
    snprintf(path, sizeof path, "%s/none", f->folder.path);
    f->options.read_only = true;

    struct database *database = database_open(path, &f->options, &f->err);

    assert_null(database);
    assert_int_equal(f->err.kind, ERROR_UNAVAILABLE);
    assert_false(file_exists(path));
}

/* The file as it is, with one bit turned, opened and read: what was kept, or a failure. */
static void assert_never_a_wrong_value(struct fixture *f, const char *path, struct bytes whole,
                                       size_t bit)
{
    unsigned char *copy = malloc(whole.size);
    memcpy(copy, whole.data, whole.size);
    copy[bit / 8] ^= (unsigned char)(1u << bit % 8);
    assert_true(file_replace(path, (struct bytes){ copy, whole.size }, 0600, &f->err));
    free(copy);

    if (reopened(f)) {
        char text[64];
        bool readable;
        look(f, "key", text, &readable);
        if (readable)
            assert_string_equal(text, "the value that was kept");
    }
    database_close(&f->database);
}

static void a_flipped_bit_in_a_record_never_gives_a_wrong_value(void **state)
{
    struct fixture *f = *state;
    char path[600];
    struct bytes whole;
    struct arena *arena = arena_create();
    assert_true(keep(f, "key", "the value that was kept"));
    database_close(&f->database);
    snprintf(path, sizeof path, "%s/data.mdb", f->folder.path);
    assert_true(file_read(path, 1u << 20, arena, &whole, &f->err));
    const char *place = memmem(whole.data, whole.size, "the value that was kept", 23);
    assert_non_null(place);

    /* 17 bytes of header and 3 of key stand in front of the value. */
    size_t first = (size_t)(place - (const char *)whole.data) - 20;
    for (size_t bit = first * 8; bit < (first + 43) * 8; bit++)
        assert_never_a_wrong_value(f, path, whole, bit);
    arena_destroy(&arena);
}

static void a_truncated_store_is_refused_and_not_read(void **state)
{
    struct fixture *f = *state;
    char path[600];
    struct bytes whole;
    struct arena *arena = arena_create();
    assert_true(keep(f, "key", "value"));
    database_close(&f->database);
    snprintf(path, sizeof path, "%s/data.mdb", f->folder.path);
    assert_true(file_read(path, 1u << 20, arena, &whole, &f->err));

    for (size_t size = 1; size < whole.size; size += 1000) {
        assert_true(file_replace(path, (struct bytes){ whole.data, size }, 0600, &f->err));
        assert_null(reopened(f));
        assert_int_equal(f->err.kind, ERROR_CORRUPT);
    }
    arena_destroy(&arena);
}

/* What an interrupted creation left beside is not looked at. */
static void a_store_half_made_is_made_anew(void **state)
{
    struct fixture *f = *state;
    char folder[600], part[700], path[800];
    snprintf(folder, sizeof folder, "%s/new", f->folder.path);
    snprintf(part, sizeof part, "%s.part", folder);
    snprintf(path, sizeof path, "%s/data.mdb", part);
    assert_true(folder_create(part, &f->err));
    assert_true(file_replace(path, bytes_of_text("half a page"), 0600, &f->err));
    struct database_options options = {
        .tables = tables, .table_count = COUNT_OF(tables), .format = 1, .any_file_system = true
    };

    CLEANUP(database_close) struct database *made = database_open(folder, &options, &f->err);

    assert_non_null(made);
    assert_false(file_exists(part));
}

static void keys_sort_as_their_parts_do(void **state)
{
    (void)state;
    struct key low = { .size = 0 }, high = { .size = 0 };

    key_add_text(&low, "zone", 8);
    key_add_u64(&low, 255);
    key_add_text(&high, "zone", 8);
    key_add_u64(&high, 256);

    assert_int_equal(low.size, high.size);
    assert_true(memcmp(low.bytes, high.bytes, low.size) < 0);
}

#define WITH_STORE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(what_is_committed_survives_a_restart),
        WITH_STORE(what_is_aborted_was_never_there),
        WITH_STORE(another_process_reads_and_writes_the_same_store),
        WITH_STORE(a_full_store_is_told_and_loses_nothing),
        WITH_STORE(the_first_failure_is_remembered_until_the_commit),
        WITH_STORE(appending_out_of_order_fails),
        WITH_STORE(entries_are_visited_in_key_order_within_prefix_and_start),
        WITH_STORE(a_store_of_an_older_format_is_refused_and_left_as_it_is),
        WITH_STORE(a_store_of_a_newer_format_is_refused_and_left_as_it_is),
        WITH_STORE(a_store_from_before_a_table_was_added_gets_it),
        WITH_STORE(a_copy_from_before_a_table_was_added_has_nothing_in_it),
        WITH_STORE(reading_where_nothing_is_creates_nothing),
        WITH_STORE(a_flipped_bit_in_a_record_never_gives_a_wrong_value),
        WITH_STORE(a_truncated_store_is_refused_and_not_read),
        WITH_STORE(a_store_half_made_is_made_anew),
        cmocka_unit_test(keys_sort_as_their_parts_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

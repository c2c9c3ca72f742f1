#include "tests/support/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/storage/database.h"
#include "common/storage/file.h"
#include "common/storage/key.h"
#include "common/storage/transaction.h"
#include "tests/support/temporary_folder.h"

#define ROUNDS 400
#define VALUE_SIZE_MAX 20000
#define LONG_VALUE_SIZE 200000
#define LOOKS 300
#define COMMITS 5 /* every state of the two lowest bits */
#define PAGE_SIZE 4096
#define TRANSACTION_AT 144 /* in a meta page */

static const char *const tables[] = { "letters", "numbers", "empty" };

struct fixture {
    struct temporary_folder folder;
    struct database_options options;
    struct database *database;
    struct seeded_random random;
    unsigned char value[LONG_VALUE_SIZE];
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
    f->random = seeded_random_of(9);
    f->options = (struct database_options){ .map_size_bytes = 1u << 28,
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

static uint64_t below(struct fixture *f, uint64_t limit)
{
    return random_below(&f->random.random, limit);
}

/* A put, a replacement by something longer or shorter, or a deletion. */
static void do_something(struct fixture *f, struct transaction *txn)
{
    struct table table = database_table(f->database, tables[below(f, 2)]);
    struct key key = { 0 };
    size_t size = (size_t)(below(f, 8) == 0 ? below(f, VALUE_SIZE_MAX) : below(f, 300));
    key_add_u64(&key, below(f, 3000));
    if (below(f, 3) == 0)
        key_add_text(&key, "more", 4 + (size_t)below(f, 40));
    if (below(f, 3) == 0)
        transaction_delete(txn, table, key_bytes(&key));
    else
        transaction_put(txn, table, key_bytes(&key), (struct bytes){ f->value, size });
}

static void do_many(struct fixture *f, size_t count, bool keep)
{
    CLEANUP(transaction_abort) struct transaction *txn = transaction_write(f->database);
    while (count-- > 0)
        do_something(f, txn);
    if (keep)
        assert_true(transaction_commit(&txn, &f->err));
}

/* Deletions leave pages free, old readers keep them, long values come and go. */
static void no_sound_store_is_ever_refused(void **state)
{
    struct fixture *f = *state;
    struct transaction *reader = NULL;
    for (size_t round = 0; round < ROUNDS; round++) {
        do_many(f, (size_t)below(f, round % 10 == 0 ? 400 : 20), below(f, 10) != 0);
        if (below(f, 10) == 0) {
            transaction_abort(&reader);
            reader = transaction_read(f->database);
        }
        if (round % 4 != 0)
            continue;
        transaction_abort(&reader);
        if (!reopened(f))
            fail_msg("round %zu: %s", round, f->err.text);
    }
    transaction_abort(&reader);
}

#define META_PAGE_SIZE 4096
#define META_AGE_AT 136 /* last page and transaction */
#define META_AGE_SIZE 16

/* As LMDB does when it cannot write the meta page of a commit. */
static void leave_a_commit_half_way(struct fixture *f)
{
    unsigned char ages[2][META_AGE_SIZE], after[2][META_AGE_SIZE];
    char path[600];
    snprintf(path, sizeof path, "%s/data.mdb", f->folder.path);
    int file = open(path, O_RDWR);
    assert_true(file >= 0);
    for (off_t i = 0; i < 2; i++)
        assert_int_equal(pread(file, ages[i], META_AGE_SIZE, i * META_PAGE_SIZE + META_AGE_AT),
                         META_AGE_SIZE);
    do_many(f, 20, true);
    for (off_t i = 0; i < 2; i++) {
        off_t at = i * META_PAGE_SIZE + META_AGE_AT;
        assert_int_equal(pread(file, after[i], META_AGE_SIZE, at), META_AGE_SIZE);
        if (memcmp(after[i], ages[i], META_AGE_SIZE) != 0)
            assert_int_equal(pwrite(file, ages[i], META_AGE_SIZE, at), META_AGE_SIZE);
    }
    assert_int_equal(close(file), 0);
    database_close(&f->database);
}

static void what_a_failed_commit_left_behind_is_damage_unless_it_was_noted(void **state)
{
    struct fixture *f = *state;
    char note[600];
    for (int i = 0; i < 5; i++)
        do_many(f, 20, true);
    leave_a_commit_half_way(f);
    snprintf(note, sizeof note, "%s/interrupted", f->folder.path);

    assert_null(reopened(f));
    assert_int_equal(f->err.kind, ERROR_CORRUPT);
    assert_true(file_create(note, bytes_of_text(""), 0600, &f->err));
    assert_non_null(reopened(f));

    assert_false(file_exists(note));
    do_many(f, 20, true);
    assert_non_null(reopened(f));
}

/* Whether LMDB writes such pages is its own affair: nobody reads them. */
static void a_page_that_was_freed_before_it_was_written_is_no_damage(void **state)
{
    struct fixture *f = *state;
    struct table letters = database_table(f->database, "letters");
    struct bytes key = bytes_of_text("long"), other = bytes_of_text("short");
    struct transaction *txn = transaction_write(f->database);
    transaction_put(txn, letters, other, (struct bytes){ f->value, 10 });
    transaction_put(txn, letters, key, (struct bytes){ f->value, LONG_VALUE_SIZE });
    transaction_delete(txn, letters, key);
    assert_true(transaction_commit(&txn, &f->err));

    if (!reopened(f))
        fail_msg("%s", f->err.text);
}

/* Opens a copy of the file with one bit of a meta page's transaction number turned. Either that is
 * noticed, or the last commit is still there. */
static void assert_no_older_state(struct fixture *f, const char *path, struct bytes whole,
                                  size_t bit, unsigned char expected)
{
    struct table letters;
    struct bytes value = { NULL, 0 };
    unsigned char *bytes = malloc(whole.size);
    memcpy(bytes, whole.data, whole.size);
    bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    assert_true(file_replace(path, (struct bytes){ bytes, whole.size }, 0600, &f->err));
    free(bytes);
    if (!reopened(f)) {
        assert_int_equal(f->err.kind, ERROR_CORRUPT);
        return;
    }
    letters = database_table(f->database, "letters");
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(f->database);
    assert_true(transaction_get(txn, letters, bytes_of_text("commit"), &value));
    assert_memory_equal(value.data, &expected, 1);
    transaction_abort(&txn);
    database_close(&f->database);
}

static void a_meta_page_of_another_age_does_not_hide_a_commit(void **state)
{
    struct fixture *f = *state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    const char *path = arena_format(arena, "%s/data.mdb", f->folder.path);
    for (unsigned char commit = 1; commit <= COMMITS; commit++) {
        struct bytes whole;
        struct transaction *txn = transaction_write(f->database);
        transaction_put(txn, database_table(f->database, "letters"), bytes_of_text("commit"),
                        BYTES_OF(commit));
        assert_true(transaction_commit(&txn, &f->err));
        database_close(&f->database);
        assert_true(file_read(path, 1u << 20, arena, &whole, &f->err));
        for (size_t meta = 0; meta < 2; meta++)
            for (size_t bit = 0; bit < 64; bit++)
                assert_no_older_state(f, path, whole, (meta * PAGE_SIZE + TRANSACTION_AT) * 8 + bit,
                                      commit);
        assert_true(file_replace(path, whole, 0600, &f->err));
        assert_non_null(reopened(f));
    }
}

static void emptied_tables_are_sound(void **state)
{
    struct fixture *f = *state;
    for (uint64_t round = 0; round < 3; round++) {
        for (uint64_t number = 0; number < 2000; number += 500) {
            CLEANUP(transaction_abort) struct transaction *txn = transaction_write(f->database);
            for (uint64_t i = number; i < number + 500; i++) {
                struct key key = { 0 };
                key_add_u64(&key, i);
                if (round % 2 == 0)
                    transaction_append(txn, database_table(f->database, "numbers"), key_bytes(&key),
                                       (struct bytes){ f->value, 100 });
                else
                    transaction_delete(txn, database_table(f->database, "numbers"),
                                       key_bytes(&key));
            }
            assert_true(transaction_commit(&txn, &f->err));
        }
        if (!reopened(f))
            fail_msg("round %d: %s", (int)round, f->err.text);
    }
}

/* Opens while another process commits as fast as it can. */
static void a_writer_at_work_is_no_damage(void **state)
{
    struct fixture *f = *state;
    database_close(&f->database);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        f->random = seeded_random_of(10);
        if (!reopened(f))
            _exit(1);
        for (;;)
            do_many(f, 30, true);
    }
    f->options.read_only = true;
    bool sound = true;
    for (size_t i = 0; sound && i < LOOKS; i++) {
        sound = reopened(f) != NULL || f->err.kind == ERROR_UNAVAILABLE;
        f->options.read_only = i % 2 == 0;
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    if (!sound)
        fail_msg("%s", f->err.text);
}

#define PAGES_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAGES_TEST(no_sound_store_is_ever_refused),
        PAGES_TEST(what_a_failed_commit_left_behind_is_damage_unless_it_was_noted),
        PAGES_TEST(a_page_that_was_freed_before_it_was_written_is_no_damage),
        PAGES_TEST(a_meta_page_of_another_age_does_not_hide_a_commit),
        PAGES_TEST(emptied_tables_are_sound),
        PAGES_TEST(a_writer_at_work_is_no_damage),
    };
    return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}

#include "tests/support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/storage/file.h"
#include "tests/support/temporary_folder.h"

struct fixture {
    struct temporary_folder folder;
    struct arena *arena;
    char path[600];
    struct error err;
};

static struct fixture fixture_open(void)
{
    struct fixture f = { .arena = arena_create() };
    temporary_folder_create(&f.folder);
    snprintf(f.path, sizeof f.path, "%s/some/file", f.folder.path);
    return f;
}

static void fixture_close(struct fixture *f)
{
    temporary_folder_remove(&f->folder);
    arena_destroy(&f->arena);
}

static bool folder_of_file_is_created(struct fixture *f)
{
    char folder[600];
    snprintf(folder, sizeof folder, "%s/some", f->folder.path);
    return folder_create(folder, &f->err);
}

static void a_replaced_file_holds_the_new_content_under_the_mode_asked_for(void **state)
{
    (void)state;
    CLEANUP(fixture_close) struct fixture f = fixture_open();
    struct bytes content;
    struct stat status;
    assert_true(folder_of_file_is_created(&f));

    assert_true(file_replace(f.path, bytes_of_text("old"), 0644, &f.err));
    assert_true(file_replace(f.path, bytes_of_text("new"), 0600, &f.err));

    assert_true(file_read(f.path, 100, f.arena, &content, &f.err));
    assert_true(bytes_equal(content, bytes_of_text("new")));
    assert_int_equal(stat(f.path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

/* As a power cut may leave it: the last step of creating, taking the first name away, is missing.
 */
static void a_second_name_left_behind_is_not_written_through(void **state)
{
    (void)state;
    CLEANUP(fixture_close) struct fixture f = fixture_open();
    char part[700], kept[4] = "";
    assert_true(folder_of_file_is_created(&f));
    assert_true(file_create(f.path, bytes_of_text("old"), 0600, &f.err));
    snprintf(part, sizeof part, "%s.part", f.path);
    assert_int_equal(link(f.path, part), 0);
    int file = open(f.path, O_RDONLY);
    assert_true(file >= 0);

    assert_true(file_replace(f.path, bytes_of_text("new"), 0600, &f.err));

    assert_int_equal(read(file, kept, 3), 3);
    assert_string_equal(kept, "old");
    assert_int_equal(close(file), 0);
}

static void creating_never_replaces(void **state)
{
    (void)state;
    CLEANUP(fixture_close) struct fixture f = fixture_open();
    struct bytes content;
    assert_true(folder_of_file_is_created(&f));
    assert_true(file_create(f.path, bytes_of_text("first"), 0600, &f.err));

    assert_false(file_create(f.path, bytes_of_text("second"), 0600, &f.err));

    assert_int_equal(f.err.kind, ERROR_CONFLICT);
    assert_true(file_read(f.path, 100, f.arena, &content, &f.err));
    assert_true(bytes_equal(content, bytes_of_text("first")));
}

static void a_file_beyond_the_limit_is_not_read(void **state)
{
    (void)state;
    CLEANUP(fixture_close) struct fixture f = fixture_open();
    struct bytes content;
    assert_true(folder_of_file_is_created(&f));
    assert_true(file_replace(f.path, bytes_of_text("12345"), 0600, &f.err));

    assert_true(file_read(f.path, 5, f.arena, &content, &f.err));
    assert_false(file_read(f.path, 4, f.arena, &content, &f.err));

    assert_int_equal(f.err.kind, ERROR_EXHAUSTED);
}

static void what_is_not_there_is_unavailable_and_a_folder_is_no_file(void **state)
{
    (void)state;
    CLEANUP(fixture_close) struct fixture f = fixture_open();
    struct bytes content;

    assert_false(file_read(f.path, 100, f.arena, &content, &f.err));
    assert_int_equal(f.err.kind, ERROR_UNAVAILABLE);
    assert_false(file_read(f.folder.path, 100, f.arena, &content, &f.err));
    assert_int_equal(f.err.kind, ERROR_MALFORMED);
}

static void writing_into_a_folder_that_is_not_there_leaves_nothing(void **state)
{
    (void)state;
    CLEANUP(fixture_close) struct fixture f = fixture_open();

    assert_false(file_replace(f.path, bytes_of_text("x"), 0600, &f.err));

    assert_int_equal(f.err.kind, ERROR_SYSTEM);
    assert_false(file_exists(f.path));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_replaced_file_holds_the_new_content_under_the_mode_asked_for),
        cmocka_unit_test(a_second_name_left_behind_is_not_written_through),
        cmocka_unit_test(creating_never_replaces),
        cmocka_unit_test(a_file_beyond_the_limit_is_not_read),
        cmocka_unit_test(what_is_not_there_is_unavailable_and_a_folder_is_no_file),
        cmocka_unit_test(writing_into_a_folder_that_is_not_there_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#define _GNU_SOURCE /* syncfs */
#include "tests/support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/storage/file.h"
#include "common/storage/incoming.h"
#include "common/storage/outgoing.h"
#include "tests/support/temporary_folder.h"

/* The medium under test: what a worn-out stick does once it was told to keep what it has. */
static struct {
    const char *path; /* NULL: a good one */
    enum stick_fault { STICK_FLIPS, STICK_CUTS, STICK_ADDS } fault;
} stick;

/* Takes the place of the system's: the last thing before the file is read back. */
int syncfs(int file)
{
    (void)file;
    FILE *opened = stick.path ? fopen(stick.path, "r+b") : NULL;
    if (!opened)
        return 0;
    fseek(opened, stick.fault == STICK_ADDS ? 0 : 3,
          stick.fault == STICK_ADDS ? SEEK_END : SEEK_SET);
    if (stick.fault != STICK_CUTS)
        fputc('#', opened);
    fclose(opened);
    return stick.fault == STICK_CUTS ? truncate(stick.path, 3) : 0;
}

struct fixture {
    struct temporary_folder folder;
    struct arena *arena;
    char path[600], part[620];
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    temporary_folder_create(&f->folder);
    f->arena = arena_create();
    snprintf(f->path, sizeof f->path, "%s/22102001.SUB", f->folder.path);
    snprintf(f->part, sizeof f->part, "%s.part", f->path);
    stick.path = NULL;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    temporary_folder_remove(&f->folder);
    arena_destroy(&f->arena);
    test_free(f);
    return 0;
}

static struct outgoing *write_text(struct fixture *f, const char *text)
{
    struct outgoing *outgoing = outgoing_create(f->path, NULL, &f->err);
    assert_non_null(outgoing);
    struct byte_sink *sink = outgoing_sink(outgoing);
    for (const char *at = text; *at; at++)
        assert_true(sink->write(sink, (struct bytes){ at, 1 }, &f->err));
    return outgoing;
}

static void assert_content(struct fixture *f, const char *text)
{
    struct bytes content;
    assert_true(file_read(f->path, 1000, f->arena, &content, &f->err));
    assert_true(bytes_equal(content, bytes_of_text(text)));
}

static void what_was_published_is_there_and_nothing_else(void **state)
{
    struct fixture *f = *state;
    CLEANUP(outgoing_close) struct outgoing *outgoing = write_text(f, "what was written");
    assert_false(file_exists(f->path));

    assert_true(outgoing_publish(outgoing, &f->err));

    assert_content(f, "what was written");
    assert_false(file_exists(f->part));
}

static void an_older_file_is_replaced(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 2; i++) {
        CLEANUP(outgoing_close)
        struct outgoing *outgoing = write_text(f, i == 0 ? "the older one" : "newer");
        assert_true(outgoing_publish(outgoing, &f->err));
    }

    assert_content(f, "newer");
}

static void what_was_not_published_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct outgoing *outgoing = write_text(f, "half of it");

    outgoing_close(&outgoing);

    assert_false(file_exists(f->path));
    assert_false(file_exists(f->part));
}

static void a_stick_that_gives_back_something_else_is_noticed(void **state)
{
    struct fixture *f = *state;
    for (enum stick_fault fault = STICK_FLIPS; fault <= STICK_ADDS; fault++) {
        CLEANUP(outgoing_close) struct outgoing *outgoing = write_text(f, "what was written");
        stick.path = f->path;
        stick.fault = fault;

        assert_false(outgoing_publish(outgoing, &f->err));

        assert_int_equal(f->err.kind, ERROR_CORRUPT);
        assert_false(file_exists(f->path));
    }
}

static void a_folder_that_is_not_there_is_named(void **state)
{
    struct fixture *f = *state;
    char path[620];
    snprintf(path, sizeof path, "%s/nowhere/22102001.SUB", f->folder.path);

    assert_null(outgoing_create(path, NULL, &f->err));

    assert_non_null(strstr(f->err.text, "nowhere"));
}

static void what_is_no_file_is_not_read(void **state)
{
    struct fixture *f = *state;
    assert_null(incoming_open(f->path, NULL, &f->err));
    assert_int_equal(f->err.kind, ERROR_UNAVAILABLE);
    assert_null(incoming_open(f->folder.path, NULL, &f->err));
    assert_int_equal(f->err.kind, ERROR_MALFORMED);
}

static void a_file_that_became_shorter_is_told_so(void **state)
{
    struct fixture *f = *state;
    char target[16];
    CLEANUP(outgoing_close) struct outgoing *outgoing = write_text(f, "what was written");
    assert_true(outgoing_publish(outgoing, &f->err));
    CLEANUP(incoming_close) struct incoming *incoming = incoming_open(f->path, NULL, &f->err);
    assert_non_null(incoming);
    struct byte_source *source = incoming_source(incoming);
    assert_int_equal(source->size, 16);
    assert_int_equal(truncate(f->path, 4), 0);

    assert_false(source->read(source, 0, target, sizeof target, &f->err));

    assert_int_equal(f->err.kind, ERROR_CONFLICT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_published_is_there_and_nothing_else),
        TEST(an_older_file_is_replaced),
        TEST(what_was_not_published_leaves_nothing),
        TEST(a_stick_that_gives_back_something_else_is_noticed),
        TEST(a_folder_that_is_not_there_is_named),
        TEST(what_is_no_file_is_not_read),
        TEST(a_file_that_became_shorter_is_told_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

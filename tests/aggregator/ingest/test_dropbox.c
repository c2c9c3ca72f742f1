#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "aggregator/ingest/dropbox.h"
#include "common/storage/arrivals.h"
#include "common/storage/file.h"
#include "tests/aggregator/stick.h"

struct fixture {
    struct workbench *bench;
    struct stick stick;
    struct dropbox *dropbox;
    char folder[TEMPORARY_PATH_SIZE];
    unsigned taken, refused, stuck;
    char reason[1024];
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    void *bench;
    workbench_set_up(&bench);
    f->bench = bench;
    f->stick = stick_of(f->bench);
    temporary_path(&f->bench->folder, "dropbox", f->folder);
    temporary_path(&f->bench->folder, "dropbox/22102001.SUB", f->stick.path);
    f->dropbox = dropbox_open(f->bench->province, NULL, f->folder, &f->bench->err);
    assert_non_null(f->dropbox);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    void *bench = f->bench;
    dropbox_close(&f->dropbox);
    workbench_tear_down(&bench);
    test_free(f);
    return 0;
}

static void note(const struct dropbox_event *event, void *owner)
{
    struct fixture *f = owner;
    *(event->kind == DROPBOX_TAKEN     ? &f->taken
      : event->kind == DROPBOX_REFUSED ? &f->refused
                                       : &f->stuck) += 1;
    snprintf(f->reason, sizeof f->reason, "%s", event->reason ? event->reason : "");
}

static void poll_after(struct fixture *f, int64_t ms)
{
    f->bench->clock.monotonic_ms += ms;
    f->bench->clock.utc_ms += ms;
    assert_true(dropbox_poll(f->dropbox, note, f, &f->bench->err));
}

static size_t files_in(struct fixture *f, const char *folder)
{
    char path[TEMPORARY_PATH_SIZE + 32];
    const struct arrived_file *files;
    size_t count;
    snprintf(path, sizeof path, "%s/%s", f->folder, folder);
    assert_true(arrivals_list(path, f->bench->arena, &files, &count, &f->bench->err));
    return count;
}

static void write_one(struct fixture *f)
{
    struct sealed_statement sealed = workbench_seal_note(f->bench, "one");
    f->stick.waiting = 1;
    stick_write(&f->stick, &sealed, 1);
}

static void a_file_is_taken_once_it_lies_still_and_answered(void **state)
{
    struct fixture *f = *state;
    char answer[TEMPORARY_PATH_SIZE];
    write_one(f);
    poll_after(f, 0);
    poll_after(f, DROPBOX_SETTLE_MS - 1);
    assert_int_equal(f->taken, 0);

    poll_after(f, 1);

    assert_int_equal(f->taken, 1);
    assert_int_equal(files_in(f, ""), 0);
    assert_int_equal(files_in(f, "done"), 1);
    temporary_path(&f->bench->folder, "dropbox/answers/22102001.ACK", answer);
    struct carried_content content = carried_read(answer, &f->bench->pair, f->bench->arena);
    assert_int_equal(stick_message(&f->stick, &content, MESSAGE_RECEIPTS).receipt_count, 1);
}

static void a_file_that_still_grows_is_left_alone(void **state)
{
    struct fixture *f = *state;
    struct bytes whole;
    write_one(f);
    assert_true(file_read(f->stick.path, 10000, f->bench->arena, &whole, &f->bench->err));
    for (size_t size = 100; size < whole.size; size += 100) {
        carried_cut(f->stick.path, 0);
        assert_true(
            file_replace(f->stick.path, (struct bytes){ whole.data, size }, 0644, &f->bench->err));
        poll_after(f, DROPBOX_SETTLE_MS);
        poll_after(f, DROPBOX_SETTLE_MS);
    }
    assert_int_equal(f->taken + f->refused + f->stuck, 0);
    assert_true(file_replace(f->stick.path, whole, 0644, &f->bench->err));
    poll_after(f, 0);

    poll_after(f, DROPBOX_SETTLE_MS);

    assert_int_equal(f->taken, 1);
}

static void a_file_that_stays_cut_off_is_refused_with_the_reason_beside_it(void **state)
{
    struct fixture *f = *state;
    write_one(f);
    carried_cut(f->stick.path, 400);
    poll_after(f, 0);
    poll_after(f, DROPBOX_SETTLE_MS);
    assert_int_equal(f->refused, 0);

    poll_after(f, DROPBOX_PATIENCE_MS);

    assert_int_equal(f->refused, 1);
    assert_non_null(strstr(f->reason, "%"));
    assert_int_equal(files_in(f, ""), 0);
    assert_int_equal(files_in(f, "refused"), 2);
    assert_int_equal(files_in(f, "answers"), 0);
}

static void what_is_meant_for_others_is_refused_at_once(void **state)
{
    struct fixture *f = *state;
    struct sealed_statement sealed = workbench_seal_note(f->bench, "one");
    struct carried carried = stick_carries(&f->stick, &sealed, 1);
    carried.province = "hebei";
    carried_write(&carried, f->stick.path);
    poll_after(f, 0);

    poll_after(f, DROPBOX_SETTLE_MS);

    assert_int_equal(f->refused, 1);
    assert_int_equal(files_in(f, "refused"), 2);
}

static void a_device_that_was_shut_out_gets_its_answer(void **state)
{
    struct fixture *f = *state;
    write_one(f);
    workbench_revoke(f->bench);
    poll_after(f, 0);

    poll_after(f, DROPBOX_SETTLE_MS);

    assert_int_equal(f->refused, 1);
    assert_int_equal(files_in(f, "answers"), 1);
}

static void parts_of_files_and_hidden_ones_are_no_concern(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = { "22102001.SUB.part", ".22102001.SUB" };
    char path[TEMPORARY_PATH_SIZE];
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        snprintf(path, sizeof path, "%.400s/%s", f->folder, names[i]);
        assert_true(file_replace(path, bytes_of_text("x"), 0644, &f->bench->err));
    }

    poll_after(f, 0);
    poll_after(f, DROPBOX_PATIENCE_MS);

    assert_int_equal(f->taken + f->refused + f->stuck, 0);
}

/* Put there again, by somebody who was not sure. */
static void the_same_file_again_is_answered_again(void **state)
{
    struct fixture *f = *state;
    struct bytes whole;
    write_one(f);
    assert_true(file_read(f->stick.path, 10000, f->bench->arena, &whole, &f->bench->err));
    for (int i = 0; i < 2; i++) {
        assert_true(file_replace(f->stick.path, whole, 0644, &f->bench->err));
        poll_after(f, 1);
        poll_after(f, DROPBOX_SETTLE_MS);
    }
    assert_int_equal(f->taken, 2);
    assert_int_equal(files_in(f, "done"), 2);
    assert_int_equal(files_in(f, "answers"), 1);
}

/* Without an answer it is not done: it stays, and is tried again. */
static void a_file_that_cannot_be_answered_stays(void **state)
{
    struct fixture *f = *state;
    char answers[TEMPORARY_PATH_SIZE], aside[TEMPORARY_PATH_SIZE];
    temporary_path(&f->bench->folder, "dropbox/answers", answers);
    temporary_path(&f->bench->folder, "aside", aside);
    assert_int_equal(rename(answers, aside), 0);
    write_one(f);
    poll_after(f, 0);
    poll_after(f, DROPBOX_SETTLE_MS);
    assert_int_equal(f->stuck, 1);
    assert_int_equal(files_in(f, ""), 1);
    assert_int_equal(rename(aside, answers), 0);

    poll_after(f, DROPBOX_PATIENCE_MS);

    assert_int_equal(f->taken, 1);
    assert_int_equal(files_in(f, ""), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_taken_once_it_lies_still_and_answered),
        TEST(a_file_that_still_grows_is_left_alone),
        TEST(a_file_that_stays_cut_off_is_refused_with_the_reason_beside_it),
        TEST(what_is_meant_for_others_is_refused_at_once),
        TEST(a_device_that_was_shut_out_gets_its_answer),
        TEST(parts_of_files_and_hidden_ones_are_no_concern),
        TEST(the_same_file_again_is_answered_again),
        TEST(a_file_that_cannot_be_answered_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

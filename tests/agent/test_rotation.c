#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "agent/doctor.h"
#include "agent/receipts.h"
#include "agent/rotation.h"
#include "agent/statements.h"
#include "agent/sync.h"
#include "common/base/arena.h"
#include "common/storage/file.h"
#include "common/storage/transaction.h"
#include "common/wire/rotation.h"
#include "common/wire/statement.h"
#include "tests/support/little_province.h"
#include "tests/support/zone_office.h"

#define SECRET_MODE 0600

struct fixture {
    struct zone_office *office;
    struct little_province *province;
    struct public_keys old; /* before the first change */
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    f->office = zone_office_open();
    f->province = little_province_create(f->office);
    f->old = f->office->agent->pair.public;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    little_province_destroy(&f->province);
    zone_office_close(&f->office);
    test_free(f);
    return 0;
}

static bool synchronise(struct fixture *f)
{
    struct sync_options options = { .timeout_ms = 60000 };
    struct sync_report report;
    return sync_run(f->office->agent, &f->province->channel, &options, &report, &f->err);
}

static struct rotation_result rotate(struct fixture *f)
{
    struct rotation_result result;
    if (!rotation_begin(f->office->agent, &result, &f->err))
        fail_msg("%s", f->err.text);
    return result;
}

static const char *path_of(struct fixture *f, const char *name)
{
    return arena_format(f->office->arena, "%s/%s", f->office->folder.path, name);
}

static struct bytes read_file(struct fixture *f, const char *name)
{
    struct bytes content;
    assert_true(file_read(path_of(f, name), KEY_FILE_SIZE, f->office->arena, &content, &f->err));
    return content;
}

static void write_file(struct fixture *f, const char *name, struct bytes content)
{
    assert_true(file_replace(path_of(f, name), content, SECRET_MODE, &f->err));
}

static bool uses_old_keys(struct fixture *f)
{
    return bytes_equal(BYTES_OF(f->old), BYTES_OF(f->office->agent->pair.public));
}

static bool has_spare(struct fixture *f)
{
    return file_exists(path_of(f, ROTATION_KEYS_FILE));
}

static void assert_healthy(struct fixture *f)
{
    struct doctor_report report;
    doctor_examine(f->office->agent, NULL, f->office->arena, &report);
    if (report.problem_count > 0)
        fail_msg("%s", report.problems[0]);
}

static void the_new_keys_are_in_use_from_the_receipt_on(void **state)
{
    struct fixture *f = *state;
    zone_office_seal(f->office, monthly_return(2), 0);
    assert_int_equal(rotate(f).sequence, 2);
    assert_true(uses_old_keys(f));
    zone_office_reopen(f->office);
    assert_true(uses_old_keys(f));

    assert_true(synchronise(f));

    assert_false(uses_old_keys(f));
    assert_false(has_spare(f));
    struct public_keys now = f->office->agent->pair.public;
    zone_office_reopen(f->office);
    assert_memory_equal(&f->office->agent->pair.public, &now, sizeof now);
    zone_office_seal(f->office, monthly_return(3), 0);
    assert_true(synchronise(f));
    assert_healthy(f);
}

static void the_change_is_signed_by_both(void **state)
{
    struct fixture *f = *state;
    struct sealed_statement sealed;
    struct statement statement;
    rotate(f);
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(f->office->agent->store.database);

    assert_true(statements_get(&f->office->agent->store, txn, 1, &sealed, &f->err));
    assert_true(
        statements_read(&f->office->agent->store, txn, 1, f->office->arena, &statement, &f->err));

    assert_true(sealed_statement_is_signed_by(&sealed, f->old.signing));
    assert_true(rotation_is_signed(&statement));
}

static void nothing_is_sealed_behind_a_change_without_a_receipt(void **state)
{
    struct fixture *f = *state;
    struct sealing sealing;
    struct rotation_result result;
    zone_office_fill(f->office, monthly_return(2), 0);
    zone_office_check(f->office, monthly_return(2));
    zone_office_sign(f->office, monthly_return(2));
    rotate(f);

    assert_false(
        sealing_seal(f->office->agent, monthly_return(2), f->office->arena, &sealing, &f->err));
    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_false(rotation_begin(f->office->agent, &result, &f->err));
    assert_int_equal(f->err.kind, ERROR_REFUSED);

    assert_true(synchronise(f));
    assert_true(
        sealing_seal(f->office->agent, monthly_return(2), f->office->arena, &sealing, &f->err));
    assert_healthy(f);
}

static void a_lost_receipt_leaves_the_old_keys_in_use(void **state)
{
    struct fixture *f = *state;
    rotate(f);
    f->province->lose_replies = 1000;
    assert_false(synchronise(f));
    zone_office_reopen(f->office);
    assert_true(uses_old_keys(f));
    f->province->lose_replies = 0;

    assert_true(synchronise(f));

    assert_false(uses_old_keys(f));
    assert_int_equal(f->province->size, 1);
}

/* keys.next was written, and the machine stopped. */
static void a_crash_before_sealing_leaves_a_pair_that_the_next_call_uses(void **state)
{
    struct fixture *f = *state;
    struct key_pair left = key_pair_create(&f->office->random.random);
    unsigned char bytes[KEY_FILE_SIZE];
    key_pair_encode(&left, bytes);
    write_file(f, ROTATION_KEYS_FILE, BYTES_OF(bytes));
    zone_office_reopen(f->office);
    assert_true(uses_old_keys(f));

    rotate(f);
    assert_true(synchronise(f));

    assert_memory_equal(&f->office->agent->pair.public, &left.public, sizeof left.public);
}

/* The receipt is stored, and the machine stopped before, between and after the two renames. */
static void a_crash_while_the_keys_change_place_loses_none(void **state)
{
    struct fixture *f = *state;
    struct bytes old = read_file(f, AGENT_KEYS_FILE);
    rotate(f);
    struct bytes next = read_file(f, ROTATION_KEYS_FILE);
    assert_true(synchronise(f));
    struct public_keys now = f->office->agent->pair.public;
    struct bytes keys[] = { old, next }; /* and the spare one is there in both */

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        write_file(f, AGENT_KEYS_FILE, keys[i]);
        write_file(f, ROTATION_KEYS_FILE, next);
        zone_office_reopen(f->office);

        assert_memory_equal(&f->office->agent->pair.public, &now, sizeof now);
        assert_false(has_spare(f));
        assert_true(bytes_equal(read_file(f, AGENT_KEYS_FILE), next));
    }
    assert_healthy(f);
}

static void keys_that_are_lost_are_named_not_replaced(void **state)
{
    struct fixture *f = *state;
    struct bytes old = read_file(f, AGENT_KEYS_FILE);
    rotate(f);
    assert_true(synchronise(f));
    write_file(f, AGENT_KEYS_FILE, old);
    agent_close(&f->office->agent);

    assert_null(
        agent_open(f->office->folder.path, &f->office->seams, f->office->catalogue, &f->err));

    assert_int_equal(f->err.kind, ERROR_CORRUPT);
    assert_non_null(strstr(f->err.text, ROTATION_KEYS_FILE));
}

static void doctor_names_a_pair_that_is_missing_before_it_is_needed(void **state)
{
    struct fixture *f = *state;
    struct doctor_report report;
    rotate(f);
    assert_healthy(f);
    assert_true(file_remove(path_of(f, ROTATION_KEYS_FILE), &f->err));

    doctor_examine(f->office->agent, NULL, f->office->arena, &report);

    assert_int_equal(report.problem_count, 1);
    assert_non_null(strstr(report.problems[0], ROTATION_KEYS_FILE));
}

static void keys_change_as_often_as_one_likes_and_all_statements_verify(void **state)
{
    struct fixture *f = *state;
    for (int month = 2; month <= 6; month++) {
        struct public_keys before = f->office->agent->pair.public;
        zone_office_seal(f->office, monthly_return(month), 0);
        rotate(f);
        assert_true(synchronise(f));
        zone_office_reopen(f->office);
        assert_memory_not_equal(&before, &f->office->agent->pair.public, sizeof before);
    }

    assert_healthy(f);
    assert_int_equal(f->province->size, 10);
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(the_new_keys_are_in_use_from_the_receipt_on),
        A_TEST(the_change_is_signed_by_both),
        A_TEST(nothing_is_sealed_behind_a_change_without_a_receipt),
        A_TEST(a_lost_receipt_leaves_the_old_keys_in_use),
        A_TEST(a_crash_before_sealing_leaves_a_pair_that_the_next_call_uses),
        A_TEST(a_crash_while_the_keys_change_place_loses_none),
        A_TEST(keys_that_are_lost_are_named_not_replaced),
        A_TEST(doctor_names_a_pair_that_is_missing_before_it_is_needed),
        A_TEST(keys_change_as_often_as_one_likes_and_all_statements_verify),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

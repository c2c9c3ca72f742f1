#include "agent/withdrawal.h"

#include "tests/support/test.h"

#include <string.h>

#include "agent/history.h"
#include "agent/sync.h"
#include "common/base/arena.h"
#include "common/storage/transaction.h"
#include "tests/support/little_province.h"
#include "tests/support/zone_office.h"

#define MONTH 3

struct fixture {
    struct zone_office *office;
    struct little_province *province;
    struct withdrawn withdrawn;
    struct error err;
};

static void synchronise(struct fixture *f)
{
    struct sync_options options = { .timeout_ms = 60000 };
    struct sync_report report;
    if (!sync_run(f->office->agent, &f->province->channel, &options, &report, &f->err))
        fail_msg("%s", f->err.text);
}

/* One return, accepted. */
static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    f->office = zone_office_open();
    f->province = little_province_create(f->office);
    f->province->verdict = VERDICT_ACCEPTED;
    zone_office_seal(f->office, monthly_return(MONTH), 0);
    synchronise(f);
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

static bool withdraw(struct fixture *f, const char *reason)
{
    return withdrawal_seal(f->office->agent, monthly_return(MONTH), reason, f->office->arena,
                           &f->withdrawn, &f->err);
}

static enum stage stage_of(struct fixture *f, uint32_t number)
{
    struct version version;
    const struct store *store = &f->office->agent->store;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(store->database);
    assert_true(history_find(store, txn, monthly_return(MONTH), number, &version));
    return version.stage;
}

static size_t in_force(struct fixture *f)
{
    const struct store *store = &f->office->agent->store;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(store->database);
    return history_in_force(store, txn, f->office->arena).count;
}

static void what_was_accepted_can_be_taken_back_with_a_reason(void **state)
{
    struct fixture *f = *state;

    assert_true(withdraw(f, "重复报送"));

    assert_int_equal(f->withdrawn.version, 1);
    assert_int_equal(f->withdrawn.sequence, 2);
    assert_int_equal(stage_of(f, 1), STAGE_WITHDRAWN);
    synchronise(f);
    zone_office_reopen(f->office);
    assert_int_equal(stage_of(f, 1), STAGE_WITHDRAWN);
}

static void nothing_relies_on_what_was_taken_back_from_its_sealing_on(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(in_force(f), 1);

    assert_true(withdraw(f, "重复报送"));

    assert_int_equal(in_force(f), 0);
}

static void a_version_before_it_does_not_come_back(void **state)
{
    struct fixture *f = *state;
    zone_office_seal(f->office, monthly_return(MONTH), 0);
    synchronise(f);

    assert_true(withdraw(f, "重复报送"));

    assert_int_equal(f->withdrawn.version, 2);
    assert_int_equal(in_force(f), 0);
}

static void a_new_version_behind_it_is_based_on_nothing(void **state)
{
    struct fixture *f = *state;
    assert_true(withdraw(f, "重复报送"));

    struct sealing sealing = zone_office_seal(f->office, monthly_return(MONTH), 7);
    synchronise(f);

    assert_int_equal(sealing.version, 2);
    assert_int_equal(sealing.base, 0);
    assert_int_equal(stage_of(f, 1), STAGE_WITHDRAWN);
    assert_int_equal(stage_of(f, 2), STAGE_ACCEPTED);
    assert_int_equal(in_force(f), 1);
}

static void what_the_province_does_not_take_back_counts_as_before(void **state)
{
    struct fixture *f = *state;
    assert_true(withdraw(f, "重复报送"));
    f->province->verdict = VERDICT_REJECTED;

    synchronise(f);

    assert_int_equal(stage_of(f, 1), STAGE_ACCEPTED);
    assert_int_equal(in_force(f), 1);
}

static void assert_refused(struct fixture *f, const char *reason, const char *part)
{
    assert_false(withdraw(f, reason));
    assert_int_equal(f->err.kind, ERROR_REFUSED);
    if (!strstr(f->err.text, part))
        fail_msg("%s: %s", part, f->err.text);
}

static void nothing_is_taken_back_without_a_reason(void **state)
{
    struct fixture *f = *state;
    assert_refused(f, "", "撤回理由");
    assert_int_equal(stage_of(f, 1), STAGE_ACCEPTED);
}

static void what_waits_for_its_receipt_is_sent_first(void **state)
{
    struct fixture *f = *state;
    zone_office_seal(f->office, monthly_return(MONTH), 0);

    assert_refused(f, "重复报送", "还没有回执");

    assert_int_equal(stage_of(f, 1), STAGE_ACCEPTED);
}

static void what_does_not_count_cannot_be_taken_back(void **state)
{
    struct fixture *f = *state;
    assert_true(withdraw(f, "重复报送"));

    assert_refused(f, "再次", "没有已接收的版本");
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(what_was_accepted_can_be_taken_back_with_a_reason),
        A_TEST(nothing_relies_on_what_was_taken_back_from_its_sealing_on),
        A_TEST(a_version_before_it_does_not_come_back),
        A_TEST(a_new_version_behind_it_is_based_on_nothing),
        A_TEST(what_the_province_does_not_take_back_counts_as_before),
        A_TEST(nothing_is_taken_back_without_a_reason),
        A_TEST(what_waits_for_its_receipt_is_sent_first),
        A_TEST(what_does_not_count_cannot_be_taken_back),
    };
    return cmocka_run_group_tests_name("withdrawal", tests, NULL, NULL);
}

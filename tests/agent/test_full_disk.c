#include "tests/support/test.h"

#include "agent/editing.h"
#include "agent/history.h"
#include "agent/receipts.h"
#include "agent/sync.h"
#include "common/base/arena.h"
#include "common/storage/reserve.h"
#include "common/storage/transaction.h"
#include "tests/support/little_province.h"
#include "tests/support/small_disk.h"
#include "tests/support/zone_office.h"

#define RESERVE (512u * 1024)

struct fixture {
    struct zone_office *office;
    struct little_province *province;
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    f->office = zone_office_open();
    f->province = little_province_create(f->office);
    f->office->agent->reserve = reserve_open(f->office->folder.path, RESERVE);
    assert_true(reserve_holds(f->office->agent->reserve));
    zone_office_fill(f->office, monthly_return(2), 0);
    zone_office_check(f->office, monthly_return(2));
    zone_office_sign(f->office, monthly_return(2));
    small_disk_begin(f->office->folder.path, 0);
    small_disk_resize(small_disk_used());
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    small_disk_end();
    little_province_destroy(&f->province);
    zone_office_close(&f->office);
    test_free(f);
    return 0;
}

static bool seal(struct fixture *f, int month)
{
    struct sealing sealing;
    return sealing_seal(f->office->agent, monthly_return(month), f->office->arena, &sealing,
                        &f->err);
}

/* Drafts grow until the disk has nothing left but what the reserve holds. */
static void type_until_the_reserve_is_gone(struct fixture *f)
{
    for (int i = 0; i < 240 && reserve_holds(f->office->agent->reserve); i++) {
        struct return_id id = { code_of("JKQ401"), period_of_month(2000 + i / 11, 2 + i % 11) };
        zone_office_fill(f->office, id, i);
    }
    assert_false(reserve_holds(f->office->agent->reserve));
}

static void on_a_full_disk_drafts_are_still_saved(void **state)
{
    struct fixture *f = *state;
    struct draft_loss loss;

    type_until_the_reserve_is_gone(f);

    assert_true(small_disk_refused() > 0);
    for (int64_t figure = 0; figure < 20; figure++)
        assert_true(editing_set(f->office->agent, monthly_return(12), code_of("IB01"),
                                (struct value){ .mantissa = figure }, &loss, &f->err));
}

static void on_a_full_disk_nothing_is_sealed_and_the_reason_is_said(void **state)
{
    struct fixture *f = *state;
    struct version version;
    type_until_the_reserve_is_gone(f);

    assert_false(seal(f, 2));

    assert_int_equal(f->err.kind, ERROR_EXHAUSTED);
    assert_true(f->err.text[0] != '\0');
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(f->office->agent->store.database);
    assert_false(history_newest(&f->office->agent->store, txn, monthly_return(2), &version));
}

static void once_there_is_room_what_waited_is_sealed_and_sent(void **state)
{
    struct fixture *f = *state;
    struct sync_options options = { .timeout_ms = 60000 };
    struct sync_report report;
    type_until_the_reserve_is_gone(f);
    assert_false(seal(f, 2));
    small_disk_resize(small_disk_used() + 8 * RESERVE);

    assert_true(seal(f, 2));

    assert_true(sync_run(f->office->agent, &f->province->channel, &options, &report, &f->err));
    assert_int_equal(report.accepted, 1);
}

static void a_receipt_that_comes_when_the_disk_is_full_is_kept(void **state)
{
    struct fixture *f = *state;
    struct sync_options options = { .timeout_ms = 60000 };
    struct sync_report report;
    small_disk_resize(small_disk_used() + 8 * RESERVE);
    assert_true(seal(f, 2));
    small_disk_resize(small_disk_used());
    type_until_the_reserve_is_gone(f);

    assert_true(sync_run(f->office->agent, &f->province->channel, &options, &report, &f->err));

    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(f->office->agent->store.database);
    assert_int_equal(receipts_last(&f->office->agent->store, txn), 1);
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(on_a_full_disk_drafts_are_still_saved),
        A_TEST(on_a_full_disk_nothing_is_sealed_and_the_reason_is_said),
        A_TEST(once_there_is_room_what_waited_is_sealed_and_sent),
        A_TEST(a_receipt_that_comes_when_the_disk_is_full_is_kept),
    };
    return cmocka_run_group_tests_name("full_disk", tests, NULL, NULL);
}

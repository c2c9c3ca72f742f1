#include "tests/support/test.h"

#include <string.h>

#include "agent/drafts.h"
#include "agent/editing.h"
#include "common/base/arena.h"
#include "common/storage/transaction.h"
#include "tests/support/zone_office.h"

static int set_up(void **state)
{
    *state = zone_office_open();
    return 0;
}

static int tear_down(void **state)
{
    struct zone_office *office = *state;
    zone_office_close(&office);
    return 0;
}

static struct draft stored(struct zone_office *office, struct return_id id)
{
    struct draft draft;
    bool found;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(office->agent->store.database);
    assert_true(
        drafts_get(&office->agent->store, txn, id, office->arena, &draft, &found, &office->err));
    assert_true(found);
    return draft;
}

static void a_figure_and_its_kind_are_kept(void **state)
{
    struct zone_office *office = *state;
    struct draft_loss loss;
    struct value value = { .mantissa = -12, .status = VALUE_SYNTHETIC };

    assert_true(
        editing_set(office->agent, monthly_return(3), code_of("IB09"), value, &loss, &office->err));
    zone_office_reopen(office);

    struct draft draft = stored(office, monthly_return(3));
    assert_int_equal(draft.submission.cell_count, 1);
    assert_int_equal(draft.submission.cells[0].value.mantissa, -12);
    assert_int_equal(draft.submission.cells[0].value.status, VALUE_SYNTHETIC);
}

static void the_same_content_again_takes_nothing_away(void **state)
{
    struct zone_office *office = *state;
    struct return_id id = monthly_return(3);
    zone_office_fill(office, id, 0);
    zone_office_check(office, id);
    zone_office_sign(office, id);

    zone_office_fill(office, id, 0);

    struct draft draft = stored(office, id);
    assert_int_equal(draft.stage, STAGE_SIGNED);
    assert_int_equal(draft.submission.sign_off_count, 3);
}

static void nothing_can_be_checked_before_it_is_filled_in(void **state)
{
    struct zone_office *office = *state;
    struct editing_check check;

    assert_false(
        editing_check(office->agent, monthly_return(3), office->arena, &check, &office->err));

    assert_int_equal(office->err.kind, ERROR_UNAVAILABLE);
}

static void what_is_sealed_cannot_be_signed_again(void **state)
{
    struct zone_office *office = *state;
    struct code next;
    zone_office_seal(office, monthly_return(3), 0);

    assert_false(editing_sign(office->agent, monthly_return(3), code_of("preparer"), "Anna", &next,
                              &office->err));

    assert_int_equal(office->err.kind, ERROR_UNAVAILABLE);
}

static void one_person_cannot_sign_for_all(void **state)
{
    struct zone_office *office = *state;
    struct return_id id = monthly_return(3);
    struct code next;
    zone_office_fill(office, id, 0);
    zone_office_check(office, id);
    assert_true(editing_sign(office->agent, id, code_of("preparer"), "Anna", &next, &office->err));

    assert_false(editing_sign(office->agent, id, code_of("stathead"), "Anna", &next, &office->err));

    assert_int_equal(office->err.kind, ERROR_REFUSED);
    assert_int_equal(stored(office, id).submission.sign_off_count, 1);
}

static void drafts_are_listed_with_their_stage(void **state)
{
    struct zone_office *office = *state;
    size_t count;
    zone_office_fill(office, monthly_return(4), 0);
    zone_office_fill(office, monthly_return(3), 0);
    zone_office_check(office, monthly_return(3));

    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(office->agent->store.database);
    const struct draft_note *notes = drafts_list(&office->agent->store, txn, office->arena, &count);

    assert_int_equal(count, 2);
    assert_int_equal(notes[0].stage, STAGE_CHECKED);
    assert_int_equal(notes[1].stage, STAGE_DRAFT);
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(a_figure_and_its_kind_are_kept),
        A_TEST(the_same_content_again_takes_nothing_away),
        A_TEST(nothing_can_be_checked_before_it_is_filled_in),
        A_TEST(what_is_sealed_cannot_be_signed_again),
        A_TEST(one_person_cannot_sign_for_all),
        A_TEST(drafts_are_listed_with_their_stage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

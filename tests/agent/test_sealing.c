#include "tests/support/test.h"

#include <string.h>

#include "agent/drafts.h"
#include "agent/editing.h"
#include "agent/history.h"
#include "agent/outbox.h"
#include "agent/sealing.h"
#include "agent/statements.h"
#include "common/base/arena.h"
#include "common/model/day.h"
#include "common/storage/transaction.h"
#include "tests/support/zone_office.h"

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

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

static struct transaction *reading(struct zone_office *office)
{
    return transaction_read(office->agent->store.database);
}

static enum stage stage_of(struct zone_office *office, struct return_id id)
{
    enum stage stage;
    CLEANUP(transaction_abort) struct transaction *txn = reading(office);
    assert_true(editing_stage(office->agent, txn, id, &stage, &office->err));
    return stage;
}

static uint64_t sealed_count(struct zone_office *office)
{
    struct outbox outbox;
    CLEANUP(transaction_abort) struct transaction *txn = reading(office);
    assert_true(outbox_look(&office->agent->store, txn, &outbox, &office->err));
    return outbox_waiting(&outbox);
}

static void a_sealed_return_waits_and_its_draft_is_gone(void **state)
{
    struct zone_office *office = *state;

    struct sealing sealing = zone_office_seal(office, monthly_return(3), 0);

    assert_int_equal(sealing.sequence, 1);
    assert_int_equal(sealing.version, 1);
    assert_int_equal(stage_of(office, monthly_return(3)), STAGE_SEALED);
    assert_int_equal(sealed_count(office), 1);
}

static void a_sealed_return_survives_a_restart(void **state)
{
    struct zone_office *office = *state;
    zone_office_seal(office, monthly_return(3), 0);

    zone_office_reopen(office);

    assert_int_equal(sealed_count(office), 1);
    assert_int_equal(stage_of(office, monthly_return(3)), STAGE_SEALED);
}

static void each_statement_names_the_one_before(void **state)
{
    struct zone_office *office = *state;
    struct statement statement;
    struct sealing first = zone_office_seal(office, monthly_return(3), 0);
    struct sealing second = zone_office_seal(office, monthly_return(4), 0);

    CLEANUP(transaction_abort) struct transaction *txn = reading(office);
    assert_true(statements_read(&office->agent->store, txn, second.sequence, office->arena,
                                &statement, &office->err));
    assert_true(digest_equal(&statement.previous, &first.hash));
    assert_int_equal(statement.sequence, 2);
}

static void a_correction_is_the_next_version(void **state)
{
    struct zone_office *office = *state;
    zone_office_seal(office, monthly_return(3), 0);

    struct sealing again = zone_office_seal(office, monthly_return(3), 1);

    assert_int_equal(again.version, 2);
    assert_int_equal(again.base, 0); /* the first is not accepted yet */
}

static void what_is_not_committed_leaves_nothing(void **state)
{
    struct zone_office *office = *state;
    struct return_id id = monthly_return(3);
    struct sealing sealing;
    zone_office_fill(office, id, 0);
    zone_office_check(office, id);
    zone_office_sign(office, id);

    struct transaction *txn = transaction_write(office->agent->store.database);
    assert_true(sealing_prepare(office->agent, txn, id, office->arena, &sealing, &office->err));
    transaction_abort(&txn);
    zone_office_reopen(office);

    assert_int_equal(sealed_count(office), 0);
    assert_int_equal(stage_of(office, id), STAGE_SIGNED);
    assert_true(sealing_seal(office->agent, id, office->arena, &sealing, &office->err));
    assert_int_equal(sealing.sequence, 1);
}

static void assert_refused(struct zone_office *office, struct return_id id)
{
    struct sealing sealing;
    assert_false(sealing_seal(office->agent, id, office->arena, &sealing, &office->err));
    assert_int_equal(office->err.kind, ERROR_REFUSED);
    assert_int_equal(sealed_count(office), 0);
}

static void nothing_is_sealed_without_a_draft(void **state)
{
    assert_refused(*state, monthly_return(3));
}

static void nothing_is_sealed_without_all_signatures(void **state)
{
    struct zone_office *office = *state;
    struct return_id id = monthly_return(3);
    struct code next;
    zone_office_fill(office, id, 0);
    assert_refused(office, id);
    zone_office_check(office, id);
    assert_refused(office, id);
    assert_true(editing_sign(office->agent, id, code_of("preparer"), "Anna", &next, &office->err));

    assert_refused(office, id);
}

static void nothing_is_sealed_by_a_clock_that_lost_its_time(void **state)
{
    struct zone_office *office = *state;
    struct return_id id = monthly_return(3);
    zone_office_fill(office, id, 0);
    zone_office_check(office, id);
    zone_office_sign(office, id);
    office->clock.utc_ms = day_of_date(1970, 1, 1) * DAY_MS;

    assert_refused(office, id);
}

static void a_changed_figure_takes_check_and_signatures_away(void **state)
{
    struct zone_office *office = *state;
    struct return_id id = monthly_return(3);
    struct draft_loss loss;
    zone_office_fill(office, id, 0);
    zone_office_check(office, id);
    zone_office_sign(office, id);

    struct value value = { .mantissa = 7 };
    assert_true(editing_set(office->agent, id, code_of("IB04"), value, &loss, &office->err));

    assert_true(loss.check);
    assert_int_equal(loss.sign_offs, 3);
    assert_int_equal(stage_of(office, id), STAGE_DRAFT);
    assert_refused(office, id);
}

static void a_correction_starts_from_what_was_sealed(void **state)
{
    struct zone_office *office = *state;
    struct return_id id = monthly_return(3);
    struct draft draft;
    struct draft_loss loss;
    bool found;
    zone_office_seal(office, id, 0);

    struct value value = { .mantissa = 7, .status = VALUE_SYNTHETIC };
    assert_true(editing_set(office->agent, id, code_of("IB04"), value, &loss, &office->err));

    CLEANUP(transaction_abort) struct transaction *txn = reading(office);
    assert_true(
        drafts_get(&office->agent->store, txn, id, office->arena, &draft, &found, &office->err));
    assert_true(found);
    assert_int_equal(draft.submission.cell_count, 26);
    assert_int_equal(draft.submission.cells[0].value.mantissa, 7);
    assert_int_equal(draft.submission.cells[0].value.status, VALUE_SYNTHETIC);
    assert_int_equal(draft.stage, STAGE_DRAFT);
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(a_sealed_return_waits_and_its_draft_is_gone),
        A_TEST(a_sealed_return_survives_a_restart),
        A_TEST(each_statement_names_the_one_before),
        A_TEST(a_correction_is_the_next_version),
        A_TEST(what_is_not_committed_leaves_nothing),
        A_TEST(nothing_is_sealed_without_a_draft),
        A_TEST(nothing_is_sealed_without_all_signatures),
        A_TEST(nothing_is_sealed_by_a_clock_that_lost_its_time),
        A_TEST(a_changed_figure_takes_check_and_signatures_away),
        A_TEST(a_correction_starts_from_what_was_sealed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

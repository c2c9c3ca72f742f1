#include "tests/support/test.h"

#include <string.h>

#include "agent/editing.h"
#include "agent/history.h"
#include "agent/notices.h"
#include "agent/sync.h"
#include "common/base/arena.h"
#include "common/storage/transaction.h"
#include "tests/support/little_province.h"
#include "tests/support/zone_office.h"

#define MONTH 3

struct fixture {
    struct zone_office *office;
    struct little_province *province;
    struct sync_report report;
    struct error err;
};

static bool synchronise(struct fixture *f)
{
    struct sync_options options = { .timeout_ms = 60000 };
    return sync_run(f->office->agent, &f->province->channel, &options, &f->report, &f->err);
}

/* One return, accepted. */
static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    f->office = zone_office_open();
    f->province = little_province_create(f->office);
    zone_office_seal(f->office, monthly_return(MONTH), 0);
    assert_true(synchronise(f));
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

static void assert_stage(struct fixture *f, uint32_t number, enum stage stage, const char *reason)
{
    const struct store *store = &f->office->agent->store;
    struct return_id id = monthly_return(MONTH);
    const char *found;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(store->database);
    struct versions versions = history_list(store, txn, &id, f->office->arena);
    assert_true(number <= versions.count);
    const struct version *version = &versions.items[number - 1];
    assert_true(notices_reason(store, txn, version, f->office->arena, &found, &f->err));
    assert_string_equal(stage_name(version->stage), stage_name(stage));
    assert_string_equal(found, reason);
}

static struct succession succession(struct fixture *f)
{
    const struct store *store = &f->office->agent->store;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(store->database);
    return history_succession(store, txn, monthly_return(MONTH));
}

static void a_return_that_was_sent_back_says_so_with_the_reason(void **state)
{
    struct fixture *f = *state;
    little_province_decide(f->province, DECISION_SEND_BACK, 1, "产值与上月相差过大，请核实");

    assert_true(synchronise(f));

    assert_int_equal(f->report.notices.sent_back, 1);
    assert_stage(f, 1, STAGE_SENT_BACK, "产值与上月相差过大，请核实");
    zone_office_reopen(f->office);
    assert_stage(f, 1, STAGE_SENT_BACK, "产值与上月相差过大，请核实");
}

static void the_next_version_of_what_was_sent_back_is_based_on_it(void **state)
{
    struct fixture *f = *state;
    little_province_decide(f->province, DECISION_SEND_BACK, 1, "请核实");
    assert_true(synchronise(f));

    struct sealing sealing = zone_office_seal(f->office, monthly_return(MONTH), 0);
    assert_true(synchronise(f));

    assert_int_equal(sealing.version, 2);
    assert_int_equal(sealing.base, 1);
    assert_stage(f, 2, STAGE_ACCEPTED, "");
    assert_stage(f, 1, STAGE_SENT_BACK, "请核实");
}

static void notices_are_asked_for_once(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(f->province->notices_asked, 0);
    little_province_decide(f->province, DECISION_SEND_BACK, 1, "请核实");
    assert_true(synchronise(f));

    assert_true(synchronise(f));

    assert_int_equal(f->province->notices_asked, 1);
    assert_int_equal(f->report.notices.sent_back, 0);
}

static void a_notice_without_proof_is_refused_and_changes_nothing(void **state)
{
    struct fixture *f = *state;
    little_province_decide(f->province, DECISION_SEND_BACK, 1, "请核实");
    f->province->forge_notices = true;

    assert_false(synchronise(f));

    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_stage(f, 1, STAGE_ACCEPTED, "");
}

static void a_notice_for_another_zone_is_refused(void **state)
{
    struct fixture *f = *state;
    struct zone_id ours = f->province->stream.zone;
    assert_true(zone_id_parse("22010001", &f->province->stream.zone));
    little_province_decide(f->province, DECISION_SEND_BACK, 1, "请核实");
    f->province->stream.zone = ours;

    assert_false(synchronise(f));

    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_stage(f, 1, STAGE_ACCEPTED, "");
}

static void a_statement_that_was_decided_for_counts_though_it_was_rejected(void **state)
{
    struct fixture *f = *state;
    f->province->verdict = VERDICT_REJECTED;
    zone_office_seal(f->office, monthly_return(MONTH), 0);
    assert_true(synchronise(f));
    assert_stage(f, 2, STAGE_REJECTED, "");
    little_province_decide(f->province, DECISION_COUNTS, 2, "以本机为准");

    assert_true(synchronise(f));

    assert_int_equal(f->report.notices.decided, 1);
    assert_stage(f, 1, STAGE_ACCEPTED, ""); /* before it, and good in its time */
    assert_stage(f, 2, STAGE_ACCEPTED, "以本机为准");
    assert_int_equal(succession(f).base, 2);
}

static void a_statement_that_another_was_preferred_to_is_set_aside(void **state)
{
    struct fixture *f = *state;
    little_province_decide_for_another(f->province, monthly_return(MONTH), 1, "以另一台为准");

    assert_true(synchronise(f));

    assert_stage(f, 1, STAGE_OVERRULED, "以另一台为准");
    assert_int_equal(succession(f).base, 0);
}

static void what_was_sealed_after_a_decision_is_not_touched_by_it(void **state)
{
    struct fixture *f = *state;
    little_province_decide_for_another(f->province, monthly_return(MONTH), 1, "以另一台为准");
    zone_office_seal(f->office, monthly_return(MONTH), 0);

    assert_true(synchronise(f));

    assert_stage(f, 1, STAGE_OVERRULED, "以另一台为准");
    assert_stage(f, 2, STAGE_ACCEPTED, "");
}

/* The receipt was lost, so that the decision is known before it. */
static void a_decision_that_comes_before_the_receipt_holds_when_the_receipt_comes(void **state)
{
    struct fixture *f = *state;
    zone_office_seal(f->office, monthly_return(MONTH), 0);
    f->province->lose_replies = 1000;
    assert_false(synchronise(f));
    f->province->lose_replies = 0;
    little_province_decide(f->province, DECISION_SEND_BACK, 2, "请核实");

    assert_true(synchronise(f));

    assert_stage(f, 2, STAGE_SENT_BACK, "请核实");
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(a_return_that_was_sent_back_says_so_with_the_reason),
        A_TEST(the_next_version_of_what_was_sent_back_is_based_on_it),
        A_TEST(notices_are_asked_for_once),
        A_TEST(a_notice_without_proof_is_refused_and_changes_nothing),
        A_TEST(a_notice_for_another_zone_is_refused),
        A_TEST(a_statement_that_was_decided_for_counts_though_it_was_rejected),
        A_TEST(a_statement_that_another_was_preferred_to_is_set_aside),
        A_TEST(what_was_sealed_after_a_decision_is_not_touched_by_it),
        A_TEST(a_decision_that_comes_before_the_receipt_holds_when_the_receipt_comes),
    };
    return cmocka_run_group_tests_name("notices", tests, NULL, NULL);
}

#include "tests/support/test.h"

#include <string.h>

#include "agent/history.h"
#include "agent/receipts.h"
#include "agent/statements.h"
#include "agent/sync.h"
#include "common/base/arena.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/transaction.h"
#include "common/wire/grounds.h"
#include "common/wire/statement.h"
#include "tests/support/little_province.h"
#include "tests/support/zone_office.h"

#define YEARS_20_MS (INT64_C(7305) * 24 * 60 * 60 * 1000)

struct fixture {
    struct zone_office *office;
    struct little_province *province;
    struct sync_report report;
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    f->office = zone_office_open();
    f->province = little_province_create(f->office);
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
    return sync_run(f->office->agent, &f->province->channel, &options, &f->report, &f->err);
}

static void seal_months(struct fixture *f, int count)
{
    for (int i = 0; i < count; i++)
        zone_office_seal(f->office, monthly_return(2 + i), 0);
}

static uint64_t stored_receipts(struct fixture *f)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(f->office->agent->store.database);
    return receipts_last(&f->office->agent->store, txn);
}

static enum stage stage_of(struct fixture *f, int month)
{
    struct version version;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(f->office->agent->store.database);
    assert_true(history_newest(&f->office->agent->store, txn, monthly_return(month), &version));
    return version.stage;
}

static void assert_refused_without_receipts(struct fixture *f, const char *part)
{
    assert_false(synchronise(f));
    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_non_null(strstr(f->err.text, part));
    assert_int_equal(stored_receipts(f), 0);
}

static void what_waits_is_delivered_and_receipted(void **state)
{
    struct fixture *f = *state;
    seal_months(f, 3);

    assert_true(synchronise(f));

    assert_int_equal(f->report.accepted, 3);
    assert_int_equal(f->report.waiting, 0);
    assert_int_equal(stored_receipts(f), 3);
    assert_int_equal(stage_of(f, 2), STAGE_ACCEPTED);
}

static void nothing_to_send_is_no_failure(void **state)
{
    struct fixture *f = *state;

    assert_true(synchronise(f));

    assert_int_equal(f->province->submits, 0);
    assert_int_equal(f->report.receipted, 0);
}

static void a_small_window_takes_several_turns(void **state)
{
    struct fixture *f = *state;
    seal_months(f, 3);
    f->province->window = 1;

    assert_true(synchronise(f));

    assert_int_equal(f->province->submits, 3);
    assert_int_equal(f->report.accepted, 3);
}

static void a_statement_whose_reply_was_lost_is_sent_again_and_counts_once(void **state)
{
    struct fixture *f = *state;
    seal_months(f, 1);
    f->province->lose_replies = 1;

    assert_true(synchronise(f));

    assert_int_equal(f->province->submits, 2);
    assert_int_equal(f->province->size, 1);
    assert_int_equal(stored_receipts(f), 1);
}

static void a_receipt_lost_for_good_comes_in_a_later_run(void **state)
{
    struct fixture *f = *state;
    seal_months(f, 2);
    f->province->lose_replies = 1000;
    assert_false(synchronise(f));
    assert_int_equal(f->err.kind, ERROR_UNAVAILABLE);
    assert_int_equal(f->report.waiting, 2);
    f->province->lose_replies = 0;
    zone_office_reopen(f->office);

    assert_true(synchronise(f));

    assert_int_equal(f->province->size, 2);
    assert_int_equal(stored_receipts(f), 2);
}

static void a_gap_resumes_where_the_province_stands(void **state)
{
    struct fixture *f = *state;
    seal_months(f, 2);
    f->province->gaps = 1;

    assert_true(synchronise(f));

    assert_int_equal(f->province->size, 2);
}

static void a_province_that_asks_for_the_same_for_ever_is_given_up(void **state)
{
    struct fixture *f = *state;
    seal_months(f, 1);
    f->province->gaps = 100000;

    assert_false(synchronise(f));

    assert_int_equal(f->err.kind, ERROR_UNAVAILABLE);
}

static void a_busy_province_is_asked_again_after_a_pause(void **state)
{
    struct fixture *f = *state;
    seal_months(f, 1);
    f->province->busy = 2;

    assert_true(synchronise(f));

    assert_int_equal(f->province->waits, 2);
    assert_int_equal(f->report.accepted, 1);
}

static void a_refusal_stops_and_says_why(void **state)
{
    struct fixture *f = *state;
    seal_months(f, 1);
    f->province->refuse = REFUSAL_REVOKED;

    assert_refused_without_receipts(f, refusal_words(REFUSAL_REVOKED));

    assert_int_equal(f->province->waits, 0);
}

static void a_province_that_stops_is_tried_again(void **state)
{
    struct fixture *f = *state;
    seal_months(f, 1);
    f->province->refuse = REFUSAL_STOPPING;

    assert_false(synchronise(f));

    assert_int_equal(f->err.kind, ERROR_UNAVAILABLE);
    assert_true(f->province->waits > 0);
}

static void a_receipt_with_a_false_proof_is_not_stored(void **state)
{
    struct fixture *f = *state;
    seal_months(f, 2);
    f->province->forge_signature = true;

    assert_refused_without_receipts(f, "1");
}

static void a_receipt_signed_by_somebody_else_is_not_stored(void **state)
{
    struct fixture *f = *state;
    seal_months(f, 1);
    f->office->province_keys = key_pair_create(&f->office->random.random);

    assert_refused_without_receipts(f, "1");
}

static void a_receipt_for_another_statement_is_not_stored(void **state)
{
    struct fixture *f = *state;
    seal_months(f, 1);
    f->province->other_hash = true;

    assert_refused_without_receipts(f, "1");
}

static void a_receipt_for_another_number_is_not_stored(void **state)
{
    struct fixture *f = *state;
    seal_months(f, 1);
    f->province->other_sequence = true;

    assert_refused_without_receipts(f, "2");
}

static void a_province_that_has_more_than_we_do_stops_everything(void **state)
{
    struct fixture *f = *state;
    seal_months(f, 1);
    f->province->claim_ahead = 5;

    assert_refused_without_receipts(f, "5");

    assert_int_equal(f->province->submits, 0);
}

static void a_province_with_another_statement_of_ours_stops_everything(void **state)
{
    struct fixture *f = *state;
    seal_months(f, 1);
    assert_true(synchronise(f));
    f->province->hashes[0].bytes[0] ^= 1;

    assert_false(synchronise(f));

    assert_int_equal(f->err.kind, ERROR_REFUSED);
}

static void a_journal_that_continues_is_believed_again(void **state)
{
    struct fixture *f = *state;
    for (int month = 2; month <= 6; month++) {
        zone_office_seal(f->office, monthly_return(month), 0);
        assert_true(synchronise(f));
    }

    assert_true(synchronise(f));

    assert_int_equal(stored_receipts(f), 5);
}

static void a_journal_that_was_rewritten_is_refused(void **state)
{
    struct fixture *f = *state;
    seal_months(f, 2);
    assert_true(synchronise(f));
    assert_true(synchronise(f)); /* it shows its journal */
    f->province->rewrite = true;

    assert_false(synchronise(f));

    assert_int_equal(f->err.kind, ERROR_REFUSED);
}

static void a_rejected_return_is_receipted_and_says_so(void **state)
{
    struct fixture *f = *state;
    seal_months(f, 1);
    f->province->verdict = VERDICT_REJECTED;

    assert_true(synchronise(f));

    assert_int_equal(f->report.rejected, 1);
    assert_int_equal(stage_of(f, 2), STAGE_REJECTED);
}

#define LARGE_ROSTER 30000

/* Straight into the stream: what a large roster becomes. */
static void append_large_statement(struct fixture *f)
{
    struct zone_office *office = f->office;
    const char **keys = arena_take(office->arena, LARGE_ROSTER, sizeof *keys);
    for (size_t i = 0; i < LARGE_ROSTER; i++)
        keys[i] = arena_format(office->arena, "ENTERPRISE-%08zu", i);
    struct statement statement = {
        .suite = 1,
        .province = "jilin",
        .stream = office->agent->device.stream,
        .sequence = 1,
        .catalogue = office->catalogue->digest,
        .agent_utc_ms = 1,
        .salt = { 1 },
        .kind = STATEMENT_RETURN,
        .submission = { .form = code_of("JKQ101"),
                        .period = period_of_year(2021),
                        .version = 1,
                        .row_keys = keys,
                        .row_count = LARGE_ROSTER },
    };
    struct sealed_statement sealed;
    assert_true(statement_seal(&statement, &office->agent->pair, office->arena, &sealed, &f->err));
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_write(office->agent->store.database);
    statements_append(&office->agent->store, txn, 1, &sealed, office->arena);
    assert_true(transaction_commit(&txn, &f->err));
}

static void a_large_statement_travels_in_parts(void **state)
{
    struct fixture *f = *state;
    append_large_statement(f);

    assert_true(synchronise(f));

    assert_true(f->province->chunks_seen > 2);
    assert_int_equal(f->province->size, 1);
    assert_int_equal(stored_receipts(f), 1);
}

static void parts_are_sent_again_when_the_reply_was_lost(void **state)
{
    struct fixture *f = *state;
    append_large_statement(f);
    f->province->lose_replies = 1;

    assert_true(synchronise(f));

    assert_int_equal(f->province->size, 1);
    assert_int_equal(stored_receipts(f), 1);
}

static void a_large_statement_goes_on_where_the_line_was_cut(void **state)
{
    struct fixture *f = *state;
    append_large_statement(f);
    f->province->cut_after_chunks = 3;

    assert_true(synchronise(f));

    unsigned parts = (unsigned)((f->province->chunk_size - 1) / MESSAGE_PART_SIZE_MAX + 1);
    assert_true(parts > 3);
    assert_int_equal(f->province->chunks_seen, parts); /* none of them twice */
    assert_int_equal(f->province->sessions, 2);
    assert_int_equal(f->province->size, 1);
    assert_int_equal(stored_receipts(f), 1);
}

static void a_clock_that_differs_from_the_province_s_is_told(void **state)
{
    struct fixture *f = *state;
    seal_months(f, 1);
    f->province->clock_ahead_ms = -YEARS_20_MS;
    assert_true(synchronise(f));
    assert_int_equal(f->report.clock_ahead_ms, YEARS_20_MS);
    f->province->clock_ahead_ms = YEARS_20_MS;

    assert_true(synchronise(f));

    assert_int_equal(f->report.clock_ahead_ms, -YEARS_20_MS);
    assert_int_equal(stored_receipts(f), 1);
}

static void the_zone_s_record_is_learnt_once(void **state)
{
    struct fixture *f = *state;
    f->province->send_zone = true;

    assert_true(synchronise(f));
    assert_true(f->report.zone_learnt);
    assert_true(synchronise(f));

    assert_false(f->report.zone_learnt);
}

static struct grounds grounds_of_newest(struct fixture *f)
{
    const struct store *store = &f->office->agent->store;
    struct stream_head head;
    struct statement statement;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(store->database);
    assert_true(statements_head(store, txn, &head, &f->err));
    assert_true(statements_read(store, txn, head.sequence, f->office->arena, &statement, &f->err));
    return statement.submission.grounds;
}

static void a_return_says_by_what_the_zone_went(void **state)
{
    struct fixture *f = *state;
    struct zone zone = { .id = f->office->agent->device.stream.zone,
                         .name = "a zone",
                         .prefecture = "",
                         .prefecture_code = "",
                         .county = "",
                         .county_code = "" };
    struct ground first = {
        code_of("JKQ401"), period_of_month(2021, 2), 1, 1, f->office->agent->device.stream.device, 1
    };
    zone_office_seal(f->office, monthly_return(2), 0);
    struct grounds grounds = grounds_of_newest(f), expected = grounds_of(NULL, NULL, 0);
    assert_memory_equal(&grounds, &expected, sizeof grounds);
    f->province->send_zone = true;
    assert_true(synchronise(f));

    zone_office_seal(f->office, monthly_return(3), 0);

    grounds = grounds_of_newest(f);
    expected = grounds_of(&zone, &first, 1);
    assert_memory_equal(&grounds, &expected, sizeof grounds);
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(what_waits_is_delivered_and_receipted),
        A_TEST(nothing_to_send_is_no_failure),
        A_TEST(a_small_window_takes_several_turns),
        A_TEST(a_statement_whose_reply_was_lost_is_sent_again_and_counts_once),
        A_TEST(a_receipt_lost_for_good_comes_in_a_later_run),
        A_TEST(a_gap_resumes_where_the_province_stands),
        A_TEST(a_province_that_asks_for_the_same_for_ever_is_given_up),
        A_TEST(a_busy_province_is_asked_again_after_a_pause),
        A_TEST(a_refusal_stops_and_says_why),
        A_TEST(a_province_that_stops_is_tried_again),
        A_TEST(a_receipt_with_a_false_proof_is_not_stored),
        A_TEST(a_receipt_signed_by_somebody_else_is_not_stored),
        A_TEST(a_receipt_for_another_statement_is_not_stored),
        A_TEST(a_receipt_for_another_number_is_not_stored),
        A_TEST(a_province_that_has_more_than_we_do_stops_everything),
        A_TEST(a_province_with_another_statement_of_ours_stops_everything),
        A_TEST(a_journal_that_continues_is_believed_again),
        A_TEST(a_journal_that_was_rewritten_is_refused),
        A_TEST(a_rejected_return_is_receipted_and_says_so),
        A_TEST(a_large_statement_travels_in_parts),
        A_TEST(parts_are_sent_again_when_the_reply_was_lost),
        A_TEST(a_large_statement_goes_on_where_the_line_was_cut),
        A_TEST(a_clock_that_differs_from_the_province_s_is_told),
        A_TEST(the_zone_s_record_is_learnt_once),
        A_TEST(a_return_says_by_what_the_zone_went),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

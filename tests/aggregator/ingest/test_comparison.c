#include "tests/support/test.h"

#include "aggregator/calendar.h"
#include "aggregator/ingest/intake.h"
#include "aggregator/projection.h"
#include "aggregator/receipts.h"
#include "aggregator/registry.h"
#include "common/model/finding.h"
#include "common/storage/transaction.h"
#include "common/wire/grounds.h"
#include "tests/aggregator/workbench.h"
#include "tests/support/edition.h"

#define YEARS_20_MS (INT64_C(7305) * 24 * 60 * 60 * 1000)

static int set_up(void **state)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct sources sources = edition(1, arena);
    return workbench_set_up_with(state, &sources);
}

static struct submission a_return(struct workbench *bench, int month, int64_t leading)
{
    struct cell *cells = arena_take(bench->arena, 3, sizeof *cells);
    cells[0] = (struct cell){ code_of("A1"), { 100, VALUE_PRESENT } };
    cells[1] = (struct cell){ code_of("A2"), { leading, VALUE_PRESENT } };
    cells[2] = (struct cell){ code_of("A4"), { 1, VALUE_PRESENT } };
    return (struct submission){ .form = code_of(EDITION_FORM),
                                .period = period_of_month(2021, month),
                                .version = 1,
                                .cells = cells,
                                .cell_count = 3 };
}

/* What a zone says that found rule V14 broken. */
static struct digest v14_broken(struct workbench *bench)
{
    struct findings findings = findings_in(bench->arena);
    struct finding finding = { .class = FINDING_MANDATORY, .rule = code_of("V14"), .row_key = "" };
    findings_add(&findings, &finding);
    return findings_digest(&findings);
}

/* What it says that went by the register's record and these of its own returns. */
static struct grounds grounds(struct workbench *bench, size_t months)
{
    struct ground items[12];
    for (size_t i = 0; i < months; i++)
        items[i] = (struct ground){ code_of(EDITION_FORM),
                                    period_of_month(2021, 2 + (int)i),
                                    1,
                                    i + 1,
                                    bench->stream.device,
                                    1 };
    return grounds_of(registry_find(ledger_registry(bench->province->ledger), &bench->stream.zone),
                      items, months);
}

static void append(struct workbench *bench, struct entry entry)
{
    struct journal_record record = { .entry = entry };
    assert_true(ledger_begin(bench->province->ledger, WORKBENCH_UTC_MS, &bench->err));
    assert_true(ledger_take(bench->province->ledger, &record) > 0);
    assert_true(ledger_commit(bench->province->ledger, &bench->err));
}

/* What the receipt says of it, after a restart. */
static struct arrival submit_at(struct workbench *bench, struct submission submission,
                                int64_t agent_utc_ms)
{
    struct intake_answer answer;
    struct receipt receipt;
    struct sealed_statement sealed =
        workbench_seal_next(bench, (struct statement){ .kind = STATEMENT_RETURN,
                                                       .agent_utc_ms = agent_utc_ms,
                                                       .submission = submission });
    assert_true(ledger_begin(bench->province->ledger, WORKBENCH_UTC_MS, &bench->err));
    assert_true(intake_take(bench->province, WORKBENCH_UTC_MS, &sealed, bench->arena, &answer,
                            &bench->err));
    assert_int_equal(answer.admission.outcome, ADMISSION_NEXT);
    assert_true(ledger_commit(bench->province->ledger, &bench->err));
    workbench_restart(bench);
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    assert_true(receipts_make(bench->province->ledger, txn, answer.position, bench->arena, &receipt,
                              &bench->err));
    return receipt.arrival;
}

static struct arrival submit(struct workbench *bench, struct submission submission)
{
    return submit_at(bench, submission, WORKBENCH_UTC_MS);
}

static void a_zone_that_found_the_same_is_the_same(void **state)
{
    struct workbench *bench = *state;
    struct submission clean = a_return(bench, 2, 1), broken = a_return(bench, 3, 101);
    clean.grounds = grounds(bench, 0);
    broken.findings = v14_broken(bench);

    assert_int_equal(submit(bench, clean).comparison, COMPARISON_SAME);
    struct arrival arrival = submit(bench, broken);

    assert_int_equal(arrival.verdict, VERDICT_REJECTED);
    assert_int_equal(arrival.comparison, COMPARISON_SAME);
}

static void a_zone_that_found_nothing_wrong_with_what_is_wrong_is_told_of(void **state)
{
    struct workbench *bench = *state;
    struct submission first = a_return(bench, 2, 1), broken = a_return(bench, 3, 101);
    assert_int_equal(submit(bench, first).comparison, COMPARISON_SAME);
    broken.grounds = grounds(bench, 1);

    assert_int_equal(submit(bench, broken).comparison, COMPARISON_DIFFERENT);
}

static void a_zone_that_finds_what_is_not_there_is_told_of(void **state)
{
    struct workbench *bench = *state;
    struct submission clean = a_return(bench, 2, 1);
    clean.findings = v14_broken(bench);
    clean.grounds = grounds(bench, 0);

    struct arrival arrival = submit(bench, clean);

    assert_int_equal(arrival.verdict, VERDICT_ACCEPTED);
    assert_int_equal(arrival.comparison, COMPARISON_DIFFERENT);
}

static void a_zone_that_did_not_know_of_another_machine_s_return_could_not_know(void **state)
{
    struct workbench *bench = *state;
    (void)submit(bench, a_return(bench, 2, 1));
    struct submission broken = a_return(bench, 3, 101);
    broken.grounds = grounds(bench, 0);

    assert_int_equal(submit(bench, broken).comparison, COMPARISON_UNKNOWABLE);
}

static void a_zone_that_went_by_another_register_record_could_not_know(void **state)
{
    struct workbench *bench = *state;
    struct submission broken = a_return(bench, 2, 101);
    broken.grounds = grounds(bench, 0);
    append(bench, (struct entry){ .kind = ENTRY_ZONE,
                                  .zone = { .id = bench->stream.zone,
                                            .name = "another name",
                                            .prefecture = "",
                                            .prefecture_code = "",
                                            .county = "",
                                            .county_code = "" } });

    assert_int_equal(submit(bench, broken).comparison, COMPARISON_UNKNOWABLE);
}

static void a_zone_whose_clock_let_the_period_end_too_early_could_not_know(void **state)
{
    struct workbench *bench = *state;
    struct submission early = a_return(bench, 3, 1);
    early.period = period_of_month(2045, 3);
    early.grounds = grounds(bench, 0);

    struct arrival arrival = submit(bench, early);

    assert_int_equal(arrival.verdict, VERDICT_REJECTED);
    assert_int_equal(arrival.comparison, COMPARISON_UNKNOWABLE);
}

/* Twenty years too early or too late: what counts is when it came. */
static void the_clock_of_the_zone_decides_nothing(void **state)
{
    struct workbench *bench = *state;
    static const int64_t off_ms[] = { -YEARS_20_MS, 0, YEARS_20_MS };
    for (int i = 0; i < 3; i++) {
        struct submission submission = a_return(bench, 2 + i, 1);
        struct arrival arrival = submit_at(bench, submission, WORKBENCH_UTC_MS + off_ms[i]);
        const struct return_state *found = projection_find(
            bench->province->projection, &bench->stream.zone, submission.form, submission.period);

        assert_int_equal(arrival.verdict, VERDICT_ACCEPTED);
        assert_int_equal(arrival.comparison, COMPARISON_SAME);
        assert_int_equal(arrival.received_utc_ms, WORKBENCH_UTC_MS);
        assert_int_equal(found->first_utc_ms, WORKBENCH_UTC_MS);
    }
}

static void a_province_whose_clock_lost_its_time_does_not_serve(void **state)
{
    struct workbench *bench = *state;
    bench->clock.utc_ms = WORKBENCH_UTC_MS - YEARS_20_MS;
    assert_false(calendar_clock_is_sound(province_utc_ms(bench->province), &bench->err));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
    bench->clock.utc_ms = WORKBENCH_UTC_MS + YEARS_20_MS;

    assert_true(calendar_clock_is_sound(province_utc_ms(bench->province), &bench->err));
}

static void rules_that_the_province_alone_runs_make_no_difference(void **state)
{
    struct workbench *bench = *state;
    struct submission skipping = a_return(bench, 2, 1);
    skipping.version = 7; /* V07 is the province's */

    struct arrival arrival = submit(bench, skipping);

    assert_int_equal(arrival.verdict, VERDICT_REJECTED);
    assert_int_equal(arrival.comparison, COMPARISON_SAME);
}

static void grounds_say_the_same_in_whatever_order_they_are_gathered(void **state)
{
    struct workbench *bench = *state;
    struct ground items[] = {
        { code_of("T"), period_of_month(2021, 3), 1, 2, { { 1 } }, 1 },
        { code_of("R"), period_of_year(2021), 1, 1, { { 1 } }, 1 },
    };
    struct ground turned[] = { items[1], items[0] }, changed[] = { items[0], items[1] };
    changed[1].version = 2;
    const struct zone *zone =
        registry_find(ledger_registry(bench->province->ledger), &bench->stream.zone);

    struct grounds one = grounds_of(zone, items, 2), other = grounds_of(zone, turned, 2);
    struct grounds third = grounds_of(zone, changed, 2), unknown = grounds_of(NULL, items, 2);

    assert_memory_equal(&one, &other, sizeof one);
    assert_memory_not_equal(&one, &third, sizeof one);
    assert_memory_not_equal(&one, &unknown, sizeof one);
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, workbench_tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(a_zone_that_found_the_same_is_the_same),
        A_TEST(a_zone_that_found_nothing_wrong_with_what_is_wrong_is_told_of),
        A_TEST(a_zone_that_finds_what_is_not_there_is_told_of),
        A_TEST(a_zone_that_did_not_know_of_another_machine_s_return_could_not_know),
        A_TEST(a_zone_that_went_by_another_register_record_could_not_know),
        A_TEST(a_zone_whose_clock_let_the_period_end_too_early_could_not_know),
        A_TEST(the_clock_of_the_zone_decides_nothing),
        A_TEST(a_province_whose_clock_lost_its_time_does_not_serve),
        A_TEST(rules_that_the_province_alone_runs_make_no_difference),
        A_TEST(grounds_say_the_same_in_whatever_order_they_are_gathered),
    };
    return cmocka_run_group_tests_name("comparison", tests, NULL, NULL);
}

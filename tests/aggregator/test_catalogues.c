#include "tests/support/test.h"

#include <stdlib.h>

#include "aggregator/catalogues.h"
#include "aggregator/ingest/intake.h"
#include "aggregator/projection.h"
#include "aggregator/signer.h"
#include "common/catalogue/catalogue.h"
#include "common/cube/cube.h"
#include "common/storage/transaction.h"
#include "tests/aggregator/workbench.h"
#include "tests/support/edition.h"

static int set_up(void **state)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct sources sources = edition(1, arena);
    return workbench_set_up_with(state, &sources);
}

static struct digest digest_of(struct workbench *bench, unsigned number)
{
    return sources_digest(edition(number, bench->arena));
}

static void adopt(struct workbench *bench, unsigned number)
{
    if (!province_adopt(bench->province, edition(number, bench->arena), &bench->err))
        fail_msg("%s", bench->err.text);
}

/* What became of the next return, sealed under that edition. */
static struct arrival submit(struct workbench *bench, unsigned number, struct submission submission)
{
    struct intake_answer answer;
    struct journal_record record;
    struct ledger *ledger = bench->province->ledger;
    submission.form = code_of(EDITION_FORM);
    struct sealed_statement sealed =
        workbench_seal_next(bench, (struct statement){ .catalogue = digest_of(bench, number),
                                                       .kind = STATEMENT_RETURN,
                                                       .submission = submission });
    assert_true(ledger_begin(ledger, WORKBENCH_UTC_MS, &bench->err));
    assert_true(intake_take(bench->province, WORKBENCH_UTC_MS, &sealed, bench->arena, &answer,
                            &bench->err));
    assert_int_equal(answer.admission.outcome, ADMISSION_NEXT);
    assert_true(ledger_commit(ledger, &bench->err));
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    assert_true(ledger_read(ledger, txn, answer.position, bench->arena, &record, &bench->err));
    return record.entry.arrival;
}

/* Cells in the terms of the first edition: A1, A2, A4; of the others: A1, A2, A3. */
static struct submission a_return(struct workbench *bench, unsigned number, int month,
                                  int64_t revenue, int64_t leading)
{
    static const char *const thirds[] = { "A4", "A3", "A3" };
    struct cell *cells = arena_take(bench->arena, 3, sizeof *cells);
    cells[0] = (struct cell){ code_of("A1"), { revenue, VALUE_PRESENT } };
    cells[1] = (struct cell){ code_of("A2"), { leading, VALUE_PRESENT } };
    cells[2] = (struct cell){ code_of(thirds[number - 1]), { 1, VALUE_PRESENT } };
    return (struct submission){
        .period = period_of_month(2021, month), .version = 1, .cells = cells, .cell_count = 3
    };
}

static int64_t figure_in_force(struct workbench *bench, const char *item, int month)
{
    const struct province *province = bench->province;
    const struct cube *cube = projection_cube(province->projection);
    struct zone_id zone = { WORKBENCH_ZONE };
    struct origin origin;
    struct value value = cube_observe(cube, cube_find_zone(cube, &zone),
                                      catalogue_item(province->catalogue, code_of(item)),
                                      period_of_month(2021, month), &origin);
    return origin.reported ? value.mantissa : -1;
}

static void a_statement_is_judged_by_the_catalogue_it_names(void **state)
{
    struct workbench *bench = *state;
    adopt(bench, 2);

    struct arrival first = submit(bench, 1, a_return(bench, 1, 2, 12300, 12000));
    struct arrival second = submit(bench, 2, a_return(bench, 2, 3, 123, 120000000));

    assert_int_equal(first.verdict, VERDICT_ACCEPTED);
    assert_int_equal(second.verdict, VERDICT_REJECTED);
    assert_int_equal(second.finding_count, 1);
    assert_true(code_equal(second.findings[0].rule, code_of("V14")));
}

static void figures_of_all_catalogues_meet_in_the_one_in_force(void **state)
{
    struct workbench *bench = *state;
    (void)submit(bench, 1, a_return(bench, 1, 2, 12300, 500));
    assert_int_equal(figure_in_force(bench, "A1", 2), 12300);

    adopt(bench, 2);

    assert_int_equal(figure_in_force(bench, "A1", 2), 123);
    assert_int_equal(figure_in_force(bench, "A2", 2), 5000000);
    (void)submit(bench, 1, a_return(bench, 1, 3, 45600, 500));
    (void)submit(bench, 2, a_return(bench, 2, 4, 789, 100));
    assert_int_equal(figure_in_force(bench, "A1", 3), 456);
    assert_int_equal(figure_in_force(bench, "A1", 4), 789);
}

static void a_restart_brings_back_every_catalogue_and_every_figure(void **state)
{
    struct workbench *bench = *state;
    (void)submit(bench, 1, a_return(bench, 1, 2, 12300, 500));
    adopt(bench, 2);
    (void)submit(bench, 2, a_return(bench, 2, 3, 456, 500));
    adopt(bench, 3);

    workbench_restart(bench);

    assert_int_equal(catalogues_count(bench->province->catalogues), 3);
    assert_int_equal(bench->province->catalogue->version, 3);
    assert_int_equal(figure_in_force(bench, "A1", 2), 123);
    assert_int_equal(figure_in_force(bench, "A1", 3), 456);
    assert_int_equal(submit(bench, 1, a_return(bench, 1, 4, 100, 101)).verdict, VERDICT_REJECTED);
    assert_int_equal(submit(bench, 3, a_return(bench, 3, 5, 1, 100000000)).verdict,
                     VERDICT_ACCEPTED);
}

static void another_process_adopts_while_this_one_runs(void **state)
{
    struct workbench *bench = *state;
    struct error err;
    (void)submit(bench, 1, a_return(bench, 1, 2, 12300, 500));
    struct sources sources = edition(2, bench->arena);
    struct journal_record record = {
        .entry = { .kind = ENTRY_CATALOGUE, .catalogue = sources_pack(sources, bench->arena) }
    };
    /* What another process does: its own ledger over the same database. */
    CLEANUP(signer_close) struct signer *signer = workbench_signer(bench);
    struct ledger_options options = { .database = bench->province->database, .signer = signer };
    CLEANUP(ledger_close) struct ledger *other = ledger_open(&options, &err);
    assert_true(ledger_begin(other, WORKBENCH_UTC_MS, &err));
    assert_true(ledger_take(other, &record) > 0);
    assert_true(ledger_commit(other, &err));

    struct arrival arrival = submit(bench, 2, a_return(bench, 2, 3, 456, 500));

    assert_int_equal(arrival.verdict, VERDICT_ACCEPTED);
    assert_int_equal(bench->province->catalogue->version, 2);
    assert_int_equal(figure_in_force(bench, "A1", 2), 123);
}

static void only_a_higher_version_is_adopted(void **state)
{
    struct workbench *bench = *state;
    adopt(bench, 3);
    uint64_t size = ledger_size(bench->province->ledger);

    assert_false(province_adopt(bench->province, edition(2, bench->arena), &bench->err));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
    assert_false(province_adopt(bench->province, edition(3, bench->arena), &bench->err));

    assert_int_equal(ledger_size(bench->province->ledger), size);
    assert_int_equal(bench->province->catalogue->version, 3);
}

static void under_a_closed_catalogue_all_is_rejected_and_the_stream_goes_on(void **state)
{
    struct workbench *bench = *state;
    struct digest old = digest_of(bench, 1);
    adopt(bench, 2);
    assert_true(province_close_catalogue(bench->province, &old, &bench->err));

    struct arrival first = submit(bench, 1, a_return(bench, 1, 2, 12300, 500));

    assert_int_equal(first.verdict, VERDICT_REJECTED);
    assert_true(code_equal(first.findings[0].rule, code_of("V02")));
    workbench_restart(bench);
    assert_true(catalogues_find(bench->province->catalogues, &old)->closed);
    struct submission again = a_return(bench, 2, 2, 123, 500);
    again.version = 2;
    assert_int_equal(submit(bench, 2, again).verdict, VERDICT_ACCEPTED);
    assert_int_equal(figure_in_force(bench, "A1", 2), 123);
}

static void the_catalogue_in_force_is_not_closed(void **state)
{
    struct workbench *bench = *state;
    struct digest only = digest_of(bench, 1), unknown = digest_of(bench, 2);

    assert_false(province_close_catalogue(bench->province, &only, &bench->err));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
    assert_false(province_close_catalogue(bench->province, &unknown, &bench->err));
}

static void a_rejected_correction_leaves_what_counts_in_every_catalogue(void **state)
{
    struct workbench *bench = *state;
    adopt(bench, 2);
    (void)submit(bench, 1, a_return(bench, 1, 2, 12300, 500));
    struct submission correction = a_return(bench, 2, 2, 999, 100000000000);
    correction.version = 2;
    correction.base_version = 1;

    assert_int_equal(submit(bench, 2, correction).verdict, VERDICT_REJECTED);

    assert_int_equal(figure_in_force(bench, "A1", 2), 123);
}

#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, set_up, workbench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BENCH(a_statement_is_judged_by_the_catalogue_it_names),
        WITH_BENCH(figures_of_all_catalogues_meet_in_the_one_in_force),
        WITH_BENCH(a_restart_brings_back_every_catalogue_and_every_figure),
        WITH_BENCH(another_process_adopts_while_this_one_runs),
        WITH_BENCH(only_a_higher_version_is_adopted),
        WITH_BENCH(under_a_closed_catalogue_all_is_rejected_and_the_stream_goes_on),
        WITH_BENCH(the_catalogue_in_force_is_not_closed),
        WITH_BENCH(a_rejected_correction_leaves_what_counts_in_every_catalogue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

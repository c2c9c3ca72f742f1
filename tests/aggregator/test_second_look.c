#include "aggregator/second_look.h"

#include "tests/support/test.h"

#include <string.h>

#include "aggregator/doctor.h"
#include "aggregator/ingest/visit.h"
#include "aggregator/streams.h"
#include "aggregator/vouching.h"
#include "common/runtime/crew.h"
#include "common/storage/transaction.h"
#include "tests/aggregator/workbench.h"

#define RUN 8
#define BEFORE 3 /* entries: the catalogue, the zone, the device */

struct told {
    size_t count;
    struct suspect suspects[RUN];
};

static void tell(const struct suspect *suspect, void *owner)
{
    struct told *told = owner;
    assert_true(told->count < RUN);
    told->suspects[told->count++] = *suspect;
}

/* The next of the stream, whose sender signed it wrongly and goes on behind it. */
static struct sealed_statement seal_wrongly(struct workbench *bench)
{
    struct sealed_statement sealed = workbench_seal_note(bench, "signed wrongly");
    sealed.signature[7] ^= 1;
    bench->head.hash = sealed_statement_hash(&sealed);
    return sealed;
}

/* As they come in, through inspection: `wrong` says of each whether it is signed wrongly. */
static void bring(struct workbench *bench, const char *wrong)
{
    struct sealed_statement run[RUN];
    struct visit visit = { .statements = run, .statement_count = strlen(wrong) };
    struct visit_tally tally = { 0 };
    struct ledger *ledger = bench->province->ledger;
    for (size_t i = 0; wrong[i]; i++)
        run[i] = wrong[i] == 'x' ? seal_wrongly(bench) : workbench_seal_note(bench, "good");
    assert_true(ledger_begin(ledger, WORKBENCH_UTC_MS, &bench->err));
    assert_true(
        visit_take(&visit, bench->province, WORKBENCH_UTC_MS, bench->arena, &tally, &bench->err));
    assert_int_equal(tally.appended, strlen(wrong));
    assert_true(ledger_commit(ledger, &bench->err));
}

/* Past inspection: as an error of ours, or damage, would leave it. */
static void append_wrongly_signed(struct workbench *bench)
{
    struct sealed_statement sealed = seal_wrongly(bench);
    struct journal_record record = { .entry = { .kind = ENTRY_ARRIVAL }, .sealed = sealed };
    assert_true(statement_decode(sealed.statement, bench->arena, &record.statement, &bench->err));
    record.entry.arrival = (struct arrival){ .stream = bench->stream,
                                             .sequence = bench->head.sequence,
                                             .verdict = VERDICT_ACCEPTED,
                                             .statement_hash = bench->head.hash };
    assert_true(ledger_begin(bench->province->ledger, WORKBENCH_UTC_MS, &bench->err));
    assert_true(ledger_take(bench->province->ledger, &record) > 0);
    assert_true(ledger_commit(bench->province->ledger, &bench->err));
}

static void step(struct workbench *bench, struct second_look *look, struct told *told)
{
    assert_true(second_look_step(look, tell, told, &bench->err));
}

/* To the end of the journal, by somebody who begins now. */
static struct told look_at_all(struct workbench *bench, struct crew *crew)
{
    struct told told = { 0 };
    CLEANUP(second_look_close)
    struct second_look *look = second_look_open(bench->province, crew, &bench->err);
    assert_non_null(look);
    while (second_look_next(look) < ledger_size(bench->province->ledger))
        step(bench, look, &told);
    return told;
}

struct records {
    size_t count;
    struct second_look_record items[RUN];
};

static bool remember(const struct second_look_record *record, void *owner)
{
    struct records *records = owner;
    assert_true(records->count < RUN);
    records->items[records->count++] = *record;
    return true;
}

static struct records recorded(struct workbench *bench)
{
    struct records records = { 0 };
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    second_look_each(txn, database_table(bench->province->database, SECOND_LOOK_TABLE), remember,
                     &records);
    assert_true(transaction_check(txn, &bench->err));
    return records;
}

static void a_sound_journal_leaves_no_record(void **state)
{
    struct workbench *bench = *state;
    bring(bench, "....");

    assert_int_equal(look_at_all(bench, NULL).count, 0);
    assert_int_equal(recorded(bench).count, 0);
}

static void a_wrong_signature_that_was_vouched_for_is_recorded_with_its_witness(void **state)
{
    struct workbench *bench = *state;
    bring(bench, ".x..");

    struct told told = look_at_all(bench, NULL);

    struct records records = recorded(bench);
    assert_int_equal(told.count, 1);
    assert_int_equal(records.count, 1);
    assert_int_equal(records.items[0].position, BEFORE + 1);
    assert_int_equal(records.items[0].witness, BEFORE + 2);
    assert_int_equal(records.items[0].utc_ms, WORKBENCH_UTC_MS);
}

static void wrong_signatures_in_a_row_have_the_same_witness(void **state)
{
    struct workbench *bench = *state;
    bring(bench, "xxx.x.");

    look_at_all(bench, NULL);

    struct records records = recorded(bench);
    assert_int_equal(records.count, 4);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(records.items[i].witness, BEFORE + 3);
    assert_int_equal(records.items[3].witness, BEFORE + 5);
}

static void
a_wrong_signature_without_a_witness_is_recorded_as_one_that_nobody_vouches_for(void **state)
{
    struct workbench *bench = *state;
    bring(bench, "..");
    append_wrongly_signed(bench);

    look_at_all(bench, NULL);

    struct records records = recorded(bench);
    assert_int_equal(records.count, 1);
    assert_true(records.items[0].witness == VOUCHING_NOBODY);
}

static void what_was_acknowledged_stays_as_it_is(void **state)
{
    struct workbench *bench = *state;
    bring(bench, ".x..");
    uint64_t size = ledger_size(bench->province->ledger);

    look_at_all(bench, NULL);
    workbench_restart(bench);

    const struct stream *stream =
        streams_find(ledger_streams(bench->province->ledger), &bench->stream);
    assert_int_equal(ledger_size(bench->province->ledger), size);
    assert_int_equal(stream->sequence, 4);
    assert_false(stream->frozen);
    bring(bench, ".");
}

static void the_crew_finds_what_one_alone_finds(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(crew_destroy) struct crew *crew = crew_create(3);
    bring(bench, "x.x..xx.");

    assert_int_equal(look_at_all(bench, crew).count, 4);
}

static void a_step_looks_at_so_many_entries_and_no_more(void **state)
{
    struct workbench *bench = *state;
    struct told told = { 0 };
    workbench_append_notes(bench, SECOND_LOOK_ENTRIES_MAX);
    CLEANUP(second_look_close)
    struct second_look *look = second_look_open(bench->province, NULL, &bench->err);

    step(bench, look, &told);
    assert_int_equal(second_look_next(look), SECOND_LOOK_ENTRIES_MAX);
    step(bench, look, &told);
    assert_int_equal(second_look_next(look), SECOND_LOOK_ENTRIES_MAX + BEFORE);
    step(bench, look, &told);
    assert_int_equal(second_look_next(look), SECOND_LOOK_ENTRIES_MAX + BEFORE);
}

static void a_witness_is_found_beyond_the_step(void **state)
{
    struct workbench *bench = *state;
    struct told told = { 0 };
    workbench_append_notes(bench, SECOND_LOOK_ENTRIES_MAX - BEFORE - 2);
    bring(bench, "xxx.");
    CLEANUP(second_look_close)
    struct second_look *look = second_look_open(bench->province, NULL, &bench->err);

    step(bench, look, &told);

    assert_int_equal(told.count, 2);
    assert_int_equal(told.suspects[0].witness, SECOND_LOOK_ENTRIES_MAX + 1);
    assert_int_equal(told.suspects[1].witness, SECOND_LOOK_ENTRIES_MAX + 1);
}

static void what_was_found_is_not_told_again_after_a_restart(void **state)
{
    struct workbench *bench = *state;
    bring(bench, ".x.");
    assert_int_equal(look_at_all(bench, NULL).count, 1);

    workbench_restart(bench);

    assert_int_equal(look_at_all(bench, NULL).count, 0);
    assert_int_equal(recorded(bench).count, 1);
}

static void after_a_restart_it_goes_on_where_it_was(void **state)
{
    struct workbench *bench = *state;
    workbench_append_notes(bench, SECOND_LOOK_SAVED_EVERY);
    look_at_all(bench, NULL);

    workbench_restart(bench);

    CLEANUP(second_look_close)
    struct second_look *look = second_look_open(bench->province, NULL, &bench->err);
    assert_int_equal(second_look_next(look), SECOND_LOOK_SAVED_EVERY);
}

#define WITH_BENCH(test)                                                                           \
    cmocka_unit_test_setup_teardown(test, workbench_set_up, workbench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BENCH(a_sound_journal_leaves_no_record),
        WITH_BENCH(a_wrong_signature_that_was_vouched_for_is_recorded_with_its_witness),
        WITH_BENCH(wrong_signatures_in_a_row_have_the_same_witness),
        WITH_BENCH(a_wrong_signature_without_a_witness_is_recorded_as_one_that_nobody_vouches_for),
        WITH_BENCH(what_was_acknowledged_stays_as_it_is),
        WITH_BENCH(the_crew_finds_what_one_alone_finds),
        WITH_BENCH(a_step_looks_at_so_many_entries_and_no_more),
        WITH_BENCH(a_witness_is_found_beyond_the_step),
        WITH_BENCH(what_was_found_is_not_told_again_after_a_restart),
        WITH_BENCH(after_a_restart_it_goes_on_where_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/support/test.h"

#include "aggregator/evidence.h"
#include "aggregator/streams.h"
#include "common/storage/transaction.h"
#include "tests/aggregator/workbench.h"

static void keep(struct workbench *bench, const struct sealed_statement *sealed,
                 enum refusal refusal, bool freezes)
{
    struct statement statement;
    assert_true(statement_decode(sealed->statement, bench->arena, &statement, &bench->err));
    struct evidence evidence = { &statement, sealed, sealed_statement_hash(sealed), refusal,
                                 freezes };
    struct database *database = bench->province->database;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_write(database);
    evidence_keep(txn, database_table(database, EVIDENCE_TABLE), &evidence);
    assert_true(transaction_commit(&txn, &bench->err));
}

static bool is_frozen_after_a_restart(struct workbench *bench)
{
    workbench_restart(bench);
    const struct stream *stream =
        streams_find(ledger_streams(bench->province->ledger), &bench->stream);
    assert_non_null(stream);
    return stream->frozen;
}

static void a_fork_stays_one_when_it_comes_again_and_is_refused_for_something_else(void **state)
{
    struct workbench *bench = *state;
    workbench_append_notes(bench, 3);
    struct sealed_statement other = workbench_seal_note(bench, "another third one");

    keep(bench, &other, REFUSAL_FORK, true);
    keep(bench, &other, REFUSAL_FENCED, false);

    assert_true(is_frozen_after_a_restart(bench));
}

static void what_came_to_a_closed_stream_freezes_nothing(void **state)
{
    struct workbench *bench = *state;
    workbench_append_notes(bench, 3);
    struct sealed_statement late = workbench_seal_note(bench, "late");

    keep(bench, &late, REFUSAL_FENCED, false);

    assert_false(is_frozen_after_a_restart(bench));
}

static void a_full_box_has_room_for_the_first_fork_of_a_stream(void **state)
{
    struct workbench *bench = *state;
    struct database *database = bench->province->database;
    workbench_append_notes(bench, 3);
    struct sealed_statement other = workbench_seal_note(bench, "another third one");
    {
        CLEANUP(transaction_abort) struct transaction *txn = transaction_write(database);
        struct table table = database_table(database, EVIDENCE_TABLE);
        for (uint32_t i = 0; i < EVIDENCE_MAX; i++)
            transaction_put(txn, table, BYTES_OF(i), BYTES_OF(i));
        assert_true(transaction_commit(&txn, &bench->err));
    }

    keep(bench, &other, REFUSAL_FENCED, false);
    assert_false(is_frozen_after_a_restart(bench));
    keep(bench, &other, REFUSAL_FORK, true);
    assert_true(is_frozen_after_a_restart(bench));
}

#define WITH_BENCH(test)                                                                           \
    cmocka_unit_test_setup_teardown(test, workbench_set_up, workbench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BENCH(a_fork_stays_one_when_it_comes_again_and_is_refused_for_something_else),
        WITH_BENCH(what_came_to_a_closed_stream_freezes_nothing),
        WITH_BENCH(a_full_box_has_room_for_the_first_fork_of_a_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/support/test.h"

#include "agent/statements.h"
#include "common/base/arena.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/transaction.h"
#include "common/wire/statement.h"
#include "tests/agent/recovery_fixture.h"

/* The old machine took its first return back. */
static void withdraw(struct recovery_fixture *f)
{
    struct agent *agent = f->old->agent;
    struct stream_head head;
    struct sealed_statement sealed;
    struct return_id id = monthly_return(2);
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(agent->store.database);
    assert_true(statements_head(&agent->store, txn, &head, &f->err));
    struct statement statement = { .suite = 1,
                                   .province = "jilin",
                                   .stream = agent->device.stream,
                                   .sequence = head.sequence + 1,
                                   .previous = head.hash,
                                   .catalogue = agent->catalogue->digest,
                                   .agent_utc_ms = 5,
                                   .kind = STATEMENT_WITHDRAWAL,
                                   .withdrawal = { id.form, id.period, 1, "重复报送" } };
    assert_true(statement_seal(&statement, &agent->pair, f->old->arena, &sealed, &f->err));
    struct entry entry = { .utc_ms = 5,
                           .kind = ENTRY_ARRIVAL,
                           .arrival = { .stream = statement.stream,
                                        .sequence = statement.sequence,
                                        .statement_hash = sealed_statement_hash(&sealed),
                                        .received_utc_ms = 5,
                                        .verdict = VERDICT_ACCEPTED } };
    recovery_append(f, &entry, &sealed);
}

static void what_was_withdrawn_comes_back_withdrawn(void **state)
{
    struct recovery_fixture *f = *state;
    withdraw(f);

    recovery_run(f, f->fresh);

    assert_int_equal(recovery_newest(f->fresh, 2).stage, STAGE_WITHDRAWN);
    assert_int_equal(zone_office_seal(f->fresh, monthly_return(2), 7).base, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_withdrawn_comes_back_withdrawn, recovery_set_up,
                                        recovery_tear_down),
    };
    return cmocka_run_group_tests_name("reindexing", tests, NULL, NULL);
}

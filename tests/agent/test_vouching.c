#include "agent/vouching.h"

#include "tests/support/test.h"

#include <string.h>

#include "agent/doctor.h"
#include "agent/sealing.h"
#include "agent/statements.h"
#include "common/base/arena.h"
#include "common/storage/transaction.h"
#include "common/wire/statement.h"
#include "tests/agent/recovery_fixture.h"

#define FIRST 4 /* of the statements that are sealed here */

/* Number FIRST of the old machine; whatever is sealed next names its hash. */
static void seal_wrongly(struct recovery_fixture *f)
{
    struct agent *agent = f->old->agent;
    struct sealed_statement sealed;
    struct statement statement;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_write(agent->store.database);
    assert_true(sealing_next(agent, txn, &statement, &f->err));
    statement.kind = STATEMENT_NOTE;
    statement.note = "signed wrongly";
    assert_true(statement_seal(&statement, &agent->pair, f->old->arena, &sealed, &f->err));
    sealed.signature[0] ^= 1;
    statements_append(&agent->store, txn, statement.sequence, &sealed, f->old->arena);
    assert_true(transaction_commit(&txn, &f->err));
}

static struct doctor_report examine(struct zone_office *office)
{
    struct doctor_report report;
    doctor_examine(office->agent, NULL, office->arena, &report);
    return report;
}

/* Both arrive at the province, which looks at the newer signature alone. */
static void arrive_with_a_witness(struct recovery_fixture *f)
{
    seal_wrongly(f);
    zone_office_seal(f->old, monthly_return(5), 0);
    recovery_arrive(f, f->old, FIRST, VERDICT_ACCEPTED);
    recovery_arrive(f, f->old, FIRST + 1, VERDICT_ACCEPTED);
}

static void the_doctor_finds_the_witness_of_a_wrong_signature(void **state)
{
    struct recovery_fixture *f = *state;
    seal_wrongly(f);
    assert_int_equal(examine(f->old).problem_count, 1);

    zone_office_seal(f->old, monthly_return(5), 0);

    struct doctor_report report = examine(f->old);
    assert_int_equal(report.problem_count, 0);
    assert_int_equal(report.vouched, 1);
    assert_int_equal(report.statements, FIRST + 1);
}

static void a_history_with_a_wrong_signature_that_is_vouched_for_comes_back(void **state)
{
    struct recovery_fixture *f = *state;
    arrive_with_a_witness(f);

    recovery_run(f, f->fresh);

    struct doctor_report report = examine(f->fresh);
    assert_int_equal(f->page.statements, FIRST + 1);
    assert_int_equal(report.problem_count, 0);
    assert_int_equal(report.vouched, 1);
}

static void its_witness_may_stand_on_the_next_page(void **state)
{
    struct recovery_fixture *f = *state;
    arrive_with_a_witness(f);
    for (size_t i = 0; i < f->count; i++) {
        struct excerpt page = recovery_page_of(f, i, 1, i > 0 ? f->journal.size : 0);
        if (!recovery_accept_page(f, f->fresh, &page))
            fail_msg("%s", f->err.text);
        zone_office_reopen(f->fresh);
    }

    assert_true(recovery_finish(f->fresh->agent, f->fresh->arena, &f->end, &f->err));

    assert_int_equal(examine(f->fresh).problem_count, 0);
}

static void without_a_witness_the_history_is_refused_at_its_end(void **state)
{
    struct recovery_fixture *f = *state;
    seal_wrongly(f);
    recovery_arrive(f, f->old, FIRST, VERDICT_ACCEPTED);
    struct excerpt page = recovery_page_of(f, 0, f->count, 0);

    assert_false(recovery_accept_page(f, f->fresh, &page));

    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_non_null(strstr(f->err.text, "4"));
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, recovery_set_up, recovery_tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(the_doctor_finds_the_witness_of_a_wrong_signature),
        A_TEST(a_history_with_a_wrong_signature_that_is_vouched_for_comes_back),
        A_TEST(its_witness_may_stand_on_the_next_page),
        A_TEST(without_a_witness_the_history_is_refused_at_its_end),
    };
    return cmocka_run_group_tests_name("vouching", tests, NULL, NULL);
}

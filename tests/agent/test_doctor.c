#include "tests/support/test.h"

#include <string.h>

#include "agent/doctor.h"
#include "agent/statements.h"
#include "common/base/arena.h"
#include "common/storage/transaction.h"
#include "common/wire/statement.h"
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

static struct doctor_report examine(struct zone_office *office)
{
    struct doctor_report report;
    doctor_examine(office->agent, NULL, office->arena, &report);
    return report;
}

static void an_empty_store_is_healthy(void **state)
{
    struct doctor_report report = examine(*state);

    assert_int_equal(report.problem_count, 0);
    assert_int_equal(report.statements, 0);
    assert_int_equal(report.catalogues, 1);
}

static void everything_that_is_there_is_read(void **state)
{
    struct zone_office *office = *state;
    zone_office_seal(office, monthly_return(2), 0);
    zone_office_seal(office, monthly_return(3), 0);
    zone_office_fill(office, monthly_return(4), 0);

    struct doctor_report report = examine(office);

    assert_int_equal(report.problem_count, 0);
    assert_int_equal(report.statements, 2);
    assert_int_equal(report.drafts, 1);
}

/* Something else in the place of statement 2: the store's checksum is right, the content not. */
static void replace_second(struct zone_office *office, bool keep_signature)
{
    struct sealed_statement sealed;
    struct key key = { .size = 0 };
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_write(office->agent->store.database);
    assert_true(
        statements_get(&office->agent->store, txn, keep_signature ? 1 : 2, &sealed, &office->err));
    sealed.statement = arena_copy_bytes(office->arena, sealed.statement);
    if (!keep_signature)
        sealed.signature[0] ^= 1;
    key_add_u64(&key, 2);
    transaction_put(txn, office->agent->store.statements, key_bytes(&key),
                    sealed_statement_encode(&sealed, office->arena));
    assert_true(transaction_commit(&txn, &office->err));
}

static void a_broken_chain_is_found(void **state)
{
    struct zone_office *office = *state;
    zone_office_seal(office, monthly_return(2), 0);
    zone_office_seal(office, monthly_return(3), 0);
    replace_second(office, true);

    struct doctor_report report = examine(office);

    assert_int_equal(report.problem_count, 1);
    assert_non_null(strstr(report.problems[0], "2"));
}

static void a_signature_that_is_not_ours_is_found_and_hides_nothing(void **state)
{
    struct zone_office *office = *state;
    zone_office_seal(office, monthly_return(2), 0);
    zone_office_seal(office, monthly_return(3), 0);
    zone_office_seal(office, monthly_return(4), 0);
    replace_second(office, false);

    struct doctor_report report = examine(office);

    assert_int_equal(report.problem_count, 2); /* and the third names another one before it */
    assert_int_equal(report.statements, 1);
}

static void a_statement_that_is_missing_in_the_history_is_found(void **state)
{
    struct zone_office *office = *state;
    zone_office_seal(office, monthly_return(2), 0);
    struct key key = return_id_key(monthly_return(2));
    key_add_u32(&key, 1);
    struct transaction *txn = transaction_write(office->agent->store.database);
    transaction_delete(txn, office->agent->store.versions, key_bytes(&key));
    assert_true(transaction_commit(&txn, &office->err));

    assert_int_equal(examine(office).problem_count, 1);
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(an_empty_store_is_healthy),
        A_TEST(everything_that_is_there_is_read),
        A_TEST(a_broken_chain_is_found),
        A_TEST(a_signature_that_is_not_ours_is_found_and_hides_nothing),
        A_TEST(a_statement_that_is_missing_in_the_history_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

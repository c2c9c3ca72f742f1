#include "tests/support/test.h"

#include <string.h>

#include "agent/checking.h"
#include "agent/editing.h"
#include "agent/history.h"
#include "agent/settings.h"
#include "common/base/arena.h"
#include "common/storage/transaction.h"
#include "common/wire/entry.h"
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

static struct findings check(struct zone_office *office, struct return_id id)
{
    struct editing_check result;
    assert_true(editing_check(office->agent, id, office->arena, &result, &office->err));
    return result.findings;
}

static size_t count_of(const struct findings *findings, const char *rule)
{
    size_t count = 0;
    for (size_t i = 0; i < findings->count; i++)
        count += code_equal(findings->items[i].rule, code_of(rule));
    return count;
}

/* The stage a version was left in by the province. */
static void settle(struct zone_office *office, int month, enum stage stage)
{
    struct version version;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_write(office->agent->store.database);
    assert_true(history_newest(&office->agent->store, txn, monthly_return(month), &version));
    version.stage = stage;
    history_put(&office->agent->store, txn, &version);
    assert_true(transaction_commit(&txn, &office->err));
}

static size_t findings_of_march(struct zone_office *office)
{
    zone_office_fill(office, monthly_return(3), 1);
    struct findings findings = check(office, monthly_return(3));
    return findings.count;
}

static void a_sealed_month_is_what_the_next_one_is_compared_with(void **state)
{
    struct zone_office *office = *state;
    size_t alone = findings_of_march(office);

    zone_office_seal(office, monthly_return(2), 1000000);

    assert_true(findings_of_march(office) > alone);
}

static void a_draft_of_another_month_takes_no_part(void **state)
{
    struct zone_office *office = *state;
    size_t alone = findings_of_march(office);

    zone_office_fill(office, monthly_return(2), 1000000);

    assert_int_equal(findings_of_march(office), alone);
}

static void a_rejected_month_takes_no_part(void **state)
{
    struct zone_office *office = *state;
    size_t alone = findings_of_march(office);
    zone_office_seal(office, monthly_return(2), 1000000);

    settle(office, 2, STAGE_REJECTED);

    assert_int_equal(findings_of_march(office), alone);
}

static void an_empty_cell_is_a_finding_and_blocks(void **state)
{
    struct zone_office *office = *state;
    struct draft_loss loss;
    struct value value = { .mantissa = 1 };
    assert_true(
        editing_set(office->agent, monthly_return(3), code_of("IB04"), value, &loss, &office->err));

    struct findings findings = check(office, monthly_return(3));

    assert_true(count_of(&findings, "V03") > 0);
    assert_true(findings_block(&findings));
}

static void the_zone_is_known_once_its_record_came(void **state)
{
    struct zone_office *office = *state;
    struct editing_check result;
    zone_office_fill(office, monthly_return(3), 0);
    assert_true(
        editing_check(office->agent, monthly_return(3), office->arena, &result, &office->err));
    assert_false(result.zone_known);

    struct entry entry = { .kind = ENTRY_ZONE,
                           .zone = { .id = office->agent->device.stream.zone,
                                     .name = "a zone",
                                     .prefecture = "",
                                     .prefecture_code = "",
                                     .county = "",
                                     .county_code = "",
                                     .active_until = period_of_year(2019) } };
    struct transaction *txn = transaction_write(office->agent->store.database);
    settings_put(&office->agent->store, txn, SETTING_ZONE, entry_encode(&entry, office->arena));
    assert_true(transaction_commit(&txn, &office->err));

    assert_true(
        editing_check(office->agent, monthly_return(3), office->arena, &result, &office->err));
    assert_true(result.zone_known);
    assert_true(count_of(&result.findings, "V01") > 0); /* it is no longer active */
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(a_sealed_month_is_what_the_next_one_is_compared_with),
        A_TEST(a_draft_of_another_month_takes_no_part),
        A_TEST(a_rejected_month_takes_no_part),
        A_TEST(an_empty_cell_is_a_finding_and_blocks),
        A_TEST(the_zone_is_known_once_its_record_came),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/support/test.h"

#include <string.h>

#include "aggregator/conflicts.h"
#include "aggregator/projection.h"
#include "aggregator/review.h"
#include "common/catalogue/catalogue.h"
#include "common/cube/cube.h"
#include "common/storage/transaction.h"
#include "tests/aggregator/machines.h"
#include "tests/support/edition.h"

static int set_up(void **state)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct sources sources = edition(1, arena);
    return workbench_set_up_with(state, &sources);
}

static const struct return_state *state_of(struct workbench *bench)
{
    return projection_find(bench->province->projection, &bench->stream.zone, code_of(EDITION_FORM),
                           period_of_month(2021, MACHINES_MONTH));
}

/* What the province reckons with. */
static int64_t revenue(struct workbench *bench)
{
    const struct province *province = bench->province;
    struct origin origin;
    const struct cube *cube = projection_cube(province->projection);
    struct value value = cube_observe(cube, cube_find_zone(cube, &bench->stream.zone),
                                      catalogue_item(province->catalogue, code_of("A1")),
                                      period_of_month(2021, MACHINES_MONTH), &origin);
    return origin.reported ? value.mantissa : -1;
}

/* As it is now, and as it is after a restart: the journal says it all. */
static void assert_standing(struct workbench *bench, uint64_t counted_position, int64_t counted,
                            size_t contested)
{
    for (int restarts = 0; restarts < 2; restarts++) {
        const struct return_state *state = state_of(bench);
        assert_int_equal(state->counted_position, counted_position);
        assert_int_equal(revenue(bench), counted);
        assert_int_equal(state->contest.open, contested);
        workbench_restart(bench);
    }
}

static enum verdict verdict_of(struct workbench *bench, uint64_t position)
{
    struct journal_record record;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    assert_true(
        ledger_read(bench->province->ledger, txn, position, bench->arena, &record, &bench->err));
    return record.entry.arrival.verdict;
}

static void
the_same_version_twice_with_other_figures_is_contested_and_the_first_counts(void **state)
{
    struct workbench *bench = *state;
    struct machine first = machine_of(bench), second = machine_enrol(bench, 9);
    uint64_t position = machine_send(bench, &first, (struct version_of){ 1, 0, 100 });

    uint64_t other = machine_send(bench, &second, (struct version_of){ 1, 0, 200 });

    assert_int_equal(verdict_of(bench, other), VERDICT_REJECTED);
    assert_standing(bench, position, 100, 1);
}

static void the_same_figures_twice_are_no_contest(void **state)
{
    struct workbench *bench = *state;
    struct machine first = machine_of(bench), second = machine_enrol(bench, 9);
    uint64_t position = machine_send(bench, &first, (struct version_of){ 1, 0, 100 });

    (void)machine_send(bench, &second, (struct version_of){ 1, 0, 100 });

    assert_standing(bench, position, 100, 0);
}

static void a_later_version_that_did_not_know_what_counts_does_not_win(void **state)
{
    struct workbench *bench = *state;
    struct machine first = machine_of(bench), second = machine_enrol(bench, 9);
    (void)machine_send(bench, &first, (struct version_of){ 1, 0, 100 });
    uint64_t position = machine_send(bench, &first, (struct version_of){ 2, 1, 110 });

    (void)machine_send(bench, &second, (struct version_of){ 3, 1, 200 });

    assert_standing(bench, position, 110, 1);
}

static void a_correction_by_another_machine_that_knew_what_counts_is_taken(void **state)
{
    struct workbench *bench = *state;
    struct machine first = machine_of(bench), second = machine_enrol(bench, 9);
    (void)machine_send(bench, &first, (struct version_of){ 1, 0, 100 });

    uint64_t position = machine_send(bench, &second, (struct version_of){ 2, 1, 200 });

    assert_standing(bench, position, 200, 0);
}

static void versions_sealed_one_after_the_other_without_a_receipt_are_no_contest(void **state)
{
    struct workbench *bench = *state;
    struct machine first = machine_of(bench);
    (void)machine_send(bench, &first, (struct version_of){ 1, 0, 100 });
    (void)machine_send(bench, &first, (struct version_of){ 2, 0, 110 });

    uint64_t position = machine_send(bench, &first, (struct version_of){ 3, 0, 120 });

    assert_standing(bench, position, 120, 0);
}

static void figures_that_break_a_rule_contest_nothing(void **state)
{
    struct workbench *bench = *state;
    struct machine first = machine_of(bench), second = machine_enrol(bench, 9);
    uint64_t position = machine_send(bench, &first, (struct version_of){ 1, 0, 100 });

    (void)machine_send(bench, &second, (struct version_of){ 1, 0, 0 }); /* A2 is at most A1 */

    assert_standing(bench, position, 100, 0);
}

static void a_decision_says_which_statement_counts_and_replays(void **state)
{
    struct workbench *bench = *state;
    struct machine first = machine_of(bench), second = machine_enrol(bench, 9);
    (void)machine_send(bench, &first, (struct version_of){ 1, 0, 100 });
    uint64_t other = machine_send(bench, &second, (struct version_of){ 1, 0, 200 });

    uint64_t decision = machines_resolve(bench, other);

    assert_int_equal(state_of(bench)->decided_position, decision);
    assert_standing(bench, other, 200, 0);
    assert_int_equal(state_of(bench)->decided_position, decision);
}

static void a_decision_can_confirm_what_counts_and_be_taken_back_by_another(void **state)
{
    struct workbench *bench = *state;
    struct machine first = machine_of(bench), second = machine_enrol(bench, 9);
    uint64_t position = machine_send(bench, &first, (struct version_of){ 1, 0, 100 });
    uint64_t other = machine_send(bench, &second, (struct version_of){ 1, 0, 200 });

    (void)machines_resolve(bench, position);
    assert_standing(bench, position, 100, 0);
    (void)machines_resolve(bench, other);
    assert_standing(bench, other, 200, 0);
    (void)machines_resolve(bench, position);

    assert_standing(bench, position, 100, 0);
}

static void after_a_decision_the_other_s_next_version_is_contested_again(void **state)
{
    struct workbench *bench = *state;
    struct machine first = machine_of(bench), second = machine_enrol(bench, 9);
    (void)machine_send(bench, &first, (struct version_of){ 1, 0, 100 });
    uint64_t other = machine_send(bench, &second, (struct version_of){ 1, 0, 200 });
    (void)machines_resolve(bench, other);

    (void)machine_send(bench, &first, (struct version_of){ 2, 1, 110 }); /* its own version 1 */

    assert_standing(bench, other, 200, 1);
}

static void an_author_who_corrects_what_counts_has_given_up_his_own(void **state)
{
    struct workbench *bench = *state;
    struct machine first = machine_of(bench), second = machine_enrol(bench, 9);
    (void)machine_send(bench, &first, (struct version_of){ 1, 0, 100 });
    (void)machine_send(bench, &second, (struct version_of){ 1, 0, 200 });
    (void)machine_send(bench, &first, (struct version_of){ 2, 1, 110 });
    assert_int_equal(state_of(bench)->contest.open, 1);

    uint64_t position = machine_send(bench, &second, (struct version_of){ 3, 2, 120 });

    assert_standing(bench, position, 120, 0);
}

static void what_is_not_contested_cannot_be_decided(void **state)
{
    struct workbench *bench = *state;
    struct machine first = machine_of(bench), second = machine_enrol(bench, 9);
    struct review review = machines_review(bench);
    uint64_t position = machine_send(bench, &first, (struct version_of){ 1, 0, 100 }), decision;

    assert_false(review_resolve(bench->province, &review, position, &decision, &bench->err));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
    (void)machine_send(bench, &second, (struct version_of){ 1, 0, 200 });
    assert_false(review_resolve(bench->province, &review, 1, &decision, &bench->err));

    assert_int_equal(bench->err.kind, ERROR_REFUSED);
    assert_standing(bench, position, 100, 1);
}

static void a_return_that_was_sent_back_counts_until_a_better_one_comes(void **state)
{
    struct workbench *bench = *state;
    struct machine first = machine_of(bench);
    struct review review = machines_review(bench);
    uint64_t position = machine_send(bench, &first, (struct version_of){ 1, 0, 100 }), decision;

    assert_true(review_send_back(bench->province, &review, &decision, &bench->err));
    assert_standing(bench, position, 100, 0);
    assert_int_equal(state_of(bench)->sent_back_position, decision);
    assert_false(review_send_back(bench->province, &review, &decision, &bench->err));
    position = machine_send(bench, &first, (struct version_of){ 2, 1, 110 });

    assert_int_equal(state_of(bench)->sent_back_position, 0);
    assert_standing(bench, position, 110, 0);
}

static void nothing_is_decided_without_a_reason(void **state)
{
    struct workbench *bench = *state;
    struct machine first = machine_of(bench);
    struct review review = machines_review(bench);
    uint64_t decision;
    (void)machine_send(bench, &first, (struct version_of){ 1, 0, 100 });
    review.reason = "";

    assert_false(review_send_back(bench->province, &review, &decision, &bench->err));

    assert_int_equal(bench->err.kind, ERROR_USAGE);
}

static void nothing_is_decided_by_nobody(void **state)
{
    struct workbench *bench = *state;
    struct machine first = machine_of(bench);
    struct review review = machines_review(bench);
    uint64_t decision;
    (void)machine_send(bench, &first, (struct version_of){ 1, 0, 100 });
    review.by = "";

    assert_false(review_send_back(bench->province, &review, &decision, &bench->err));

    assert_int_equal(bench->err.kind, ERROR_USAGE);
}

static void the_journal_says_who_decided(void **state)
{
    struct workbench *bench = *state;
    struct machine first = machine_of(bench), second = machine_enrol(bench, 9);
    (void)machine_send(bench, &first, (struct version_of){ 1, 0, 100 });
    uint64_t decision =
        machines_resolve(bench, machine_send(bench, &second, (struct version_of){ 1, 0, 200 }));
    struct journal_record record;
    workbench_restart(bench);

    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    assert_true(
        ledger_read(bench->province->ledger, txn, decision, bench->arena, &record, &bench->err));

    assert_string_equal(record.entry.decision.by, "张三");
}

/* Whoever follows entry by entry and whoever replays at once come to the same. */
static void any_history_of_three_machines_and_a_person_replays_to_the_same(void **state)
{
    struct workbench *bench = *state;
    struct machine machines[] = { machine_of(bench), machine_enrol(bench, 8),
                                  machine_enrol(bench, 9) };
    struct seeded_random random = seeded_random_of(3);
    uint64_t positions[64];
    size_t count = 0, decided = 0;
    for (; count < COUNT_OF(positions); count++) {
        uint32_t newest = count > 0 ? state_of(bench)->newest : 0;
        uint32_t number = (uint32_t)random_below(&random.random, newest + 1) + 1;
        struct version_of version = { number, (uint32_t)random_below(&random.random, number),
                                      1 + (int64_t)random_below(&random.random, 4) };
        positions[count] = machine_send(bench, &machines[random_below(&random.random, 3)], version);
        struct review review = machines_review(bench);
        uint64_t decision, at = positions[random_below(&random.random, count + 1)];
        if (random_below(&random.random, 3) == 0)
            decided += review_resolve(bench->province, &review, at, &decision, &bench->err);
    }
    struct return_state before = *state_of(bench);
    int64_t figure = revenue(bench);

    workbench_restart(bench);

    const struct return_state *after = state_of(bench);
    print_message("%zu statements of 3 machines, %zu decisions, %zu contenders\n", count, decided,
                  before.contest.count);
    assert_true(decided > 3 && before.contest.count > 3);
    assert_int_equal(after->counted_position, before.counted_position);
    assert_int_equal(after->decided_position, before.decided_position);
    assert_int_equal(after->contest.open, before.contest.open);
    assert_int_equal(after->contest.count, before.contest.count);
    assert_int_equal(revenue(bench), figure);
}

static void the_difference_is_told_cell_by_cell_and_row_by_row(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    static const char *const left_keys[] = { "A", "B" }, *const right_keys[] = { "B", "C" };
    static const int64_t left_figures[] = { 1, 2 }, right_figures[] = { 5, 3 };
    static const uint8_t statuses[] = { 0, 0 };
    struct roster_column left_column = { code_of("K3"), left_figures, statuses, NULL };
    struct roster_column right_column = { code_of("K3"), right_figures, statuses, NULL };
    struct cell left_cells[] = { { code_of("A1"), { 1, 0 } }, { code_of("A2"), { 7, 0 } } };
    struct cell right_cells[] = { { code_of("A1"), { 1, 0 } }, { code_of("A3"), { 0, 1 } } };
    struct submission left = { .cells = left_cells,
                               .cell_count = 2,
                               .row_keys = left_keys,
                               .row_count = 2,
                               .columns = &left_column,
                               .column_count = 1 };
    struct submission right = { .cells = right_cells,
                                .cell_count = 2,
                                .row_keys = right_keys,
                                .row_count = 2,
                                .columns = &right_column,
                                .column_count = 1 };

    struct conflicts found = conflicts_between(&left, &right, arena);

    static const struct {
        const char *row, *item;
        bool left, right;
    } expected[] = { { "", "A2", true, false },  { "", "A3", false, true },
                     { "A", NULL, true, false }, { "A", "K3", true, false },
                     { "B", "K3", true, true },  { "C", NULL, false, true },
                     { "C", "K3", false, true } };
    assert_int_equal(found.count, COUNT_OF(expected));
    for (size_t i = 0; i < found.count; i++) {
        struct code item = expected[i].item ? code_of(expected[i].item) : (struct code){ 0 };
        assert_string_equal(found.items[i].row_key, expected[i].row);
        assert_true(code_equal(found.items[i].item, item));
        assert_int_equal(found.items[i].left.there, expected[i].left);
        assert_int_equal(found.items[i].right.there, expected[i].right);
    }
    assert_int_equal(conflicts_between(&left, &left, arena).count, 0);
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, workbench_tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(the_same_version_twice_with_other_figures_is_contested_and_the_first_counts),
        A_TEST(the_same_figures_twice_are_no_contest),
        A_TEST(a_later_version_that_did_not_know_what_counts_does_not_win),
        A_TEST(a_correction_by_another_machine_that_knew_what_counts_is_taken),
        A_TEST(versions_sealed_one_after_the_other_without_a_receipt_are_no_contest),
        A_TEST(figures_that_break_a_rule_contest_nothing),
        A_TEST(a_decision_says_which_statement_counts_and_replays),
        A_TEST(a_decision_can_confirm_what_counts_and_be_taken_back_by_another),
        A_TEST(after_a_decision_the_other_s_next_version_is_contested_again),
        A_TEST(an_author_who_corrects_what_counts_has_given_up_his_own),
        A_TEST(what_is_not_contested_cannot_be_decided),
        A_TEST(a_return_that_was_sent_back_counts_until_a_better_one_comes),
        A_TEST(nothing_is_decided_without_a_reason),
        A_TEST(nothing_is_decided_by_nobody),
        A_TEST(the_journal_says_who_decided),
        A_TEST(any_history_of_three_machines_and_a_person_replays_to_the_same),
        cmocka_unit_test(the_difference_is_told_cell_by_cell_and_row_by_row),
    };
    return cmocka_run_group_tests_name("conflicts", tests, NULL, NULL);
}

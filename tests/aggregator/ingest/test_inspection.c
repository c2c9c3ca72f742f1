#include "aggregator/ingest/inspection.h"

#include "tests/support/test.h"

#include "aggregator/ledger.h"
#include "common/base/text.h"
#include "tests/aggregator/workbench.h"

#define RUN 4

/* Statements 1, 2, … of the device's stream. */
static void seal_run(struct workbench *bench, struct sealed_statement *out)
{
    for (size_t i = 0; i < RUN; i++)
        out[i] = workbench_seal_note(bench, "note");
}

static const struct inspected *look(struct workbench *bench,
                                    const struct sealed_statement *statements, size_t count)
{
    struct inspection_ground ground = { ledger_devices(bench->province->ledger),
                                        bench->province->catalogues };
    return inspect(statements, count, ground, bench->arena);
}

static void the_newest_signature_of_a_run_vouches_for_all(void **state)
{
    struct workbench *bench = *state;
    struct sealed_statement run[RUN];
    seal_run(bench, run);

    const struct inspected *seen = look(bench, run, RUN);

    for (size_t i = 0; i < RUN; i++) {
        assert_true(seen[i].decodes && seen[i].known && seen[i].signature_valid);
        assert_int_equal(seen[i].vouched, i + 1 < RUN);
    }
}

static void a_run_whose_newest_signature_is_wrong_is_verified_one_by_one(void **state)
{
    struct workbench *bench = *state;
    struct sealed_statement run[RUN];
    seal_run(bench, run);
    run[RUN - 1].signature[0] ^= 1;

    const struct inspected *seen = look(bench, run, RUN);

    assert_false(seen[RUN - 1].signature_valid);
    assert_true(seen[RUN - 2].signature_valid);
    assert_false(seen[RUN - 2].vouched);
    assert_true(seen[0].vouched);
}

/* The statement behind it names the hash of what was signed, not of this. */
static void nobody_vouches_for_a_statement_that_was_altered(void **state)
{
    struct workbench *bench = *state;
    struct sealed_statement run[RUN];
    seal_run(bench, run);
    run[1].signature[5] ^= 1;

    const struct inspected *seen = look(bench, run, RUN);

    assert_false(seen[1].vouched);
    assert_false(seen[1].signature_valid);
    assert_true(seen[0].signature_valid && !seen[0].vouched);
    assert_true(seen[2].signature_valid);
}

static void a_statement_is_not_vouched_for_by_one_that_might_be_kept_out(void **state)
{
    struct workbench *bench = *state;
    struct sealed_statement run[2];
    struct statement other = { .kind = STATEMENT_NOTE, .note = "under another catalogue" };
    other.catalogue.bytes[0] = 7;
    run[0] = workbench_seal_note(bench, "note");
    run[1] = workbench_seal_next(bench, other);

    const struct inspected *seen = look(bench, run, 2);

    assert_true(seen[0].signature_valid && seen[1].signature_valid);
    assert_false(seen[0].vouched);
}

static void a_gap_in_the_run_ends_the_vouching(void **state)
{
    struct workbench *bench = *state;
    struct sealed_statement run[RUN];
    seal_run(bench, run);
    struct sealed_statement with_gap[] = { run[0], run[2], run[3] };

    const struct inspected *seen = look(bench, with_gap, 3);

    assert_false(seen[0].vouched);
    assert_true(seen[1].vouched);
}

static void garbage_is_told_apart_from_a_wrong_signature(void **state)
{
    struct workbench *bench = *state;
    struct sealed_statement one = workbench_seal_note(bench, "note");
    struct sealed_statement garbage = { .statement = bytes_of_text("not a statement") };
    struct sealed_statement both[] = { garbage, one };

    const struct inspected *seen = look(bench, both, 2);

    assert_false(seen[0].decodes);
    assert_true(seen[1].decodes && seen[1].signature_valid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_newest_signature_of_a_run_vouches_for_all,
                                        workbench_set_up, workbench_tear_down),
        cmocka_unit_test_setup_teardown(
            a_run_whose_newest_signature_is_wrong_is_verified_one_by_one, workbench_set_up,
            workbench_tear_down),
        cmocka_unit_test_setup_teardown(nobody_vouches_for_a_statement_that_was_altered,
                                        workbench_set_up, workbench_tear_down),
        cmocka_unit_test_setup_teardown(
            a_statement_is_not_vouched_for_by_one_that_might_be_kept_out, workbench_set_up,
            workbench_tear_down),
        cmocka_unit_test_setup_teardown(a_gap_in_the_run_ends_the_vouching, workbench_set_up,
                                        workbench_tear_down),
        cmocka_unit_test_setup_teardown(garbage_is_told_apart_from_a_wrong_signature,
                                        workbench_set_up, workbench_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

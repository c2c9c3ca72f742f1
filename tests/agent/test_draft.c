#include "tests/support/test.h"

#include <string.h>

#include "agent/draft.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/language.h"
#include "common/catalogue/catalogue.h"
#include "common/model/finding.h"

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)
#define BEIJING_AHEAD_MS (INT64_C(8) * 60 * 60 * 1000)
#define LARGE_ROSTER 100000

struct fixture {
    struct arena *arena;
    struct code_value roles[3];
    struct form form;
    struct period period;
    struct draft draft;
    struct draft_loss loss;
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    f->arena = arena_create();
    f->roles[0] = (struct code_value){ code_of("preparer"), WORDS("填报人", "preparer") };
    f->roles[1] =
        (struct code_value){ code_of("stathead"), WORDS("统计负责人", "statistics head") };
    f->roles[2] = (struct code_value){ code_of("unithead"), WORDS("单位负责人", "unit head") };
    f->form = (struct form){ .code = code_of("JKQ401"), .roles = f->roles, .role_count = 3 };
    f->period = period_of_month(2021, 3);
    f->draft = draft_begin(f->form.code, f->period);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    language_set(LANGUAGE_CHINESE);
    arena_destroy(&f->arena);
    test_free(f);
    return 0;
}

static void set(struct fixture *f, const char *item, int64_t mantissa)
{
    struct value value = { .mantissa = mantissa };
    assert_true(draft_set(&f->draft, code_of(item), value, f->arena, &f->loss, &f->err));
}

/* Midday in Beijing. */
static int64_t noon_of(int64_t day)
{
    return day * DAY_MS + DAY_MS / 2 - BEIJING_AHEAD_MS;
}

static bool sign_at(struct fixture *f, const char *role, const char *name, int64_t utc_ms)
{
    struct sign_off sign_off = { code_of(role), name, utc_ms };
    return draft_sign(&f->draft, &f->form, &sign_off, f->arena, &f->err);
}

static bool sign(struct fixture *f, const char *role, const char *name)
{
    return sign_at(f, role, name, noon_of(period_last_day(f->period) + 10));
}

static struct findings nothing_found(struct fixture *f)
{
    return findings_in(f->arena);
}

static struct findings one_finding(struct fixture *f, enum finding_class class, const char *rule)
{
    struct findings findings = findings_in(f->arena);
    struct finding finding = { .class = class, .rule = code_of(rule), .row_key = "" };
    findings_add(&findings, &finding);
    findings_settle(&findings, &f->draft.submission);
    return findings;
}

static void pass_check(struct fixture *f)
{
    struct findings none = nothing_found(f);
    struct digest catalogue = { { 1 } };
    f->loss = draft_take_findings(&f->draft, &none, &catalogue);
    assert_int_equal(f->draft.stage, STAGE_CHECKED);
}

static void sign_all(struct fixture *f)
{
    pass_check(f);
    assert_true(sign(f, "preparer", "A"));
    assert_true(sign(f, "stathead", "B"));
    assert_true(sign(f, "unithead", "C"));
    assert_int_equal(f->draft.stage, STAGE_SIGNED);
}

static void assert_refused(struct fixture *f, const char *part)
{
    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_non_null(strstr(f->err.text, part));
}

static void cells_stand_in_the_order_of_their_codes(void **state)
{
    struct fixture *f = *state;

    set(f, "IB06", 6);
    set(f, "IB04", 4);
    set(f, "IB05", 5);
    set(f, "IB04", 40);

    const struct submission *content = &f->draft.submission;
    assert_int_equal(content->cell_count, 3);
    assert_true(code_equal(content->cells[0].item, code_of("IB04")));
    assert_int_equal(content->cells[0].value.mantissa, 40);
    assert_int_equal(content->cells[1].value.mantissa, 5);
    assert_int_equal(content->cells[2].value.mantissa, 6);
}

static void a_form_holds_no_more_cells_than_its_limit(void **state)
{
    struct fixture *f = *state;
    struct cell *cells = arena_take(f->arena, SUBMISSION_CELLS_MAX, sizeof *cells);
    for (size_t i = 0; i < SUBMISSION_CELLS_MAX; i++)
        cells[i].item.packed = code_of("IB04").packed + 1 + i;
    struct submission full = f->draft.submission;
    full.cells = cells;
    full.cell_count = SUBMISSION_CELLS_MAX;
    draft_replace(&f->draft, &full);

    struct value value = { 0 };
    assert_false(draft_set(&f->draft, code_of("IB04"), value, f->arena, &f->loss, &f->err));

    assert_int_equal(f->err.kind, ERROR_EXHAUSTED);
    assert_int_equal(f->draft.submission.cell_count, SUBMISSION_CELLS_MAX);
}

static void a_change_takes_check_and_signatures_away(void **state)
{
    struct fixture *f = *state;
    set(f, "IB04", 4);
    sign_all(f);

    set(f, "IB04", 5);

    assert_int_equal(f->draft.stage, STAGE_DRAFT);
    assert_true(f->loss.check);
    assert_int_equal(f->loss.sign_offs, 3);
    assert_int_equal(f->draft.submission.sign_off_count, 0);
    assert_true(digest_is_zero(&f->draft.catalogue));
}

static void zero_in_place_of_missing_is_a_change(void **state)
{
    struct fixture *f = *state;
    struct value missing = { .status = VALUE_MISSING };
    assert_true(draft_set(&f->draft, code_of("IB04"), missing, f->arena, &f->loss, &f->err));
    sign_all(f);

    set(f, "IB04", 0);

    assert_int_equal(f->draft.stage, STAGE_DRAFT);
}

static void the_same_figure_again_takes_nothing_away(void **state)
{
    struct fixture *f = *state;
    set(f, "IB04", 4);
    sign_all(f);

    set(f, "IB04", 4);

    assert_int_equal(f->draft.stage, STAGE_SIGNED);
    assert_false(f->loss.check);
    assert_int_equal(f->loss.sign_offs, 0);
}

/* A roster of one column of figures and one of texts. */
static struct submission roster_of(struct fixture *f, size_t rows)
{
    struct submission roster = f->draft.submission;
    const char **keys = arena_take(f->arena, rows, sizeof *keys);
    const char **names = arena_take(f->arena, rows, sizeof *names);
    for (size_t i = 0; i < rows; i++)
        keys[i] = names[i] = arena_format(f->arena, "P%06zu", i);
    struct roster_column *columns = arena_take(f->arena, 2, sizeof *columns);
    columns[0] = (struct roster_column){ .item = code_of("PJ01"),
                                         .mantissas = arena_take(f->arena, rows, 8),
                                         .statuses = arena_take(f->arena, rows, 1) };
    columns[1] = columns[0];
    columns[1].item = code_of("RG32");
    columns[1].texts = names;
    roster.row_keys = keys;
    roster.row_count = rows;
    roster.columns = columns;
    roster.column_count = 2;
    return roster;
}

static void a_roster_is_compared_to_its_last_text(void **state)
{
    static const size_t sizes[] = { 1, 2, LARGE_ROSTER };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct submission roster = roster_of(f, sizes[i]);
        draft_replace(&f->draft, &roster);
        pass_check(f);

        struct submission same = roster_of(f, sizes[i]);
        assert_false(draft_replace(&f->draft, &same).check);

        struct submission other = roster_of(f, sizes[i]);
        ((const char **)other.columns[1].texts)[sizes[i] - 1] = "another";
        assert_true(draft_replace(&f->draft, &other).check);
    }
}

static void emptying_a_roster_is_a_change(void **state)
{
    struct fixture *f = *state;
    struct submission full = roster_of(f, 2), empty = roster_of(f, 0);
    draft_replace(&f->draft, &full);
    pass_check(f);

    struct draft_loss loss = draft_replace(&f->draft, &empty);

    assert_true(loss.check);
    assert_int_equal(f->draft.submission.row_count, 0);
}

static void findings_that_block_leave_a_draft(void **state)
{
    struct fixture *f = *state;
    struct digest catalogue = { { 1 } };
    sign_all(f);
    struct findings findings = one_finding(f, FINDING_MANDATORY, "V12");

    struct draft_loss loss = draft_take_findings(&f->draft, &findings, &catalogue);

    assert_int_equal(f->draft.stage, STAGE_DRAFT);
    assert_int_equal(loss.sign_offs, 3);
}

static void the_same_check_again_keeps_signatures(void **state)
{
    struct fixture *f = *state;
    struct findings none = nothing_found(f);
    struct digest catalogue = { { 1 } };
    sign_all(f);

    draft_take_findings(&f->draft, &none, &catalogue);

    assert_int_equal(f->draft.stage, STAGE_SIGNED);
}

static void other_findings_or_another_catalogue_want_new_signatures(void **state)
{
    struct fixture *f = *state;
    struct digest catalogue = { { 1 } }, another = { { 2 } };
    struct findings hint = one_finding(f, FINDING_HINT, "V56");

    sign_all(f);
    struct draft_loss by_findings = draft_take_findings(&f->draft, &hint, &catalogue);
    assert_int_equal(by_findings.sign_offs, 3);
    assert_int_equal(f->draft.stage, STAGE_CHECKED);

    assert_true(sign(f, "preparer", "A"));
    struct draft_loss by_catalogue = draft_take_findings(&f->draft, &hint, &another);
    assert_int_equal(by_catalogue.sign_offs, 1);
}

static void an_explanation_lets_a_finding_pass(void **state)
{
    struct fixture *f = *state;
    struct explanation explanation = { code_of("V40"), "", code_of("SEASON"), "春节停产" };
    struct digest catalogue = { { 1 } };
    struct findings before = one_finding(f, FINDING_EXPLAIN, "V40");
    draft_take_findings(&f->draft, &before, &catalogue);
    assert_int_equal(f->draft.stage, STAGE_DRAFT);

    assert_true(draft_explain(&f->draft, &explanation, f->arena, &f->loss, &f->err));
    struct findings after = one_finding(f, FINDING_EXPLAIN, "V40");
    draft_take_findings(&f->draft, &after, &catalogue);

    assert_int_equal(f->draft.stage, STAGE_CHECKED);
}

static void a_second_explanation_takes_the_place_of_the_first(void **state)
{
    struct fixture *f = *state;
    struct explanation first = { code_of("V40"), "", code_of("SEASON"), "first" };
    struct explanation of_a_row = { code_of("V40"), "P1", code_of("SEASON"), "row" };
    struct explanation second = { code_of("V40"), "", code_of("PRICE"), "second" };

    assert_true(draft_explain(&f->draft, &first, f->arena, &f->loss, &f->err));
    assert_true(draft_explain(&f->draft, &of_a_row, f->arena, &f->loss, &f->err));
    assert_true(draft_explain(&f->draft, &second, f->arena, &f->loss, &f->err));

    assert_int_equal(f->draft.submission.explanation_count, 2);
    assert_string_equal(f->draft.submission.explanations[0].text, "row");
    assert_string_equal(f->draft.submission.explanations[1].text, "second");
}

static void an_explanation_takes_signatures_away(void **state)
{
    struct fixture *f = *state;
    struct explanation explanation = { code_of("V40"), "", code_of("SEASON"), "text" };
    sign_all(f);

    assert_true(draft_explain(&f->draft, &explanation, f->arena, &f->loss, &f->err));

    assert_int_equal(f->loss.sign_offs, 3);
    assert_int_equal(f->draft.stage, STAGE_DRAFT);
}

static void texts_that_cannot_travel_are_refused(void **state)
{
    struct fixture *f = *state;
    char *longest = arena_take(f->arena, SUBMISSION_TEXT_SIZE_MAX + 2, 1);
    memset(longest, 'x', SUBMISSION_TEXT_SIZE_MAX + 1);
    const char *const texts[] = { "", "two\nlines", "bidi \xE2\x80\xAE", "\xFF", longest };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct explanation explanation = { code_of("V40"), "", code_of("OTHER"), texts[i] };
        assert_false(draft_explain(&f->draft, &explanation, f->arena, &f->loss, &f->err));
        assert_int_equal(f->err.kind, ERROR_REFUSED);
    }
    assert_int_equal(f->draft.submission.explanation_count, 0);

    longest[SUBMISSION_TEXT_SIZE_MAX] = '\0';
    struct explanation fits = { code_of("V40"), "", code_of("OTHER"), longest };
    assert_true(draft_explain(&f->draft, &fits, f->arena, &f->loss, &f->err));
}

static void an_unchecked_draft_cannot_be_signed(void **state)
{
    struct fixture *f = *state;

    assert_false(sign(f, "preparer", "A"));

    assert_refused(f, "check");
}

static void the_last_signature_makes_it_signed(void **state)
{
    struct fixture *f = *state;
    pass_check(f);

    assert_true(sign(f, "preparer", "A"));
    assert_true(sign(f, "stathead", "B"));
    assert_int_equal(f->draft.stage, STAGE_CHECKED);
    assert_true(sign(f, "unithead", "B"));

    assert_int_equal(f->draft.stage, STAGE_SIGNED);
    assert_int_equal(f->draft.submission.sign_off_count, 3);
}

static void heads_are_other_persons_than_the_preparer(void **state)
{
    struct fixture *f = *state;
    pass_check(f);
    assert_true(sign(f, "preparer", "A"));

    assert_false(sign(f, "stathead", "A"));
    assert_refused(f, "填报人");

    assert_true(sign(f, "stathead", "B"));
    assert_false(sign(f, "unithead", "A"));
    assert_int_equal(f->draft.submission.sign_off_count, 2);
}

static void roles_sign_in_order_and_once(void **state)
{
    struct fixture *f = *state;
    language_set(LANGUAGE_ENGLISH);
    pass_check(f);

    assert_false(sign(f, "unithead", "C"));
    assert_refused(f, "next is the preparer");
    assert_true(sign(f, "preparer", "A"));
    assert_false(sign(f, "preparer", "D"));
    assert_refused(f, "signed already: A");
    assert_false(sign(f, "director", "D"));
    assert_refused(f, "no role 'director'");
}

static void a_name_is_needed(void **state)
{
    struct fixture *f = *state;
    pass_check(f);

    assert_false(sign(f, "preparer", ""));
    assert_refused(f, "--name");
    assert_false(sign(f, "preparer", "two\nlines"));
    assert_refused(f, "--name");
}

static void nobody_signs_before_the_period_ends_in_beijing(void **state)
{
    struct fixture *f = *state;
    int64_t last_day_begins = period_last_day(f->period) * DAY_MS - BEIJING_AHEAD_MS;
    pass_check(f);

    assert_false(sign_at(f, "preparer", "A", last_day_begins - 1));
    assert_refused(f, "2021-03-31");
    assert_true(sign_at(f, "preparer", "A", last_day_begins));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(cells_stand_in_the_order_of_their_codes),
        CASE(a_form_holds_no_more_cells_than_its_limit),
        CASE(a_change_takes_check_and_signatures_away),
        CASE(zero_in_place_of_missing_is_a_change),
        CASE(the_same_figure_again_takes_nothing_away),
        CASE(a_roster_is_compared_to_its_last_text),
        CASE(emptying_a_roster_is_a_change),
        CASE(findings_that_block_leave_a_draft),
        CASE(the_same_check_again_keeps_signatures),
        CASE(other_findings_or_another_catalogue_want_new_signatures),
        CASE(an_explanation_lets_a_finding_pass),
        CASE(a_second_explanation_takes_the_place_of_the_first),
        CASE(an_explanation_takes_signatures_away),
        CASE(texts_that_cannot_travel_are_refused),
        CASE(an_unchecked_draft_cannot_be_signed),
        CASE(the_last_signature_makes_it_signed),
        CASE(heads_are_other_persons_than_the_preparer),
        CASE(roles_sign_in_order_and_once),
        CASE(a_name_is_needed),
        CASE(nobody_signs_before_the_period_ends_in_beijing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

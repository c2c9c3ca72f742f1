#include "tests/common/cube/fixture.h"

#include <stdio.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/cube/checking.h"
#include "common/model/day.h"

static const char rules[] =
    "rule V01 mandatory \"在册\" / \"active\" { builtin zone_active }\n"
    "rule V02 mandatory \"应报\" / \"open\" { builtin form_open }\n"
    "rule V03 mandatory \"填全\" / \"complete\" { builtin complete }\n"
    "rule V04 mandatory \"非负\" / \"range\" { builtin range }\n"
    "rule V06 mandatory \"签署\" / \"signed\" { builtin signed }\n"
    "rule V07 mandatory \"版本\" / \"version\" { builtin version at aggregator }\n"
    "rule V09 mandatory \"代码\" / \"codes\" { builtin codes }\n"
    "rule V57 hint \"及时\" / \"late\" { builtin late }\n"
    "rule V58 hint \"说明\" / \"explanation\" { builtin explanation }\n"
    "rule V14 mandatory \"主导不大于全部\" / \"part of all\" { check F2 <= F1 advice \"核对口径\" "
    "/ \"check\" }\n"
    "rule V29 explain \"投资\" / \"investment\" each 项目 { check K3 <= 1000 万元 }\n"
    "rule V30 explain \"占总额\" / \"share\" each 项目 { check K3 <= 2 * sum(项目.K3) }\n";

struct setting {
    struct fixture f;
    size_t zone;
    struct submission submission;
    struct cell cells[5];
    struct sign_off sign_offs[2];
    struct check_request request;
};

/* A monthly return with nothing wrong. */
static int open_setting(void **state)
{
    static struct setting s;
    s = (struct setting){ .zone = 0 };
    fixture_open(&s.f, fixture_catalogue, rules);
    s.zone = fixture_zone(&s.f, "A", "N");
    static const char *const items[] = { "F1", "F2", "N1", "P1", "F1B" };
    int64_t signed_at = (day_of_date(2021, 6, 10) * 24 + 4) * 3600 * 1000;
    for (size_t i = 0; i < COUNT_OF(items); i++)
        s.cells[i] = (struct cell){ code_of(items[i]), { 100, VALUE_PRESENT } };
    s.sign_offs[0] = (struct sign_off){ code_of("preparer"), "甲", signed_at };
    s.sign_offs[1] = (struct sign_off){ code_of("stathead"), "乙", signed_at };
    s.submission = (struct submission){ .form = code_of("M"),
                                        .period = period_from("2021-M05"),
                                        .version = 1,
                                        .cells = s.cells,
                                        .cell_count = 5,
                                        .sign_offs = s.sign_offs,
                                        .sign_off_count = 2 };
    s.request = (struct check_request){ .cube = s.f.cube,
                                        .zone = s.zone,
                                        .submission = &s.submission,
                                        .where = RULE_AGGREGATOR,
                                        .today = day_of_date(2021, 6, 12) };
    *state = &s;
    return 0;
}

static int close_setting(void **state)
{
    struct setting *s = *state;
    fixture_close(&s->f);
    return 0;
}

static struct findings check(struct setting *s)
{
    struct findings findings = findings_in(s->f.arena);
    check_submission(&s->request, &findings);
    return findings;
}

/* "V03 F2; V14 ": rule and cell of each finding. */
static void assert_found(struct setting *s, const char *expected)
{
    struct findings findings = check(s);
    char found[512] = "";
    for (size_t i = 0; i < findings.count; i++) {
        char rule[CODE_TEXT_SIZE], item[CODE_TEXT_SIZE] = "";
        code_text(findings.items[i].rule, rule);
        if (findings.items[i].item.packed)
            code_text(findings.items[i].item, item);
        size_t size = strlen(found);
        snprintf(found + size, sizeof found - size, "%s%s%s;", rule, *item ? " " : "", item);
    }
    assert_string_equal(found, expected);
}

static void a_good_return_has_no_findings(void **state)
{
    assert_found(*state, "");
}

static void a_broken_rule_names_both_sides(void **state)
{
    struct setting *s = *state;
    s->cells[1].value.mantissa = 101;

    struct findings findings = check(s);

    assert_int_equal(findings.count, 1);
    assert_string_equal(findings.items[0].evidence, "主导收入 101 万元 > 营业收入 100 万元");
    assert_string_equal(findings.items[0].advice, "核对口径");
    assert_true(findings_block(&findings));
}

static void a_blank_cell_is_found_and_a_coded_one_is_not(void **state)
{
    struct setting *s = *state;
    s->cells[4].value = (struct value){ 0, VALUE_NOT_APPLICABLE };
    s->submission.cell_count = 5;
    assert_found(s, "");
    s->submission.cell_count = 4;
    assert_found(s, "V03 F1B;");
}

static void a_negative_figure_is_found(void **state)
{
    struct setting *s = *state;
    s->cells[4].value.mantissa = -1;
    assert_found(s, "V04 F1B;");
}

static void january_and_the_future_are_not_open(void **state)
{
    struct setting *s = *state;
    s->submission.period = period_from("2021-M01");
    assert_found(s, "V02;V57;");
    s->submission.period = period_from("2021-M06");
    s->sign_offs[0].utc_ms = s->sign_offs[1].utc_ms = day_of_date(2021, 7, 1) * 24 * 3600 * 1000;
    assert_found(s, "V02;");
}

static void a_closed_zone_is_found(void **state)
{
    struct setting *s = *state;
    struct zone closed = { .id.text = "A",
                           .name = "甲区",
                           .active_until = { 2020, FREQUENCY_YEAR, 0 } };
    cube_add_zone(s->f.cube, &closed);
    assert_found(s, "V01;");
}

static void every_role_signs_after_the_end_and_the_preparer_alone(void **state)
{
    struct setting *s = *state;
    s->sign_offs[1].name = "甲";
    assert_found(s, "V06;");
    s->submission.sign_off_count = 1;
    assert_found(s, "V06;");
    s->submission.sign_off_count = 2;
    s->sign_offs[1].name = "乙";
    /* 00:00 in Beijing on the last day, and a millisecond before it. */
    s->sign_offs[1].utc_ms = (day_of_date(2021, 5, 31) * 24 - 8) * 3600 * 1000;
    assert_found(s, "");
    s->sign_offs[1].utc_ms--;
    assert_found(s, "V06;");
    s->request.before_signing = true;
    assert_found(s, "");
}

static void the_version_follows_the_last_one(void **state)
{
    struct setting *s = *state;
    s->request.last_version = 1;
    assert_found(s, "V07;");
    s->submission.version = 2;
    s->submission.base_version = 1;
    assert_found(s, "");
    s->submission.base_version = 2;
    assert_found(s, "V07;");
    s->request.where = RULE_AGENT;
    assert_found(s, "");
}

static void the_day_after_the_deadline_is_late(void **state)
{
    struct setting *s = *state;
    s->request.today = day_of_date(2021, 6, 18);
    assert_found(s, "");
    s->request.today = day_of_date(2021, 6, 19);
    assert_found(s, "V57;");
}

static void a_short_or_repeated_explanation_is_found(void **state)
{
    struct setting *s = *state;
    struct explanation explanations[] = {
        { code_of("V14"), "", code_of("other"), "新增大项目投产，收入增加" },
        { code_of("V40"), "", code_of("other"), "新增大项目投产，收入增加" },
        { code_of("V41"), "", code_of("other"), "九个字的说明不够长" },
    };
    s->submission.explanations = explanations;
    s->submission.explanation_count = 1;
    assert_found(s, "");
    s->submission.explanation_count = 3;
    assert_found(s, "V58;V58;");
}

/* A roster of many rows, each of which fails one rule. */
static void a_hundred_thousand_rows_are_checked_row_by_row(void **state)
{
    struct setting *s = *state;
    size_t count = SUBMISSION_ROWS_MAX;
    char(*keys)[8] = arena_take(s->f.arena, count, sizeof *keys);
    const char **row_keys = arena_take(s->f.arena, count, sizeof *row_keys);
    int64_t *figures = arena_take(s->f.arena, count, sizeof *figures);
    int64_t *codes = arena_take(s->f.arena, count, sizeof *codes);
    uint8_t *present = arena_take(s->f.arena, count, 1);
    for (size_t i = 0; i < count; i++) {
        snprintf(keys[i], sizeof keys[i], "%06zu", i);
        row_keys[i] = keys[i];
        figures[i] = 1001;
        codes[i] = (int64_t)code_of(i == 7 ? "S9" : "S1").packed;
    }
    struct roster_column columns[] = { { code_of("K2"), codes, present, NULL },
                                       { code_of("K3"), figures, present, NULL } };
    struct sign_off sign_off = s->sign_offs[0];
    sign_off.utc_ms = day_of_date(2022, 1, 10) * 24 * 3600 * 1000;
    s->submission = (struct submission){ .form = code_of("R"),
                                         .period = period_from("2021"),
                                         .version = 1,
                                         .row_keys = row_keys,
                                         .row_count = count,
                                         .columns = columns,
                                         .column_count = 2,
                                         .sign_offs = &sign_off,
                                         .sign_off_count = 1 };
    s->request.today = day_of_date(2022, 1, 12);
    struct error err = { 0 };
    assert_true(submission_fits(&s->submission, s->f.catalogue, &err));

    struct findings findings = check(s);

    assert_int_equal(findings_count(&findings, FINDING_EXPLAIN), count);
    assert_int_equal(findings_count(&findings, FINDING_MANDATORY), 4); /* V03 three, V09 one */
    const struct finding *last = &findings.items[findings.count - 1];
    assert_string_equal(last->row_key, "099999");
}

static void a_count_with_a_fraction_is_found(void **state)
{
    struct fixture f;
    (void)state;
    fixture_open(&f, fixture_catalogue,
                 "item C1 \"件数\" / \"pieces\" { unit 个 decimals 1 kind count total sum }\n"
                 "form Q \"季报\" / \"quarterly\" { every quarter due 1 month 20 day\n"
                 " review 1 month 25 day accept 1 month 30 day\n"
                 " sign preparer \"填报人\" / \"preparer\" section \"一\" / \"one\" { C1 } }\n"
                 "rule V05 mandatory \"整数\" / \"whole\" { builtin integer }\n");
    struct cell cell = { code_of("C1"), { 25, VALUE_PRESENT } };
    struct submission submission = { .form = code_of("Q"),
                                     .period = period_from("2021-Q2"),
                                     .version = 1,
                                     .cells = &cell,
                                     .cell_count = 1 };
    struct check_request request = { .cube = f.cube,
                                     .zone = fixture_zone(&f, "A", "N"),
                                     .submission = &submission,
                                     .where = RULE_AGENT,
                                     .today = day_of_date(2021, 7, 1) };
    struct findings findings = findings_in(f.arena);

    check_submission(&request, &findings);
    assert_int_equal(findings.count, 1);
    assert_string_equal(findings.items[0].evidence, "件数 为 2.5 个，应为整数");

    cell.value.mantissa = 20;
    findings = findings_in(f.arena);
    check_submission(&request, &findings);
    assert_int_equal(findings.count, 0);
    fixture_close(&f);
}

static void assert_misfit(struct setting *s, const char *part)
{
    struct error err = { 0 };
    assert_false(submission_fits(&s->submission, s->f.catalogue, &err));
    assert_int_equal(err.kind, ERROR_MALFORMED);
    assert_non_null(strstr(err.text, part));
}

static void only_what_fits_the_form_is_computed_with(void **state)
{
    struct setting *s = *state;
    struct error err = { 0 };
    assert_true(submission_fits(&s->submission, s->f.catalogue, &err));

    s->submission.version = 0;
    assert_misfit(s, "版本");
    s->submission.version = 1;
    s->cells[1].item = code_of("F1");
    assert_misfit(s, "F1");
    s->cells[1].item = code_of("S1");
    assert_misfit(s, "S1");
    s->cells[1].item = (struct code){ UINT64_MAX };
    assert_misfit(s, "?");
    s->cells[1].item = code_of("F2");
    s->cells[1].value.status = VALUE_STATUS_COUNT;
    assert_misfit(s, "F2");
    s->cells[1].value = (struct value){ 1, VALUE_MISSING };
    assert_misfit(s, "F2");
    s->cells[1].value = (struct value){ 1, VALUE_PRESENT };
    s->submission.form = code_of("NONE");
    assert_misfit(s, "NONE");
    s->submission.form = code_of("R");
    assert_misfit(s, "R");
}

static void rows_of_a_roster_ascend_and_flags_are_flags(void **state)
{
    struct setting *s = *state;
    const char *keys[] = { "A", "A" };
    const int64_t flags[] = { 1, 2 };
    const uint8_t statuses[] = { VALUE_PRESENT, VALUE_PRESENT };
    struct roster_column column = { code_of("K6"), flags, statuses, NULL };
    s->submission = (struct submission){ .form = code_of("R"),
                                         .period = period_from("2021"),
                                         .version = 1,
                                         .row_keys = keys,
                                         .row_count = 2,
                                         .columns = &column,
                                         .column_count = 1 };

    assert_misfit(s, "第 2 行");
    keys[1] = "B";
    assert_misfit(s, "K6 B");
    s->submission.row_count = 1;
    struct error err = { 0 };
    assert_true(submission_fits(&s->submission, s->f.catalogue, &err));
    column.statuses = NULL;
    assert_misfit(s, "K6");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_setting, close_setting)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_good_return_has_no_findings),
        CASE(a_broken_rule_names_both_sides),
        CASE(a_blank_cell_is_found_and_a_coded_one_is_not),
        CASE(a_negative_figure_is_found),
        CASE(january_and_the_future_are_not_open),
        CASE(a_closed_zone_is_found),
        CASE(every_role_signs_after_the_end_and_the_preparer_alone),
        CASE(the_version_follows_the_last_one),
        CASE(the_day_after_the_deadline_is_late),
        cmocka_unit_test(a_count_with_a_fraction_is_found),
        CASE(a_short_or_repeated_explanation_is_found),
        CASE(a_hundred_thousand_rows_are_checked_row_by_row),
        CASE(only_what_fits_the_form_is_computed_with),
        CASE(rows_of_a_roster_ascend_and_flags_are_flags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

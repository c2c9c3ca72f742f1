#include "tests/support/test.h"

#include "common/base/arena.h"
#include "common/base/language.h"
#include "common/model/finding.h"
#include "common/model/submission.h"

static struct finding a_finding(enum finding_class class, const char *rule, const char *row_key)
{
    return (struct finding){
        .class = class, .form = code_of("JKQ401"), .rule = code_of(rule), .row_key = row_key
    };
}

static void add(struct findings *findings, enum finding_class class, const char *rule,
                const char *row_key)
{
    struct finding finding = a_finding(class, rule, row_key);
    findings_add(findings, &finding);
}

static void findings_are_sorted_by_rule_and_row(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct findings findings = findings_in(arena);
    struct submission submission = { 0 };
    add(&findings, FINDING_HINT, "V12", "b");
    add(&findings, FINDING_HINT, "V12", "a");
    add(&findings, FINDING_HINT, "V03", "z");

    findings_settle(&findings, &submission);

    assert_string_equal(findings.items[0].row_key, "z");
    assert_string_equal(findings.items[1].row_key, "a");
    assert_string_equal(findings.items[2].row_key, "b");
    assert_string_equal(findings.items[2].advice, "");
}

static void only_an_unexplained_or_mandatory_finding_blocks(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct findings findings = findings_in(arena);
    const struct explanation other_row = { .rule = code_of("V12"), .row_key = "b" };
    const struct explanation same_row = { .rule = code_of("V12"), .row_key = "a" };
    struct submission submission = { .explanations = &other_row, .explanation_count = 1 };

    add(&findings, FINDING_HINT, "V01", "");
    assert_false(findings_block(&findings));
    add(&findings, FINDING_EXPLAIN, "V12", "a");
    findings_settle(&findings, &submission);
    assert_true(findings_block(&findings));
    submission.explanations = &same_row;
    findings_settle(&findings, &submission);
    assert_false(findings_block(&findings));
    add(&findings, FINDING_MANDATORY, "V13", "");
    assert_true(findings_block(&findings));
    assert_int_equal(findings_count(&findings, FINDING_HINT), 1);
}

static void agent_and_aggregator_compare_what_was_found_in_any_order(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct findings one = findings_in(arena), other = findings_in(arena);
    struct submission submission = { 0 };
    for (int i = 0; i < 20; i++) {
        const char *row_key = arena_format(arena, "%02d", i);
        add(&one, FINDING_EXPLAIN, "V12", row_key);
        add(&other, FINDING_EXPLAIN, "V12", arena_format(arena, "%02d", 19 - i));
    }
    findings_settle(&one, &submission);
    findings_settle(&other, &submission);
    struct digest left = findings_digest(&one), right = findings_digest(&other);
    assert_true(digest_equal(&left, &right));

    other.items[3].row_key = "x";

    right = findings_digest(&other);
    assert_false(digest_equal(&left, &right));
    other.count = 0;
    right = findings_digest(&other);
    assert_false(digest_equal(&left, &right));
}

static void every_class_has_a_name_and_words(void **state)
{
    (void)state;
    for (enum finding_class class = FINDING_MANDATORY; class <= FINDING_HINT; class ++) {
        assert_non_null(finding_class_name(class));
        assert_non_null(finding_class_words(class));
    }
    assert_string_equal(finding_class_words(FINDING_MANDATORY), "强制性");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(findings_are_sorted_by_rule_and_row),
        cmocka_unit_test(only_an_unexplained_or_mandatory_finding_blocks),
        cmocka_unit_test(agent_and_aggregator_compare_what_was_found_in_any_order),
        cmocka_unit_test(every_class_has_a_name_and_words),
    };
    return cmocka_run_group_tests_name("finding", tests, NULL, NULL);
}

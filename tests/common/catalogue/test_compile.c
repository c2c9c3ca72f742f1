#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "common/catalogue/catalogue.h"

static bool compiles(const char *text, size_t size, struct diagnostics *out)
{
    struct source file = { "text.catalogue", { text, size } };
    struct catalogue *catalogue = catalogue_compile((struct sources){ &file, 1 }, out);
    bool compiled = catalogue != NULL;
    assert_true(compiled == (out->count == 0));
    catalogue_destroy(&catalogue);
    return compiled;
}

/* Compiles in an arena of its own; returns the number of diagnostics. */
static size_t diagnose(const char *text, size_t size)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct diagnostics *diagnostics = arena_take(arena, 1, sizeof(*diagnostics));
    diagnostics->arena = arena;
    compiles(text, size, diagnostics);
    for (size_t i = 0; i < diagnostics->count; i++) {
        assert_true(diagnostics->items[i].place.line > 0);
        assert_true(diagnostics->items[i].place.column > 0);
        assert_true(text_is_clean(bytes_of_text(diagnostics->items[i].text), false));
    }
    return diagnostics->count + diagnostics->omitted;
}

static struct bytes base_text(struct arena *arena)
{
    struct sources sources;
    struct error err = { 0 };
    assert_true(sources_read(DATA_FOLDER "/base.catalogue", arena, &sources, &err));
    static const char rest[] =
        "\nindicator X \"集中度\" { unit %  decimals 2  better higher  weight 1.5  value A02 / A01 "
        "}\n"
        "rule V explain \"增速\" for A01 A02 { check growth(it) in -30% .. 50%  advice \"核对\" }\n"
        "rule W hint \"行\" each 项目 { check A11 >= 立项 implies P01 / P02 >= 2000 万元/公顷 }\n"
        "rule U mandatory \"齐\" { builtin complete }\n"
        "requirement R \"达标\" { cite \"三\"  severity hard  when 级别 in {N, 省级}  check X >= "
        "70% }\n"
        "test \"恰好\" { period 2021-M12  given 级别 = N  given A01 = 10  given A02 = 0.0007\n"
        "  given A01@yoy = missing  row 项目 \"P\" { P01 = 4 }  expect X = 70%  expect R = pass "
        "}\n";
    return bytes_of_text(arena_format(arena, "%.*s%s", (int)sources.files[0].text.size,
                                      (const char *)sources.files[0].text.data, rest));
}

static void the_text_of_these_tests_compiles(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct bytes text = base_text(arena);
    assert_int_equal(diagnose(text.data, text.size), 0);
}

static void the_shipped_catalogue_compiles(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct diagnostics *diagnostics = arena_take(arena, 1, sizeof(*diagnostics));
    diagnostics->arena = arena;

    struct catalogue *catalogue = catalogue_compile(sources_shipped(), diagnostics);

    if (!catalogue)
        fail_msg("%s:%u:%u: %s", diagnostics->items[0].file,
                 (unsigned)diagnostics->items[0].place.line,
                 (unsigned)diagnostics->items[0].place.column, diagnostics->items[0].text);
    assert_true(catalogue->item_count > 100);
    assert_true(catalogue->test_count >= 60);
    catalogue_destroy(&catalogue);
}

static void a_text_cut_off_anywhere_is_answered_not_crashed(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct bytes text = base_text(arena);
    for (size_t size = 0; size < text.size; size++) {
        char *exact = malloc(size > 0 ? size : 1); /* so that reading on is noticed */
        assert_non_null(exact);
        memcpy(exact, text.data, size);
        diagnose(exact, size);
        free(exact);
    }
}

static void a_text_changed_at_any_byte_is_answered_not_crashed(void **state)
{
    (void)state;
    static const char changes[] = { '\0', '{',  '}', '"', '\'',   '(',
                                    '9',  '\n', ' ', '@', '\xFF', '\xE4' };
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct bytes text = base_text(arena);
    char *changed = malloc(text.size);
    assert_non_null(changed);
    memcpy(changed, text.data, text.size);
    for (size_t i = 0; i < text.size; i++) {
        char before = changed[i];
        changed[i] = changes[i % COUNT_OF(changes)];
        diagnose(changed, text.size);
        changed[i] = before;
    }
    free(changed);
}

static void bytes_of_any_kind_are_answered_not_crashed(void **state)
{
    (void)state;
    struct seeded_random random = seeded_random_of(7);
    char noise[600];
    for (int round = 0; round < 500; round++) {
        random.random.fill(&random.random, noise, sizeof(noise));
        assert_true(diagnose(noise, sizeof(noise)) > 0);
    }
}

static void words_of_the_language_in_any_order_are_answered_not_crashed(void **state)
{
    (void)state;
    static const char *const words[] = {
        "item ",      "A01 ",   "\"名\" ", "{ ",      "} ",    "unit ",     "万元 ",  "= ",
        "10^4 ",      ": ",     "( ",      ") ",      "rule ", "hint ",     "check ", "sum(",
        "项目 ",      ". ",     "P01 ",    "where ",  "if ",   "then ",     "else ",  "and ",
        "not ",       "in ",    "..",      ", ",      "@yoy ", "2021-M07 ", "test ",  "given ",
        "expect ",    "row ",   "form ",   "roster ", "key ",  "section ",  "every ", "month ",
        "except ",    "each ",  "for ",    "it ",     "3 ",    "% ",        "- ",     "/ ",
        "indicator ", "value ", "\n",
    };
    struct seeded_random random = seeded_random_of(11);
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct bytes base = base_text(arena);
    for (int round = 0; round < 1500; round++) {
        CLEANUP(text_builder_free) struct text_builder text = { 0 };
        text_builder_add_bytes(&text, base);
        for (int i = 0; i < 60; i++)
            text_builder_add(&text, words[random_below(&random.random, COUNT_OF(words))]);
        diagnose(text.text, text.size);
    }
}

static void a_chain_without_end_is_refused_before_the_stack_ends(void **state)
{
    (void)state;
    CLEANUP(text_builder_free) struct text_builder text = { 0 };
    text_builder_add(&text, "rule V hint \"长\" { check A01");
    for (int i = 0; i < 100000; i++)
        text_builder_add(&text, " + A01");
    text_builder_add(&text, " > 0 }");
    assert_true(diagnose(text.text, text.size) > 0);

    text.size = 0;
    text_builder_add(&text, "rule V hint \"深\" { check ");
    for (int i = 0; i < 100000; i++)
        text_builder_add(&text, "not (");
    assert_true(diagnose(text.text, text.size) > 0);
}

static void more_errors_than_fit_are_counted(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(text_builder_free) struct text_builder text = { 0 };
    struct diagnostics *diagnostics = arena_take(arena, 1, sizeof(*diagnostics));
    diagnostics->arena = arena;
    text_builder_add(&text, "catalogue t \"题\" { version 1 }\n");
    for (int i = 0; i < 150; i++)
        text_builder_format(&text, "item B%d \"名%d\" { unit 无此单位  kind stock }\n", i, i);

    assert_false(compiles(text.text, text.size, diagnostics));

    assert_int_equal(diagnostics->count, DIAGNOSTICS_MAX);
    assert_int_equal(diagnostics->omitted, 50);
    for (size_t i = 1; i < diagnostics->count; i++)
        assert_true(diagnostics->items[i - 1].place.line < diagnostics->items[i].place.line);
}

static void columns_count_characters(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct diagnostics *diagnostics = arena_take(arena, 1, sizeof(*diagnostics));
    diagnostics->arena = arena;
    static const char text[] =
        "catalogue t \"题目\" { version 1 }\nitem B \"名称\" { unit 圆  kind stock }";

    assert_false(compiles(text, strlen(text), diagnostics));

    assert_int_equal(diagnostics->items[0].place.line, 2);
    assert_int_equal(diagnostics->items[0].place.column, 20);
}

static void messages_are_in_the_language_of_the_person(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct diagnostics *diagnostics = arena_take(arena, 1, sizeof(*diagnostics));
    diagnostics->arena = arena;
    static const char text[] = "catalogue t \"题\" { version 0 }";

    language_set(LANGUAGE_ENGLISH);
    assert_false(compiles(text, strlen(text), diagnostics));
    language_set(LANGUAGE_CHINESE);

    assert_string_equal(diagnostics->items[0].text,
                        "expected a whole number from 1 to 1000000, found 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_of_these_tests_compiles),
        cmocka_unit_test(the_shipped_catalogue_compiles),
        cmocka_unit_test(a_text_cut_off_anywhere_is_answered_not_crashed),
        cmocka_unit_test(a_text_changed_at_any_byte_is_answered_not_crashed),
        cmocka_unit_test(bytes_of_any_kind_are_answered_not_crashed),
        cmocka_unit_test(words_of_the_language_in_any_order_are_answered_not_crashed),
        cmocka_unit_test(a_chain_without_end_is_refused_before_the_stack_ends),
        cmocka_unit_test(more_errors_than_fit_are_counted),
        cmocka_unit_test(columns_count_characters),
        cmocka_unit_test(messages_are_in_the_language_of_the_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "common/cube/testing.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/memory.h"
#include "common/cube/evaluate.h"
#include "common/cube/explanation.h"
#include "common/cube/figure.h"
#include "common/cube/frame.h"
#include "common/cube/judgement.h"

#define DECIMALS_SHOWN 9

/* The figures of one test, and the summary it is counted in. */
struct trial {
    const struct catalogue *catalogue;
    const struct catalogue_test *test;
    struct cube *cube;
    size_t zone;
    struct arena *arena;
    struct test_summary *summary;
    size_t capacity; /* of summary->failures */
};

static const char *outcome_name(enum test_outcome outcome)
{
    static const enum judgement_outcome named[] = {
        [OUTCOME_PASS] = JUDGEMENT_PASS,
        [OUTCOME_FAIL] = JUDGEMENT_FAIL,
        [OUTCOME_UNKNOWN] = JUDGEMENT_UNKNOWN,
        [OUTCOME_NOT_APPLICABLE] = JUDGEMENT_NOT_APPLICABLE,
    };
    return judgement_name(named[outcome]);
}

static void add_zone(struct trial *trial)
{
    const struct catalogue_test *test = trial->test;
    struct zone_attribute *attributes =
        arena_take(trial->arena, test->given_count, sizeof *attributes);
    size_t count = 0;
    for (size_t i = 0; i < test->given_count; i++) {
        const struct test_given *given = &test->givens[i];
        if (given->attribute == CATALOGUE_NONE)
            continue;
        struct period since = given->period.year ? given->period : test->period;
        attributes[count++] =
            (struct zone_attribute){ trial->catalogue->attributes[given->attribute].code,
                                     given->code, since };
    }
    struct zone zone = { .id.text = "TEST", .name = test->name, .attributes = attributes };
    zone.attribute_count = count;
    trial->zone = cube_add_zone(trial->cube, &zone);
}

static bool same_roster(const struct test_given *left, const struct test_given *right)
{
    return left->attribute == CATALOGUE_NONE && right->attribute == CATALOGUE_NONE &&
           left->roster == right->roster && period_equal(left->period, right->period);
}

static int by_key(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static size_t gather_keys(const struct trial *trial, const struct test_given *roster,
                          const char **keys)
{
    size_t count = 0, unique = 0;
    for (size_t i = 0; i < trial->test->given_count; i++)
        if (same_roster(&trial->test->givens[i], roster))
            keys[count++] = trial->test->givens[i].row_key;
    qsort(keys, count, sizeof(char *), by_key);
    for (size_t i = 0; i < count; i++)
        if (unique == 0 || strcmp(keys[unique - 1], keys[i]) != 0)
            keys[unique++] = keys[i];
    return unique;
}

static size_t key_index(const char *const *keys, size_t count, const char *key)
{
    size_t i = 0;
    while (i < count && strcmp(keys[i], key) != 0)
        i++;
    return i;
}

/* A cell that is not given stays missing. */
static struct roster_column fill_column(const struct trial *trial, const struct test_given *roster,
                                        size_t item, const char *const *keys, size_t row_count)
{
    int64_t *mantissas = arena_take(trial->arena, row_count, sizeof *mantissas);
    uint8_t *statuses = arena_take(trial->arena, row_count, sizeof *statuses);
    const char **texts = arena_take(trial->arena, row_count, sizeof(char *));
    memset(statuses, VALUE_MISSING, row_count);
    for (size_t i = 0; i < trial->test->given_count; i++) {
        const struct test_given *given = &trial->test->givens[i];
        if (!same_roster(given, roster) || given->item != item)
            continue;
        size_t row = key_index(keys, row_count, given->row_key);
        mantissas[row] = given->value.mantissa;
        statuses[row] = given->value.status;
        texts[row] = given->text;
    }
    bool is_text = trial->catalogue->items[item].type == ITEM_TEXT;
    return (struct roster_column){ trial->catalogue->items[item].code, mantissas, statuses,
                                   is_text ? texts : NULL };
}

static void put_roster(struct trial *trial, const struct test_given *roster)
{
    const struct form *form = &trial->catalogue->forms[roster->roster];
    const char **keys = arena_take(trial->arena, trial->test->given_count, sizeof(char *));
    size_t row_count = gather_keys(trial, roster, keys);
    struct roster_column *columns = arena_take(trial->arena, form->item_count, sizeof *columns);
    for (size_t i = 0; i < form->item_count; i++)
        columns[i] = fill_column(trial, roster, form->items[i], keys, row_count);
    struct submission submission = { .form = form->code,
                                     .period = roster->period,
                                     .version = 1,
                                     .row_keys = keys,
                                     .row_count = row_count,
                                     .columns = columns,
                                     .column_count = form->item_count };
    cube_put(trial->cube, trial->zone, &submission, 0);
}

static void put_givens(struct trial *trial)
{
    for (size_t i = 0; i < trial->test->given_count; i++) {
        const struct test_given *given = &trial->test->givens[i];
        if (given->attribute != CATALOGUE_NONE)
            continue;
        size_t first = 0;
        while (!same_roster(&trial->test->givens[first], given))
            first++;
        if (given->roster != CATALOGUE_NONE && first == i)
            put_roster(trial, given);
        if (given->roster == CATALOGUE_NONE)
            cube_put_figure(trial->cube, trial->zone, given->item, given->period, given->value);
    }
}

/* Of several rows: one that fails fails, one that is not known leaves it open. */
static void worsen(enum test_outcome *outcome, enum test_outcome row)
{
    static const int rank[] = {
        [OUTCOME_NOT_APPLICABLE] = 0, [OUTCOME_PASS] = 1, [OUTCOME_UNKNOWN] = 2, [OUTCOME_FAIL] = 3
    };
    if (rank[row] > rank[*outcome])
        *outcome = row;
}

struct wanted {
    const char *row_key; /* "": all */
    enum test_outcome outcome;
};

static bool note_judgement(const struct judgement *judgement, void *owner)
{
    struct wanted *wanted = owner;
    static const enum test_outcome outcomes[] = {
        [JUDGEMENT_PASS] = OUTCOME_PASS,
        [JUDGEMENT_FAIL] = OUTCOME_FAIL,
        [JUDGEMENT_UNKNOWN] = OUTCOME_UNKNOWN,
        [JUDGEMENT_NOT_APPLICABLE] = OUTCOME_NOT_APPLICABLE,
    };
    if (*wanted->row_key == '\0' || strcmp(wanted->row_key, judgement->row_key) == 0)
        worsen(&wanted->outcome, outcomes[judgement->outcome]);
    return true;
}

static enum test_outcome judge_rule_once(const struct rule *rule, const struct context *context)
{
    enum truth when = evaluate_truth(rule->when, context);
    if (when == TRUTH_FALSE)
        return OUTCOME_NOT_APPLICABLE;
    enum truth check = evaluate_truth(rule->check, context);
    if (when == TRUTH_UNKNOWN || check == TRUTH_UNKNOWN)
        return OUTCOME_UNKNOWN;
    return check == TRUTH_TRUE ? OUTCOME_PASS : OUTCOME_FAIL;
}

static enum test_outcome judge_rule(const struct trial *trial, const struct rule *rule,
                                    const char *row_key)
{
    enum test_outcome outcome = OUTCOME_NOT_APPLICABLE;
    struct context context = { .cube = trial->cube,
                               .zone = trial->zone,
                               .period = trial->test->period };
    struct roster roster;
    if (rule->roster == CATALOGUE_NONE)
        return judge_rule_once(rule, &context);
    if (!cube_roster(trial->cube, trial->zone, rule->roster, context.period, &roster))
        return OUTCOME_UNKNOWN;
    context.roster = &roster;
    for (context.row = 0; context.row < roster.row_count; context.row++)
        if (*row_key == '\0' || strcmp(row_key, roster.keys[context.row]) == 0)
            worsen(&outcome, judge_rule_once(rule, &context));
    return outcome;
}

/* A rule for several items is several rules of one code: figures are given for some of them. */
static enum test_outcome judge_rules(const struct trial *trial, struct code code,
                                     const char *row_key)
{
    enum test_outcome found = OUTCOME_UNKNOWN;
    for (size_t i = 0; i < trial->catalogue->rule_count; i++) {
        const struct rule *rule = &trial->catalogue->rules[i];
        if (!code_equal(rule->code, code) || !rule->check)
            continue;
        enum test_outcome outcome = judge_rule(trial, rule, row_key);
        if (found == OUTCOME_UNKNOWN || outcome == OUTCOME_FAIL)
            found = outcome;
    }
    return found;
}

static void add_failure(struct trial *trial, const struct test_expected *expected,
                        const char *wanted, const char *found)
{
    struct test_summary *summary = trial->summary;
    if (summary->failure_count == trial->capacity) {
        size_t capacity = trial->capacity ? 2 * trial->capacity : 8;
        struct test_failure *grown = arena_take(trial->arena, capacity, sizeof *grown);
        for (size_t i = 0; i < summary->failure_count; i++)
            grown[i] = summary->failures[i];
        summary->failures = grown;
        trial->capacity = capacity;
    }
    summary->failures[summary->failure_count++] =
        (struct test_failure){ trial->test->name, expected->place, wanted, found };
}

static void expect_outcome(struct trial *trial, const struct test_expected *expected)
{
    struct wanted wanted = { expected->row_key ? expected->row_key : "", OUTCOME_NOT_APPLICABLE };
    if (expected->requirement != CATALOGUE_NONE)
        (void)judge_requirement(trial->cube, expected->requirement, trial->zone,
                                trial->test->period, note_judgement, &wanted);
    else
        wanted.outcome =
            judge_rules(trial, trial->catalogue->rules[expected->rule].code, wanted.row_key);
    if (wanted.outcome != expected->outcome)
        add_failure(trial, expected, outcome_name(expected->outcome), outcome_name(wanted.outcome));
}

static struct result value_of(const struct trial *trial, const struct test_expected *expected)
{
    const struct indicator *indicator = &trial->catalogue->indicators[expected->indicator];
    struct scope scope = { &trial->zone, 1, false };
    struct roster roster;
    if (indicator->roster == CATALOGUE_NONE)
        return evaluate_indicator(trial->cube, expected->indicator, scope, trial->test->period)
            .result;
    if (!cube_roster(trial->cube, trial->zone, indicator->roster, trial->test->period, &roster))
        return result_absent(ABSENCE_NOT_REPORTED);
    size_t row = roster_row(&roster, expected->row_key ? expected->row_key : "");
    if (row == CATALOGUE_NONE)
        return result_absent(ABSENCE_NOT_REPORTED);
    return evaluate_indicator_row(trial->cube, expected->indicator, trial->zone,
                                  trial->test->period, row);
}

static void expect_value(struct trial *trial, const struct test_expected *expected)
{
    const struct indicator *indicator = &trial->catalogue->indicators[expected->indicator];
    struct result found = value_of(trial, expected);
    bool missing = found.absence != ABSENCE_NONE;
    if (missing == expected->missing &&
        (missing || number_compare(found.number, expected->number) == 0))
        return;
    struct result wanted = { .number = expected->number };
    const char *wanted_text = absence_words(ABSENCE_MISSING);
    if (!expected->missing)
        wanted_text = result_text(wanted, figure_decimals(wanted.number, DECIMALS_SHOWN),
                                  indicator->unit_text, trial->arena);
    add_failure(trial, expected, wanted_text,
                result_text(found, figure_decimals(found.number, DECIMALS_SHOWN),
                            indicator->unit_text, trial->arena));
}

static void run(struct trial *trial)
{
    trial->cube = cube_create(trial->catalogue);
    add_zone(trial);
    put_givens(trial);
    for (size_t i = 0; i < trial->test->expectation_count; i++) {
        const struct test_expected *expected = &trial->test->expectations[i];
        trial->summary->expectations++;
        if (expected->indicator != CATALOGUE_NONE)
            expect_value(trial, expected);
        else
            expect_outcome(trial, expected);
    }
    cube_destroy(&trial->cube);
}

struct test_summary catalogue_run_tests(const struct catalogue *catalogue, struct arena *arena)
{
    struct test_summary summary = { .tests = catalogue->test_count };
    struct trial trial = { .catalogue = catalogue, .arena = arena, .summary = &summary };
    for (size_t i = 0; i < catalogue->test_count; i++) {
        trial.test = &catalogue->tests[i];
        run(&trial);
    }
    return summary;
}

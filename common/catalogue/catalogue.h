#ifndef COMMON_CATALOGUE_CATALOGUE_H
#define COMMON_CATALOGUE_CATALOGUE_H

/*
 * A compiled catalogue: everything that is asked of the zones and everything that is
 * computed and judged from the answers. Immutable; arrays in the order of the text;
 * indexes into them are the names used by expressions and by the cube.
 *
 * In a `struct words` of a catalogue the English is never NULL (it may be the Chinese one).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/digest.h"
#include "common/base/language.h"
#include "common/base/number.h"
#include "common/catalogue/expression.h"
#include "common/catalogue/source.h"
#include "common/model/code.h"
#include "common/model/finding.h"
#include "common/model/period.h"
#include "common/model/submission.h"

#define CATALOGUE_NONE SIZE_MAX

struct unit {
    const char *name;         /* 万元 */
    struct quantity quantity; /* kind KIND_PURE */
    struct place place;
};

struct code_value {
    struct code code;
    struct words words;
};

/* Ordered as declared: 签约 < 立项. */
struct code_list {
    const char *name;
    const struct code_value *values;
    size_t count;
    struct place place;
};

struct attribute {
    struct code code; /* RG03 */
    struct words name;
    size_t list;
    struct place place;
};

enum item_type { ITEM_QUANTITY, ITEM_CODE, ITEM_DATE, ITEM_FLAG, ITEM_TEXT };
enum item_total { TOTAL_SUM, TOTAL_NONE, TOTAL_SMALLEST, TOTAL_LARGEST }; /* over zones */

struct item {
    struct code code;
    struct words name;
    struct words note; /* definition; texts may be "" */
    enum item_type type;
    struct quantity quantity; /* ITEM_QUANTITY */
    const char *unit_text;    /* "万元", "" */
    int decimals;
    enum item_total total;
    size_t list; /* ITEM_CODE */
    size_t base; /* item with last year's figure on the comparable base, or none */
    bool may_be_negative;
    bool core;
    bool reference;          /* maintained by the province */
    struct words department; /* who confirms it; "" */
    struct place place;
};

/* Where the item of a code stands. Arrays of it are in the order of the codes, as the cells of a
 * submission are: walked side by side nothing has to be looked up. */
struct item_place {
    struct code code;
    size_t item;
    size_t position; /* among the form's items; in the catalogue's own array the item again */
};

/* Days and months after the period's last day. */
struct deadline {
    uint8_t months;
    uint8_t day;
};

struct section {
    struct words title;
    size_t first; /* into form.items */
    size_t count;
};

struct form {
    struct code code;
    struct words name;
    const char *short_name; /* the roster's noun in expressions: 项目; "" for a table */
    bool roster;
    enum frequency frequency;
    uint16_t exempt; /* bit n: the n-th month or quarter is not reported alone */
    struct deadline due, review, accept;
    const struct code_value *roles; /* who signs, in this order */
    size_t role_count;
    size_t key_item; /* rosters: a text item */
    const size_t *items;
    size_t item_count;
    const struct item_place *items_by_code; /* the same, in the order of the codes */
    const struct section *sections;
    size_t section_count;
    const size_t *rules; /* that judge submissions of it, in the order of the text */
    size_t rule_count;
    struct place place;
};

enum rule_place { RULE_EVERYWHERE, RULE_AGENT, RULE_AGGREGATOR };

/* Checks that no expression can say; the words stand in the catalogue all the same. */
enum rule_builtin {
    BUILTIN_NONE,
    BUILTIN_ZONE_ACTIVE, /* V01 */
    BUILTIN_FORM_OPEN,   /* V02: a period of the form, not exempt, not in the future */
    BUILTIN_COMPLETE,    /* V03: every cell has a value or a coded status */
    BUILTIN_RANGE,       /* V04: no negative where none may be */
    BUILTIN_INTEGER,     /* V05: counts are whole numbers */
    BUILTIN_SIGNED,  /* V06: every role signed, by persons as the form asks, after the period's end
                      */
    BUILTIN_VERSION, /* V07: version = last + 1 on the base it names */
    BUILTIN_CODES,   /* V09: codes are in their list */
    BUILTIN_EXPLANATION, /* V58 */
    BUILTIN_LATE         /* V57 */
};

struct rule {
    struct code code;
    enum finding_class class;
    enum rule_place where;
    enum rule_builtin builtin;
    struct words words;
    struct words advice;
    size_t roster;       /* judged for each row of it, or none */
    size_t item;         /* the cell to look at first, or none */
    const size_t *forms; /* submissions of these are judged by it */
    size_t form_count;
    const struct expression *when;  /* NULL: always */
    const struct expression *check; /* TRUTH; NULL for a builtin */
    struct period since, until;     /* year 0: open */
    struct place place;
};

enum better { BETTER_NONE, BETTER_HIGHER, BETTER_LOWER };

struct indicator {
    struct code code;
    struct words name;
    struct words dimension; /* 产业基础 */
    const char *cite;       /* clause or source; "" */
    const char *unit_text;
    struct quantity quantity;
    int decimals; /* when shown */
    enum better better;
    struct number weight; /* 0: not scored */
    size_t roster; /* one value for each row (a project's intensity), or none: not aggregated */
    const struct expression *value; /* NUMBER in the indicator's unit */
    enum frequency finest;          /* the finest frequency at which its items are reported */
    const size_t *leaves;           /* items it reads, each once */
    size_t leaf_count;
    struct place place;
};

enum severity { SEVERITY_HARD, SEVERITY_SOFT, SEVERITY_INFORMATION };

struct requirement {
    struct code code;
    struct words words;
    const char *cite; /* "三(二)": clause of the 2016 opinion */
    enum severity severity;
    size_t roster; /* judged for each row of it, or none */
    const struct expression *when;
    const struct expression *check;
    struct period since, until;
    struct place place;
};

/* An embedded test: figures in, expectations out. */
struct test_given {
    size_t item; /* with `attribute` none */
    size_t attribute;
    struct period period;
    struct value value; /* item */
    struct code code;   /* attribute */
    size_t roster;      /* row of it, or none */
    const char *row_key;
    const char *text; /* ITEM_TEXT */
};

enum test_outcome { OUTCOME_PASS, OUTCOME_FAIL, OUTCOME_UNKNOWN, OUTCOME_NOT_APPLICABLE };

struct test_expected {
    size_t rule, requirement, indicator; /* exactly one is not none */
    enum test_outcome outcome;           /* rule, requirement */
    const char *row_key;                 /* "" */
    bool missing;                        /* the indicator is missing */
    struct number number;                /* or exactly this, in the indicator's unit */
    struct place place;
};

struct catalogue_test {
    const char *name;
    struct period period;
    const struct test_given *givens;
    size_t given_count;
    const struct test_expected *expectations;
    size_t expectation_count;
    struct place place;
};

struct catalogue {
    struct digest digest;
    struct sources sources; /* a copy */
    const char *name;       /* jilin2016 */
    struct words title;
    unsigned version;
    struct period since; /* year 0: open */
    const struct unit *units;
    size_t unit_count;
    const char *const *dimensions;
    size_t dimension_count;
    const struct code_list *lists;
    size_t list_count;
    const struct attribute *attributes;
    size_t attribute_count;
    const struct item *items;
    size_t item_count;
    const struct item_place *items_by_code; /* for catalogue_item() */
    const struct form *forms;
    size_t form_count;
    const struct rule *rules;
    size_t rule_count;
    const struct indicator *indicators;
    size_t indicator_count; /* operands before users */
    const struct requirement *requirements;
    size_t requirement_count;
    const struct catalogue_test *tests;
    size_t test_count;
    const int64_t *holidays;
    size_t holiday_count; /* days, ascending */
};

struct diagnostic {
    const char *file;
    struct place place;
    const char *text;
};

#define DIAGNOSTICS_MAX 100

/* In the order of the text. */
struct diagnostics {
    struct arena *arena;
    struct diagnostic items[DIAGNOSTICS_MAX];
    size_t count;   /* of `items` */
    size_t omitted; /* beyond them */
};

/* NULL when there is at least one diagnostic: all errors at once. */
NODISCARD struct catalogue *catalogue_compile(struct sources sources, struct diagnostics *out);
void catalogue_destroy(struct catalogue **catalogue);

/* Index by stable code, or CATALOGUE_NONE. */
size_t catalogue_item(const struct catalogue *catalogue, struct code code);
size_t catalogue_form(const struct catalogue *catalogue, struct code code);
size_t catalogue_rule(const struct catalogue *catalogue, struct code code);
size_t catalogue_indicator(const struct catalogue *catalogue, struct code code);
size_t catalogue_requirement(const struct catalogue *catalogue, struct code code);
size_t catalogue_attribute(const struct catalogue *catalogue, struct code code);
/* By code, Chinese or English name; for command lines. */
size_t catalogue_find_indicator(const struct catalogue *catalogue, const char *text);
size_t catalogue_find_form(const struct catalogue *catalogue, const char *text);

/* Ordinal of a code in its list, or -1. */
int code_list_ordinal(const struct code_list *list, struct code code);
/* By code or by either word. */
NODISCARD bool code_list_parse(const struct code_list *list, const char *text, struct code *out);

/* Position of an item among a form's, or CATALOGUE_NONE. */
size_t form_position(const struct form *form, size_t item);
/* Whether the form is to be filled in for the period. */
bool form_reports(const struct form *form, struct period period);
/* Day of the deadline for the period. */
int64_t deadline_day(struct deadline deadline, struct period period);

#endif

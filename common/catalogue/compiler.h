#ifndef COMMON_CATALOGUE_COMPILER_H
#define COMMON_CATALOGUE_COMPILER_H

/*
 * What the parts of the compiler share while one catalogue is compiled:
 *
 *     lexer -> declaration (cut) -> announce all -> read all -> indicators in order -> check
 */

#include "common/catalogue/catalogue.h"
#include "common/catalogue/names.h"
#include "common/catalogue/reporter.h"
#include "common/catalogue/syntax.h"

#define DECLARATIONS_MAX 16384
#define FORM_ITEMS_MAX 512
#define TEST_LINES_MAX 256
#define CODE_VALUES_MAX 4096
#define RULE_FORMS_MAX 32

struct arena;

/* Expressions that wait until everything is declared. */
struct indicator_draft {
    struct indicator indicator;
    const struct syntax *value;
    size_t position; /* in the order of computation */
};

struct rule_draft {
    struct rule rule;
    const struct syntax *when;
    const struct syntax *check;
    const size_t *items; /* `for`: one rule each */
    size_t item_count;
};

struct requirement_draft {
    const struct syntax *when;
    const struct syntax *check;
};

struct compiler {
    struct arena *arena;   /* the catalogue's: what stays */
    struct arena *scratch; /* what goes when the compilation ends */
    struct reporter reporter;
    struct names *names;
    struct tokens tokens;

    struct catalogue *catalogue;
    struct unit *units;
    const char **dimensions;
    struct code_list *lists;
    struct attribute *attributes;
    struct item *items;
    struct form *forms;
    struct requirement *requirements;
    struct catalogue_test *tests;
    struct indicator *indicators; /* in the order of computation */
    struct indicator_draft *indicator_drafts;
    struct rule_draft *rule_drafts;
    size_t rule_draft_count;
    struct requirement_draft *requirement_drafts;
    bool titled; /* a `catalogue` declaration was read */
};

/* Resolves a name to a number of its kind, or reports it with a near name. */
bool compiler_find(struct compiler *compiler, enum name_kind kind, const struct token *name,
                   const char *what, size_t *out);
/* Reports an unknown name; false. */
bool compiler_unknown(struct compiler *compiler, unsigned kinds, const struct token *name,
                      const char *what);

#endif

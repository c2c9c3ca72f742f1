#ifndef COMMON_CATALOGUE_DECLARATION_H
#define COMMON_CATALOGUE_DECLARATION_H

/*
 * The kinds of declaration: one row each says how its name is announced and its body is
 * read. All names are announced before any body is read, so the order of the text is free.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/catalogue/reader.h"

struct compiler;
struct declaration_kind;

struct declaration {
    const struct declaration_kind *kind;
    const struct token *word; /* `item` */
    const struct token *end;
    size_t number; /* among those of its kind, in the order of the text */
};

/* The reader stands behind the word. What it cannot read it reports. */
typedef void declaration_read_fn(struct compiler *compiler, struct reader *reader, size_t number);

struct declaration_kind {
    const char *word;
    declaration_read_fn *announce; /* NULL: nothing to announce */
    declaration_read_fn *read;
    bool (*is_word)(const char *word); /* whether it is a property of this kind; NULL: no body */
    bool shares_number;                /* counted together with the kind in the row before */
};

/* One word of a body: reads what stands behind it. */
struct property {
    const char *word;
    bool repeated;                                     /* may stand more than once */
    bool (*read)(struct reader *reader, void *target); /* false after a report */
};

/* Reads "{ property … }", each property at most once unless it is `repeated`, and goes on
 * behind a mistake with the next property. */
void declaration_read_body(struct reader *reader, const struct property *properties, size_t count,
                           void *target);
bool declaration_has_word(const struct property *properties, size_t count, const char *word);

/* Whether the word begins a declaration or a property of any kind: it is then no unit. */
bool declaration_is_word(const char *word);

/* Cuts the tokens into declarations, announces and reads them all. */
void declarations_read(struct compiler *compiler);

/* When indicators and rules have their final places: what the tests expect of which. */
void tests_settle(struct compiler *compiler);

/* clang-format off */
declaration_read_fn title_read, holidays_read, unit_announce, unit_read, list_announce, list_read,
    attribute_announce, attribute_read, item_announce, item_read, form_announce, form_read,
    roster_announce, roster_read, rule_announce, rule_read, indicator_announce, indicator_read,
    requirement_announce, requirement_read, test_read;
bool title_is_word(const char *word), item_is_word(const char *word), form_is_word(const char *word),
    rule_is_word(const char *word), indicator_is_word(const char *word),
    requirement_is_word(const char *word), test_is_word(const char *word),
    nothing_is_word(const char *word);
/* clang-format on */

#endif

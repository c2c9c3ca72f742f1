#ifndef AGENT_ENTRY_DIFFERENCE_H
#define AGENT_ENTRY_DIFFERENCE_H

/*
 * What changes when a submission takes the place of another one of the same form and
 * period: shown before anything is stored.
 */

#include <stddef.h>
#include <stdio.h>

#include "common/catalogue/catalogue.h"
#include "common/model/submission.h"

struct arena;

enum change_kind { CHANGE_ADDED, CHANGE_CHANGED, CHANGE_REMOVED, CHANGE_KIND_COUNT };

struct change {
    enum change_kind kind;
    const char *row_key; /* "" for a table */
    size_t item;         /* index in the catalogue; CATALOGUE_NONE: the whole row */
    const char *before;  /* "1234.50", "缺报", "" when there was nothing */
    const char *after;
};

/* Rows by key, then items in the order of the form. */
struct difference {
    const struct change *changes;
    size_t count;
    size_t counts[CHANGE_KIND_COUNT];
    size_t unchanged; /* cells */
};

/* `before` may be NULL: then everything is added. Lives in the arena. */
struct difference difference_of(const struct catalogue *catalogue, size_t form,
                                const struct submission *before, const struct submission *after,
                                struct arena *arena);

/* A table aligned for the eye and a line of counts, in the person's language. Prints at most
 * `lines_max` changes and says how many more there are. */
void difference_print(const struct difference *difference, const struct catalogue *catalogue,
                      size_t lines_max, FILE *output);

#endif

#ifndef COMMON_CUBE_EXPLANATION_H
#define COMMON_CUBE_EXPLANATION_H

/*
 * Takes a value apart: the tree of its operands, down to the cells they came from.
 *
 *     产业集中度 = 产业集中度表达式 = 72.50 %
 *     ├─ 主导产业营业收入 = 725000 万元      JKQ401 2021-M12 第1版 #42
 *     └─ 规上工业营业收入 = 1000000 万元     …
 */

#include <stddef.h>
#include <stdint.h>

#include "common/cube/evaluate.h"

struct arena;

struct explained {
    const char *label;   /* name of item or indicator, or the expression in words */
    const char *formula; /* "" for a leaf */
    struct result result;
    const char *text; /* the result as a person reads it, with its unit, or the reason of absence */
    struct coverage coverage; /* expected 0: not a group */
    struct origin origin;     /* leaves of one zone */
    size_t item;              /* leaf: the item, else CATALOGUE_NONE */
    size_t zone;              /* leaf of one zone, else CATALOGUE_NONE */
    const struct explained *const *children;
    size_t child_count;
};

/* Lives in the arena. For a group the leaves are totals whose children are the zones. */
const struct explained *explain_indicator(const struct cube *cube, size_t indicator,
                                          struct scope scope, struct period period,
                                          struct arena *arena);

/* The operands of a rule's check, as a person reads them: "IB02 … 700 万元 > IB01 … 500 万元". */
const char *explain_check(const struct expression *check, const struct context *context,
                          struct arena *arena);

/* "82.81 %" or "缺报". Lives in the arena. */
const char *result_text(struct result result, int decimals, const char *unit, struct arena *arena);

#endif

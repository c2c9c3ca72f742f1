#ifndef COMMON_CUBE_JUDGEMENT_H
#define COMMON_CUBE_JUDGEMENT_H

/* Judges a zone against the requirements of the 2016 opinion, clause by clause. */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/number.h"
#include "common/cube/cube.h"

struct arena;

enum judgement_outcome {
    JUDGEMENT_PASS,
    JUDGEMENT_FAIL,
    JUDGEMENT_UNKNOWN,       /* figures are missing */
    JUDGEMENT_NOT_APPLICABLE /* the `when` is false, or nothing is to be judged */
};
const char *judgement_name(enum judgement_outcome outcome);
const char *judgement_words(enum judgement_outcome outcome);

struct judgement {
    size_t requirement;
    size_t zone;
    struct period period;
    const char *row_key; /* "" for the zone itself */
    enum judgement_outcome outcome;
    bool has_margin;      /* the check is one comparison of two numbers, both known */
    struct number margin; /* value - limit, in the comparison's unit: negative is below */
    struct number value;
    struct number limit;
    const struct expression *comparison; /* its left side has the unit; NULL without margin */
};

/* Returns false to stop. */
typedef bool judgement_visit_fn(const struct judgement *judgement, void *owner);

/* Every requirement in force in the period; those `each` row give one judgement per row, or
 * one NOT_APPLICABLE when there is no row (UNKNOWN when the roster did not arrive). */
void judge_zone(const struct cube *cube, size_t zone, struct period period,
                judgement_visit_fn *visit, void *owner);
/* One of them, in force or not; false when `visit` stopped. */
bool judge_requirement(const struct cube *cube, size_t requirement, size_t zone,
                       struct period period, judgement_visit_fn *visit, void *owner);

#endif

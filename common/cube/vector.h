#ifndef COMMON_CUBE_VECTOR_H
#define COMMON_CUBE_VECTOR_H

/*
 * Results of a block of zones side by side, and arithmetic on all of them at once. As
 * long as the numbers are known to be short enough, nothing is checked and nothing is reduced
 * element by element; where they might not fit, the exact functions of number.h decide, one
 * element at a time, so that both ways give equal numbers and the same overflows.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cube/evaluate.h"

#define VECTOR_SIZE 256

struct vector {
    size_t count;
    bool shared;        /* all have denominators[0] */
    int numerator_bits; /* no numerator is longer */
    int denominator_bits;
    bool whole;                     /* no absence, every status VALUE_PRESENT */
    int128 numerators[VECTOR_SIZE]; /* 0 where absent */
    int128 denominators[VECTOR_SIZE];
    uint8_t absences[VECTOR_SIZE];
    uint8_t statuses[VECTOR_SIZE];
};

void vector_fill(struct vector *vector, size_t count, struct number number);
void vector_set(struct vector *vector, size_t i, struct result result);
struct result vector_get(const struct vector *vector, size_t i);

/* left becomes left op right: ADD, SUBTRACT, MULTIPLY, DIVIDE, SMALLER, LARGER, FIRST_OF.
 * `right` is used up. */
void vector_combine(enum operation operation, struct vector *left, struct vector *right);
/* NEGATE, ABSOLUTE. */
void vector_turn(enum operation operation, struct vector *vector);
void vector_scale(struct vector *vector, int exponent);

#endif

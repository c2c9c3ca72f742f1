#include "common/cube/vector.h"

#include <assert.h>
#include <string.h>

#include "common/base/decimal.h"

/* Products and sums of at most so many bits fit without being checked. */
#define BITS_SAFE 125
#define SCALE_EXPONENT_MAX 37
#define WORD_BITS 64

static int bits_of(uint128 magnitude)
{
    uint64_t high = (uint64_t)(magnitude >> WORD_BITS), low = (uint64_t)magnitude;
    if (high)
        return 2 * WORD_BITS - __builtin_clzll(high);
    return low ? WORD_BITS - __builtin_clzll(low) : 0;
}

static uint128 magnitude_of(int128 value)
{
    return value < 0 ? 0 - (uint128)value : (uint128)value;
}

static int longest(const int128 *values, size_t count)
{
    uint128 all = 0;
    for (size_t i = 0; i < count; i++)
        all |= magnitude_of(values[i]);
    return bits_of(all);
}

/* Bounds grow with each operation; where they no longer help, the numbers are looked at. */
static void measure(struct vector *vector)
{
    vector->numerator_bits = longest(vector->numerators, vector->count);
    vector->denominator_bits = longest(vector->denominators, vector->shared ? 1 : vector->count);
}

void vector_fill(struct vector *vector, size_t count, struct number number)
{
    assert(count <= VECTOR_SIZE);
    vector->count = count;
    vector->shared = true;
    vector->whole = true;
    vector->numerator_bits = bits_of(magnitude_of(number.numerator));
    vector->denominator_bits = bits_of((uint128)number.denominator);
    vector->denominators[0] = number.denominator;
    for (size_t i = 0; i < count; i++)
        vector->numerators[i] = number.numerator;
    memset(vector->absences, ABSENCE_NONE, count);
    memset(vector->statuses, VALUE_PRESENT, count);
}

static void spread(struct vector *vector)
{
    for (size_t i = 1; vector->shared && i < vector->count; i++)
        vector->denominators[i] = vector->denominators[0];
    vector->shared = false;
}

void vector_set(struct vector *vector, size_t i, struct result result)
{
    struct number number = result.absence == ABSENCE_NONE ? result.number : number_of(0);
    if (result.absence != ABSENCE_NONE || result.status != VALUE_PRESENT)
        vector->whole = false;
    vector->absences[i] = result.absence;
    vector->statuses[i] = result.status;
    vector->numerators[i] = number.numerator;
    if (vector->shared && (number.denominator == vector->denominators[0] || number.numerator == 0))
        number.denominator = vector->denominators[0]; /* 0 is 0 in any unit */
    else
        spread(vector);
    if (!vector->shared)
        vector->denominators[i] = number.denominator;
    int numerator = bits_of(magnitude_of(number.numerator));
    int denominator = bits_of((uint128)number.denominator);
    if (numerator > vector->numerator_bits)
        vector->numerator_bits = numerator;
    if (denominator > vector->denominator_bits)
        vector->denominator_bits = denominator;
}

static struct number number_at(const struct vector *vector, size_t i)
{
    return (struct number){ vector->numerators[i], vector->denominators[vector->shared ? 0 : i] };
}

struct result vector_get(const struct vector *vector, size_t i)
{
    struct result result = { .number = number_of(0),
                             .absence = vector->absences[i],
                             .status = vector->statuses[i] };
    if (result.absence == ABSENCE_NONE)
        result.number = number_at(vector, i);
    return result;
}

static void store(struct vector *vector, size_t i, struct number number)
{
    vector->numerators[i] = number.numerator;
    vector->denominators[i] = number.denominator;
}

/* Absences and statuses of both; where one is absent the number is 0 of 1 or of the shared. */
static void join_states(struct vector *left, const struct vector *right)
{
    if (left->whole && right->whole)
        return;
    left->whole = false;
    for (size_t i = 0; i < left->count; i++) {
        /* The first of two reasons is the smaller one that is not 0. */
        uint8_t one = (uint8_t)(left->absences[i] - 1), other = (uint8_t)(right->absences[i] - 1);
        left->absences[i] = (uint8_t)((one < other ? one : other) + 1);
        if (left->statuses[i] != right->statuses[i])
            left->statuses[i] = (uint8_t)value_status_worst(left->statuses[i], right->statuses[i]);
    }
}

static void clear_absent(struct vector *vector)
{
    for (size_t i = 0; !vector->whole && i < vector->count; i++)
        if (vector->absences[i] != ABSENCE_NONE) {
            vector->numerators[i] = 0;
            if (!vector->shared)
                vector->denominators[i] = 1;
        }
}

static bool exact(enum operation operation, struct number left, struct number right,
                  struct number *out)
{
    switch (operation) {
    case OPERATION_ADD:
        return number_add(left, right, out);
    case OPERATION_SUBTRACT:
        return number_subtract(left, right, out);
    case OPERATION_MULTIPLY:
        return number_multiply(left, right, out);
    case OPERATION_DIVIDE:
        return number_divide(left, right, out);
    case OPERATION_SMALLER:
        *out = number_compare(left, right) <= 0 ? left : right;
        return true;
    default:
        assert(operation == OPERATION_LARGER);
        *out = number_compare(left, right) >= 0 ? left : right;
        return true;
    }
}

/* Whatever the size of the numbers. States are joined already. */
static void combine_each(enum operation operation, struct vector *left, const struct vector *right)
{
    spread(left);
    for (size_t i = 0; i < left->count; i++) {
        struct number number = number_of(0);
        if (left->absences[i] == ABSENCE_NONE &&
            !exact(operation, number_at(left, i), number_at(right, i), &number)) {
            number = number_of(0);
            left->absences[i] = ABSENCE_OVERFLOW;
            left->whole = false;
        }
        store(left, i, number);
    }
    measure(left);
}

/* Brings a shared denominator to a multiple of it. */
static bool widen(struct vector *vector, int128 denominator)
{
    int128 factor = denominator / vector->denominators[0];
    int bits = vector->numerator_bits + bits_of((uint128)factor);
    if (denominator % vector->denominators[0] != 0 || bits > BITS_SAFE)
        return false;
    for (size_t i = 0; i < vector->count; i++)
        vector->numerators[i] *= factor;
    vector->numerator_bits = bits;
    vector->denominators[0] = denominator;
    vector->denominator_bits = bits_of((uint128)denominator);
    return true;
}

static bool share(struct vector *left, struct vector *right)
{
    if (!left->shared || !right->shared)
        return false;
    if (left->denominators[0] == right->denominators[0])
        return true;
    return left->denominators[0] > right->denominators[0] ? widen(right, left->denominators[0])
                                                          : widen(left, right->denominators[0]);
}

static int larger(int left, int right)
{
    return left > right ? left : right;
}

static bool add_shared(enum operation operation, struct vector *left, struct vector *right)
{
    if (larger(left->numerator_bits, right->numerator_bits) >= BITS_SAFE || !share(left, right))
        return false;
    int128 sign = operation == OPERATION_ADD ? 1 : -1;
    if (sign > 0)
        for (size_t i = 0; i < left->count; i++)
            left->numerators[i] += right->numerators[i];
    else
        for (size_t i = 0; i < left->count; i++)
            left->numerators[i] -= right->numerators[i];
    left->numerator_bits = larger(left->numerator_bits, right->numerator_bits) + 1;
    return true;
}

static bool add_crosswise(enum operation operation, struct vector *left, struct vector *right)
{
    int one = left->numerator_bits + right->denominator_bits;
    int other = right->numerator_bits + left->denominator_bits;
    int denominator = left->denominator_bits + right->denominator_bits;
    if (larger(one, other) >= BITS_SAFE || denominator > BITS_SAFE)
        return false;
    spread(left);
    spread(right);
    int128 sign = operation == OPERATION_ADD ? 1 : -1;
    for (size_t i = 0; i < left->count; i++) {
        left->numerators[i] = left->numerators[i] * right->denominators[i] +
                              sign * (right->numerators[i] * left->denominators[i]);
        left->denominators[i] *= right->denominators[i];
    }
    left->numerator_bits = larger(one, other) + 1;
    left->denominator_bits = denominator;
    return true;
}

static bool multiply_short(struct vector *left, struct vector *right)
{
    int numerator = left->numerator_bits + right->numerator_bits;
    int denominator = left->denominator_bits + right->denominator_bits;
    if (numerator > BITS_SAFE || denominator > BITS_SAFE)
        return false;
    if (!left->shared || !right->shared) {
        spread(left);
        spread(right);
    }
    for (size_t i = 0; i < left->count; i++)
        left->numerators[i] *= right->numerators[i];
    for (size_t i = 0; i < (left->shared ? 1 : left->count); i++)
        left->denominators[i] *= right->denominators[i];
    left->numerator_bits = numerator;
    left->denominator_bits = denominator;
    return true;
}

/* x/0 has no number, whatever else is wrong with x. */
static void note_zeros(struct vector *left, const struct vector *right)
{
    for (size_t i = 0; i < right->count; i++) {
        if (right->numerators[i] != 0 || right->absences[i] != ABSENCE_NONE)
            continue;
        left->whole = false;
        if (left->absences[i] == ABSENCE_NONE || left->absences[i] > ABSENCE_DIVISION_BY_ZERO)
            left->absences[i] = ABSENCE_DIVISION_BY_ZERO;
    }
}

static bool divide_short(struct vector *left, struct vector *right)
{
    bool cancel = left->shared && right->shared && left->denominators[0] == right->denominators[0];
    int numerator = left->numerator_bits + (cancel ? 0 : right->denominator_bits);
    int denominator = right->numerator_bits + (cancel ? 0 : left->denominator_bits);
    if (numerator > BITS_SAFE || denominator > BITS_SAFE)
        return false;
    spread(left);
    spread(right);
    for (size_t i = 0; i < left->count; i++) {
        int128 sign = right->numerators[i] < 0 ? -1 : 1;
        int128 over = cancel ? 1 : right->denominators[i];
        int128 under = cancel ? 1 : left->denominators[i];
        left->numerators[i] *= sign * over;
        left->denominators[i] = sign * right->numerators[i] * under;
    }
    left->numerator_bits = numerator;
    left->denominator_bits = denominator;
    return true;
}

static bool combine_short(enum operation operation, struct vector *left, struct vector *right)
{
    switch (operation) {
    case OPERATION_ADD:
    case OPERATION_SUBTRACT:
        return add_shared(operation, left, right) || add_crosswise(operation, left, right);
    case OPERATION_MULTIPLY:
        return multiply_short(left, right);
    case OPERATION_DIVIDE:
        return divide_short(left, right);
    default:
        return false;
    }
}

static void take_first(struct vector *left, const struct vector *right)
{
    for (size_t i = 0; i < left->count; i++) {
        if (left->absences[i] == ABSENCE_NONE)
            continue;
        struct result other = vector_get(right, i);
        if (other.absence != ABSENCE_NONE)
            other = result_joined(vector_get(left, i), other);
        vector_set(left, i, other);
    }
}

void vector_combine(enum operation operation, struct vector *left, struct vector *right)
{
    assert(left->count == right->count);
    if (operation == OPERATION_FIRST_OF) {
        take_first(left, right);
        return;
    }
    join_states(left, right);
    if (operation == OPERATION_DIVIDE)
        note_zeros(left, right);
    bool done = combine_short(operation, left, right);
    if (!done) {
        measure(left);
        measure(right);
        done = combine_short(operation, left, right);
    }
    if (!done)
        combine_each(operation, left, right);
    clear_absent(left);
}

void vector_turn(enum operation operation, struct vector *vector)
{
    for (size_t i = 0; i < vector->count; i++)
        if (operation == OPERATION_NEGATE || vector->numerators[i] < 0)
            vector->numerators[i] = -vector->numerators[i];
}

static void scale_each(struct vector *vector, int exponent)
{
    spread(vector);
    for (size_t i = 0; i < vector->count; i++) {
        struct number number = number_of(0);
        if (vector->absences[i] == ABSENCE_NONE &&
            !number_shift(number_at(vector, i), exponent, &number)) {
            number = number_of(0);
            vector->absences[i] = ABSENCE_OVERFLOW;
            vector->whole = false;
        }
        store(vector, i, number);
    }
    measure(vector);
}

static bool scale_short(struct vector *vector, int exponent)
{
    if (exponent < -SCALE_EXPONENT_MAX || exponent > SCALE_EXPONENT_MAX)
        return false;
    int128 factor = decimal_power(exponent < 0 ? -exponent : exponent);
    int bits = bits_of((uint128)factor);
    if (exponent > 0 && vector->shared && vector->denominators[0] % factor == 0) {
        vector->denominators[0] /= factor;
        vector->denominator_bits = bits_of((uint128)vector->denominators[0]);
        return true;
    }
    int *bound = exponent > 0 ? &vector->numerator_bits : &vector->denominator_bits;
    int128 *values = exponent > 0 ? vector->numerators : vector->denominators;
    size_t count = exponent < 0 && vector->shared ? 1 : vector->count;
    if (*bound + bits > BITS_SAFE)
        return false;
    for (size_t i = 0; i < count; i++)
        values[i] *= factor;
    *bound += bits;
    return true;
}

void vector_scale(struct vector *vector, int exponent)
{
    if (!scale_short(vector, exponent)) {
        measure(vector);
        if (!scale_short(vector, exponent))
            scale_each(vector, exponent);
    }
    clear_absent(vector);
}

#ifndef TESTS_COMMON_CUBE_FIXTURE_H
#define TESTS_COMMON_CUBE_FIXTURE_H

/* A catalogue compiled from text and a cube over it. Figures are written as mantissas. */

#include "tests/support/test.h"

#include "common/base/arena.h"
#include "common/cube/cube.h"
#include "common/cube/evaluate.h"

struct fixture {
    struct arena *arena;
    struct catalogue *catalogue;
    struct cube *cube;
};

/* Units, a zone level, monthly and annual forms: what most tests need. */
extern const char fixture_catalogue[];

/* The texts one behind the other; prints the diagnostics and aborts when they do not compile. */
void fixture_open(struct fixture *fixture, const char *first, const char *second);
void fixture_close(struct fixture *fixture);

struct period period_from(const char *text);
/* A zone with the level (NULL: unknown), active always. */
size_t fixture_zone(struct fixture *fixture, const char *id, const char *level);
size_t fixture_item(const struct fixture *fixture, const char *code);
size_t fixture_indicator(const struct fixture *fixture, const char *code);
void fixture_put(struct fixture *fixture, size_t zone, const char *item, const char *period,
                 int64_t mantissa);
void fixture_put_status(struct fixture *fixture, size_t zone, const char *item, const char *period,
                        enum value_status status);
struct result fixture_value(const struct fixture *fixture, const char *indicator, size_t zone,
                            const char *period);

void assert_number(struct result result, int64_t numerator, int64_t denominator);
void assert_absent(struct result result, enum absence absence);

#endif

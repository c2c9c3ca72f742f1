#ifndef COMMON_CUBE_TESTING_H
#define COMMON_CUBE_TESTING_H

/* Runs the tests that stand inside a catalogue. */

#include <stddef.h>

#include "common/catalogue/catalogue.h"

struct arena;

struct test_failure {
    const char *test;
    struct place place;
    const char *expected;
    const char *found;
};

struct test_summary {
    size_t tests;
    size_t expectations;
    struct test_failure *failures;
    size_t failure_count;
};

struct test_summary catalogue_run_tests(const struct catalogue *catalogue, struct arena *arena);

#endif

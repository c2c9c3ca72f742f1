#ifndef TESTS_AGENT_ENTRY_FIXTURE_H
#define TESTS_AGENT_ENTRY_FIXTURE_H

/* The small catalogue of tests/data/import, and an arena for one test. */

#include "agent/entry/import.h"
#include "common/base/arena.h"
#include "common/catalogue/catalogue.h"

struct fixture {
    struct arena *arena;
    struct catalogue *catalogue;
};

int fixture_open(void **state);
int fixture_close(void **state);

/* The form of "T1", the period of "2021-M03"; no names but a file name: as that says. */
struct import fixture_import(struct fixture *fixture, const char *file_name, const char *form,
                             const char *period, struct bytes content);
size_t fixture_form(const struct fixture *fixture, const char *code);
/* The whole file, in the fixture's arena. */
struct bytes fixture_read(struct fixture *fixture, const char *path);

#endif

#include "aggregator/adoption.h"

#include "aggregator/journal.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/catalogue/catalogue.h"
#include "common/cube/testing.h"

static struct catalogue *compile(struct sources sources, struct arena *arena, struct error *err)
{
    struct diagnostics *diagnostics = arena_take(arena, 1, sizeof *diagnostics);
    diagnostics->arena = arena;
    struct catalogue *catalogue = catalogue_compile(sources, diagnostics);
    const struct diagnostic *first = &diagnostics->items[0];
    if (!catalogue)
        error_set(err, ERROR_REFUSED, MESSAGE_ADOPTION_BROKEN, first->file, first->place.line,
                  first->place.column, first->text);
    return catalogue;
}

struct journal_record adoption_record(struct sources sources, struct arena *arena)
{
    return (struct journal_record){ .entry = { .kind = ENTRY_CATALOGUE,
                                               .catalogue = sources_pack(sources, arena) } };
}

struct catalogue *adoption_read(struct bytes packed, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct sources sources;
    struct catalogue *catalogue = NULL;
    if (sources_unpack(packed, arena, &sources, err))
        catalogue = compile(sources, arena, err);
    if (!catalogue)
        err->kind = ERROR_CORRUPT;
    return catalogue;
}

struct catalogue *adoption_compile(struct sources sources, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(catalogue_destroy) struct catalogue *catalogue = compile(sources, arena, err);
    if (!catalogue)
        return NULL;
    struct test_summary summary = catalogue_run_tests(catalogue, arena);
    if (summary.failure_count > 0) {
        error_set(err, ERROR_REFUSED, MESSAGE_ADOPTION_TEST, summary.failures[0].test,
                  summary.failures[0].expected, summary.failures[0].found);
        return NULL;
    }
    struct catalogue *compiled = catalogue;
    catalogue = NULL;
    return compiled;
}

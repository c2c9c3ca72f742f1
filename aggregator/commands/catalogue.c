#include <stdio.h>

#include "aggregator/commands/commands.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/catalogue/catalogue.h"
#include "common/cube/testing.h"

static void print_diagnostics(const struct diagnostics *diagnostics)
{
    for (size_t i = 0; i < diagnostics->count; i++) {
        const struct diagnostic *item = &diagnostics->items[i];
        printf("%s:%u:%u: %s\n", item->file, (unsigned)item->place.line,
               (unsigned)item->place.column, item->text);
    }
}

static void print_failures(const struct catalogue *catalogue, const struct test_summary *summary)
{
    for (size_t i = 0; i < summary->failure_count; i++) {
        const struct test_failure *failure = &summary->failures[i];
        printf(MESSAGE_CATALOGUE_TEST_FAILED, catalogue->sources.files[failure->place.file].name,
               (unsigned)failure->place.line, (unsigned)failure->place.column, failure->test,
               failure->expected, failure->found);
    }
}

bool command_catalogue_check(const struct arguments *arguments, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct sources sources;
    if (!sources_read(arguments->operands[0], arena, &sources, err))
        return false;
    struct diagnostics *diagnostics = arena_take(arena, 1, sizeof *diagnostics);
    diagnostics->arena = arena;
    CLEANUP(catalogue_destroy)
    struct catalogue *catalogue = catalogue_compile(sources, diagnostics);
    if (!catalogue) {
        print_diagnostics(diagnostics);
        return error_set(err, ERROR_REFUSED, MESSAGE_CATALOGUE_ERRORS,
                         diagnostics->count + diagnostics->omitted);
    }
    struct test_summary summary = catalogue_run_tests(catalogue, arena);
    print_failures(catalogue, &summary);
    printf(MESSAGE_CATALOGUE_SUMMARY, words_say(&catalogue->title), catalogue->version,
           catalogue->item_count, catalogue->form_count, catalogue->rule_count,
           catalogue->indicator_count, catalogue->requirement_count, summary.tests,
           summary.expectations - summary.failure_count, summary.expectations);
    return summary.failure_count == 0 ||
           error_set(err, ERROR_REFUSED, MESSAGE_CATALOGUE_TESTS, summary.failure_count);
}

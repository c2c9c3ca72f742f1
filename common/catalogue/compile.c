#include <assert.h>
#include <stdlib.h>

#include "common/base/arena.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/catalogue/catalogue.h"
#include "common/catalogue/compiler.h"
#include "common/catalogue/declaration.h"
#include "common/catalogue/indicator_order.h"
#include "common/catalogue/lexer.h"
#include "common/catalogue/rule_forms.h"

/* The catalogue, with the arena that everything in it lives in. */
struct compiled {
    struct catalogue catalogue; /* first, so that a pointer to it is a pointer to the whole */
    struct arena *arena;
};

bool compiler_unknown(struct compiler *compiler, unsigned kinds, const struct token *name,
                      const char *what)
{
    const char *near = compiler->reporter.diagnostics->count < DIAGNOSTICS_MAX
                           ? names_nearest(compiler->names, kinds, name->text)
                           : NULL;
    if (near)
        return report(&compiler->reporter, name->place, MESSAGE_NAME_UNKNOWN_NEAR, what, name->text,
                      near);
    return report(&compiler->reporter, name->place, MESSAGE_NAME_UNKNOWN, what, name->text);
}

bool compiler_find(struct compiler *compiler, enum name_kind kind, const struct token *name,
                   const char *what, size_t *out)
{
    *out = names_find(compiler->names, kind, name->text);
    return *out != CATALOGUE_NONE || compiler_unknown(compiler, NAME_BIT(kind), name, what);
}

static struct sources copy_sources(struct sources sources, struct arena *arena)
{
    struct source *files = arena_take(arena, sources.count, sizeof(*files));
    for (size_t i = 0; i < sources.count; i++) {
        files[i].name = arena_copy_text(arena, sources.files[i].name);
        files[i].text = arena_copy_bytes(arena, sources.files[i].text);
    }
    return (struct sources){ files, sources.count };
}

static bool within_limits(struct reporter *reporter, struct sources sources)
{
    size_t total = 0;
    struct place start = { 0, 1, 1 };
    for (size_t i = 0; i < sources.count; i++)
        total += sources.files[i].text.size;
    if (sources.count > SOURCE_FILES_MAX || total > SOURCE_SIZE_MAX)
        return report(reporter, start, MESSAGE_SOURCE_TOO_LARGE, "",
                      SOURCE_SIZE_MAX / (1024 * 1024));
    return true;
}

static void compile(struct compiler *compiler)
{
    compiler->tokens = lexer_read(compiler->catalogue->sources, compiler->arena, compiler->scratch,
                                  &compiler->reporter);
    declarations_read(compiler);
    if (!compiler->titled)
        report(&compiler->reporter, (struct place){ 0, 1, 1 }, MESSAGE_TITLE_MISSING);
    indicators_order(compiler);
    indicators_check(compiler);
    requirements_check(compiler);
    rules_check(compiler);
    tests_settle(compiler);
}

static int compare_places(const void *left, const void *right)
{
    uint64_t first = ((const struct item_place *)left)->code.packed;
    uint64_t second = ((const struct item_place *)right)->code.packed;
    return first < second ? -1 : first > second;
}

/* `items` NULL: all of the catalogue's. */
static const struct item_place *items_by_code(const struct catalogue *catalogue,
                                              const size_t *items, size_t count,
                                              struct arena *arena)
{
    struct item_place *places = arena_take(arena, count, sizeof(*places));
    for (size_t i = 0; i < count; i++) {
        size_t item = items ? items[i] : i;
        places[i] = (struct item_place){ catalogue->items[item].code, item, i };
    }
    qsort(places, count, sizeof(*places), compare_places);
    return places;
}

static bool judges(const struct rule *rule, size_t form)
{
    for (size_t i = 0; i < rule->form_count; i++)
        if (rule->forms[i] == form)
            return true;
    return false;
}

static void note_rules(const struct catalogue *catalogue, size_t number, struct form *form,
                       struct arena *arena)
{
    size_t *rules = arena_take(arena, catalogue->rule_count, sizeof(*rules));
    for (size_t i = 0; i < catalogue->rule_count; i++)
        if (judges(&catalogue->rules[i], number))
            rules[form->rule_count++] = i;
    form->rules = rules;
}

/* What is asked of the finished catalogue again and again. */
static void note_orders(struct compiler *compiler)
{
    struct catalogue *catalogue = compiler->catalogue;
    catalogue->items_by_code =
        items_by_code(catalogue, NULL, catalogue->item_count, compiler->arena);
    for (size_t i = 0; i < catalogue->form_count; i++) {
        struct form *form = &compiler->forms[i];
        form->items_by_code =
            items_by_code(catalogue, form->items, form->item_count, compiler->arena);
        note_rules(catalogue, i, form, compiler->arena);
    }
}

struct catalogue *catalogue_compile(struct sources sources, struct diagnostics *out)
{
    struct compiled *compiled = memory_zeroed(1, sizeof(*compiled));
    struct catalogue *catalogue = &compiled->catalogue;
    CLEANUP(arena_destroy) struct arena *scratch = arena_create();
    compiled->arena = arena_create();
    assert(out->arena);
    struct compiler compiler = {
        .arena = compiled->arena,
        .scratch = scratch,
        .reporter = { sources, out },
        .names = names_create(scratch),
        .catalogue = catalogue,
    };
    out->count = 0;
    out->omitted = 0;
    if (within_limits(&compiler.reporter, sources)) {
        catalogue->sources = copy_sources(sources, compiled->arena);
        catalogue->digest = sources_digest(catalogue->sources);
        compile(&compiler);
    }
    report_settle(&compiler.reporter);
    if (report_count(&compiler.reporter) > 0)
        catalogue_destroy(&catalogue);
    else
        note_orders(&compiler);
    return catalogue;
}

void catalogue_destroy(struct catalogue **catalogue)
{
    if (!*catalogue)
        return;
    struct compiled *compiled = (struct compiled *)(void *)*catalogue;
    arena_destroy(&compiled->arena);
    memory_free(catalogue);
}

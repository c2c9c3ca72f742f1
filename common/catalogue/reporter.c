#include "common/catalogue/reporter.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/arena.h"
#include "common/base/text.h"

#define DIAGNOSTIC_SIZE_MAX 1024

int place_compare(struct place left, struct place right)
{
    if (left.file != right.file)
        return left.file < right.file ? -1 : 1;
    if (left.line != right.line)
        return left.line < right.line ? -1 : 1;
    return (left.column > right.column) - (left.column < right.column);
}

static bool is_known(const struct diagnostics *diagnostics, struct place place)
{
    for (size_t i = 0; i < diagnostics->count; i++)
        if (place_compare(diagnostics->items[i].place, place) == 0)
            return true;
    return false;
}

bool report(struct reporter *reporter, struct place place, const char *format, ...)
{
    struct diagnostics *diagnostics = reporter->diagnostics;
    if (is_known(diagnostics, place))
        return false;
    if (diagnostics->count == DIAGNOSTICS_MAX) {
        diagnostics->omitted++;
        return false;
    }
    char text[DIAGNOSTIC_SIZE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    text[text_fit(text, sizeof(text) - 1)] = '\0';

    bool has_file = place.file < reporter->sources.count;
    diagnostics->items[diagnostics->count++] = (struct diagnostic){
        .file = has_file ? reporter->sources.files[place.file].name : "",
        .place = place,
        .text = arena_copy_text(diagnostics->arena, text),
    };
    return false;
}

size_t report_count(const struct reporter *reporter)
{
    return reporter->diagnostics->count + reporter->diagnostics->omitted;
}

static int diagnostic_order(const void *left, const void *right)
{
    return place_compare(((const struct diagnostic *)left)->place,
                         ((const struct diagnostic *)right)->place);
}

void report_settle(struct reporter *reporter)
{
    struct diagnostics *diagnostics = reporter->diagnostics;
    qsort(diagnostics->items, diagnostics->count, sizeof(diagnostics->items[0]), diagnostic_order);
}

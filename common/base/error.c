#include "common/base/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/messages.h"
#include "common/base/text.h"

/* clang-format off */
static const char *const kind_names[] = {
    [ERROR_NONE]        = "none",
    [ERROR_USAGE]       = "usage",
    [ERROR_MALFORMED]   = "malformed",
    [ERROR_REFUSED]     = "refused",
    [ERROR_CONFLICT]    = "conflict",
    [ERROR_UNAVAILABLE] = "unavailable",
    [ERROR_EXHAUSTED]   = "exhausted",
    [ERROR_CORRUPT]     = "corrupt",
    [ERROR_SYSTEM]      = "system",
};
/* clang-format on */
static_assert(COUNT_OF(kind_names) == ERROR_KIND_COUNT, "one name for each kind");

/* Cuts what printf may have cut inside a character. */
static void end_with_a_character(struct error *err)
{
    err->text[text_fit(err->text, sizeof err->text - 1)] = '\0';
}

static void PRINTF_LIKE(2, 0) write_text(struct error *err, const char *format, va_list arguments)
{
    int length = vsnprintf(err->text, sizeof err->text, format, arguments);
    if (length >= (int)sizeof err->text)
        end_with_a_character(err);
}

bool error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
    assert(kind > ERROR_NONE && kind < ERROR_KIND_COUNT);
    struct error filled = { .kind = kind }; /* an argument may lie in err->text */
    va_list arguments;
    va_start(arguments, format);
    write_text(&filled, format, arguments);
    va_end(arguments);
    *err = filled;
    return false;
}

bool error_wrap(struct error *err, const char *format, ...)
{
    assert(err->kind != ERROR_NONE);
    struct error context = { .kind = err->kind };
    va_list arguments;
    va_start(arguments, format);
    write_text(&context, format, arguments);
    va_end(arguments);

    struct error whole = { .kind = err->kind };
    int length =
        snprintf(whole.text, sizeof whole.text, MESSAGE_IN_CONTEXT, context.text, err->text);
    if (length >= (int)sizeof whole.text)
        end_with_a_character(&whole);
    *err = whole;
    return false;
}

const char *error_kind_name(enum error_kind kind)
{
    assert(kind < ERROR_KIND_COUNT);
    return kind_names[kind];
}

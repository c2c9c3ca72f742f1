#include <string.h>

#include "agent/entry/import.h"
#include "common/catalogue/catalogue.h"

#define NAME_SIZE 64

/* The last part of the path up to its extension, or up to what a browser adds: " (1)". */
static void name_of(const char *path, char name[NAME_SIZE])
{
    const char *start = path;
    for (const char *at = path; *at; at++)
        if (*at == '/' || *at == '\\')
            start = at + 1;
    size_t size = strcspn(start, ". (");
    if (size >= NAME_SIZE)
        size = 0;
    memcpy(name, start, size);
    name[size] = '\0';
}

static size_t form_named(const struct catalogue *catalogue, const char *text, size_t size)
{
    struct code code;
    return code_parse(text, size, &code) ? catalogue_form(catalogue, code) : CATALOGUE_NONE;
}

void import_identify(const struct catalogue *catalogue, const char *file_name, size_t *out_form,
                     struct period *out_period)
{
    char name[NAME_SIZE];
    name_of(file_name, name);
    *out_form = form_named(catalogue, name, strlen(name));
    *out_period = (struct period){ 0 };
    /* A form's code may hold a hyphen itself. */
    for (const char *hyphen = strchr(name, '-'); hyphen; hyphen = strchr(hyphen + 1, '-')) {
        struct period period;
        if (!period_parse(hyphen + 1, &period))
            continue;
        *out_form = form_named(catalogue, name, (size_t)(hyphen - name));
        *out_period = period;
        return;
    }
}

#include "tests/power/promises.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/digest.h"
#include "common/base/error.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/file.h"

#define LINE_SIZE 256
#define FILE_SIZE_MAX ((size_t)1 << 20)
#define FILE_WORD "file "

bool promises_sources(struct arena *arena, struct sources *out, struct error *err)
{
    return sources_read(POWER_CATALOGUE, arena, out, err);
}

struct catalogue *promises_catalogue(struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct diagnostics *diagnostics = arena_take(arena, 1, sizeof *diagnostics);
    struct sources sources;
    diagnostics->arena = arena;
    if (!promises_sources(arena, &sources, err))
        return NULL;
    struct catalogue *catalogue = catalogue_compile(sources, diagnostics);
    if (!catalogue)
        error_set(err, ERROR_MALFORMED, "%s:%zu: %s", diagnostics->items[0].file,
                  (size_t)diagnostics->items[0].place.line, diagnostics->items[0].text);
    return catalogue;
}

void promise(const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= sizeof line - 1)
        abort();
    line[size] = '\n';
    if (write(STDOUT_FILENO, line, (size_t)size + 1) != (ssize_t)size + 1)
        abort();
}

const char *promise_hash(struct bytes bytes, char *buffer)
{
    struct digest digest = digest_sha256((struct bytes){ "", 0 }, bytes);
    return digest_text(&digest, buffer);
}

void promise_bytes(const char *kind, uint64_t number, struct bytes bytes)
{
    char hash[DIGEST_TEXT_SIZE];
    promise("%s %" PRIu64 " %s", kind, number, promise_hash(bytes, hash));
}

static bool hash_file(const char *folder, const char *name, char *hash, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct bytes content;
    if (!file_read(arena_format(arena, "%s/%s", folder, name), FILE_SIZE_MAX, arena, &content, err))
        return false;
    promise_hash(content, hash);
    return true;
}

bool promise_file(const char *folder, const char *name, struct error *err)
{
    char hash[DIGEST_TEXT_SIZE];
    if (!hash_file(folder, name, hash, err))
        return false;
    promise(FILE_WORD "%s %s", name, hash);
    return true;
}

bool promised(const struct marks *marks, const char *line)
{
    for (size_t i = 0; i < marks->made; i++)
        if (strcmp(marks->lines[i], line) == 0)
            return true;
    return false;
}

static bool begins_with(const char *line, const char *word)
{
    return strncmp(line, word, strlen(word)) == 0 && line[strlen(word)] == ' ';
}

size_t promised_count(const struct marks *marks, const char *word)
{
    size_t count = 0;
    for (size_t i = 0; i < marks->made; i++)
        count += begins_with(marks->lines[i], word);
    return count;
}

size_t promised_next_count(const struct marks *marks, const char *word)
{
    size_t count = 0;
    while (marks->made + count < marks->count &&
           begins_with(marks->lines[marks->made + count], word))
        count++;
    return count;
}

bool promised_files_hold(const struct marks *marks, const char *folder, struct error *err)
{
    for (size_t i = 0; i < marks->made; i++) {
        char name[LINE_SIZE], hash[DIGEST_TEXT_SIZE];
        const char *line = marks->lines[i];
        if (!begins_with(line, "file"))
            continue;
        snprintf(name, sizeof name, "%s", line + strlen(FILE_WORD));
        char *said = strrchr(name, ' ');
        *said++ = '\0';
        if (!hash_file(folder, name, hash, err))
            return false;
        if (strcmp(hash, said) != 0)
            return error_set(err, ERROR_CORRUPT, "%s is not what it was", name);
    }
    return true;
}

bool promise_is(const char *line, const char *kind, uint64_t *out_number, const char **out_hash)
{
    if (!begins_with(line, kind))
        return false;
    char *end;
    *out_number = strtoull(line + strlen(kind) + 1, &end, 10);
    *out_hash = *end == ' ' ? end + 1 : end;
    return true;
}

size_t promised_end_of_step(const struct marks *marks)
{
    size_t end = marks->made;
    while (end < marks->count && !begins_with(marks->lines[end], SIDE_STEP_WORD))
        end++;
    return end;
}

uint64_t promised_highest(const struct marks *marks, size_t end, const char *word)
{
    uint64_t last = 0, number;
    const char *rest;
    for (size_t i = 0; i < end; i++)
        if (promise_is(marks->lines[i], word, &number, &rest) && number > last)
            last = number;
    return last;
}

bool broken(struct error *err, const char *what, uint64_t number)
{
    return error_set(err, ERROR_CORRUPT, "%s %" PRIu64, what, number);
}

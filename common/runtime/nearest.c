#include "common/runtime/nearest.h"

#include <string.h>

#define NAME_SIZE_MAX 63

struct nearest nearest_to(const char *typed)
{
    return (struct nearest){ .typed = typed };
}

static size_t smaller(size_t left, size_t right)
{
    return left < right ? left : right;
}

/* Insertions, deletions and replacements (Levenshtein), row by row. */
static size_t edits(const char *from, const char *to)
{
    size_t width = strlen(to), row[NAME_SIZE_MAX + 1];
    for (size_t i = 0; i <= width; i++)
        row[i] = i;
    for (size_t y = 1; from[y - 1]; y++) {
        size_t diagonal = row[0];
        row[0] = y;
        for (size_t x = 1; x <= width; x++) {
            size_t replaced = diagonal + (from[y - 1] != to[x - 1]);
            diagonal = row[x];
            row[x] = smaller(replaced, smaller(row[x], row[x - 1]) + 1);
        }
    }
    return row[width];
}

void nearest_offer(struct nearest *nearest, const char *name)
{
    size_t size = strlen(name);
    if (size > NAME_SIZE_MAX || strlen(nearest->typed) > NAME_SIZE_MAX)
        return;
    size_t distance = edits(nearest->typed, name);
    if (distance > size / 3 || (nearest->found && distance >= nearest->distance))
        return;
    nearest->found = name;
    nearest->distance = distance;
}

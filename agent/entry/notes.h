#ifndef AGENT_ENTRY_NOTES_H
#define AGENT_ENTRY_NOTES_H

/* Collects what an import has to say, each with its place in the file. */

#include <stddef.h>

#include "agent/entry/import.h"
#include "common/base/attributes.h"

struct import_notes notes_in(struct arena *arena);

/* Puts the place in front: nothing for row 0, the row for column 0, else the cell. */
void notes_add(struct import_notes *notes, size_t row, size_t column, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* In the order of the file; notes of one cell stay in the order they were added. */
void notes_settle(struct import_notes *notes);

/* A cell as it can be shown in a sentence: short, on one line, without hidden characters. */
const char *notes_excerpt(struct arena *arena, struct bytes cell);

#endif

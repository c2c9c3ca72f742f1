#ifndef TESTS_POWER_PROMISES_H
#define TESTS_POWER_PROMISES_H

/* What both sides say and look for: a catalogue small enough to open a store a thousand times a
 * second, and marks. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "tests/power/side.h"

struct arena;
struct catalogue;
struct error;
struct sources;

NODISCARD bool promises_sources(struct arena *arena, struct sources *out, struct error *err);
NODISCARD struct catalogue *promises_catalogue(struct error *err);

/* One line on standard output, at once. */
void promise(const char *format, ...) PRINTF_LIKE(1, 2);
/* "KIND NUMBER HASH". */
void promise_bytes(const char *kind, uint64_t number, struct bytes bytes);
/* "file NAME HASH". */
NODISCARD bool promise_file(const char *folder, const char *name, struct error *err);

/* Whether the first `made` lines hold this one. */
bool promised(const struct marks *marks, const char *line);
/* How many of the lines made begin with the word; and of those that follow at once. */
size_t promised_count(const struct marks *marks, const char *word);
size_t promised_next_count(const struct marks *marks, const char *word);
/* Marks with those that the step under way is still to make. */
size_t promised_end_of_step(const struct marks *marks);
/* The highest number of the lines "WORD NUMBER ..." before `end`; 0: none. */
uint64_t promised_highest(const struct marks *marks, size_t end, const char *word);
/* Every file that was promised has the content it had. */
NODISCARD bool promised_files_hold(const struct marks *marks, const char *folder,
                                   struct error *err);
/* Of a line "KIND NUMBER HASH": whether it speaks of this, and what it says. */
bool promise_is(const char *line, const char *kind, uint64_t *out_number, const char **out_hash);
/* A promise is broken: "WHAT NUMBER". Returns false. */
bool broken(struct error *err, const char *what, uint64_t number);
const char *promise_hash(struct bytes bytes, char *buffer);

#endif

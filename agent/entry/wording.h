#ifndef AGENT_ENTRY_WORDING_H
#define AGENT_ENTRY_WORDING_H

/* Figures, answers and lists as a person reads them. */

#include <stddef.h>

#include "common/catalogue/catalogue.h"
#include "common/model/value.h"

struct arena;

/* "1234.50", "核准", "2021-03-18", "是", "缺报"; a figure that is not plain is followed by its
 * status in parentheses. `text`: of a text item. Lives in the arena or in the catalogue. */
const char *wording_of_value(const struct catalogue *catalogue, size_t item, struct value value,
                             const char *text, struct arena *arena);

/* As it is written into a file and read back: without the status of a figure. */
const char *wording_for_file(const struct catalogue *catalogue, size_t item, struct value value,
                             const char *text, struct arena *arena);

/* "S 签约、F 立项", the first few. */
const char *wording_of_codes(const struct code_list *list, struct arena *arena);

#endif

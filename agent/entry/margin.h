#ifndef AGENT_ENTRY_MARGIN_H
#define AGENT_ENTRY_MARGIN_H

/* Rows of a table that are not data: totals, and what is written below it. */

#include "common/format/csv.h"

enum margin { MARGIN_NONE, MARGIN_TOTAL, MARGIN_NOTE };

/* By the first cell that holds anything. */
enum margin margin_of(const struct csv_row *row);

#endif

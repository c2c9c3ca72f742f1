#ifndef AGENT_ENTRY_LAYOUT_H
#define AGENT_ENTRY_LAYOUT_H

/*
 * The two shapes of a file: a table has a row for each item, a roster a column. Both read
 * the rows behind the header to the end, and fill the import's submission.
 */

#include "agent/entry/header.h"
#include "agent/entry/staging.h"

void table_layout_read(struct staging *staging, const struct header *header,
                       struct csv_reader *reader);
void roster_layout_read(struct staging *staging, const struct header *header,
                        struct csv_reader *reader);

/* Tells of what stopped the reader before the end of the file. */
void layout_tell_trouble(struct staging *staging, const struct csv_reader *reader,
                         enum csv_outcome outcome);

#endif

#ifndef AGENT_ENTRY_TEMPLATE_H
#define AGENT_ENTRY_TEMPLATE_H

/*
 * The empty CSV of a form, for a spreadsheet: UTF-8 with a byte order mark, CRLF. A table
 * has a row for each item with its unit and definition, a roster its header only. Filled
 * in, it imports without a problem.
 */

#include <stddef.h>

#include "common/base/text.h"
#include "common/catalogue/catalogue.h"
#include "common/model/period.h"
#include "common/model/submission.h"

#define TEMPLATE_NAME_SIZE 40

/* Appends the file. `filled` may be NULL; its figures are written into the template, with a mark
 * column where one is not plain. A roster has one mark for a row: that of its least certain cell.
 */
void template_write(const struct catalogue *catalogue, size_t form, const struct submission *filled,
                    struct text_builder *out);

/* "JKQ401-2021-M03.csv": the name import_identify() reads. Returns `buffer`. */
const char *template_name(const struct catalogue *catalogue, size_t form, struct period period,
                          char buffer[TEMPLATE_NAME_SIZE]);

/* What may stand in the columns of code: the values of every code list of the form, as CSV. */
void template_write_hints(const struct catalogue *catalogue, size_t form, struct text_builder *out);

#endif

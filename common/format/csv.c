#include "common/format/csv.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/base/memory.h"

static const char *const delimiters[] = { ",", "\t", ";", "，" };

static const char *characters_of(const struct csv_reader *reader)
{
    return reader->text.data;
}

static bool starts_at(struct bytes text, size_t position, struct bytes wanted)
{
    return text.size - position >= wanted.size &&
           memcmp((const char *)text.data + position, wanted.data, wanted.size) == 0;
}

/* In the first row that holds anything, outside quotes. */
static size_t count_in_header(struct bytes text, struct bytes delimiter)
{
    const char *characters = text.data;
    size_t count = 0, position = 0;
    bool quoted = false;
    while (position < text.size && strchr("\r\n", characters[position]) && characters[position])
        position++;
    for (; position < text.size; position++) {
        char character = characters[position];
        if (character == '"')
            quoted = !quoted;
        if (!quoted && (character == '\r' || character == '\n'))
            break;
        count += !quoted && starts_at(text, position, delimiter);
    }
    return count;
}

struct bytes csv_detect_delimiter(struct bytes text)
{
    struct bytes best = bytes_of_text(delimiters[0]);
    size_t most = 0;
    for (size_t i = 0; i < COUNT_OF(delimiters); i++) {
        size_t count = count_in_header(text, bytes_of_text(delimiters[i]));
        if (count > most) {
            most = count;
            best = bytes_of_text(delimiters[i]);
        }
    }
    return best;
}

void csv_open(struct csv_reader *reader, struct bytes text, struct bytes delimiter)
{
    assert(delimiter.size > 0);
    memset(reader, 0, sizeof *reader);
    reader->text = text;
    reader->delimiter = delimiter;
}

void csv_close(struct csv_reader *reader)
{
    memory_free(&reader->unescaped);
}

/* From `start` to the delimiter, the line end or the end of the text. */
static size_t end_of_plain(const struct csv_reader *reader, size_t start)
{
    const char *characters = characters_of(reader);
    char first = *(const char *)reader->delimiter.data;
    for (size_t i = start; i < reader->text.size; i++) {
        char character = characters[i];
        if (character == '\n' || character == '\r')
            return i;
        if (character == first &&
            (reader->delimiter.size == 1 || starts_at(reader->text, i, reader->delimiter)))
            return i;
    }
    return reader->text.size;
}

/* The closing quote of the cell whose content starts at `start`; false when there is none. */
static bool end_of_quoted(const struct csv_reader *reader, size_t start, size_t *out_end,
                          bool *out_doubled)
{
    const char *characters = characters_of(reader);
    *out_doubled = false;
    for (size_t i = start; i < reader->text.size;) {
        const char *quote = memchr(characters + i, '"', reader->text.size - i);
        if (!quote)
            return false;
        i = (size_t)(quote - characters);
        if (i + 1 == reader->text.size || characters[i + 1] != '"') {
            *out_end = i;
            return true;
        }
        *out_doubled = true;
        i += 2;
    }
    return false;
}

/* What a row's cells need together stays below its own bytes, so that the room never moves
 * while a row is read. */
static struct bytes without_doubled(struct csv_reader *reader, struct bytes cell, size_t *used)
{
    const char *characters = cell.data;
    char *start = reader->unescaped + *used, *target = start;
    for (size_t i = 0; i < cell.size; i++) {
        *target++ = characters[i];
        if (characters[i] == '"')
            i++;
    }
    *used += (size_t)(target - start);
    return (struct bytes){ start, (size_t)(target - start) };
}

static void reserve_unescaped(struct csv_reader *reader)
{
    size_t most = (size_t)CSV_COLUMNS_MAX * CSV_CELL_SIZE_MAX;
    if (most > reader->text.size)
        most = reader->text.size;
    if (!reader->unescaped)
        reader->unescaped = memory_grown(NULL, &reader->unescaped_capacity, most + 1, 1);
}

static enum csv_outcome read_quoted(struct csv_reader *reader, size_t *used, struct bytes *out)
{
    const char *characters = characters_of(reader);
    size_t start = reader->position + 1, end;
    bool doubled;
    if (!end_of_quoted(reader, start, &end, &doubled))
        return CSV_UNTERMINATED_QUOTE;
    *out = (struct bytes){ characters + start, end - start };
    if (out->size > CSV_CELL_SIZE_MAX)
        return CSV_CELL_TOO_LARGE;
    if (doubled) {
        reserve_unescaped(reader);
        *out = without_doubled(reader, *out, used);
    }
    reader->position = end + 1;
    return end_of_plain(reader, end + 1) == end + 1 ? CSV_ROW : CSV_TEXT_BEHIND_QUOTE;
}

static enum csv_outcome read_cell(struct csv_reader *reader, size_t *used, struct bytes *out)
{
    const char *characters = characters_of(reader);
    if (reader->position < reader->text.size && characters[reader->position] == '"')
        return read_quoted(reader, used, out);
    size_t end = end_of_plain(reader, reader->position);
    *out = (struct bytes){ characters + reader->position, end - reader->position };
    reader->position = end;
    return out->size > CSV_CELL_SIZE_MAX ? CSV_CELL_TOO_LARGE : CSV_ROW;
}

static void skip_line_end(struct csv_reader *reader)
{
    const char *characters = characters_of(reader);
    if (reader->position == reader->text.size)
        return;
    bool pair = characters[reader->position] == '\r' && reader->position + 1 < reader->text.size &&
                characters[reader->position + 1] == '\n';
    reader->position += pair ? 2 : 1;
}

enum csv_outcome csv_next(struct csv_reader *reader, struct csv_row *out)
{
    if (reader->position >= reader->text.size)
        return CSV_END;
    reader->row++;
    reader->column = 0;
    if (reader->row > CSV_ROWS_MAX)
        return CSV_TOO_MANY_ROWS;
    for (size_t used = 0;;) {
        if (++reader->column > CSV_COLUMNS_MAX)
            return CSV_TOO_MANY_COLUMNS;
        enum csv_outcome outcome = read_cell(reader, &used, &reader->cells[reader->column - 1]);
        if (outcome != CSV_ROW)
            return outcome;
        if (reader->position == reader->text.size ||
            !starts_at(reader->text, reader->position, reader->delimiter))
            break;
        reader->position += reader->delimiter.size;
    }
    skip_line_end(reader);
    *out = (struct csv_row){ reader->row, reader->cells, reader->column };
    return CSV_ROW;
}

const char *csv_column_name(size_t column, char buffer[CSV_ADDRESS_SIZE])
{
    assert(column >= 1 && column <= CSV_COLUMNS_MAX);
    size_t rest = column - 1;
    char *target = buffer;
    if (rest >= 26)
        *target++ = (char)('A' + rest / 26 - 1);
    *target++ = (char)('A' + rest % 26);
    *target = '\0';
    return buffer;
}

const char *csv_address(size_t row, size_t column, char buffer[CSV_ADDRESS_SIZE])
{
    assert(row >= 1 && row <= CSV_ROWS_MAX);
    csv_column_name(column, buffer);
    size_t size = strlen(buffer);
    snprintf(buffer + size, CSV_ADDRESS_SIZE - size, "%zu", row);
    return buffer;
}

#include "common/base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/memory.h"

struct range {
    int32_t first;
    int32_t last;
};

/* clang-format off */
/* Unicode 15 East Asian Width W and F, neighbouring blocks joined. */
static const struct range wide[] = {
    { 0x1100, 0x115F }, { 0x231A, 0x231B }, { 0x2329, 0x232A }, { 0x23E9, 0x23EC },
    { 0x25FD, 0x25FE }, { 0x2614, 0x2615 }, { 0x26AA, 0x26AB }, { 0x2705, 0x2705 },
    { 0x274C, 0x274C }, { 0x2753, 0x2755 }, { 0x2757, 0x2757 }, { 0x2B1B, 0x2B1C },
    { 0x2E80, 0x303E }, { 0x3041, 0x4DBF }, { 0x4E00, 0xA4CF }, { 0xA960, 0xA97F },
    { 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF }, { 0xFE10, 0xFE19 }, { 0xFE30, 0xFE6F },
    { 0xFF01, 0xFF60 }, { 0xFFE0, 0xFFE6 }, { 0x1F300, 0x1F64F }, { 0x1F680, 0x1F6FF },
    { 0x1F900, 0x1F9FF }, { 0x20000, 0x3FFFD },
};

/* Marks that stand on the character before them, and characters without a shape. */
static const struct range without_width[] = {
    { 0x0300, 0x036F }, { 0x200B, 0x200F }, { 0x2060, 0x2064 }, { 0x20D0, 0x20F0 },
    { 0xFE00, 0xFE0F }, { 0xFE20, 0xFE2F }, { 0xFEFF, 0xFEFF },
};

/* Characters that reorder what a person reads, or that are no characters. */
static const struct range unclean[] = {
    { 0x0000, 0x001F }, { 0x007F, 0x009F }, { 0x2028, 0x2029 }, { 0x202A, 0x202E },
    { 0x2066, 0x2069 }, { 0xFDD0, 0xFDEF }, { 0xFEFF, 0xFEFF },
};
/* clang-format on */

static bool is_in(int32_t character, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return true;
    return false;
}

static bool is_clean(int32_t character, bool lines)
{
    if (character == '\t' || character == '\n')
        return lines;
    bool non_character = (character & 0xFFFE) == 0xFFFE;
    return !non_character && !is_in(character, unclean, COUNT_OF(unclean));
}

bool text_is_clean(struct bytes text, bool lines)
{
    for (size_t position = 0; position < text.size;) {
        int32_t character = text_next(text, &position);
        if (character < 0 || !is_clean(character, lines))
            return false;
    }
    return true;
}

/* How many bytes follow this first byte, and the smallest character written that way. */
struct lead {
    int following;
    int32_t smallest;
    int32_t bits;
};

static bool read_lead(unsigned char byte, struct lead *out)
{
    if (byte < 0x80)
        *out = (struct lead){ 0, 0, byte };
    else if (byte >= 0xC2 && byte < 0xE0)
        *out = (struct lead){ 1, 0x80, byte & 0x1F };
    else if (byte >= 0xE0 && byte < 0xF0)
        *out = (struct lead){ 2, 0x800, byte & 0x0F };
    else if (byte >= 0xF0 && byte < 0xF5)
        *out = (struct lead){ 3, 0x10000, byte & 0x07 };
    else
        return false;
    return true;
}

int32_t text_next(struct bytes text, size_t *position)
{
    assert(*position < text.size);
    const unsigned char *bytes = text.data;
    struct lead lead;
    if (!read_lead(bytes[(*position)++], &lead))
        return -1;
    int32_t character = lead.bits;
    for (int i = 0; i < lead.following; i++) {
        if (*position == text.size || (bytes[*position] & 0xC0) != 0x80)
            return -1;
        character = character << 6 | (bytes[(*position)++] & 0x3F);
    }
    bool surrogate = character >= 0xD800 && character <= 0xDFFF;
    if (character < lead.smallest || character > 0x10FFFF || surrogate)
        return -1;
    return character;
}

static size_t character_width(int32_t character)
{
    if (character < 0)
        return 1; /* a terminal shows one replacement mark */
    if (character < ' ' || character == 0x7F)
        return 0;
    if (character < 0x0300)
        return 1;
    if (is_in(character, without_width, COUNT_OF(without_width)))
        return 0;
    return is_in(character, wide, COUNT_OF(wide)) ? 2 : 1;
}

static size_t bytes_width(struct bytes text)
{
    size_t width = 0;
    for (size_t position = 0; position < text.size;)
        width += character_width(text_next(text, &position));
    return width;
}

size_t text_width(const char *text)
{
    return bytes_width(bytes_of_text(text));
}

bool text_equal(const char *left, const char *right)
{
    return strcmp(left, right) == 0;
}

bool text_starts_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

size_t text_fit(const char *text, size_t size_max)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t end = strnlen(text, size_max);
    size_t start = end;
    while (start > 0 && end - start < 3 && (bytes[start - 1] & 0xC0) == 0x80)
        start--;
    struct lead lead;
    bool cut =
        start > 0 && read_lead(bytes[start - 1], &lead) && (size_t)lead.following > end - start;
    return cut ? start - 1 : end;
}

void text_builder_free(struct text_builder *builder)
{
    free(builder->text);
    *builder = (struct text_builder){ 0 };
}

/* Room for `size` more bytes and the NUL. */
static char *reserve(struct text_builder *builder, size_t size)
{
    builder->text = memory_grown(builder->text, &builder->capacity, builder->size + size + 1, 1);
    return builder->text + builder->size;
}

void text_builder_add(struct text_builder *builder, const char *text)
{
    text_builder_add_bytes(builder, bytes_of_text(text));
}

void text_builder_add_bytes(struct text_builder *builder, struct bytes bytes)
{
    char *target = reserve(builder, bytes.size);
    if (bytes.size > 0)
        memcpy(target, bytes.data, bytes.size);
    target[bytes.size] = '\0';
    builder->size += bytes.size;
}

void text_builder_format(struct text_builder *builder, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    assert(length >= 0);

    char *target = reserve(builder, (size_t)length);
    va_start(arguments, format);
    vsnprintf(target, (size_t)length + 1, format, arguments);
    va_end(arguments);
    builder->size += (size_t)length;
}

void text_builder_pad(struct text_builder *builder, size_t from, size_t width)
{
    assert(from <= builder->size);
    size_t taken = 0;
    if (builder->text)
        taken = bytes_width((struct bytes){ builder->text + from, builder->size - from });
    for (; taken < width; taken++)
        text_builder_add(builder, " ");
}

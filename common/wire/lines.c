#include "common/wire/lines.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/base/text.h"

#define BASE64_VARIANT sodium_base64_VARIANT_ORIGINAL

struct lines lines_of(struct bytes text)
{
    return (struct lines){ .rest = text };
}

bool lines_next(struct lines *lines, struct bytes *out)
{
    lines->number++;
    const char *start = lines->rest.data;
    const char *end = lines->rest.size ? memchr(start, '\n', lines->rest.size) : NULL;
    if (!end)
        return false;

    *out = (struct bytes){ start, (size_t)(end - start) };
    lines->rest = (struct bytes){ end + 1, lines->rest.size - out->size - 1 };
    return true;
}

bool line_is(struct bytes line, const char *text)
{
    return bytes_equal(line, bytes_of_text(text));
}

bool line_begins(struct bytes *line, const char *beginning)
{
    size_t size = strlen(beginning);
    if (line->size < size || memcmp(line->data, beginning, size) != 0)
        return false;
    *line = (struct bytes){ (const char *)line->data + size, line->size - size };
    return true;
}

bool line_number(struct bytes line, uint64_t *out)
{
    const char *digits = line.data;
    uint64_t value = 0;
    if (line.size == 0 || (line.size > 1 && digits[0] == '0'))
        return false;

    for (size_t i = 0; i < line.size; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(digits[i] - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = 10 * value + digit;
    }
    *out = value;
    return true;
}

void base64_add(struct text_builder *builder, struct bytes bytes)
{
    size_t size = sodium_base64_encoded_len(bytes.size, BASE64_VARIANT);
    CLEANUP(memory_free) char *text = memory_zeroed(size, 1);
    sodium_bin2base64(text, size, bytes.data, bytes.size, BASE64_VARIANT);
    text_builder_add(builder, text);
}

/* libsodium 1.0.18 reads some bytes beyond ASCII as if their highest bit were not set. */
static bool is_ascii(struct bytes text)
{
    const unsigned char *bytes = text.data;
    for (size_t i = 0; i < text.size; i++)
        if (bytes[i] >= 0x80)
            return false;
    return true;
}

bool base64_read(struct bytes text, unsigned char *target, size_t capacity, size_t *out_size)
{
    return text.size > 0 && is_ascii(text) &&
           sodium_base642bin(target, capacity, text.data, text.size, NULL, out_size, NULL,
                             BASE64_VARIANT) == 0;
}

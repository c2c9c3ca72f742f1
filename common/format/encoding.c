#include "common/format/encoding.h"

#include <assert.h>
#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/text.h"

#define GROWTH_MAX 3     /* two bytes of GB18030 or UTF-16 become at most three of UTF-8 … */
#define PREVIEW_SIZE 120 /* bytes of the first line shown in a refusal */

static const char *const names[] = {
    [ENCODING_UTF8] = "UTF-8",
    [ENCODING_UTF16_LE] = "UTF-16LE",
    [ENCODING_UTF16_BE] = "UTF-16BE",
    [ENCODING_GB18030] = "GB18030",
};
static_assert(COUNT_OF(names) == ENCODING_COUNT, "one name for each encoding");

enum mark_kind { MARK_UTF32, MARK_ENCODING };

/* The longer mark stands before the one it begins with. */
static const struct mark {
    const char *bytes;
    size_t size;
    enum mark_kind kind;
    enum encoding encoding;
} marks[] = {
    { "\xFF\xFE\0\0", 4, MARK_UTF32, ENCODING_UTF8 },
    { "\0\0\xFE\xFF", 4, MARK_UTF32, ENCODING_UTF8 },
    { "\xEF\xBB\xBF", 3, MARK_ENCODING, ENCODING_UTF8 },
    { "\xFF\xFE", 2, MARK_ENCODING, ENCODING_UTF16_LE },
    { "\xFE\xFF", 2, MARK_ENCODING, ENCODING_UTF16_BE },
};

static bool begins_with(struct bytes content, const char *beginning, size_t size)
{
    return content.size >= size && memcmp(content.data, beginning, size) == 0;
}

static const struct mark *find_mark(struct bytes content)
{
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (begins_with(content, marks[i].bytes, marks[i].size))
            return &marks[i];
    return NULL;
}

/* A page saved under a spreadsheet's name, as many web systems export it. */
static bool is_page(struct bytes content)
{
    static const char *const beginnings[] = { "<html", "<!doctype", "<table", "<?xml", "<head" };
    const char *text = content.data;
    size_t start = begins_with(content, "\xEF\xBB\xBF", 3) ? 3 : 0;
    while (start < content.size && strchr(" \t\r\n", text[start]) && text[start])
        start++;
    for (size_t i = 0; i < COUNT_OF(beginnings); i++) {
        size_t size = strlen(beginnings[i]);
        if (content.size - start >= size && strncasecmp(text + start, beginnings[i], size) == 0)
            return true;
    }
    return false;
}

/* What is no table of text at all. */
static bool refuse_foreign(struct bytes content, const struct mark *mark, struct error *err)
{
    if (content.size == 0)
        return error_set(err, ERROR_REFUSED, "%s", MESSAGE_FORMAT_EMPTY);
    if (begins_with(content, "PK\3\4", 4))
        return error_set(err, ERROR_REFUSED, "%s", MESSAGE_FORMAT_WORKBOOK);
    if (begins_with(content, "\xD0\xCF\x11\xE0", 4))
        return error_set(err, ERROR_REFUSED, "%s", MESSAGE_FORMAT_OLD_WORKBOOK);
    if (is_page(content))
        return error_set(err, ERROR_REFUSED, "%s", MESSAGE_FORMAT_PAGE);
    if (mark && mark->kind == MARK_UTF32)
        return error_set(err, ERROR_REFUSED, "%s", MESSAGE_FORMAT_UTF32);
    bool wide = mark && mark->encoding != ENCODING_UTF8;
    if (!wide && memchr(content.data, 0, content.size))
        return error_set(err, ERROR_REFUSED, "%s", MESSAGE_FORMAT_BINARY);
    return true;
}

/* `out_offset`: the first byte that cannot be read. */
static bool decode_utf8(struct bytes content, struct bytes *out, size_t *out_offset)
{
    const unsigned char *bytes = content.data;
    for (size_t position = 0; position < content.size;) {
        if (bytes[position] < 0x80) {
            position++;
            continue;
        }
        *out_offset = position;
        if (text_next(content, &position) < 0)
            return false;
    }
    *out = content;
    return true;
}

static bool decode_foreign(struct bytes content, enum encoding encoding, struct arena *arena,
                           struct bytes *out, size_t *out_offset)
{
    iconv_t converter = iconv_open("UTF-8", names[encoding]);
    assert(converter != (iconv_t)-1); /* both are built into the C library's own set */

    size_t room = content.size * GROWTH_MAX, left = content.size;
    char *target = arena_take(arena, room + 1, 1), *end = target;
    char *source = (char *)(uintptr_t)content.data; /* iconv() only reads it */
    bool whole = iconv(converter, &source, &left, &end, &room) == 0 && left == 0;
    iconv_close(converter);
    *out_offset = content.size - left;
    *out = (struct bytes){ target, (size_t)(end - target) };
    return whole;
}

static bool decode_as(struct bytes content, enum encoding encoding, struct arena *arena,
                      struct bytes *out, size_t *out_offset)
{
    if (encoding == ENCODING_UTF8)
        return decode_utf8(content, out, out_offset);
    return decode_foreign(content, encoding, arena, out, out_offset);
}

static bool decode_marked(struct bytes content, const struct mark *mark, struct arena *arena,
                          struct bytes *out, struct error *err)
{
    struct bytes body = { (const char *)content.data + mark->size, content.size - mark->size };
    size_t offset = 0;
    if (!decode_as(body, mark->encoding, arena, out, &offset))
        return error_set(err, ERROR_REFUSED, MESSAGE_FORMAT_BROKEN, names[mark->encoding],
                         offset + mark->size + 1);
    if (memchr(out->data, 0, out->size))
        return error_set(err, ERROR_REFUSED, "%s", MESSAGE_FORMAT_BINARY);
    return true;
}

static const char *first_line(struct bytes text, struct arena *arena)
{
    size_t size = 0;
    const char *characters = text.data;
    while (size < text.size && size < PREVIEW_SIZE && !strchr("\r\n", characters[size]))
        size++;
    char *line = arena_copy_text(arena, "");
    if (size > 0) {
        line = arena_take(arena, size + 1, 1);
        memcpy(line, characters, size);
        line[text_fit(line, size < PREVIEW_SIZE ? size : PREVIEW_SIZE - 3)] = '\0';
    }
    return line;
}

bool encoding_decode(struct bytes content, encoding_known_fn *known, const void *context,
                     struct arena *arena, enum encoding *out_encoding, struct bytes *out_text,
                     struct error *err)
{
    static const enum encoding tried[] = { ENCODING_UTF8, ENCODING_GB18030 };
    const struct mark *mark = find_mark(content);
    if (!refuse_foreign(content, mark, err))
        return false;
    if (mark) {
        *out_encoding = mark->encoding;
        return decode_marked(content, mark, arena, out_text, err);
    }

    const char *results[COUNT_OF(tried)];
    for (size_t i = 0; i < COUNT_OF(tried); i++) {
        size_t offset = 0;
        bool valid = decode_as(content, tried[i], arena, out_text, &offset);
        *out_encoding = tried[i];
        if (valid && known(*out_text, context))
            return true;
        results[i] =
            valid ? arena_format(arena, MESSAGE_FORMAT_TRIED_HEADER, first_line(*out_text, arena))
                  : arena_format(arena, MESSAGE_FORMAT_TRIED_BROKEN, offset + 1);
    }
    return error_set(err, ERROR_REFUSED, MESSAGE_FORMAT_UNDECIDED, results[0], results[1]);
}

const char *encoding_name(enum encoding encoding)
{
    assert(encoding < ENCODING_COUNT);
    return names[encoding];
}

/* A table as a file: decoded, cut into cells; written with quotes it is cut the same again. */
#include <assert.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/text.h"
#include "common/format/csv.h"
#include "common/format/encoding.h"
#include "tests/fuzz/target.h"

static bool is_known(struct bytes text, const void *context)
{
    (void)context;
    return text.size > 0;
}

static void write_cell(struct text_builder *out, struct bytes cell)
{
    const char *text = cell.data;
    text_builder_add(out, "\"");
    for (size_t i = 0; i < cell.size; i++) {
        text_builder_add_bytes(out, (struct bytes){ text + i, 1 });
        if (text[i] == '"')
            text_builder_add(out, "\"");
    }
    text_builder_add(out, "\"");
}

/* Every row, each cell quoted; false when there is no last row. */
static bool rewrite(struct bytes text, struct bytes delimiter, struct text_builder *out)
{
    CLEANUP(csv_close) struct csv_reader reader;
    struct csv_row row;
    enum csv_outcome outcome;
    csv_open(&reader, text, delimiter);
    for (size_t number = 1; (outcome = csv_next(&reader, &row)) == CSV_ROW; number++) {
        assert(row.number == number && row.cell_count > 0 && row.cell_count <= CSV_COLUMNS_MAX);
        for (size_t i = 0; i < row.cell_count; i++) {
            assert(row.cells[i].size <= CSV_CELL_SIZE_MAX);
            if (i > 0)
                text_builder_add_bytes(out, delimiter);
            write_cell(out, row.cells[i]);
        }
        text_builder_add(out, "\r\n");
    }
    return outcome == CSV_END;
}

static bool feed(struct bytes input, struct arena *arena)
{
    enum encoding encoding, again;
    struct bytes text, same;
    struct error err;
    if (!encoding_decode(input, is_known, NULL, arena, &encoding, &text, &err)) {
        assert(err.kind == ERROR_REFUSED && err.text[0]);
        return false;
    }
    for (size_t at = 0; at < text.size;)
        assert(text_next(text, &at) >= 0);
    if (encoding_decode(text, is_known, NULL, arena, &again, &same, &err))
        assert(again != ENCODING_UTF8 || bytes_equal(same, text) || text.size > same.size);

    CLEANUP(text_builder_free) struct text_builder once = { 0 }, twice = { 0 };
    struct bytes delimiter = csv_detect_delimiter(text);
    if (!rewrite(text, delimiter, &once))
        return false;
    bool whole = rewrite((struct bytes){ once.text, once.size }, delimiter, &twice);
    assert(whole && once.size == twice.size);
    assert(once.size == 0 || memcmp(once.text, twice.text, once.size) == 0);
    return true;
}

static void seed(struct arena *arena, fuzz_seed_fn *take, void *owner)
{
    static const char *const texts[] = {
        "代码,名称,数值\r\nIB06,工业总产值,\"1,234\"\r\n\r\n",
        "\xEF\xBB\xBF\x61;b\n\"x\"\"y\";\"two\nlines\"\n",
        "\xB4\xFA\xC2\xEB\t\xC3\xFB\xB3\xC6\nIB06\t12\r", /* 代码 and 名称 in GBK */
        "\x81\x30\x81\x30,1\n",
    };
    (void)arena;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        take(bytes_of_text(texts[i]), owner);
    take((struct bytes){ "\xFF\xFE\x32\x75\x2C\x00\x31\x00\x0A\x00", 10 }, owner);
    take((struct bytes){ "\xFE\xFF\x75\x32\x00\x2C\x00\x31", 8 }, owner);
}

const struct fuzz_target fuzz_target = { .feed = feed, .seed = seed };

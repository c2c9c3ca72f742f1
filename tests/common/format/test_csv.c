#include "tests/support/test.h"

#include <string.h>

#include "common/base/memory.h"
#include "common/base/text.h"
#include "common/format/csv.h"
#include "common/format/csv_writer.h"

/* Every cell in brackets, rows on lines of their own. */
static enum csv_outcome read_all(const char *text, struct text_builder *out,
                                 struct csv_reader *reader)
{
    struct csv_row row;
    enum csv_outcome outcome;
    text_builder_add(out, "");
    csv_open(reader, bytes_of_text(text), csv_detect_delimiter(bytes_of_text(text)));
    while ((outcome = csv_next(reader, &row)) == CSV_ROW) {
        text_builder_format(out, "%zu", row.number);
        for (size_t i = 0; i < row.cell_count; i++) {
            text_builder_add(out, "[");
            text_builder_add_bytes(out, row.cells[i]);
            text_builder_add(out, "]");
        }
        text_builder_add(out, "|");
    }
    csv_close(reader);
    return outcome;
}

static void assert_reads(const char *text, const char *expected)
{
    CLEANUP(text_builder_free) struct text_builder read = { 0 };
    CLEANUP(memory_free) struct csv_reader *reader = memory_zeroed(1, sizeof *reader);
    assert_int_equal(read_all(text, &read, reader), CSV_END);
    assert_string_equal(read.text, expected);
}

static void assert_stops(const char *text, enum csv_outcome outcome, size_t row, size_t column)
{
    CLEANUP(text_builder_free) struct text_builder read = { 0 };
    CLEANUP(memory_free) struct csv_reader *reader = memory_zeroed(1, sizeof *reader);
    assert_int_equal(read_all(text, &read, reader), outcome);
    assert_int_equal(reader->row, row);
    assert_int_equal(reader->column, column);
}

static void rows_end_in_any_way(void **state)
{
    (void)state;
    assert_reads("a,b\r\nc,d\ne,f\rg,h", "1[a][b]|2[c][d]|3[e][f]|4[g][h]|");
    assert_reads("a,\r\n\r\n,b\n", "1[a][]|2[]|3[][b]|");
    assert_reads("", "");
}

static void quotes_keep_delimiters_line_ends_and_doubled_quotes(void **state)
{
    (void)state;
    assert_reads("\"a,b\",\"c\r\nd\",\"\"\"e\"\"\",\"\"\nf,g,h,i\n",
                 "1[a,b][c\r\nd][\"e\"][]|2[f][g][h][i]|");
    assert_reads("a\"b,c\n", "1[a\"b][c]|");
    assert_reads("\"a\"\"\",\"b\"\"c\",\"\"\"\"\n", "1[a\"][b\"c][\"]|");
}

static void the_delimiter_is_the_one_the_header_has_most_of(void **state)
{
    (void)state;
    assert_reads("a\tb,c\td\n1\t2\t3\n", "1[a][b,c][d]|2[1][2][3]|");
    assert_reads("a;b;c\n1,5;2;3\n", "1[a][b][c]|2[1,5][2][3]|");
    assert_reads("代，码，值\n1，2，3\n", "1[代][码][值]|2[1][2][3]|");
    assert_reads("\"a;b;c;d\",e\n1,2\n", "1[a;b;c;d][e]|2[1][2]|");
}

static void trouble_is_told_with_its_place(void **state)
{
    (void)state;
    assert_stops("a,b\nc,\"d\ne,f\n", CSV_UNTERMINATED_QUOTE, 2, 2);
    assert_stops("a,b\n\"c\"d,e\n", CSV_TEXT_BEHIND_QUOTE, 2, 1);
}

static void limits_are_reached_and_told(void **state)
{
    (void)state;
    CLEANUP(text_builder_free) struct text_builder wide = { 0 };
    CLEANUP(text_builder_free) struct text_builder large = { 0 };
    for (int i = 0; i < CSV_COLUMNS_MAX; i++)
        text_builder_add(&wide, ",");
    assert_stops(wide.text, CSV_TOO_MANY_COLUMNS, 1, CSV_COLUMNS_MAX + 1);
    for (int i = 0; i <= CSV_CELL_SIZE_MAX; i++)
        text_builder_add(&large, "x");
    assert_stops(large.text, CSV_CELL_TOO_LARGE, 1, 1);
}

static void cells_have_the_address_of_a_spreadsheet(void **state)
{
    (void)state;
    char buffer[CSV_ADDRESS_SIZE];
    assert_string_equal(csv_address(7, 4, buffer), "D7");
    assert_string_equal(csv_address(1, 26, buffer), "Z1");
    assert_string_equal(csv_address(12, 27, buffer), "AA12");
    assert_string_equal(csv_address(1, 256, buffer), "IV1");
}

static void what_looks_like_a_formula_gets_an_apostrophe(void **state)
{
    (void)state;
    static const char *const texts[] = { "=1+2", "+1",  "-1",  "@a",  "\tx",
                                         "\rx",  "＝1", "＋1", "－1", "＠a" };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        CLEANUP(text_builder_free) struct text_builder out = { 0 };
        struct csv_writer writer = csv_writer_begin(&out, false, false);
        csv_write_text(&writer, texts[i]);
        assert_memory_equal(out.text, "\"'", 2);
        assert_non_null(strstr(out.text, texts[i]));
    }
}

static void figures_stay_figures_and_texts_are_quoted_where_they_must(void **state)
{
    (void)state;
    CLEANUP(text_builder_free) struct text_builder out = { 0 };
    struct csv_writer writer = csv_writer_begin(&out, true, true);
    csv_write_text(&writer, "a,\"b\"");
    csv_write_figure(&writer, "-5.00");
    csv_write_text(&writer, "");
    csv_end_row(&writer);
    csv_write_text(&writer, "c");
    csv_end_row(&writer);
    assert_string_equal(out.text, "\xEF\xBB\xBF\"a,\"\"b\"\"\",-5.00,\r\nc\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_end_in_any_way),
        cmocka_unit_test(quotes_keep_delimiters_line_ends_and_doubled_quotes),
        cmocka_unit_test(the_delimiter_is_the_one_the_header_has_most_of),
        cmocka_unit_test(trouble_is_told_with_its_place),
        cmocka_unit_test(limits_are_reached_and_told),
        cmocka_unit_test(cells_have_the_address_of_a_spreadsheet),
        cmocka_unit_test(what_looks_like_a_formula_gets_an_apostrophe),
        cmocka_unit_test(figures_stay_figures_and_texts_are_quoted_where_they_must),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

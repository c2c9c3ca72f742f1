#include "tests/support/test.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/format/encoding.h"

/* The header of the files these tests know is "代码". */
static bool begins_with_header(struct bytes text, const void *context)
{
    (void)context;
    static const char header[] = "代码";
    return text.size >= sizeof header - 1 && memcmp(text.data, header, sizeof header - 1) == 0;
}

static void assert_decodes(const char *content, size_t size, enum encoding expected,
                           const char *text)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    enum encoding encoding;
    struct bytes out;
    struct error err = { 0 };
    assert_true(encoding_decode((struct bytes){ content, size }, begins_with_header, NULL, arena,
                                &encoding, &out, &err));
    assert_int_equal(encoding, expected);
    assert_int_equal(out.size, strlen(text));
    assert_memory_equal(out.data, text, out.size);
}

static void assert_refuses(const char *content, size_t size, const char *message)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    enum encoding encoding;
    struct bytes out;
    struct error err = { 0 };
    assert_false(encoding_decode((struct bytes){ content, size }, begins_with_header, NULL, arena,
                                 &encoding, &out, &err));
    assert_int_equal(err.kind, ERROR_REFUSED);
    assert_non_null(strstr(err.text, message));
}

#define LITERAL(text) text, sizeof(text) - 1

static void a_mark_decides(void **state)
{
    (void)state;
    assert_decodes(LITERAL("\xEF\xBB\xBF甲"), ENCODING_UTF8, "甲");
    assert_decodes(LITERAL("\xFF\xFE\x32\x75"), ENCODING_UTF16_LE, "甲");
    assert_decodes(LITERAL("\xFE\xFF\x75\x32"), ENCODING_UTF16_BE, "甲");
}

static void without_a_mark_the_known_header_decides(void **state)
{
    (void)state;
    assert_decodes(LITERAL("代码"), ENCODING_UTF8, "代码");
    assert_decodes(LITERAL("\xB4\xFA\xC2\xEB"), ENCODING_GB18030, "代码");
    assert_decodes(LITERAL("\xB4\xFA\xC2\xEB\x81\x39\xEE\x39"), ENCODING_GB18030, "代码㐀");
}

static void what_is_no_table_is_named(void **state)
{
    (void)state;
    assert_refuses(LITERAL(""), MESSAGE_FORMAT_EMPTY);
    assert_refuses(LITERAL("PK\3\4xx"), MESSAGE_FORMAT_WORKBOOK);
    assert_refuses(LITERAL("\xD0\xCF\x11\xE0xx"), MESSAGE_FORMAT_OLD_WORKBOOK);
    assert_refuses(LITERAL("\xEF\xBB\xBF \n<HTML>"), MESSAGE_FORMAT_PAGE);
    assert_refuses(LITERAL("\xFF\xFE\0\0a\0\0\0"), MESSAGE_FORMAT_UTF32);
    assert_refuses(LITERAL("代码\0"), MESSAGE_FORMAT_BINARY);
    assert_refuses(LITERAL("\xFF\xFEx\0\0\0"), MESSAGE_FORMAT_BINARY);
}

static void a_refusal_says_what_was_tried(void **state)
{
    (void)state;
    assert_refuses(LITERAL("指标\n1"), "指标");
    assert_refuses(LITERAL("代码\xE4\xB8"), "第 7 字节");
    assert_refuses(LITERAL("\xFF\xFE\x00\xD8\x41\x00"), "UTF-16LE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mark_decides),
        cmocka_unit_test(without_a_mark_the_known_header_decides),
        cmocka_unit_test(what_is_no_table_is_named),
        cmocka_unit_test(a_refusal_says_what_was_tried),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/runtime/listing.h"

static void assert_prints(const struct listing *listing, const char *expected)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    listing_print(listing, stream);
    fclose(stream);
    assert_string_equal(text, expected);
    free(text);
}

static void chinese_is_two_columns_wide_and_numbers_stand_to_the_right(void **state)
{
    (void)state;
    struct listing *listing = listing_create(3);
    listing_text(listing, "开发区");
    listing_text(listing, "n");
    listing_text(listing, "说明");
    listing_text(listing, "a");
    listing_number(listing, "12");
    listing_text(listing, "x");

    assert_prints(listing, "开发区  n   说明\n"
                           "a       12  x\n");
    listing_destroy(&listing);
}

static void a_heading_alone_is_not_printed(void **state)
{
    (void)state;
    struct listing *listing = listing_create(2);
    listing_text(listing, "a");
    listing_text(listing, "b");

    assert_int_equal(listing_row_count(listing), 0);
    assert_prints(listing, "");
    listing_destroy(&listing);
}

static void a_row_that_was_begun_is_printed(void **state)
{
    (void)state;
    struct listing *listing = listing_create(2);
    listing_text(listing, "a");
    listing_text(listing, "b");
    listing_format(listing, "%d", 7);

    assert_int_equal(listing_row_count(listing), 1);
    assert_prints(listing, "a  b\n7\n");
    listing_destroy(&listing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chinese_is_two_columns_wide_and_numbers_stand_to_the_right),
        cmocka_unit_test(a_heading_alone_is_not_printed),
        cmocka_unit_test(a_row_that_was_begun_is_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

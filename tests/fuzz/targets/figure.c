/*
 * A figure as people write it: two bytes say exponent and decimals, the rest is the cell. What is
 * read is written and read again with nothing left to fold, and has the same value.
 */
#include <assert.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/text.h"
#include "common/format/figure.h"
#include "tests/fuzz/target.h"

/* Digits, folded, have one reading. */
static void assert_stable(const struct figure *figure)
{
    struct figure again;
    enum figure_trouble trouble = figure_read(bytes_of_text(figure->digits), &again);
    assert(trouble == FIGURE_OK && again.foldings == 0 && again.unit[0] == '\0');
    assert(strcmp(again.digits, figure->digits) == 0);
}

static bool feed(struct bytes input, struct arena *arena)
{
    const unsigned char *bytes = input.data;
    struct figure figure;
    int64_t mantissa, again;
    char text[DECIMAL_TEXT_SIZE];
    (void)arena;
    if (input.size < 2)
        return false;
    int exponent = bytes[0] % (2 * FIGURE_SCALE_MAX + 1) - FIGURE_SCALE_MAX;
    int decimals = bytes[1] % (DECIMAL_DECIMALS_MAX + 1);
    enum figure_trouble trouble = figure_read((struct bytes){ bytes + 2, input.size - 2 }, &figure);
    if (trouble != FIGURE_TOO_LONG)
        assert(memchr(figure.text, '\0', sizeof figure.text));
    if (trouble != FIGURE_OK)
        return false;
    assert_stable(&figure);
    if (figure_mantissa(&figure, exponent, decimals, &mantissa) != DECIMAL_OK)
        return true;
    decimal_text(mantissa, decimals, text);
    enum decimal_trouble parsed = decimal_parse(text, strlen(text), decimals, &again);
    assert(parsed == DECIMAL_OK && again == mantissa);
    return true;
}

static void seed(struct arena *arena, fuzz_seed_fn *take, void *owner)
{
    static const char *const cells[] = { "12345.60",           "-7", "１２３．４５",
                                         "1,234,567.8 万元",   "−5", "+0.10 %",
                                         "9223372036854775807" };
    for (size_t i = 0; i < COUNT_OF(cells); i++)
        take(bytes_of_text(arena_format(arena, "%c%c%s", (int)(FIGURE_SCALE_MAX + 1 + i % 3),
                                        (int)(2 + i), cells[i])),
             owner);
}

const struct fuzz_target fuzz_target = { .feed = feed, .seed = seed };

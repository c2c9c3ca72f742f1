#include "tests/common/cube/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/base/random.h"
#include "common/base/text.h"

/* Columns and single zones must agree on everything: value, reason, status. */

#define SEED 20161
#define CATALOGUES 12
#define INDICATORS 20
#define ZONES 600
#define DEPTH 4

static const char head[] =
    "catalogue random \"随机\" / \"random\" { version 1 since 2016 }\n"
    "unit 元 : money\nunit 万元 = 10^4 元\nunit 亿元 = 10^8 元\n"
    "item X1 \"甲\" / \"a\" { unit 万元 decimals 0 kind stock total sum base X4 }\n"
    "item X2 \"乙\" / \"b\" { unit 万元 decimals 2 kind stock total sum }\n"
    "item X3 \"丙\" / \"c\" { unit 亿元 decimals 4 kind stock total sum negative }\n"
    "item X4 \"丁\" / \"d\" { unit 万元 decimals 0 kind stock total sum }\n"
    "form M \"月报\" / \"monthly\" { every month except M01 due 1 month 18 day\n"
    "  review 1 month 20 day accept 1 month 22 day sign preparer \"填报人\" / \"preparer\"\n"
    "  section \"一\" / \"one\" { X1 X2 X3 X4 } }\n";

static void write_money(struct text_builder *text, struct random *random, int depth)
{
    static const char *const leaves[] = { "X1",     "X2",      "X3",     "X4",     "X1@yoy",
                                          "X2@yoy", "X3@prev", "X1@-2p", "X2@M12", "3.5 万元" };
    static const char *const shapes[] = { "(%+%)",
                                          "(%-%)",
                                          "min(%,%)",
                                          "max(%,%)",
                                          "firstof(%,%)",
                                          "abs(%)",
                                          "(-%)",
                                          "(% * 3)",
                                          "(% / 7)",
                                          "(% * 0.001)",
                                          "(if % < % then % else %)" };
    if (depth == 0 || random_below(random, 4) == 0) {
        text_builder_add(text, leaves[random_below(random, COUNT_OF(leaves))]);
        return;
    }
    for (const char *at = shapes[random_below(random, COUNT_OF(shapes))]; *at; at++)
        if (*at == '%')
            write_money(text, random, depth - 1);
        else
            text_builder_add_bytes(text, (struct bytes){ at, 1 });
}

static void write_indicator(struct text_builder *text, struct random *random, int number)
{
    bool ratio = random_below(random, 2) == 0;
    text_builder_format(text,
                        "indicator I%d \"指标%d\" / \"indicator %d\" { unit %s decimals 2 value ",
                        number, number, number, ratio ? "%" : "万元");
    write_money(text, random, DEPTH);
    if (ratio) {
        text_builder_add(text, " / ");
        write_money(text, random, DEPTH);
    } else if (random_below(random, 2) == 0) {
        text_builder_add(text, " * X1 * X2 / X1 / X2");
    }
    text_builder_add(text, " }\n");
}

static void put_random(struct fixture *f, struct random *random, size_t zone, size_t item,
                       struct period period)
{
    static const int64_t limits[] = { 3, 1000, 1000000000, INT64_MAX };
    uint64_t kind = random_below(random, 20);
    struct value value = { 0, VALUE_PRESENT };
    if (kind == 0)
        return;
    if (kind == 1)
        value.status = (uint8_t)random_below(random, VALUE_STATUS_COUNT);
    if (value_status_has_figure(value.status))
        value.mantissa =
            (int64_t)random_below(random, (uint64_t)limits[random_below(random, kind < 4 ? 4 : 3)]);
    if (f->catalogue->items[item].may_be_negative && random_below(random, 3) == 0)
        value.mantissa = -value.mantissa;
    cube_put_figure(f->cube, zone, item, period, value);
}

static void fill(struct fixture *f, struct random *random)
{
    for (int i = 0; i < ZONES; i++) {
        char id[16];
        snprintf(id, sizeof id, "Z%d", i);
        size_t zone = fixture_zone(f, id, NULL);
        for (size_t item = 0; item < f->catalogue->item_count; item++)
            for (int month = 2; month <= 12; month++) {
                put_random(f, random, zone, item, period_of_month(2020, month));
                put_random(f, random, zone, item, period_of_month(2021, month));
            }
    }
}

static void assert_alike(struct result one, struct result other)
{
    assert_string_equal(absence_name(one.absence), absence_name(other.absence));
    assert_int_equal(one.status, other.status);
    if (one.absence == ABSENCE_NONE)
        assert_int_equal(number_compare(one.number, other.number), 0);
}

static size_t compare_period(struct fixture *f, size_t indicator, struct period period)
{
    static struct result columns[ZONES];
    size_t present = 0;
    evaluate_indicator_zones(f->cube, indicator, period, columns);
    for (size_t zone = 0; zone < ZONES; zone++) {
        struct scope scope = { &zone, 1, false };
        struct result alone = evaluate_indicator(f->cube, indicator, scope, period).result;
        assert_alike(columns[zone], alone);
        present += alone.absence == ABSENCE_NONE;
    }
    return present;
}

static void columns_and_single_zones_agree(void **state)
{
    struct seeded_random seeded = seeded_random_of(SEED);
    size_t present = 0;
    (void)state;
    for (int i = 0; i < CATALOGUES; i++) {
        CLEANUP(text_builder_free) struct text_builder text = { 0 };
        for (int number = 1; number <= INDICATORS; number++)
            write_indicator(&text, &seeded.random, number);
        struct fixture f;
        fixture_open(&f, head, text.text);
        fill(&f, &seeded.random);
        for (size_t indicator = 0; indicator < f.catalogue->indicator_count; indicator++)
            for (int month = 1; month <= 12; month += 5)
                present += compare_period(&f, indicator, period_of_month(2021, month));
        fixture_close(&f);
    }
    assert_true(present > 1000); /* the random figures are not all missing */
}

static void a_group_is_what_adding_by_hand_gives(void **state)
{
    struct seeded_random seeded = seeded_random_of(SEED + 1);
    struct fixture f;
    size_t zones[ZONES], included = 0;
    int128 tops = 0, bottoms = 0;
    (void)state;
    fixture_open(&f, head, "indicator I1 \"比\" / \"ratio\" { unit % decimals 2 value X1 / X4 }\n");
    fill(&f, &seeded.random);
    struct period period = period_of_month(2021, 7);
    for (size_t zone = 0; zone < ZONES; zone++) {
        zones[zone] = zone;
        struct value top = cube_observe(f.cube, zone, fixture_item(&f, "X1"), period, NULL);
        struct value bottom = cube_observe(f.cube, zone, fixture_item(&f, "X4"), period, NULL);
        if (!value_status_has_figure(top.status) || !value_status_has_figure(bottom.status))
            continue;
        tops += top.mantissa;
        bottoms += bottom.mantissa;
        included++;
    }

    struct indicator_value value = evaluate_indicator(f.cube, fixture_indicator(&f, "I1"),
                                                      (struct scope){ zones, ZONES, true }, period);

    assert_int_equal(value.coverage.included, included);
    assert_int_equal(number_compare(value.result.number, (struct number){ tops * 100, bottoms }),
                     0);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_and_single_zones_agree),
        cmocka_unit_test(a_group_is_what_adding_by_hand_gives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

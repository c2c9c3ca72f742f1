#include "tests/common/cube/random_case.h"

#include <stdio.h>

#include "common/base/random.h"
#include "common/base/text.h"

#define DEPTH 4

static const char head[] =
    "catalogue random \"随机\" / \"random\" { version 1 since 2016 }\n"
    "unit 元 : money\nunit 万元 = 10^4 元\nunit 亿元 = 10^8 元\n"
    "item X1 \"甲\" / \"a\" { unit 万元 decimals 0 kind stock total sum base X4 }\n"
    "item X2 \"乙\" / \"b\" { unit 万元 decimals 2 kind stock total sum }\n"
    "item X3 \"丙\" / \"c\" { unit 亿元 decimals 4 kind stock total sum negative }\n"
    "item X4 \"丁\" / \"d\" { unit 万元 decimals 0 kind stock total sum }\n"
    "item X5 \"戊\" / \"e\" { unit 万元 decimals 1 kind flow basis ytd total sum base X6 }\n"
    "item X6 \"己\" / \"f\" { unit 万元 decimals 1 kind flow basis ytd total sum }\n"
    "form M \"月报\" / \"monthly\" { every month except M01 due 1 month 18 day\n"
    "  review 1 month 20 day accept 1 month 22 day sign preparer \"填报人\" / \"preparer\"\n"
    "  section \"一\" / \"one\" { X1 X2 X3 X4 X5 X6 } }\n"
    "indicator J1 \"当期\" / \"own\" { unit 万元 decimals 1 value X5@period }\n"
    "indicator J2 \"上期\" / \"before\" { unit 万元 decimals 1 value X5@prev }\n"
    "indicator J3 \"同比\" / \"growth\" { unit % decimals 1 value growth(X5) }\n"
    "indicator J4 \"环比\" / \"on month\" { unit % decimals 1 value X5@period / X5@prev@period }\n"
    "indicator J5 \"年末\" / \"december\" { unit 万元 decimals 1 value X5@M12 }\n"
    "indicator J6 \"比\" / \"ratio\" { unit % decimals 2 value X1 / X4 }\n"
    "indicator J7 \"上月比\" / \"ratio before\" { unit % decimals 2 value J6@prev }\n";

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

static void write_truth(struct text_builder *text, struct random *random, int depth)
{
    static const char *const leaves[] = { "% < %",          "% <= %",   "% > %",
                                          "% >= %",         "% = %",    "% != %",
                                          "X3 is missing",  "J6 >= J7", "X1 / X4 in 0.5 .. 20",
                                          "growth(X5) < J3" };
    static const char *const shapes[] = { "(& and &)", "(& or &)", "(not &)", "(& implies &)" };
    const char *at = depth == 0 || random_below(random, 3) == 0
                         ? leaves[random_below(random, COUNT_OF(leaves))]
                         : shapes[random_below(random, COUNT_OF(shapes))];
    for (; *at; at++)
        if (*at == '&')
            write_truth(text, random, depth - 1);
        else if (*at == '%')
            write_money(text, random, depth == 0 ? 1 : 2);
        else
            text_builder_add_bytes(text, (struct bytes){ at, 1 });
}

static void write_rule(struct text_builder *text, struct random *random, int number)
{
    text_builder_format(text, "rule W%d hint \"规则%d\" / \"rule %d\" { check ", number, number,
                        number);
    write_truth(text, random, DEPTH - 1);
    text_builder_add(text, " cell X1 on M }\n");
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

static void fill(struct fixture *f, struct random *random, size_t zone_count)
{
    for (size_t i = 0; i < zone_count; i++) {
        char id[24];
        snprintf(id, sizeof id, "Z%zu", i);
        size_t zone = fixture_zone(f, id, NULL);
        for (size_t item = 0; item < f->catalogue->item_count; item++)
            for (int month = 2; month <= 12; month++) {
                put_random(f, random, zone, item, period_of_month(2020, month));
                put_random(f, random, zone, item, period_of_month(2021, month));
            }
    }
}

void random_case_open(struct fixture *fixture, struct random *random, int indicator_count,
                      size_t zone_count)
{
    CLEANUP(text_builder_free) struct text_builder text = { 0 };
    text_builder_add(&text, "");
    for (int number = 1; number <= indicator_count; number++)
        write_indicator(&text, random, number);
    fixture_open(fixture, head, text.text ? text.text : "");
    fill(fixture, random, zone_count);
}

void random_rules_open(struct fixture *fixture, struct random *random, int rule_count,
                       size_t zone_count)
{
    CLEANUP(text_builder_free) struct text_builder text = { 0 };
    text_builder_add(&text, "rule W0 hint \"规则\" / \"rule\" { check X1 >= 0 cell X1 on M }\n");
    for (int number = 1; number <= rule_count; number++)
        write_rule(&text, random, number);
    fixture_open(fixture, head, text.text);
    fill(fixture, random, zone_count);
}

void random_text_open(struct fixture *fixture, const char *text)
{
    fixture_open(fixture, head, text);
}

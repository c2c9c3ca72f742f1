#include "tests/common/cube/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char fixture_catalogue[] =
    "catalogue small \"小制度\" / \"small\" { version 1 since 2016 }\n"
    "unit 元 : money\n"
    "unit 万元 = 10^4 元\n"
    "unit 平方米 : area\n"
    "unit 公顷 = 10^4 平方米\n"
    "unit 个 : things\n"
    "codes 级别表 { N \"国家级\" / \"national\" P \"省级\" / \"provincial\" }\n"
    "codes 阶段表 { S1 \"签约\" / \"signed\" S2 \"立项\" / \"approved\" S3 \"投产\" / \"running\" "
    "}\n"
    "attribute RG03 \"级别\" / \"level\" : 级别表\n"
    "item F1 \"营业收入\" / \"revenue\" { unit 万元 decimals 0 kind flow basis ytd total sum base "
    "F1B }\n"
    "item F1B \"营业收入上年同期\" / \"revenue before\" { unit 万元 decimals 0 kind flow basis ytd "
    "total sum }\n"
    "item F2 \"主导收入\" / \"leading revenue\" { unit 万元 decimals 0 kind flow basis ytd total "
    "sum }\n"
    "item P1 \"当月产值\" / \"output of the month\" { unit 万元 decimals 0 kind flow basis period "
    "total sum }\n"
    "item S1 \"面积\" / \"area\" { unit 公顷 decimals 4 kind stock total sum }\n"
    "item S2 \"建成面积\" / \"built area\" { unit 公顷 decimals 4 kind stock total sum }\n"
    "item N1 \"企业数\" / \"enterprises\" { unit 个 decimals 0 kind stock total sum }\n"
    "item N2 \"得分\" / \"points\" { unit 个 decimals 0 kind stock total none }\n"
    "item K1 \"项目编号\" / \"project\" { text }\n"
    "item K2 \"阶段\" / \"stage\" { code 阶段表 }\n"
    "item K3 \"投资\" / \"investment\" { unit 万元 decimals 0 kind stock total sum }\n"
    "item K4 \"用地\" / \"land\" { unit 公顷 decimals 4 kind stock total sum }\n"
    "item K5 \"签约日\" / \"signed on\" { date }\n"
    "item K6 \"备案\" / \"filed\" { flag }\n"
    "form M \"月报\" / \"monthly\" { every month except M01 due 1 month 18 day\n"
    "  review 1 month 20 day accept 1 month 22 day\n"
    "  sign preparer \"填报人\" / \"preparer\", stathead \"统计负责人\" / \"statistics head\"\n"
    "  section \"一\" / \"one\" { F1 F1B F2 P1 N1 } }\n"
    "form Y \"年报\" / \"annual\" { every year due 3 month 31 day review 4 month 10 day\n"
    "  accept 4 month 25 day sign preparer \"填报人\" / \"preparer\"\n"
    "  section \"一\" / \"one\" { S1 S2 N2 } }\n"
    "roster R 项目 \"项目台账\" / \"projects\" { every year due 3 month 31 day\n"
    "  review 4 month 10 day accept 4 month 25 day sign preparer \"填报人\" / \"preparer\"\n"
    "  key K1 section \"一\" / \"one\" { K2 K3 K4 K5 K6 } }\n";

void fixture_open(struct fixture *fixture, const char *first, const char *second)
{
    *fixture = (struct fixture){ .arena = arena_create() };
    const char *text = arena_format(fixture->arena, "%s%s", first, second);
    struct source file = { "test.catalogue", bytes_of_text(text) };
    struct diagnostics *diagnostics = arena_take(fixture->arena, 1, sizeof *diagnostics);
    diagnostics->arena = fixture->arena;
    fixture->catalogue = catalogue_compile((struct sources){ &file, 1 }, diagnostics);
    for (size_t i = 0; i < diagnostics->count; i++)
        fprintf(stderr, "%u:%u: %s\n", (unsigned)diagnostics->items[i].place.line,
                (unsigned)diagnostics->items[i].place.column, diagnostics->items[i].text);
    if (!fixture->catalogue)
        abort();
    fixture->cube = cube_create(fixture->catalogue);
}

void fixture_close(struct fixture *fixture)
{
    cube_destroy(&fixture->cube);
    catalogue_destroy(&fixture->catalogue);
    arena_destroy(&fixture->arena);
}

struct period period_from(const char *text)
{
    struct period period;
    assert_true(period_parse(text, &period));
    return period;
}

size_t fixture_zone(struct fixture *fixture, const char *id, const char *level)
{
    struct zone_attribute attribute = { .attribute = code_of("RG03"),
                                        .since = period_from("2000") };
    struct zone zone = { .name = id, .attributes = &attribute };
    if (level)
        attribute.value = code_of(level);
    zone.attribute_count = level != NULL;
    assert_true(zone_id_parse(id, &zone.id));
    return cube_add_zone(fixture->cube, &zone);
}

size_t fixture_item(const struct fixture *fixture, const char *code)
{
    size_t item = catalogue_item(fixture->catalogue, code_of(code));
    assert_true(item != CATALOGUE_NONE);
    return item;
}

size_t fixture_indicator(const struct fixture *fixture, const char *code)
{
    size_t indicator = catalogue_indicator(fixture->catalogue, code_of(code));
    assert_true(indicator != CATALOGUE_NONE);
    return indicator;
}

void fixture_put(struct fixture *fixture, size_t zone, const char *item, const char *period,
                 int64_t mantissa)
{
    cube_put_figure(fixture->cube, zone, fixture_item(fixture, item), period_from(period),
                    (struct value){ mantissa, VALUE_PRESENT });
}

void fixture_put_status(struct fixture *fixture, size_t zone, const char *item, const char *period,
                        enum value_status status)
{
    cube_put_figure(fixture->cube, zone, fixture_item(fixture, item), period_from(period),
                    (struct value){ 0, (uint8_t)status });
}

struct result fixture_value(const struct fixture *fixture, const char *indicator, size_t zone,
                            const char *period)
{
    struct scope scope = { &zone, 1, false };
    return evaluate_indicator(fixture->cube, fixture_indicator(fixture, indicator), scope,
                              period_from(period))
        .result;
}

void assert_number(struct result result, int64_t numerator, int64_t denominator)
{
    struct number expected = { numerator, denominator };
    assert_string_equal(absence_name(result.absence), absence_name(ABSENCE_NONE));
    assert_int_equal(number_compare(result.number, expected), 0);
}

void assert_absent(struct result result, enum absence absence)
{
    assert_string_equal(absence_name(result.absence), absence_name(absence));
}

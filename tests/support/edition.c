#include "tests/support/test.h"

#include "tests/support/edition.h"

#include "common/base/arena.h"

#define FLOW "kind flow basis ytd total sum }\n"

static const char head[] = "catalogue small \"小制度\" / \"small\" { version %u since 2016 }\n"
                           "unit 元 : money\n"
                           "unit 万元 = 10^4 元\n"
                           "unit 亿元 = 10^8 元\n"
                           "codes 阶段表 { S1 \"签约\" / \"signed\" S2 \"投产\" / \"running\" }\n";

static const char forms[] =
    "item K1 \"项目编号\" / \"project\" { text }\n"
    "item K2 \"阶段\" / \"stage\" { code 阶段表 }\n"
    "form T \"月报\" / \"monthly\" { every month except M01 due 1 month 18 day\n"
    "  review 1 month 20 day accept 1 month 22 day sign preparer \"填报人\" / \"preparer\"\n"
    "  section \"一\" / \"one\" { A1 A2 %s } }\n"
    "roster R 项目 \"台账\" / \"projects\" { every year due 3 month 31 day\n"
    "  review 4 month 10 day accept 4 month 25 day sign preparer \"填报人\" / \"preparer\"\n"
    "  key K1 section \"一\" / \"one\" { K2 K3 } }\n"
    "rule V02 mandatory \"应报\" / \"open\" { builtin form_open }\n"
    "rule V03 mandatory \"填全\" / \"complete\" { builtin complete }\n"
    "rule V07 mandatory \"版本\" / \"version\" { builtin version at aggregator }\n"
    "rule V09 mandatory \"代码\" / \"codes\" { builtin codes }\n";

static const struct {
    const char *items, *third, *rules;
} editions[EDITIONS] = {
    { "item A1 \"收入\" / \"revenue\" { unit 万元 decimals 0 " FLOW
      "item A2 \"主导收入\" / \"leading\" { unit 万元 decimals 0 " FLOW
      "item A4 \"税收\" / \"tax\" { unit 万元 decimals 0 " FLOW
      "item K3 \"投资\" / \"investment\" { unit 万元 decimals 0 kind stock total sum }\n",
      "A4", "rule V14 mandatory \"部分\" / \"part\" { check A2 <= A1 }\n" },
    { "item A1 \"收入\" / \"revenue\" { unit 亿元 decimals 2 " FLOW
      "item A2 \"主导收入\" / \"leading\" { unit 元 decimals 0 " FLOW
      "item A3 \"利润\" / \"profit\" { unit 万元 decimals 0 " FLOW
      "item K3 \"投资\" / \"investment\" { unit 亿元 decimals 2 kind stock total sum }\n",
      "A3", "rule V14 mandatory \"一半\" / \"half\" { check A2 * 2 <= A1 }\n" },
    { "item A1 \"收入\" / \"revenue\" { unit 亿元 decimals 2 " FLOW
      "item A2 \"主导收入\" / \"leading\" { unit 元 decimals 0 " FLOW
      "item A3 \"利润\" / \"profit\" { unit 万元 decimals 0 " FLOW
      "item K3 \"投资\" / \"investment\" { unit 亿元 decimals 2 kind stock total sum }\n",
      "A3", "" },
};

struct sources edition_as(unsigned number, unsigned version, struct arena *arena)
{
    assert_in_range(number, 1, EDITIONS);
    struct source *file = arena_take(arena, 1, sizeof *file);
    const char *text = arena_format(
        arena, "%s%s%s%s", arena_format(arena, head, version), editions[number - 1].items,
        arena_format(arena, forms, editions[number - 1].third), editions[number - 1].rules);
    *file = (struct source){ "small.catalogue", bytes_of_text(text) };
    return (struct sources){ file, 1 };
}

struct sources edition(unsigned number, struct arena *arena)
{
    return edition_as(number, number, arena);
}

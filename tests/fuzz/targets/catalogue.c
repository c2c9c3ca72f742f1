/* The catalogue language: any text compiles, twice to the same, or is diagnosed in clean words. */
#include <assert.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/text.h"
#include "common/catalogue/catalogue.h"
#include "tests/fuzz/target.h"

static struct catalogue *compile(struct bytes text, struct arena *arena)
{
    struct source file = { "text.catalogue", text };
    struct diagnostics *said = arena_take(arena, 1, sizeof *said);
    said->arena = arena;
    struct catalogue *catalogue = catalogue_compile((struct sources){ &file, 1 }, said);
    assert(!catalogue == (said->count > 0));
    for (size_t i = 0; i < said->count; i++) {
        assert(said->items[i].place.line > 0 && said->items[i].place.column > 0);
        assert(said->items[i].text[0] && text_is_clean(bytes_of_text(said->items[i].text), false));
    }
    return catalogue;
}

static bool feed(struct bytes input, struct arena *arena)
{
    CLEANUP(catalogue_destroy) struct catalogue *catalogue = compile(input, arena);
    if (!catalogue)
        return false;
    CLEANUP(catalogue_destroy) struct catalogue *again = compile(input, arena);
    struct sources unpacked;
    struct error err;
    struct bytes packed = sources_pack(catalogue->sources, arena);
    assert(again && digest_equal(&catalogue->digest, &again->digest));
    bool read = sources_unpack(packed, arena, &unpacked, &err);
    assert(read && bytes_equal(unpacked.files[0].text, input));
    return true;
}

/* clang-format off */
static const char head[] =
    "catalogue t \"试\" / \"t\" { version 1  since 2016 }\n"
    "unit 元 : money\nunit 万元 = 10^4 元\nunit 公顷 : area\n"
    "codes 表 { N \"国\" / \"n\"  P \"省\" / \"p\" }\nattribute RG \"级别\" : 表\n"
    "item A \"收入\" { unit 万元  decimals 0  kind flow  basis ytd }\n"
    "item B \"面积\" { unit 公顷  decimals 4  kind stock }\n"
    "item K \"代码\" { text }\n";
static const char forms[] =
    "item C \"阶段\" { code 表 }\nitem D \"批准日\" { date }\nitem F \"备案\" { flag }\n"
    "holidays { 2026-10-01 }\n"
    "form T \"月报\" { every month except M01  due 1 month 18 day  review 1 month 20 day\n"
    "  sign one \"填报人\" / \"preparer\"  section \"收入\" { A B } }\n"
    "roster R 项目 \"台账\" { every quarter  due 20 day  key K  section \"项目\" { B C D F } }\n";
static const char judging[] =
    "form T \"年报\" { every year  due 3 month 31 day  section \"收入\" { A B } }\n"
    "indicator X \"强度\" { unit 万元/公顷  decimals 2  better higher  weight 1.5  value A / B }\n"
    "rule V explain \"增速\" for A { check growth(it) in -30% .. 50%  advice \"核对\" }\n"
    "rule U mandatory \"齐\" { builtin complete }\n"
    "requirement Q \"达标\" { cite \"三\"  severity hard  when 级别 in {N, 省}  check X >= 70 万元/公顷 }\n"
    "test \"恰好\" { period 2021  given 级别 = N  given A = 10  given B = 0.0007\n"
    "  given A@yoy = missing  expect Q = pass }\n";
/* clang-format on */

static void seed(struct arena *arena, fuzz_seed_fn *take, void *owner)
{
    take(bytes_of_text(arena_format(arena, "%s%s", head, forms)), owner);
    take(bytes_of_text(arena_format(arena, "%s%s", head, judging)), owner);
}

const struct fuzz_target fuzz_target = { .feed = feed, .seed = seed, .stride = 64 };

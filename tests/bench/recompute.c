/*
 * A full recompute: every indicator of the shipped catalogue, for every zone and for the
 * province as one group, in each of 120 months, over a cube filled from a seed. Beside it a
 * bound: one pass that only adds up the same int64 columns, each of them once.
 *
 *     recompute ROUNDS ZONES...
 *
 * Prints a JSON line per round and contender (rotating order; the cube's memory was touched by
 * filling it, a first round is not counted). Rosters stay empty: indicators of their rows are
 * left out, figures over rows are not reported, and how many results are numbers is printed.
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/memory.h"
#include "common/base/random.h"
#include "common/catalogue/catalogue.h"
#include "common/cube/column.h"
#include "common/cube/cube.h"
#include "common/cube/evaluate.h"

#define SEED 2016
#define YEAR_FIRST 2015
#define MONTHS 120
#define ATTRIBUTES_MAX 32

struct bench {
    const struct catalogue *catalogue;
    struct cube *cube;
    size_t zone_count;
    bool *is_read; /* items some indicator reads */
    struct result *results;
    size_t *zones;
};

struct tally {
    double seconds;
    double evaluations;
    double numbers; /* results that are numbers */
    uint64_t sum;   /* so that nothing is optimised away */
};

typedef struct tally contender_fn(const struct bench *bench);

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static struct period month_of(int index)
{
    return period_of_month(YEAR_FIRST + index / 12, index % 12 + 1);
}

static bool is_counted(const struct indicator *indicator)
{
    return indicator->roster == CATALOGUE_NONE;
}

static int64_t mantissa_of(const struct catalogue *catalogue, const struct item *item,
                           struct random *random)
{
    switch (item->type) {
    case ITEM_CODE: {
        const struct code_list *list = &catalogue->lists[item->list];
        return (int64_t)list->values[random_below(random, list->count)].code.packed;
    }
    case ITEM_FLAG:
        return (int64_t)random_below(random, 2);
    case ITEM_DATE:
        return (int64_t)(15000 + random_below(random, 4000));
    default:
        return (int64_t)(1 + random_below(random, 5000000));
    }
}

static void add_zone(struct bench *bench, size_t index, struct random *random)
{
    const struct catalogue *catalogue = bench->catalogue;
    struct zone_attribute attributes[ATTRIBUTES_MAX];
    struct zone zone = { .name = "测试开发区",
                         .prefecture = "长春市",
                         .prefecture_code = "220100",
                         .county = "",
                         .county_code = "",
                         .attributes = attributes };
    snprintf(zone.id.text, sizeof zone.id.text, "229%05u", (unsigned)index);
    for (size_t i = 0; i < catalogue->attribute_count && i < ATTRIBUTES_MAX; i++) {
        const struct code_list *list = &catalogue->lists[catalogue->attributes[i].list];
        attributes[zone.attribute_count++] = (struct zone_attribute){
            .attribute = catalogue->attributes[i].code,
            .value = list->values[random_below(random, list->count)].code,
            .since = period_of_year(YEAR_FIRST),
        };
    }
    bench->zones[index] = cube_add_zone(bench->cube, &zone);
}

static void fill_item(struct bench *bench, size_t item, struct random *random)
{
    const struct item *its = &bench->catalogue->items[item];
    for (int month = 0; month < MONTHS; month++)
        for (size_t zone = 0; zone < bench->zone_count; zone++) {
            struct value value = { .mantissa = mantissa_of(bench->catalogue, its, random),
                                   .status = VALUE_PRESENT };
            cube_put_figure(bench->cube, zone, item, month_of(month), value);
        }
}

static struct bench bench_create(const struct catalogue *catalogue, size_t zone_count)
{
    struct seeded_random random = seeded_random_of(SEED);
    struct bench bench = { .catalogue = catalogue,
                           .cube = cube_create(catalogue),
                           .zone_count = zone_count,
                           .is_read = memory_zeroed(catalogue->item_count, sizeof(bool)),
                           .results = memory_zeroed(zone_count, sizeof(struct result)),
                           .zones = memory_zeroed(zone_count, sizeof(size_t)) };
    for (size_t i = 0; i < catalogue->indicator_count; i++)
        for (size_t k = 0;
             is_counted(&catalogue->indicators[i]) && k < catalogue->indicators[i].leaf_count; k++)
            bench.is_read[catalogue->indicators[i].leaves[k]] = true;
    for (size_t zone = 0; zone < zone_count; zone++)
        add_zone(&bench, zone, &random.random);
    for (size_t item = 0; item < catalogue->item_count; item++)
        if (bench.is_read[item] && catalogue->items[item].type != ITEM_TEXT)
            fill_item(&bench, item, &random.random);
    return bench;
}

static void bench_destroy(struct bench *bench)
{
    cube_destroy(&bench->cube);
    memory_free(&bench->is_read);
    memory_free(&bench->results);
    memory_free(&bench->zones);
}

static void count(struct tally *tally, const struct result *result)
{
    tally->evaluations++;
    tally->numbers += result->absence == ABSENCE_NONE;
    tally->sum += (uint64_t)result->number.numerator;
}

static struct tally run_zones(const struct bench *bench)
{
    struct tally tally = { 0 };
    for (size_t i = 0; i < bench->catalogue->indicator_count; i++)
        for (int month = 0; is_counted(&bench->catalogue->indicators[i]) && month < MONTHS;
             month++) {
            double begin = now();
            evaluate_indicator_zones(bench->cube, i, month_of(month), bench->results);
            tally.seconds += now() - begin;
            for (size_t zone = 0; zone < bench->zone_count; zone++)
                count(&tally, &bench->results[zone]);
        }
    return tally;
}

static struct tally run_province(const struct bench *bench)
{
    struct tally tally = { 0 };
    struct scope scope = { bench->zones, bench->zone_count, true };
    for (size_t i = 0; i < bench->catalogue->indicator_count; i++)
        for (int month = 0; is_counted(&bench->catalogue->indicators[i]) && month < MONTHS;
             month++) {
            double begin = now();
            struct indicator_value value =
                evaluate_indicator(bench->cube, i, scope, month_of(month));
            tally.seconds += now() - begin;
            count(&tally, &value.result);
        }
    return tally;
}

static struct tally run_bound(const struct bench *bench)
{
    struct tally tally = { 0 };
    double begin = now();
    for (size_t item = 0; item < bench->catalogue->item_count; item++)
        for (int month = 0; bench->is_read[item] && month < MONTHS; month++) {
            const struct column *column = cube_column(bench->cube, item, month_of(month));
            for (size_t zone = 0; column && zone < bench->zone_count; zone++)
                tally.sum += (uint64_t)column->mantissas[zone];
            tally.evaluations += column ? (double)bench->zone_count : 0;
        }
    tally.seconds = now() - begin;
    tally.numbers = tally.evaluations;
    return tally;
}

static const struct {
    const char *name;
    contender_fn *run;
} contenders[] = {
    { "recompute zones", run_zones },
    { "recompute province", run_province },
    { "bound: sums of the columns", run_bound },
};

static void run(const struct bench *bench, int rounds)
{
    for (int round = 0; round <= rounds; round++)
        for (size_t i = 0; i < COUNT_OF(contenders); i++) {
            size_t which = (i + (size_t)round) % COUNT_OF(contenders);
            struct tally tally = contenders[which].run(bench);
            if (round == 0)
                continue;
            printf("{\"bench\":\"recompute\",\"zones\":%zu,\"months\":%d,\"round\":%d,"
                   "\"contender\":\"%s\",\"seconds\":%.6f,\"evaluations\":%.0f,"
                   "\"numbers\":%.0f,\"check\":%llu}\n",
                   bench->zone_count, MONTHS, round, contenders[which].name, tally.seconds,
                   tally.evaluations, tally.numbers, (unsigned long long)tally.sum);
            fflush(stdout);
        }
}

int main(int argc, char **argv)
{
    if (argc < 3 || atoi(argv[1]) < 1) {
        fprintf(stderr, "recompute ROUNDS ZONES...\n");
        return 2;
    }
    struct diagnostics diagnostics = { .arena = arena_create() };
    struct catalogue *catalogue = catalogue_compile(sources_shipped(), &diagnostics);
    arena_destroy(&diagnostics.arena);
    if (!catalogue) {
        fprintf(stderr, "recompute: the shipped catalogue does not compile\n");
        return 1;
    }
    for (int i = 2; i < argc; i++) {
        struct bench bench = bench_create(catalogue, (size_t)atol(argv[i]));
        run(&bench, atoi(argv[1]));
        bench_destroy(&bench);
    }
    catalogue_destroy(&catalogue);
    return 0;
}

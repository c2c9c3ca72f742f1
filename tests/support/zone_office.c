#include "tests/support/test.h"

#include "tests/support/zone_office.h"

#include <stdlib.h>

#include "agent/catalogues.h"
#include "agent/editing.h"
#include "agent/setup.h"
#include "common/base/arena.h"
#include "common/base/memory.h"
#include "common/catalogue/catalogue.h"
#include "common/model/day.h"

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

static void make_province(struct zone_office *office)
{
    office->province_keys = key_pair_create(&office->random.random);
    office->card = (struct province_card){ .province = "jilin",
                                           .origin = "zonetally/jilin",
                                           .endpoint = "tcp://127.0.0.1:7700",
                                           .keys = office->province_keys.public };
}

static struct zone_office *open_office(struct catalogue *catalogue, uint64_t seed,
                                       const struct zone_office *other)
{
    /* Not of cmocka: a test may close what its set-up opened. */
    struct zone_office *office = memory_zeroed(1, sizeof *office);
    struct setup_result result;
    temporary_folder_create(&office->folder);
    office->clock = manual_clock_at(day_of_date(2026, 11, 23) * DAY_MS);
    office->random = seeded_random_of(seed);
    office->seams = (struct agent_seams){ .clock = &office->clock.clock,
                                          .random = &office->random.random,
                                          .any_file_system = true };
    office->arena = arena_create();
    office->catalogue = catalogue;
    if (other) {
        office->province_keys = other->province_keys;
        office->card = other->card;
    } else {
        make_province(office);
    }

    struct setup_request request = {
        .data_folder = office->folder.path,
        .card = province_card_write(&office->card, &office->province_keys, office->arena),
        .label = "office",
    };
    assert_true(zone_id_parse("22102001", &request.zone));
    assert_true(setup_create(&request, &office->seams, office->catalogue, &result, &office->err));
    zone_office_reopen(office);
    return office;
}

static struct catalogue *shipped(void)
{
    struct error err;
    struct catalogue *catalogue = catalogues_shipped(&err);
    assert_non_null(catalogue);
    return catalogue;
}

struct zone_office *zone_office_open(void)
{
    return open_office(shipped(), 1, NULL);
}

struct zone_office *zone_office_open_with(struct catalogue *catalogue)
{
    return open_office(catalogue, 1, NULL);
}

struct zone_office *zone_office_open_beside(const struct zone_office *other)
{
    return open_office(shipped(), 2, other);
}

void zone_office_reopen(struct zone_office *office)
{
    if (office->agent)
        agent_close(&office->agent);
    office->agent =
        agent_open(office->folder.path, &office->seams, office->catalogue, &office->err);
    assert_non_null(office->agent);
}

void zone_office_close(struct zone_office **office)
{
    agent_close(&(*office)->agent);
    catalogue_destroy(&(*office)->catalogue);
    arena_destroy(&(*office)->arena);
    temporary_folder_remove(&(*office)->folder);
    memory_free(office);
}

struct return_id monthly_return(int month)
{
    return (struct return_id){ code_of("JKQ401"), period_of_month(2021, month) };
}

static int by_code(const void *left, const void *right)
{
    uint64_t one = ((const struct cell *)left)->item.packed;
    uint64_t other = ((const struct cell *)right)->item.packed;
    return one < other ? -1 : one > other;
}

void zone_office_fill(struct zone_office *office, struct return_id id, int64_t figure)
{
    const struct form *form = &office->catalogue->forms[catalogue_form(office->catalogue, id.form)];
    struct cell *cells = arena_take(office->arena, form->item_count, sizeof *cells);
    struct draft_loss loss;
    for (size_t i = 0; i < form->item_count; i++)
        cells[i] =
            (struct cell){ office->catalogue->items[form->items[i]].code, { .mantissa = figure } };
    qsort(cells, form->item_count, sizeof *cells, by_code);
    struct submission content = {
        .form = id.form, .period = id.period, .cells = cells, .cell_count = form->item_count
    };
    assert_true(editing_replace(office->agent, &content, office->arena, &loss, &office->err));
}

void zone_office_check(struct zone_office *office, struct return_id id)
{
    struct editing_check check;
    struct draft_loss loss;
    assert_true(editing_check(office->agent, id, office->arena, &check, &office->err));
    for (size_t i = 0; i < check.findings.count; i++) {
        const struct finding *finding = &check.findings.items[i];
        if (finding->class != FINDING_EXPLAIN || finding->explained)
            continue;
        struct explanation explanation = { finding->rule, finding->row_key, code_of("OTHER"),
                                           "a figure made for this test" };
        assert_true(editing_explain(office->agent, id, &explanation, &loss, &office->err));
    }
    assert_true(editing_check(office->agent, id, office->arena, &check, &office->err));
    assert_int_equal(check.stage, STAGE_CHECKED);
}

void zone_office_sign(struct zone_office *office, struct return_id id)
{
    static const char *const people[][2] = { { "preparer", "Anna" },
                                             { "stathead", "Boris" },
                                             { "unithead", "Clara" } };
    struct code next;
    for (size_t i = 0; i < COUNT_OF(people); i++)
        assert_true(editing_sign(office->agent, id, code_of(people[i][0]), people[i][1], &next,
                                 &office->err));
    assert_int_equal(next.packed, 0);
}

struct sealing zone_office_seal(struct zone_office *office, struct return_id id, int64_t figure)
{
    struct sealing sealing;
    zone_office_fill(office, id, figure);
    zone_office_check(office, id);
    zone_office_sign(office, id);
    assert_true(sealing_seal(office->agent, id, office->arena, &sealing, &office->err));
    return sealing;
}

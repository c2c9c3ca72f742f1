#include "tests/support/test.h"

#include "tests/aggregator/history.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "aggregator/ledger.h"
#include "common/base/arena.h"
#include "common/base/memory.h"
#include "common/catalogue/catalogue.h"
#include "common/catalogue/source.h"

#define FIRST_EPOCH 1
#define LIMIT 1000000 /* above it the province rejects */

struct drawing {
    struct history *history;
    struct digest catalogue;
    uint64_t salt;
};

static uint64_t below(struct drawing *drawing, uint64_t limit)
{
    return random_below(&drawing->history->dice.random, limit);
}

static struct sealed_statement seal(struct drawing *drawing, struct reporter *zone,
                                    struct statement statement, struct stream_head before)
{
    struct history *history = drawing->history;
    struct sealed_statement sealed;
    statement.suite = 1;
    statement.province = "jilin";
    statement.stream = zone->stream;
    statement.sequence = before.sequence + 1;
    statement.previous = before.hash;
    statement.catalogue = drawing->catalogue;
    statement.agent_utc_ms = HISTORY_UTC_MS;
    bytes_put_u64(statement.salt, drawing->salt++);
    assert_true(statement_seal(&statement, &zone->pair, history->arena, &sealed, &history->err));
    return sealed;
}

static struct statement a_note(struct drawing *drawing)
{
    return (struct statement){ .kind = STATEMENT_NOTE,
                               .note = arena_format(drawing->history->arena, "note %" PRIu64,
                                                    below(drawing, 1000)) };
}

/* The next version, most often; now and then one that does not follow the last, or that says
 * more than the province believes. */
static struct statement a_return(struct drawing *drawing, struct reporter *zone)
{
    size_t year = (size_t)below(drawing, HISTORY_YEARS);
    uint32_t version = zone->versions[year] + (below(drawing, 10) == 0 ? 2 : 1);
    struct cell *cell = arena_take(drawing->history->arena, 1, sizeof *cell);
    int64_t figure = (int64_t)below(drawing, LIMIT) + (below(drawing, 4) == 0 ? LIMIT : 0);
    *cell = (struct cell){ code_of("A01"), { .mantissa = figure } };
    zone->versions[year] = version;
    return (struct statement){
        .kind = STATEMENT_RETURN,
        .submission = { .form = code_of("F1"),
                        .period = period_of_year(HISTORY_FIRST_YEAR + (int)year),
                        .version = version,
                        .base_version = version - 1,
                        .cells = cell,
                        .cell_count = 1 },
    };
}

static struct statement a_withdrawal(struct drawing *drawing, const struct reporter *zone)
{
    size_t year = (size_t)below(drawing, HISTORY_YEARS);
    uint32_t version = zone->versions[year] > 0 ? zone->versions[year] : 1;
    return (struct statement){
        .kind = STATEMENT_WITHDRAWAL,
        .withdrawal = { .form = code_of("F1"),
                        .period = period_of_year(HISTORY_FIRST_YEAR + (int)year),
                        .version = version,
                        .reason = "sent by mistake" },
    };
}

static struct statement anything(struct drawing *drawing, struct reporter *zone)
{
    uint64_t what = below(drawing, 10);
    if (what < 2)
        return a_note(drawing);
    return what == 2 ? a_withdrawal(drawing, zone) : a_return(drawing, zone);
}

static struct shipment *ship(struct history *history, size_t zone)
{
    assert_true(history->shipment_count < HISTORY_SHIPMENTS_MAX);
    struct shipment *shipment = &history->shipments[history->shipment_count++];
    *shipment = (struct shipment){ .zone = zone };
    return shipment;
}

static void ship_next(struct drawing *drawing, size_t number)
{
    struct reporter *zone = &drawing->history->zones[number];
    struct shipment *shipment = ship(drawing->history, number);
    shipment->first = zone->count;
    shipment->count = 1 + (size_t)below(drawing, 4);
    for (size_t i = 0; i < shipment->count; i++) {
        assert_true(zone->count < HISTORY_STATEMENTS_MAX);
        struct sealed_statement sealed = seal(drawing, zone, anything(drawing, zone), zone->head);
        zone->statements[zone->count++] = sealed;
        zone->head =
            (struct stream_head){ zone->head.sequence + 1, sealed_statement_hash(&sealed) };
    }
}

/* The machine was copied, and its copy speaks under a number that was used before. */
static void ship_stray(struct drawing *drawing, size_t number)
{
    struct reporter *zone = &drawing->history->zones[number];
    struct stream_head before = { 0 };
    if (zone->count == 0)
        return;
    size_t at = (size_t)below(drawing, zone->count);
    if (at > 0)
        before = (struct stream_head){ at, sealed_statement_hash(&zone->statements[at - 1]) };
    struct shipment *shipment = ship(drawing->history, number);
    shipment->stray = true;
    shipment->contradiction = seal(drawing, zone, a_note(drawing), before);
}

static void make_zones(struct drawing *drawing)
{
    struct history *history = drawing->history;
    history->zone_count = 1 + (size_t)below(drawing, HISTORY_ZONES_MAX);
    for (size_t i = 0; i < history->zone_count; i++) {
        struct reporter *zone = &history->zones[i];
        zone->pair = key_pair_create(&history->dice.random);
        snprintf(zone->stream.zone.text, sizeof zone->stream.zone.text, "2210200%u",
                 (unsigned)(i % HISTORY_ZONES_MAX) + 1);
        zone->stream.epoch = FIRST_EPOCH;
        history->dice.random.fill(&history->dice.random, zone->stream.device.bytes,
                                  sizeof zone->stream.device.bytes);
    }
}

static struct sources read_catalogue(const char *path, struct arena *arena)
{
    struct sources sources;
    struct error err;
    assert_true(sources_read(path, arena, &sources, &err));
    return sources;
}

struct history *history_draw(uint64_t seed, const char *catalogue_path)
{
    struct history *history = memory_zeroed(1, sizeof *history);
    history->seed = seed;
    history->arena = arena_create();
    history->dice = seeded_random_of(seed);
    struct drawing drawing = { .history = history };
    drawing.catalogue = sources_digest(read_catalogue(catalogue_path, history->arena));
    make_zones(&drawing);
    size_t shipments = 4 + (size_t)below(&drawing, 10);
    for (size_t i = 0; i < shipments; i++) {
        size_t zone = (size_t)below(&drawing, history->zone_count);
        if (below(&drawing, 12) == 0)
            ship_stray(&drawing, zone);
        else
            ship_next(&drawing, zone);
    }
    return history;
}

void history_destroy(struct history **history)
{
    arena_destroy(&(*history)->arena);
    memory_free(history);
}

static void register_zone(struct province *province, const struct reporter *zone)
{
    struct error err;
    struct journal_record record = {
        .entry = { .kind = ENTRY_ZONE,
                   .zone = { .id = zone->stream.zone,
                             .name = "开发区",
                             .prefecture = "",
                             .prefecture_code = "",
                             .county = "",
                             .county_code = "" } },
    };
    struct journal_record enrolment = {
        .entry = { .kind = ENTRY_ENROLMENT,
                   .enrolment = { .zone = zone->stream.zone,
                                  .device = zone->stream.device,
                                  .epoch = FIRST_EPOCH,
                                  .keys = zone->pair.public,
                                  .label = "" } },
    };
    assert_true(ledger_begin(province->ledger, HISTORY_UTC_MS, &err));
    ledger_take(province->ledger, &record);
    ledger_take(province->ledger, &enrolment);
    assert_true(ledger_commit(province->ledger, &err));
}

/* The same keys for every receiver of a history. */
struct receiver *receiver_open(const struct history *history, const char *catalogue_path)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct receiver *receiver = memory_zeroed(1, sizeof *receiver);
    struct sources sources = read_catalogue(catalogue_path, arena);
    temporary_folder_create(&receiver->folder);
    temporary_folder_create(&receiver->signer_folder);
    receiver->clock = manual_clock_at(HISTORY_UTC_MS);
    receiver->random = seeded_random_of(history->seed);
    receiver->seams =
        (struct province_seams){ &receiver->clock.clock, &receiver->random.random, true };
    struct province_setup setup = { .data_folder = receiver->folder.path,
                                    .province = "jilin",
                                    .listen = "tcp://127.0.0.1:*",
                                    .catalogue = &sources,
                                    .signer_folder = receiver->signer_folder.path };
    assert_true(province_create(&setup, &receiver->seams, &receiver->err));
    receiver->province = province_open(receiver->folder.path, &receiver->seams, &receiver->err);
    assert_non_null(receiver->province);
    for (size_t i = 0; i < history->zone_count; i++)
        register_zone(receiver->province, &history->zones[i]);
    return receiver;
}

void receiver_close(struct receiver **receiver)
{
    province_close(&(*receiver)->province);
    temporary_folder_remove(&(*receiver)->folder);
    temporary_folder_remove(&(*receiver)->signer_folder);
    memory_free(receiver);
}

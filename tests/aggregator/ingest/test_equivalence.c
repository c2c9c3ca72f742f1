#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "aggregator/ingest/bundles.h"
#include "aggregator/ingest/gate.h"
#include "common/base/arena.h"
#include "common/base/memory.h"
#include "tests/aggregator/history.h"
#include "tests/support/carried.h"

/*
 * Offline is as good as online: the same histories by wire, by file, and by both in turns, out of
 * order and more than once, leave the same store. See receiver_dump() for what is left out.
 *
 *     test_… [HISTORIES [FIRST_SEED]]
 */
#define HISTORIES 100
#define MEMORY_FOLDER "/dev/shm"
#define QUEUE 8

/* One way of delivering a history. */
struct route {
    const struct history *history;
    struct receiver *receiver;
    struct seeded_random dice;
    struct arena *arena;
    struct gate *gate;
    struct bytes queue[QUEUE];
    size_t zones[QUEUE]; /* from which each comes */
    size_t waiting, taken;
};

static struct {
    size_t histories, zones, statements, strays, by_wire, by_file, repeats, too_early;
} tried;

static enum receive_outcome receive(void *owner, struct peer *out_peer, struct bytes *out_payload)
{
    struct route *route = owner;
    if (route->taken == route->waiting)
        return RECEIVE_NOTHING;
    const struct reporter *zone = &route->history->zones[route->zones[route->taken]];
    *out_peer = (struct peer){ .routing_size = 1 };
    memcpy(out_peer->curve_key, zone->pair.public.curve, KEY_SIZE);
    *out_payload = route->queue[route->taken++];
    return RECEIVE_MESSAGE;
}

/* Nobody is put off: what was sent was decided. */
static bool send(void *owner, const struct peer *peer, struct bytes payload)
{
    struct route *route = owner;
    struct message message;
    (void)peer;
    assert_true(message_decode(arena_copy_bytes(route->arena, payload), route->arena, &message,
                               &route->receiver->err));
    assert_int_not_equal(message.kind, MESSAGE_BUSY);
    return true;
}

static void ignore_key(void *owner, const unsigned char curve_key[KEY_SIZE])
{
    (void)owner, (void)curve_key;
}

static struct route *route_open(const struct history *history, uint64_t seed)
{
    struct route *route = memory_zeroed(1, sizeof *route);
    route->history = history;
    route->receiver = receiver_open(history, SMALL_CATALOGUE);
    route->dice = seeded_random_of(seed);
    route->arena = arena_create();
    struct gate_link link = { route, receive, send, ignore_key, ignore_key };
    route->gate = gate_create(route->receiver->province, &link);
    return route;
}

static void route_close(struct route **route)
{
    gate_destroy(&(*route)->gate);
    receiver_close(&(*route)->receiver);
    arena_destroy(&(*route)->arena);
    memory_free(route);
}

static uint64_t below(struct route *route, uint64_t limit)
{
    return random_below(&route->dice.random, limit);
}

static void put_on_wire(struct route *route, const struct shipment *shipment)
{
    const struct reporter *zone = &route->history->zones[shipment->zone];
    struct message message = { .kind = MESSAGE_SUBMIT,
                               .statements = &zone->statements[shipment->first],
                               .statement_count = shipment->count };
    if (shipment->stray) {
        message.statements = &shipment->contradiction;
        message.statement_count = 1;
    }
    route->zones[route->waiting] = shipment->zone;
    route->queue[route->waiting++] = message_encode(&message, route->arena);
    tried.by_wire++;
}

static void turn(struct route *route)
{
    assert_true(gate_turn(route->gate, &route->receiver->err));
    assert_int_equal(route->taken, route->waiting);
    route->waiting = route->taken = 0;
}

static void send_by_wire(struct route *route, const struct shipment *shipment)
{
    put_on_wire(route, shipment);
    turn(route);
}

/* From statement `from` of the zone on: what a file carries begins anywhere before. */
static void send_by_file(struct route *route, const struct shipment *shipment, size_t from)
{
    const struct reporter *zone = &route->history->zones[shipment->zone];
    struct bundle_record records[HISTORY_STATEMENTS_MAX + 1];
    struct message hello = { .kind = MESSAGE_HELLO,
                             .hello = { .protocol_min = 1,
                                        .protocol_max = 1,
                                        .province = "jilin",
                                        .stream = zone->stream,
                                        .sequence = shipment->first + shipment->count,
                                        .waiting = shipment->count } };
    char path[TEMPORARY_PATH_SIZE];
    struct bundle_arrival arrival;
    size_t count = 0, end = shipment->first + shipment->count;
    records[count++] = carried_message(&hello, route->arena);
    for (size_t i = from; !shipment->stray && i < end; i++)
        records[count++] = carried_statement(&zone->statements[i], route->arena);
    if (shipment->stray)
        records[count++] = carried_statement(&shipment->contradiction, route->arena);
    struct carried carried = { .kind = BUNDLE_SUBMIT,
                               .province = "jilin",
                               .stream = zone->stream,
                               .sender = &zone->pair,
                               .recipient = &route->receiver->province->pair.public,
                               .records = records,
                               .count = count,
                               .random = &route->dice.random };
    carried_write(&carried, temporary_path(&route->receiver->folder, "stick.SUB", path));
    assert_int_equal(bundles_import(route->receiver->province, NULL, path, NULL, &arrival,
                                    &route->receiver->err),
                     BUNDLES_DONE);
    tried.by_file++;
}

static bool is_waiting(const struct route *route, size_t zone)
{
    for (size_t i = 0; i < route->waiting; i++)
        if (route->zones[i] == zone)
            return true;
    return false;
}

/* Everything in its order, messages of several zones a batch. */
static void deliver_by_wire(struct route *route)
{
    const struct history *history = route->history;
    for (size_t i = 0; i < history->shipment_count; i++) {
        if (is_waiting(route, history->shipments[i].zone))
            turn(route);
        put_on_wire(route, &history->shipments[i]);
        if (route->waiting == QUEUE || below(route, 2) == 0)
            turn(route);
    }
    turn(route);
}

/* Everything in its order, and each file carries what came before, too. */
static void deliver_by_file(struct route *route)
{
    const struct history *history = route->history;
    for (size_t i = 0; i < history->shipment_count; i++) {
        const struct shipment *shipment = &history->shipments[i];
        send_by_file(route, shipment, (size_t)below(route, shipment->first + 1));
    }
}

static void send_somehow(struct route *route, const struct shipment *shipment)
{
    if (below(route, 2) == 0)
        send_by_wire(route, shipment);
    else
        send_by_file(route, shipment, (size_t)below(route, shipment->first + 1));
}

/* What has not been sent yet of a zone, in its order; NULL at the end. */
static const struct shipment *next_of(const struct history *history, size_t zone, const bool *sent,
                                      size_t skip)
{
    for (size_t i = 0; i < history->shipment_count; i++)
        if (history->shipments[i].zone == zone && !sent[i] && skip-- == 0)
            return &history->shipments[i];
    return NULL;
}

/* Before what it follows: nothing may come of it. */
static void send_too_early(struct route *route, size_t zone, const bool *sent)
{
    const struct shipment *missing = next_of(route->history, zone, sent, 0);
    const struct shipment *early = next_of(route->history, zone, sent, 1);
    if (!early || missing->stray || early->stray)
        return;
    if (below(route, 2) == 0)
        send_by_wire(route, early);
    else
        send_by_file(route, early, early->first);
    tried.too_early++;
}

/* By wire and by file in turns; zones overtake each other, some things come early, some twice. */
static void deliver_anyhow(struct route *route)
{
    const struct history *history = route->history;
    bool sent[HISTORY_SHIPMENTS_MAX] = { false };
    for (size_t left = history->shipment_count; left > 0;) {
        size_t zone = (size_t)below(route, history->zone_count);
        const struct shipment *next = next_of(history, zone, sent, 0);
        if (!next)
            continue;
        if (below(route, 3) == 0)
            send_too_early(route, zone, sent);
        send_somehow(route, next);
        sent[next - history->shipments] = true;
        left--;
        size_t again = (size_t)below(route, history->shipment_count);
        if (sent[again]) {
            send_somehow(route, &history->shipments[again]);
            tried.repeats++;
        }
    }
}

typedef void deliver_fn(struct route *route);

/* Delivers, and says what the store is then: as it is, and after a restart. */
static struct text_builder store_after(const struct history *history, deliver_fn *deliver,
                                       bool order)
{
    CLEANUP(route_close) struct route *route = route_open(history, history->seed + 1000000);
    struct text_builder before = { 0 }, after = { 0 };
    struct receiver *receiver = route->receiver;
    deliver(route);
    receiver_dump(receiver, history, order, &before);
    province_close(&receiver->province);
    receiver->province = province_open(receiver->folder.path, &receiver->seams, &receiver->err);
    assert_non_null(receiver->province);
    receiver_dump(receiver, history, order, &after);
    assert_true(bytes_equal((struct bytes){ before.text, before.size },
                            (struct bytes){ after.text, after.size }));
    text_builder_free(&after);
    return before;
}

static void assert_same(const struct history *history, deliver_fn *one, deliver_fn *other,
                        bool order)
{
    CLEANUP(text_builder_free) struct text_builder left = store_after(history, one, order);
    CLEANUP(text_builder_free) struct text_builder right = store_after(history, other, order);
    size_t at = 0;
    while (at < left.size && at < right.size && left.text[at] == right.text[at])
        at++;
    if (left.size != right.size || at < left.size)
        fail_msg("history %llu: the stores differ at byte %zu of %zu and %zu",
                 (unsigned long long)history->seed, at, left.size, right.size);
}

static void count(const struct history *history)
{
    tried.histories++;
    tried.zones += history->zone_count;
    for (size_t i = 0; i < history->zone_count; i++)
        tried.statements += history->zones[i].count;
    for (size_t i = 0; i < history->shipment_count; i++)
        tried.strays += history->shipments[i].stray;
}

static uint64_t first_seed = 1;
static size_t histories = HISTORIES;

static void histories_by_wire_and_by_file_leave_the_same_store(void **state)
{
    (void)state;
    for (uint64_t seed = first_seed; seed < first_seed + histories; seed++) {
        CLEANUP(history_destroy) struct history *history = history_draw(seed, SMALL_CATALOGUE);
        count(history);
        assert_same(history, deliver_by_wire, deliver_by_file, true);
        assert_same(history, deliver_by_wire, deliver_anyhow, false);
    }
    print_message("%zu histories of %zu zones, %zu statements and %zu strays: delivered %zu times "
                  "by wire and %zu by file, %zu again, %zu too early; every store the same\n",
                  tried.histories, tried.zones, tried.statements, tried.strays, tried.by_wire,
                  tried.by_file, tried.repeats, tried.too_early);
    assert_true(tried.repeats > 0 && tried.too_early > 0 && tried.strays > 0);
}

/* The comparison can tell stores apart. */
static void deliver_but_for_the_last(struct route *route)
{
    for (size_t i = 0; i + 1 < route->history->shipment_count; i++)
        send_by_wire(route, &route->history->shipments[i]);
}

static void a_store_that_lacks_something_is_not_the_same(void **state)
{
    (void)state;
    CLEANUP(history_destroy) struct history *history = history_draw(1, SMALL_CATALOGUE);
    for (int order = 0; order < 2; order++) {
        CLEANUP(text_builder_free)
        struct text_builder whole = store_after(history, deliver_by_wire, order);
        CLEANUP(text_builder_free)
        struct text_builder part = store_after(history, deliver_but_for_the_last, order);
        assert_false(bytes_equal((struct bytes){ whole.text, whole.size },
                                 (struct bytes){ part.text, part.size }));
    }
}

int main(int argc, char **argv)
{
    struct stat status;
    if (stat(MEMORY_FOLDER, &status) == 0)
        setenv("TMPDIR", MEMORY_FOLDER, 1); /* what a disk does is not asked here */
    if (argc > 1)
        histories = strtoul(argv[1], NULL, 10);
    if (argc > 2)
        first_seed = strtoull(argv[2], NULL, 10);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(histories_by_wire_and_by_file_leave_the_same_store),
        cmocka_unit_test(a_store_that_lacks_something_is_not_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

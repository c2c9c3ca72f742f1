#include "aggregator/ingest/gate.h"

#include <string.h>

#include "aggregator/devices.h"
#include "aggregator/ingest/answers.h"
#include "aggregator/ingest/application.h"
#include "aggregator/ingest/doors.h"
#include "aggregator/ingest/doubts.h"
#include "aggregator/ingest/guard.h"
#include "aggregator/ingest/parcels.h"
#include "aggregator/ingest/parts.h"
#include "aggregator/ingest/session.h"
#include "aggregator/ingest/turns.h"
#include "aggregator/ingest/visit.h"
#include "aggregator/invitations.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/seeded_bug.h"
#include "common/runtime/crew.h"
#include "common/storage/database.h"
#include "common/storage/reserve.h"
#include "common/storage/transaction.h"
#include "common/wire/statement.h"

struct gate {
    struct province *province;
    struct gate_link link;
    struct crew *crew; /* NULL: the caller alone */
    struct parcels *parcels;
    struct turns *turns;
    struct doubts *doubts;
    struct doors *doors;
    struct guard *guard;                 /* NULL: none */
    struct arena *arena;                 /* of the batch; also the first of those, one for */
    struct arena *arenas[CREW_SIZE_MAX]; /* each of the crew */
    struct visit visits[GATE_MESSAGES_MAX];
    size_t count;
    struct gate_counts counts;
};

struct gate *gate_create(struct province *province, const struct gate_link *link)
{
    struct gate *gate = memory_zeroed(1, sizeof *gate);
    gate->province = province;
    gate->link = *link;
    gate->parcels = parcels_create();
    gate->turns = turns_create();
    gate->doubts = doubts_create();
    gate->doors = doors_create(link->admit, link->dismiss, link->owner);
    gate->arena = arena_create();
    gate->arenas[0] = gate->arena;
    return gate;
}

void gate_employ(struct gate *gate, struct crew *crew)
{
    gate->crew = crew;
    for (size_t i = 1; i < crew_size(crew); i++)
        if (!gate->arenas[i])
            gate->arenas[i] = arena_create();
}

void gate_set_guard(struct gate *gate, struct guard *guard)
{
    gate->guard = guard;
}

void gate_destroy(struct gate **gate)
{
    if (*gate) {
        parcels_destroy(&(*gate)->parcels);
        turns_destroy(&(*gate)->turns);
        doubts_destroy(&(*gate)->doubts);
        for (size_t i = 0; i < CREW_SIZE_MAX; i++)
            arena_destroy(&(*gate)->arenas[i]);
        doors_destroy(&(*gate)->doors);
    }
    memory_free(gate);
}

static void settle_doors(struct gate *gate)
{
    doors_settle(gate->doors, ledger_devices(gate->province->ledger),
                 province_utc_ms(gate->province));
}

static bool settle_guests(struct gate *gate, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(gate->province->database);
    const struct invitation *open;
    size_t count =
        invitations_list(txn, database_table(gate->province->database, INVITATIONS_TABLE),
                         province_utc_ms(gate->province), arena, &open);
    unsigned char(*keys)[KEY_SIZE] = arena_take(arena, count, sizeof *keys);
    for (size_t i = 0; i < count; i++)
        memcpy(keys[i], open[i].curve_key, KEY_SIZE);
    if (!transaction_check(txn, err))
        return false;
    doors_settle_guests(gate->doors, (const unsigned char(*)[KEY_SIZE])keys, count);
    return true;
}

bool gate_refresh(struct gate *gate, struct error *err)
{
    if (!ledger_refresh(gate->province->ledger, err))
        return false;
    settle_doors(gate);
    return settle_guests(gate, err);
}

static void refuse(struct visit *visit, enum refusal refusal)
{
    visit->refusal = refusal;
}

static void read_chunk(struct gate *gate, struct visit *visit)
{
    const struct clock *clock = gate->province->seams.clock;
    struct bytes whole;
    struct sealed_statement *sealed = arena_take(gate->arena, 1, sizeof *sealed);
    struct error err;
    switch (parcels_take(gate->parcels, visit->peer.curve_key, &visit->message.chunk,
                         clock->monotonic_ms(clock), gate->arena, &visit->chunk_size, &whole)) {
    case PARCEL_GROWING:
        return;
    case PARCEL_NO_ROOM:
        visit->busy = true;
        return;
    case PARCEL_BROKEN:
        refuse(visit, REFUSAL_MALFORMED);
        return;
    case PARCEL_COMPLETE:
        break;
    }
    if (!sealed_statement_decode(whole, sealed, &err)) {
        refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    visit->statements = sealed;
    visit->statement_count = 1;
}

static void read_message(struct gate *gate, struct visit *visit, struct bytes payload)
{
    struct error err;
    if (!message_decode(payload, gate->arena, &visit->message, &err)) {
        refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    bool application = visit->message.kind == MESSAGE_APPLICATION;
    if (doors_is_guest(gate->doors, visit->peer.curve_key) != application) {
        refuse(visit, application ? REFUSAL_CODE : REFUSAL_UNKNOWN_DEVICE);
        return;
    }
    if (visit->message.kind == MESSAGE_CHUNK) {
        read_chunk(gate, visit);
    } else if (visit->message.kind == MESSAGE_CHUNK_ASK) {
        visit->chunk_size =
            parcels_size(gate->parcels, visit->peer.curve_key, &visit->message.chunk);
    } else if (visit->message.kind == MESSAGE_SUBMIT) {
        visit->statements = visit->message.statements;
        visit->statement_count = visit->message.statement_count;
    } else if (visit->message.kind != MESSAGE_HELLO && !application &&
               visit->message.kind != MESSAGE_ASK_NOTICES && !parts_are_asked(&visit->message)) {
        refuse(visit, REFUSAL_MALFORMED);
    }
}

static bool is_application(const struct visit *visit)
{
    return visit->message.kind == MESSAGE_APPLICATION && !visit->refusal;
}

static bool is_hello(const struct visit *visit)
{
    return visit->message.kind == MESSAGE_HELLO && !visit->refusal && !visit->busy;
}

static void send_answer(void *owner, const struct peer *peer, struct bytes payload)
{
    struct gate *gate = owner;
    /* A peer that is gone or does not listen asks again: nothing is lost. */
    (void)gate->link.send(gate->link.owner, peer, payload);
}

/* Unread, and nothing of it is kept. */
static void put_off(struct gate *gate, const struct peer *peer)
{
    struct message busy = { .kind = MESSAGE_BUSY, .retry_after_ms = turns_retry_ms(gate->turns) };
    gate->counts.put_off++;
    send_answer(gate, peer, message_encode(&busy, gate->arena));
}

/* What is beyond the peer's window, and sessions beyond what one batch may begin, wait. */
static void hold_to_the_window(struct gate *gate, struct visit *visit)
{
    bool credit = turns_credit(gate->turns, visit->peer.curve_key, visit->statement_count);
    if (credit && (!is_hello(visit) || turns_session(gate->turns)))
        return;
    visit->statement_count = 0;
    visit->busy = true;
    visit->retry_after_ms = turns_retry_ms(gate->turns);
    gate->counts.put_off++;
}

struct collection {
    size_t received, statements, size;
    bool writes, failed;
};

/* The visits from `first` on. */
struct helping {
    struct gate *gate;
    size_t first;
};

static bool is_full(const struct gate *gate, const struct collection *collection)
{
    return gate->count == GATE_MESSAGES_MAX || collection->statements >= GATE_STATEMENTS_MAX ||
           collection->size >= GATE_BATCH_SIZE_MAX || collection->received >= GATE_RECEIVED_MAX ||
           (collection->statements > 0 && guard_is_careful(gate->guard));
}

/* False when nothing waits, or the store failed. */
static bool collect_one(struct gate *gate, struct collection *collection, struct error *err)
{
    struct visit *visit = &gate->visits[gate->count];
    struct bytes payload;
    *visit = (struct visit){ 0 };
    enum receive_outcome outcome = gate->link.receive(gate->link.owner, &visit->peer, &payload);
    if (outcome == RECEIVE_NOTHING)
        return false;
    collection->received++;
    if (outcome == RECEIVE_DROPPED)
        return true;
    if (!turns_admit(gate->turns, visit->peer.curve_key)) {
        put_off(gate, &visit->peer);
        return true;
    }
    gate->count++;
    collection->size += payload.size;
    read_message(gate, visit, arena_copy_bytes(gate->arena, payload));
    hold_to_the_window(gate, visit);
    collection->failed = !guard_screen(gate->guard, visit, err);
    collection->statements += visit->statement_count;
    collection->writes |= visit->statement_count > 0 || is_hello(visit) || is_application(visit);
    return !collection->failed;
}

static void inspect_visit(size_t number, size_t worker, void *owner)
{
    struct helping *helping = owner;
    struct gate *gate = helping->gate;
    visit_inspect(&gate->visits[helping->first + number], gate->province, gate->arenas[worker]);
}

/* Everything that waits, up to the limits, inspected; false when nothing waited, or the store
 * failed. */
static bool take_helping(struct gate *gate, struct collection *collection, struct error *err)
{
    struct helping helping = { gate, gate->count };
    while (!is_full(gate, collection) && collect_one(gate, collection, err))
        continue;
    if (collection->failed || gate->count == helping.first)
        return false;
    if (collection->writes)
        guard_begin(gate->guard, gate->visits, gate->count);
    crew_run(gate->crew, gate->count - helping.first, inspect_visit, &helping);
    return true;
}

/* While one helping is inspected the next arrives, and goes into the same commit. Says whether any
 * of it changes the store. */
static bool collect(struct gate *gate, bool *out_writes, struct error *err)
{
    struct collection collection = { 0 };
    gate->count = 0;
    turns_begin(gate->turns);
    for (int i = 0; i < GATE_HELPINGS_MAX && take_helping(gate, &collection, err); i++)
        continue;
    gate->counts.messages += gate->count;
    gate->counts.statements += collection.statements;
    *out_writes = collection.writes;
    return !collection.failed;
}

static void note(struct gate *gate, const struct visit_tally *tally)
{
    gate->counts.appended += tally->appended;
    gate->counts.duplicates += tally->duplicates;
    gate->counts.refused += tally->refused;
}

static bool answer_from(struct gate *gate, struct transaction *txn, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    for (size_t i = 0; i < gate->count; i++) {
        arena_reset(arena);
        if (!answers_send(gate->province, txn, &gate->visits[i], arena, send_answer, gate, err))
            return false;
    }
    return transaction_check(txn, err);
}

static bool answer_all(struct gate *gate, struct error *err)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(gate->province->database);
    return answer_from(gate, txn, err);
}

static bool take_statements(struct gate *gate, struct visit *visit, int64_t utc_ms,
                            struct visit_tally *tally, struct error *err)
{
    if (!visit_take(visit, gate->province, utc_ms, gate->arena, tally, err))
        return false;
    if (visit->kept_aside && !visit->refusal && !visit->gap)
        visit->refusal = REFUSAL_QUARANTINED;
    return true;
}

static bool take_visit(struct gate *gate, struct visit *visit, int64_t utc_ms,
                       struct visit_tally *tally, struct error *err)
{
    if (is_application(visit)) {
        application_take(gate->province, utc_ms, visit, gate->arena);
        tally->wrote |= !visit->refusal;
        return true;
    }
    if (!is_hello(visit))
        return take_statements(gate, visit, utc_ms, tally, err);
    session_begin(gate->province, gate->doubts, utc_ms, visit);
    tally->wrote |= !visit->challenged;
    const struct devices *devices = ledger_devices(gate->province->ledger);
    if (!visit->refusal)
        doors_heard(gate->doors, devices,
                    devices_find(devices, &visit->message.hello.stream.device),
                    visit->peer.curve_key);
    return true;
}

static bool write_batch(struct gate *gate, struct error *err)
{
    struct ledger *ledger = gate->province->ledger;
    int64_t utc_ms = province_utc_ms(gate->province);
    struct visit_tally tally = { 0 };
    if (!ledger_begin(ledger, utc_ms, err))
        return false;
    for (size_t i = 0; i < gate->count; i++)
        if (!take_visit(gate, &gate->visits[i], utc_ms, &tally, err)) {
            ledger_abort(ledger);
            return false;
        }
    note(gate, &tally);
    guard_write(gate->guard);
    if (!tally.wrote) {
        ledger_abort(ledger);
        return true;
    }
    gate->counts.commits++;
    if (seeded_bug(BUG_ACKNOWLEDGE_BEFORE_COMMIT) &&
        !(ledger_write(ledger, err) && answer_from(gate, ledger_transaction(ledger), err)))
        return false;
    if (seeded_bug(BUG_ACKNOWLEDGE_BEFORE_COMMIT))
        gate->count = 0; /* answered */
    return ledger_commit(ledger, err);
}

/* Whatever would have been written is refused for the moment; the rest is answered. */
static void refuse_writers(struct gate *gate)
{
    gate->counts.no_room++;
    for (size_t i = 0; i < gate->count; i++) {
        struct visit *visit = &gate->visits[i];
        if (visit->statement_count == 0 && !is_hello(visit))
            continue;
        visit->position_count = 0;
        visit->gap = visit->busy = visit->challenged = false;
        visit->refusal = REFUSAL_NO_ROOM;
        visit->refused_sequence = 0;
    }
}

/* Without a reserve nothing is begun. A commit that finds no room wrote nothing: the reserve is
 * given up, and what is in memory is read from the journal again. */
static bool take_batch(struct gate *gate, struct error *err)
{
    struct province *province = gate->province;
    if (!reserve_holds(province->reserve)) {
        refuse_writers(gate);
        return ledger_refresh(province->ledger, err);
    }
    if (write_batch(gate, err))
        return true;
    if (err->kind != ERROR_EXHAUSTED)
        return false;
    reserve_give_up(province->reserve);
    refuse_writers(gate);
    return province_reload(province, err);
}

bool gate_turn(struct gate *gate, struct error *err)
{
    for (size_t i = 0; i < crew_size(gate->crew); i++)
        arena_reset(gate->arenas[i]);
    bool writes, taken = collect(gate, &writes, err);
    if (taken && gate->count == 0)
        return true;
    if (taken)
        taken = writes ? take_batch(gate, err) : ledger_refresh(gate->province->ledger, err);
    if (writes)
        guard_done(gate->guard);
    /* Whoever is shut out by what came in hears why, then the door closes. */
    if (!taken || !answer_all(gate, err))
        return false;
    settle_doors(gate);
    return true;
}

struct gate_counts gate_count(const struct gate *gate)
{
    return gate->counts;
}

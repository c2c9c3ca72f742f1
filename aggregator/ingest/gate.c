#include "aggregator/ingest/gate.h"

#include <string.h>

#include "aggregator/devices.h"
#include "aggregator/ingest/answers.h"
#include "aggregator/ingest/application.h"
#include "aggregator/ingest/batch.h"
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
    struct guard *guard; /* NULL: none */
    struct batch batches[2];
    struct batch *batch; /* that is written now */
    struct batch *next;  /* that is collected meanwhile, */
    int ahead;           /* so many times one behind the other */
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
    gate->batch = &gate->batches[0];
    gate->next = &gate->batches[1];
    gate_employ(gate, NULL);
    return gate;
}

void gate_employ(struct gate *gate, struct crew *crew)
{
    gate->crew = crew;
    for (size_t i = 0; i < COUNT_OF(gate->batches); i++)
        batch_prepare(&gate->batches[i], crew_size(crew));
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
        batch_free((*gate)->batch);
        batch_free((*gate)->next);
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

static void read_chunk(struct gate *gate, struct arena *arena, struct visit *visit)
{
    const struct clock *clock = gate->province->seams.clock;
    struct bytes whole;
    struct sealed_statement *sealed = arena_take(arena, 1, sizeof *sealed);
    struct error err;
    switch (parcels_take(gate->parcels, visit->peer.curve_key, &visit->message.chunk,
                         clock->monotonic_ms(clock), arena, &visit->chunk_size, &whole)) {
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

static void read_message(struct gate *gate, struct arena *arena, struct visit *visit,
                         struct bytes payload)
{
    struct error err;
    if (!message_decode(payload, arena, &visit->message, &err)) {
        refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    bool application = visit->message.kind == MESSAGE_APPLICATION;
    if (doors_is_guest(gate->doors, visit->peer.curve_key) != application) {
        refuse(visit, application ? REFUSAL_CODE : REFUSAL_UNKNOWN_DEVICE);
        return;
    }
    if (visit->message.kind == MESSAGE_CHUNK) {
        read_chunk(gate, arena, visit);
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

static void send_answer(void *owner, const struct peer *peer, struct bytes payload)
{
    struct gate *gate = owner;
    /* A peer that is gone or does not listen asks again: nothing is lost. */
    (void)gate->link.send(gate->link.owner, peer, payload);
}

/* Unread, and nothing of it is kept. */
static void put_off(struct gate *gate, struct arena *arena, const struct peer *peer)
{
    struct message busy = { .kind = MESSAGE_BUSY, .retry_after_ms = turns_retry_ms(gate->turns) };
    gate->counts.put_off++;
    send_answer(gate, peer, message_encode(&busy, arena));
}

/* What is beyond the peer's window, and sessions beyond what one batch may begin, wait. */
static void hold_to_the_window(struct gate *gate, struct visit *visit)
{
    bool credit = turns_credit(gate->turns, visit->peer.curve_key, visit->statement_count);
    if (credit && (!visit_is_hello(visit) || turns_session(gate->turns)))
        return;
    visit->statement_count = 0;
    visit->busy = true;
    visit->retry_after_ms = turns_retry_ms(gate->turns);
    gate->counts.put_off++;
}

static bool is_full(const struct gate *gate, const struct batch *batch)
{
    return batch_is_full(batch) || (batch->statements > 0 && guard_is_careful(gate->guard));
}

/* What somebody brought is read, as far as it may be. Fails when the store does. */
static bool receive_visit(struct gate *gate, struct batch *batch, struct visit *visit,
                          struct bytes payload, struct error *err)
{
    read_message(gate, batch->arenas[0], visit, arena_copy_bytes(batch->arenas[0], payload));
    hold_to_the_window(gate, visit);
    if (!guard_screen(gate->guard, visit, err))
        return false;
    batch_add(batch, payload.size);
    return true;
}

/* Everything that waits, up to the limits. Fails when the store does. */
static bool collect(struct gate *gate, struct batch *batch, struct error *err)
{
    while (!is_full(gate, batch)) {
        struct visit *visit = &batch->visits[batch->count];
        struct bytes payload;
        *visit = (struct visit){ 0 };
        enum receive_outcome outcome = gate->link.receive(gate->link.owner, &visit->peer, &payload);
        if (outcome == RECEIVE_NOTHING)
            return true;
        batch->received++;
        if (outcome == RECEIVE_DROPPED)
            continue;
        if (!turns_admit(gate->turns, visit->peer.curve_key))
            put_off(gate, batch->arenas[0], &visit->peer);
        else if (!receive_visit(gate, batch, visit, payload, err))
            return false;
    }
    return true;
}

static void begin_batch(struct gate *gate, struct batch *batch)
{
    batch_begin(batch);
    turns_begin(gate->turns);
}

/* While one helping is inspected the next arrives, and goes into the same commit. */
static bool collect_helpings(struct gate *gate, struct batch *batch, struct error *err)
{
    for (int i = 0; i < GATE_HELPINGS_MAX; i++) {
        size_t first = batch->count;
        if (!collect(gate, batch, err))
            return false;
        if (batch->count == first)
            break;
        if (batch->writes)
            guard_begin(gate->guard, batch->visits, batch->count);
        batch_inspect(batch, first, gate->province, gate->crew);
    }
    return true;
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
    const struct batch *batch = gate->batch;
    for (size_t i = 0; i < batch->count; i++) {
        arena_reset(arena);
        if (!answers_send(gate->province, txn, &batch->visits[i], arena, send_answer, gate, err))
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
    if (!visit_take(visit, gate->province, utc_ms, gate->batch->arenas[0], tally, err))
        return false;
    if (visit->kept_aside && !visit->refusal && !visit->gap)
        visit->refusal = REFUSAL_QUARANTINED;
    return true;
}

static bool take_visit(struct gate *gate, struct visit *visit, int64_t utc_ms,
                       struct visit_tally *tally, struct error *err)
{
    if (visit_is_application(visit)) {
        application_take(gate->province, utc_ms, visit, gate->batch->arenas[0]);
        tally->wrote |= !visit->refusal;
        return true;
    }
    if (!visit_is_hello(visit))
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

static bool take_visits(struct gate *gate, struct visit_tally *tally, struct error *err)
{
    struct batch *batch = gate->batch;
    int64_t utc_ms = province_utc_ms(gate->province);
    for (size_t i = 0; i < batch->count; i++)
        if (!take_visit(gate, &batch->visits[i], utc_ms, tally, err))
            return false;
    return true;
}

static bool write_batch(struct gate *gate, struct error *err)
{
    struct ledger *ledger = gate->province->ledger;
    struct visit_tally tally = { 0 };
    if (!take_visits(gate, &tally, err)) {
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
        gate->batch->count = 0; /* answered */
    return ledger_commit(ledger, err);
}

/* The next batch is inspected beside this one, which must leave alone what an inspection reads:
 * the devices and their keys. */
static bool write_beside(struct gate *gate, bool beside, struct error *err)
{
    if (!ledger_begin(gate->province->ledger, province_utc_ms(gate->province), err))
        return false;
    if (beside)
        batch_start_inspection(gate->next, gate->province, gate->crew);
    bool written = write_batch(gate, err);
    if (beside)
        crew_finish(gate->crew);
    return written;
}

static void refuse_writers(struct gate *gate)
{
    gate->counts.no_room++;
    batch_refuse_writers(gate->batch, REFUSAL_NO_ROOM);
}

/* Without a reserve nothing is begun. A commit that finds no room wrote nothing: the reserve is
 * given up, and what is in memory is read from the journal again. */
static bool take_batch(struct gate *gate, bool beside, struct error *err)
{
    struct province *province = gate->province;
    if (!reserve_holds(province->reserve)) {
        refuse_writers(gate);
        return ledger_refresh(province->ledger, err);
    }
    if (write_beside(gate, beside, err))
        return true;
    if (err->kind != ERROR_EXHAUSTED)
        return false;
    reserve_give_up(province->reserve);
    refuse_writers(gate);
    return province_reload(province, err);
}

/* When this batch is full more is waiting: that is collected, to be inspected beside it. */
static bool collect_next(struct gate *gate, bool *out_beside, struct error *err)
{
    begin_batch(gate, gate->next);
    *out_beside = crew_size(gate->crew) > 1 && gate->batch->writes && is_full(gate, gate->batch) &&
                  !guard_is_careful(gate->guard) && batch_leaves_devices_alone(gate->batch) &&
                  gate->ahead < GATE_AHEAD_MAX;
    gate->ahead = *out_beside ? gate->ahead + 1 : 0;
    return !*out_beside || collect(gate, gate->next, err);
}

/* Whoever is shut out by what came in hears why, then the door closes. */
static bool turn_batch(struct gate *gate, struct error *err)
{
    bool beside;
    gate->counts.messages += gate->batch->count;
    gate->counts.statements += gate->batch->statements;
    if (!collect_next(gate, &beside, err))
        return false;
    bool taken = gate->batch->writes ? take_batch(gate, beside, err)
                                     : ledger_refresh(gate->province->ledger, err);
    if (!taken || !answer_all(gate, err))
        return false;
    settle_doors(gate);
    return true;
}

/* What is in hand now is the next batch, or nothing. */
static void go_on(struct gate *gate)
{
    bool wrote = gate->batch->writes;
    struct batch *done = gate->batch;
    gate->batch = gate->next;
    gate->next = done;
    if (gate->batch->writes)
        guard_begin(gate->guard, gate->batch->visits, gate->batch->count);
    else if (wrote)
        guard_done(gate->guard);
}

bool gate_turn(struct gate *gate, struct error *err)
{
    if (!gate_has_more(gate)) {
        begin_batch(gate, gate->batch);
        if (!collect_helpings(gate, gate->batch, err))
            return false;
    }
    if (gate->batch->count == 0)
        return true;
    bool good = turn_batch(gate, err);
    go_on(gate);
    return good;
}

bool gate_has_more(const struct gate *gate)
{
    return gate->batch->count > 0;
}

struct gate_counts gate_count(const struct gate *gate)
{
    return gate->counts;
}

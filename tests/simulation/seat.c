#include "tests/simulation/seat.h"

#include <stdio.h>
#include <string.h>

#include "agent/agent.h"
#include "agent/courier.h"
#include "agent/doctor.h"
#include "agent/editing.h"
#include "agent/machine.h"
#include "agent/outbox.h"
#include "agent/receipts.h"
#include "agent/rotation.h"
#include "agent/sealing.h"
#include "agent/setup.h"
#include "agent/statements.h"
#include "agent/sync.h"
#include "common/base/arena.h"
#include "common/base/memory.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/file.h"
#include "common/storage/transaction.h"
#include "common/wire/card.h"
#include "common/wire/message.h"
#include "common/wire/proof.h"
#include "common/wire/receipt.h"
#include "common/wire/statement.h"

static struct agent_seams seams_of(struct seat *seat)
{
    return (struct agent_seams){ .clock = &seat->process.clock,
                                 .random = &seat->process.random.random,
                                 .machine = seat->machine,
                                 .any_file_system = true };
}

/* A computer of the simulation. */
struct computer {
    struct machine machine; /* first, so that a pointer to it is a pointer to the whole */
    unsigned number;
};

static bool read_part(const struct machine *machine, enum machine_part part,
                      const char *data_folder, char out[MACHINE_TEXT_SIZE])
{
    (void)data_folder;
    snprintf(out, MACHINE_TEXT_SIZE, "%d of %u", (int)part,
             ((const struct computer *)machine)->number);
    return true;
}

void seat_on(struct seat *seat, unsigned computer)
{
    struct computer *its = memory_zeroed(1, sizeof *its);
    *its = (struct computer){ { read_part }, computer };
    seat->machine = &its->machine;
}

void seat_free(struct seat *seat)
{
    seat_stop(seat);
    memory_free(&seat->machine);
}

bool seat_is_copied(const struct seat *seat)
{
    return seat->agent && seat->agent->copied;
}

bool seat_set_up(struct seat *seat, const char *zone, struct bytes card)
{
    struct agent_seams seams = seams_of(seat);
    struct setup_result result;
    struct setup_request request = { .data_folder = seat->folder, .card = card, .label = "" };
    return zone_id_parse(zone, &request.zone) &&
           setup_create(&request, &seams, seat->catalogue, &result, &seat->err);
}

struct bytes seat_request(const struct seat *seat)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    char path[AGENT_PATH_SIZE];
    struct bytes text;
    struct error err;
    if (!agent_path(seat->folder, AGENT_REQUEST_FILE, path, &err) ||
        !file_read(path, CARD_SIZE_MAX, arena, &text, &err))
        return (struct bytes){ NULL, 0 };
    void *copy = memory_zeroed(text.size, 1);
    memcpy(copy, text.data, text.size);
    return (struct bytes){ copy, text.size };
}

/* Opening what is there writes nothing, so a full disk does not matter. */
bool seat_start(struct seat *seat)
{
    struct agent_seams seams = seams_of(seat);
    struct process *before = process_enter(NULL);
    seat->agent = agent_open(seat->folder, &seams, seat->catalogue, &seat->err);
    process_leave(before);
    return seat->agent;
}

void seat_stop(struct seat *seat)
{
    agent_close(&seat->agent);
}

struct stream_id seat_stream(const struct seat *seat)
{
    return seat->agent->device.stream;
}

struct public_keys seat_keys(const struct seat *seat)
{
    return seat->agent->pair.public;
}

static bool seal_return(struct seat *seat, struct return_id id, int64_t figure, struct arena *arena)
{
    struct cell cell = { seat->catalogue->items[0].code, { .mantissa = figure } };
    struct submission content = {
        .form = id.form, .period = id.period, .cells = &cell, .cell_count = 1
    };
    struct draft_loss loss;
    struct editing_check check;
    struct code next;
    struct sealing sealing;
    struct error *err = &seat->err;
    return editing_replace(seat->agent, &content, arena, &loss, err) &&
           editing_check(seat->agent, id, arena, &check, err) &&
           editing_sign(seat->agent, id, seat->catalogue->forms[0].roles[0].code, "Anna", &next,
                        err) &&
           sealing_seal(seat->agent, id, arena, &sealing, err);
}

bool seat_seal_return(struct seat *seat, int year, int64_t figure)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct return_id id = { seat->catalogue->forms[0].code, period_of_year(year) };
    struct process *before = process_enter(&seat->process);
    bool done = seal_return(seat, id, figure, arena);
    process_leave(before);
    return done;
}

static bool seal_other(struct seat *seat, enum statement_kind kind, struct period period,
                       uint32_t version, struct arena *arena)
{
    struct agent *agent = seat->agent;
    struct statement statement;
    struct sealed_statement sealed;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_write(agent->store.database);
    if (!sealing_next(agent, txn, &statement, &seat->err))
        return false;
    statement.kind = kind;
    statement.note = "nothing new";
    statement.withdrawal =
        (struct withdrawal){ seat->catalogue->forms[0].code, period, version, "a mistake" };
    if (!statement_seal(&statement, &agent->pair, arena, &sealed, &seat->err))
        return false;
    statements_append(&agent->store, txn, statement.sequence, &sealed, arena);
    return transaction_commit(&txn, &seat->err);
}

bool seat_seal_other(struct seat *seat, enum statement_kind kind, int year, uint32_t version)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct process *before = process_enter(&seat->process);
    bool done = seal_other(seat, kind, period_of_year(year), version, arena);
    process_leave(before);
    return done;
}

bool seat_change_keys(struct seat *seat)
{
    struct rotation_result result;
    struct process *before = process_enter(&seat->process);
    bool done = rotation_begin(seat->agent, &result, &seat->err);
    process_leave(before);
    return done;
}

bool seat_waits_for_keys(struct seat *seat)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(seat->agent->store.database);
    struct error waits;
    return !rotation_lets_seal(seat->agent, txn, &waits);
}

static bool export_file(struct seat *seat, const char *path)
{
    enum bundle_kind kind;
    struct courier_export report;
    return courier_kind(seat->agent, &kind, &seat->err) &&
           courier_export(seat->agent, kind, path, NULL, &report, &seat->err);
}

bool seat_export(struct seat *seat, const char *path)
{
    struct process *before = process_enter(&seat->process);
    bool done = export_file(seat, path);
    process_leave(before);
    return done;
}

bool seat_import(struct seat *seat, const char *path)
{
    struct courier_import report;
    struct process *before = process_enter(&seat->process);
    bool done = courier_import(seat->agent, path, NULL, &report, &seat->err);
    process_leave(before);
    return done;
}

/* The agent's end of a line. A dead process neither sends nor hears. */
struct channel {
    struct sync_channel channel; /* first, so that a pointer to it is a pointer to the whole */
    struct seat *seat;
    const struct seat_line *line;
    uint64_t number;
};

static bool speak(struct channel *channel, bool done, struct error *err)
{
    done = done && !channel->seat->process.dead;
    return done || error_set(err, ERROR_UNAVAILABLE, "%s", "nobody there");
}

static bool open_line(struct sync_channel *its, struct error *err)
{
    struct channel *channel = (struct channel *)its;
    const struct seat_line *line = channel->line;
    return speak(channel,
                 process_lives_to_speak(&channel->seat->process) &&
                     line->open(line->owner, &channel->number),
                 err);
}

static bool send_line(struct sync_channel *its, struct bytes payload, int timeout_ms,
                      struct error *err)
{
    (void)timeout_ms;
    struct channel *channel = (struct channel *)its;
    const struct seat_line *line = channel->line;
    return speak(channel,
                 process_lives_to_speak(&channel->seat->process) &&
                     line->send(line->owner, channel->number, payload),
                 err);
}

/* While it waits, others run. */
static bool receive_line(struct sync_channel *its, int timeout_ms, struct bytes *out,
                         struct error *err)
{
    struct channel *channel = (struct channel *)its;
    const struct seat_line *line = channel->line;
    bool lives = process_lives_to_speak(&channel->seat->process);
    struct process *before = process_enter(NULL);
    bool done = lives && line->receive(line->owner, channel->number, timeout_ms, out);
    process_leave(before);
    return speak(channel, done, err);
}

static void close_line(struct sync_channel *its)
{
    struct channel *channel = (struct channel *)its;
    channel->line->close(channel->line->owner, channel->number);
}

static void wait_for(struct sync_channel *its, int64_t ms)
{
    struct channel *channel = (struct channel *)its;
    struct process *before = process_enter(NULL);
    channel->line->wait(channel->line->owner, ms);
    process_leave(before);
}

bool seat_sync(struct seat *seat, const struct seat_line *line, int64_t timeout_ms,
               struct seat_report *out)
{
    struct channel channel = {
        { open_line, send_line, receive_line, close_line, wait_for }, seat, line, 0
    };
    struct sync_options options = { .timeout_ms = timeout_ms };
    struct sync_report report;
    struct process *before = process_enter(&seat->process);
    bool done = sync_run(seat->agent, &channel.channel, &options, &report, &seat->err);
    process_leave(before);
    *out = (struct seat_report){ report.receipted, report.waiting };
    return done && !seat->process.dead;
}

struct bytes seat_submit(struct seat *seat, uint64_t first, size_t count)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(seat->agent->store.database);
    struct sealed_statement statements[MESSAGE_STATEMENTS_MAX];
    struct message submit = { .kind = MESSAGE_SUBMIT, .statements = statements };
    for (; submit.statement_count < count && submit.statement_count < MESSAGE_STATEMENTS_MAX;
         submit.statement_count++)
        if (!statements_get(&seat->agent->store, txn, first + submit.statement_count,
                            &statements[submit.statement_count], &seat->err))
            return (struct bytes){ NULL, 0 };
    struct bytes encoded = message_encode(&submit, arena);
    void *copy = memory_zeroed(encoded.size, 1);
    memcpy(copy, encoded.data, encoded.size);
    return (struct bytes){ copy, encoded.size };
}

static bool see_statement(struct seat *seat, struct transaction *txn, uint64_t sequence,
                          struct arena *arena, struct sight *out)
{
    struct sealed_statement sealed;
    struct statement statement;
    const struct store *store = &seat->agent->store;
    if (!statements_get(store, txn, sequence, &sealed, &seat->err) ||
        !statements_read(store, txn, sequence, arena, &statement, &seat->err))
        return false;
    *out = sight_of(&sealed, &statement);
    return true;
}

static bool see_receipt(struct seat *seat, struct transaction *txn, uint64_t sequence,
                        struct arena *arena, struct seat_receipt *out)
{
    const struct agent *agent = seat->agent;
    struct receipt receipt;
    struct sight sight;
    struct error unheld;
    if (!receipts_get(&agent->store, txn, sequence, arena, &receipt, &seat->err) ||
        !see_statement(seat, txn, sequence, arena, &sight))
        return false;
    *out = (struct seat_receipt){ .sequence = receipt.arrival.sequence,
                                  .position = receipt.position,
                                  .hash = receipt.arrival.statement_hash,
                                  .accepted = receipt.arrival.verdict == VERDICT_ACCEPTED };
    struct checkpoint checkpoint = { 0 };
    if (checkpoint_verify(receipt.checkpoint, agent->province.origin, agent->province.keys.signing,
                          arena, &checkpoint, &unheld))
        out->generation = checkpoint.generation;
    out->holds =
        receipt_verify(&receipt, agent->province.origin, agent->province.keys.signing, &unheld) &&
        receipt.arrival.sequence == sequence &&
        digest_equal(&receipt.arrival.statement_hash, &sight.hash) &&
        sight_same_stream(&receipt.arrival.stream, &sight.stream);
    return true;
}

bool seat_read(struct seat *seat, uint64_t statements_from, uint64_t receipts_from,
               seat_statement_fn *statement, seat_receipt_fn *receipt, void *owner)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(seat->agent->store.database);
    struct outbox outbox;
    if (!outbox_look(&seat->agent->store, txn, &outbox, &seat->err))
        return false;
    for (uint64_t i = statements_from; i <= outbox.head.sequence; i++) {
        struct sight sight;
        arena_reset(arena);
        if (!see_statement(seat, txn, i, arena, &sight))
            return false;
        statement(owner, &sight);
    }
    for (uint64_t i = receipts_from; i <= outbox.receipted; i++) {
        struct seat_receipt seen;
        arena_reset(arena);
        if (!see_receipt(seat, txn, i, arena, &seen))
            return false;
        receipt(owner, &seen);
    }
    return transaction_check(txn, &seat->err);
}

bool seat_is_sound(struct seat *seat)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct doctor_report report;
    if (doctor_examine(seat->agent, NULL, arena, &report))
        return true;
    return error_set(&seat->err, ERROR_CORRUPT, "%s", report.problems[0]);
}

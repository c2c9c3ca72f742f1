#include "agent/doctor.h"

#include <string.h>

#include "agent/agent.h"
#include "agent/catalogues.h"
#include "agent/drafts.h"
#include "agent/history.h"
#include "agent/outbox.h"
#include "agent/receipts.h"
#include "agent/recovered_exam.h"
#include "agent/rotation.h"
#include "agent/statements.h"
#include "agent/vouching.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/progress.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/transaction.h"
#include "common/wire/statement.h"

struct round {
    const struct agent *agent;
    struct arena *arena; /* of the report */
    struct doctor_report *report;
    struct progress *progress; /* or NULL */
};

static void report(struct round *round, const char *text)
{
    struct doctor_report *found = round->report;
    if (found->problem_count == DOCTOR_PROBLEMS_MAX)
        found->omitted++;
    else
        found->problems[found->problem_count++] = arena_copy_text(round->arena, text);
}

static bool is_next(const struct round *round, const struct statement *statement, uint64_t sequence,
                    const struct digest *previous)
{
    const struct stream_id *ours = &round->agent->device.stream, *its = &statement->stream;
    return statement->sequence == sequence && digest_equal(&statement->previous, previous) &&
           zone_id_equal(&its->zone, &ours->zone) && its->epoch == ours->epoch &&
           memcmp(its->device.bytes, ours->device.bytes, sizeof its->device.bytes) == 0;
}

/* One entry of the index for each return, and it names this statement, unless another machine's
 * of the same number came first. */
static bool is_indexed(const struct agent *agent, struct transaction *txn,
                       const struct statement *statement, struct arena *arena)
{
    const struct submission *submission = &statement->submission;
    struct return_id id = { submission->form, submission->period };
    struct versions versions = history_list(&agent->store, txn, &id, arena);
    for (size_t i = 0; i < versions.count; i++)
        if (versions.items[i].number == submission->version)
            return versions.items[i].recovered || versions.items[i].sequence == statement->sequence;
    return false;
}

struct reading_place {
    const struct agent *agent;
    struct transaction *txn;
};

static bool read_ours(uint64_t sequence, struct sealed_statement *out, void *owner)
{
    const struct reading_place *place = owner;
    struct error none;
    return statements_get(&place->agent->store, place->txn, sequence, out, &none);
}

/* Or vouched for by a later one. */
static bool examine_signature(struct round *round, const struct sealed_statement *sealed,
                              const struct statement *statement, struct error *err)
{
    const struct agent *agent = round->agent;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(agent->store.database);
    struct reading_place place = { agent, txn };
    struct vouching vouching = { .read = read_ours, .owner = &place };
    rotation_signing_key(agent, txn, statement->sequence, vouching.key);
    if (sealed_statement_is_signed_by(sealed, vouching.key))
        return true;
    if (statement->kind == STATEMENT_KEY_ROTATION ||
        !vouching_finds(&vouching, statement->sequence, sealed_statement_hash(sealed)))
        return error_set(err, ERROR_CORRUPT, MESSAGE_DOCTOR_SIGNATURE, statement->sequence);
    round->report->vouched++;
    return true;
}

/* `previous` is the hash of the one before, and becomes the hash of this one. */
static bool examine_statement(struct round *round, uint64_t sequence, struct digest *previous,
                              struct arena *arena, struct error *err)
{
    const struct agent *agent = round->agent;
    struct sealed_statement sealed;
    struct statement statement;
    /* A damaged page spoils a transaction: each statement is read in one of its own. */
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(agent->store.database);
    if (!statements_get(&agent->store, txn, sequence, &sealed, err) ||
        !statement_decode(sealed.statement, arena, &statement, err))
        return false;
    bool follows = is_next(round, &statement, sequence, previous);
    *previous = sealed_statement_hash(&sealed);
    if (!follows)
        return error_set(err, ERROR_CORRUPT, MESSAGE_DOCTOR_CHAIN, sequence);
    if (!examine_signature(round, &sealed, &statement, err))
        return false;
    if (!catalogues_has(&agent->store, txn, &statement.catalogue))
        return transaction_check(txn, err) &&
               error_set(err, ERROR_CORRUPT, MESSAGE_DOCTOR_CATALOGUE, sequence);
    if (statement.kind == STATEMENT_RETURN && !is_indexed(agent, txn, &statement, arena))
        return transaction_check(txn, err) &&
               error_set(err, ERROR_CORRUPT, MESSAGE_DOCTOR_INDEX, sequence);
    return true;
}

static bool examine_receipt(struct round *round, uint64_t sequence, const struct digest *hash,
                            struct arena *arena, struct error *err)
{
    const struct agent *agent = round->agent;
    struct receipt receipt;
    struct receipt_subject subject = { agent->device.stream, sequence, *hash };
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(agent->store.database);
    return receipts_get(&agent->store, txn, sequence, arena, &receipt, err) &&
           (receipt_check(&receipt, &subject, &agent->province, err) ||
            error_wrap(err, MESSAGE_SYNC_RECEIPT, sequence));
}

static void examine_stream(struct round *round)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct digest hash = { { 0 } };
    struct error err = { 0 };
    struct outbox outbox = { .receipted = 0 };
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(round->agent->store.database);
    if (!outbox_look(&round->agent->store, txn, &outbox, &err))
        report(round, err.text);
    for (uint64_t sequence = 1; sequence <= outbox.head.sequence; sequence++) {
        arena_reset(arena);
        if (round->progress)
            progress_set(round->progress, sequence);
        if (!examine_statement(round, sequence, &hash, arena, &err))
            report(round, err.text);
        else
            round->report->statements++;
        if (sequence > outbox.receipted)
            continue;
        if (!examine_receipt(round, sequence, &hash, arena, &err))
            report(round, err.text);
        else
            round->report->receipts++;
    }
}

static void report_recovered(const char *text, void *owner)
{
    report(owner, text);
}

static void examine_recovered(struct round *round)
{
    uint64_t good =
        recovered_examine(round->agent, report_recovered, round, &round->report->vouched);
    round->report->statements += good;
    round->report->receipts += good;
}

static void examine_drafts(struct round *round)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct error err = { 0 };
    size_t count;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(round->agent->store.database);
    const struct draft_note *notes = drafts_list(&round->agent->store, txn, round->arena, &count);
    if (!transaction_check(txn, &err))
        report(round, err.text);
    for (size_t i = 0; i < count; i++) {
        struct draft draft;
        bool found;
        arena_reset(arena);
        if (!drafts_get(&round->agent->store, txn, notes[i].id, arena, &draft, &found, &err))
            report(round, err.text);
        else
            round->report->drafts++;
    }
}

static void examine_catalogues(struct round *round)
{
    struct error err = { 0 };
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(round->agent->store.database);
    if (!catalogues_verify(&round->agent->store, txn, &round->report->catalogues, &err))
        report(round, err.text);
}

static void examine_keys(struct round *round)
{
    struct error err = { 0 };
    if (!rotation_examine(round->agent, &err))
        report(round, err.text);
}

bool doctor_examine(const struct agent *agent, struct progress *progress, struct arena *arena,
                    struct doctor_report *out)
{
    struct round round = { agent, arena, out, progress };
    *out = (struct doctor_report){ 0 };
    examine_stream(&round);
    examine_recovered(&round);
    examine_drafts(&round);
    examine_catalogues(&round);
    examine_keys(&round);
    return out->problem_count == 0;
}

#include "agent/recovered_exam.h"

#include <string.h>

#include "agent/agent.h"
#include "agent/catalogues.h"
#include "agent/receipts.h"
#include "agent/recovered.h"
#include "agent/vouching.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/transaction.h"
#include "common/wire/receipt.h"
#include "common/wire/statement.h"

struct exam {
    const struct agent *agent;
    const struct recovered_stream *stream;
    struct arena *arena;
    struct digest previous; /* hash of the one before */
    unsigned char key[KEY_SIZE];
    uint64_t vouched;
};

static bool examine_receipt(const struct exam *exam, struct transaction *txn,
                            const struct recovered_at *at, const struct digest *hash,
                            struct receipt *out, struct error *err)
{
    struct bytes text;
    struct receipt_subject subject = { { exam->agent->device.stream.zone, at->device, at->epoch },
                                       at->sequence,
                                       *hash };
    if (!recovered_receipt(&exam->agent->store, txn, at, &text))
        return transaction_check(txn, err) &&
               error_set(err, ERROR_CORRUPT, MESSAGE_RECEIPT_NONE, at->sequence);
    return receipt_read(arena_copy_bytes(exam->arena, text), exam->arena, out, err) &&
           receipt_check(out, &subject, &exam->agent->province, err);
}

struct reading_place {
    const struct exam *exam;
    struct transaction *txn;
};

static bool read_recovered(uint64_t sequence, struct sealed_statement *out, void *owner)
{
    const struct reading_place *place = owner;
    const struct recovered_stream *stream = place->exam->stream;
    struct recovered_at at = { stream->device, stream->epoch, sequence };
    struct error none;
    return sequence <= stream->head.sequence &&
           recovered_get(&place->exam->agent->store, place->txn, &at, out, &none);
}

/* Or vouched for by a later one. */
static bool examine_signature(struct exam *exam, const struct sealed_statement *sealed,
                              const struct statement *statement, struct error *err)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(exam->agent->store.database);
    struct reading_place place = { exam, txn };
    struct vouching vouching = { .read = read_recovered, .owner = &place };
    memcpy(vouching.key, exam->key, KEY_SIZE);
    if (sealed_statement_is_signed_by(sealed, exam->key))
        return true;
    if (statement->kind == STATEMENT_KEY_ROTATION ||
        !vouching_finds(&vouching, statement->sequence, sealed_statement_hash(sealed)))
        return error_set(err, ERROR_CORRUPT, MESSAGE_DOCTOR_SIGNATURE, statement->sequence);
    exam->vouched++;
    return true;
}

static bool examine_statement(struct exam *exam, const struct recovered_at *at, struct error *err)
{
    const struct store *store = &exam->agent->store;
    struct sealed_statement sealed;
    struct statement *statement = arena_take(exam->arena, 1, sizeof *statement);
    struct receipt *receipt = arena_take(exam->arena, 1, sizeof *receipt);
    /* A damaged page spoils a transaction: each statement is read in one of its own. */
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(store->database);
    if (!recovered_get(store, txn, at, &sealed, err))
        return false;
    struct digest before = exam->previous;
    exam->previous = sealed_statement_hash(&sealed);
    if (!statement_decode(sealed.statement, exam->arena, statement, err))
        return false;
    if (statement->sequence != at->sequence || !digest_equal(&statement->previous, &before))
        return error_set(err, ERROR_CORRUPT, MESSAGE_DOCTOR_CHAIN, at->sequence);
    if (!examine_signature(exam, &sealed, statement, err))
        return false;
    if (!catalogues_has(store, txn, &statement->catalogue))
        return transaction_check(txn, err) &&
               error_set(err, ERROR_CORRUPT, MESSAGE_DOCTOR_CATALOGUE, at->sequence);
    if (!examine_receipt(exam, txn, at, &exam->previous, receipt, err))
        return false;
    if (statement->kind == STATEMENT_KEY_ROTATION && receipt->arrival.verdict == VERDICT_ACCEPTED)
        memcpy(exam->key, statement->rotation.signing_key, KEY_SIZE);
    return true;
}

/* Of our own stream the statements are where they were sealed. */
static bool is_our_stream(const struct agent *agent, const struct recovered_stream *stream)
{
    struct stream_id id = { agent->device.stream.zone, stream->device, stream->epoch };
    return stream_id_equal(&id, &agent->device.stream);
}

static uint64_t examine_stream(const struct agent *agent, const struct recovered_stream *stream,
                               recovered_problem_fn *tell, void *owner, uint64_t *vouched)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct exam exam = { .agent = agent, .stream = stream, .arena = arena };
    uint64_t good = 0;
    memcpy(exam.key, stream->first_key, KEY_SIZE);
    for (uint64_t sequence = 1; sequence <= stream->head.sequence; sequence++) {
        struct recovered_at at = { stream->device, stream->epoch, sequence };
        struct error err = { 0 };
        arena_reset(arena);
        if (examine_statement(&exam, &at, &err))
            good++;
        else
            tell(err.text, owner);
    }
    *vouched += exam.vouched;
    return good;
}

uint64_t recovered_examine(const struct agent *agent, recovered_problem_fn *tell, void *owner,
                           uint64_t *vouched)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct error err = { 0 };
    uint64_t good = 0;
    size_t count;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(agent->store.database);
    const struct recovered_stream *streams = recovered_streams(&agent->store, txn, arena, &count);
    if (!transaction_check(txn, &err))
        tell(err.text, owner);
    transaction_abort(&txn);
    for (size_t i = 0; i < count; i++)
        if (!is_our_stream(agent, &streams[i]))
            good += examine_stream(agent, &streams[i], tell, owner, vouched);
    return good;
}

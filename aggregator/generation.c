#include "aggregator/generation.h"

#include <assert.h>
#include <string.h>

#include "aggregator/checkpoints.h"
#include "aggregator/devices.h"
#include "aggregator/landmarks.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "aggregator/signer.h"
#include "aggregator/streams.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/storage/transaction.h"
#include "common/wire/proof.h"
#include "common/wire/statement.h"

/* What is there was signed, when it was the newest: so it is the beginning of what was lost. */
static bool was_signed(const struct province *province, struct transaction *txn, uint64_t size,
                       const struct digest *root, struct arena *arena, struct error *err)
{
    struct table table = database_table(province->database, CHECKPOINTS_TABLE);
    struct signed_size row;
    struct checkpoint checkpoint;
    if (size > 0 && checkpoints_covering(txn, table, size - 1, &row) && row.size == size &&
        checkpoint_verify(row.text, province->card.origin, province->card.keys.signing, arena,
                          &checkpoint, err) &&
        checkpoint.size == size && digest_equal(&checkpoint.root, root))
        return true;
    return transaction_check(txn, err) &&
           error_set(err, ERROR_REFUSED, MESSAGE_GENERATION_UNSIGNED, size);
}

static struct generation_opening opening_of(const struct signer *signer, uint64_t size,
                                            const struct digest *root, const char *reason,
                                            struct arena *arena)
{
    size_t before;
    struct signed_head head = signer_head(signer);
    const struct lost_generation *lost = signer_lost(signer, &before);
    struct lost_generation *all = arena_take(arena, before + 1, sizeof *all);
    for (size_t i = 0; i < before; i++) {
        all[i] = lost[i];
        all[i].kept = all[i].kept < size ? all[i].kept : size;
    }
    all[before] = (struct lost_generation){ head.generation, size, head.size, head.root };
    return (struct generation_opening){ .number = head.generation + 1,
                                        .size = size,
                                        .root = *root,
                                        .lost = all,
                                        .lost_count = before + 1,
                                        .reason = reason };
}

static bool take_opening(struct province *province, const char *reason, struct arena *arena,
                         struct error *err)
{
    struct ledger *ledger = province->ledger;
    struct signed_head head = signer_head(province->signer);
    uint64_t size = ledger_size(ledger);
    struct digest root = tree_root(ledger_tree(ledger));
    if (head.size <= size)
        return error_set(err, ERROR_REFUSED, MESSAGE_GENERATION_NOT_NEEDED, size, head.size);
    if (head.generation >= GENERATIONS_MAX)
        return error_set(err, ERROR_EXHAUSTED, MESSAGE_GENERATION_TOO_MANY, GENERATIONS_MAX);
    if (!was_signed(province, ledger_transaction(ledger), size, &root, arena, err))
        return false;
    struct journal_record record = { .entry = { .kind = ENTRY_GENERATION,
                                                .generation = opening_of(province->signer, size,
                                                                         &root, reason, arena) } };
    return ledger_take(ledger, &record) == size;
}

bool generation_open(struct province *province, const char *reason, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    if (!province->signer) {
        *err = province->signer_trouble;
        return false;
    }
    if (!ledger_begin_generation(province->ledger, province_utc_ms(province), err))
        return false;
    /* It was written before, and the signer's state was not: the next refresh completes it. */
    bool written = landmarks_generation(ledger_landmarks(province->ledger)) ==
                   signer_head(province->signer).generation + 1;
    if (!written && !take_opening(province, reason, arena, err)) {
        ledger_abort(province->ledger);
        return false;
    }
    if (!written)
        return ledger_commit(province->ledger, err);
    ledger_abort(province->ledger);
    return ledger_refresh(province->ledger, err);
}

const char *loss_state_name(enum loss_state state)
{
    static const char *const names[] = {
        [LOSS_RETURNED] = "returned", [LOSS_MISSING] = "missing", [LOSS_UNCLAIMED] = "unclaimed"
    };
    assert(state <= LOSS_UNCLAIMED);
    return names[state];
}

struct accounting {
    const struct province *province;
    struct transaction *txn;
    struct generation_report *report;
    struct loss_line *lines;
    size_t capacity;
};

static void add_line(struct accounting *accounting, struct loss_line line)
{
    struct generation_report *report = accounting->report;
    uint64_t *const sums[] = { [LOSS_RETURNED] = &report->returned,
                               [LOSS_MISSING] = &report->missing,
                               [LOSS_UNCLAIMED] = &report->unclaimed };
    accounting->lines = memory_grown(accounting->lines, &accounting->capacity,
                                     report->line_count + 1, sizeof *accounting->lines);
    accounting->lines[report->line_count++] = line;
    *sums[line.state] += line.until - line.position;
}

/* Whether what stands there now is the very statement that was acknowledged. */
static bool is_the_same(const struct accounting *accounting, uint64_t position,
                        const struct loss *loss)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    const struct ledger *ledger = accounting->province->ledger;
    struct journal_record record;
    struct error unreadable;
    if (!ledger_read(ledger, accounting->txn, position, arena, &record, &unreadable))
        return false;
    struct digest hash = sealed_statement_hash(&record.sealed);
    return digest_equal(&hash, &loss->statement);
}

static struct loss_line line_of(const struct accounting *accounting, const struct loss *loss)
{
    const struct province *province = accounting->province;
    const struct stream *stream = streams_find(ledger_streams(province->ledger), &loss->stream);
    struct loss_line line = { .state = LOSS_MISSING,
                              .position = loss->position,
                              .until = loss->position + 1,
                              .loss = *loss };
    if (stream && stream->sequence >= loss->sequence &&
        is_the_same(accounting, stream->positions[loss->sequence - 1], loss)) {
        line.state = LOSS_RETURNED;
        line.now = stream->positions[loss->sequence - 1];
    }
    return line;
}

static void account_losses(struct accounting *accounting, const struct loss *losses, size_t count)
{
    struct generation_report *report = accounting->report;
    uint64_t next = report->kept;
    for (size_t i = 0; i < count; i++) {
        if (losses[i].position < next || losses[i].position >= report->size)
            continue; /* told twice, or never published */
        if (losses[i].position > next)
            add_line(accounting, (struct loss_line){ .state = LOSS_UNCLAIMED,
                                                     .position = next,
                                                     .until = losses[i].position });
        add_line(accounting, line_of(accounting, &losses[i]));
        next = losses[i].position + 1;
    }
    if (next < report->size)
        add_line(
            accounting,
            (struct loss_line){ .state = LOSS_UNCLAIMED, .position = next, .until = report->size });
}

/* Devices that may still deliver and have not greeted since: nobody knows what they hold. */
static void list_silent(const struct province *province, struct transaction *txn,
                        uint32_t generation, struct arena *arena, struct generation_report *out)
{
    const struct devices *devices = ledger_devices(province->ledger);
    struct stream_id *silent = arena_take(arena, devices_count(devices), sizeof *silent);
    for (size_t i = 0; i < devices_count(devices); i++) {
        const struct device *device = devices_at(devices, i);
        struct stream_id stream = { device->enrolment.zone, device->enrolment.device,
                                    device->enrolment.epoch };
        int64_t utc_ms;
        if (device_is_admitted(device, province_utc_ms(province)) &&
            !losses_heard(province->ledger, txn, generation, &stream, &utc_ms))
            silent[out->silent_count++] = stream;
    }
    out->silent = silent;
}

bool generation_account(const struct province *province, struct transaction *txn,
                        struct arena *arena, struct generation_report *out, struct error *err)
{
    struct generation_opening opening;
    struct landmark mark = landmarks_opening(ledger_landmarks(province->ledger), &opening);
    if (!mark.there)
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_GENERATION_NONE);
    const struct lost_generation *lost = &opening.lost[opening.lost_count - 1];
    *out = (struct generation_report){ .generation = lost->generation,
                                       .kept = lost->kept,
                                       .size = lost->size };
    size_t count;
    const struct loss *losses = losses_list(province->ledger, txn, lost->generation, arena, &count);
    struct accounting accounting = { .province = province, .txn = txn, .report = out };
    account_losses(&accounting, losses, count);
    struct bytes lines = { accounting.lines, out->line_count * sizeof *accounting.lines };
    out->lines = arena_copy_bytes(arena, lines).data;
    memory_free(&accounting.lines);
    list_silent(province, txn, opening.number, arena, out);
    return transaction_check(txn, err);
}

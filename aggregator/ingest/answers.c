#include "aggregator/ingest/answers.h"
#include "aggregator/dossiers.h"

#include "aggregator/ingest/continuity.h"
#include "aggregator/ingest/gate.h"
#include "aggregator/ingest/intake.h"
#include "aggregator/ingest/parts.h"
#include "aggregator/ingest/visit.h"
#include "aggregator/ledger.h"
#include "aggregator/notice_board.h"
#include "aggregator/province.h"
#include "aggregator/receipts.h"
#include "aggregator/registry.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/transaction.h"

#define RECEIPT_OVERHEAD 64
#define RECEIPTS_SIZE_AIM                                                                          \
    (MESSAGE_SIZE_MAX - 96u * 1024) /* one receipt is smaller than the rest                        \
                                     */
#define WINDOW_BYTES (192u * 1024)

struct answering {
    const struct province *province;
    struct transaction *txn;
    const struct visit *visit;
    struct arena *arena;
    answer_fn *send;
    void *owner;
    struct error *err;
};

static void send_message(const struct answering *answering, const struct message *message)
{
    answering->send(answering->owner, &answering->visit->peer,
                    message_encode(message, answering->arena));
}

static void send_refusal(const struct answering *answering, enum refusal refusal, uint64_t sequence)
{
    struct message message = { .kind = MESSAGE_REFUSAL,
                               .refusal = refusal,
                               .refused_sequence = sequence };
    send_message(answering, &message);
}

static size_t receipt_size(const struct receipt *receipt)
{
    return receipt->entry.size + receipt->checkpoint.size + receipt->path_count * DIGEST_SIZE +
           RECEIPT_OVERHEAD;
}

static bool send_receipts(const struct answering *answering)
{
    const struct visit *visit = answering->visit;
    size_t most =
        visit->position_count < MESSAGE_RECEIPTS_MAX ? visit->position_count : MESSAGE_RECEIPTS_MAX;
    struct receipt *receipts = arena_take(answering->arena, most, sizeof *receipts);
    struct message message = { .kind = MESSAGE_RECEIPTS, .receipts = receipts };
    size_t size = 0;
    for (size_t i = 0; i < visit->position_count; i++) {
        struct receipt *receipt = &receipts[message.receipt_count++];
        if (!receipts_prove(answering->province->ledger, answering->txn, visit->positions[i],
                            answering->arena, receipt, answering->err))
            return false;
        size += receipt_size(receipt);
        if (i + 1 < visit->position_count && message.receipt_count < MESSAGE_RECEIPTS_MAX &&
            size < RECEIPTS_SIZE_AIM)
            continue;
        send_message(answering, &message);
        message.receipt_count = 0;
        size = 0;
    }
    return true;
}

static bool send_welcome(const struct answering *answering)
{
    const struct hello *hello = &answering->visit->message.hello;
    const struct province *province = answering->province;
    struct message message = {
        .kind = MESSAGE_WELCOME,
        .welcome = { .protocol = MESSAGE_PROTOCOL,
                     .window_statements = MESSAGE_STATEMENTS_MAX,
                     .window_bytes = WINDOW_BYTES,
                     .catalogue = province->catalogue->digest,
                     .utc_ms = province_utc_ms(province),
                     .token = BYTES_OF(answering->visit->token),
                     .history = dossiers_statements_end(province->dossiers, &hello->stream.zone),
                     .notices = notice_board_until(ledger_notice_board(province->ledger),
                                                   &hello->stream.zone) }
    };
    struct welcome *welcome = &message.welcome;
    const struct zone *zone = registry_find(ledger_registry(province->ledger), &hello->stream.zone);
    struct entry entry = { .kind = ENTRY_ZONE, .utc_ms = welcome->utc_ms };
    if (zone) {
        entry.zone = *zone;
        welcome->zone = entry_encode(&entry, answering->arena);
    }
    if (!intake_head(province, answering->txn, &hello->stream, &welcome->head, answering->err) ||
        !continuity_prove(province, answering->txn, hello, answering->arena, welcome,
                          answering->err))
        return false;
    send_message(answering, &message);
    return true;
}

static bool send_part(const struct answering *answering)
{
    struct message message;
    if (!parts_answer(answering->province, answering->txn, &answering->visit->peer,
                      &answering->visit->message, answering->arena, &message, answering->err))
        return false;
    send_message(answering, &message);
    return true;
}

/* To the device that asks, by the key it came with: others' affairs are not for it. */
static bool send_notices(const struct answering *answering)
{
    const struct ask_notices *ask = &answering->visit->message.ask_notices;
    const struct province *province = answering->province;
    const struct device *device = devices_find(ledger_devices(province->ledger), &ask->device);
    struct message message = { .kind = MESSAGE_NOTICES };
    if (!device || !device_is_admitted(device, province_utc_ms(province)) ||
        !device_connects_with(device, answering->visit->peer.curve_key)) {
        send_refusal(answering, REFUSAL_UNKNOWN_DEVICE, 0);
        return true;
    }
    if (!notice_board_tell(province->ledger, answering->txn, &device->enrolment.zone, ask->from,
                           answering->arena, &message.notices, answering->err))
        return false;
    send_message(answering, &message);
    return true;
}

/* What a visit ends with besides its receipts; false: nothing. */
static bool end_of(const struct visit *visit, struct message *out)
{
    enum message_kind asked = visit->message.kind;
    if (visit->challenged)
        *out = (struct message){ .kind = MESSAGE_CHALLENGE,
                                 .challenge = BYTES_OF(visit->doubt.challenge) };
    else if (asked == MESSAGE_APPLICATION)
        *out = (struct message){ .kind = MESSAGE_APPLICATION_TAKEN,
                                 .application_taken = digest_sha256((struct bytes){ "", 0 },
                                                                    visit->message.application) };
    else if (visit->gap)
        *out = (struct message){ .kind = MESSAGE_GAP, .gap = visit->head };
    else if (visit->busy)
        *out = (struct message){ .kind = MESSAGE_BUSY,
                                 .retry_after_ms = visit->retry_after_ms ? visit->retry_after_ms
                                                                         : GATE_RETRY_MS };
    else if (asked == MESSAGE_CHUNK_ASK || (asked == MESSAGE_CHUNK && visit->statement_count == 0))
        *out = (struct message){ .kind = MESSAGE_CHUNK_HEAD,
                                 .chunk = { .hash = visit->message.chunk.hash,
                                            .offset = visit->chunk_size } };
    else
        return false;
    return true;
}

static void send_end(const struct answering *answering)
{
    const struct visit *visit = answering->visit;
    struct message message;
    if (visit->refusal)
        send_refusal(answering, visit->refusal, visit->refused_sequence);
    else if (end_of(visit, &message))
        send_message(answering, &message);
}

bool answers_send(const struct province *province, struct transaction *txn,
                  const struct visit *visit, struct arena *arena, answer_fn *send, void *owner,
                  struct error *err)
{
    struct answering answering = { province, txn, visit, arena, send, owner, err };
    if (!visit->refusal && !visit->challenged && !visit->busy &&
        visit->message.kind == MESSAGE_HELLO)
        return send_welcome(&answering);
    if (!visit->refusal && parts_are_asked(&visit->message))
        return send_part(&answering);
    if (!visit->refusal && visit->message.kind == MESSAGE_ASK_NOTICES)
        return send_notices(&answering);
    if (!send_receipts(&answering))
        return false;
    send_end(&answering);
    return true;
}

#include "aggregator/ingest/session.h"

#include "aggregator/devices.h"
#include "aggregator/heard.h"
#include "aggregator/ingest/admission.h"
#include "aggregator/ingest/doubts.h"
#include "aggregator/ingest/visit.h"
#include "aggregator/ledger.h"
#include "aggregator/losses.h"
#include "aggregator/province.h"
#include "aggregator/sessions.h"
#include "common/base/seeded_bug.h"
#include "common/base/text.h"
#include "common/storage/database.h"

/* 0 when nothing speaks against the session. */
static int session_refusal(const struct province *province, const struct visit *visit,
                           int64_t utc_ms)
{
    const struct hello *hello = &visit->message.hello;
    if (hello->protocol_min > MESSAGE_PROTOCOL || hello->protocol_max < MESSAGE_PROTOCOL)
        return REFUSAL_PROTOCOL;
    if (!text_equal(hello->province, province->card.province))
        return REFUSAL_PROVINCE;
    const struct device *device =
        devices_find(ledger_devices(province->ledger), &hello->stream.device);
    /* Nobody speaks for another device: what is said here may suspend it. */
    if (!device || hello->stream.epoch > device->enrolment.epoch ||
        !device_connects_with(device, visit->peer.curve_key))
        return REFUSAL_UNKNOWN_DEVICE;
    int refusal = admission_refusal(device_standing(device, utc_ms));
    if (refusal)
        return refusal;
    if (!zone_id_equal(&hello->stream.zone, &device->enrolment.zone))
        return REFUSAL_WRONG_ZONE;
    return hello->stream.epoch < device->enrolment.epoch ? REFUSAL_FENCED : 0;
}

static void suspend(struct province *province, struct visit *visit)
{
    struct journal_record record = { .entry = { .kind = ENTRY_SUSPENSION,
                                                .suspension = { visit->message.hello.stream,
                                                                SUSPENSION_TWO_HOLDERS } } };
    ledger_take(province->ledger, &record);
    visit->refusal = REFUSAL_SUSPENDED;
}

static void doubt(struct province *province, struct doubts *doubts, struct visit *visit)
{
    const struct hello *hello = &visit->message.hello;
    if (doubts_settle(doubts, &hello->stream.device, &visit->peer, hello->challenge) ||
        seeded_bug(BUG_SUSPEND_AT_A_DOUBT)) {
        suspend(province, visit);
        return;
    }
    visit->challenged = true;
    visit->doubt = doubts_ask(doubts, &hello->stream.device, &visit->peer, province->seams.random);
}

void session_begin(struct province *province, struct doubts *doubts, int64_t utc_ms,
                   struct visit *visit)
{
    const struct hello *hello = &visit->message.hello;
    visit->refusal = (enum refusal)session_refusal(province, visit, utc_ms);
    if (visit->refusal)
        return;
    heard_note(ledger_transaction(province->ledger),
               database_table(province->database, HEARD_TABLE), &hello->stream, hello->sequence);
    struct sessions sessions = { ledger_transaction(province->ledger),
                                 database_table(province->database, SESSIONS_TABLE),
                                 &province->pair, province->seams.random };
    struct session_shown shown = { hello->stream.device, hello->stream.epoch, hello->token,
                                   hello->nonce };
    if (sessions_show(&sessions, &shown, &visit->token) == SESSION_DOUBTFUL)
        doubt(province, doubts, visit);
    else
        losses_take(province->ledger, ledger_transaction(province->ledger), hello, utc_ms);
}

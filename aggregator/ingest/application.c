#include "aggregator/ingest/application.h"

#include "aggregator/ingest/visit.h"
#include "aggregator/invitations.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "aggregator/requests.h"
#include "common/base/error.h"
#include "common/base/seeded_bug.h"
#include "common/storage/database.h"

/* 0 when nothing speaks against it. A repeat of the very same request is fine. */
static int application_refusal(const struct invitation *invitation, bool open,
                               const struct enrolment_request *request, const struct digest *digest)
{
    if (!open)
        return REFUSAL_CODE;
    if (!digest_is_zero(&invitation->request) && !digest_equal(&invitation->request, digest) &&
        !seeded_bug(BUG_USE_A_CODE_TWICE))
        return REFUSAL_CODE;
    return zone_id_equal(&request->zone, &invitation->zone) ? 0 : REFUSAL_WRONG_ZONE;
}

void application_take(const struct province *province, int64_t utc_ms, struct visit *visit,
                      struct arena *arena)
{
    struct transaction *txn = ledger_transaction(province->ledger);
    struct table table = database_table(province->database, INVITATIONS_TABLE);
    struct bytes text = visit->message.application;
    struct digest digest = digest_sha256((struct bytes){ "", 0 }, text);
    struct invitation invitation = { .until_utc_ms = 0 };
    struct enrolment_request request;
    struct error err;
    bool open = invitations_find(txn, table, visit->peer.curve_key, utc_ms, &invitation);
    if (!enrolment_request_read(text, arena, &request, &err)) {
        visit->refusal = open ? REFUSAL_MALFORMED : REFUSAL_CODE;
        return;
    }
    visit->refusal = (enum refusal)application_refusal(&invitation, open, &request, &digest);
    if (visit->refusal || digest_equal(&invitation.request, &digest))
        return;
    requests_put(txn, database_table(province->database, REQUESTS_TABLE), &request.device, text);
    invitations_use(txn, table, &invitation, &digest, utc_ms);
}

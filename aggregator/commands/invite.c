#include <stdio.h>
#include <string.h>

#include "aggregator/commands/commands.h"
#include "aggregator/commands/enrolment.h"
#include "aggregator/invitations.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/database.h"
#include "common/wire/invitation.h"

static bool keep(struct province *province, const struct invitation *invitation, struct error *err)
{
    struct ledger *ledger = province->ledger;
    int64_t utc_ms = province_utc_ms(province);
    if (!ledger_begin(ledger, utc_ms, err))
        return false;
    if (enrolment_zone_is_known(province, &invitation->zone, err) &&
        invitations_add(ledger_transaction(ledger),
                        database_table(province->database, INVITATIONS_TABLE), invitation, utc_ms,
                        err))
        return ledger_commit(ledger, err);
    ledger_abort(ledger);
    return false;
}

bool command_enrol_invite(const struct arguments *arguments, struct error *err)
{
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    struct invitation invitation = { .until_utc_ms = 0 };
    char code[INVITATION_TEXT_SIZE], until[CLOCK_TEXT_SIZE];
    if (!province)
        return false;
    if (!zone_id_parse(arguments->operands[0], &invitation.zone))
        return error_set(err, ERROR_REFUSED, MESSAGE_ENROL_UNKNOWN_ZONE, arguments->operands[0]);
    invitation_draw(province->seams.random, code);
    CLEANUP(key_pair_wipe)
    struct key_pair pair = invitation_pair(code, province->card.province, &invitation.zone);
    memcpy(invitation.curve_key, pair.public.curve, KEY_SIZE);
    invitation.until_utc_ms = province_utc_ms(province) + INVITATION_VALID_MS;
    if (!keep(province, &invitation, err))
        return false;
    printf(MESSAGE_INVITED, invitation.zone.text, code, clock_text(invitation.until_utc_ms, until));
    return true;
}

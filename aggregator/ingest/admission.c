#include "aggregator/ingest/admission.h"

#include <assert.h>

#include "common/base/seeded_bug.h"
#include "common/base/text.h"

#define SUITE_ED25519 1

static struct admission refused(enum refusal refusal)
{
    return (struct admission){ .outcome = ADMISSION_REFUSED, .refusal = refusal };
}

static struct admission outcome(enum admission_outcome outcome)
{
    return (struct admission){ .outcome = outcome };
}

static struct admission kept_aside(enum refusal refusal)
{
    return (struct admission){ .outcome = ADMISSION_REFUSED,
                               .refusal = refusal,
                               .keep_evidence = true };
}

int admission_refusal(enum device_standing standing)
{
    static const int refusals[DEVICE_STANDING_COUNT] = {
        [DEVICE_ADMITTED] = 0,
        [DEVICE_EXPIRED] = REFUSAL_EXPIRED,
        [DEVICE_SUSPENDED] = REFUSAL_SUSPENDED,
        [DEVICE_REVOKED] = REFUSAL_REVOKED,
    };
    assert(standing < DEVICE_STANDING_COUNT);
    return refusals[standing];
}

/* 0 when nothing speaks against the sender. */
static int sender_refusal(const struct admission_facts *facts)
{
    const struct statement *statement = facts->statement;
    if (!statement)
        return REFUSAL_MALFORMED;
    if (statement->suite != SUITE_ED25519)
        return REFUSAL_PROTOCOL;
    if (!text_equal(statement->province, facts->province))
        return REFUSAL_PROVINCE;
    if (!facts->device || statement->stream.epoch > facts->device->enrolment.epoch)
        return REFUSAL_UNKNOWN_DEVICE;
    int refusal = admission_refusal(device_standing(facts->device, facts->utc_ms));
    if (refusal)
        return refusal;
    if (!zone_id_equal(&statement->stream.zone, &facts->device->enrolment.zone))
        return REFUSAL_WRONG_ZONE;
    if (!facts->signature_valid && !seeded_bug(BUG_SKIP_THE_SIGNATURE))
        return REFUSAL_SIGNATURE;
    return 0;
}

/* The order of the lines is the order of protocol.md: a repeat is answered whatever else
 * became of its stream, and nothing but a repeat goes into a frozen one. */
struct admission admission_decide(const struct admission_facts *facts)
{
    int refusal = sender_refusal(facts);
    if (refusal)
        return refused((enum refusal)refusal);

    const struct statement *statement = facts->statement;
    bool behind = statement->sequence <= facts->head.sequence;
    bool same = digest_equal(&facts->hash, &facts->hash_at_sequence) ||
                seeded_bug(BUG_TAKE_A_FORK_FOR_A_REPEAT);
    if (behind && same && !seeded_bug(BUG_COUNT_A_DUPLICATE))
        return outcome(ADMISSION_DUPLICATE);
    if (behind && same)
        return outcome(ADMISSION_NEXT);
    if (behind)
        return kept_aside(REFUSAL_FORK);
    if (statement->stream.epoch < facts->device->enrolment.epoch &&
        !seeded_bug(BUG_TAKE_A_FENCED_STATEMENT))
        return kept_aside(REFUSAL_FENCED);
    if (facts->frozen)
        return refused(REFUSAL_FORK);
    if (statement->sequence > facts->head.sequence + 1)
        return outcome(ADMISSION_GAP);
    if (!digest_equal(&statement->previous, &facts->head.hash) && !seeded_bug(BUG_SKIP_PREVIOUS))
        return kept_aside(REFUSAL_FORK);
    if (!facts->catalogue_known)
        return refused(REFUSAL_UNKNOWN_CATALOGUE);
    if (statement->kind == STATEMENT_KEY_ROTATION && !facts->rotation_valid &&
        !seeded_bug(BUG_ROTATE_UNSIGNED))
        return refused(REFUSAL_ROTATION);
    return outcome(ADMISSION_NEXT);
}

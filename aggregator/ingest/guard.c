#include "aggregator/ingest/guard.h"

#include "aggregator/ingest/in_hand.h"
#include "aggregator/ingest/visit.h"
#include "aggregator/province.h"
#include "aggregator/quarantine.h"
#include "common/base/memory.h"
#include "common/wire/statement.h"

#define NEXT_ONE_MS 100

struct guard {
    struct province *province;
    struct in_hand *in_hand;
    struct quarantine *quarantine;
};

static bool open_parts(struct guard *guard, const char *name, struct error *err)
{
    struct province *province = guard->province;
    guard->in_hand = in_hand_open(province->data_folder, name, err);
    if (!guard->in_hand)
        return false;
    guard->quarantine = quarantine_open(province->database, err);
    if (!guard->quarantine)
        return false;
    const struct digest *culprit = in_hand_culprit(guard->in_hand);
    return !culprit ||
           quarantine_add(guard->quarantine, culprit, province_utc_ms(province), NULL, err);
}

struct guard *guard_open(struct province *province, const char *name, struct error *err)
{
    struct guard *guard = memory_zeroed(1, sizeof *guard);
    guard->province = province;
    if (!open_parts(guard, name, err))
        guard_close(&guard);
    return guard;
}

void guard_close(struct guard **guard)
{
    if (*guard) {
        if ((*guard)->in_hand)
            in_hand_close(&(*guard)->in_hand);
        if ((*guard)->quarantine)
            quarantine_close(&(*guard)->quarantine);
    }
    memory_free(guard);
}

bool guard_is_careful(const struct guard *guard)
{
    return guard && in_hand_is_careful(guard->in_hand);
}

/* Those before it are taken; it and what is behind it are not. */
static void cut_off(struct visit *visit, size_t at)
{
    visit->statement_count = at;
    visit->kept_aside = true;
    if (at == 0)
        visit->refusal = REFUSAL_QUARANTINED;
}

bool guard_screen(struct guard *guard, struct visit *visit, struct error *err)
{
    if (!guard || visit->statement_count == 0)
        return true;
    for (size_t i = 0; i < visit->statement_count && quarantine_count(guard->quarantine) > 0; i++) {
        const struct sealed_statement *sealed = &visit->statements[i];
        struct digest hash = sealed_statement_hash(sealed);
        if (!quarantine_holds(guard->quarantine, &hash))
            continue;
        cut_off(visit, i);
        if (!quarantine_add(guard->quarantine, &hash, province_utc_ms(guard->province), sealed,
                            err))
            return false;
    }
    if (!guard_is_careful(guard) || visit->statement_count <= 1)
        return true;
    visit->statement_count = 1;
    visit->kept_aside = false;
    visit->busy = true;
    visit->retry_after_ms = NEXT_ONE_MS;
    return true;
}

void guard_begin(struct guard *guard, const struct visit *visits, size_t count)
{
    if (!guard)
        return;
    in_hand_batch(guard->in_hand);
    for (size_t i = 0; i < count && guard_is_careful(guard); i++) {
        if (visits[i].statement_count == 0)
            continue;
        struct digest hash = sealed_statement_hash(&visits[i].statements[0]);
        in_hand_judging(guard->in_hand, &hash);
        return;
    }
}

void guard_write(struct guard *guard)
{
    if (guard)
        in_hand_writing(guard->in_hand);
}

void guard_done(struct guard *guard)
{
    if (guard)
        in_hand_done(guard->in_hand);
}

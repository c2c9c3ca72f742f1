#include "aggregator/ingest/visit.h"

#include "aggregator/ingest/inspection.h"
#include "aggregator/ingest/intake.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "common/base/arena.h"

static void note(struct visit_tally *tally, const struct admission *admission)
{
    tally->appended += admission->outcome == ADMISSION_NEXT;
    tally->duplicates += admission->outcome == ADMISSION_DUPLICATE;
    tally->refused += admission->outcome == ADMISSION_REFUSED;
    tally->wrote |= admission->outcome == ADMISSION_NEXT || admission->keep_evidence;
}

/* False when the rest must wait: something before it is missing, or it was refused. */
static bool settle(struct visit *visit, const struct intake_answer *answer)
{
    if (answer->admission.outcome == ADMISSION_GAP) {
        visit->gap = true;
        visit->head = answer->head;
        return false;
    }
    if (answer->admission.outcome == ADMISSION_REFUSED) {
        visit->refusal = answer->admission.refusal;
        visit->refused_sequence = answer->sequence;
        return false;
    }
    visit->positions[visit->position_count++] = answer->position;
    return true;
}

void visit_inspect(struct visit *visit, const struct province *province, struct arena *arena)
{
    struct inspection_ground ground = { ledger_devices(province->ledger), province->catalogues };
    visit->inspected = inspect(visit->statements, visit->statement_count, ground, arena);
}

bool visit_take(struct visit *visit, const struct province *province, int64_t utc_ms,
                struct arena *arena, struct visit_tally *tally, struct error *err)
{
    if (!visit->inspected)
        visit_inspect(visit, province, arena);
    visit->positions = arena_take(arena, visit->statement_count, sizeof *visit->positions);
    for (size_t i = 0; i < visit->statement_count; i++) {
        struct intake_answer answer;
        if (!intake_take_inspected(province, utc_ms, &visit->statements[i], &visit->inspected[i],
                                   arena, &answer, err))
            return false;
        note(tally, &answer.admission);
        if (!settle(visit, &answer))
            return true;
    }
    return true;
}

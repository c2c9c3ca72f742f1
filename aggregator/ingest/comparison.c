#include "aggregator/ingest/comparison.h"

#include "aggregator/projection.h"
#include "common/base/arena.h"
#include "common/base/seeded_bug.h"
#include "common/catalogue/catalogue.h"
#include "common/cube/cube.h"
#include "common/model/finding.h"
#include "common/model/submission.h"
#include "common/wire/grounds.h"

/* Without the rules that only the province runs. */
static struct digest digest_as_at_the_zone(const struct catalogue *catalogue,
                                           const struct findings *findings, struct arena *arena)
{
    struct findings kept = findings_in(arena);
    for (size_t i = 0; i < findings->count; i++) {
        size_t rule = catalogue_rule(catalogue, findings->items[i].rule);
        if (rule == CATALOGUE_NONE || catalogue->rules[rule].where != RULE_AGGREGATOR)
            findings_add(&kept, &findings->items[i]);
    }
    return kept.count > 0 ? findings_digest(&kept) : (struct digest){ { 0 } };
}

static bool has_rules_of_the_zone_alone(const struct catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->rule_count; i++)
        if (catalogue->rules[i].where == RULE_AGENT)
            return true;
    return false;
}

/* What the zone would have gone by, had it known all that we know. */
static struct grounds our_grounds(const struct comparison_request *request,
                                  const struct catalogue *catalogue, struct arena *arena)
{
    const struct projection *projection = request->projection;
    const struct submission *submission = &request->statement->submission;
    size_t zone = cube_find_zone(projection_cube(projection), &request->statement->stream.zone);
    const struct return_state *last = projection_last_of(projection, zone), *state;
    size_t count = 0, total = 0;
    for (state = last; state; state = projection_before(projection, state))
        total++;
    struct ground *items = arena_take(arena, total, sizeof *items);
    for (state = last; state; state = projection_before(projection, state)) {
        struct code form = catalogue->forms[state->form].code;
        if (state->counted == 0 ||
            (code_equal(form, submission->form) && period_equal(state->period, submission->period)))
            continue;
        items[count++] = (struct ground){ form,
                                          state->period,
                                          state->counted,
                                          state->counting.sequence,
                                          state->counting.device,
                                          state->counting.epoch };
    }
    return grounds_of(request->zone, items, count);
}

enum comparison comparison_make(const struct comparison_request *request)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    const struct catalogue *catalogue = cube_catalogue(projection_cube(request->projection));
    const struct submission *submission = &request->statement->submission;
    struct digest ours = digest_as_at_the_zone(catalogue, request->findings, arena);
    if (digest_equal(&ours, &submission->findings) || seeded_bug(BUG_COMPARE_NOTHING))
        return COMPARISON_SAME;
    if (has_rules_of_the_zone_alone(catalogue) ||
        request->today < period_last_day(submission->period))
        return COMPARISON_UNKNOWABLE;
    struct grounds grounds = our_grounds(request, catalogue, arena);
    return bytes_equal(BYTES_OF(grounds), BYTES_OF(submission->grounds)) ? COMPARISON_DIFFERENT
                                                                         : COMPARISON_UNKNOWABLE;
}

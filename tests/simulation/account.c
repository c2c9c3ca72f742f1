#include "tests/simulation/model_parts.h"

#include <inttypes.h>
#include <string.h>

#include "tests/simulation/office_books.h"

/* Forgets what the journal said. */
static void read_anew(struct model *model)
{
    for (size_t i = 0; i < model->claim_count; i++)
        model->claims[i].in_journal = false;
    for (size_t i = 0; i < model->stream_count; i++) {
        model->streams[i].count = 0;
        model->streams[i].enrolled = model->streams[i].revoked = false;
        model->streams[i].suspended = model->streams[i].closed = false;
    }
    memset(model->musts, 0, sizeof model->musts);
    model->contended_count = 0;
    model->audited = 0;
}

/* What people were told is what the journal still says. */
static void recall(struct model *model, const struct office *office)
{
    for (size_t i = 0; i < model->stream_count; i++) {
        struct stream *stream = &model->streams[i];
        stream->told_enrolled = stream->enrolled;
        stream->told_revoked = stream->revoked;
        stream->told_closed = stream->closed;
        stream->frozen = office_is_frozen(office, &stream->id);
        stream->frozen_count = SIZE_MAX;
    }
}

void model_note_disaster(struct model *model, struct office *office, uint64_t kept)
{
    for (size_t i = 0; i < model->claim_count; i++) {
        struct claim *claim = &model->claims[i];
        if (!claim->acknowledged || claim->acknowledged_position < kept)
            continue;
        claim->acknowledged = false;
        claim->owed = true;
        claim->owed_position = claim->acknowledged_position;
        claim->owed_generation = model->generation;
    }
    for (uint32_t i = 0; i <= model->generation; i++)
        if (model->survives[i] > kept)
            model->survives[i] = kept;
    model->generation++;
    if (model->generation == MODEL_GENERATIONS_MAX)
        world_fail(model->world, "more disasters than the model holds");
    read_anew(model);
    for (size_t i = 0; i < model->stream_count; i++)
        model->streams[i].frozen = false;
    model_audit(model, office);
    recall(model, office);
}

/* None may be missing silently: it came back, or the report of the disaster names it; and none
 * that came back is said to be missing. */
static void settle_debts(struct model *model, struct office *office)
{
    for (size_t i = 0; i < model->claim_count; i++) {
        const struct claim *claim = &model->claims[i];
        if (!claim->owed || claim->owed_generation + 1 != model->generation)
            continue;
        enum office_loss said = office_loss_of(office, claim->owed_position);
        bool named = said == OFFICE_LOSS_MISSING || said == OFFICE_LOSS_UNCLAIMED;
        model->world->tally
            ->events[claim->in_journal ? EVENT_LOST_AND_RETURNED : EVENT_LOST_AND_NAMED]++;
        if (claim->in_journal ? said == OFFICE_LOSS_MISSING || said == OFFICE_LOSS_UNSAID : !named)
            world_fail(model->world,
                       "%s: statement %" PRIu64 " %s, its receipt was lost with entry %" PRIu64
                       ", and the report says %d",
                       claim->sight.stream.zone.text, claim->sight.sequence,
                       claim->in_journal ? "came back" : "did not come back", claim->owed_position,
                       (int)said);
    }
}

void model_settle(struct model *model, struct office *office)
{
    read_anew(model);
    model_audit(model, office);
    settle_debts(model, office);
    for (size_t i = 0; i < model->claim_count; i++) {
        const struct claim *claim = &model->claims[i];
        if (!claim->acknowledged)
            continue;
        if (!claim->in_journal || claim->position != claim->acknowledged_position)
            world_fail(model->world,
                       "%s: statement %" PRIu64 " was acknowledged at %" PRIu64 " and is lost",
                       claim->sight.stream.zone.text, claim->sight.sequence,
                       claim->acknowledged_position);
    }
    for (size_t zone = 0; zone < MODEL_ZONES_MAX; zone++)
        for (int year = 0; year < MODEL_YEARS; year++)
            model->world->tally->counted += model->musts[zone][year].counted > 0;
}

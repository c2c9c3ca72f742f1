#include "aggregator/audit.h"

#include <string.h>

#include "aggregator/catalogues.h"
#include "aggregator/devices.h"
#include "aggregator/ledger.h"
#include "aggregator/projection.h"
#include "aggregator/province.h"
#include "aggregator/streams.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"

struct side_by_side {
    const struct ledger *ours, *anew;
    audit_tell_fn *tell;
    void *owner;
    struct audit_projections *report;
    struct arena *arena;
};

static void follow(const struct journal_record *record, void *owner)
{
    catalogues_follow(owner, record);
}

static bool settle(struct transaction *txn, uint64_t size, void *owner, struct error *err)
{
    return catalogues_settle(owner, txn, size, err);
}

static void differs(const struct side_by_side *sides, const char *what)
{
    sides->report->problems++;
    sides->tell(AUDIT_PROBLEM, arena_format(sides->arena, MESSAGE_EXAM_PROJECTION, what),
                sides->owner);
}

static void compare_streams(const struct side_by_side *sides)
{
    const struct streams *ours = ledger_streams(sides->ours);
    const struct streams *anew = ledger_streams(sides->anew);
    sides->report->streams = streams_count(anew);
    if (streams_count(ours) != streams_count(anew))
        differs(sides, MESSAGE_EXAM_STREAMS);
    for (size_t i = 0; i < streams_count(anew); i++) {
        const struct stream *one = streams_at(anew, i);
        const struct stream *other = streams_find(ours, &one->id);
        if (!other || other->sequence != one->sequence || other->frozen != one->frozen ||
            memcmp(other->positions, one->positions,
                   (size_t)one->sequence * sizeof *one->positions) != 0)
            differs(sides, one->id.zone.text);
    }
}

static void compare_devices(const struct side_by_side *sides)
{
    const struct devices *ours = ledger_devices(sides->ours);
    const struct devices *anew = ledger_devices(sides->anew);
    sides->report->devices = devices_count(anew);
    if (devices_count(ours) != devices_count(anew))
        differs(sides, MESSAGE_EXAM_DEVICES);
    for (size_t i = 0; i < devices_count(anew); i++) {
        const struct device *one = devices_at(anew, i);
        const struct device *other = devices_find(ours, &one->enrolment.device);
        if (!other || other->position != one->position || other->revoked != one->revoked ||
            other->suspended != one->suspended || other->enrolment.epoch != one->enrolment.epoch)
            differs(sides, one->enrolment.zone.text);
    }
}

static bool same_return(const struct return_state *one, const struct return_state *other)
{
    return one->zone == other->zone && one->form == other->form &&
           period_equal(one->period, other->period) && one->newest == other->newest &&
           one->counted == other->counted && one->counted_position == other->counted_position &&
           one->last_position == other->last_position && one->last_verdict == other->last_verdict;
}

static void compare_returns(const struct side_by_side *sides, const struct projection *ours,
                            const struct projection *anew)
{
    sides->report->returns += projection_count(anew);
    if (projection_count(ours) != projection_count(anew)) {
        differs(sides, MESSAGE_EXAM_RETURNS);
        return;
    }
    for (size_t i = 0; i < projection_count(anew); i++)
        if (!same_return(projection_at(ours, i), projection_at(anew, i)))
            differs(sides, MESSAGE_EXAM_RETURNS);
}

bool audit_project(const struct province *province, audit_tell_fn *tell, void *owner,
                   struct audit_projections *out, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    *out = (struct audit_projections){ .streams = 0 };
    CLEANUP(catalogues_close)
    struct catalogues *catalogues = catalogues_open(province->database, err);
    if (!catalogues)
        return false;
    struct ledger_options options = {
        .database = province->database, .follow = follow, .settle = settle, .owner = catalogues
    };
    CLEANUP(ledger_close) struct ledger *anew = ledger_open(&options, err);
    if (!anew)
        return false;
    struct side_by_side sides = { province->ledger, anew, tell, owner, out, arena };
    if (ledger_size(anew) != ledger_size(province->ledger))
        return true; /* others append while we look */
    compare_streams(&sides);
    compare_devices(&sides);
    for (size_t i = 0; i < catalogues_count(catalogues); i++) {
        const struct adopted *one = catalogues_at(catalogues, i);
        const struct adopted *ours = catalogues_find(province->catalogues, &one->digest);
        if (ours && ours->projection && one->projection)
            compare_returns(&sides, ours->projection, one->projection);
    }
    return true;
}

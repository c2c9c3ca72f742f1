#include "tests/simulation/acts.h"

#include <inttypes.h>

#include "tests/simulation/registrar.h"

#define ROUNDS_MAX 8
#define ROUNDS_FOR_TWINS 3
#define SETTLING_MS 60000

static void end_all_faults(struct stage *stage)
{
    struct process *office = &stage->office.process;
    stage->calm = true;
    *network_weather(stage->network) = (struct weather){ 0 };
    office->armed = DEATH_NONE;
    office->disk_full = false;
    office->clock_error_ms = 0;
    for (size_t i = 0; i < stage->desk_count; i++) {
        struct desk *desk = stage->desks[i];
        desk->cut_off = false;
        desk->seat.process.disk_full = false;
        desk->seat.process.clock_error_ms = 0;
    }
    world_tell(stage->world, "-- calm --");
    stage_pass(stage, SETTLING_MS); /* what still flies arrives, whoever is down comes back */
    if (!stage->office.province && !stage->world->failed)
        world_fail(stage->world, "the province does not come back");
}

/* Another machine takes over for one that cannot go on. */
static void replace(struct stage *stage, struct desk *desk)
{
    desk->gone = true;
    if (seat_is_copied(&desk->seat))
        return; /* the one it was copied from is still there */
    if (!model_is_revoked(stage->model, &desk->stream) && !registrar_revoke(stage, desk))
        return;
    struct desk *next = stage_set_up(stage, desk->zone);
    if (!next) {
        world_fail(stage->world, "no room for another installation");
        return;
    }
    world_note(stage->world, EVENT_MACHINE_REPLACED, "%s takes over for %s", next->seat.name,
               desk->seat.name);
    if (registrar_enrol(stage, next))
        (void)stage_seal(stage, next, STATEMENT_RETURN);
}

/* Whether it is where it should be; else it is replaced. */
static bool settle(struct stage *stage, struct desk *desk)
{
    struct seat_report report;
    struct world *world = stage->world;
    if (!model_is_enrolled(stage->model, &desk->stream) && !registrar_enrol(stage, desk))
        return false;
    if (stage_sync(stage, desk, &report)) {
        if (report.waiting > 0 || desk->disk.receipted != desk->disk.count)
            world_fail(world, "%s: synchronised, but %" PRIu64 " wait", desk->seat.name,
                       report.waiting);
        return true;
    }
    const char *obstacle = stage_obstacle(stage, desk);
    if (!obstacle) {
        world_fail(world, "%s: does not get through in calm: %s", desk->seat.name,
                   desk->seat.err.text);
        return false;
    }
    world_tell(world, "%s: stands still: %s", desk->seat.name, obstacle);
    replace(stage, desk);
    return false;
}

/* What an installation held that was replaced must be whole, too. */
static void examine_all(struct stage *stage)
{
    for (size_t i = 0; i < stage->desk_count && !stage->world->failed; i++)
        model_examine(stage->model, &stage->desks[i]->seat, &stage->desks[i]->disk);
}

/* Two that both come back again and again: NULL when no stream has two. */
static const struct desk *find_twin(const struct stage *stage)
{
    for (size_t i = 0; i < stage->desk_count; i++)
        for (size_t j = i + 1; j < stage->desk_count; j++) {
            const struct desk *one = stage->desks[i], *other = stage->desks[j];
            if (!one->gone && !other->gone && sight_same_stream(&one->stream, &other->stream))
                return other;
        }
    return NULL;
}

void acts_calm(struct stage *stage)
{
    bool settled = false;
    end_all_faults(stage);
    for (unsigned round = 0; round < ROUNDS_MAX && !settled && !stage->world->failed; round++) {
        settled = round >= ROUNDS_FOR_TWINS || !find_twin(stage);
        for (size_t i = 0; i < stage->desk_count && !stage->world->failed; i++)
            if (!stage->desks[i]->gone && !settle(stage, stage->desks[i]))
                settled = false;
    }
    if (stage->world->failed)
        return;
    const struct desk *twin = find_twin(stage);
    if (settled && twin)
        world_fail(stage->world, "%s: a second holder of its stream, and nobody noticed",
                   twin->seat.name);
    if (!settled)
        world_fail(stage->world, "still not settled after %d rounds", ROUNDS_MAX);
    examine_all(stage);
    model_audit(stage->model, &stage->office);
    office_stop(&stage->office);
    stage_office_start(stage);
    if (!stage->world->failed)
        model_settle(stage->model, &stage->office);
}

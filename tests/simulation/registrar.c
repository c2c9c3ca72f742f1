#include "tests/simulation/registrar.h"

#include <inttypes.h>
#include <stdlib.h>

#include "tests/simulation/office_books.h"
#include "tests/simulation/stage.h"

#define SENT_BACK_PERCENT 30

bool registrar_enrol(struct stage *stage, struct desk *desk)
{
    if (!stage->office.province)
        return false;
    struct bytes request = seat_request(&desk->seat);
    bool done = office_enrol(&stage->office, request);
    free((void *)(uintptr_t)request.data);
    if (!done) {
        world_fail(stage->world, "enrolment: %s", stage->office.err.text);
        return false;
    }
    model_note_enrolment(stage->model, &desk->stream);
    world_note(stage->world, EVENT_ENROLLED, "%s: is enrolled", desk->seat.name);
    return true;
}

bool registrar_revoke(struct stage *stage, struct desk *desk)
{
    if (!stage->office.province)
        return false;
    if (!office_revoke(&stage->office, &desk->stream)) {
        world_fail(stage->world, "revocation: %s", stage->office.err.text);
        return false;
    }
    model_note_revocation(stage->model, &desk->stream);
    world_note(stage->world, EVENT_REVOKED, "%s: is revoked", desk->seat.name);
    return true;
}

bool registrar_renew(struct stage *stage, struct desk *desk)
{
    if (!stage->office.province)
        return false;
    if (!office_renew(&stage->office, &desk->stream)) {
        world_fail(stage->world, "renewal: %s", stage->office.err.text);
        return false;
    }
    model_note_renewal(stage->model, &desk->stream);
    world_note(stage->world, EVENT_RENEWED, "%s: another epoch begins", desk->seat.name);
    return true;
}

void registrar_decide(struct stage *stage)
{
    struct world *world = stage->world;
    struct office *office = &stage->office;
    const char *zone = model_zone((size_t)world_pick(world, stage->zone_count));
    int year = MODEL_YEAR_FIRST + (int)world_pick(world, MODEL_YEARS);
    uint64_t positions[OFFICE_CANDIDATES_MAX];
    if (!office->province)
        return;
    if (office_figure(office, zone, year).version > 0 && world_chance(world, SENT_BACK_PERCENT)) {
        if (office_send_back(office, zone, year))
            world_note(world, EVENT_SENT_BACK, "%s %d is sent back", zone, year);
        return;
    }
    size_t count = office_candidates(office, zone, year, positions);
    if (count == 0)
        return;
    uint64_t chosen = positions[world_pick(world, count)];
    if (!office_resolve(office, zone, year, chosen))
        world_fail(world, "decision: %s", office->err.text);
    world_note(world, EVENT_DECIDED, "%s %d: entry %" PRIu64 " counts", zone, year, chosen);
}

static void path_beside(const struct stage *stage, const char *name, char out[OFFICE_PATH_SIZE])
{
    snprintf(out, OFFICE_PATH_SIZE, "%s/%s", stage->world->folder, name);
}

void registrar_copy_store(struct stage *stage)
{
    char copy[OFFICE_PATH_SIZE];
    path_beside(stage, "office-copy", copy);
    model_audit(stage->model, &stage->office);
    stage_office_down(stage, 0);
    folder_copy(stage->office.folder, copy);
    stage->office_copied = model_size(stage->model);
    world_note(stage->world, EVENT_OFFICE_COPIED, "the province's store is copied");
    stage_office_start(stage);
}

void registrar_roll_back(struct stage *stage)
{
    struct office *office = &stage->office;
    char copy[OFFICE_PATH_SIZE], present[OFFICE_PATH_SIZE];
    path_beside(stage, "office-copy", copy);
    path_beside(stage, "office-present", present);
    model_audit(stage->model, office);
    stage_office_down(stage, 0);
    if (stage->office_copied < model_size(stage->model)) {
        folder_copy(office->folder, present);
        folder_copy(copy, office->folder);
        process_revive(&office->process);
        world_note(stage->world, EVENT_OFFICE_ROLLED_BACK, "the province's store is an old one");
        if (office_start(office))
            world_fail(stage->world, "the province serves from a store that was rolled back");
        office_stop(office);
        folder_copy(present, office->folder);
    }
    stage_office_start(stage);
}

void registrar_lose_store(struct stage *stage)
{
    struct office *office = &stage->office;
    char copy[OFFICE_PATH_SIZE];
    uint64_t kept = stage->office_copied;
    path_beside(stage, "office-copy", copy);
    model_audit(stage->model, office);
    if (kept >= model_size(stage->model))
        return;
    stage_office_down(stage, 0);
    folder_copy(copy, office->folder);
    process_revive(&office->process);
    world_note(stage->world, EVENT_OFFICE_LOST, "the province loses all from entry %" PRIu64 " on",
               kept);
    if (!office_start_anew(office)) {
        world_fail(stage->world, "no new generation: %s", office->err.text);
        return;
    }
    for (size_t i = 0; i < stage->desk_count; i++)
        stage->desks[i]->disk.lost_some = stage->desks[i]->copied.lost_some = true;
    model_note_disaster(stage->model, office, kept);
}

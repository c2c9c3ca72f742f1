#include "tests/simulation/stage.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/memory.h"
#include "tests/simulation/clockwork.h"

#define SYNC_TIMEOUT_MS 20000
#define REJECTED_PERCENT 10
#define NEXT_PERCENT 30

/* An installation's number is its name and its folder. */
static struct desk *add_desk(struct stage *stage, size_t zone, unsigned computer)
{
    if (stage->desk_count == STAGE_DESKS_MAX)
        return NULL;
    struct desk *desk = memory_zeroed(1, sizeof *desk);
    struct seat *seat = &desk->seat;
    const char *folder = stage->world->folder;
    desk->zone = zone;
    desk->computer = computer;
    seat_on(seat, computer);
    seat->process = process_in(stage->world);
    seat->catalogue = stage->catalogue;
    snprintf(seat->name, sizeof seat->name, "agent %zu", stage->desk_count);
    snprintf(seat->folder, sizeof seat->folder, "%s/agent%zu", folder, stage->desk_count);
    snprintf(desk->copy, sizeof desk->copy, "%s/copy%zu", folder, stage->desk_count);
    stage->desks[stage->desk_count++] = desk;
    return desk;
}

struct desk *stage_set_up(struct stage *stage, size_t zone)
{
    struct desk *desk = add_desk(stage, zone, (unsigned)stage->desk_count);
    if (!desk)
        return NULL;
    if (!seat_set_up(&desk->seat, model_zone(zone), stage->card) || !seat_start(&desk->seat)) {
        world_fail(stage->world, "%s: set-up: %s", desk->seat.name, desk->seat.err.text);
        desk->gone = true;
        return desk;
    }
    desk->stream = seat_stream(&desk->seat);
    desk->keys = seat_keys(&desk->seat);
    world_tell(stage->world, "%s: set up for %s", desk->seat.name, model_zone(zone));
    return desk;
}

struct desk *stage_clone(struct stage *stage, const struct desk *desk, bool same_computer)
{
    unsigned computer = same_computer ? desk->computer : (unsigned)stage->desk_count;
    struct desk *clone = add_desk(stage, desk->zone, computer);
    if (!clone)
        return NULL;
    clone->stream = desk->stream;
    clone->keys = desk->keys;
    folder_copy(desk->seat.folder, clone->seat.folder);
    disk_copy(&clone->disk, &desk->disk);
    return clone;
}

void stage_restart(struct stage *stage, struct desk *desk, unsigned surprises_max)
{
    seat_stop(&desk->seat);
    process_revive(&desk->seat.process);
    if (!seat_start(&desk->seat)) {
        world_fail(stage->world, "%s: does not start: %s", desk->seat.name, desk->seat.err.text);
        return;
    }
    world_note(stage->world, EVENT_AGENT_RESTARTED, "%s: started", desk->seat.name);
    model_observe(stage->model, &desk->seat, &desk->disk, surprises_max);
}

/* Looks at the disk after an act. A session that goes on around it keeps the program alive, and
 * is told what it may find. */
static bool look_again(struct stage *stage, struct desk *desk, bool done, unsigned surprises_max)
{
    if (desk->seat.process.dead && desk->in_session) {
        desk->surprises += surprises_max;
        return false;
    }
    model_observe(stage->model, &desk->seat, &desk->disk, surprises_max);
    return done;
}

bool stage_conclude(struct stage *stage, struct desk *desk, bool done, unsigned surprises_max)
{
    struct world *world = stage->world;
    struct process *process = &desk->seat.process;
    static const enum event deaths[] = { [DEATH_BEFORE_COMMIT] = EVENT_AGENT_DIED_BEFORE_COMMIT,
                                         [DEATH_AFTER_COMMIT] = EVENT_AGENT_DIED_AFTER_COMMIT,
                                         [DEATH_ON_THE_LINE] = EVENT_AGENT_DIED_ON_THE_LINE };
    enum error_kind kind = desk->seat.err.kind;
    if (process->dead && !desk->in_session) {
        world_note(world, deaths[process->armed], "%s: dies", desk->seat.name);
        stage_restart(stage, desk, surprises_max + desk->surprises);
        desk->surprises = 0;
        return false;
    }
    if (process->full_commits > 0)
        world_note(world, EVENT_AGENT_DISK_FULL, "%s: disk full", desk->seat.name);
    process->full_commits = 0;
    if (!done && !process->dead &&
        (kind == ERROR_CORRUPT || kind == ERROR_SYSTEM || kind == ERROR_NONE))
        world_fail(world, "%s: %s", desk->seat.name, desk->seat.err.text);
    if (!desk->in_session)
        process->armed = DEATH_NONE;
    return look_again(stage, desk, done, surprises_max);
}

static bool write_and_seal(struct stage *stage, struct desk *desk, enum statement_kind kind)
{
    struct world *world = stage->world;
    int year = MODEL_YEAR_FIRST + (int)world_pick(world, MODEL_YEARS);
    uint32_t version = model_version(stage->model, &desk->disk, year);
    int64_t figure = ++stage->figure;
    if (kind != STATEMENT_RETURN)
        return seat_seal_other(&desk->seat, kind, year, version > 0 ? version : 1);
    if (!stage->calm && world_chance(world, REJECTED_PERCENT))
        figure += MODEL_FIGURE_LIMIT;
    bool done = seat_seal_return(&desk->seat, year, figure);
    if (done)
        world_note(world, version > 0 ? EVENT_CORRECTION_SEALED : EVENT_RETURN_SEALED,
                   "%s: seals %d = %" PRId64, desk->seat.name, year, figure);
    return done;
}

bool stage_seal(struct stage *stage, struct desk *desk, enum statement_kind kind)
{
    struct world *world = stage->world;
    size_t before = desk->disk.count;
    bool full = desk->seat.process.disk_full;
    desk->seat.err = (struct error){ 0 };
    if (desk->in_session)
        world->tally->events[EVENT_SEALED_IN_A_SESSION]++;
    bool done = write_and_seal(stage, desk, kind);
    bool died = desk->seat.process.dead;
    if (done && kind == STATEMENT_WITHDRAWAL)
        world_note(world, EVENT_WITHDRAWAL_SEALED, "%s: seals a withdrawal", desk->seat.name);
    if (done && kind == STATEMENT_NOTE)
        world_note(world, EVENT_NOTE_SEALED, "%s: seals a note", desk->seat.name);
    done = stage_conclude(stage, desk, done, done || died ? 1 : 0);
    if (done && desk->disk.count != before + 1)
        world_fail(world, "%s: sealed, and nothing is there", desk->seat.name);
    bool refused = desk->seat.err.kind == ERROR_REFUSED;
    bool copied = seat_is_copied(&desk->seat);
    bool clock = refused && !copied && desk->seat.process.clock_error_ms < 0;
    if (copied && done)
        world_fail(world, "%s: seals on another computer", desk->seat.name);
    if (!done && !died && !full && !clock &&
        !(refused && (copied || seat_waits_for_keys(&desk->seat))))
        world_fail(world, "%s: does not seal: %s", desk->seat.name, desk->seat.err.text);
    if (clock)
        world_note(world, EVENT_SEALING_REFUSED, "%s: %s", desk->seat.name, desk->seat.err.text);
    return done;
}

bool stage_change_keys(struct stage *stage, struct desk *desk)
{
    struct world *world = stage->world;
    bool full = desk->seat.process.disk_full, waits = seat_waits_for_keys(&desk->seat);
    desk->seat.err = (struct error){ 0 };
    bool done = seat_change_keys(&desk->seat);
    bool died = desk->seat.process.dead;
    if (done)
        world_note(world, EVENT_KEYS_CHANGED, "%s: announces new keys", desk->seat.name);
    done = stage_conclude(stage, desk, done, done || died ? 1 : 0);
    if (!done && !died && !full && !waits && !seat_is_copied(&desk->seat) &&
        desk->seat.process.clock_error_ms >= 0)
        world_fail(world, "%s: does not change its keys: %s", desk->seat.name, desk->seat.err.text);
    return done;
}

const char *stage_obstacle(struct stage *stage, const struct desk *desk)
{
    if (seat_is_copied(&desk->seat))
        return "it is on another computer";
    if (stage->office.province)
        model_audit(stage->model, &stage->office);
    return model_obstacle(stage->model, &desk->stream, &desk->disk);
}

/* A copy that stops by itself, before anything is sent twice. */
static void note_copy(struct stage *stage, struct desk *desk, bool done)
{
    if (done || desk->seat.err.kind != ERROR_REFUSED)
        return;
    const char *obstacle = stage_obstacle(stage, desk);
    if (obstacle && !model_is_revoked(stage->model, &desk->stream))
        world_note(stage->world, EVENT_COPY_FOUND, "%s: %s", desk->seat.name, obstacle);
}

bool stage_sync(struct stage *stage, struct desk *desk, struct seat_report *out)
{
    struct calling calling = { stage, desk };
    struct seat_line line = clockwork_line(&calling);
    world_note(stage->world, EVENT_SYNC, "%s: synchronises", desk->seat.name);
    if (stage->depth > 0)
        stage->world->tally->events[EVENT_SYNC_INSIDE_ANOTHER]++;
    desk->in_session = true;
    desk->seat.err = (struct error){ 0 };
    stage->depth++;
    bool done = seat_sync(&desk->seat, &line, SYNC_TIMEOUT_MS, out);
    if (seat_is_copied(&desk->seat) && done)
        world_fail(stage->world, "%s: synchronises on another computer", desk->seat.name);
    stage->depth--;
    desk->in_session = false;
    note_copy(stage, desk, done);
    world_tell(stage->world, "%s: %s, %" PRIu64 " receipted, %" PRIu64 " wait%s%s", desk->seat.name,
               done ? "done" : "broken off", out->receipted, out->waiting, done ? "" : ": ",
               done ? "" : desk->seat.err.text);
    return stage_conclude(stage, desk, done, 0);
}

void stage_stray(struct stage *stage, struct desk *desk, bool altered)
{
    struct world *world = stage->world;
    if (desk->disk.count == 0)
        return;
    uint64_t first = 1 + world_pick(world, desk->disk.count);
    uint64_t next = model_arrived(stage->model, &desk->stream) + 1;
    if (next <= desk->disk.count && world_chance(world, NEXT_PERCENT))
        first = next; /* in turn, whatever it follows */
    uint64_t count = 1 + world_pick(world, desk->disk.count - first + 1);
    struct bytes message = seat_submit(&desk->seat, first, (size_t)count);
    if (message.size == 0)
        return;
    unsigned char *bytes = (unsigned char *)(uintptr_t)message.data;
    if (altered)
        bytes[world_pick(world, message.size)] ^= (unsigned char)(1u << world_pick(world, 8));
    uint64_t line =
        network_connect(stage->network, clockwork_number(stage, desk), desk->keys.curve);
    world_note(world, altered ? EVENT_STRAY_ALTERED : EVENT_STRAY,
               "%" PRIu64 " statements of %s from %" PRIu64 " on come by themselves%s", count,
               desk->seat.name, first, altered ? ", altered" : "");
    network_send(stage->network, line, true, message);
    network_hang_up(stage->network, line);
    free(bytes);
}

struct stage *stage_create(struct world *world, const struct sources *sources,
                           const struct catalogue *catalogue, size_t zones)
{
    struct stage *stage = memory_zeroed(1, sizeof *stage);
    stage->world = world;
    stage->sources = sources;
    stage->catalogue = catalogue;
    stage->zone_count = zones;
    stage->network = network_create(world);
    stage->model = model_create(world);
    struct office *office = &stage->office;
    *office = (struct office){ .process = process_in(world),
                               .network = stage->network,
                               .asked = clockwork_asked,
                               .answered = clockwork_answered,
                               .owner = stage };
    snprintf(office->folder, sizeof office->folder, "%s/office", world->folder);
    bool there = office_set_up(office, sources) && office_start(office);
    for (size_t i = 0; there && i < zones; i++)
        there = office_register(office, model_zone(i));
    if (!there)
        world_fail(world, "the province is not set up: %s", office->err.text);
    stage->card = office_card(office);
    for (size_t i = 0; there && i < zones; i++)
        (void)stage_set_up(stage, i);
    return stage;
}

void stage_destroy(struct stage **its)
{
    struct stage *stage = *its;
    for (size_t i = 0; i < stage->desk_count; i++) {
        struct desk *desk = stage->desks[i];
        seat_free(&desk->seat);
        disk_free(&desk->disk);
        disk_free(&desk->copied);
        clockwork_forget(desk);
        free(desk->arrived);
        free((void *)(uintptr_t)desk->inbox.data);
        free(desk);
    }
    office_close(&stage->office);
    network_destroy(&stage->network);
    model_destroy(&stage->model);
    free((void *)(uintptr_t)stage->card.data);
    memory_free(its);
}

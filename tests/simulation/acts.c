#include "tests/simulation/acts.h"

#include <string.h>

#include "common/base/attributes.h"
#include "tests/simulation/registrar.h"
#include "tests/simulation/sticks.h"

#define DEPTH_MAX 3
#define INTERRUPT_PERCENT 12
#define TWIN_PERCENT 50
#define MISCHIEF_PERCENT 60
#define ENROLLED_PERCENT 85
#define ALTERED_PERCENT 40
#define SAME_COMPUTER_PERCENT 70
#define BY_ITSELF_PERCENT 50
#define YEAR_MS (INT64_C(365) * 24 * 60 * 60 * 1000)
#define SEALED_AT_ONCE_MAX 12

/* An installation that runs and is not in a session; NULL when chance finds none. */
static struct desk *idle_desk(struct stage *stage)
{
    struct desk *desk = stage->desks[world_pick(stage->world, stage->desk_count)];
    return desk->gone || desk->in_session ? NULL : desk;
}

static struct desk *any_desk(struct stage *stage)
{
    struct desk *desk = stage->desks[world_pick(stage->world, stage->desk_count)];
    return desk->gone ? NULL : desk;
}

static void arm(struct stage *stage, struct desk *desk, unsigned percent, uint64_t after_max)
{
    struct world *world = stage->world;
    if (desk->in_session || !world_chance(world, percent))
        return;
    enum death death = (enum death)(DEATH_BEFORE_COMMIT + world_pick(world, 3));
    process_arm(&desk->seat.process, death, world_pick(world, after_max));
}

static void seal(struct stage *stage)
{
    struct desk *desk = any_desk(stage);
    if (!desk)
        return;
    arm(stage, desk, 8, 4);
    (void)stage_seal(stage, desk, STATEMENT_RETURN);
}

/* A day's work. */
static void seal_many(struct stage *stage)
{
    struct desk *desk = any_desk(stage);
    uint64_t count = 2 + world_pick(stage->world, SEALED_AT_ONCE_MAX);
    for (uint64_t i = 0; desk && i < count && !stage->world->failed; i++)
        (void)stage_seal(stage, desk, STATEMENT_RETURN);
}

static void seal_other(struct stage *stage)
{
    struct desk *desk = any_desk(stage);
    if (!desk)
        return;
    arm(stage, desk, 8, 1);
    (void)stage_seal(stage, desk,
                     world_chance(stage->world, 70) ? STATEMENT_WITHDRAWAL : STATEMENT_NOTE);
}

static void sync_one(struct stage *stage)
{
    struct desk *desk = idle_desk(stage);
    struct seat_report report;
    if (!desk || stage->depth >= DEPTH_MAX)
        return;
    arm(stage, desk, 12, 6);
    (void)stage_sync(stage, desk, &report);
}

/* Another holder of a stream whose first one is on the line; NULL: none. */
static struct desk *find_twin(struct stage *stage)
{
    for (size_t i = 0; i < stage->desk_count; i++)
        for (size_t j = 0; j < stage->desk_count && stage->desks[i]->in_session; j++) {
            struct desk *other = stage->desks[j];
            if (!other->in_session && !other->gone &&
                sight_same_stream(&other->stream, &stage->desks[i]->stream))
                return other;
        }
    return NULL;
}

static void enrol(struct stage *stage)
{
    struct desk *desk = any_desk(stage);
    if (desk && !model_is_enrolled(stage->model, &desk->stream))
        (void)registrar_enrol(stage, desk);
}

static void restart_agent(struct stage *stage)
{
    struct desk *desk = idle_desk(stage);
    if (desk)
        stage_restart(stage, desk, 0);
}

static void restart_office(struct stage *stage)
{
    if (stage->office.province)
        stage_office_down(stage, (int64_t)world_pick(stage->world, 2000));
}

static void fill_agent_disk(struct stage *stage)
{
    struct desk *desk = any_desk(stage);
    if (desk)
        desk->seat.process.disk_full = !desk->seat.process.disk_full;
}

static void fill_office_disk(struct stage *stage)
{
    stage->office.process.disk_full = true;
}

static int64_t jump(struct stage *stage)
{
    return world_chance(stage->world, 40) ? 0
                                          : ((int64_t)world_pick(stage->world, 41) - 20) * YEAR_MS;
}

static void jump_agent_clock(struct stage *stage)
{
    struct desk *desk = any_desk(stage);
    if (!desk)
        return;
    desk->seat.process.clock_error_ms = jump(stage);
    world_note(stage->world, EVENT_AGENT_CLOCK_JUMPED, "%s: its clock is wrong by %d years",
               desk->seat.name, (int)(desk->seat.process.clock_error_ms / YEAR_MS));
}

static void jump_office_clock(struct stage *stage)
{
    stage->office.process.clock_error_ms = jump(stage);
    world_note(stage->world, EVENT_OFFICE_CLOCK_JUMPED, "the province's clock is wrong by %d years",
               (int)(stage->office.process.clock_error_ms / YEAR_MS));
}

static void partition(struct stage *stage)
{
    unsigned cut = world_chance(stage->world, 50) ? 50 : 0;
    for (size_t i = 0; i < stage->desk_count; i++)
        stage->desks[i]->cut_off = cut > 0 && world_chance(stage->world, cut);
    if (cut > 0)
        world_note(stage->world, EVENT_PARTITION, "half of the zones are cut off");
    else
        world_tell(stage->world, "nobody is cut off");
}

static void change_weather(struct stage *stage)
{
    struct world *world = stage->world;
    static const unsigned losses[] = { 0, 0, 5, 20, 40 };
    *network_weather(stage->network) = (struct weather){
        .loss = losses[world_pick(world, COUNT_OF(losses))],
        .doubling = world_chance(world, 40) ? 0 : 30,
        .cut = world_chance(world, 50) ? 0 : 4,
        .delay_max_ms = world_chance(world, 50) ? 20 : 3000,
    };
}

static void copy_office(struct stage *stage)
{
    if (stage->mischief && stage->office.province)
        registrar_copy_store(stage);
}

static void roll_back_office(struct stage *stage)
{
    if (stage->office.province && stage->office_copied > 0)
        registrar_roll_back(stage);
}

static void lose_office(struct stage *stage)
{
    if (stage->office.province && stage->office_copied > 0)
        registrar_lose_store(stage);
}

static void pass(struct stage *stage)
{
    stage_pass(stage, (int64_t)world_pick(stage->world, 3000));
}

static void add_machine(struct stage *stage)
{
    if (stage->desk_count < STAGE_DESKS_MAX / 4)
        (void)stage_set_up(stage, (size_t)world_pick(stage->world, stage->zone_count));
}

static void clone(struct stage *stage)
{
    struct desk *desk = idle_desk(stage);
    if (!desk || !stage->mischief || stage->desk_count >= STAGE_DESKS_MAX / 4)
        return;
    seat_stop(&desk->seat);
    bool same_computer = world_chance(stage->world, SAME_COMPUTER_PERCENT);
    struct desk *its = stage_clone(stage, desk, same_computer);
    model_note_copy(stage->model, &desk->stream);
    world_note(stage->world, same_computer ? EVENT_FOLDER_CLONED : EVENT_FOLDER_CARRIED_OFF,
               "%s: cloned as %s", desk->seat.name, its->seat.name);
    stage_restart(stage, desk, 0);
    stage_restart(stage, its, 0);
}

static void copy_aside(struct stage *stage)
{
    struct desk *desk = idle_desk(stage);
    if (!desk || !stage->mischief)
        return;
    seat_stop(&desk->seat);
    folder_copy(desk->seat.folder, desk->copy);
    disk_copy(&desk->copied, &desk->disk);
    desk->has_copy = true;
    world_note(stage->world, EVENT_FOLDER_COPIED, "%s: copied", desk->seat.name);
    stage_restart(stage, desk, 0);
}

static void restore(struct stage *stage)
{
    struct desk *desk = idle_desk(stage);
    if (!desk || !desk->has_copy)
        return;
    seat_stop(&desk->seat);
    folder_copy(desk->copy, desk->seat.folder);
    disk_copy(&desk->disk, &desk->copied);
    model_note_copy(stage->model, &desk->stream);
    world_note(stage->world, EVENT_FOLDER_RESTORED, "%s: the old copy takes its place",
               desk->seat.name);
    stage_restart(stage, desk, 0);
}

static void export_stick(struct stage *stage)
{
    struct desk *desk = idle_desk(stage);
    if (!desk)
        return;
    arm(stage, desk, 10, 2);
    sticks_export(stage, desk);
}

/* One of the newest, or any; NULL: none of that sort was there. */
static struct stick *any_stick(struct stage *stage, bool answer)
{
    for (size_t i = stage->stick_count; i > 0; i--)
        if (stage->sticks[i - 1].answer == answer && world_chance(stage->world, 60))
            return &stage->sticks[i - 1];
    return NULL;
}

static void bring_stick(struct stage *stage)
{
    struct stick *stick = any_stick(stage, false);
    if (stick)
        sticks_bring(stage, stick);
}

static struct desk *stick_owner(struct stage *stage, const struct stick *stick)
{
    for (size_t i = 0; i < stage->desk_count; i++) {
        struct desk *desk = stage->desks[i];
        if (!desk->gone && !desk->in_session && sight_same_stream(&desk->stream, &stick->stream))
            return desk;
    }
    return NULL;
}

/* To whom it belongs, or to somebody else. */
static void import_stick(struct stage *stage)
{
    const struct stick *stick = any_stick(stage, true);
    struct desk *desk = stick ? stick_owner(stage, stick) : NULL;
    if (!desk || world_chance(stage->world, 10))
        desk = idle_desk(stage);
    if (!desk || !stick)
        return;
    arm(stage, desk, 10, 2);
    sticks_import(stage, desk, stick);
}

static void spoil_stick(struct stage *stage)
{
    if (stage->stick_count > 0)
        sticks_spoil(stage, &stage->sticks[world_pick(stage->world, stage->stick_count)]);
}

static void renew(struct stage *stage)
{
    struct desk *desk = any_desk(stage);
    if (desk && stage->mischief && model_is_enrolled(stage->model, &desk->stream))
        (void)registrar_renew(stage, desk);
}

static void change_keys(struct stage *stage)
{
    struct desk *desk = any_desk(stage);
    if (!desk)
        return;
    arm(stage, desk, 20, 2);
    (void)stage_change_keys(stage, desk);
}

static void stray(struct stage *stage)
{
    struct desk *desk = any_desk(stage);
    if (desk)
        stage_stray(stage, desk, world_chance(stage->world, ALTERED_PERCENT));
}

static void revoke(struct stage *stage)
{
    struct desk *desk = any_desk(stage);
    if (desk && stage->mischief && model_is_enrolled(stage->model, &desk->stream) &&
        !model_is_revoked(stage->model, &desk->stream))
        (void)registrar_revoke(stage, desk);
}

/* `inside`: may happen while somebody waits for an answer. */
static const struct {
    void (*happen)(struct stage *stage);
    unsigned weight;
    bool inside;
} acts[] = {

    { sync_one, 30, true },
    { seal, 24, true },
    { seal_many, 3, false },
    { seal_other, 5, true },
    { enrol, 10, true },
    { pass, 6, false },
    { change_weather, 4, true },
    { restart_agent, 3, true },
    { restart_office, 2, true },
    { partition, 2, true },
    { fill_agent_disk, 2, true },
    { fill_office_disk, 1, true },
    { jump_agent_clock, 2, true },
    { jump_office_clock, 1, true },
    { add_machine, 5, false },
    { clone, 4, true },
    { copy_aside, 3, true },
    { restore, 4, true },
    { revoke, 1, true },
    { copy_office, 4, true },
    { roll_back_office, 2, true },
    { lose_office, 4, true },
    { stray, 6, true },
    { export_stick, 6, true },
    { bring_stick, 9, true },
    { import_stick, 9, true },
    { spoil_stick, 1, true },
    { renew, 1, true },
    { change_keys, 3, true },
    { registrar_decide, 6, true },
};

static void draw(struct stage *stage, bool inside)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < COUNT_OF(acts); i++)
        sum += acts[i].inside || !inside ? acts[i].weight : 0;
    uint64_t drawn = world_pick(stage->world, sum);
    for (size_t i = 0; i < COUNT_OF(acts); i++) {
        uint64_t weight = acts[i].inside || !inside ? acts[i].weight : 0;
        if (drawn < weight) {
            acts[i].happen(stage);
            return;
        }
        drawn -= weight;
    }
}

void acts_happen(struct stage *stage)
{
    draw(stage, false);
}

static void interrupt(struct stage *stage)
{
    struct seat_report report;
    struct desk *twin = stage->depth < DEPTH_MAX ? find_twin(stage) : NULL;
    if (twin && world_chance(stage->world, TWIN_PERCENT)) {
        (void)stage_seal(stage, twin, STATEMENT_RETURN);
        if (world_chance(stage->world, BY_ITSELF_PERCENT))
            stage_stray(stage, twin, false);
        else
            (void)stage_sync(stage, twin, &report);
    } else if (world_chance(stage->world, INTERRUPT_PERCENT)) {
        draw(stage, true);
    }
}

void acts_begin(struct stage *stage)
{
    stage->interrupt = interrupt;
    stage->mischief = world_chance(stage->world, MISCHIEF_PERCENT);
    change_weather(stage);
    for (size_t i = 0; i < stage->desk_count; i++)
        if (world_chance(stage->world, ENROLLED_PERCENT))
            registrar_enrol(stage, stage->desks[i]);
}

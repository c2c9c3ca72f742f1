#include "tests/simulation/clockwork.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/base/memory.h"

#define OFFICE_PAUSE_MAX_MS 40
#define OFFICE_DOWN_MAX_MS 4000
#define OFFICE_DIES_PERCENT 4

void clockwork_asked(void *owner, uint64_t line, const struct digest *statement)
{
    model_note_question(((struct stage *)owner)->model, line, statement);
}

void clockwork_answered(void *owner, uint64_t line, const struct message *answer)
{
    struct stage *stage = owner;
    struct desk *desk = stage->desks[network_seat(stage->network, line)];
    if (answer->kind == MESSAGE_GAP)
        world_note(stage->world, EVENT_GAP_ANSWERED, "the province answers %s: gap behind %" PRIu64,
                   desk->seat.name, answer->gap.sequence);
    for (size_t i = 0; answer->kind == MESSAGE_RECEIPTS && i < answer->receipt_count; i++)
        model_check_answer(stage->model, line, &answer->receipts[i].arrival.statement_hash);
    if (answer->kind != MESSAGE_REFUSAL)
        return;
    world_tell(stage->world, "the province answers %s: refusal %d of %" PRIu64, desk->seat.name,
               (int)answer->refusal, answer->refused_sequence);
    if (answer->refusal != REFUSAL_FORK)
        return;
    world_note(stage->world, EVENT_FORK_FOUND, "%s has forked", desk->seat.name);
    model_note_fork(stage->model, &desk->stream);
}

void stage_office_down(struct stage *stage, int64_t for_ms)
{
    office_stop(&stage->office);
    network_cut_all(stage->network);
    stage->office_back_ms = stage->world->now_ms + for_ms;
}

void stage_office_start(struct stage *stage)
{
    struct office *office = &stage->office;
    process_revive(&office->process);
    if (!office_start(office)) {
        world_fail(stage->world, "the province does not start: %s", office->err.text);
        office_stop(office);
        return;
    }
    world_note(stage->world, EVENT_OFFICE_RESTARTED, "the province is there");
    model_audit(stage->model, office);
}

bool clockwork_office_was_full(struct stage *stage)
{
    struct process *process = &stage->office.process;
    if (process->full_commits == 0)
        return false;
    world_note(stage->world, EVENT_OFFICE_DISK_FULL, "the province's disk is full");
    process->full_commits = 0;
    process->disk_full = false;
    return true;
}

static void note_death(struct stage *stage)
{
    const struct process *process = &stage->office.process;
    if (clockwork_office_was_full(stage))
        world_tell(stage->world, "the province stops");
    else if (!process->dead)
        world_fail(stage->world, "the province failed: %s", stage->office.err.text);
    else if (process->armed == DEATH_BEFORE_COMMIT)
        world_note(stage->world, EVENT_OFFICE_DIED_BEFORE_COMMIT, "the province dies at a commit");
    else if (process->armed == DEATH_AFTER_COMMIT)
        world_note(stage->world, EVENT_OFFICE_DIED_AFTER_COMMIT,
                   "the province dies behind a commit");
    else
        world_note(stage->world, EVENT_OFFICE_DIED_ANSWERING, "the province dies while it answers");
}

void clockwork_arm_office(struct stage *stage)
{
    struct world *world = stage->world;
    struct process *process = &stage->office.process;
    if (stage->calm || process->armed != DEATH_NONE || !world_chance(world, OFFICE_DIES_PERCENT))
        return;
    enum death death = (enum death)(DEATH_BEFORE_COMMIT + world_pick(world, 3));
    process_arm(process, death, death == DEATH_ON_THE_LINE ? world_pick(world, 3) : 0);
}

void clockwork_office_fails(struct stage *stage)
{
    note_death(stage);
    stage_office_down(stage, (int64_t)world_pick(stage->world, OFFICE_DOWN_MAX_MS));
}

static void office_works(struct stage *stage)
{
    struct office *office = &stage->office;
    struct world *world = stage->world;
    if (!office->province && world->now_ms >= stage->office_back_ms)
        stage_office_start(stage);
    if (!office->province || office->waiting_count == 0 || world->now_ms < stage->office_busy_ms)
        return;
    clockwork_arm_office(stage);
    uint64_t duplicates = office_duplicates(office);
    bool done = office_turn(office);
    duplicates = office_duplicates(office) - duplicates;
    world->tally->events[EVENT_DUPLICATE_ANSWERED] += done ? duplicates : 0;
    stage->office_busy_ms = world->now_ms + (int64_t)world_pick(world, OFFICE_PAUSE_MAX_MS);
    if (!done)
        clockwork_office_fails(stage);
    else
        (void)clockwork_office_was_full(stage);
}

static void deliver(struct stage *stage)
{
    struct packet packet;
    while (network_take(stage->network, &packet)) {
        struct desk *desk = stage->desks[network_seat(stage->network, packet.line)];
        if (packet.to_office && stage->office.province) {
            office_take_in(&stage->office, &packet);
        } else if (!packet.to_office && network_is_heard(stage->network, packet.line)) {
            desk->arrived = memory_grown(desk->arrived, &desk->arrived_capacity,
                                         desk->arrived_count + 1, sizeof *desk->arrived);
            desk->arrived[desk->arrived_count++] = packet;
        } else {
            free((void *)(uintptr_t)packet.payload.data);
        }
    }
}

/* One instant: what arrives, what the office makes of it, and perhaps something else. */
static void tick(struct stage *stage)
{
    deliver(stage);
    office_works(stage);
    if (!stage->calm && stage->interrupt)
        stage->interrupt(stage);
}

static int64_t next_instant(const struct stage *stage, int64_t deadline_ms)
{
    int64_t next = network_next_ms(stage->network);
    int64_t now = stage->world->now_ms;
    if (stage->office.waiting_count > 0 && stage->office_busy_ms < next)
        next = stage->office_busy_ms;
    if (!stage->office.province && stage->office_back_ms < next)
        next = stage->office_back_ms;
    next = next > now ? next : now + 1;
    return next < deadline_ms ? next : deadline_ms;
}

void stage_pass(struct stage *stage, int64_t ms)
{
    int64_t until = stage->world->now_ms + ms;
    while (stage->world->now_ms < until && !stage->world->failed) {
        stage->world->now_ms = next_instant(stage, until);
        deliver(stage);
        office_works(stage);
    }
}

void clockwork_forget(struct desk *desk)
{
    for (size_t i = desk->arrived_taken; i < desk->arrived_count; i++)
        free((void *)(uintptr_t)desk->arrived[i].payload.data);
    desk->arrived_count = desk->arrived_taken = 0;
}

size_t clockwork_number(const struct stage *stage, const struct desk *desk)
{
    size_t number = 0;
    while (stage->desks[number] != desk)
        number++;
    return number;
}

static bool line_open(void *owner, uint64_t *out_line)
{
    const struct calling *calling = owner;
    struct stage *stage = calling->stage;
    struct desk *desk = calling->desk;
    clockwork_forget(desk);
    desk->keys = seat_keys(&desk->seat);
    *out_line = network_connect(stage->network, clockwork_number(stage, desk), desk->keys.curve);
    bool there = stage->office.province && !desk->cut_off;
    if (there && office_lets_in(&stage->office, desk->keys.curve))
        return true;
    if (there)
        world_note(stage->world, EVENT_SHUT_OUT, "%s: is not let in", desk->seat.name);
    network_hang_up(stage->network, *out_line);
    return false;
}

static bool line_send(void *owner, uint64_t line, struct bytes payload)
{
    const struct calling *calling = owner;
    if (!network_is_open(calling->stage->network, line))
        return false;
    network_send(calling->stage->network, line, true, payload);
    return true;
}

static bool take_arrived(struct desk *desk, uint64_t line, struct bytes *out)
{
    while (desk->arrived_taken < desk->arrived_count) {
        struct packet packet = desk->arrived[desk->arrived_taken++];
        free((void *)(uintptr_t)desk->inbox.data);
        desk->inbox = packet.payload;
        *out = packet.payload;
        if (packet.line == line)
            return true;
    }
    return false;
}

static bool line_receive(void *owner, uint64_t line, int timeout_ms, struct bytes *out)
{
    const struct calling *calling = owner;
    struct stage *stage = calling->stage;
    int64_t deadline = stage->world->now_ms + timeout_ms;
    for (;;) {
        tick(stage);
        if (take_arrived(calling->desk, line, out))
            return true;
        if (stage->world->failed || stage->world->now_ms >= deadline ||
            network_is_dead(stage->network, line))
            return false;
        stage->world->now_ms = next_instant(stage, deadline);
    }
}

static void line_close(void *owner, uint64_t line)
{
    const struct calling *calling = owner;
    network_hang_up(calling->stage->network, line);
}

static void line_wait(void *owner, int64_t ms)
{
    const struct calling *calling = owner;
    stage_pass(calling->stage, ms);
}

struct seat_line clockwork_line(struct calling *calling)
{
    return (struct seat_line){ calling, line_open, line_send, line_receive, line_close, line_wait };
}

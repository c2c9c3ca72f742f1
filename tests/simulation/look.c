#include "tests/simulation/model_parts.h"

#include <inttypes.h>

#include "common/base/memory.h"

/* One look at one disk. */
struct look {
    struct model *model;
    struct seat *seat;
    struct disk *disk;
    uint64_t statement, receipt; /* numbers of the last ones seen */
    unsigned surprises;
};

static void see_statement(void *owner, const struct sight *sight)
{
    struct look *look = owner;
    struct world *world = look->model->world;
    struct disk *disk = look->disk;
    const struct claim *before = NULL;
    uint64_t number = ++look->statement;
    if (sight->sequence != number)
        world_fail(world, "%s: number %" PRIu64 " stands at %" PRIu64, look->seat->name,
                   sight->sequence, number);
    size_t claim = model_claim_of(look->model, sight);
    if (number <= disk->count && disk->claims[number - 1] != claim)
        world_fail(world, "%s: statement %" PRIu64 " is another one than it was", look->seat->name,
                   number);
    if (number >= 2 && number <= disk->count + 1)
        before = &look->model->claims[disk->claims[number - 2]];
    if (before && !digest_equal(&before->sight.hash, &sight->previous))
        world_fail(world, "%s: statement %" PRIu64 " does not name the one before",
                   look->seat->name, number);
    if (number <= disk->count)
        return;
    look->surprises++;
    disk->claims =
        memory_grown(disk->claims, &disk->capacity, disk->count + 1, sizeof *disk->claims);
    disk->claims[disk->count++] = claim;
    world_tell(world, "%s: holds %" PRIu64 " = " HASH_FORMAT " (%d v%" PRIu32 " %" PRId64 ")",
               look->seat->name, number, HASH_TEXT(sight->hash), sight->year, sight->version,
               sight->figure);
}

/* Each receipt speaks of the statement on this disk, and holds. */
static void see_receipt(void *owner, const struct seat_receipt *receipt)
{
    struct look *look = owner;
    struct world *world = look->model->world;
    struct disk *disk = look->disk;
    uint64_t number = ++look->receipt;
    if (!receipt->holds || number > disk->count) {
        world_fail(world, "%s: the receipt for %" PRIu64 " does not hold", look->seat->name,
                   number);
        return;
    }
    struct claim *claim = &look->model->claims[disk->claims[number - 1]];
    if (receipt->position >= look->model->survives[receipt->generation]) {
        /* It came while a session was open that the disaster fell into. */
        if (!claim->owed) {
            claim->owed = true;
            claim->owed_position = receipt->position;
            claim->owed_generation = receipt->generation;
        }
        return; /* it has not heard of the disaster yet */
    }
    if (claim->acknowledged && (claim->acknowledged_position != receipt->position ||
                                claim->acknowledged_accepted != receipt->accepted))
        world_fail(world, "%s: statement %" PRIu64 " has two different receipts", look->seat->name,
                   number);
    if (!claim->acknowledged) {
        world->tally->acknowledged += !claim->owed;
        world_note(world, receipt->accepted ? EVENT_ACCEPTED : EVENT_REJECTED,
                   "%s: %" PRIu64 " is acknowledged at %" PRIu64 ", %s", look->seat->name, number,
                   receipt->position, receipt->accepted ? "accepted" : "rejected");
    }
    claim->acknowledged = true;
    claim->acknowledged_position = receipt->position;
    claim->acknowledged_accepted = receipt->accepted;
    if (number > disk->receipted)
        disk->receipted = number;
}

static void look_at(struct look *look, uint64_t statements_from, uint64_t receipts_from)
{
    look->statement = statements_from - 1;
    look->receipt = receipts_from - 1;
    if (!seat_read(look->seat, statements_from, receipts_from, see_statement, see_receipt, look))
        world_fail(look->model->world, "%s: unreadable: %s", look->seat->name,
                   look->seat->err.text);
    if (look->disk->lost_some)
        look->disk->receipted = look->receipt;
    if (look->statement < look->disk->count || look->receipt < look->disk->receipted)
        world_fail(look->model->world,
                   "%s: ends at %" PRIu64 " and %" PRIu64 ", but had %zu statements and %" PRIu64
                   " receipts",
                   look->seat->name, look->statement, look->receipt, look->disk->count,
                   look->disk->receipted);
}

void model_observe(struct model *model, struct seat *seat, struct disk *disk,
                   unsigned surprises_max)
{
    struct look look = { .model = model, .seat = seat, .disk = disk };
    /* The last known one is looked at again: it must still be what it was. */
    look_at(&look, disk->count > 0 ? disk->count : 1, disk->lost_some ? 1 : disk->receipted + 1);
    if (look.surprises > surprises_max)
        world_fail(model->world, "%s: %u statements more than were sealed", seat->name,
                   look.surprises);
}

void model_examine(struct model *model, struct seat *seat, struct disk *disk)
{
    struct look look = { .model = model, .seat = seat, .disk = disk };
    look_at(&look, 1, 1);
    if (!seat_is_sound(seat))
        world_fail(model->world, "%s: doctor: %s", seat->name, seat->err.text);
}

#include "tests/simulation/world.h"

#include <inttypes.h>
#include <stdarg.h>

struct world world_of(uint64_t seed, const char *folder, struct tally *tally, FILE *trace)
{
    return (struct world){
        .random = seeded_random_of(seed), .tally = tally, .trace = trace, .folder = folder
    };
}

uint64_t world_pick(struct world *world, uint64_t limit)
{
    return random_below(&world->random.random, limit);
}

bool world_chance(struct world *world, unsigned percent)
{
    return world_pick(world, 100) < percent;
}

struct seeded_random world_random(struct world *world)
{
    return seeded_random_of(random_u64(&world->random.random));
}

PRINTF_LIKE(3, 0)
static void tell(struct world *world, const char *mark, const char *format, va_list arguments)
{
    if (!world->trace)
        return;
    fprintf(world->trace, "%7" PRId64 ".%03" PRId64 " %s ", world->now_ms / 1000,
            world->now_ms % 1000, mark);
    vfprintf(world->trace, format, arguments);
    fputc('\n', world->trace);
}

void world_note(struct world *world, enum event event, const char *format, ...)
{
    va_list arguments;
    world->tally->events[event]++;
    va_start(arguments, format);
    tell(world, "*", format, arguments);
    va_end(arguments);
}

void world_tell(struct world *world, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell(world, " ", format, arguments);
    va_end(arguments);
}

void world_fail(struct world *world, const char *format, ...)
{
    va_list arguments;
    if (world->failed)
        return;
    world->failed = true;
    va_start(arguments, format);
    vsnprintf(world->failure, sizeof world->failure, format, arguments);
    va_end(arguments);
    world_tell(world, "FAILED: %s", world->failure);
}

#include "tests/simulation/network.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/memory.h"

#define DELAY_MIN_MS 5

struct line {
    size_t seat;
    unsigned char curve_key[KEY_SIZE];
    bool cut;     /* nothing can be sent any more */
    bool hung_up; /* nobody listens at the agent's end */
};

struct flying {
    struct packet packet;
    int64_t due_ms;
    uint64_t order;
};

struct network {
    struct world *world;
    struct weather weather;
    struct line *lines;
    size_t line_count, line_capacity;
    struct flying *flying;
    size_t flying_count, flying_capacity;
    uint64_t sent;
};

struct network *network_create(struct world *world)
{
    struct network *network = memory_zeroed(1, sizeof *network);
    network->world = world;
    return network;
}

void network_destroy(struct network **network)
{
    for (size_t i = 0; i < (*network)->flying_count; i++)
        free((void *)(uintptr_t)(*network)->flying[i].packet.payload.data);
    memory_free(&(*network)->flying);
    memory_free(&(*network)->lines);
    memory_free(network);
}

struct weather *network_weather(struct network *network)
{
    return &network->weather;
}

uint64_t network_connect(struct network *network, size_t seat,
                         const unsigned char curve_key[KEY_SIZE])
{
    network->lines = memory_grown(network->lines, &network->line_capacity, network->line_count + 1,
                                  sizeof *network->lines);
    struct line *line = &network->lines[network->line_count];
    *line = (struct line){ .seat = seat };
    memcpy(line->curve_key, curve_key, KEY_SIZE);
    return network->line_count++;
}

void network_hang_up(struct network *network, uint64_t line)
{
    network->lines[line].hung_up = network->lines[line].cut = true;
}

void network_cut_all(struct network *network)
{
    for (size_t i = 0; i < network->line_count; i++)
        network->lines[i].cut = true;
}

bool network_is_open(const struct network *network, uint64_t line)
{
    return !network->lines[line].cut;
}

bool network_is_heard(const struct network *network, uint64_t line)
{
    return !network->lines[line].hung_up;
}

bool network_is_dead(const struct network *network, uint64_t line)
{
    for (size_t i = 0; i < network->flying_count; i++)
        if (network->flying[i].packet.line == line && !network->flying[i].packet.to_office)
            return false;
    return network->lines[line].cut;
}

size_t network_seat(const struct network *network, uint64_t line)
{
    return network->lines[line].seat;
}

const unsigned char *network_key(const struct network *network, uint64_t line)
{
    return network->lines[line].curve_key;
}

static void launch(struct network *network, uint64_t line, bool to_office, struct bytes payload)
{
    struct world *world = network->world;
    unsigned char *copy = memory_zeroed(payload.size, 1);
    memcpy(copy, payload.data, payload.size);
    int64_t delay = DELAY_MIN_MS;
    if (network->weather.delay_max_ms > 0)
        delay += (int64_t)world_pick(world, network->weather.delay_max_ms);
    network->flying = memory_grown(network->flying, &network->flying_capacity,
                                   network->flying_count + 1, sizeof *network->flying);
    network->flying[network->flying_count++] = (struct flying){
        { line, to_office, { copy, payload.size } }, world->now_ms + delay, network->sent++
    };
}

void network_send(struct network *network, uint64_t line, bool to_office, struct bytes payload)
{
    struct world *world = network->world;
    const struct weather *weather = &network->weather;
    world->tally->events[EVENT_MESSAGE_SENT]++;
    if (weather->cut > 0 && world_chance(world, weather->cut)) {
        world_note(world, EVENT_LINE_CUT, "line %u is cut", (unsigned)line);
        network->lines[line].cut = true;
    }
    if (weather->loss > 0 && world_chance(world, weather->loss)) {
        world_note(world, EVENT_MESSAGE_LOST, "line %u loses a message %s the province",
                   (unsigned)line, to_office ? "to" : "from");
        return;
    }
    launch(network, line, to_office, payload);
    if (weather->doubling > 0 && world_chance(world, weather->doubling)) {
        world_note(world, EVENT_MESSAGE_DOUBLED, "line %u doubles a message", (unsigned)line);
        launch(network, line, to_office, payload);
    }
}

/* The index of what arrives first; equal times in the order of sending. */
static size_t first_flying(const struct network *network)
{
    size_t first = 0;
    for (size_t i = 1; i < network->flying_count; i++) {
        const struct flying *one = &network->flying[i], *other = &network->flying[first];
        if (one->due_ms < other->due_ms ||
            (one->due_ms == other->due_ms && one->order < other->order))
            first = i;
    }
    return first;
}

static bool overtakes(const struct network *network, const struct flying *one)
{
    for (size_t i = 0; i < network->flying_count; i++) {
        const struct flying *other = &network->flying[i];
        if (other->order < one->order && other->packet.line == one->packet.line &&
            other->packet.to_office == one->packet.to_office)
            return true;
    }
    return false;
}

bool network_take(struct network *network, struct packet *out)
{
    size_t first = first_flying(network);
    if (network->flying_count == 0 || network->flying[first].due_ms > network->world->now_ms)
        return false;
    if (overtakes(network, &network->flying[first]))
        world_note(network->world, EVENT_MESSAGE_OVERTAKEN, "line %u changes the order",
                   (unsigned)network->flying[first].packet.line);
    *out = network->flying[first].packet;
    network->flying[first] = network->flying[--network->flying_count];
    return true;
}

int64_t network_next_ms(const struct network *network)
{
    return network->flying_count == 0 ? INT64_MAX : network->flying[first_flying(network)].due_ms;
}

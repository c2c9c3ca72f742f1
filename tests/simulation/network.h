#ifndef TESTS_SIMULATION_NETWORK_H
#define TESTS_SIMULATION_NETWORK_H

/*
 * Lines between agents and the province. What is sent may be lost, come twice, late, or in
 * another order; a line may be cut. Worse than any real line: one order less to rely on.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/wire/keys.h"
#include "tests/simulation/world.h"

struct network;

/* In percent, but for the delay. */
struct weather {
    unsigned loss, doubling, cut;
    uint64_t delay_max_ms;
};

struct packet {
    uint64_t line;
    bool to_office;
    struct bytes payload; /* malloc'ed: whoever takes the packet frees it */
};

NODISCARD struct network *network_create(struct world *world);
void network_destroy(struct network **network);

struct weather *network_weather(struct network *network);

/* A new line of `seat`, whose key is `curve_key`. */
uint64_t network_connect(struct network *network, size_t seat,
                         const unsigned char curve_key[KEY_SIZE]);
/* The agent's end is gone: nothing arrives there any more. */
void network_hang_up(struct network *network, uint64_t line);
/* The province's ends are gone: what it had sent before still arrives. */
void network_cut_all(struct network *network);
/* Something may be sent. */
bool network_is_open(const struct network *network, uint64_t line);
/* Somebody listens at the agent's end. */
bool network_is_heard(const struct network *network, uint64_t line);
/* It was cut, and nothing is on its way to the agent any more. */
bool network_is_dead(const struct network *network, uint64_t line);
size_t network_seat(const struct network *network, uint64_t line);
const unsigned char *network_key(const struct network *network, uint64_t line);

void network_send(struct network *network, uint64_t line, bool to_office, struct bytes payload);
/* The next to arrive by now; false when there is none. */
bool network_take(struct network *network, struct packet *out);
/* When the next one arrives; INT64_MAX never. */
int64_t network_next_ms(const struct network *network);

#endif

#ifndef TESTS_AGGREGATOR_FRONT_DOOR_H
#define TESTS_AGGREGATOR_FRONT_DOOR_H

/*
 * The gate of a province, and a test in the place of the network: who speaks, over which
 * connection and with which key, and who is let in. Include tests/support/test.h first.
 */

#include "aggregator/ingest/gate.h"
#include "common/wire/message.h"
#include "common/wire/token.h"
#include "tests/aggregator/workbench.h"

#define FRONT_DOOR_QUEUE 8
#define FRONT_DOOR_KEYS_MAX 64

/* A device's keys, its token and nonce, on a connection of its own. */
struct speaker {
    struct key_pair pair;
    struct stream_id stream;
    unsigned char connection;
    struct token token;
    unsigned char nonce[MESSAGE_NONCE_SIZE];
};

struct front_door {
    struct workbench *bench;
    struct gate *gate;
    struct speaker *speaking[FRONT_DOOR_QUEUE];
    struct bytes incoming[FRONT_DOOR_QUEUE];
    size_t waiting, taken;
    size_t pause;          /* with so many taken nothing waits, once; 0: never */
    struct message answer; /* the last */
    size_t answered;
    unsigned char let_in[FRONT_DOOR_KEYS_MAX][KEY_SIZE]; /* what admit and dismiss amount to */
    size_t let_in_count;
};

int front_door_set_up(void **state);
int front_door_tear_down(void **state);
/* Of the province and the gate. */
void front_door_restart(struct front_door *door);

bool front_door_admits(const struct front_door *door, const unsigned char curve_key[KEY_SIZE]);
bool is_let_in(const struct front_door *door, const struct speaker *speaker);

/* The workbench's device. */
struct speaker the_device(struct front_door *door);
/* From a backup or a copied disk: same keys and token, another line, a nonce of its own. */
struct speaker a_copy(struct front_door *door, const struct speaker *speaker);
void draw_nonce(struct front_door *door, struct speaker *speaker);

void put(struct front_door *door, struct speaker *speaker, const struct message *message);
/* One turn; the last answer. */
const struct message *turn(struct front_door *door);

#define NO_CHALLENGE ((struct bytes){ NULL, 0 })
const struct message *say_hello(struct front_door *door, struct speaker *speaker,
                                struct bytes challenge);
const struct message *submit(struct front_door *door, struct speaker *speaker,
                             const struct sealed_statement *sealed);
/* A session begins, and the answer arrives. */
void meet(struct front_door *door, struct speaker *speaker);
void assert_refused(const struct message *answer, enum refusal refusal);

/* As another process would. */
void decide(struct front_door *door, struct entry entry);
struct entry an_enrolment(const struct speaker *speaker, uint32_t epoch);

#endif

#ifndef TESTS_SIMULATION_OFFICE_H
#define TESTS_SIMULATION_OFFICE_H

/*
 * The province's end: the real aggregator on its folder, running or not, with the network of
 * the simulation at its gate. The aggregator's code is behind this page alone.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/catalogue/source.h"
#include "common/wire/message.h"
#include "tests/simulation/network.h"
#include "tests/simulation/process.h"
#include "tests/simulation/sight.h"

#define OFFICE_PATH_SIZE 400

struct gate;
struct office_inbox;
struct province;

/* Told of every statement that the province takes in. */
typedef void office_question_fn(void *owner, uint64_t line, const struct digest *statement);
/* Told of everything the province says, before it is sent. */
typedef void office_answer_fn(void *owner, uint64_t line, const struct message *answer);

struct office {
    struct process process;
    struct network *network;
    struct province *province; /* NULL: not running */
    struct gate *gate;
    struct packet *waiting; /* what arrived and was not taken */
    size_t waiting_count, waiting_capacity, taken;
    unsigned char (*admitted)[KEY_SIZE];
    size_t admitted_count, admitted_capacity;
    office_question_fn *asked;
    office_answer_fn *answered;
    void *owner;
    bool died_answering;
    char folder[OFFICE_PATH_SIZE];
    struct error err;
};

NODISCARD bool office_set_up(struct office *office, const struct sources *catalogue);
/* To be freed. */
struct bytes office_card(const struct office *office);
NODISCARD bool office_start(struct office *office);
/* On a store that was put back: what was published since is lost, and said to be. */
NODISCARD bool office_start_anew(struct office *office);
/* Nothing that waits is answered. */
void office_stop(struct office *office);
void office_close(struct office *office);

void office_take_in(struct office *office, const struct packet *packet);
/* Everything that waits, as one batch. False: it failed, and has to be stopped. */
NODISCARD bool office_turn(struct office *office);
/* Repeats it found, since it was started. */
uint64_t office_duplicates(const struct office *office);
/* A file that somebody brought, and the answer that he takes back, if there is one. */
enum office_file { OFFICE_FILE_TAKEN, OFFICE_FILE_REFUSED, OFFICE_FILE_FAILED };
struct office_file_report {
    uint64_t appended, duplicates;
    bool answered;
    bool forked;
};
NODISCARD enum office_file office_take_file(struct office *office, const char *path,
                                            const char *answer, struct office_file_report *out);
bool office_lets_in(const struct office *office, const unsigned char curve_key[KEY_SIZE]);

/* The registrar. */
NODISCARD bool office_register(struct office *office, const char *zone);
NODISCARD bool office_enrol(struct office *office, struct bytes request);
/* The next epoch of a device that is known. */
NODISCARD bool office_renew(struct office *office, const struct stream_id *stream);
NODISCARD bool office_revoke(struct office *office, const struct stream_id *stream);

#endif

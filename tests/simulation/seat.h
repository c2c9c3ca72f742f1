#ifndef TESTS_SIMULATION_SEAT_H
#define TESTS_SIMULATION_SEAT_H

/*
 * One installation of the real agent: a folder, and the program that runs on it or does not.
 * The agent's code is behind this page alone, because both programs have functions of the same
 * name; see CMakeLists.txt.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/wire/keys.h"
#include "tests/simulation/process.h"
#include "tests/simulation/sight.h"

#define SEAT_PATH_SIZE 400

struct agent;
struct catalogue;
struct machine;

/* The line that the stage holds for it. */
struct seat_line {
    void *owner;
    bool (*open)(void *owner, uint64_t *out_line);
    bool (*send)(void *owner, uint64_t line, struct bytes payload);
    /* Lets the world go on for at most so long. The payload lives until the next call. */
    bool (*receive)(void *owner, uint64_t line, int timeout_ms, struct bytes *out);
    void (*close)(void *owner, uint64_t line);
    void (*wait)(void *owner, int64_t ms);
};

struct seat {
    struct process process;
    struct machine *machine; /* the computer it is on; seat_on() makes it */
    const struct catalogue *catalogue;
    struct agent *agent; /* NULL: not running */
    char name[16];
    char folder[SEAT_PATH_SIZE];
    struct error err; /* of what failed last */
};

/* Puts it on a computer of that number. */
void seat_on(struct seat *seat, unsigned computer);
void seat_free(struct seat *seat);
/* It found itself on another computer than the one it was set up on. */
bool seat_is_copied(const struct seat *seat);

NODISCARD bool seat_set_up(struct seat *seat, const char *zone, struct bytes card);
/* The request's text, to be freed. */
struct bytes seat_request(const struct seat *seat);
NODISCARD bool seat_start(struct seat *seat);
void seat_stop(struct seat *seat);
struct stream_id seat_stream(const struct seat *seat);
struct public_keys seat_keys(const struct seat *seat);

/* From the figure to the sealed statement: edit, check, sign, seal. */
NODISCARD bool seat_seal_return(struct seat *seat, int year, int64_t figure);
/* What the agent has no command for yet, put into its stream as sealing does it. */
NODISCARD bool seat_seal_other(struct seat *seat, enum statement_kind kind, int year,
                               uint32_t version);

/* New keys: what is sealed next waits until the province has acknowledged them. */
NODISCARD bool seat_change_keys(struct seat *seat);
bool seat_waits_for_keys(struct seat *seat);

/* By file. Export writes what waits, or the request to be let in; import takes an answer. */
NODISCARD bool seat_export(struct seat *seat, const char *path);
NODISCARD bool seat_import(struct seat *seat, const char *path);

struct seat_report {
    uint64_t receipted, waiting;
};
NODISCARD bool seat_sync(struct seat *seat, const struct seat_line *line, int64_t timeout_ms,
                         struct seat_report *out);

/* A SUBMIT message with these statements, to be freed; they are all on its disk. */
struct bytes seat_submit(struct seat *seat, uint64_t first, size_t count);

/* Statements and receipts from a number on, read off the disk; false when they cannot be. */
struct seat_receipt {
    uint64_t sequence, position;
    uint32_t generation; /* of the province's log */
    struct digest hash;
    bool accepted;
    bool holds; /* it verifies with the province's key, and is about our statement */
};
typedef void seat_statement_fn(void *owner, const struct sight *sight);
typedef void seat_receipt_fn(void *owner, const struct seat_receipt *receipt);
NODISCARD bool seat_read(struct seat *seat, uint64_t statements_from, uint64_t receipts_from,
                         seat_statement_fn *statement, seat_receipt_fn *receipt, void *owner);

NODISCARD bool seat_is_sound(struct seat *seat); /* doctor finds nothing */

#endif

#ifndef TESTS_SIMULATION_EVENTS_H
#define TESTS_SIMULATION_EVENTS_H

/*
 * Everything that can happen in a simulated province. A campaign counts each kind, and fails
 * when one of them never happened: what was never tried was never tested.
 */

#include <stdint.h>
#include <stdio.h>

/* clang-format off */
#define EVENT_LIST(EVENT) \
    EVENT(RETURN_SEALED,            "first returns sealed") \
    EVENT(CORRECTION_SEALED,        "corrections sealed") \
    EVENT(WITHDRAWAL_SEALED,        "withdrawals sealed") \
    EVENT(NOTE_SEALED,              "notes sealed") \
    EVENT(SEALED_IN_A_SESSION,      "sealed while a session of the same agent was open") \
    EVENT(SEALING_REFUSED,          "sealings refused by a clock that lost its time") \
    EVENT(SYNC,                     "synchronisations") \
    EVENT(SYNC_INSIDE_ANOTHER,      "synchronisations inside another agent's") \
    EVENT(MESSAGE_SENT,             "messages sent") \
    EVENT(MESSAGE_LOST,             "messages lost") \
    EVENT(MESSAGE_DOUBLED,          "messages doubled") \
    EVENT(MESSAGE_OVERTAKEN,        "messages overtaken") \
    EVENT(LINE_CUT,                 "lines cut in the middle of an exchange") \
    EVENT(PARTITION,                "partitions") \
    EVENT(AGENT_DIED_BEFORE_COMMIT, "agents died before a commit") \
    EVENT(AGENT_DIED_AFTER_COMMIT,  "agents died after a commit") \
    EVENT(AGENT_DIED_ON_THE_LINE,   "agents died between two messages") \
    EVENT(AGENT_RESTARTED,          "agents restarted") \
    EVENT(OFFICE_DIED_BEFORE_COMMIT, "the province died before a commit") \
    EVENT(OFFICE_DIED_AFTER_COMMIT, "the province died after a commit, nothing answered") \
    EVENT(OFFICE_DIED_ANSWERING,    "the province died between two answers") \
    EVENT(OFFICE_RESTARTED,         "the province restarted") \
    EVENT(AGENT_DISK_FULL,          "commits refused by an agent's full disk") \
    EVENT(OFFICE_DISK_FULL,         "commits refused by the province's full disk") \
    EVENT(FOLDER_CLONED,            "installations cloned") \
    EVENT(FOLDER_CARRIED_OFF,       "installations copied to another computer") \
    EVENT(FOLDER_COPIED,            "folders copied for later") \
    EVENT(FOLDER_RESTORED,          "folders replaced by an old copy") \
    EVENT(OFFICE_COPIED,            "copies of the province's store") \
    EVENT(OFFICE_ROLLED_BACK,       "province's stores replaced by an old copy, which must not serve") \
    EVENT(OFFICE_LOST,              "disasters: an old copy goes on as a new generation") \
    EVENT(LOST_AND_RETURNED,        "lost receipts whose statements came back") \
    EVENT(LOST_AND_NAMED,           "lost receipts that the report names") \
    EVENT(AGENT_CLOCK_JUMPED,       "jumps of an agent's clock") \
    EVENT(OFFICE_CLOCK_JUMPED,      "jumps of the province's clock") \
    EVENT(ENROLLED,                 "devices enrolled") \
    EVENT(RENEWED,                  "devices that began another epoch") \
    EVENT(KEYS_CHANGED,             "keys changed") \
    EVENT(DECIDED,                  "contested returns decided") \
    EVENT(SENT_BACK,                "returns sent back") \
    EVENT(REVOKED,                  "devices revoked") \
    EVENT(MACHINE_REPLACED,         "machines replaced") \
    EVENT(ACCEPTED,                 "statements acknowledged: accepted") \
    EVENT(REJECTED,                 "statements acknowledged: rejected") \
    EVENT(DUPLICATE_ANSWERED,       "repeats answered with the same receipt") \
    EVENT(EXPORTED,                 "sticks written by agents") \
    EVENT(BROUGHT,                  "sticks read by the province") \
    EVENT(IMPORTED,                 "answers read from sticks") \
    EVENT(STICK_SPOILT,             "sticks spoilt on the way") \
    EVENT(STICK_REFUSED,            "sticks refused") \
    EVENT(STRAY,                    "statements that came by themselves, late or copied") \
    EVENT(STRAY_ALTERED,            "the same with a bit altered") \
    EVENT(GAP_ANSWERED,             "gaps answered") \
    EVENT(FORK_FOUND,               "forks found by the province") \
    EVENT(SHUT_OUT,                 "calls of devices that are not let in") \
    EVENT(SUSPENDED,                "devices suspended, because two hold them") \
    EVENT(COPY_FOUND,               "copies that found themselves out")
/* clang-format on */

enum event {
#define EVENT_MEMBER(name, words) EVENT_##name,
    EVENT_LIST(EVENT_MEMBER)
#undef EVENT_MEMBER
        EVENT_COUNT
};

/* What a campaign tried so far. Shared between its processes. */
struct tally {
    uint64_t seeds;
    uint64_t seed; /* the one that runs */
    uint64_t statements, acknowledged, counted;
    uint64_t events[EVENT_COUNT];
};

const char *event_words(enum event event);
void tally_add(struct tally *sum, const struct tally *more);
void tally_print(const struct tally *tally, FILE *output);
/* The kinds that never happened, named. */
unsigned tally_complain(const struct tally *tally, FILE *output);

#endif

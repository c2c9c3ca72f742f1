#ifndef TESTS_AGGREGATOR_STICK_H
#define TESTS_AGGREGATOR_STICK_H

/* A workbench's device with a stick: what it carries to the province and what it brings back.
 * Include tests/support/test.h first. */

#include "aggregator/ingest/bundles.h"
#include "common/wire/message.h"
#include "tests/aggregator/workbench.h"
#include "tests/support/carried.h"

struct stick {
    struct workbench *bench;
    char path[TEMPORARY_PATH_SIZE], answer[TEMPORARY_PATH_SIZE];
    uint64_t seen;    /* the checkpoint the device knows, 0 none */
    uint64_t waiting; /* statements without a receipt */
    struct bundle_arrival arrival;
    struct bundle_answer made;
};

struct stick stick_of(struct workbench *bench);

/* What a device writes, to be changed by a test before it is written. */
#define STICK_RECORDS_MAX 2048
struct carried stick_carries(struct stick *stick, const struct sealed_statement *statements,
                             size_t count);
void stick_write(struct stick *stick, const struct sealed_statement *statements, size_t count);

enum bundles_outcome stick_import(struct stick *stick);
/* Fails the test unless one is made. */
struct carried_content stick_answer(struct stick *stick);
/* The only one of its kind in an answer; fails the test when there is none. */
struct message stick_message(struct stick *stick, const struct carried_content *answer,
                             enum message_kind kind);

#endif

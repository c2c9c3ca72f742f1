#ifndef TESTS_SIMULATION_OFFICE_BOOKS_H
#define TESTS_SIMULATION_OFFICE_BOOKS_H

/* What stands in the province's books, and what a person decides who reads them. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "tests/simulation/sight.h"

struct office;

/* The journal from a position on. */
enum office_entry_kind {
    OFFICE_ARRIVAL,
    OFFICE_ENROLMENT,
    OFFICE_REVOCATION,
    OFFICE_SUSPENSION,
    OFFICE_DECISION,
    OFFICE_OTHER
};
struct office_entry {
    uint64_t position;
    enum office_entry_kind kind;
    struct sight sight; /* arrivals */
    bool accepted;
    struct stream_id stream; /* that arrived, was enrolled, revoked or suspended */
    uint64_t chosen;         /* decisions: the statement that counts */
};
typedef void office_entry_fn(void *owner, const struct office_entry *entry);
NODISCARD bool office_read(struct office *office, uint64_t from, office_entry_fn *visit,
                           void *owner);

/* What the report of the last disaster says of a lost position. */
enum office_loss {
    OFFICE_LOSS_RETURNED,
    OFFICE_LOSS_MISSING,
    OFFICE_LOSS_UNCLAIMED,
    OFFICE_LOSS_UNSAID
};
enum office_loss office_loss_of(struct office *office, uint64_t position);

/* A person's decisions. The candidates are statements that contest each other, by position. */
#define OFFICE_CANDIDATES_MAX 32
size_t office_candidates(const struct office *office, const char *zone, int year,
                         uint64_t out[OFFICE_CANDIDATES_MAX]);
NODISCARD bool office_resolve(struct office *office, const char *zone, int year, uint64_t position);
/* False when it was sent back already. */
NODISCARD bool office_send_back(struct office *office, const char *zone, int year);

/* What the figures rest on: 0 when nothing counts. */
struct office_return {
    uint32_t version;
    int64_t figure;
};
struct office_return office_figure(const struct office *office, const char *zone, int year);
bool office_is_frozen(const struct office *office, const struct stream_id *stream);
uint64_t office_sequence(const struct office *office, const struct stream_id *stream);

#endif

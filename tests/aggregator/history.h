#ifndef TESTS_AGGREGATOR_HISTORY_H
#define TESTS_AGGREGATOR_HISTORY_H

/*
 * What one to four zones report in the course of time, drawn from a seed, and what must hold of
 * whoever received it. Include tests/support/test.h first.
 */

#include <stddef.h>
#include <stdint.h>

#include "aggregator/province.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "common/wire/statement.h"
#include "tests/support/temporary_folder.h"

#define HISTORY_ZONES_MAX 4
#define HISTORY_STATEMENTS_MAX 64
#define HISTORY_SHIPMENTS_MAX 256
#define HISTORY_YEARS 3
#define HISTORY_FIRST_YEAR 2020
#define HISTORY_UTC_MS INT64_C(1740000000000)

struct arena;

struct reporter {
    struct stream_id stream;
    struct key_pair pair;
    struct sealed_statement statements[HISTORY_STATEMENTS_MAX];
    size_t count;
    struct stream_head head;
    uint32_t versions[HISTORY_YEARS];
};

/* Statements of one zone that go together; a stray one contradicts what the zone sent before. */
struct shipment {
    size_t zone;
    size_t first, count; /* of the zone's statements */
    bool stray;
    struct sealed_statement contradiction;
};

struct history {
    uint64_t seed;
    struct arena *arena;
    struct seeded_random dice;
    struct reporter zones[HISTORY_ZONES_MAX];
    size_t zone_count;
    struct shipment shipments[HISTORY_SHIPMENTS_MAX]; /* in the order in which they were sent */
    size_t shipment_count;
    struct error err;
};

struct history *history_draw(uint64_t seed, const char *catalogue_path);
void history_destroy(struct history **history);

/* A province that has the zones and their devices, and nothing from them yet. */
struct receiver {
    struct temporary_folder folder, signer_folder;
    struct manual_clock clock;
    struct seeded_random random;
    struct province_seams seams;
    struct province *province;
    struct error err;
};
struct receiver *receiver_open(const struct history *history, const char *catalogue_path);
void receiver_close(struct receiver **receiver);

/*
 * What its store says. Left out always: `sessions` and `hellos` (what connections and files said of
 * themselves), the bounds of batches. Without `order`, also what depends on the order in which
 * different zones were heard: positions, and the tree over them.
 */
void receiver_dump(const struct receiver *receiver, const struct history *history, bool order,
                   struct text_builder *out);

#endif

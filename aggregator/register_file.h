#ifndef AGGREGATOR_REGISTER_FILE_H
#define AGGREGATOR_REGISTER_FILE_H

/*
 * The register of zones as a CSV file, one zone a row. Columns are known by their heading;
 * those that are not are left alone. Every problem is found, with its cell.
 *
 *     code, name             needed
 *     level, type, plate     codes of the catalogue's attributes RG03, RG04, RG05
 *     prefecture, prefecture_code, county, county_code, active_until
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/text.h"
#include "common/model/zone.h"

#define REGISTER_ZONES_MAX 100000

struct arena;
struct catalogue;
struct error;
struct registry;

struct register_change {
    struct zone zone; /* as it is to be */
    bool is_new;
};

struct register_reading {
    struct register_change *changes;
    size_t change_count;
    size_t zone_count;            /* rows read */
    struct text_builder problems; /* one a line; empty: none. To be freed by the caller */
    size_t problem_count;
};

/* What the file would change. An attribute that differs holds from `since` on, for a new zone from
 * the first year. Lives in the arena. Fails when the file cannot be read at all. */
NODISCARD bool register_file_read(struct bytes content, const struct catalogue *catalogue,
                                  const struct registry *registry, struct period since,
                                  struct arena *arena, struct register_reading *out,
                                  struct error *err);

#endif

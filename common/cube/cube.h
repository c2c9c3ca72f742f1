#ifndef COMMON_CUBE_CUBE_H
#define COMMON_CUBE_CUBE_H

/*
 * Observations in columns: for each item and period one figure and status per zone,
 * for each roster, period and zone its rows. The agent holds one zone, the aggregator
 * all of them: one engine, so both judge alike.
 *
 * Item and zone are indexes: of the catalogue, and of the order of cube_add_zone().
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/catalogue/catalogue.h"
#include "common/model/period.h"
#include "common/model/submission.h"
#include "common/model/zone.h"

struct column;
struct cube;
struct roster_rows;

/* Borrows the catalogue, which must outlive it. */
NODISCARD struct cube *cube_create(const struct catalogue *catalogue);
void cube_destroy(struct cube **cube);

const struct catalogue *cube_catalogue(const struct cube *cube);
/* Copies the zone; a zone that is there already is replaced, its figures stay. Returns its
 * index. What cube_zone() lent of the replaced one is gone. */
size_t cube_add_zone(struct cube *cube, const struct zone *zone);
size_t cube_zone_count(const struct cube *cube);
const struct zone *cube_zone(const struct cube *cube, size_t zone);
/* CATALOGUE_NONE when it is not there. */
size_t cube_find_zone(const struct cube *cube, const struct zone_id *id);

/* Replaces whatever the form held for the zone and period, but for reference items it does
 * not mention. Copies. The submission fits (submission_fits()). `source` names the statement
 * it came from: the position in the journal, or the agent's sequence. */
void cube_put(struct cube *cube, size_t zone, const struct submission *submission, uint64_t source);
void cube_remove(struct cube *cube, size_t zone, size_t form, struct period period);
/* A single figure of no return: what the province maintains, what a test gives. */
void cube_put_figure(struct cube *cube, size_t zone, size_t item, struct period period,
                     struct value value);

/* Where a figure came from. */
struct origin {
    bool reported;        /* there is a cell, with a figure or with the reason why not */
    size_t form;          /* CATALOGUE_NONE for a figure of no return */
    struct period period; /* as asked, or its last part: 2021-M12 for 2021 */
    uint32_t version;
    uint64_t source;
};

/* The item at exactly the period, else at its last part (quarter, month) unless it is a flow
 * of the period alone. Not reported: VALUE_MISSING, and origin.reported is false.
 * `out_origin` may be NULL. */
struct value cube_observe(const struct cube *cube, size_t zone, size_t item, struct period period,
                          struct origin *out_origin);
/* The same for whoever does not ask where it came from; false when it is not reported. */
bool cube_look(const struct cube *cube, size_t zone, size_t item, struct period period,
               struct value *out);
/* All zones' figures at exactly the period; NULL when there is none. */
const struct column *cube_column(const struct cube *cube, size_t item, struct period period);
/* Whether the item's figure at the period's last part stands for the period. */
bool cube_item_has_parts(const struct cube *cube, size_t item);
/* The table form that holds the item at the frequency, or CATALOGUE_NONE. */
size_t cube_item_form(const struct cube *cube, size_t item, enum frequency frequency);

/* A roster as it was put; lent until the next put or remove. */
struct roster {
    const char *const *keys; /* ascending */
    size_t row_count;
    struct origin origin;
    size_t form;
    const struct cube *cube;
    const struct roster_rows *rows;
};

/* The roster at exactly the period, else at its last part; false when not reported. */
bool cube_roster(const struct cube *cube, size_t zone, size_t form, struct period period,
                 struct roster *out);
/* The column's figure in a row; `out_text` (may be NULL) gets the text of a text item. */
struct value roster_cell(const struct roster *roster, size_t row, size_t item,
                         const char **out_text);
/* The row with the key, or CATALOGUE_NONE. */
size_t roster_row(const struct roster *roster, const char *key);

/* Changes with every put and remove: results computed before are stale. */
uint64_t cube_generation(const struct cube *cube);

#endif

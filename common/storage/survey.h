#ifndef COMMON_STORAGE_SURVEY_H
#define COMMON_STORAGE_SURVEY_H

/*
 * A store with damage in it: what is damaged is named and put aside, what is sound is saved.
 * Nothing is ever only deleted, and nothing has to be deleted to start.
 *
 *     look        every value of every table against its checksum
 *     quarantine  damaged values, as they are stored, to files; from tables that can do without
 *                 them they are taken out, elsewhere they stay where others count on them
 *     salvage     everything sound into another store
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"

#define SURVEY_KEY_TEXT_SIZE 129

struct database;
struct error;

struct survey_table {
    const char *name;
    bool movable; /* the rest makes sense without a value of it */
};

struct survey_damage {
    const char *table;
    char key[SURVEY_KEY_TEXT_SIZE]; /* hexadecimal */
    bool moved;
};
typedef void survey_tell_fn(const struct survey_damage *damage, void *owner);

struct survey_counts {
    uint64_t values, damaged, moved;
};

struct survey {
    struct database *database;
    const struct survey_table *tables;
    size_t table_count;
    survey_tell_fn *tell; /* may be NULL */
    void *owner;
};

/* Fails when the tables themselves cannot be read: CORRUPT. */
NODISCARD bool survey_look(const struct survey *survey, struct survey_counts *out,
                           struct error *err);
/* Into files of that folder. They are on disk before anything is taken out. */
NODISCARD bool survey_quarantine(const struct survey *survey, const char *folder,
                                 struct survey_counts *out, struct error *err);
/* Into a store that was opened with the same tables. */
NODISCARD bool survey_salvage(const struct survey *survey, struct database *target,
                              struct survey_counts *out, struct error *err);

#endif

#include "aggregator/doctor.h"

#include <inttypes.h>
#include <stdio.h>

#include "aggregator/commands/commands.h"
#include "aggregator/province.h"
#include "aggregator/store.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/database.h"
#include "common/storage/file.h"
#include "common/storage/survey.h"

#define QUARANTINE_FOLDER "quarantine" /* in the data folder */

static void tell(enum audit_weight weight, const char *text, void *owner)
{
    (void)weight;
    (void)owner;
    printf("%s\n", text);
}

static void tell_damage(const struct survey_damage *damage, void *owner)
{
    (void)owner;
    printf(damage->moved ? MESSAGE_SURVEY_MOVED : MESSAGE_SURVEY_DAMAGED, damage->table,
           damage->key);
}

static bool salvage(struct survey *survey, const char *folder, struct arena *arena,
                    struct error *err)
{
    struct survey_counts counts;
    survey->tell = NULL;
    CLEANUP(database_close)
    struct database *target = store_open(folder, true, err);
    if (!target || !survey_salvage(survey, target, &counts, err))
        return false;
    printf(MESSAGE_SURVEY_SALVAGED, counts.values - counts.damaged,
           arena_format(arena, "%s/" STORE_FOLDER, folder));
    return true;
}

/* Value by value, before anything is asked of the whole: so it works on a store that no longer
 * opens. Nothing has to be deleted first. */
static bool survey_store(const struct arguments *arguments, struct arena *arena,
                         struct survey_counts *out, struct error *err)
{
    size_t count;
    const char *const *names = store_tables(&count);
    struct survey_table *tables = arena_take(arena, count, sizeof *tables);
    const char *salvaged = arguments_option(arguments, "salvage");
    if (!file_exists(arena_format(arena, "%s/" STORE_FOLDER "/data.mdb", arguments->data_folder)))
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_STORAGE_NOT_THERE, arguments->data_folder);
    for (size_t i = 0; i < count; i++)
        tables[i] = (struct survey_table){ names[i], store_table_can_spare(names[i]) };
    CLEANUP(database_close)
    struct database *database = store_open(arguments->data_folder, true, err);
    struct survey survey = { database, tables, count, tell_damage, NULL };
    if (!database)
        return false;
    if (arguments_option(arguments, "quarantine"))
        return survey_quarantine(
            &survey, arena_format(arena, "%s/" QUARANTINE_FOLDER, arguments->data_folder), out,
            err);
    return survey_look(&survey, out, err) && (!salvaged || salvage(&survey, salvaged, arena, err));
}

bool command_doctor(const struct arguments *arguments, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct survey_counts counts;
    struct doctor_report report;
    struct database_use use;
    if (!survey_store(arguments, arena, &counts, err))
        return false;
    printf(MESSAGE_SURVEY_REPORT, counts.values, counts.damaged, counts.moved);
    if (counts.damaged > counts.moved)
        return error_set(err, ERROR_CORRUPT, MESSAGE_SURVEY_REMAINS, counts.damaged - counts.moved);
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province || !doctor_examine(province, tell, NULL, &report, err) ||
        !database_measure(province->database, &use, err))
        return false;
    printf(MESSAGE_EXAM_REPORT, report.entries, report.statements, report.streams,
           report.checkpoints, report.evidence, use.used_bytes, use.map_size_bytes);
    return report.problems == 0 ||
           error_set(err, ERROR_CORRUPT, MESSAGE_EXAM_PROBLEMS, report.problems);
}

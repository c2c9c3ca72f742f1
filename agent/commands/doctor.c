#include "agent/doctor.h"

#include <inttypes.h>
#include <stdio.h>

#include "agent/commands/commands.h"
#include "agent/commands/workplace.h"
#include "agent/evidence.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/progress.h"
#include "common/storage/file.h"
#include "common/storage/survey.h"
#include "common/storage/transaction.h"

#define QUARANTINE_FOLDER "quarantine" /* in the data folder */

static void tell_damage(const struct survey_damage *damage, void *owner)
{
    (void)owner;
    printf(damage->moved ? MESSAGE_SURVEY_MOVED : MESSAGE_SURVEY_DAMAGED, damage->table,
           damage->key);
}

static bool salvage(struct survey *survey, const char *folder, struct error *err)
{
    struct survey_counts counts;
    survey->tell = NULL;
    CLEANUP(store_close) struct store target = { .database = NULL };
    if (!store_open(folder, true, &target, err) ||
        !survey_salvage(survey, target.database, &counts, err))
        return false;
    printf(MESSAGE_SURVEY_SALVAGED, counts.values - counts.damaged, folder);
    return true;
}

/* Value by value, before anything is asked of the whole: so it works on a store that no longer
 * opens. Nothing has to be deleted first. */
static bool survey_store(const struct arguments *arguments, struct survey_counts *out,
                         struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    char path[AGENT_PATH_SIZE];
    const char *salvaged = arguments_option(arguments, "salvage");
    CLEANUP(store_close) struct store store = { .database = NULL };
    if (!agent_path(arguments->data_folder, STORE_FOLDER, path, err))
        return false;
    if (!file_exists(path))
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_AGENT_NOT_SET_UP, arguments->data_folder);
    if (!store_open(arguments->data_folder, true, &store, err) ||
        !agent_path(arguments->data_folder, QUARANTINE_FOLDER, path, err))
        return false;
    struct survey survey = { .database = store.database, .tell = tell_damage };
    survey.tables = store_survey_tables(arena, &survey.table_count);
    if (arguments_option(arguments, "quarantine"))
        return survey_quarantine(&survey, path, out, err);
    return survey_look(&survey, out, err) && (!salvaged || salvage(&survey, salvaged, err));
}

static bool print_evidence(const struct workplace *workplace, struct error *err)
{
    size_t count;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(workplace->agent->store.database);
    (void)evidence_list(&workplace->agent->store, txn, workplace->arena, &count);
    if (count > 0)
        printf(MESSAGE_COMMAND_EVIDENCE, count);
    return transaction_check(txn, err);
}

bool command_doctor(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    struct survey_counts counts;
    if (!survey_store(arguments, &counts, err))
        return false;
    printf(MESSAGE_SURVEY_REPORT, counts.values, counts.damaged, counts.moved);
    if (!workplace_open(arguments, &workplace, err))
        return false;
    struct doctor_report *report = arena_take(workplace.arena, 1, sizeof *report);
    struct progress progress =
        progress_begin(stderr, workplace.agent->seams.clock, MESSAGE_COMMAND_EXAMINING, 0);
    bool healthy = doctor_examine(workplace.agent, &progress, workplace.arena, report);
    progress_end(&progress);
    printf(MESSAGE_COMMAND_EXAMINED, report->statements, report->receipts, report->drafts,
           report->catalogues);
    for (size_t i = 0; i < report->problem_count; i++)
        printf("  %s\n", report->problems[i]);
    if (report->omitted > 0)
        printf(MESSAGE_COMMAND_MORE, (size_t)report->omitted);
    if (report->vouched > 0)
        printf(MESSAGE_COMMAND_VOUCHED, report->vouched);
    if (!healthy)
        return error_set(err, ERROR_CORRUPT, MESSAGE_COMMAND_DAMAGED,
                         report->problem_count + (size_t)report->omitted);
    if (counts.damaged > counts.moved)
        return error_set(err, ERROR_CORRUPT, MESSAGE_SURVEY_REMAINS, counts.damaged - counts.moved);
    if (!print_evidence(&workplace, err))
        return false;
    printf(MESSAGE_COMMAND_HEALTHY);
    return true;
}

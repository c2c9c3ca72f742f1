#include "agent/doctor.h"

#include <inttypes.h>
#include <stdio.h>

#include "agent/commands/commands.h"
#include "agent/commands/workplace.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/progress.h"

bool command_doctor(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
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
    if (!healthy)
        return error_set(err, ERROR_CORRUPT, MESSAGE_COMMAND_DAMAGED,
                         report->problem_count + (size_t)report->omitted);
    printf(MESSAGE_COMMAND_HEALTHY);
    return true;
}

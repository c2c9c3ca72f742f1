#include <inttypes.h>
#include <stdio.h>

#include "agent/commands/commands.h"
#include "agent/commands/workplace.h"
#include "agent/recovering.h"
#include "agent/wire_line.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/progress.h"

static void print_report(const struct recovering_report *report)
{
    const struct recovery_end *end = &report->end;
    printf(MESSAGE_COMMAND_RECOVERED, report->fetched, end->statements, end->streams);
    if (report->lost > 0)
        printf(MESSAGE_COMMAND_RECOVER_LOST, report->lost);
    if (end->epoch > 0)
        printf(MESSAGE_COMMAND_RECOVER_EPOCH, end->epoch);
    if (end->stranded > 0)
        printf(MESSAGE_COMMAND_RECOVER_STRANDED, end->stranded);
    if (end->version > 0)
        workplace_print_catalogue(end->version, &end->drafts);
}

bool command_recover(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    CLEANUP(wire_line_destroy) struct wire_line line = { .context = NULL };
    struct recovering_options options = { .progress = NULL };
    struct recovering_report report;
    if (!workplace_timeout(arguments, &options.timeout_ms, err) ||
        !workplace_open(arguments, &workplace, err) ||
        !workplace_line(&workplace, arguments, &line, err))
        return false;
    struct agent *agent = workplace.agent;
    struct progress progress =
        progress_begin(stderr, agent->seams.clock, MESSAGE_COMMAND_RECOVERING, 0);
    options.progress = &progress;
    bool done = recovering_run(agent, &line.channel, &options, &report, err);
    progress_end(&progress);
    if (!done)
        return error_wrap(err, MESSAGE_COMMAND_RECOVER, line.endpoint);
    print_report(&report);
    return true;
}

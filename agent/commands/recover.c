#include <stdio.h>

#include "agent/commands/commands.h"
#include "agent/commands/workplace.h"
#include "agent/recovering.h"
#include "agent/wire_line.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/progress.h"

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
    workplace_print_recovery(report.fetched, report.lost, &report.end);
    return true;
}

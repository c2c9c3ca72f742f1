#include <inttypes.h>
#include <stdio.h>

#include "agent/commands/commands.h"
#include "agent/commands/workplace.h"
#include "agent/outbox.h"
#include "agent/sync.h"
#include "agent/wire_line.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/progress.h"
#include "common/storage/transaction.h"

#define PROGRESS_FROM 20 /* statements: fewer are done before anybody looks */

static bool count_waiting(const struct agent *agent, uint64_t *out, struct error *err)
{
    struct outbox outbox;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(agent->store.database);
    if (!outbox_look(&agent->store, txn, &outbox, err))
        return false;
    *out = outbox_waiting(&outbox);
    return true;
}

static void print_report(const struct sync_report *report)
{
    printf(MESSAGE_COMMAND_SYNCED, report->receipted, report->accepted, report->rejected,
           report->waiting);
    if (report->clock_ahead_ms > CLOCK_SKEW_MS || report->clock_ahead_ms < -CLOCK_SKEW_MS)
        printf(MESSAGE_COMMAND_SYNC_CLOCK, report->clock_ahead_ms / 60000);
    if (report->rejected > 0)
        printf(MESSAGE_COMMAND_SYNC_REJECTED);
    if (report->generation > 0)
        printf(MESSAGE_COMMAND_GENERATION, report->generation, report->receipts_lost);
    if (report->notices.sent_back + report->notices.decided > 0)
        printf(MESSAGE_COMMAND_SYNC_NOTICES, report->notices.sent_back, report->notices.decided);
    if (report->behind)
        printf(MESSAGE_COMMAND_SYNC_BEHIND);
    if (report->zone_learnt)
        printf(MESSAGE_COMMAND_SYNC_ZONE);
    if (report->catalogue.taken)
        workplace_print_catalogue(report->catalogue.version, &report->catalogue.drafts);
    if (report->catalogue_trouble.kind != ERROR_NONE)
        printf(MESSAGE_COMMAND_CATALOGUE_REFUSED, report->catalogue_trouble.text);
}

bool command_sync(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    CLEANUP(wire_line_destroy) struct wire_line line = { .context = NULL };
    struct sync_options options = { .progress = NULL };
    struct sync_report report;
    uint64_t waiting;
    if (!workplace_timeout(arguments, &options.timeout_ms, err) ||
        !workplace_open(arguments, &workplace, err) ||
        !count_waiting(workplace.agent, &waiting, err))
        return false;
    struct agent *agent = workplace.agent;
    if (!workplace_line(&workplace, arguments, &line, err))
        return false;
    struct progress progress;
    if (waiting >= PROGRESS_FROM) {
        progress = progress_begin(stderr, agent->seams.clock, MESSAGE_COMMAND_SYNCING, waiting);
        options.progress = &progress;
    }
    bool done = sync_run(agent, &line.channel, &options, &report, err);
    if (options.progress)
        progress_end(options.progress);
    print_report(&report);
    return done || error_wrap(err, MESSAGE_COMMAND_SYNC, line.endpoint);
}

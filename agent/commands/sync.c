#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

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

#define TIMEOUT_S 60
#define TIMEOUT_MAX_S 86400
#define PROGRESS_FROM 20 /* statements: fewer are done before anybody looks */

static bool read_timeout(const struct arguments *arguments, int64_t *out_ms, struct error *err)
{
    const char *text = arguments_option(arguments, "timeout");
    char *end;
    long seconds = text ? strtol(text, &end, 10) : TIMEOUT_S;
    if (text && (end == text || *end != '\0' || seconds < 1 || seconds > TIMEOUT_MAX_S))
        return error_set(err, ERROR_USAGE, MESSAGE_COMMAND_TIMEOUT, text, TIMEOUT_MAX_S);
    *out_ms = (int64_t)seconds * 1000;
    return true;
}

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
    if (report->zone_learnt)
        printf(MESSAGE_COMMAND_SYNC_ZONE);
    const struct redrafting *drafts = &report->catalogue.drafts;
    if (report->catalogue.taken)
        printf(MESSAGE_COMMAND_CATALOGUE_TAKEN, report->catalogue.version, drafts->drafts,
               drafts->passed, drafts->returned);
    if (drafts->figures > 0)
        printf(MESSAGE_COMMAND_CATALOGUE_FIGURES, drafts->figures);
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
    if (!read_timeout(arguments, &options.timeout_ms, err) ||
        !workplace_open(arguments, &workplace, err) ||
        !count_waiting(workplace.agent, &waiting, err))
        return false;
    struct agent *agent = workplace.agent;
    const char *endpoint = arguments_option(arguments, "endpoint");
    if (!endpoint)
        endpoint = agent->province.endpoint;
    if (!*endpoint)
        return error_set(err, ERROR_USAGE, MESSAGE_COMMAND_NO_ENDPOINT);
    if (!wire_line_create(endpoint, agent->province.keys.curve, &agent->pair, &line, err))
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
    return done || error_wrap(err, MESSAGE_COMMAND_SYNC, endpoint);
}

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/commands/commands.h"
#include "agent/commands/workplace.h"
#include "agent/courier.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/progress.h"
#include "common/storage/file.h"

static bool choose_kind(const struct arguments *arguments, const struct agent *agent,
                        enum bundle_kind *out, struct error *err)
{
    static const struct {
        const char *name;
        enum bundle_kind kind;
    } kinds[] = { { "submit", BUNDLE_SUBMIT },
                  { "enrol", BUNDLE_ENROL },
                  { "recover", BUNDLE_RECOVER } };
    const char *given = arguments_option(arguments, "kind");
    if (!given)
        return courier_kind(agent, out, err);
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (strcmp(given, kinds[i].name) == 0) {
            *out = kinds[i].kind;
            return true;
        }
    return error_set(err, ERROR_USAGE, MESSAGE_COMMAND_BUNDLE_KIND, given);
}

/* Into a folder under a name that every stick takes. */
static const char *choose_path(const char *given, enum bundle_kind kind, const struct agent *agent,
                               struct arena *arena)
{
    char name[BUNDLE_NAME_SIZE];
    if (!file_is_folder(given))
        return given;
    return arena_format(arena, "%s/%s", given,
                        bundle_name(kind, &agent->device.stream.zone, 1, name));
}

static void print_export(const struct courier_export *done, enum bundle_kind kind, const char *path,
                         const struct agent *agent)
{
    char fingerprint[FINGERPRINT_TEXT_SIZE];
    if (kind == BUNDLE_ENROL)
        printf(MESSAGE_COMMAND_BUNDLE_ENROL, key_fingerprint(&agent->pair.public, fingerprint));
    else if (kind == BUNDLE_RECOVER)
        printf(MESSAGE_COMMAND_BUNDLE_RECOVER);
    else if (done->statements == 0)
        printf(MESSAGE_COMMAND_BUNDLE_EMPTY);
    else
        printf(MESSAGE_COMMAND_BUNDLE_SUBMIT, done->statements, done->first, done->last);
    printf(MESSAGE_BUNDLE_WRITTEN, path, done->size);
}

bool command_bundle_export(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    struct courier_export done;
    enum bundle_kind kind;
    if (!workplace_open(arguments, &workplace, err) ||
        !choose_kind(arguments, workplace.agent, &kind, err))
        return false;
    struct agent *agent = workplace.agent;
    const char *path = choose_path(arguments->operands[0], kind, agent, workplace.arena);
    struct progress progress =
        progress_begin(stderr, agent->seams.clock, MESSAGE_COMMAND_BUNDLE_WRITING, 0);
    bool exported = courier_export(agent, kind, path, &progress, &done, err);
    progress_end(&progress);
    if (exported)
        print_export(&done, kind, path, agent);
    return exported || error_wrap(err, "%s", path);
}

static void print_import(const struct courier_import *done)
{
    char moment[CLOCK_TEXT_SIZE];
    printf(MESSAGE_COMMAND_BUNDLE_READ, clock_text(done->made_utc_ms, moment));
    printf(MESSAGE_COMMAND_SYNCED, done->accepted + done->rejected, done->accepted, done->rejected,
           done->waiting);
    if (done->receipts > 0 && done->accepted + done->rejected == 0)
        printf(MESSAGE_COMMAND_BUNDLE_KNOWN, done->receipts);
    if (done->rejected > 0)
        printf(MESSAGE_COMMAND_SYNC_REJECTED);
    if (done->notices.sent_back + done->notices.decided > 0)
        printf(MESSAGE_COMMAND_SYNC_NOTICES, done->notices.sent_back, done->notices.decided);
    if (done->stale)
        printf(MESSAGE_COMMAND_BUNDLE_STALE);
    if (done->receipts_lost > 0)
        printf(MESSAGE_COMMAND_BUNDLE_LOST, done->receipts_lost);
    if (done->ask_again)
        printf(MESSAGE_COMMAND_BUNDLE_AGAIN);
    if (done->zone_learnt)
        printf(MESSAGE_COMMAND_SYNC_ZONE);
    if (done->catalogue.taken)
        workplace_print_catalogue(done->catalogue.version, &done->catalogue.drafts);
    if (done->catalogue_trouble.kind != ERROR_NONE)
        printf(MESSAGE_COMMAND_CATALOGUE_REFUSED, done->catalogue_trouble.text);
}

static bool report_refusal(const struct courier_import *done, struct error *err)
{
    if (!done->refusal)
        return true;
    const char *why = refusal_words(done->refusal);
    if (done->refused_sequence == 0)
        return error_set(err, ERROR_REFUSED, MESSAGE_SYNC_REFUSED, why);
    return error_set(err, ERROR_REFUSED, MESSAGE_SYNC_REFUSED_STATEMENT, done->refused_sequence,
                     why);
}

bool command_bundle_import(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    struct courier_import done;
    const char *path = arguments->operands[0];
    if (!workplace_open(arguments, &workplace, err))
        return false;
    struct progress progress =
        progress_begin(stderr, workplace.agent->seams.clock, MESSAGE_COMMAND_BUNDLE_READING, 0);
    bool imported = courier_import(workplace.agent, path, &progress, &done, err);
    progress_end(&progress);
    if (!imported)
        return error_wrap(err, "%s", path);
    if (done.recovers)
        workplace_print_recovery(done.fetched, done.lost, &done.end);
    else
        print_import(&done);
    return report_refusal(&done, err);
}

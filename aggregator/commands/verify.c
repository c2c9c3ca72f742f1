#include <inttypes.h>
#include <stdio.h>

#include "aggregator/audit.h"
#include "aggregator/commands/commands.h"
#include "aggregator/province.h"
#include "aggregator/store.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/storage/database.h"
#include "common/storage/file.h"

#define PROBLEM_SIZE 512

struct telling {
    char first[PROBLEM_SIZE]; /* problem */
};

static void tell(enum audit_weight weight, const char *text, void *owner)
{
    struct telling *telling = owner;
    if (weight == AUDIT_PROBLEM && !telling->first[0])
        snprintf(telling->first, sizeof telling->first, "%.*s",
                 (int)text_fit(text, sizeof telling->first - 1), text);
    printf("%s\n", text);
}

/* With the bytes and the card alone: also of a store that the program would not open. */
static bool verify_bytes(const struct arguments *arguments, struct telling *telling,
                         struct audit_report *out, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct province_card card;
    struct bytes text;
    if (!file_read(arena_format(arena, "%s/" PROVINCE_CARD_FILE, arguments->data_folder),
                   CARD_SIZE_MAX, arena, &text, err) ||
        !province_card_read(text, arena, &card, err))
        return false;
    CLEANUP(database_close)
    struct database *database = store_open(arguments->data_folder, true, err);
    if (!database)
        return false;
    struct audit_subject subject = { database, &card, &clock_system };
    return audit_run(&subject, tell, telling, out, err) ||
           error_wrap(err, MESSAGE_VERIFY_STOPPED, out->entries);
}

bool command_journal_verify(const struct arguments *arguments, struct error *err)
{
    struct telling telling = { "" };
    struct audit_report report;
    struct audit_projections projections;
    char root[DIGEST_TEXT_SIZE];
    if (!verify_bytes(arguments, &telling, &report, err))
        return false;
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province || !audit_project(province, tell, &telling, &projections, err))
        return false;
    printf(MESSAGE_VERIFIED, report.entries, report.decisions, report.statements, report.streams,
           report.checkpoints, report.tiles, report.values, report.generation,
           digest_text(&report.root, root));
    uint64_t problems = report.problems + projections.problems;
    if (problems > 0)
        return error_set(err, ERROR_CORRUPT, MESSAGE_VERIFY_DAMAGED, problems, telling.first);
    printf(MESSAGE_VERIFIED_PROJECTIONS, projections.streams, projections.devices,
           projections.returns);
    return true;
}

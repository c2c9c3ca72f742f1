#include <inttypes.h>
#include <stdio.h>

#include "aggregator/audit.h"
#include "aggregator/commands/commands.h"
#include "aggregator/province.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/file.h"

struct telling {
    char first[512]; /* problem */
};

static void tell(const char *problem, void *owner)
{
    struct telling *telling = owner;
    if (!telling->first[0])
        snprintf(telling->first, sizeof telling->first, "%s", problem);
    printf("%s\n", problem);
}

bool command_journal_verify(const struct arguments *arguments, struct error *err)
{
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    struct telling telling = { "" };
    struct audit_report report;
    struct audit_projections projections;
    char root[DIGEST_TEXT_SIZE];
    if (!province)
        return false;
    struct audit_subject subject = { province->database, &province->card, province->seams.clock };
    if (!audit_run(&subject, tell, &telling, &report, err) ||
        !audit_project(province, tell, &telling, &projections, err))
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

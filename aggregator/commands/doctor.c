#include "aggregator/doctor.h"

#include <inttypes.h>
#include <stdio.h>

#include "aggregator/commands/commands.h"
#include "aggregator/province.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/database.h"

static void tell(const char *problem, void *owner)
{
    (void)owner;
    printf("%s\n", problem);
}

bool command_doctor(const struct arguments *arguments, struct error *err)
{
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    struct doctor_report report;
    struct database_use use;
    if (!province || !doctor_examine(province, tell, NULL, &report, err) ||
        !database_measure(province->database, &use, err))
        return false;
    printf(MESSAGE_EXAM_REPORT, report.entries, report.statements, report.streams,
           report.checkpoints, report.evidence, use.used_bytes, use.map_size_bytes);
    return report.problems == 0 ||
           error_set(err, ERROR_CORRUPT, MESSAGE_EXAM_PROBLEMS, report.problems);
}

#include <stdio.h>
#include <string.h>

#include "aggregator/commands/commands.h"
#include "aggregator/projection.h"
#include "aggregator/province.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/random.h"

#define ANSWER_SIZE 16

struct province *command_open(const struct arguments *arguments, struct error *err)
{
    struct province_seams seams = { .clock = &clock_system, .random = random_system() };
    return province_open(arguments->data_folder, &seams, err);
}

static bool means_yes(const char *answer)
{
    return strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0 ||
           strcmp(answer, "Y\n") == 0 || strcmp(answer, "是\n") == 0;
}

bool command_confirm(const struct arguments *arguments, const char *question, struct error *err)
{
    if (arguments_option(arguments, "yes"))
        return true;
    char answer[ANSWER_SIZE];
    fprintf(stderr, MESSAGE_CONFIRM, question);
    fflush(stderr);
    if (fgets(answer, sizeof answer, stdin) && means_yes(answer))
        return true;
    return error_set(err, ERROR_REFUSED, MESSAGE_NOT_CONFIRMED);
}

bool command_period(const struct arguments *arguments, const struct province *province,
                    struct period *out, struct error *err)
{
    const char *given = arguments_option(arguments, "period");
    if (given && !period_parse(given, out))
        return error_set(err, ERROR_USAGE, MESSAGE_PERIOD_UNREADABLE, given);
    if (!given && !projection_newest_period(province->projection, out))
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_NOTHING_ARRIVED);
    return true;
}

#include <stdio.h>
#include <stdlib.h>

#include "agent/catalogues.h"
#include "agent/commands/commands.h"
#include "agent/commands/workplace.h"
#include "agent/setup.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/file.h"
#include "common/wire/invitation.h"

#define RESERVE_MIB 64
#define RESERVE_MIB_MAX 4096

static bool read_reserve(const struct arguments *arguments, unsigned *out_mib, struct error *err)
{
    const char *text = arguments_option(arguments, "reserve");
    *out_mib = RESERVE_MIB;
    if (!text)
        return true;
    char *end;
    unsigned long mib = strtoul(text, &end, 10);
    *out_mib = (unsigned)mib;
    return (*text >= '0' && *text <= '9' && *end == '\0' && mib <= RESERVE_MIB_MAX) ||
           error_set(err, ERROR_USAGE, MESSAGE_COMMAND_RESERVE, text, RESERVE_MIB_MAX);
}

bool command_init(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { .arena = arena_create() };
    const char *zone = workplace_need(arguments, "zone", err);
    const char *card = zone ? workplace_need(arguments, "province", err) : NULL;
    const char *label = arguments_option(arguments, "label");
    const char *code = arguments_option(arguments, "code");
    char unused[INVITATION_TEXT_SIZE];
    if (!card || (code && !invitation_read(code, unused, err)))
        return false;

    struct setup_request request = { .data_folder = arguments->data_folder,
                                     .label = label ? label : "" };
    struct agent_seams seams = workplace_seams();
    struct setup_result result;
    if (!read_reserve(arguments, &request.reserve_mib, err))
        return false;
    if (!zone_id_parse(zone, &request.zone))
        return error_set(err, ERROR_USAGE, MESSAGE_COMMAND_ZONE, zone);
    workplace.shipped = catalogues_shipped(err);
    if (!workplace.shipped ||
        !file_read(card, CARD_SIZE_MAX, workplace.arena, &request.card, err) ||
        !setup_create(&request, &seams, workplace.shipped, &result, err))
        return false;
    printf(MESSAGE_COMMAND_INIT_DONE, zone, arguments->data_folder, result.request_path,
           result.fingerprint);
    return !code || command_enrol(arguments, err);
}

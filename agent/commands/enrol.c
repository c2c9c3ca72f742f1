#include <stdio.h>

#include "agent/application.h"
#include "agent/commands/commands.h"
#include "agent/commands/workplace.h"
#include "agent/wire_line.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/runtime/commands.h"
#include "common/wire/invitation.h"

#define TIMEOUT_MS 30000

static bool hand_in(struct agent *agent, const char *endpoint, const char *code, struct error *err)
{
    CLEANUP(wire_line_destroy) struct wire_line line = { .context = NULL };
    CLEANUP(key_pair_wipe)
    struct key_pair pair =
        invitation_pair(code, agent->province.province, &agent->device.stream.zone);
    return wire_line_create(endpoint, agent->province.keys.curve, &pair, &line, err) &&
           application_hand_in(agent, &line.channel, TIMEOUT_MS, err);
}

bool command_enrol(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    char code[INVITATION_TEXT_SIZE], fingerprint[FINGERPRINT_TEXT_SIZE];
    const char *typed = workplace_need(arguments, "code", err);
    if (!typed || !invitation_read(typed, code, err) || !workplace_open(arguments, &workplace, err))
        return false;
    struct agent *agent = workplace.agent;
    const char *endpoint = arguments_option(arguments, "endpoint");
    if (!endpoint)
        endpoint = agent->province.endpoint;
    if (!*endpoint)
        return error_set(err, ERROR_USAGE, MESSAGE_COMMAND_NO_ENDPOINT);
    if (!hand_in(agent, endpoint, code, err))
        return error_wrap(err, MESSAGE_COMMAND_ENROL, endpoint);
    printf(MESSAGE_COMMAND_ENROLLED, agent->device.stream.zone.text,
           key_fingerprint(&agent->pair.public, fingerprint));
    return true;
}

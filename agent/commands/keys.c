#include <inttypes.h>
#include <stdio.h>

#include "agent/commands/commands.h"
#include "agent/commands/workplace.h"
#include "agent/rotation.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"

bool command_keys_rotate(const struct arguments *arguments, struct error *err)
{
    CLEANUP(workplace_close) struct workplace workplace = { 0 };
    struct rotation_result result;
    if (!workplace_open(arguments, &workplace, err) ||
        !rotation_begin(workplace.agent, &result, err))
        return false;
    printf(MESSAGE_COMMAND_ROTATED, result.sequence, result.fingerprint);
    return true;
}

#ifndef COMMON_WIRE_NOTICE_MESSAGE_H
#define COMMON_WIRE_NOTICE_MESSAGE_H

/* The messages about decisions: used by message.c only. Both directions borrow. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/wire/message.h"
#include "proto/sync.pb-c.h"

Zonetally__AskNotices *ask_notices_to_message(const struct ask_notices *ask, struct arena *arena);
NODISCARD bool ask_notices_of_message(const Zonetally__AskNotices *message, struct ask_notices *out,
                                      struct error *err);

Zonetally__Notices *notices_to_message(const struct notices *notices, struct arena *arena);
NODISCARD bool notices_of_message(const Zonetally__Notices *message, struct arena *arena,
                                  struct notices *out, struct error *err);

#endif

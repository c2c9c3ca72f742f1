#ifndef COMMON_WIRE_NOTICE_H
#define COMMON_WIRE_NOTICE_H

/*
 * What the province tells a zone about its returns: decisions of the journal, each with the proof
 * that it stands there. A notice is believed as far as it proves, like a receipt, and kept in
 * the same form: C2SP tlog-proof, with the decision in the place of the arrival.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/model/decision.h"
#include "common/wire/keys.h"

struct arena;
struct error;
struct receipt;

/* Every item stands in the journal that the checkpoint signs, and says what its entry says. Fails
 * with REFUSED, or MALFORMED when they are not told in order. */
NODISCARD bool notices_verify(const struct notices *notices, const char *origin,
                              const unsigned char signing_key[KEY_SIZE], struct error *err);

/* The text that is kept, and back. Reading fails with MALFORMED; nothing is proved by it. */
struct bytes notice_write(const struct notice *notice, struct bytes checkpoint,
                          struct arena *arena);
NODISCARD bool notice_read(struct bytes text, struct arena *arena, struct notice *out,
                           struct bytes *out_checkpoint, struct error *err);

/* Decodes what the item's entry says into the item. Fails with MALFORMED. */
NODISCARD bool notice_open(struct notice *notice, struct arena *arena, struct error *err);

#endif

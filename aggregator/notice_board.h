#ifndef AGGREGATOR_NOTICE_BOARD_H
#define AGGREGATOR_NOTICE_BOARD_H

/*
 * Which decisions of the journal are about which zone, and the notices that tell it: entry and
 * proof, for the wire and for bundles alike. A projection in memory, eight bytes a decision.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/model/decision.h"
#include "common/model/zone.h"

struct arena;
struct entry;
struct error;
struct ledger;
struct notice_board;
struct transaction;

NODISCARD struct notice_board *notice_board_create(void);
void notice_board_destroy(struct notice_board **board);

/* Takes in an entry of any kind; only a decision changes it. */
void notice_board_apply(struct notice_board *board, const struct entry *entry, uint64_t position);

/* The position behind the newest decision about the zone; 0: there is none. */
uint64_t notice_board_until(const struct notice_board *board, const struct zone_id *zone);

/* What was decided about the zone from `from` on, as much as goes into one message; out->until says
 * from where to ask for the rest. Lives in the arena. Fails with CORRUPT. */
NODISCARD bool notice_board_tell(const struct ledger *ledger, struct transaction *txn,
                                 const struct zone_id *zone, uint64_t from, struct arena *arena,
                                 struct notices *out, struct error *err);

#endif

#ifndef AGENT_INSTALLATION_H
#define AGENT_INSTALLATION_H

/*
 * Whether this installation is where it was set up. A copy of the data folder on another
 * computer must not speak for the device: it opens for looking and drafting only, and nothing is
 * sealed, sent or carried off.
 *
 * Kept as one hash for each part of the machine, salted with the device's number. One part of
 * several may change, a network card or a disk; it is then learnt anew.
 */

#include <stdbool.h>
#include <stdint.h>

#include "agent/machine.h"
#include "common/base/attributes.h"
#include "common/base/digest.h"
#include "common/model/submission.h"

struct agent;
struct error;
struct store;
struct transaction;

/* A part that was not to be had is zero. */
struct machine_print {
    struct digest parts[MACHINE_PART_COUNT];
};

/* All zero for no machine. */
struct machine_print machine_print_take(const struct machine *machine, const char *data_folder,
                                        const struct device_id *device);
/* Over all parts, for the enrolment; zero when there is none. */
struct digest machine_print_digest(const struct machine_print *print);
/* Two of the parts known on both sides differ, or all of them do; the system's number alone
 * says nothing. */
bool machine_print_is_other(const struct machine_print *then, const struct machine_print *now);

/* What is known of this machine from now on, for this epoch. */
void installation_keep(const struct store *store, struct transaction *txn, uint32_t epoch,
                       const struct machine_print *print);

/* At the start: sets agent->copied, or learns what changed a little. A new epoch begins with the
 * machine it is opened on. */
NODISCARD bool installation_examine(struct agent *agent, struct error *err);

/* To be asked before anything is sealed, sent or exported. Fails with REFUSED in a copy. */
NODISCARD bool installation_may_act(const struct agent *agent, struct error *err);

#endif

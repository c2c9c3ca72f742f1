#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

/*
 * The parts of a running agent, opened together and closed together. Everything it keeps
 * is inside one data folder:
 *
 *     store/          drafts, statements, receipts
 *     keys            the device's secret keys; its presence means: init is done
 *     keys.next       those of a change that is under way, see rotation.h
 *     province.card   whose agent this is
 */

#include <stdbool.h>

#include "agent/device.h"
#include "agent/store.h"
#include "common/base/attributes.h"
#include "common/wire/card.h"
#include "common/wire/keys.h"

#define AGENT_KEYS_FILE "keys"
#define AGENT_CARD_FILE "province.card"
#define AGENT_REQUEST_FILE "enrolment-request.txt"
#define AGENT_PATH_SIZE 4096

struct arena;
struct catalogue;
struct clock;
struct error;
struct machine;
struct random;
struct reserve;
struct shelf;

/* What a test or a simulation puts in the place of the world. */
struct agent_seams {
    const struct clock *clock;
    struct random *random;
    bool any_file_system;
    const struct machine *machine; /* NULL: it is not looked at */
};

struct agent {
    struct agent_seams seams;
    const char *data_folder;
    const struct catalogue *catalogue; /* for new drafts: the newest the province gave */
    struct shelf *shelf;
    struct arena *arena; /* for the agent's life */
    struct store store;
    struct key_pair pair;
    struct device device;
    struct province_card province;
    bool copied; /* from another computer: for looking and drafting only, see installation.h */
    struct reserve *reserve; /* NULL: none was asked for at setup */
};

/* Borrows the seams' parts and the shipped catalogue, which is used as long as the province has
 * given none. Fails with UNAVAILABLE when init was not run. */
NODISCARD struct agent *agent_open(const char *data_folder, const struct agent_seams *seams,
                                   const struct catalogue *shipped, struct error *err);
void agent_close(struct agent **agent);

/* "<folder>/<name>". Fails with REFUSED when it is too long. */
NODISCARD bool agent_path(const char *data_folder, const char *name, char buffer[AGENT_PATH_SIZE],
                          struct error *err);

int64_t agent_utc_ms(const struct agent *agent);

#endif

#ifndef AGGREGATOR_PROVINCE_H
#define AGGREGATOR_PROVINCE_H

/*
 * The parts of a province's end, opened together and closed together. Everything it keeps
 * is inside one data folder:
 *
 *     store/          the journal and what goes with it
 *     keys            the province's secret keys
 *     listen          the endpoint to serve at
 *     province.card   what zones need to know; its presence means: init is done
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/wire/card.h"
#include "common/wire/keys.h"

#define PROVINCE_KEYS_FILE "keys"
#define PROVINCE_CARD_FILE "province.card"
#define PROVINCE_LISTEN_FILE "listen"

struct arena;
struct catalogue;
struct clock;
struct error;
struct ledger;
struct projection;
struct random;
struct sources;

/* What a test or a simulation puts in the place of the world. */
struct province_seams {
    const struct clock *clock;
    struct random *random;
    bool any_file_system;
};

struct province {
    struct province_seams seams;
    struct arena *arena; /* for its life */
    struct key_pair pair;
    struct province_card card;
    const char *listen;
    struct database *database;
    struct catalogue *catalogue; /* in force */
    struct projection *projection;
    struct ledger *ledger;
};

struct province_setup {
    const char *data_folder;
    const char *province; /* "jilin" */
    const char *listen; /* "tcp://10.0.0.7:7700"; "tcp://127.0.0.1:*": the kernel picks the port */
    const struct sources *catalogue;
};

/* Keys, the adopted catalogue as the journal's first entry, the card. What an interrupted
 * call left is carried on. Fails with CONFLICT when it was done before. */
NODISCARD bool province_create(const struct province_setup *setup,
                               const struct province_seams *seams, struct error *err);

/* Replays the journal. Borrows the seams' parts. Fails with UNAVAILABLE when init was not run. */
NODISCARD struct province *province_open(const char *data_folder,
                                         const struct province_seams *seams, struct error *err);
void province_close(struct province **province);

int64_t province_utc_ms(const struct province *province);

#endif

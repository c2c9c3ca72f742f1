#ifndef AGGREGATOR_PROVINCE_H
#define AGGREGATOR_PROVINCE_H

/*
 * The parts of a province's end, opened together and closed together. Everything it keeps
 * is inside one data folder:
 *
 *     store/          the journal and what goes with it
 *     keys            the province's secret keys
 *     listen          the endpoint to serve at
 *     signer          where the signer's folder is: never inside the data folder
 *     province.card   what zones need to know; its presence means: init is done
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/catalogue/source.h"
#include "common/wire/card.h"
#include "common/wire/keys.h"

#define PROVINCE_KEYS_FILE "keys"
#define PROVINCE_CARD_FILE "province.card"
#define PROVINCE_LISTEN_FILE "listen"

struct arena;
struct catalogue;
struct catalogues;
struct clock;
struct dossiers;
struct ledger;
struct projection;
struct random;
struct reserve;
struct signer;

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
    const char *listen, *data_folder;
    struct signer *signer;       /* NULL: nothing can be signed, so nothing taken in */
    struct error signer_trouble; /* and this is why */
    struct database *database;
    struct catalogues *catalogues;
    const struct catalogue *catalogue; /* in force; may be another one after begin and refresh */
    struct projection *projection;     /* of the one in force */
    struct dossiers *dossiers;
    struct ledger *ledger;
    struct reserve *reserve; /* NULL: none is held */
};

struct province_setup {
    const char *data_folder;
    const char *province; /* "jilin" */
    const char *listen; /* "tcp://10.0.0.7:7700"; "tcp://127.0.0.1:*": the kernel picks the port */
    const struct sources *catalogue;
    const char *signer_folder; /* NULL: beside the data folder */
};

/* Keys, the adopted catalogue as the journal's first entry, the card. What an interrupted
 * call left is carried on. Fails with CONFLICT when it was done before. */
NODISCARD bool province_create(const struct province_setup *setup,
                               const struct province_seams *seams, struct error *err);

/* Replays the journal. Borrows the seams' parts. Fails with UNAVAILABLE when init was not run. */
NODISCARD struct province *province_open(const char *data_folder,
                                         const struct province_seams *seams, struct error *err);
void province_close(struct province **province);
/* Holds so much of the disk for the day it is full: for whoever serves. */
void province_hold_reserve(struct province *province, uint64_t size_bytes);
/* What is in memory, from the journal again: after a batch that found no room. */
NODISCARD bool province_reload(struct province *province, struct error *err);

/* Takes another catalogue into force; those before it stay open. Fails with REFUSED: it does not
 * compile, a test of its own fails, or its version is not above all that were adopted. */
NODISCARD bool province_adopt(struct province *province, struct sources sources, struct error *err);
/* From now on what is sealed under it is rejected. Fails with REFUSED: it is not open, or it is
 * the one in force. */
NODISCARD bool province_close_catalogue(struct province *province, const struct digest *digest,
                                        struct error *err);
/* For a data folder whose signer has no state: trusts the journal as it is, or starts from a
 * checkpoint (empty: none) that somebody was shown and that is ahead of it. `folder` NULL: the one
 * it had, or the one beside the data folder. Fails with CONFLICT when there is a state. */
NODISCARD bool province_adopt_signer(struct province *province, const char *data_folder,
                                     const char *folder, struct bytes published, struct error *err);

int64_t province_utc_ms(const struct province *province);

#endif

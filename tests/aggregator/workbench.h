#ifndef TESTS_AGGREGATOR_WORKBENCH_H
#define TESTS_AGGREGATOR_WORKBENCH_H

/*
 * A province in a temporary folder, with one zone and one enrolled device, a clock that stands
 * still and keys from a seed. Include tests/support/test.h first.
 */

#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/wire/statement.h"
#include "tests/support/temporary_folder.h"

#define WORKBENCH_ZONE "22102001"
#define WORKBENCH_UTC_MS INT64_C(1740000000000)

struct workbench {
    struct temporary_folder folder;
    struct temporary_folder signer_folder;
    struct manual_clock clock;
    struct seeded_random random;
    struct province_seams seams;
    struct province *province;
    struct arena *arena;  /* for the test's life */
    struct key_pair pair; /* of the device */
    struct stream_id stream;
    struct stream_head head; /* of what was sealed */
    struct error err;
};

int workbench_set_up(void **state);
/* With another catalogue than the shipped one. */
int workbench_set_up_with(void **state, const struct sources *sources);
int workbench_tear_down(void **state);

/* Closes the province and opens it again. */
void workbench_restart(struct workbench *bench);

/* The province's signer as another process opens it. To be closed by the caller. */
struct signer *workbench_signer(struct workbench *bench);

/* The next statement of the device's stream. */
struct sealed_statement workbench_seal_note(struct workbench *bench, const char *text);
struct sealed_statement workbench_seal_empty_return(struct workbench *bench);
/* Stream, number and link are filled in; a catalogue of zeros is the one in force. */
struct sealed_statement workbench_seal_next(struct workbench *bench, struct statement statement);
/* With everything as it is given. */
struct sealed_statement workbench_seal(struct workbench *bench, struct statement statement);

/* Appends notes as one batch. */
void workbench_append_notes(struct workbench *bench, size_t count);
void workbench_revoke(struct workbench *bench);

#endif

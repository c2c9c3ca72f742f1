#ifndef AGENT_SETUP_H
#define AGENT_SETUP_H

/*
 * The first step at a zone: makes the device's keys and the request that the province's
 * registrar approves. The key file is written last: until it is there nothing has begun,
 * and once it is there nothing is ever made anew.
 */

#include <stdbool.h>

#include "agent/agent.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"

struct setup_request {
    const char *data_folder;
    struct zone_id zone;
    struct bytes card;    /* the province's, as read from its file */
    const char *label;    /* "" nothing */
    unsigned reserve_mib; /* of the disk, held for a bad day; 0: none */
};

struct setup_result {
    char request_path[AGENT_PATH_SIZE];
    char fingerprint[FINGERPRINT_TEXT_SIZE];
};

/* Fails with CONFLICT when there are keys already, REFUSED for a card that does not hold. */
NODISCARD bool setup_create(const struct setup_request *request, const struct agent_seams *seams,
                            const struct catalogue *catalogue, struct setup_result *out,
                            struct error *err);

#endif

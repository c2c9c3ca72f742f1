#ifndef COMMON_WIRE_GATEKEEPER_H
#define COMMON_WIRE_GATEKEEPER_H

/*
 * Who gets in: the handler that libzmq asks about every CURVE key (ZAP, RFC 27). It answers
 * from a table in memory, and hands each admitted connection the token of this start, which
 * no peer can know: what arrives without it was not admitted here, whatever it says.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/wire/keys.h"

struct channel_context;
struct error;
struct gatekeeper;
struct random;
struct zmq_msg_t;

/* To be opened before any server socket is bound. One per context: UNAVAILABLE otherwise. */
NODISCARD struct gatekeeper *gatekeeper_open(struct channel_context *context, struct random *random,
                                             struct error *err);
void gatekeeper_close(struct gatekeeper **gatekeeper);

void gatekeeper_admit(struct gatekeeper *gatekeeper, const unsigned char curve_key[KEY_SIZE]);
void gatekeeper_dismiss(struct gatekeeper *gatekeeper, const unsigned char curve_key[KEY_SIZE]);
bool gatekeeper_admits(const struct gatekeeper *gatekeeper,
                       const unsigned char curve_key[KEY_SIZE]);

/* To be watched for reading, then answered. Answering never blocks. */
void *gatekeeper_socket(const struct gatekeeper *gatekeeper);
void gatekeeper_answer(struct gatekeeper *gatekeeper);

/* Whether the message came over a connection that this gatekeeper let in, and its key is
 * still in the table. The message is the payload's frame: with libzmq 4.3.4 the routing
 * frame may lack what the handler said. */
NODISCARD bool gatekeeper_vouches(const struct gatekeeper *gatekeeper, struct zmq_msg_t *message,
                                  unsigned char out_curve_key[KEY_SIZE]);

struct gatekeeper_counts {
    uint64_t admitted, denied; /* connections */
};
struct gatekeeper_counts gatekeeper_count(const struct gatekeeper *gatekeeper);

#endif

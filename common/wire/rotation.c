#include "common/wire/rotation.h"

#include <assert.h>
#include <string.h>

/* What the new key signs: all are bytes, so there is no padding. */
struct takeover {
    char zone[ZONE_CODE_SIZE];
    unsigned char device[16];
    unsigned char epoch[4];
    unsigned char sequence[8];
    unsigned char previous[DIGEST_SIZE];
    struct public_keys next;
};
_Static_assert(sizeof(struct takeover) ==
                   ZONE_CODE_SIZE + 16 + 4 + 8 + DIGEST_SIZE + sizeof(struct public_keys),
               "signed as one run");

static struct takeover takeover_of(const struct statement *statement)
{
    const struct stream_id *stream = &statement->stream;
    struct takeover takeover = { .zone = "" };
    memcpy(takeover.zone, stream->zone.text, strlen(stream->zone.text));
    memcpy(takeover.device, stream->device.bytes, sizeof takeover.device);
    bytes_put_u32(takeover.epoch, stream->epoch);
    bytes_put_u64(takeover.sequence, statement->sequence);
    memcpy(takeover.previous, statement->previous.bytes, DIGEST_SIZE);
    memcpy(takeover.next.signing, statement->rotation.signing_key, KEY_SIZE);
    memcpy(takeover.next.curve, statement->rotation.curve_key, KEY_SIZE);
    return takeover;
}

void rotation_sign(struct statement *statement, const struct key_pair *next)
{
    statement->kind = STATEMENT_KEY_ROTATION;
    memcpy(statement->rotation.signing_key, next->public.signing, KEY_SIZE);
    memcpy(statement->rotation.curve_key, next->public.curve, KEY_SIZE);
    struct takeover takeover = takeover_of(statement);
    sign_bytes(SIGN_KEY_ROTATION, BYTES_OF(takeover), next, statement->rotation.signature);
}

bool rotation_is_signed(const struct statement *statement)
{
    assert(statement->kind == STATEMENT_KEY_ROTATION);
    struct takeover takeover = takeover_of(statement);
    return signature_is_valid(SIGN_KEY_ROTATION, BYTES_OF(takeover), statement->rotation.signature,
                              statement->rotation.signing_key);
}

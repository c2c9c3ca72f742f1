#include "aggregator/evidence.h"

#include <string.h>

#include "aggregator/streams.h"
#include "common/base/seeded_bug.h"
#include "common/base/text.h"
#include "common/storage/key.h"
#include "common/storage/transaction.h"
#include "common/wire/keys.h"

/*
 *     key    zone (16, zero-padded), device (16), u32 epoch, u64 sequence, first 16 of the hash
 *     value  u8 refusal, 64 bytes signature, statement
 */
#define ZONE_WIDTH (ZONE_CODE_SIZE - 1)
#define DEVICE_WIDTH 16
#define HASH_WIDTH 16
#define KEY_WIDTH (ZONE_WIDTH + DEVICE_WIDTH + 4 + 8 + HASH_WIDTH)

static struct key key_of_stream(const struct stream_id *stream)
{
    struct key key = { 0 };
    key_add_text(&key, stream->zone.text, ZONE_WIDTH);
    key_add_bytes(&key, BYTES_OF(stream->device));
    key_add_u32(&key, stream->epoch);
    return key;
}

static bool is_fork(struct bytes value)
{
    return value.size > 0 && *(const unsigned char *)value.data == REFUSAL_FORK;
}

/* A fork that came again later, when its stream was closed too, is still a fork. */
static bool is_known_fork(struct transaction *txn, struct table table, const struct key *key)
{
    struct bytes value;
    return transaction_get(txn, table, key_bytes(key), &value) && is_fork(value) &&
           !seeded_bug(BUG_FORGET_WHAT_A_FORK_WAS);
}

void evidence_keep(struct transaction *txn, struct table table, const struct evidence *evidence)
{
    const struct statement *statement = evidence->statement;
    struct key key = key_of_stream(&statement->stream);
    key_add_u64(&key, statement->sequence);
    key_add_bytes(&key, (struct bytes){ evidence->hash.bytes, HASH_WIDTH });
    bool room = transaction_count(txn, table) < EVIDENCE_MAX || evidence->freezes;
    if (!room || is_known_fork(txn, table, &key))
        return;

    CLEANUP(text_builder_free) struct text_builder value = { 0 };
    unsigned char refusal = (unsigned char)evidence->refusal;
    text_builder_add_bytes(&value, BYTES_OF(refusal));
    text_builder_add_bytes(&value, BYTES_OF(evidence->sealed->signature));
    text_builder_add_bytes(&value, evidence->sealed->statement);
    transaction_put(txn, table, key_bytes(&key), (struct bytes){ value.text, value.size });
}

static bool count_one(struct bytes key, struct bytes value, void *owner)
{
    (void)key;
    (void)value;
    ++*(uint64_t *)owner;
    return true;
}

uint64_t evidence_count(struct transaction *txn, struct table table, const struct stream_id *stream)
{
    uint64_t count = 0;
    struct key key = key_of_stream(stream);
    transaction_each(txn, table, key_bytes(&key), (struct bytes){ NULL, 0 }, count_one, &count);
    return count;
}

static bool freeze(struct bytes key, struct bytes value, void *owner)
{
    const unsigned char *bytes = key.data;
    if (key.size != KEY_WIDTH || !is_fork(value))
        return true;
    struct stream_id id = { 0 };
    memcpy(id.zone.text, bytes, ZONE_WIDTH);
    memcpy(id.device.bytes, bytes + ZONE_WIDTH, DEVICE_WIDTH);
    id.epoch = bytes_get_u32(bytes + ZONE_WIDTH + DEVICE_WIDTH);
    streams_freeze(owner, &id);
    return true;
}

bool evidence_freeze(struct transaction *txn, struct table table, struct streams *streams,
                     struct error *err)
{
    struct bytes everything = { NULL, 0 };
    transaction_each(txn, table, everything, everything, freeze, streams);
    return transaction_check(txn, err);
}

#include "aggregator/ingest/turns.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/base/memory.h"
#include "common/base/seeded_bug.h"
#include "common/wire/message.h"

#define SLOTS 1024 /* a power of two, four times the messages of a batch */
#define RETRY_MAX_MS 30000
#define PUT_OFF_AT_ONCE 64 /* told the same time */

struct share {
    unsigned char peer[KEY_SIZE];
    uint64_t batch; /* for which the rest holds */
    size_t messages;
    size_t statements;
};

struct turns {
    uint64_t batch;
    size_t sessions;
    size_t put_off;
    struct share shares[SLOTS];
};

struct turns *turns_create(void)
{
    struct turns *turns = memory_zeroed(1, sizeof *turns);
    turns->batch = 1;
    return turns;
}

void turns_destroy(struct turns **turns)
{
    memory_free(turns);
}

void turns_begin(struct turns *turns)
{
    turns->batch++;
    turns->sessions = 0;
    turns->put_off = 0;
}

/* Public keys look like chance: their first bytes spread them. A share of an earlier batch is a
 * free place; one is always there, as a batch has fewer messages than there are slots. */
static struct share *share_of(struct turns *turns, const unsigned char peer[KEY_SIZE])
{
    size_t at = bytes_get_u32(peer) % SLOTS;
    for (; turns->shares[at].batch == turns->batch; at = (at + 1) % SLOTS)
        if (memcmp(turns->shares[at].peer, peer, KEY_SIZE) == 0)
            return &turns->shares[at];
    struct share *share = &turns->shares[at];
    *share = (struct share){ .batch = turns->batch };
    memcpy(share->peer, peer, KEY_SIZE);
    return share;
}

bool turns_admit(struct turns *turns, const unsigned char peer[KEY_SIZE])
{
    struct share *share = share_of(turns, peer);
    if (share->messages >= TURNS_MESSAGES_MAX && !seeded_bug(BUG_IGNORE_THE_WINDOW))
        return false;
    share->messages++;
    return true;
}

bool turns_credit(struct turns *turns, const unsigned char peer[KEY_SIZE], size_t statements)
{
    struct share *share = share_of(turns, peer);
    if (share->statements + statements > MESSAGE_STATEMENTS_MAX &&
        !seeded_bug(BUG_IGNORE_THE_WINDOW))
        return false;
    share->statements += statements;
    return true;
}

bool turns_session(struct turns *turns)
{
    return turns->sessions++ < TURNS_SESSIONS_MAX;
}

uint32_t turns_retry_ms(struct turns *turns)
{
    uint32_t retry_ms = TURNS_RETRY_MS * (uint32_t)(1 + turns->put_off++ / PUT_OFF_AT_ONCE);
    return retry_ms < RETRY_MAX_MS ? retry_ms : RETRY_MAX_MS;
}

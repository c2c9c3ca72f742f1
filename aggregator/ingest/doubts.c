#include "aggregator/ingest/doubts.h"

#include <string.h>

#include "common/base/memory.h"
#include "common/base/random.h"
#include "common/wire/channel.h"

struct question {
    bool open;
    struct device_id device;
    struct peer peer;
    struct doubt doubt;
};

struct doubts {
    struct question questions[DOUBTS_MAX];
    size_t next; /* where the next one goes */
};

struct doubts *doubts_create(void)
{
    return memory_zeroed(1, sizeof(struct doubts));
}

void doubts_destroy(struct doubts **doubts)
{
    memory_free(doubts);
}

static struct question *find(struct doubts *doubts, const struct device_id *device)
{
    for (size_t i = 0; i < DOUBTS_MAX; i++) {
        struct question *question = &doubts->questions[i];
        if (question->open && bytes_equal(BYTES_OF(question->device), BYTES_OF(*device)))
            return question;
    }
    return NULL;
}

struct doubt doubts_ask(struct doubts *doubts, const struct device_id *device,
                        const struct peer *peer, struct random *random)
{
    struct question *question = find(doubts, device);
    if (!question) {
        question = &doubts->questions[doubts->next];
        doubts->next = (doubts->next + 1) % DOUBTS_MAX;
    }
    *question = (struct question){ .open = true, .device = *device, .peer = *peer };
    random->fill(random, question->doubt.challenge, sizeof question->doubt.challenge);
    return question->doubt;
}

static bool is_asked_on(const struct question *question, const struct peer *peer)
{
    return bytes_equal((struct bytes){ question->peer.routing, question->peer.routing_size },
                       (struct bytes){ peer->routing, peer->routing_size }) &&
           memcmp(question->peer.curve_key, peer->curve_key, KEY_SIZE) == 0;
}

bool doubts_settle(struct doubts *doubts, const struct device_id *device, const struct peer *peer,
                   struct bytes challenge)
{
    struct question *question = find(doubts, device);
    if (!question || !is_asked_on(question, peer) ||
        !bytes_equal(BYTES_OF(question->doubt.challenge), challenge))
        return false;
    question->open = false;
    return true;
}

#include "agent/application.h"

#include "agent/agent.h"
#include "agent/exchange.h"
#include "agent/sync.h"
#include "common/base/arena.h"
#include "common/base/digest.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/file.h"
#include "common/wire/message.h"

struct handing_in {
    struct exchange exchange;
    struct bytes request;
};

static bool read_request(const struct agent *agent, struct arena *arena, struct bytes *out,
                         struct error *err)
{
    char path[AGENT_PATH_SIZE];
    return agent_path(agent->data_folder, AGENT_REQUEST_FILE, path, err) &&
           file_read(path, CARD_SIZE_MAX, arena, out, err);
}

static bool hand_in(void *owner, struct error *err)
{
    struct handing_in *handing_in = owner;
    struct message question = { .kind = MESSAGE_APPLICATION, .application = handing_in->request };
    struct message answer;
    arena_reset(handing_in->exchange.arena);
    if (!exchange_ask(&handing_in->exchange, &question, &answer, err))
        return false;
    if (answer.kind != MESSAGE_APPLICATION_TAKEN)
        return exchange_decline(&handing_in->exchange, &answer, err);
    struct digest ours = digest_sha256((struct bytes){ "", 0 }, handing_in->request);
    return digest_equal(&ours, &answer.application_taken) ||
           error_set(err, ERROR_MALFORMED, MESSAGE_APPLICATION_OTHER);
}

bool application_hand_in(struct agent *agent, struct sync_channel *channel, int64_t timeout_ms,
                         struct error *err)
{
    CLEANUP(arena_destroy) struct arena *kept = arena_create();
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct handing_in handing_in = {
        .exchange = { .agent = agent, .channel = channel, .arena = arena, .timeout_ms = timeout_ms }
    };
    return read_request(agent, kept, &handing_in.request, err) &&
           exchange_persist(&handing_in.exchange, hand_in, &handing_in, err);
}

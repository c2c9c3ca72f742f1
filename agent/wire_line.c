#include "agent/wire_line.h"

#include <time.h>

static struct wire_line *line_of(struct sync_channel *channel)
{
    return (struct wire_line *)channel;
}

static bool line_open(struct sync_channel *channel, struct error *err)
{
    struct wire_line *line = line_of(channel);
    line->client =
        client_channel_open(line->context, line->endpoint, line->server_key, line->pair, err);
    return line->client != NULL;
}

static bool line_send(struct sync_channel *channel, struct bytes payload, int timeout_ms,
                      struct error *err)
{
    return client_channel_send(line_of(channel)->client, payload, timeout_ms, err);
}

static bool line_receive(struct sync_channel *channel, int timeout_ms, struct bytes *out,
                         struct error *err)
{
    return client_channel_receive(line_of(channel)->client, timeout_ms, out, err);
}

static void line_close(struct sync_channel *channel)
{
    struct wire_line *line = line_of(channel);
    if (line->client)
        client_channel_close(&line->client);
}

static void line_wait(struct sync_channel *channel, int64_t ms)
{
    (void)channel;
    struct timespec pause = { .tv_sec = (time_t)(ms / 1000),
                              .tv_nsec = (long)(ms % 1000) * 1000000 };
    nanosleep(&pause, NULL);
}

bool wire_line_create(const char *endpoint, const unsigned char server_key[KEY_SIZE],
                      const struct key_pair *pair, struct wire_line *out, struct error *err)
{
    *out = (struct wire_line){
        .channel = { line_open, line_send, line_receive, line_close, line_wait },
        .context = channel_context_create(err),
        .endpoint = endpoint,
        .server_key = server_key,
        .pair = pair,
    };
    return out->context != NULL;
}

void wire_line_destroy(struct wire_line *line)
{
    line_close(&line->channel);
    if (line->context)
        channel_context_destroy(&line->context);
}

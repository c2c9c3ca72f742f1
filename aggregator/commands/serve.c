#include <stdio.h>
#include <stdlib.h>

#include "aggregator/calendar.h"
#include "aggregator/commands/commands.h"
#include "aggregator/ingest/dropbox.h"
#include "aggregator/ingest/gate.h"
#include "aggregator/ingest/guard.h"
#include "aggregator/ingest/in_hand.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "aggregator/second_look.h"
#include "aggregator/vouching.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/random.h"
#include "common/runtime/crew.h"
#include "common/runtime/log.h"
#include "common/runtime/loop.h"
#include "common/storage/database.h"
#include "common/storage/file.h"
#include "common/storage/reserve.h"

#define EXIT_OUTCOME_UNKNOWN 75 /* EX_TEMPFAIL: start again */
#define REFRESH_MS 1000
#define READERS_MS 60000
#define LOOK_AGAIN_MS 200
#define READY_MODE 0644

struct serving {
    struct province *province;
    struct server_channel *server;
    struct gate *gate;
    struct guard *guard;
    struct dropbox *dropbox; /* NULL: none is watched */
    struct second_look *look;
    struct loop *loop;
    uint64_t messages; /* that had come when it was looked last */
    bool failed;
};

static enum receive_outcome link_receive(void *owner, struct peer *out_peer,
                                         struct bytes *out_payload)
{
    return server_channel_receive(owner, out_peer, out_payload);
}

static bool link_send(void *owner, const struct peer *peer, struct bytes payload)
{
    return server_channel_send(owner, peer, payload);
}

static void link_admit(void *owner, const unsigned char curve_key[KEY_SIZE])
{
    server_channel_admit(owner, curve_key);
}

static void link_dismiss(void *owner, const unsigned char curve_key[KEY_SIZE])
{
    server_channel_dismiss(owner, curve_key);
}

static void fail(struct serving *serving, const struct error *err)
{
    serving->failed = true;
    log_event(serving->province->seams.clock, LOG_ERROR, "store.failed", "kind=%s text=\"%s\"",
              error_kind_name(err->kind), err->text);
    loop_stop(serving->loop);
}

static void refresh(void *owner)
{
    struct serving *serving = owner;
    struct error err;
    if (!serving->failed && !(calendar_clock_is_sound(province_utc_ms(serving->province), &err) &&
                              gate_refresh(serving->gate, &err)))
        fail(serving, &err);
}

/* Whoever was let in a moment ago gets in. */
static void answer_door(void *owner)
{
    struct serving *serving = owner;
    refresh(serving);
    if (!serving->failed)
        server_channel_answer_gate(serving->server);
}

static void take_turn(void *owner)
{
    struct serving *serving = owner;
    struct error err;
    do {
        if (serving->failed)
            return;
        if (!gate_turn(serving->gate, &err))
            fail(serving, &err);
        server_channel_answer_gate(serving->server); /* who comes now does not wait for a backlog */
    } while (gate_has_more(serving->gate));
}

static void tell(const struct dropbox_event *event, void *owner)
{
    const struct clock *clock = ((struct serving *)owner)->province->seams.clock;
    if (event->kind == DROPBOX_TAKEN)
        log_event(clock, LOG_INFO, "dropbox.taken",
                  "file=\"%s\" appended=%" PRIu64 " duplicates=%" PRIu64, event->name,
                  event->appended, event->duplicates);
    else
        log_event(clock, LOG_WARNING,
                  event->kind == DROPBOX_REFUSED ? "dropbox.refused" : "dropbox.stuck",
                  "file=\"%s\" reason=\"%s\"", event->name, event->reason);
}

static void look_into_dropbox(void *owner)
{
    struct serving *serving = owner;
    struct error err;
    if (!serving->failed && !dropbox_poll(serving->dropbox, tell, serving, &err))
        fail(serving, &err);
}

static void tell_suspect(const struct suspect *suspect, void *owner)
{
    const struct clock *clock = ((struct serving *)owner)->province->seams.clock;
    if (suspect->witness == VOUCHING_NOBODY)
        log_event(clock, LOG_ERROR, "signature.invalid", "position=%" PRIu64 " zone=%s",
                  suspect->position, suspect->stream.zone.text);
    else
        log_event(clock, LOG_WARNING, "signature.vouched",
                  "position=%" PRIu64 " zone=%s witness=%" PRIu64, suspect->position,
                  suspect->stream.zone.text, suspect->witness);
}

/* Only while nobody wants anything. */
static void look_again(void *owner)
{
    struct serving *serving = owner;
    struct error err;
    uint64_t messages = gate_count(serving->gate).messages;
    bool idle = messages == serving->messages;
    serving->messages = messages;
    if (idle && !serving->failed && !second_look_step(serving->look, tell_suspect, serving, &err))
        fail(serving, &err);
}

static void check_readers(void *owner)
{
    struct serving *serving = owner;
    database_check_readers(serving->province->database);
}

static bool announce(const struct arguments *arguments, const struct serving *serving,
                     struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    const char *endpoint = server_channel_endpoint(serving->server);
    const char *path = arguments_option(arguments, "ready-file");
    printf(MESSAGE_SERVING, endpoint);
    fflush(stdout);
    log_event(serving->province->seams.clock, LOG_INFO, "serve.started", "endpoint=%s", endpoint);
    return !path || file_replace(path, bytes_of_text(arena_format(arena, "%s\n", endpoint)),
                                 READY_MODE, err);
}

static bool run(const struct arguments *arguments, struct serving *serving, struct error *err)
{
    CLEANUP(crew_destroy) struct crew *crew = crew_create(crew_size_wanted());
    struct gate_link link = { serving->server, link_receive, link_send, link_admit, link_dismiss };
    CLEANUP(second_look_close)
    struct second_look *look = second_look_open(serving->province, crew, err);
    if (!look)
        return false;
    CLEANUP(gate_destroy) struct gate *gate = gate_create(serving->province, &link);
    gate_set_guard(gate, serving->guard);
    CLEANUP(loop_destroy) struct loop *loop = loop_create(serving->province->seams.clock);
    gate_employ(gate, crew);
    serving->gate = gate;
    serving->look = look;
    serving->loop = loop;
    if (!gate_refresh(gate, err) || !loop_stop_on_signals(loop, err))
        return false;
    loop_watch_socket(loop, server_channel_gatekeeper(serving->server), answer_door, serving);
    loop_watch_socket(loop, server_channel_socket(serving->server), take_turn, serving);
    loop_every(loop, REFRESH_MS, refresh, serving);
    loop_every(loop, READERS_MS, check_readers, serving);
    loop_every(loop, LOOK_AGAIN_MS, look_again, serving);
    if (serving->dropbox)
        loop_every(loop, DROPBOX_POLL_MS, look_into_dropbox, serving);
    if (!announce(arguments, serving, err) || !loop_run(loop, err))
        return false;
    struct gate_counts counts = gate_count(gate);
    log_event(serving->province->seams.clock, LOG_INFO, "serve.stopped",
              "statements=%" PRIu64 " appended=%" PRIu64 " duplicates=%" PRIu64 " refused=%" PRIu64
              " commits=%" PRIu64,
              counts.statements, counts.appended, counts.duplicates, counts.refused,
              counts.commits);
    return true;
}

bool command_serve(const struct arguments *arguments, struct error *err)
{
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province || !calendar_clock_is_sound(province_utc_ms(province), err))
        return false;
    memory_keep();
    province_hold_reserve(province, RESERVE_SIZE);
    CLEANUP(channel_context_destroy) struct channel_context *context = channel_context_create(err);
    if (!context)
        return false;
    const char *listen = arguments_option(arguments, "listen");
    struct server_options options = { .endpoint = listen ? listen : province->listen,
                                      .pair = &province->pair,
                                      .random = province->seams.random };
    CLEANUP(server_channel_close)
    struct server_channel *server = server_channel_open(context, &options, err);
    if (!server)
        return false;
    const char *folder = arguments_option(arguments, "dropbox");
    CLEANUP(guard_close) struct guard *guard = guard_open(province, IN_HAND_FILE, err);
    if (!guard)
        return false;
    CLEANUP(dropbox_close)
    struct dropbox *dropbox = folder ? dropbox_open(province, guard, folder, err) : NULL;
    if (folder && !dropbox)
        return false;
    struct serving serving = {
        .province = province, .server = server, .guard = guard, .dropbox = dropbox
    };
    bool good = run(arguments, &serving, err);
    if (serving.failed)
        exit(EXIT_OUTCOME_UNKNOWN);
    return good;
}

#include "tests/simulation/office.h"

#include <stdlib.h>
#include <string.h>

#include "aggregator/commands/enrolment.h"
#include "aggregator/devices.h"
#include "aggregator/generation.h"
#include "aggregator/ingest/bundles.h"
#include "aggregator/ingest/gate.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "common/base/arena.h"
#include "common/base/memory.h"
#include "common/storage/file.h"
#include "common/wire/card.h"
#include "common/wire/statement.h"

static struct province_seams seams_of(struct office *office)
{
    return (struct province_seams){ .clock = &office->process.clock,
                                    .random = &office->process.random.random,
                                    .any_file_system = true };
}

bool office_set_up(struct office *office, const struct sources *catalogue)
{
    struct province_seams seams = seams_of(office);
    struct province_setup setup = { .data_folder = office->folder,
                                    .province = "jilin",
                                    .listen = "tcp://127.0.0.1:*",
                                    .catalogue = catalogue };
    return province_create(&setup, &seams, &office->err);
}

struct bytes office_card(const struct office *office)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct bytes text;
    struct error err;
    if (!file_read(arena_format(arena, "%s/" PROVINCE_CARD_FILE, office->folder), CARD_SIZE_MAX,
                   arena, &text, &err))
        return (struct bytes){ NULL, 0 };
    void *copy = memory_zeroed(text.size, 1);
    memcpy(copy, text.data, text.size);
    return (struct bytes){ copy, text.size };
}

static void note_question(const struct office *office, const struct packet *packet)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct message message;
    struct error err;
    if (!message_decode(packet->payload, arena, &message, &err))
        return;
    for (size_t i = 0; i < message.statement_count; i++) {
        struct digest hash = sealed_statement_hash(&message.statements[i]);
        office->asked(office->owner, packet->line, &hash);
    }
}

static enum receive_outcome receive(void *owner, struct peer *out_peer, struct bytes *out_payload)
{
    struct office *office = owner;
    if (office->taken == office->waiting_count)
        return RECEIVE_NOTHING;
    const struct packet *packet = &office->waiting[office->taken++];
    const unsigned char *key = network_key(office->network, packet->line);
    if (!office_lets_in(office, key))
        return RECEIVE_DROPPED;
    *out_peer = (struct peer){ .routing_size = sizeof packet->line };
    memcpy(out_peer->routing, &packet->line, sizeof packet->line);
    memcpy(out_peer->curve_key, key, KEY_SIZE);
    *out_payload = packet->payload;
    note_question(office, packet);
    return RECEIVE_MESSAGE;
}

static bool send(void *owner, const struct peer *peer, struct bytes payload)
{
    struct office *office = owner;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    uint64_t line;
    struct message message;
    struct error err;
    bool was_dead = office->process.dead;
    if (!process_lives_to_speak(&office->process)) {
        office->died_answering = office->died_answering || !was_dead;
        return false;
    }
    memcpy(&line, peer->routing, sizeof line);
    if (message_decode(payload, arena, &message, &err))
        office->answered(office->owner, line, &message);
    if (network_is_open(office->network, line))
        network_send(office->network, line, false, payload);
    return true;
}

static void admit(void *owner, const unsigned char curve_key[KEY_SIZE])
{
    struct office *office = owner;
    office->admitted = memory_grown(office->admitted, &office->admitted_capacity,
                                    office->admitted_count + 1, sizeof *office->admitted);
    memcpy(office->admitted[office->admitted_count++], curve_key, KEY_SIZE);
}

static void dismiss(void *owner, const unsigned char curve_key[KEY_SIZE])
{
    struct office *office = owner;
    for (size_t i = 0; i < office->admitted_count; i++)
        if (memcmp(office->admitted[i], curve_key, KEY_SIZE) == 0) {
            memcpy(office->admitted[i], office->admitted[--office->admitted_count], KEY_SIZE);
            return;
        }
}

bool office_lets_in(const struct office *office, const unsigned char curve_key[KEY_SIZE])
{
    for (size_t i = 0; i < office->admitted_count; i++)
        if (memcmp(office->admitted[i], curve_key, KEY_SIZE) == 0)
            return true;
    return false;
}

static bool start(struct office *office, bool anew)
{
    struct province_seams seams = seams_of(office);
    struct gate_link link = { office, receive, send, admit, dismiss };
    office->province = province_open(office->folder, &seams, &office->err);
    if (!office->province ||
        (anew && !generation_open(office->province, "the disk burnt", &office->err)))
        return false;
    office->gate = gate_create(office->province, &link);
    return gate_refresh(office->gate, &office->err);
}

/* Opening what is there writes nothing, so a full disk does not matter. */
bool office_start(struct office *office)
{
    struct process *before = process_enter(NULL);
    bool started = start(office, false);
    process_leave(before);
    return started;
}

bool office_start_anew(struct office *office)
{
    struct process *before = process_enter(NULL);
    bool started = start(office, true);
    process_leave(before);
    return started;
}

static void drop_waiting(struct office *office)
{
    for (size_t i = 0; i < office->waiting_count; i++)
        free((void *)(uintptr_t)office->waiting[i].payload.data);
    office->waiting_count = office->taken = 0;
}

void office_stop(struct office *office)
{
    drop_waiting(office);
    gate_destroy(&office->gate);
    province_close(&office->province);
    office->admitted_count = 0;
}

void office_close(struct office *office)
{
    office_stop(office);
    memory_free(&office->waiting);
    memory_free(&office->admitted);
}

void office_take_in(struct office *office, const struct packet *packet)
{
    office->waiting = memory_grown(office->waiting, &office->waiting_capacity,
                                   office->waiting_count + 1, sizeof *office->waiting);
    office->waiting[office->waiting_count++] = *packet;
}

bool office_turn(struct office *office)
{
    struct process *before = process_enter(&office->process);
    office->died_answering = false;
    bool done = gate_turn(office->gate, &office->err) && !office->process.dead;
    process_leave(before);
    drop_waiting(office);
    return done;
}

uint64_t office_duplicates(const struct office *office)
{
    return gate_count(office->gate).duplicates;
}

static enum office_file take_file(struct office *office, const char *path, const char *answer,
                                  struct office_file_report *out)
{
    struct bundle_arrival arrival;
    struct bundle_answer said;
    struct province *province = office->province;
    enum bundles_outcome outcome =
        bundles_import(province, NULL, path, NULL, &arrival, &office->err);
    if (outcome != BUNDLES_DONE)
        return outcome == BUNDLES_FAILED ? OFFICE_FILE_FAILED : OFFICE_FILE_REFUSED;
    out->appended = arrival.appended;
    out->duplicates = arrival.duplicates;
    out->forked = arrival.refusal == REFUSAL_FORK;
    if (!arrival.known)
        return OFFICE_FILE_TAKEN;
    outcome =
        bundles_answer(province, &arrival.stream, &arrival, answer, NULL, &said, &office->err);
    out->answered = outcome == BUNDLES_DONE;
    return outcome == BUNDLES_FAILED ? OFFICE_FILE_FAILED : OFFICE_FILE_TAKEN;
}

enum office_file office_take_file(struct office *office, const char *path, const char *answer,
                                  struct office_file_report *out)
{
    struct process *before = process_enter(&office->process);
    *out = (struct office_file_report){ 0 };
    enum office_file outcome = take_file(office, path, answer, out);
    if (outcome != OFFICE_FILE_FAILED && !gate_refresh(office->gate, &office->err))
        outcome = OFFICE_FILE_FAILED;
    process_leave(before);
    return office->process.dead ? OFFICE_FILE_FAILED : outcome;
}

static bool append(struct office *office, struct entry entry)
{
    struct ledger *ledger = office->province->ledger;
    struct journal_record record = { .entry = entry };
    struct process *before = process_enter(NULL); /* the registrar's is another one */
    bool done = ledger_begin(ledger, province_utc_ms(office->province), &office->err);
    if (done) {
        (void)ledger_take(ledger, &record);
        done = ledger_commit(ledger, &office->err);
    }
    process_leave(before);
    return done && gate_refresh(office->gate, &office->err);
}

bool office_register(struct office *office, const char *zone)
{
    struct zone record = {
        .name = zone, .prefecture = "", .prefecture_code = "", .county = "", .county_code = ""
    };
    return zone_id_parse(zone, &record.id) &&
           append(office, (struct entry){ .kind = ENTRY_ZONE, .zone = record });
}

static bool enrol(struct office *office, struct enrolment *enrolment)
{
    uint64_t position;
    struct process *before = process_enter(NULL);
    bool done = enrolment_append(office->province, enrolment, &position, &office->err) &&
                gate_refresh(office->gate, &office->err);
    process_leave(before);
    return done;
}

bool office_enrol(struct office *office, struct bytes request)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct enrolment_request asked;
    if (!enrolment_request_read(request, arena, &asked, &office->err))
        return false;
    struct enrolment enrolment = {
        .zone = asked.zone, .device = asked.device, .keys = asked.keys, .label = asked.label
    };
    return enrol(office, &enrolment);
}

bool office_renew(struct office *office, const struct stream_id *stream)
{
    const struct device *device =
        devices_find(ledger_devices(office->province->ledger), &stream->device);
    if (!device)
        return error_set(&office->err, ERROR_REFUSED, "%s", "never enrolled");
    struct enrolment enrolment = device->enrolment;
    return enrol(office, &enrolment);
}

bool office_revoke(struct office *office, const struct stream_id *stream)
{
    struct revocation revocation = { stream->zone, stream->device, "replaced" };
    return append(office, (struct entry){ .kind = ENTRY_REVOCATION, .revocation = revocation });
}

/*
 * The aggregator under a power cut: init, the register, an enrolment, batches of statements
 * with receipts. Whatever was answered stands in the journal, once, and a repeat gets the very
 * same receipt.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/devices.h"
#include "aggregator/doctor.h"
#include "aggregator/ingest/gate.h"
#include "aggregator/journal.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "aggregator/receipts.h"
#include "aggregator/requests.h"
#include "aggregator/signer.h"
#include "aggregator/signer_place.h"
#include "aggregator/streams.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/catalogue/source.h"
#include "common/storage/file.h"
#include "common/storage/transaction.h"
#include "common/wire/message.h"
#include "common/wire/statement.h"
#include "tests/power/promises.h"

#define UTC_MS INT64_C(1790000000000)
#define STATEMENTS 12
#define CARRY_ON_EVERY 4

static const struct zone the_zone = {
    .id = { "22102001" },
    .name = "长春新区",
    .prefecture = "长春市",
    .prefecture_code = "220100",
    .county = "",
    .county_code = "",
};

struct bench {
    const char *folder; /* of the data; the signer's is beside it */
    struct manual_clock clock;
    struct seeded_random random;
    struct province_seams seams;
    struct arena *arena;
    struct sources sources;
    struct key_pair pair; /* of the device */
    struct stream_id stream;
    struct sealed_statement statements[STATEMENTS]; /* the same in every run */
    struct province *province;
    struct gate *gate;
    struct error *err;

    /* What is to be received, and what was answered. */
    size_t first, count;
    struct digest receipts[STATEMENTS]; /* of the bytes; by number of the statement */
    bool promises;                      /* answers are promised */
};

static struct statement statement_at(const struct bench *bench, size_t i, struct arena *arena)
{
    struct cell *cell = arena_take(arena, 1, sizeof *cell);
    *cell = (struct cell){ code_of("A03"), { .mantissa = 1000 + (int64_t)i } };
    struct statement statement = { .suite = 1,
                                   .province = "jilin",
                                   .stream = bench->stream,
                                   .sequence = i + 1,
                                   .catalogue = sources_digest(bench->sources),
                                   .agent_utc_ms = UTC_MS };
    if (i % 3 == 0) {
        statement.kind = STATEMENT_NOTE;
        statement.note = "a note";
        return statement;
    }
    statement.kind = STATEMENT_RETURN;
    statement.submission =
        (struct submission){ .form = code_of("JKQ401"),
                             .period = period_of_month(2021 + (int)i / 11, 2 + (int)i % 11),
                             .version = 1,
                             .cells = cell,
                             .cell_count = 1 };
    return statement;
}

static bool seal_statements(struct bench *bench, struct error *err)
{
    struct digest previous = { { 0 } };
    for (size_t i = 0; i < STATEMENTS; i++) {
        struct statement statement = statement_at(bench, i, bench->arena);
        statement.previous = previous;
        if (!statement_seal(&statement, &bench->pair, bench->arena, &bench->statements[i], err))
            return false;
        previous = sealed_statement_hash(&bench->statements[i]);
    }
    return true;
}

static bool prepare(struct bench *bench, struct error *err)
{
    *bench = (struct bench){ .clock = manual_clock_at(UTC_MS), .random = seeded_random_of(2016) };
    bench->arena = arena_create();
    bench->pair = key_pair_create(&bench->random.random);
    bench->stream = (struct stream_id){ the_zone.id, { { 1, 2, 3, 4, 5, 6, 7, 8 } }, 1 };
    return promises_sources(bench->arena, &bench->sources, err) && seal_statements(bench, err);
}

static bool set_up(struct bench *bench, struct error *err)
{
    struct province_setup setup = { .data_folder = bench->folder,
                                    .province = "jilin",
                                    .listen = "tcp://127.0.0.1:*",
                                    .catalogue = &bench->sources };
    return province_create(&setup, &bench->seams, err);
}

/* The line */

static enum receive_outcome receive(void *owner, struct peer *out_peer, struct bytes *out_payload)
{
    struct bench *bench = owner;
    if (bench->count == 0)
        return RECEIVE_NOTHING;
    struct message message = { .kind = MESSAGE_SUBMIT,
                               .statements = bench->statements + bench->first,
                               .statement_count = bench->count };
    *out_peer = (struct peer){ .routing_size = 1 };
    memcpy(out_peer->curve_key, bench->pair.public.curve, KEY_SIZE);
    *out_payload = message_encode(&message, bench->arena);
    bench->count = 0;
    return RECEIVE_MESSAGE;
}

static struct bytes receipt_bytes(const struct receipt *receipt, struct arena *arena)
{
    struct message message = { .kind = MESSAGE_RECEIPTS, .receipts = receipt, .receipt_count = 1 };
    return message_encode(&message, arena);
}

/* Here the answer leaves: from now on the zone may forget. */
static bool send(void *owner, const struct peer *peer, struct bytes payload)
{
    struct bench *bench = owner;
    struct message message;
    (void)peer;
    if (!message_decode(payload, bench->arena, &message, bench->err))
        return false;
    for (size_t i = 0; i < message.receipt_count; i++) {
        uint64_t sequence = message.receipts[i].arrival.sequence;
        struct bytes bytes = receipt_bytes(&message.receipts[i], bench->arena);
        bench->receipts[sequence - 1] = digest_sha256((struct bytes){ "", 0 }, bytes);
        if (!bench->promises)
            continue;
        promise_bytes("receipt", sequence, bytes);
        promise("signed %" PRIu64, ledger_size(bench->province->ledger));
    }
    return true;
}

static void let_in_or_out(void *owner, const unsigned char curve_key[KEY_SIZE])
{
    (void)owner;
    (void)curve_key;
}

static void shut(void *owner)
{
    struct bench *bench = owner;
    if (bench->gate)
        gate_destroy(&bench->gate);
    province_close(&bench->province);
}

static bool open_province(struct bench *bench, struct error *err)
{
    struct gate_link link = { bench, receive, send, let_in_or_out, let_in_or_out };
    shut(bench);
    bench->err = err;
    bench->province = province_open(bench->folder, &bench->seams, err);
    if (!bench->province)
        return false;
    bench->gate = gate_create(bench->province, &link);
    return gate_refresh(bench->gate, err);
}

static bool submit(struct bench *bench, size_t first, size_t count, struct error *err)
{
    bench->first = first;
    bench->count = count;
    return gate_turn(bench->gate, err);
}

/* The work */

static struct table requests_of(const struct bench *bench)
{
    return database_table(bench->province->database, REQUESTS_TABLE);
}

static bool leaf_at(const struct bench *bench, uint64_t position, struct bytes *out,
                    struct error *err)
{
    struct journal_record record;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    if (!journal_read(ledger_journal(bench->province->ledger), txn, position, bench->arena, &record,
                      err))
        return false;
    journal_record_settle(&record);
    *out = journal_leaf_bytes(&record, bench->arena);
    return true;
}

static bool take(struct bench *bench, struct entry entry, struct error *err)
{
    struct journal_record record = { .entry = entry };
    struct bytes leaf;
    struct ledger *ledger = bench->province->ledger;
    if (!ledger_begin(ledger, UTC_MS, err))
        return false;
    if (entry.kind == ENTRY_ENROLMENT)
        requests_remove(ledger_transaction(ledger), requests_of(bench), &entry.enrolment.device);
    uint64_t position = ledger_take(ledger, &record);
    if (!ledger_commit(ledger, err) || !leaf_at(bench, position, &leaf, err))
        return false;
    promise_bytes("entry", position, leaf);
    return true;
}

static bool ask_for_enrolment(struct bench *bench, struct error *err)
{
    struct enrolment_request request = { .zone = the_zone.id,
                                         .device = bench->stream.device,
                                         .keys = bench->pair.public,
                                         .label = "",
                                         .utc_ms = UTC_MS };
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_write(bench->province->database);
    requests_put(txn, requests_of(bench), &request.device,
                 enrolment_request_write(&request, &bench->pair, bench->arena));
    if (!transaction_commit(&txn, err))
        return false;
    promise("request");
    return true;
}

static bool add_zone(struct bench *bench, struct error *err)
{
    return take(bench, (struct entry){ .kind = ENTRY_ZONE, .zone = the_zone }, err);
}

static bool enrol(struct bench *bench, struct error *err)
{
    struct entry enrolment = { .kind = ENTRY_ENROLMENT,
                               .enrolment = { .zone = the_zone.id,
                                              .device = bench->stream.device,
                                              .epoch = 1,
                                              .keys = bench->pair.public,
                                              .label = "" } };
    return take(bench, enrolment, err);
}

static bool promise_files(struct bench *bench, struct error *err)
{
    static const char *const names[] = { PROVINCE_KEYS_FILE, PROVINCE_CARD_FILE,
                                         PROVINCE_LISTEN_FILE };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (!promise_file(bench->folder, names[i], err))
            return false;
    promise("init");
    return true;
}

/* Batches of one and of many, repeats, a restart between. */
static const struct {
    size_t first, count;
    bool restart;
} turns[] = { { 0, 1, false }, { 1, 3, false }, { 4, 1, true },  { 2, 3, false },
              { 5, 4, true },  { 8, 3, false }, { 11, 1, false } };

static bool deliver(struct bench *bench, size_t turn, struct error *err)
{
    return (!turns[turn].restart || open_province(bench, err)) &&
           submit(bench, turns[turn].first, turns[turn].count, err);
}

typedef bool decision_fn(struct bench *bench, struct error *err);
static decision_fn *const decisions[] = { add_zone, ask_for_enrolment, enrol };

#define SEPARATE_STEPS 7 /* with the first batches */
#define STEPS (1 + COUNT_OF(decisions) + COUNT_OF(turns))

static void begin(void *owner, const char *folder)
{
    struct bench *bench = owner;
    bench->folder = arena_format(bench->arena, "%s/data", folder);
    bench->seams = (struct province_seams){ &bench->clock.clock, &bench->random.random, true };
    bench->promises = true;
    memset(bench->receipts, 0, sizeof bench->receipts);
}

static bool step(void *owner, size_t number, struct error *err)
{
    struct bench *bench = owner;
    if (number == 0)
        return set_up(bench, err) && promise_files(bench, err);
    if (!bench->province && !open_province(bench, err))
        return false;
    size_t decision = number - 1;
    if (decision < COUNT_OF(decisions))
        return decisions[decision](bench, err);
    return deliver(bench, decision - COUNT_OF(decisions), err);
}

/* The judge */

static void tell(enum audit_weight weight, const char *problem, void *owner)
{
    (void)weight;
    error_set(owner, ERROR_CORRUPT, "doctor: %s", problem);
}

static bool doctor_is_content(struct bench *bench, struct error *err)
{
    struct doctor_report report;
    return doctor_examine(bench->province, tell, err, &report, err) && report.problems == 0;
}

static bool entry_holds(struct bench *bench, uint64_t position, const char *hash, struct error *err)
{
    struct bytes leaf;
    char found[DIGEST_TEXT_SIZE];
    return leaf_at(bench, position, &leaf, err) &&
           (strcmp(promise_hash(leaf, found), hash) == 0 ||
            broken(err, "another entry than was written, at", position));
}

/* The same bytes again, from the store alone. */
static bool receipt_holds(struct bench *bench, uint64_t sequence, const char *hash,
                          struct error *err)
{
    char found[DIGEST_TEXT_SIZE];
    struct receipt receipt;
    struct streams *streams = ledger_streams(bench->province->ledger);
    const struct stream *stream = streams_find(streams, &bench->stream);
    if (!stream || stream->sequence < sequence)
        return broken(err, "receipted and lost: statement", sequence);
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    return receipts_make(bench->province->ledger, txn, stream->positions[sequence - 1],
                         bench->arena, &receipt, err) &&
           (strcmp(promise_hash(receipt_bytes(&receipt, bench->arena), found), hash) == 0 ||
            broken(err, "another receipt than was sent, of statement", sequence));
}

static bool count_holds(struct bench *bench, const struct marks *marks, struct error *err)
{
    const struct stream *stream =
        streams_find(ledger_streams(bench->province->ledger), &bench->stream);
    uint64_t found = stream ? stream->sequence : 0;
    return (found >= promised_highest(marks, marks->made, "receipt") &&
            found <= promised_highest(marks, promised_end_of_step(marks), "receipt")) ||
           broken(err, "statements in the stream:", found);
}

/* The request waits, or the device is enrolled: one of them. */
static bool request_holds(struct bench *bench, const struct marks *marks, struct error *err)
{
    const struct enrolment_request *items;
    size_t count;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    if (!requests_list(txn, requests_of(bench), bench->arena, &items, &count, err))
        return false;
    bool enrolled = devices_find(ledger_devices(bench->province->ledger), &bench->stream.device);
    return count + enrolled == 1 || (count + enrolled == 0 && !promised(marks, "request")) ||
           broken(err, "enrolment requests:", count);
}

static bool read_pair(const struct bench *bench, struct key_pair *out, struct error *err)
{
    struct bytes content;
    const char *path = arena_format(bench->arena, "%s/%s", bench->folder, PROVINCE_KEYS_FILE);
    return file_read(path, KEY_FILE_SIZE, bench->arena, &content, err) &&
           key_pair_decode(content, out, err);
}

/* The signer remembers what was shown: a log that is rolled back cannot be signed anew. Looked
 * at before the province opens and catches up. */
static bool signer_remembers(struct bench *bench, const struct marks *marks, struct error *err)
{
    CLEANUP(key_pair_wipe) struct key_pair pair = { 0 };
    struct signer_options options = {
        .folder = arena_format(bench->arena, "%s" SIGNER_PLACE_ENDING, bench->folder),
        .origin = "zonetally/jilin",
        .pair = &pair,
    };
    if (promised_count(marks, "signed") == 0)
        return true;
    if (!read_pair(bench, &pair, err))
        return false;
    CLEANUP(signer_close) struct signer *signer = signer_open(&options, err);
    if (!signer)
        return false;
    struct signed_head head = signer_head(signer);
    const char *rest;
    uint64_t size;
    for (size_t i = 0; i < marks->made; i++)
        if (promise_is(marks->lines[i], "signed", &size, &rest) && size > head.size)
            return broken(err, "the signer forgot the tree of size", size);
    return true;
}

static bool promises_hold(struct bench *bench, const struct marks *marks, struct error *err)
{
    const char *hash;
    uint64_t number;
    for (size_t i = 0; i < marks->made; i++) {
        const char *line = marks->lines[i];
        if (promise_is(line, "entry", &number, &hash) && !entry_holds(bench, number, hash, err))
            return false;
        if (promise_is(line, "receipt", &number, &hash) && !receipt_holds(bench, number, hash, err))
            return false;
    }
    return count_holds(bench, marks, err) && request_holds(bench, marks, err);
}

/* The zone sends everything again: old statements get the receipts they got, new ones go in,
 * and nothing stands there twice. */
static bool carries_on(struct bench *bench, const struct marks *marks, struct error *err)
{
    const char *hash;
    uint64_t number;
    char found[DIGEST_TEXT_SIZE];
    if (!devices_find(ledger_devices(bench->province->ledger), &bench->stream.device))
        return true;
    if (!submit(bench, 0, STATEMENTS, err))
        return false;
    for (size_t i = 0; i < marks->made; i++)
        if (promise_is(marks->lines[i], "receipt", &number, &hash) &&
            strcmp(digest_text(&bench->receipts[number - 1], found), hash) != 0)
            return broken(err, "a repeat gets another receipt: statement", number);
    for (size_t i = 0; i < STATEMENTS; i++)
        if (digest_is_zero(&bench->receipts[i]))
            return broken(err, "no receipt for statement", i + 1);
    uint64_t size = ledger_size(bench->province->ledger);
    return open_province(bench, err) && doctor_is_content(bench, err) &&
           (ledger_size(bench->province->ledger) == size || broken(err, "entries", size));
}

static bool opens(struct bench *bench, const struct marks *marks, struct error *err)
{
    if (open_province(bench, err))
        return true;
    return err->kind == ERROR_UNAVAILABLE && !promised(marks, "init") && set_up(bench, err) &&
           open_province(bench, err);
}

static bool judge(void *owner, const char *folder, const struct marks *marks, uint64_t chance,
                  struct error *err)
{
    struct bench bench = *(struct bench *)owner;
    bench.arena = arena_create();
    begin(&bench, folder);
    bench.promises = false;
    bool sound = signer_remembers(&bench, marks, err) && opens(&bench, marks, err) &&
                 promised_files_hold(marks, bench.folder, err) && doctor_is_content(&bench, err) &&
                 promises_hold(&bench, marks, err) &&
                 (chance % CARRY_ON_EVERY != 0 || carries_on(&bench, marks, err));
    shut(&bench);
    arena_destroy(&bench.arena);
    return sound;
}

int main(int argc, char **argv)
{
    struct error err = { 0 };
    struct bench bench;
    const struct power_side side = { .name = "aggregator",
                                     .owner = &bench,
                                     .begin = begin,
                                     .steps = STEPS,
                                     .separate_steps = SEPARATE_STEPS,
                                     .step = step,
                                     .end = shut,
                                     .judge = judge };
    if (!prepare(&bench, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return EXIT_FAILURE;
    }
    int status = side_main(&side, argc, argv);
    arena_destroy(&bench.arena);
    return status;
}

#include "tests/support/test.h"

#include "tests/support/little_province.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/memory.h"
#include "common/wire/entry.h"
#include "common/wire/proof.h"
#include "common/wire/statement.h"
#include "tests/support/little_journal.h"

static struct bytes sign_checkpoint(struct little_province *province)
{
    struct checkpoint checkpoint = { .origin = "zonetally/jilin", .size = province->size };
    if (province->size == 0)
        return (struct bytes){ NULL, 0 };
    checkpoint.root = little_journal_root(province->leaves, province->size);
    if (province->rewrite)
        checkpoint.root.bytes[0] ^= 1;
    return checkpoint_sign(&checkpoint, &province->office->province_keys, province->arena);
}

static struct bytes zone_record(struct little_province *province)
{
    struct entry entry = { .utc_ms = 1 + province->sessions,
                           .kind = ENTRY_ZONE,
                           .zone = { .id = province->stream.zone,
                                     .name = "a zone",
                                     .prefecture = "",
                                     .prefecture_code = "",
                                     .county = "",
                                     .county_code = "" } };
    return entry_encode(&entry, province->arena);
}

static void welcome(struct little_province *province, const struct hello *hello)
{
    struct digest *path = arena_take(province->arena, PROOF_EXTENSION_MAX, sizeof *path);
    struct welcome *out = &province->answer.welcome;
    province->stream = hello->stream;
    province->answer = (struct message){ .kind = MESSAGE_WELCOME };
    out->protocol = MESSAGE_PROTOCOL;
    out->head.sequence = province->count + province->claim_ahead;
    if (province->count > 0)
        out->head.hash = province->hashes[province->count - 1];
    else if (province->claim_ahead > 0)
        out->head.hash.bytes[0] = 1;
    out->window_statements = province->window ? province->window : 64;
    out->window_bytes = MESSAGE_PART_SIZE_MAX;
    out->utc_ms = hello->agent_utc_ms + province->clock_ahead_ms;
    out->token = province->token;
    out->history = province->history;
    out->catalogue = province->catalogue;
    out->checkpoint = sign_checkpoint(province);
    if (hello->checkpoint_size > 0 && hello->checkpoint_size < province->size)
        out->consistency_count = little_journal_consistency(
            province->leaves, province->size, (size_t)hello->checkpoint_size, true, path);
    out->consistency = path;
    out->notices = province->newest_decision;
    if (province->send_zone)
        out->zone = zone_record(province);
    province->sessions++;
}

static void greet(struct little_province *province, const struct hello *hello)
{
    province->hello = *hello;
    if (!province->doubt || hello->challenge.size > 0) {
        welcome(province, hello);
        return;
    }
    province->doubts++;
    province->answer = (struct message){ .kind = MESSAGE_CHALLENGE,
                                         .challenge = bytes_of_text("who are you then") };
}

static void write_down(struct little_province *province, const struct entry *entry)
{
    assert_true(province->size < LITTLE_PROVINCE_ENTRIES_MAX);
    province->entries[province->size] = entry_encode(entry, province->arena);
    province->leaves[province->size] = proof_leaf(province->entries[province->size]);
    province->size++;
}

static void append(struct little_province *province, const struct sealed_statement *sealed)
{
    struct arena *arena = province->arena;
    struct statement statement;
    struct error err;
    assert_true(statement_decode(sealed->statement, arena, &statement, &err));
    size_t at = province->count;
    if (statement.sequence <= at)
        return; /* a repeat */
    assert_int_equal(statement.sequence, at + 1);
    province->hashes[at] = sealed_statement_hash(sealed);
    province->returns[at] =
        (struct return_id){ statement.submission.form, statement.submission.period };
    province->versions[at] = statement.submission.version;
    struct digest named = province->hashes[at];
    if (province->other_hash)
        named.bytes[0] ^= 1;
    struct entry entry = {
        .utc_ms = statement.agent_utc_ms + 1000,
        .kind = ENTRY_ARRIVAL,
        .arrival = { .stream = statement.stream,
                     .sequence = statement.sequence + province->other_sequence,
                     .statement_hash = named,
                     .received_utc_ms = statement.agent_utc_ms + 1000,
                     .verdict = province->verdict },
    };
    province->places[province->count++] = province->size;
    write_down(province, &entry);
}

static void receipts(struct little_province *province, uint64_t first, size_t count)
{
    struct receipt *items = arena_take(province->arena, count, sizeof *items);
    struct bytes checkpoint = sign_checkpoint(province);
    for (size_t i = 0; i < count; i++) {
        size_t at = province->places[(size_t)first - 1 + i];
        struct entry entry;
        struct error err;
        assert_true(entry_decode(province->entries[at], province->arena, &entry, &err));
        items[i].entry = province->entries[at];
        items[i].arrival = entry.arrival;
        items[i].position = at;
        items[i].path_count =
            little_journal_path(province->leaves, province->size, at, items[i].path);
        items[i].checkpoint = checkpoint;
        if (province->forge_signature && items[i].path_count > 0)
            items[i].path[0].bytes[0] ^= 1;
    }
    province->answer =
        (struct message){ .kind = MESSAGE_RECEIPTS, .receipts = items, .receipt_count = count };
}

static void submit(struct little_province *province, const struct sealed_statement *statements,
                   size_t count)
{
    struct statement first;
    struct error err;
    province->submits++;
    assert_true(statement_decode(statements[0].statement, province->arena, &first, &err));
    if (province->gaps > 0) {
        province->gaps--;
        struct stream_head head = { .sequence = province->count };
        if (head.sequence > 0)
            head.hash = province->hashes[province->count - 1];
        province->answer = (struct message){ .kind = MESSAGE_GAP, .gap = head };
        return;
    }
    for (size_t i = 0; i < count; i++)
        append(province, &statements[i]);
    receipts(province, first.sequence, count);
    if (province->lose_replies > 0) {
        province->lose_replies--;
        province->answered = false;
    }
}

/* What is here of it: what came before the line was cut. */
static void chunk_head(struct little_province *province, const struct chunk *part)
{
    province->answer = (struct message){ .kind = MESSAGE_CHUNK_HEAD };
    province->answer.chunk.hash = part->hash;
    province->answer.chunk.offset = province->chunks ? province->chunk_size : 0;
}

static void chunk(struct little_province *province, const struct chunk *part)
{
    struct sealed_statement sealed;
    struct error err;
    province->chunks_seen++;
    if (!province->chunks)
        province->chunks = arena_take(province->arena, (size_t)part->total_size, 1);
    memcpy(province->chunks + part->offset, part->part.data, part->part.size);
    province->chunk_size = (size_t)part->offset + part->part.size;
    struct bytes whole = { province->chunks, province->chunk_size };
    if (province->chunk_size < part->total_size) {
        chunk_head(province, part);
        if (province->cut_after_chunks > 0 && --province->cut_after_chunks == 0)
            province->answered = false;
        return;
    }
    assert_true(sealed_statement_decode(whole, &sealed, &err));
    submit(province, &sealed, 1);
    province->chunks = NULL;
}

static void notices(struct little_province *province, uint64_t from)
{
    struct notice *items = arena_take(province->arena, province->size, sizeof *items);
    struct notices *out = &province->answer.notices;
    province->notices_asked++;
    province->answer = (struct message){ .kind = MESSAGE_NOTICES };
    *out = (struct notices){ sign_checkpoint(province), items, 0, province->size };
    for (size_t at = (size_t)from; at < province->size; at++) {
        struct entry entry;
        struct error err;
        assert_true(entry_decode(province->entries[at], province->arena, &entry, &err));
        if (entry.kind != ENTRY_DECISION)
            continue;
        struct notice *notice = &items[out->count++];
        notice->entry = province->entries[at];
        notice->position = at;
        notice->path_count =
            little_journal_path(province->leaves, province->size, at, notice->path);
        if (province->forge_notices)
            notice->path[0].bytes[0] ^= 1;
    }
}

static void decide(struct little_province *province, struct decision decision)
{
    struct entry entry = { .utc_ms = 1, .kind = ENTRY_DECISION, .decision = decision };
    entry.decision.zone = province->stream.zone;
    write_down(province, &entry);
    province->newest_decision = province->size;
}

void little_province_decide(struct little_province *province, enum decision_kind kind,
                            uint64_t sequence, const char *reason)
{
    size_t at = (size_t)sequence - 1;
    assert_true(at < province->count);
    decide(province, (struct decision){ .form = province->returns[at].form,
                                        .period = province->returns[at].period,
                                        .version = province->versions[at],
                                        .kind = kind,
                                        .reason = reason,
                                        .position = province->places[at],
                                        .statement = province->hashes[at] });
}

void little_province_decide_for_another(struct little_province *province, struct return_id id,
                                        uint32_t version, const char *reason)
{
    decide(province, (struct decision){ .form = id.form,
                                        .period = id.period,
                                        .version = version,
                                        .kind = DECISION_COUNTS,
                                        .reason = reason,
                                        .statement = { { 77 } } });
}

static void answer_part(struct little_province *province, uint64_t offset)
{
    uint64_t left = province->offer.size - offset;
    struct bytes part = { (const char *)province->offer.data + offset,
                          left < province->part_size ? (size_t)left : province->part_size };
    province->parts++;
    province->first_parts += offset == 0;
    province->answer = (struct message){
        .kind = MESSAGE_PART,
        .chunk = { .hash = digest_sha256((struct bytes){ NULL, 0 }, province->offer),
                   .total_size = province->offer.size,
                   .offset = offset,
                   .part = part },
        .ask = { .size = 1 },
    };
    if (province->lose_parts > 0 && offset > 0) {
        province->lose_parts--;
        province->answered = false;
    }
}

static void apply(struct little_province *province, struct bytes application)
{
    province->applications++;
    province->application = application;
    province->answer = (struct message){
        .kind = MESSAGE_APPLICATION_TAKEN,
        .application_taken = digest_sha256((struct bytes){ "", 0 }, application),
    };
    province->answer.application_taken.bytes[0] ^= province->other_hash;
    if (province->lose_replies > 0) {
        province->lose_replies--;
        province->answered = false;
    }
}

static bool open_line(struct sync_channel *channel, struct error *err)
{
    (void)err;
    ((struct little_province *)channel)->answered = false;
    return true;
}

static bool send(struct sync_channel *channel, struct bytes payload, int timeout_ms,
                 struct error *err)
{
    (void)timeout_ms;
    struct little_province *province = (struct little_province *)channel;
    struct message message;
    assert_true(
        message_decode(arena_copy_bytes(province->arena, payload), province->arena, &message, err));
    province->answered = true;
    if (province->busy > 0) {
        province->busy--;
        province->answer = (struct message){ .kind = MESSAGE_BUSY, .retry_after_ms = 1000 };
    } else if (province->refuse) {
        province->answer = (struct message){ .kind = MESSAGE_REFUSAL, .refusal = province->refuse };
    } else if (message.kind == MESSAGE_HELLO) {
        greet(province, &message.hello);
    } else if (message.kind == MESSAGE_CATALOGUE_ASK) {
        answer_part(province, message.ask.offset);
    } else if (message.kind == MESSAGE_APPLICATION) {
        apply(province, message.application);
    } else if (message.kind == MESSAGE_SUBMIT) {
        submit(province, message.statements, message.statement_count);
    } else if (message.kind == MESSAGE_ASK_NOTICES) {
        notices(province, message.ask_notices.from);
    } else if (message.kind == MESSAGE_CHUNK_ASK) {
        chunk_head(province, &message.chunk);
    } else {
        assert_int_equal(message.kind, MESSAGE_CHUNK);
        chunk(province, &message.chunk);
    }
    return true;
}

static bool receive(struct sync_channel *channel, int timeout_ms, struct bytes *out,
                    struct error *err)
{
    struct little_province *province = (struct little_province *)channel;
    if (!province->answered) {
        province->office->clock.monotonic_ms += timeout_ms;
        return error_set(err, ERROR_UNAVAILABLE, "%s", "no answer");
    }
    province->answered = false;
    *out = message_encode(&province->answer, province->arena);
    return true;
}

static void close_line(struct sync_channel *channel)
{
    (void)channel;
}

static void wait_for(struct sync_channel *channel, int64_t ms)
{
    struct little_province *province = (struct little_province *)channel;
    province->waits++;
    province->office->clock.monotonic_ms += ms;
}

struct little_province *little_province_create(struct zone_office *office)
{
    struct little_province *province = memory_zeroed(1, sizeof *province);
    province->channel = (struct sync_channel){ open_line, send, receive, close_line, wait_for };
    province->office = office;
    province->arena = arena_create();
    province->verdict = VERDICT_ACCEPTED;
    return province;
}

void little_province_destroy(struct little_province **province)
{
    arena_destroy(&(*province)->arena);
    memory_free(province);
}

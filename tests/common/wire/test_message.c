#include "tests/support/test.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/language.h"
#include "common/wire/entry.h"
#include "common/wire/message.h"
#include "common/wire/packing.h"
#include "proto/sync.pb-c.h"
#include "tests/support/mutation.h"

#define UTC_MS INT64_C(1770000000000)

static const struct digest three_hashes[] = { { { 1 } }, { { 2 } }, { { 3 } } };

static struct message a_hello(struct arena *arena)
{
    (void)arena;
    return (struct message){
        .kind = MESSAGE_HELLO,
        .hello = { .protocol_min = 1,
                   .protocol_max = 2,
                   .province = "jilin",
                   .stream = { .zone = { "JL001" }, .device = { { 7 } }, .epoch = 1 },
                   .sequence = 12,
                   .catalogue = { { 5 } },
                   .waiting = 3,
                   .agent_utc_ms = -UTC_MS,
                   .token = bytes_of_text("token"),
                   .checkpoint_size = 99,
                   .nonce = bytes_of_text("0123456789abcdef"),
                   .challenge = bytes_of_text("fedcba9876543210") },
    };
}

static struct message a_welcome(struct arena *arena)
{
    struct entry record = { .utc_ms = UTC_MS,
                            .kind = ENTRY_ZONE,
                            .zone = { .id = { "JL001" }, .name = "长春新区" } };
    return (struct message){ .kind = MESSAGE_WELCOME,
                             .welcome = { .protocol = 1,
                                          .head = { 12, { { 6 } } },
                                          .window_statements = 32,
                                          .history = 77,
                                          .window_bytes = 65536,
                                          .utc_ms = UTC_MS,
                                          .token = bytes_of_text("next"),
                                          .checkpoint = bytes_of_text("zonetally/jilin\n99\n"),
                                          .consistency = three_hashes,
                                          .consistency_count = 3,
                                          .zone = entry_encode(&record, arena),
                                          .notices = 98 } };
}

static struct message a_submit(struct arena *arena)
{
    struct sealed_statement *statements = arena_take(arena, 2, sizeof *statements);
    statements[0].statement = bytes_of_text("first");
    statements[1].statement = bytes_of_text("second");
    statements[1].signature[63] = 1;
    return (
        struct message){ .kind = MESSAGE_SUBMIT, .statements = statements, .statement_count = 2 };
}

static void fill_receipt(struct receipt *receipt, uint64_t number, const char *checkpoint,
                         struct arena *arena)
{
    struct entry entry = {
        .utc_ms = UTC_MS,
        .kind = ENTRY_ARRIVAL,
        .arrival = { .stream = { .zone = { "JL001" }, .device = { { 7 } }, .epoch = 1 },
                     .sequence = number,
                     .statement_hash = { { 4 } },
                     .verdict = VERDICT_ACCEPTED },
    };
    receipt->entry = entry_encode(&entry, arena);
    receipt->position = number;
    receipt->path_count = (size_t)number;
    memcpy(receipt->path, three_hashes, receipt->path_count * sizeof *three_hashes);
    receipt->checkpoint = bytes_of_text(checkpoint);
}

static struct message receipts(struct arena *arena)
{
    struct receipt *items = arena_take(arena, 3, sizeof *items);
    fill_receipt(&items[0], 1, "checkpoint A", arena);
    fill_receipt(&items[1], 2, "checkpoint B", arena);
    fill_receipt(&items[2], 3, "checkpoint A", arena);
    return (struct message){ .kind = MESSAGE_RECEIPTS, .receipts = items, .receipt_count = 3 };
}

static struct message a_gap(struct arena *arena)
{
    (void)arena;
    return (struct message){ .kind = MESSAGE_GAP, .gap = { 12, { { 6 } } } };
}

static struct message an_empty_gap(struct arena *arena)
{
    (void)arena;
    return (struct message){ .kind = MESSAGE_GAP };
}

static struct message a_refusal(struct arena *arena)
{
    (void)arena;
    return (
        struct message){ .kind = MESSAGE_REFUSAL, .refusal = REFUSAL_FORK, .refused_sequence = 13 };
}

static struct message busy(struct arena *arena)
{
    (void)arena;
    return (struct message){ .kind = MESSAGE_BUSY, .retry_after_ms = 1500 };
}

static struct message a_chunk(struct arena *arena)
{
    (void)arena;
    return (struct message){
        .kind = MESSAGE_CHUNK,
        .chunk = { .hash = { { 8 } }, .total_size = 9, .offset = 4, .part = bytes_of_text("bytes") }
    };
}

static struct message a_catalogue_ask(struct arena *arena)
{
    (void)arena;
    return (struct message){ .kind = MESSAGE_CATALOGUE_ASK,
                             .ask = { .catalogue = { { 5 } }, .known = 3, .offset = 7 } };
}

static struct message a_history_ask(struct arena *arena)
{
    (void)arena;
    return (struct message){ .kind = MESSAGE_HISTORY_ASK, .ask = { .from = 4, .size = 300 } };
}

static struct message a_part(struct arena *arena)
{
    (void)arena;
    return (struct message){ .kind = MESSAGE_PART,
                             .chunk = { .hash = { { 4 } },
                                        .total_size = 12,
                                        .offset = 7,
                                        .part = bytes_of_text("bytes") },
                             .ask = { .size = 300 } };
}

static struct message a_chunk_head(struct arena *arena)
{
    (void)arena;
    return (struct message){ .kind = MESSAGE_CHUNK_HEAD,
                             .chunk = { .hash = { { 8 } }, .offset = 9 } };
}

static struct message a_challenge(struct arena *arena)
{
    (void)arena;
    return (struct message){ .kind = MESSAGE_CHALLENGE,
                             .challenge = bytes_of_text("0123456789abcdef") };
}

static struct message a_question_about_a_chunk(struct arena *arena)
{
    (void)arena;
    return (struct message){ .kind = MESSAGE_CHUNK_ASK,
                             .chunk = { .hash = { { 8 } }, .total_size = 9 } };
}

static struct message a_question_about_notices(struct arena *arena)
{
    (void)arena;
    return (struct message){ .kind = MESSAGE_ASK_NOTICES, .ask_notices = { { { 7 } }, 300 } };
}

static struct message notices(struct arena *arena)
{
    struct notice *items = arena_take(arena, 2, sizeof *items);
    for (size_t i = 0; i < 2; i++) {
        struct entry entry = { .utc_ms = UTC_MS,
                               .kind = ENTRY_DECISION,
                               .decision = { .zone = { "JL001" },
                                             .form = code_of("JKQ401"),
                                             .period = period_of_month(2021, 3),
                                             .version = 1,
                                             .kind = DECISION_SEND_BACK,
                                             .reason = "请核实",
                                             .statement = { { 4 } } } };
        items[i].entry = entry_encode(&entry, arena);
        items[i].position = 7 + i;
        items[i].path_count = i;
        items[i].path[0] = three_hashes[0];
    }
    return (struct message){ .kind = MESSAGE_NOTICES,
                             .notices = { bytes_of_text("checkpoint A"), items, 2, 9 } };
}

static struct message an_application(struct arena *arena)
{
    (void)arena;
    return (struct message){ .kind = MESSAGE_APPLICATION,
                             .application = bytes_of_text("zonetally enrolment request 1") };
}

static struct message application_taken(struct arena *arena)
{
    (void)arena;
    return (struct message){ .kind = MESSAGE_APPLICATION_TAKEN, .application_taken = { { 4 } } };
}

typedef struct message message_sample_fn(struct arena *arena);
/* clang-format off */
static message_sample_fn *const samples[] = {
    a_hello, a_welcome, a_submit, receipts, a_gap, an_empty_gap, a_refusal, busy, a_chunk,
    a_chunk_head, a_catalogue_ask, a_history_ask, a_part, a_challenge, an_application, application_taken, notices,
    a_question_about_notices, a_question_about_a_chunk,
};
/* clang-format on */

static struct message read_back(message_sample_fn *sample, struct arena *arena)
{
    struct message message = sample(arena), out;
    struct error err = { 0 };
    if (!message_decode(message_encode(&message, arena), arena, &out, &err))
        fail_msg("%s", err.text);
    assert_int_equal(out.kind, message.kind);
    return out;
}

static void a_hello_and_its_welcome_read_back(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();

    struct message out = read_back(a_hello, arena);
    assert_int_equal(out.hello.protocol_max, 2);
    assert_string_equal(out.hello.province, "jilin");
    assert_string_equal(out.hello.stream.zone.text, "JL001");
    assert_int_equal(out.hello.agent_utc_ms, -UTC_MS);
    assert_true(bytes_equal(out.hello.token, bytes_of_text("token")));
    assert_int_equal(out.hello.checkpoint_size, 99);
    out = read_back(a_welcome, arena);
    assert_int_equal(out.welcome.head.sequence, 12);
    assert_int_equal(out.welcome.head.hash.bytes[0], 6);
    assert_true(digest_is_zero(&out.welcome.catalogue));
    assert_int_equal(out.welcome.consistency_count, 3);
    assert_memory_equal(out.welcome.consistency, three_hashes, sizeof three_hashes);
    struct entry record;
    struct error err;
    assert_true(entry_decode(out.welcome.zone, arena, &record, &err));
    assert_string_equal(record.zone.name, "长春新区");
    assert_true(bytes_equal(out.welcome.checkpoint, bytes_of_text("zonetally/jilin\n99\n")));
}

static void statements_and_receipts_read_back(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();

    struct message out = read_back(a_submit, arena);
    assert_int_equal(out.statement_count, 2);
    assert_true(bytes_equal(out.statements[1].statement, bytes_of_text("second")));
    assert_int_equal(out.statements[1].signature[63], 1);
    out = read_back(receipts, arena);
    assert_int_equal(out.receipt_count, 3);
    assert_int_equal(out.receipts[1].arrival.sequence, 2);
    assert_int_equal(out.receipts[1].path_count, 2);
    assert_int_equal(out.receipts[2].path[2].bytes[0], 3);
    assert_true(bytes_equal(out.receipts[1].checkpoint, bytes_of_text("checkpoint B")));
    assert_true(bytes_equal(out.receipts[2].checkpoint, bytes_of_text("checkpoint A")));
}

static void notices_and_questions_read_back(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();

    struct message out = read_back(notices, arena);
    assert_int_equal(out.notices.count, 2);
    assert_int_equal(out.notices.until, 9);
    assert_int_equal(out.notices.items[1].position, 8);
    assert_int_equal(out.notices.items[1].path_count, 1);
    assert_int_equal(out.notices.items[1].utc_ms, UTC_MS);
    assert_string_equal(out.notices.items[1].decision.reason, "请核实");
    assert_true(bytes_equal(out.notices.checkpoint, bytes_of_text("checkpoint A")));
    out = read_back(a_question_about_notices, arena);
    assert_int_equal(out.ask_notices.device.bytes[0], 7);
    assert_int_equal(out.ask_notices.from, 300);
    out = read_back(a_question_about_a_chunk, arena);
    assert_int_equal(out.chunk.hash.bytes[0], 8);
    assert_int_equal(out.chunk.total_size, 9);
    assert_int_equal(read_back(a_welcome, arena).welcome.notices, 98);
}

static void the_small_messages_read_back(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();

    assert_int_equal(read_back(a_gap, arena).gap.sequence, 12);
    assert_int_equal(read_back(an_empty_gap, arena).gap.sequence, 0);
    assert_int_equal(read_back(a_refusal, arena).refusal, REFUSAL_FORK);
    assert_int_equal(read_back(a_refusal, arena).refused_sequence, 13);
    assert_int_equal(read_back(busy, arena).retry_after_ms, 1500);
    struct message out = read_back(a_chunk, arena);
    assert_int_equal(out.chunk.offset, 4);
    assert_true(bytes_equal(out.chunk.part, bytes_of_text("bytes")));
    assert_int_equal(read_back(a_chunk_head, arena).chunk.offset, 9);
    assert_int_equal(read_back(a_challenge, arena).challenge.size, MESSAGE_NONCE_SIZE);
    assert_true(bytes_equal(read_back(an_application, arena).application,
                            bytes_of_text("zonetally enrolment request 1")));
    assert_int_equal(read_back(application_taken, arena).application_taken.bytes[0], 4);
}

static void questions_for_parts_and_parts_read_back(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct message catalogue = read_back(a_catalogue_ask, arena);
    struct message history = read_back(a_history_ask, arena);
    struct message part = read_back(a_part, arena);

    assert_int_equal(catalogue.ask.catalogue.bytes[0], 5);
    assert_int_equal(catalogue.ask.known, 3);
    assert_int_equal(catalogue.ask.offset, 7);
    assert_int_equal(history.ask.from, 4);
    assert_int_equal(history.ask.size, 300);
    assert_int_equal(part.chunk.offset, 7);
    assert_int_equal(part.chunk.total_size, 12);
    assert_true(bytes_equal(part.chunk.part, bytes_of_text("bytes")));
    assert_int_equal(part.ask.size, 300);
}

struct property {
    struct arena *arena;
    size_t accepted;
};

static void expect_one_encoding(struct bytes mutated, void *owner)
{
    struct property *property = owner;
    struct message out;
    struct error err = { 0 };
    arena_reset(property->arena);
    if (message_decode(mutated, property->arena, &out, &err)) {
        assert_true(bytes_equal(message_encode(&out, property->arena), mutated));
        property->accepted++;
    } else {
        assert_int_equal(err.kind, ERROR_MALFORMED);
    }
}

static void whatever_is_accepted_encodes_to_the_same_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        CLEANUP(arena_destroy) struct arena *arena = arena_create();
        struct property property = { arena_create(), 0 };
        struct message message = samples[i](arena);
        struct bytes bytes = message_encode(&message, arena);

        size_t count = mutation_each(bytes, expect_one_encoding, &property);

        assert_true(property.accepted < count);
        assert_true(property.accepted > 0 || message.kind == MESSAGE_GAP);
        arena_destroy(&property.arena);
    }
}

static void assert_refused(struct bytes bytes, const char *path)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct message out;
    struct error err = { 0 };
    bool taken = message_decode(bytes, arena, &out, &err);
    if (taken || !strstr(err.text, path))
        fail_msg("%s: %s", path, taken ? "taken" : err.text);
    assert_int_equal(err.kind, ERROR_MALFORMED);
}

#define ZEROS_16 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define HASH "\x20\x01\x01\x01\x01\x01\x01\x01\x01" ZEROS_16 "\x01\x01\x01\x01\x01\x01\x01\x01"
#define HELLO_END "\x1A\x01j\x22\x01Z\x2A\x10" ZEROS_16 "\x30\x01"
#define RUN(literal)                                                                               \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

static void what_no_peer_of_ours_would_send_is_refused_by_name(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct { struct bytes bytes; const char *path; } refused[] = {
        { RUN(""), "Message.protocol" },
        { RUN("\x08\x02\x42\x00"), "Message.protocol" },
        { RUN("\x08\x01"), "Message.body" },
        { RUN("\x08\x01\x12\x1E\x08\x02\x10\x01" HELLO_END), "Hello.protocol_max" },
        { RUN("\x08\x01\x12\x1C\x10\x01" HELLO_END), "Hello.protocol_min" },
        { RUN("\x08\x01\x1A\x00"), "Welcome.protocol" },
        { RUN("\x08\x01\x1A\x04\x08\x01\x10\x05"), "Welcome.hash" },
        { RUN("\x08\x01\x1A\x26\x08\x01\x52\x22" HASH "\x01"), "Welcome.consistency" },
        { RUN("\x08\x01\x1A\x04\x08\x01\x5A\x00"), "Message.welcome.zone" },
        { RUN("\x08\x01\x1A\x05\x08\x01\x5A\x01\x01"), "“Entry”" },
        { RUN("\x08\x01\x22\x00"), "Submit.statements" },
        { RUN("\x08\x01\x22\x05\x0A\x03\x0A\x01s"), "Submit.statements" },
        { RUN("\x08\x01\x2A\x00"), "Receipts.items" },
        { RUN("\x08\x01\x2A\x02\x12\x00"), "Receipts.checkpoints" },
        { RUN("\x08\x01\x32\x02\x08\x05"), "Gap.hash" },
        { RUN("\x08\x01\x32\x22\x12" HASH), "Gap.hash" },
        { RUN("\x08\x01\x3A\x00"), "Refusal.reason" },
        { RUN("\x08\x01\x3A\x02\x08\x7F"), "Refusal.reason" },
        { RUN("\x08\x01\x4A\x04\x10\x01\x22\x00"), "Message.chunk.part" },
        { RUN("\x08\x01\x4A\x29\x0A" HASH "\x10\x01\x18\x01\x22\x01""a"), "Chunk.offset" },
        { RUN("\x08\x01\x4A\x28\x0A" HASH "\x10\x01\x22\x02""ab"), "Chunk.part" },
        { RUN("\x08\x01\x4A\x25\x0A" HASH "\x22\x01""a"), "Chunk.total_size" },
        { RUN("\x08\x01\x52\x02\x10\x01"), "ChunkHead.hash" },
        { RUN("\x08\x01\x82\x01\x02\x10\x01"), "CatalogueAsk.digest" },
        { RUN("\x08\x01\x92\x01\x02\x10\x01"), "Part.hash" },
        { RUN("\x08\x01\x92\x01\x27\x0A" HASH "\x10\x01\x22\x01""a"), "Part.size" },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_refused(refused[i].bytes, refused[i].path);
}

/* A frame of that many bytes is not even scanned. */
static void a_frame_beyond_the_limit_is_refused(void **state)
{
    (void)state;
    static unsigned char large[MESSAGE_SIZE_MAX + 1];

    assert_refused(BYTES_OF(large), "“Message”");
}

/* Of two checkpoints the second is in no receipt, or is the first again, or comes too early. */
static void checkpoints_stand_in_one_order_only(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct receipt receipt = { 0 };
    fill_receipt(&receipt, 1, "", arena);
    ProtobufCBinaryData texts[2] = { { 1, (uint8_t *)"A" }, { 1, (uint8_t *)"B" } };
    Zonetally__ReceiptItem items[2], *pointers[2] = { &items[0], &items[1] };
    Zonetally__Receipts body = ZONETALLY__RECEIPTS__INIT;
    Zonetally__Message message = ZONETALLY__MESSAGE__INIT;
    for (size_t i = 0; i < 2; i++) {
        zonetally__receipt_item__init(&items[i]);
        items[i].entry = (ProtobufCBinaryData){ receipt.entry.size, (uint8_t *)receipt.entry.data };
        items[i].checkpoint = (uint32_t)i;
    }
    body.n_checkpoints = body.n_items = 2;
    body.checkpoints = texts;
    body.items = pointers;
    message.protocol = 1;
    message.body_case = ZONETALLY__MESSAGE__BODY_RECEIPTS;
    message.receipts = &body;
    struct message out;
    struct error err = { 0 };

    assert_true(message_decode(packing_pack(&message.base, arena), arena, &out, &err));
    items[0].checkpoint = 1;
    assert_refused(packing_pack(&message.base, arena), "Receipts.checkpoints");
    items[0].checkpoint = items[1].checkpoint = 0;
    assert_refused(packing_pack(&message.base, arena), "Receipts.checkpoints");
    items[1].checkpoint = 2;
    assert_refused(packing_pack(&message.base, arena), "Receipts.checkpoints");
    items[1].checkpoint = 1;
    texts[1] = texts[0];
    assert_refused(packing_pack(&message.base, arena), "Receipts.checkpoints");
}

int main(void)
{
    language_set(LANGUAGE_ENGLISH);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hello_and_its_welcome_read_back),
        cmocka_unit_test(statements_and_receipts_read_back),
        cmocka_unit_test(notices_and_questions_read_back),
        cmocka_unit_test(the_small_messages_read_back),
        cmocka_unit_test(questions_for_parts_and_parts_read_back),
        cmocka_unit_test(whatever_is_accepted_encodes_to_the_same_bytes),
        cmocka_unit_test(what_no_peer_of_ours_would_send_is_refused_by_name),
        cmocka_unit_test(a_frame_beyond_the_limit_is_refused),
        cmocka_unit_test(checkpoints_stand_in_one_order_only),
    };
    return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}

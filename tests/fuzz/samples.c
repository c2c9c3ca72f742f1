#include "tests/fuzz/samples.h"

#include <assert.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/model/finding.h"
#include "common/wire/proof.h"
#include "common/wire/statement.h"

static const struct digest three_hashes[] = { { { 1 } }, { { 2 } }, { { 3 } } };
static const struct stream_id the_stream = { { "22102001" }, { { 7 } }, 2 };

struct key_pair sample_pair(void)
{
    static struct key_pair pair; /* making one costs more than most inputs */
    static bool made;
    struct seeded_random random = seeded_random_of(2016);
    if (!made)
        pair = key_pair_create(&random.random);
    made = true;
    return pair;
}

/* clang-format off */
static const struct cell cells[] = { { { 0x49423036 }, { 12345, VALUE_PRESENT } },
                                     { { 0x49423037 }, { 0, VALUE_MISSING } },
                                     { { 0x49423038 }, { -7, VALUE_ESTIMATED } } };
static const char *const row_keys[] = { "91220000", "91220001" };
static const int64_t numbers[] = { 0, -250 }, no_numbers[] = { 0, 0 };
static const uint8_t number_statuses[] = { VALUE_NOT_APPLICABLE, VALUE_PRESENT };
static const uint8_t text_statuses[] = { VALUE_PRESENT, VALUE_PRESENT };
static const char *const texts[] = { "一汽", "" };
static const struct roster_column columns[] = {
    { { 0x454E3033 }, numbers, number_statuses, NULL },
    { { 0x454E3034 }, no_numbers, text_statuses, texts },
};
static const struct explanation explanations[] = {
    { { 0x563132 }, "", { 0x5231 }, "停产检修\n两个月" },
    { { 0x563133 }, "91220001", { 0 }, "" },
};
static const struct sign_off sign_offs[] = { { { 0x48454144 }, "某某", SAMPLE_UTC_MS } };
/* clang-format on */

static struct submission a_submission(void)
{
    return (struct submission){ .form = code_of("JKQ401"),
                                .period = period_of_quarter(2021, 3),
                                .version = 3,
                                .base_version = 2,
                                .cells = cells,
                                .cell_count = COUNT_OF(cells),
                                .row_keys = row_keys,
                                .row_count = COUNT_OF(row_keys),
                                .columns = columns,
                                .column_count = COUNT_OF(columns),
                                .explanations = explanations,
                                .explanation_count = COUNT_OF(explanations),
                                .sign_offs = sign_offs,
                                .sign_off_count = COUNT_OF(sign_offs),
                                .findings = { { 9 } },
                                .grounds = { { 3 } } };
}

struct statement sample_statement(size_t number, struct arena *arena)
{
    static const enum statement_kind kinds[SAMPLE_STATEMENTS] = {
        STATEMENT_RETURN, STATEMENT_WITHDRAWAL, STATEMENT_KEY_ROTATION, STATEMENT_NOTE
    };
    struct statement statement = { .suite = 1,
                                   .province = "jilin",
                                   .stream = the_stream,
                                   .sequence = 4 + number,
                                   .previous = { { 3 } },
                                   .catalogue = { { 5 } },
                                   .agent_utc_ms = SAMPLE_UTC_MS,
                                   .salt = { 6 },
                                   .kind = kinds[number],
                                   .submission = a_submission(),
                                   .note = "本月无变化" };
    statement.withdrawal =
        (struct withdrawal){ code_of("JKQ401"), period_of_year(2021), 2, "重复报送" };
    memset(&statement.rotation, 8, sizeof statement.rotation);
    (void)arena;
    return statement;
}

static const struct verdict_finding findings[] = {
    { FINDING_MANDATORY, { 0x563132 }, "" },
    { FINDING_HINT, { 0x563133 }, "91220000" },
};

static const struct zone_attribute attributes[] = {
    { { 0x52473033 }, { 0x4E }, { .year = 2016 } },
    { { 0x52473034 }, { 0 }, { .year = 2017, .frequency = FREQUENCY_MONTH, .number = 5 } },
};

static const struct lost_generation lost = { 1, 5, 9, { { 7 } } };

struct entry sample_entry(size_t number, struct arena *arena)
{
    static const enum entry_kind kinds[SAMPLE_ENTRIES] = {
        ENTRY_ARRIVAL, ENTRY_ENROLMENT,  ENTRY_REVOCATION, ENTRY_ZONE,     ENTRY_CATALOGUE,
        ENTRY_BACKUP,  ENTRY_GENERATION, ENTRY_SUSPENSION, ENTRY_DECISION, ENTRY_CATALOGUE_CLOSURE
    };
    (void)arena;
    return (struct entry){
        .utc_ms = SAMPLE_UTC_MS,
        .kind = kinds[number],
        .arrival = { .stream = the_stream,
                     .sequence = 300,
                     .statement_hash = { { 4 } },
                     .received_utc_ms = SAMPLE_UTC_MS,
                     .verdict = VERDICT_REJECTED,
                     .comparison = COMPARISON_DIFFERENT,
                     .findings = findings,
                     .finding_count = COUNT_OF(findings) },
        .enrolment = { .zone = the_stream.zone,
                       .device = the_stream.device,
                       .epoch = 1,
                       .keys = { { 1 }, { 2 } },
                       .label = "2 号机",
                       .valid_until_utc_ms = 9,
                       .machine = { { 8 } } },
        .revocation = { the_stream.zone, the_stream.device, "电脑报废" },
        .zone = { .id = the_stream.zone,
                  .name = "长春新区",
                  .prefecture = "长春市",
                  .prefecture_code = "220100",
                  .county = "",
                  .county_code = "",
                  .attributes = attributes,
                  .attribute_count = COUNT_OF(attributes),
                  .active_from = { .year = 2016 } },
        .catalogue = bytes_of_text("packed sources"),
        .backup = { 12, { { 6 } }, "硬盘 3" },
        .generation = { 2, 5, { { 3 } }, &lost, 1, "机房失火" },
        .suspension = { the_stream, SUSPENSION_TWO_HOLDERS },
        .decision = { .zone = the_stream.zone,
                      .form = { 0x54 },
                      .period = { .year = 2021 },
                      .version = 2,
                      .kind = DECISION_SEND_BACK,
                      .reason = "口径不符",
                      .by = "某某",
                      .position = 3,
                      .statement = { { 4 } } },
        .catalogue_closure = { { 5 } },
    };
}

struct receipt sample_receipt(size_t number, struct arena *arena)
{
    static const struct {
        uint64_t position, size;
        size_t path_count;
    } places[SAMPLE_RECEIPTS] = { { 2, 3, 1 }, { 1, 4, 2 }, { 0, 1, 0 } };
    struct entry entry = sample_entry(0, arena);
    struct key_pair pair = sample_pair();
    struct receipt receipt = { .entry = entry_encode(&entry, arena),
                               .arrival = entry.arrival,
                               .position = places[number].position,
                               .path_count = places[number].path_count };
    struct digest root = proof_leaf(receipt.entry);
    for (size_t i = 0; i < receipt.path_count; i++) {
        receipt.path[i] = three_hashes[i];
        bool left = number == 0 || (receipt.position >> i & 1);
        root = left ? proof_node(&receipt.path[i], &root) : proof_node(&root, &receipt.path[i]);
    }
    struct checkpoint checkpoint = { .origin = SAMPLE_ORIGIN,
                                     .size = places[number].size,
                                     .root = root };
    receipt.checkpoint = checkpoint_sign(&checkpoint, &pair, arena);
    return receipt;
}

static void add_statements(struct message *message, struct arena *arena)
{
    struct sealed_statement *sealed = arena_take(arena, 2, sizeof *sealed);
    struct key_pair pair = sample_pair();
    for (size_t i = 0; i < 2; i++) {
        struct statement statement = sample_statement(i + 2, arena);
        struct error err;
        bool made = statement_seal(&statement, &pair, arena, &sealed[i], &err);
        assert(made);
    }
    message->statements = sealed;
    message->statement_count = 2;
}

static void add_receipts(struct message *message, struct arena *arena)
{
    struct receipt *receipts = arena_take(arena, SAMPLE_RECEIPTS, sizeof *receipts);
    for (size_t i = 0; i < SAMPLE_RECEIPTS; i++)
        receipts[i] = sample_receipt(i, arena);
    message->receipts = receipts;
    message->receipt_count = SAMPLE_RECEIPTS;
}

static void add_notices(struct message *message, struct arena *arena)
{
    struct notice *notice = arena_take(arena, 1, sizeof *notice);
    struct entry entry = sample_entry(8, arena);
    notice->entry = entry_encode(&entry, arena);
    notice->decision = entry.decision;
    notice->utc_ms = entry.utc_ms;
    notice->position = 5;
    notice->path_count = 1;
    notice->path[0] = three_hashes[0];
    message->ask_notices = (struct ask_notices){ the_stream.device, 7 };
    message->notices = (struct notices){ sample_receipt(0, arena).checkpoint, notice, 1, 9 };
}

struct message sample_message(size_t number, struct arena *arena)
{
    static const enum message_kind kinds[SAMPLE_MESSAGES] = {
        MESSAGE_HELLO,      MESSAGE_WELCOME,     MESSAGE_SUBMIT,        MESSAGE_RECEIPTS,
        MESSAGE_GAP,        MESSAGE_REFUSAL,     MESSAGE_BUSY,          MESSAGE_CHUNK,
        MESSAGE_CHUNK_HEAD, MESSAGE_CHALLENGE,   MESSAGE_CATALOGUE_ASK, MESSAGE_HISTORY_ASK,
        MESSAGE_PART,       MESSAGE_ASK_NOTICES, MESSAGE_NOTICES,       MESSAGE_CHUNK_ASK
    };
    static const char nonce[MESSAGE_NONCE_SIZE] = "0123456789abcde";
    static const uint64_t positions[] = { 3, 5 };
    static const struct digest hashes[] = { { { 8 } }, { { 9 } } };
    struct entry zone = sample_entry(3, arena);
    struct message message = { .kind = kinds[number],
                               .gap = { 12, { { 6 } } },
                               .refusal = REFUSAL_FORK,
                               .refused_sequence = 13,
                               .retry_after_ms = 1500 };
    message.hello = (struct hello){ .protocol_min = 1,
                                    .protocol_max = 2,
                                    .province = "jilin",
                                    .stream = the_stream,
                                    .sequence = 12,
                                    .catalogue = { { 5 } },
                                    .waiting = 3,
                                    .agent_utc_ms = -SAMPLE_UTC_MS,
                                    .token = bytes_of_text("token"),
                                    .checkpoint_size = 99,
                                    .nonce = BYTES_OF(nonce),
                                    .challenge = BYTES_OF(nonce),
                                    .checkpoint_generation = 2,
                                    .lost_generation = 1,
                                    .lost_first = 4,
                                    .lost_positions = positions,
                                    .lost_hashes = hashes,
                                    .lost_count = COUNT_OF(positions) };
    message.welcome = (struct welcome){ .protocol = 1,
                                        .head = { 12, { { 6 } } },
                                        .window_statements = 32,
                                        .window_bytes = 65536,
                                        .utc_ms = SAMPLE_UTC_MS,
                                        .token = bytes_of_text("next"),
                                        .checkpoint = sample_receipt(0, arena).checkpoint,
                                        .consistency = three_hashes,
                                        .consistency_count = 3,
                                        .zone = entry_encode(&zone, arena),
                                        .lost_known = 3,
                                        .notices = 4 };
    message.chunk = (struct chunk){ { { 8 } }, 9, 4, bytes_of_text("bytes") };
    message.ask = (struct ask){ { { 5 } }, 3, 9, 10, 4 };
    message.challenge = BYTES_OF(nonce);
    add_notices(&message, arena);
    add_statements(&message, arena);
    add_receipts(&message, arena);
    return message;
}

#include "tests/support/test.h"

#include <string.h>

#include "aggregator/devices.h"
#include "aggregator/ingest/gate.h"
#include "aggregator/projection.h"
#include "aggregator/streams.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/transaction.h"
#include "common/wire/excerpt.h"
#include "common/wire/message.h"
#include "common/wire/notice.h"
#include "common/wire/proof.h"
#include "tests/aggregator/workbench.h"
#include "tests/support/edition.h"

#define QUEUE 8

/* A line on which a test speaks for the agent. */
struct line {
    struct workbench *bench;
    struct bytes incoming[QUEUE];
    size_t waiting, taken;
    struct bytes answers[QUEUE];
    size_t answered;
    size_t admitted, dismissed;
    struct gate *gate;
};

static enum receive_outcome receive(void *owner, struct peer *out_peer, struct bytes *out_payload)
{
    struct line *line = owner;
    if (line->taken == line->waiting)
        return RECEIVE_NOTHING;
    *out_peer = (struct peer){ .routing_size = 1 };
    memcpy(out_peer->curve_key, line->bench->pair.public.curve, KEY_SIZE);
    *out_payload = line->incoming[line->taken++];
    return RECEIVE_MESSAGE;
}

/* Whatever is acknowledged is on disk: another reader sees it. */
static void assert_committed(struct line *line, struct bytes payload)
{
    struct message message;
    struct province *province = line->bench->province;
    assert_true(message_decode(payload, line->bench->arena, &message, &line->bench->err));
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(province->database);
    for (size_t i = 0; i < message.receipt_count; i++)
        assert_true(message.receipts[i].position <
                    journal_size(ledger_journal(province->ledger), txn));
}

static bool send(void *owner, const struct peer *peer, struct bytes payload)
{
    struct line *line = owner;
    assert_int_equal(peer->routing_size, 1);
    assert_true(line->answered < QUEUE);
    line->answers[line->answered++] = arena_copy_bytes(line->bench->arena, payload);
    assert_committed(line, payload);
    return true;
}

static void admit(void *owner, const unsigned char curve_key[KEY_SIZE])
{
    (void)curve_key;
    ((struct line *)owner)->admitted++;
}

static void dismiss(void *owner, const unsigned char curve_key[KEY_SIZE])
{
    (void)curve_key;
    ((struct line *)owner)->dismissed++;
}

static void open_line(struct line *line, struct workbench *bench)
{
    *line = (struct line){ .bench = bench };
    struct gate_link link = { line, receive, send, admit, dismiss };
    line->gate = gate_create(bench->province, &link);
    assert_true(gate_refresh(line->gate, &bench->err));
}

static void close_line(struct line *line)
{
    gate_destroy(&line->gate);
}

static void put(struct line *line, const struct message *message)
{
    line->incoming[line->waiting++] = message_encode(message, line->bench->arena);
}

static void put_statements(struct line *line, const struct sealed_statement *items, size_t count)
{
    struct message message = { .kind = MESSAGE_SUBMIT,
                               .statements = items,
                               .statement_count = count };
    put(line, &message);
}

/* One turn; the only answer. */
static struct message turn(struct line *line)
{
    struct message message;
    line->answered = 0;
    assert_true(gate_turn(line->gate, &line->bench->err));
    line->waiting = line->taken = 0;
    assert_int_equal(line->answered, 1);
    assert_true(message_decode(line->answers[0], line->bench->arena, &message, &line->bench->err));
    return message;
}

static void hello_is_answered_with_head_zone_and_a_consistent_checkpoint(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(close_line) struct line line;
    open_line(&line, bench);
    uint64_t old_size = ledger_size(bench->province->ledger);
    struct digest old_root = tree_root(ledger_tree(bench->province->ledger));
    workbench_append_notes(bench, 5);
    struct message hello = { .kind = MESSAGE_HELLO,
                             .hello = { .protocol_min = 1,
                                        .protocol_max = 9,
                                        .province = "jilin",
                                        .stream = bench->stream,
                                        .checkpoint_size = old_size,
                                        .nonce = bytes_of_text("0123456789abcdef") } };
    put(&line, &hello);

    struct message answer = turn(&line);

    const struct welcome *welcome = &answer.welcome;
    struct checkpoint checkpoint;
    struct entry entry;
    assert_int_equal(answer.kind, MESSAGE_WELCOME);
    assert_int_equal(welcome->head.sequence, 5);
    assert_int_equal(welcome->history, ledger_size(bench->province->ledger));
    assert_memory_equal(&welcome->head.hash, &bench->head.hash, sizeof bench->head.hash);
    assert_true(checkpoint_verify(welcome->checkpoint, "zonetally/jilin",
                                  bench->province->card.keys.signing, bench->arena, &checkpoint,
                                  &bench->err));
    assert_true(proof_extends(old_size, &old_root, checkpoint.size, &checkpoint.root,
                              welcome->consistency, welcome->consistency_count));
    assert_true(entry_decode(welcome->zone, bench->arena, &entry, &bench->err));
    assert_string_equal(entry.zone.id.text, WORKBENCH_ZONE);
}

static void a_repeat_gets_the_same_bytes_and_is_not_counted_twice(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(close_line) struct line line;
    open_line(&line, bench);
    struct sealed_statement items[3];
    for (size_t i = 0; i < COUNT_OF(items); i++)
        items[i] = workbench_seal_note(bench, "note");
    put_statements(&line, items, COUNT_OF(items));
    struct message answer = turn(&line);
    struct bytes first = line.answers[0];
    uint64_t size = ledger_size(bench->province->ledger);
    assert_int_equal(answer.receipt_count, COUNT_OF(items));

    put_statements(&line, items, COUNT_OF(items));
    (void)turn(&line);

    assert_true(bytes_equal(first, line.answers[0]));
    assert_int_equal(ledger_size(bench->province->ledger), size);
    assert_int_equal(gate_count(line.gate).duplicates, COUNT_OF(items));
    for (size_t i = 0; i < answer.receipt_count; i++)
        assert_true(receipt_verify(&answer.receipts[i], "zonetally/jilin",
                                   bench->province->card.keys.signing, &bench->err));
}

static void the_same_statement_twice_in_one_batch_is_appended_once(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(close_line) struct line line;
    open_line(&line, bench);
    struct sealed_statement item = workbench_seal_note(bench, "note");
    put_statements(&line, &item, 1);
    put_statements(&line, &item, 1);

    assert_true(gate_turn(line.gate, &bench->err));

    assert_int_equal(line.answered, 2);
    assert_true(bytes_equal(line.answers[0], line.answers[1]));
    assert_int_equal(gate_count(line.gate).appended, 1);
    assert_int_equal(gate_count(line.gate).commits, 1);
}

static void behind_a_gap_nothing_goes_in(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(close_line) struct line line;
    open_line(&line, bench);
    uint64_t size = ledger_size(bench->province->ledger);
    (void)workbench_seal_note(bench, "lost");
    struct sealed_statement item = workbench_seal_note(bench, "note");
    put_statements(&line, &item, 1);

    struct message answer = turn(&line);

    assert_int_equal(answer.kind, MESSAGE_GAP);
    assert_int_equal(answer.gap.sequence, 0);
    assert_int_equal(ledger_size(bench->province->ledger), size);
}

static void a_return_that_breaks_rules_is_kept_and_receipted_with_findings(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(close_line) struct line line;
    open_line(&line, bench);
    struct sealed_statement item = workbench_seal_empty_return(bench);
    put_statements(&line, &item, 1);

    struct message answer = turn(&line);

    assert_int_equal(answer.kind, MESSAGE_RECEIPTS);
    assert_int_equal(answer.receipts[0].arrival.verdict, VERDICT_REJECTED);
    assert_true(answer.receipts[0].arrival.finding_count > 0);
    workbench_restart(bench);
    const struct return_state *kept =
        projection_find(bench->province->projection, &bench->stream.zone, code_of("JKQ401"),
                        period_of_month(2021, 3));
    assert_int_equal(kept->newest, 1);
    assert_int_equal(kept->counted, 0);
}

static void a_revoked_device_is_shut_out_and_its_statements_are_refused(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(close_line) struct line line;
    open_line(&line, bench);
    assert_int_equal(line.admitted, 1);
    workbench_revoke(bench);
    uint64_t size = ledger_size(bench->province->ledger);
    struct sealed_statement item = workbench_seal_note(bench, "note");
    put_statements(&line, &item, 1);

    struct message answer = turn(&line);

    assert_int_equal(answer.kind, MESSAGE_REFUSAL);
    assert_int_equal(answer.refusal, REFUSAL_REVOKED);
    assert_int_equal(line.dismissed, 1);
    assert_int_equal(ledger_size(bench->province->ledger), size);
}

static void a_second_statement_of_the_same_number_freezes_the_stream_for_good(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(close_line) struct line line;
    open_line(&line, bench);
    struct sealed_statement items[2];
    struct stream_head before = bench->head;
    items[0] = workbench_seal_note(bench, "one");
    bench->head = before;
    items[1] = workbench_seal_note(bench, "the other");
    put_statements(&line, items, 1);
    (void)turn(&line);

    put_statements(&line, items + 1, 1);
    struct message answer = turn(&line);

    assert_int_equal(answer.refusal, REFUSAL_FORK);
    close_line(&line);
    workbench_restart(bench);
    assert_true(streams_find(ledger_streams(bench->province->ledger), &bench->stream)->frozen);
}

static void a_flipped_bit_is_refused_and_leaves_nothing(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(close_line) struct line line;
    open_line(&line, bench);
    struct sealed_statement item = workbench_seal_note(bench, "note");
    uint64_t size = ledger_size(bench->province->ledger);
    item.signature[7] ^= 1;
    put_statements(&line, &item, 1);

    struct message answer = turn(&line);

    assert_int_equal(answer.refusal, REFUSAL_SIGNATURE);
    assert_int_equal(answer.refused_sequence, 1);
    assert_int_equal(ledger_size(bench->province->ledger), size);
}

static void what_is_no_message_is_refused(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(close_line) struct line line;
    open_line(&line, bench);
    line.incoming[line.waiting++] = bytes_of_text("GET / HTTP/1.1");

    assert_int_equal(turn(&line).refusal, REFUSAL_MALFORMED);
}

static void decide(struct workbench *bench, const char *zone, const char *reason)
{
    struct journal_record record = { .entry = { .kind = ENTRY_DECISION,
                                                .decision = { .form = code_of("JKQ401"),
                                                              .period = period_of_month(2021, 3),
                                                              .version = 1,
                                                              .kind = DECISION_SEND_BACK,
                                                              .reason = reason,
                                                              .statement = { { 4 } } } } };
    assert_true(zone_id_parse(zone, &record.entry.decision.zone));
    assert_true(ledger_begin(bench->province->ledger, WORKBENCH_UTC_MS, &bench->err));
    assert_true(ledger_take(bench->province->ledger, &record) > 0);
    assert_true(ledger_commit(bench->province->ledger, &bench->err));
}

static struct message ask_notices(struct line *line, uint64_t from)
{
    struct message question = { .kind = MESSAGE_ASK_NOTICES,
                                .ask_notices = { line->bench->stream.device, from } };
    put(line, &question);
    return turn(line);
}

static void a_zone_is_told_what_was_decided_about_it_and_nothing_about_others(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(close_line) struct line line;
    open_line(&line, bench);
    decide(bench, WORKBENCH_ZONE, "first");
    decide(bench, "22010001", "not yours");
    decide(bench, WORKBENCH_ZONE, "second");
    workbench_append_notes(bench, 3);

    struct message all = ask_notices(&line, 0);
    struct message later = ask_notices(&line, all.notices.items[0].position + 1);
    struct message none = ask_notices(&line, all.notices.until);

    assert_int_equal(all.notices.count, 2);
    assert_string_equal(all.notices.items[0].decision.reason, "first");
    assert_string_equal(all.notices.items[1].decision.reason, "second");
    assert_int_equal(all.notices.until, ledger_size(bench->province->ledger));
    assert_true(notices_verify(&all.notices, "zonetally/jilin", bench->province->card.keys.signing,
                               &bench->err));
    assert_int_equal(later.notices.count, 1);
    assert_int_equal(none.notices.count, 0);
}

static void many_notices_are_told_in_several_messages(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(close_line) struct line line;
    open_line(&line, bench);
    size_t told = 0, messages = 0;
    for (size_t i = 0; i < NOTICES_MAX + 10; i++)
        decide(bench, WORKBENCH_ZONE, "again");
    for (uint64_t from = 0; from < ledger_size(bench->province->ledger); messages++) {
        struct message some = ask_notices(&line, from);
        assert_true(notices_verify(&some.notices, "zonetally/jilin",
                                   bench->province->card.keys.signing, &bench->err));
        told += some.notices.count;
        assert_true(some.notices.until > from);
        from = some.notices.until;
    }

    assert_int_equal(told, NOTICES_MAX + 10);
    assert_int_equal(messages, 2);
}

static void who_asks_with_another_s_device_is_told_nothing(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(close_line) struct line line;
    open_line(&line, bench);
    decide(bench, WORKBENCH_ZONE, "secret");
    bench->pair = key_pair_create(&bench->random.random);

    struct message answer = ask_notices(&line, 0);

    assert_int_equal(answer.kind, MESSAGE_REFUSAL);
    assert_int_equal(answer.refusal, REFUSAL_UNKNOWN_DEVICE);
}

static void a_statement_in_chunks_is_put_together_and_receipted(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(close_line) struct line line;
    open_line(&line, bench);
    struct sealed_statement item = workbench_seal_note(bench, "in pieces");
    struct bytes whole = sealed_statement_encode(&item, bench->arena);
    struct message chunk = { .kind = MESSAGE_CHUNK,
                             .chunk = { .hash = digest_sha256((struct bytes){ NULL, 0 }, whole),
                                        .total_size = whole.size } };
    chunk.chunk.part = (struct bytes){ whole.data, 10 };
    put(&line, &chunk);
    struct message answer = turn(&line);
    assert_int_equal(answer.kind, MESSAGE_CHUNK_HEAD);
    assert_int_equal(answer.chunk.offset, 10);

    put(&line, &chunk); /* again: nothing changes */
    assert_int_equal(turn(&line).chunk.offset, 10);
    chunk.chunk.offset = 10;
    chunk.chunk.part = (struct bytes){ (const char *)whole.data + 10, whole.size - 10 };
    put(&line, &chunk);
    answer = turn(&line);

    assert_int_equal(answer.kind, MESSAGE_RECEIPTS);
    assert_int_equal(answer.receipts[0].arrival.sequence, 1);
}

static void adopt_a_large_catalogue(struct workbench *bench, size_t size)
{
    char *comment = arena_take(bench->arena, size, 1);
    memset(comment, '#', size);
    struct source files[] = { { "large.catalogue", { comment, size } },
                              edition_as(1, 7, bench->arena).files[0] };
    struct sources sources = { files, COUNT_OF(files) };
    if (!province_adopt(bench->province, sources, &bench->err))
        fail_msg("%s", bench->err.text);
}

static void what_is_fetched_comes_in_parts_that_make_a_whole(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(close_line) struct line line;
    adopt_a_large_catalogue(bench, 500 * 1024);
    open_line(&line, bench);
    struct message question = { .kind = MESSAGE_CATALOGUE_ASK,
                                .ask = { .catalogue = bench->province->catalogue->digest } };
    char *whole = NULL;
    struct message part;
    size_t size = 0, parts = 0;
    do {
        question.ask.offset = size;
        put(&line, &question);
        part = turn(&line);
        assert_int_equal(part.kind, MESSAGE_PART);
        question.ask.size = part.ask.size;
        whole = whole ? whole : arena_take(bench->arena, (size_t)part.chunk.total_size, 1);
        memcpy(whole + size, part.chunk.part.data, part.chunk.part.size);
        size += part.chunk.part.size;
        parts++;
        workbench_append_notes(bench, 1);
    } while (size < part.chunk.total_size);

    struct digest hash = digest_sha256((struct bytes){ NULL, 0 }, (struct bytes){ whole, size });
    struct excerpt excerpt;
    assert_true(digest_equal(&hash, &part.chunk.hash));
    assert_true(excerpt_decode((struct bytes){ whole, size }, bench->arena, &excerpt, &bench->err));
    assert_int_equal(excerpt.count, 1);
    assert_true(parts > 1);
}

static void history_is_for_those_who_are_known_by_their_key(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(close_line) struct line line;
    open_line(&line, bench);
    struct message question = { .kind = MESSAGE_HISTORY_ASK };
    put(&line, &question);
    assert_int_equal(turn(&line).kind, MESSAGE_PART);

    workbench_revoke(bench);
    put(&line, &question);

    assert_int_equal(turn(&line).refusal, REFUSAL_UNKNOWN_DEVICE);
}

static void what_is_not_in_the_journal_cannot_be_fetched(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(close_line) struct line line;
    open_line(&line, bench);
    struct message question = { .kind = MESSAGE_CATALOGUE_ASK, .ask = { .catalogue = { { 9 } } } };
    put(&line, &question);

    assert_int_equal(turn(&line).refusal, REFUSAL_NOT_THERE);
}

#define WITH_BENCH(test)                                                                           \
    cmocka_unit_test_setup_teardown(test, workbench_set_up, workbench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BENCH(hello_is_answered_with_head_zone_and_a_consistent_checkpoint),
        WITH_BENCH(a_repeat_gets_the_same_bytes_and_is_not_counted_twice),
        WITH_BENCH(the_same_statement_twice_in_one_batch_is_appended_once),
        WITH_BENCH(behind_a_gap_nothing_goes_in),
        WITH_BENCH(a_return_that_breaks_rules_is_kept_and_receipted_with_findings),
        WITH_BENCH(a_revoked_device_is_shut_out_and_its_statements_are_refused),
        WITH_BENCH(a_second_statement_of_the_same_number_freezes_the_stream_for_good),
        WITH_BENCH(a_flipped_bit_is_refused_and_leaves_nothing),
        WITH_BENCH(what_is_no_message_is_refused),
        WITH_BENCH(a_zone_is_told_what_was_decided_about_it_and_nothing_about_others),
        WITH_BENCH(many_notices_are_told_in_several_messages),
        WITH_BENCH(who_asks_with_another_s_device_is_told_nothing),
        WITH_BENCH(a_statement_in_chunks_is_put_together_and_receipted),
        WITH_BENCH(what_is_fetched_comes_in_parts_that_make_a_whole),
        WITH_BENCH(history_is_for_those_who_are_known_by_their_key),
        WITH_BENCH(what_is_not_in_the_journal_cannot_be_fetched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

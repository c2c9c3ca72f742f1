#include "tests/support/test.h"

#include <string.h>

#include "aggregator/excerpts.h"
#include "aggregator/heard.h"
#include "aggregator/ingest/intake.h"
#include "aggregator/ingest/parts.h"
#include "aggregator/receipts.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/transaction.h"
#include "common/wire/channel.h"
#include "common/wire/excerpt.h"
#include "common/wire/proof.h"
#include "tests/aggregator/workbench.h"

static struct excerpt read_excerpt(struct workbench *bench, struct bytes bytes)
{
    struct excerpt out;
    struct checkpoint checkpoint;
    const struct province_card *card = &bench->province->card;
    if (!excerpt_decode(bytes, bench->arena, &out, &bench->err) ||
        !checkpoint_verify(out.checkpoint, card->origin, card->keys.signing, bench->arena,
                           &checkpoint, &bench->err) ||
        !excerpt_holds(&out, &checkpoint, &bench->err))
        fail_msg("%s", bench->err.text);
    return out;
}

static struct bytes page(struct workbench *bench, struct transaction *txn, uint64_t from,
                         struct excerpt_frame *frame, uint64_t *out_next)
{
    struct bytes bytes;
    assert_true(history_page_make(bench->province, txn, &bench->stream.zone, from, frame,
                                  bench->arena, &bytes, out_next, &bench->err));
    return bytes;
}

static void a_catalogue_is_offered_with_the_proof_of_its_adoption(void **state)
{
    struct workbench *bench = *state;
    workbench_append_notes(bench, 5);
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    struct excerpt_frame frame = { 0, 0 };
    struct bytes bytes, again;

    assert_true(catalogue_offer_make(bench->province, txn, &bench->province->catalogue->digest,
                                     &frame, bench->arena, &bytes, &bench->err));

    struct excerpt excerpt = read_excerpt(bench, bytes);
    assert_int_equal(excerpt.count, 1);
    struct digest digest =
        digest_sha256((struct bytes){ NULL, 0 }, excerpt.items[0].entry.catalogue);
    assert_true(digest_equal(&digest, &bench->province->catalogue->digest));
    assert_int_equal(frame.size, ledger_size(bench->province->ledger));
    workbench_append_notes(bench, 5);
    assert_true(catalogue_offer_make(bench->province, txn, &digest, &frame, bench->arena, &again,
                                     &bench->err));
    assert_true(bytes_equal(bytes, again));
}

static void what_was_not_adopted_is_not_there(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    struct digest unknown = { { 1 } };
    struct excerpt_frame frame = { 0, 0 }, odd = { 0, 1000 };
    struct bytes bytes;

    assert_false(catalogue_offer_make(bench->province, txn, &unknown, &frame, bench->arena, &bytes,
                                      &bench->err));
    assert_int_equal(bench->err.kind, ERROR_UNAVAILABLE);
    assert_false(catalogue_offer_make(bench->province, txn, &bench->province->catalogue->digest,
                                      &odd, bench->arena, &bytes, &bench->err));
    assert_int_equal(bench->err.kind, ERROR_UNAVAILABLE);
}

static void a_zone_s_history_comes_whole_in_pages_with_the_receipts_as_they_were_given(void **state)
{
    struct workbench *bench = *state;
    workbench_append_notes(bench, 50);
    workbench_append_notes(bench, 50);
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    struct excerpt_frame frame = { 0, 0 };
    uint64_t statements = 0, enrolments = 0, catalogues = 0, pages = 0, next = 0;

    do {
        struct excerpt excerpt = read_excerpt(bench, page(bench, txn, next, &frame, &next));
        for (size_t i = 0; i < excerpt.count; i++) {
            const struct excerpt_item *item = &excerpt.items[i];
            enrolments += item->entry.kind == ENTRY_ENROLMENT;
            catalogues += item->entry.kind == ENTRY_CATALOGUE;
            if (item->entry.kind != ENTRY_ARRIVAL)
                continue;
            struct receipt receipt = excerpt_receipt(item), original;
            assert_int_equal(item->entry.arrival.sequence, ++statements);
            assert_true(receipts_make(bench->province->ledger, txn, item->position, bench->arena,
                                      &original, &bench->err));
            assert_true(bytes_equal(receipt_write(&receipt, bench->arena),
                                    receipt_write(&original, bench->arena)));
            assert_true(receipt_verify(&receipt, "zonetally/jilin",
                                       bench->province->card.keys.signing, &bench->err));
        }
        assert_int_equal(excerpt.next, next);
        pages++;
    } while (next < frame.size);

    assert_int_equal(statements, 100);
    assert_int_equal(enrolments, 1);
    assert_int_equal(catalogues, 1);
    assert_true(pages > 3);
}

static void a_page_about_one_size_is_the_same_whatever_came_since(void **state)
{
    struct workbench *bench = *state;
    workbench_append_notes(bench, 10);
    struct excerpt_frame frame = { 2, 0 };
    uint64_t next;
    CLEANUP(transaction_abort)
    struct transaction *before = transaction_read(bench->province->database);
    struct bytes first = page(bench, before, 2, &frame, &next);
    transaction_abort(&before);

    workbench_append_notes(bench, 10);
    workbench_restart(bench);

    CLEANUP(transaction_abort)
    struct transaction *after = transaction_read(bench->province->database);
    assert_true(bytes_equal(first, page(bench, after, 2, &frame, &next)));
}

static void the_journal_is_shown_to_continue_the_checkpoint_that_is_known(void **state)
{
    struct workbench *bench = *state;
    uint64_t known = ledger_size(bench->province->ledger);
    struct digest root = tree_root(ledger_tree(bench->province->ledger));
    workbench_append_notes(bench, 20);
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    struct excerpt_frame frame = { known, 0 };
    uint64_t next;
    struct checkpoint checkpoint;

    struct excerpt excerpt = read_excerpt(bench, page(bench, txn, 0, &frame, &next));

    assert_true(checkpoint_verify(excerpt.checkpoint, "zonetally/jilin",
                                  bench->province->card.keys.signing, bench->arena, &checkpoint,
                                  &bench->err));
    assert_true(proof_extends(known, &root, checkpoint.size, &checkpoint.root, excerpt.extension,
                              excerpt.extension_count));
}

/* A roster whose statement alone is larger than a message. */
static void append_a_large_roster(struct workbench *bench)
{
    enum { ROWS = 20000 };
    const char **keys = arena_take(bench->arena, ROWS, sizeof *keys);
    for (int i = 0; i < ROWS; i++)
        keys[i] = arena_format(bench->arena, "a rather long key %06d", i);
    struct submission submission = { .form = code_of("JKQ202"),
                                     .period = period_of_month(2021, 3),
                                     .version = 1,
                                     .row_keys = keys,
                                     .row_count = ROWS };
    struct sealed_statement sealed = workbench_seal_next(
        bench, (struct statement){ .kind = STATEMENT_RETURN, .submission = submission });
    struct intake_answer answer;
    assert_true(ledger_begin(bench->province->ledger, WORKBENCH_UTC_MS, &bench->err));
    assert_true(intake_take(bench->province, WORKBENCH_UTC_MS, &sealed, bench->arena, &answer,
                            &bench->err));
    assert_int_equal(answer.admission.outcome, ADMISSION_NEXT);
    assert_true(ledger_commit(bench->province->ledger, &bench->err));
}

static void a_large_roster_is_given_back_in_parts_over_several_messages(void **state)
{
    struct workbench *bench = *state;
    append_a_large_roster(bench);
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    struct peer peer = { .routing_size = 1 };
    memcpy(peer.curve_key, bench->pair.public.curve, KEY_SIZE);
    struct message question = { .kind = MESSAGE_HISTORY_ASK, .ask = { .from = 2 } }, part;
    char *whole = NULL;
    size_t size = 0, parts = 0;

    do {
        question.ask.offset = size;
        assert_true(
            parts_answer(bench->province, txn, &peer, &question, bench->arena, &part, &bench->err));
        assert_int_equal(part.kind, MESSAGE_PART);
        question.ask.size = part.ask.size;
        whole = whole ? whole : arena_take(bench->arena, (size_t)part.chunk.total_size, 1);
        memcpy(whole + size, part.chunk.part.data, part.chunk.part.size);
        size += part.chunk.part.size;
        parts++;
    } while (size < part.chunk.total_size);

    struct excerpt excerpt = read_excerpt(bench, (struct bytes){ whole, size });
    assert_true(parts > 2);
    assert_int_equal(excerpt.items[excerpt.count - 1].entry.kind, ENTRY_ARRIVAL);
    assert_true(excerpt.items[excerpt.count - 1].sealed.statement.size > MESSAGE_SIZE_MAX);
}

static void another_zone_gets_nothing_of_it(void **state)
{
    struct workbench *bench = *state;
    workbench_append_notes(bench, 3);
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    struct zone_id other = { "22102002" };
    struct excerpt_frame frame = { 0, 0 };
    struct bytes bytes;
    uint64_t next;

    assert_true(history_page_make(bench->province, txn, &other, 0, &frame, bench->arena, &bytes,
                                  &next, &bench->err));

    struct excerpt excerpt = read_excerpt(bench, bytes);
    assert_int_equal(excerpt.count, 1);
    assert_int_equal(excerpt.items[0].entry.kind, ENTRY_CATALOGUE);
    assert_true(history_page_make(bench->province, txn, &other, next, &frame, bench->arena, &bytes,
                                  &next, &bench->err));
    assert_int_equal(read_excerpt(bench, bytes).count, 0);
    assert_int_equal(next, frame.size);
}

static void the_last_page_says_which_streams_are_said_to_be_longer(void **state)
{
    struct workbench *bench = *state;
    workbench_append_notes(bench, 3);
    struct table table = database_table(bench->province->database, HEARD_TABLE);
    CLEANUP(transaction_abort)
    struct transaction *writing = transaction_write(bench->province->database);
    heard_note(writing, table, &bench->stream, 5);
    heard_note(writing, table, &bench->stream, 4); /* what came late changes nothing */
    assert_true(transaction_commit(&writing, &bench->err));
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    struct excerpt_frame frame = { 0, 0 };
    uint64_t next = 0;
    struct excerpt excerpt;

    do
        excerpt = read_excerpt(bench, page(bench, txn, next, &frame, &next));
    while (next < frame.size);

    assert_int_equal(excerpt.stream_count, 1);
    assert_int_equal(excerpt.streams[0].sequence, 5);
}

#define WITH_BENCH(test)                                                                           \
    cmocka_unit_test_setup_teardown(test, workbench_set_up, workbench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BENCH(a_catalogue_is_offered_with_the_proof_of_its_adoption),
        WITH_BENCH(what_was_not_adopted_is_not_there),
        WITH_BENCH(a_zone_s_history_comes_whole_in_pages_with_the_receipts_as_they_were_given),
        WITH_BENCH(a_page_about_one_size_is_the_same_whatever_came_since),
        WITH_BENCH(the_journal_is_shown_to_continue_the_checkpoint_that_is_known),
        WITH_BENCH(a_large_roster_is_given_back_in_parts_over_several_messages),
        WITH_BENCH(another_zone_gets_nothing_of_it),
        WITH_BENCH(the_last_page_says_which_streams_are_said_to_be_longer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

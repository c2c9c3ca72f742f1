#include "tests/support/test.h"

#include <string.h>

#include "aggregator/checkpoints.h"
#include "aggregator/devices.h"
#include "aggregator/receipts.h"
#include "aggregator/signer.h"
#include "aggregator/streams.h"
#include "common/storage/key.h"
#include "common/storage/transaction.h"
#include "common/wire/proof.h"
#include "tests/aggregator/workbench.h"

#define SIZES 300

/* RFC 6962, section 2.1, as it stands there. */
static struct digest naive_root(const struct digest *leaves, size_t count)
{
    if (count == 0)
        return digest_sha256((struct bytes){ NULL, 0 }, (struct bytes){ NULL, 0 });
    if (count == 1)
        return leaves[0];
    size_t left = 1;
    while (left * 2 < count)
        left *= 2;
    struct digest one = naive_root(leaves, left);
    struct digest other = naive_root(leaves + left, count - left);
    return proof_node(&one, &other);
}

static struct ledger *another_ledger(struct workbench *bench, struct signer *signer)
{
    struct ledger_options options = { .database = bench->province->database, .signer = signer };
    struct ledger *ledger = ledger_open(&options, &bench->err);
    assert_non_null(ledger);
    return ledger;
}

static void read_leaves(struct workbench *bench, size_t count, struct digest *out)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    assert_true(
        journal_leaves(ledger_journal(bench->province->ledger), txn, 0, count, out, &bench->err));
}

static void the_root_of_every_size_is_that_of_the_rfc_also_after_a_restart(void **state)
{
    struct workbench *bench = *state;
    struct digest leaves[SIZES];
    for (size_t size = (size_t)ledger_size(bench->province->ledger) + 1; size <= SIZES; size++) {
        workbench_append_notes(bench, 1);

        read_leaves(bench, size, leaves);
        struct digest expected = naive_root(leaves, size);
        struct digest kept = tree_root(ledger_tree(bench->province->ledger));
        CLEANUP(ledger_close) struct ledger *restarted = another_ledger(bench, NULL);
        struct digest loaded = tree_root(ledger_tree(restarted));
        assert_int_equal(ledger_size(restarted), size);
        assert_memory_equal(&kept, &expected, sizeof expected);
        assert_memory_equal(&loaded, &expected, sizeof expected);
    }
}

static struct bytes receipt_text(struct workbench *bench, uint64_t position)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    struct receipt receipt;
    assert_true(
        receipts_make(bench->province->ledger, txn, position, bench->arena, &receipt, &bench->err));
    assert_true(receipt_verify(&receipt, bench->province->card.origin,
                               bench->province->card.keys.signing, &bench->err));
    return receipt_write(&receipt, bench->arena);
}

static void every_receipt_verifies_and_asked_for_again_has_the_same_bytes(void **state)
{
    struct workbench *bench = *state;
    struct bytes first[SIZES];
    uint64_t begin = ledger_size(bench->province->ledger);
    for (size_t batch = 1; ledger_size(bench->province->ledger) < SIZES - 30; batch++)
        workbench_append_notes(bench, batch % 29 + 1);
    uint64_t end = ledger_size(bench->province->ledger);
    for (uint64_t position = begin; position < end; position++)
        first[position] = receipt_text(bench, position);

    workbench_append_notes(bench, 20);
    workbench_restart(bench);

    for (uint64_t position = begin; position < end; position++) {
        struct bytes again = receipt_text(bench, position);
        assert_true(bytes_equal(first[position], again));
    }
}

static void two_writers_take_in_what_the_other_appended(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(signer_close) struct signer *signer = workbench_signer(bench);
    CLEANUP(ledger_close) struct ledger *other = another_ledger(bench, signer);
    struct journal_record zone = { .entry = { .kind = ENTRY_ZONE,
                                              .zone = { .id = { "X1" }, .name = "甲" } } };
    zone.entry.zone.prefecture = zone.entry.zone.prefecture_code = "";
    zone.entry.zone.county = zone.entry.zone.county_code = "";
    for (int i = 0; i < 20; i++) {
        workbench_append_notes(bench, 3);
        assert_true(ledger_begin(other, WORKBENCH_UTC_MS, &bench->err));
        uint64_t position = ledger_take(other, &zone);
        assert_true(ledger_commit(other, &bench->err));
        assert_int_equal(position + 1, ledger_size(other));
    }

    assert_true(ledger_refresh(bench->province->ledger, &bench->err));

    struct digest one = tree_root(ledger_tree(other));
    struct digest two = tree_root(ledger_tree(bench->province->ledger));
    assert_int_equal(ledger_size(other), ledger_size(bench->province->ledger));
    assert_memory_equal(&one, &two, sizeof one);
    assert_int_equal(streams_find(ledger_streams(other), &bench->stream)->sequence, 60);
}

static void what_was_taken_and_not_committed_is_not_there_after_a_restart(void **state)
{
    struct workbench *bench = *state;
    uint64_t size = ledger_size(bench->province->ledger);
    struct journal_record record = { .entry = { .kind = ENTRY_REVOCATION,
                                                .revocation = { bench->stream.zone,
                                                                bench->stream.device, "x" } } };
    assert_true(ledger_begin(bench->province->ledger, WORKBENCH_UTC_MS, &bench->err));
    assert_int_equal(ledger_take(bench->province->ledger, &record), size);
    ledger_abort(bench->province->ledger);

    workbench_restart(bench);

    assert_int_equal(ledger_size(bench->province->ledger), size);
    assert_false(
        devices_find(ledger_devices(bench->province->ledger), &bench->stream.device)->revoked);
}

/* Tiles are the only stored projection of the journal. */
static void deleted_tiles_are_grown_again_from_the_journal(void **state)
{
    struct workbench *bench = *state;
    workbench_append_notes(bench, 700);
    struct digest before = tree_root(ledger_tree(bench->province->ledger));
    struct table tiles = database_table(bench->province->database, TREE_TABLE);
    struct transaction *txn = transaction_write(bench->province->database);
    assert_int_equal(transaction_count(txn, tiles), 2);
    for (uint64_t number = 0; number < 2; number++) {
        struct key key = { 0 };
        key_add_u64(&key, number);
        transaction_delete(txn, tiles, key_bytes(&key));
    }
    assert_true(transaction_commit(&txn, &bench->err));

    workbench_restart(bench);

    struct digest after = tree_root(ledger_tree(bench->province->ledger));
    assert_memory_equal(&before, &after, sizeof before);
}

/* A leaf that memory holds and the store does not: a flipped bit, or a mistake of ours. */
static void a_root_that_the_store_does_not_confirm_is_not_signed(void **state)
{
    struct workbench *bench = *state;
    struct ledger *ledger = bench->province->ledger;
    struct digest stray = { { 1 } };
    struct journal_record record = { .entry = { .kind = ENTRY_REVOCATION,
                                                .revocation = { bench->stream.zone,
                                                                bench->stream.device, "x" } } };
    uint64_t size = ledger_size(ledger);
    assert_true(ledger_begin(ledger, WORKBENCH_UTC_MS, &bench->err));
    assert_int_equal(ledger_take(ledger, &record), size);
    tree_append(ledger_tree(ledger), &stray);

    assert_false(ledger_commit(ledger, &bench->err));

    assert_int_equal(bench->err.kind, ERROR_CORRUPT);
    workbench_restart(bench);
    assert_int_equal(ledger_size(bench->province->ledger), size);
}

static void an_entry_without_a_statement_has_no_receipt(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    struct receipt receipt;

    assert_false(
        receipts_make(bench->province->ledger, txn, 0, bench->arena, &receipt, &bench->err));
    assert_int_equal(bench->err.kind, ERROR_UNAVAILABLE);
    assert_false(
        receipts_make(bench->province->ledger, txn, 999, bench->arena, &receipt, &bench->err));
}

#define WITH_BENCH(test)                                                                           \
    cmocka_unit_test_setup_teardown(test, workbench_set_up, workbench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BENCH(the_root_of_every_size_is_that_of_the_rfc_also_after_a_restart),
        WITH_BENCH(every_receipt_verifies_and_asked_for_again_has_the_same_bytes),
        WITH_BENCH(two_writers_take_in_what_the_other_appended),
        WITH_BENCH(what_was_taken_and_not_committed_is_not_there_after_a_restart),
        WITH_BENCH(deleted_tiles_are_grown_again_from_the_journal),
        WITH_BENCH(a_root_that_the_store_does_not_confirm_is_not_signed),
        WITH_BENCH(an_entry_without_a_statement_has_no_receipt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

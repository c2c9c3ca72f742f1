#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "aggregator/audit.h"
#include "aggregator/generation.h"
#include "aggregator/ingest/continuity.h"
#include "aggregator/ingest/intake.h"
#include "aggregator/landmarks.h"
#include "aggregator/losses.h"
#include "aggregator/receipts.h"
#include "aggregator/signer.h"
#include "common/storage/file.h"
#include "common/storage/transaction.h"
#include "common/wire/entry_proof.h"
#include "common/wire/message.h"
#include "common/wire/proof.h"
#include "common/wire/receipt.h"
#include "tests/aggregator/workbench.h"

#define STORE_SIZE_MAX ((size_t)1 << 30)

static const char *store_file(struct workbench *bench)
{
    return arena_format(bench->arena, "%s/store/data.mdb", bench->folder.path);
}

static struct bytes store_now(struct workbench *bench)
{
    struct bytes content;
    assert_true(file_read(store_file(bench), STORE_SIZE_MAX, bench->arena, &content, &bench->err));
    return content;
}

/* The disk is lost, an older copy comes back. */
static void lose(struct workbench *bench, struct bytes old)
{
    province_close(&bench->province);
    assert_true(file_replace(store_file(bench), old, 0600, &bench->err));
    workbench_restart(bench);
}

static struct signed_head head_on_disk(struct workbench *bench)
{
    CLEANUP(signer_close) struct signer *signer = workbench_signer(bench);
    return signer_head(signer);
}

static void tell(enum audit_weight weight, const char *problem, void *owner)
{
    (void)weight;
    (void)owner;
    fail_msg("%s", problem);
}

static void assert_sound(struct workbench *bench)
{
    struct audit_subject subject = { bench->province->database, &bench->province->card, NULL };
    struct audit_report report;
    struct audit_projections projections;
    assert_true(audit_run(&subject, tell, NULL, &report, &bench->err));
    assert_true(audit_project(bench->province, tell, NULL, &projections, &bench->err));
    assert_int_equal(report.entries, ledger_size(bench->province->ledger));
}

static void a_rolled_back_journal_goes_on_as_a_new_generation_that_says_what_was_lost(void **state)
{
    struct workbench *bench = *state;
    struct generation_opening opening;
    workbench_append_notes(bench, 10);
    struct bytes old = store_now(bench);
    uint64_t kept = ledger_size(bench->province->ledger);
    struct digest root = tree_root(ledger_tree(bench->province->ledger));
    struct stream_head head = bench->head;
    workbench_append_notes(bench, 7);
    struct signed_head lost = head_on_disk(bench);
    lose(bench, old);
    bench->head = head;

    assert_true(generation_open(bench->province, "the disk burnt", &bench->err));

    struct landmark mark = landmarks_opening(ledger_landmarks(bench->province->ledger), &opening);
    assert_int_equal(mark.position, kept);
    assert_int_equal(opening.number, 2);
    assert_int_equal(opening.size, kept);
    assert_true(digest_equal(&opening.root, &root));
    assert_int_equal(opening.lost_count, 1);
    assert_int_equal(opening.lost[0].size, lost.size);
    assert_true(digest_equal(&opening.lost[0].root, &lost.root));
    assert_int_equal(head_on_disk(bench).generation, 2);
    assert_int_equal(head_on_disk(bench).size, kept + 1);
    workbench_append_notes(bench, 3);
    workbench_restart(bench);
    workbench_append_notes(bench, 1);
    assert_sound(bench);
}

static struct receipt receipt_at(struct workbench *bench, uint64_t position)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    struct receipt receipt;
    assert_true(
        receipts_make(bench->province->ledger, txn, position, bench->arena, &receipt, &bench->err));
    return receipt;
}

static void receipts_of_every_generation_verify_with_the_same_card(void **state)
{
    struct workbench *bench = *state;
    const struct province_card *card = &bench->province->card;
    workbench_append_notes(bench, 4);
    struct bytes old = store_now(bench);
    uint64_t kept = ledger_size(bench->province->ledger);
    struct stream_head head = bench->head;
    workbench_append_notes(bench, 2);
    struct receipt lost = receipt_at(bench, kept + 1);
    struct receipt before = receipt_at(bench, kept - 1);
    lose(bench, old);
    bench->head = head;
    assert_true(generation_open(bench->province, "the disk burnt", &bench->err));
    workbench_append_notes(bench, 2);

    struct receipt again = receipt_at(bench, kept + 2);
    struct receipt still = receipt_at(bench, kept - 1);

    card = &bench->province->card;
    assert_true(receipt_verify(&lost, card->origin, card->keys.signing, &bench->err));
    assert_true(receipt_verify(&again, card->origin, card->keys.signing, &bench->err));
    assert_memory_equal(again.checkpoint.data, "zonetally/jilin/g2\n", 19);
    assert_true(
        bytes_equal(receipt_write(&before, bench->arena), receipt_write(&still, bench->arena)));
}

static void a_generation_is_not_opened_when_nothing_is_lost(void **state)
{
    struct workbench *bench = *state;
    workbench_append_notes(bench, 4);
    assert_false(generation_open(bench->province, "just so", &bench->err));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
    workbench_restart(bench);
    workbench_append_notes(bench, 1);
    assert_int_equal(head_on_disk(bench).generation, 1);
}

/* The entry was on disk when the power went, the signer's state was not. */
static void an_opening_that_was_cut_off_is_completed_at_the_next_start(void **state)
{
    struct workbench *bench = *state;
    struct bytes before;
    const char *signer =
        arena_format(bench->arena, "%s/" SIGNER_STATE_FILE, bench->signer_folder.path);
    workbench_append_notes(bench, 4);
    struct bytes old = store_now(bench);
    struct stream_head head = bench->head;
    workbench_append_notes(bench, 2);
    lose(bench, old);
    bench->head = head;
    assert_true(file_read(signer, STORE_SIZE_MAX, bench->arena, &before, &bench->err));
    assert_true(generation_open(bench->province, "the disk burnt", &bench->err));
    province_close(&bench->province);
    assert_true(file_replace(signer, before, 0600, &bench->err));

    workbench_restart(bench);

    assert_true(ledger_refresh(bench->province->ledger, &bench->err));
    assert_int_equal(head_on_disk(bench).generation, 2);
    workbench_append_notes(bench, 1);
    assert_sound(bench);
}

/* The signer's disk burnt too; a zone still has the checkpoint that it was shown. */
static void a_checkpoint_of_a_zone_stands_in_for_a_signer_that_was_lost(void **state)
{
    struct workbench *bench = *state;
    struct generation_opening opening;
    workbench_append_notes(bench, 4);
    struct bytes old = store_now(bench);
    uint64_t kept = ledger_size(bench->province->ledger);
    struct receipt before = receipt_at(bench, kept - 1);
    struct stream_head head = bench->head;
    workbench_append_notes(bench, 5);
    struct receipt seen = receipt_at(bench, kept + 4);
    lose(bench, old);
    bench->head = head;
    assert_int_equal(
        remove(arena_format(bench->arena, "%s/" SIGNER_STATE_FILE, bench->signer_folder.path)), 0);
    workbench_restart(bench);

    assert_false(province_adopt_signer(bench->province, bench->folder.path, NULL, before.checkpoint,
                                       &bench->err));
    assert_true(province_adopt_signer(bench->province, bench->folder.path, NULL, seen.checkpoint,
                                      &bench->err));

    workbench_restart(bench);
    assert_false(ledger_refresh(bench->province->ledger, &bench->err));
    assert_true(generation_open(bench->province, "both disks", &bench->err));
    (void)landmarks_opening(ledger_landmarks(bench->province->ledger), &opening);
    assert_int_equal(opening.lost[0].kept, kept);
    assert_int_equal(opening.lost[0].size, kept + 5);
    workbench_append_notes(bench, 1);
    assert_sound(bench);
}

static void a_second_disaster_accounts_for_both(void **state)
{
    struct workbench *bench = *state;
    struct generation_opening opening;
    workbench_append_notes(bench, 2);
    struct bytes first = store_now(bench);
    uint64_t kept = ledger_size(bench->province->ledger);
    struct stream_head head = bench->head;
    workbench_append_notes(bench, 9);
    struct signed_head one = head_on_disk(bench);
    lose(bench, first);
    bench->head = head;
    assert_true(generation_open(bench->province, "one", &bench->err));
    workbench_append_notes(bench, 3);
    struct signed_head two = head_on_disk(bench);
    lose(bench, first); /* the same old backup, without the first opening */
    bench->head = head;

    assert_true(generation_open(bench->province, "two", &bench->err));

    (void)landmarks_opening(ledger_landmarks(bench->province->ledger), &opening);
    assert_int_equal(opening.number, 3);
    assert_int_equal(opening.lost_count, 2);
    assert_int_equal(opening.lost[0].kept, kept);
    assert_int_equal(opening.lost[0].size, one.size);
    assert_int_equal(opening.lost[1].kept, kept);
    assert_int_equal(opening.lost[1].size, two.size);
    workbench_append_notes(bench, 1);
    assert_sound(bench);
}

static struct generation_report report_of(struct workbench *bench)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    struct generation_report report;
    assert_true(generation_account(bench->province, txn, bench->arena, &report, &bench->err));
    return report;
}

static void tell_province(struct workbench *bench, const struct hello *hello)
{
    struct transaction *txn = transaction_write(bench->province->database);
    losses_take(bench->province->ledger, txn, hello, WORKBENCH_UTC_MS);
    assert_true(transaction_commit(&txn, &bench->err));
}

static void append_another(struct workbench *bench)
{
    struct sealed_statement sealed = workbench_seal_note(bench, "another");
    struct intake_answer answer;
    assert_true(ledger_begin(bench->province->ledger, WORKBENCH_UTC_MS, &bench->err));
    assert_true(intake_take(bench->province, WORKBENCH_UTC_MS, &sealed, bench->arena, &answer,
                            &bench->err));
    assert_true(ledger_commit(bench->province->ledger, &bench->err));
}

static void another_statement_under_the_number_of_a_lost_one_is_no_return(void **state)
{
    struct workbench *bench = *state;
    workbench_append_notes(bench, 5);
    struct bytes old = store_now(bench);
    uint64_t position = ledger_size(bench->province->ledger);
    struct stream_head head = bench->head;
    workbench_append_notes(bench, 1);
    struct digest hash = receipt_at(bench, position).arrival.statement_hash;
    lose(bench, old);
    bench->head = head;
    assert_true(generation_open(bench->province, "the disk burnt", &bench->err));
    struct hello hello = { .stream = bench->stream,
                           .lost_generation = 1,
                           .lost_first = 6,
                           .lost_positions = &position,
                           .lost_hashes = &hash,
                           .lost_count = 1 };
    tell_province(bench, &hello);

    append_another(bench);

    struct generation_report report = report_of(bench);
    assert_int_equal(report.returned, 0);
    assert_int_equal(report.missing, 1);
}

static void the_report_names_every_lost_position_and_what_became_of_it(void **state)
{
    struct workbench *bench = *state;
    workbench_append_notes(bench, 5);
    struct bytes old = store_now(bench);
    uint64_t kept = ledger_size(bench->province->ledger);
    struct stream_head head = bench->head;
    workbench_append_notes(bench, 6);
    struct digest hashes[3];
    for (size_t i = 0; i < COUNT_OF(hashes); i++)
        hashes[i] = receipt_at(bench, kept + 1 + i).arrival.statement_hash;
    lose(bench, old);
    bench->head = head;
    assert_true(generation_open(bench->province, "the disk burnt", &bench->err));
    struct generation_report report = report_of(bench);
    assert_int_equal(report.unclaimed, 6);
    assert_int_equal(report.line_count, 1);
    assert_int_equal(report.silent_count, 1);

    /* The agent holds receipts for its statements 7 to 9 of 11, and sends 6 to 8 again. */
    uint64_t positions[] = { kept + 1, kept + 2, kept + 3 };
    struct hello hello = { .stream = bench->stream,
                           .lost_generation = 1,
                           .lost_first = 7,
                           .lost_positions = positions,
                           .lost_hashes = hashes,
                           .lost_count = COUNT_OF(positions) };
    tell_province(bench, &hello);
    workbench_append_notes(bench, 3);
    hello = (struct hello){ .stream = bench->stream, .checkpoint_generation = 2 };
    tell_province(bench, &hello);

    report = report_of(bench);
    assert_int_equal(report.returned, 2);
    assert_int_equal(report.missing, 1);
    assert_int_equal(report.unclaimed, 3);
    assert_int_equal(report.silent_count, 0);
    uint64_t next = report.kept;
    for (size_t i = 0; i < report.line_count; i++) {
        assert_int_equal(report.lines[i].position, next);
        next = report.lines[i].until;
    }
    assert_int_equal(next, report.size);
    assert_int_equal(report.lines[3].state, LOSS_MISSING);
    assert_int_equal(report.lines[3].loss.sequence, 9);
}

static void who_saw_the_lost_generation_is_shown_the_opening_and_what_is_kept(void **state)
{
    struct workbench *bench = *state;
    const struct province_card *card = &bench->province->card;
    workbench_append_notes(bench, 5);
    struct bytes old = store_now(bench);
    uint64_t kept = ledger_size(bench->province->ledger);
    struct digest root = tree_root(ledger_tree(bench->province->ledger));
    struct stream_head head = bench->head;
    workbench_append_notes(bench, 6);
    lose(bench, old);
    bench->head = head;
    assert_true(generation_open(bench->province, "the disk burnt", &bench->err));
    workbench_append_notes(bench, 2);
    card = &bench->province->card;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    struct hello ahead = { .stream = bench->stream, .checkpoint_size = kept + 6 };
    struct hello behind = { .stream = bench->stream, .checkpoint_size = kept };
    struct welcome to_ahead = { .protocol = 1 }, to_behind = { .protocol = 1 };
    struct checkpoint shown;
    struct entry entry;

    assert_true(
        continuity_prove(bench->province, txn, &ahead, bench->arena, &to_ahead, &bench->err));
    assert_true(
        continuity_prove(bench->province, txn, &behind, bench->arena, &to_behind, &bench->err));

    assert_true(checkpoint_verify(to_ahead.checkpoint, card->origin, card->keys.signing,
                                  bench->arena, &shown, &bench->err));
    assert_int_equal(shown.generation, 2);
    assert_int_equal(to_ahead.consistency_count, 0);
    assert_true(entry_proof_holds(&to_ahead.generation, &shown, bench->arena, &entry, &bench->err));
    assert_int_equal(entry.generation.size, kept);
    assert_true(proof_extends(kept, &root, shown.size, &shown.root, to_behind.consistency,
                              to_behind.consistency_count));
    assert_true(to_behind.generation.entry.size > 0);
}

#define WITH_BENCH(test)                                                                           \
    cmocka_unit_test_setup_teardown(test, workbench_set_up, workbench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BENCH(a_rolled_back_journal_goes_on_as_a_new_generation_that_says_what_was_lost),
        WITH_BENCH(receipts_of_every_generation_verify_with_the_same_card),
        WITH_BENCH(a_generation_is_not_opened_when_nothing_is_lost),
        WITH_BENCH(an_opening_that_was_cut_off_is_completed_at_the_next_start),
        WITH_BENCH(a_checkpoint_of_a_zone_stands_in_for_a_signer_that_was_lost),
        WITH_BENCH(a_second_disaster_accounts_for_both),
        WITH_BENCH(another_statement_under_the_number_of_a_lost_one_is_no_return),
        WITH_BENCH(the_report_names_every_lost_position_and_what_became_of_it),
        WITH_BENCH(who_saw_the_lost_generation_is_shown_the_opening_and_what_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

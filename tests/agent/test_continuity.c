#include "tests/support/test.h"

#include <string.h>

#include "agent/answer.h"
#include "agent/backing.h"
#include "agent/continuity.h"
#include "agent/evidence.h"
#include "agent/greeting.h"
#include "agent/history.h"
#include "agent/lost_receipts.h"
#include "agent/outbox.h"
#include "agent/receipts.h"
#include "agent/statements.h"
#include "common/base/arena.h"
#include "common/storage/transaction.h"
#include "common/wire/entry.h"
#include "common/wire/message.h"
#include "common/wire/proof.h"
#include "common/wire/statement.h"
#include "tests/agent/written_log.h"
#include "tests/support/zone_office.h"

struct fixture {
    struct zone_office *office;
    struct written_log log;
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    f->office = zone_office_open();
    f->log.generation = GENERATION_FIRST;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    zone_office_close(&f->office);
    test_free(f);
    return 0;
}

static size_t append(struct fixture *f, struct entry entry)
{
    entry.utc_ms = 1000 + (int64_t)f->log.size;
    assert_true(f->log.size < WRITTEN_MAX);
    f->log.entries[f->log.size] = entry_encode(&entry, f->office->arena);
    f->log.leaves[f->log.size] = proof_leaf(f->log.entries[f->log.size]);
    return f->log.size++;
}

static struct bytes checkpoint_of(struct fixture *f)
{
    struct checkpoint checkpoint = { .origin = "zonetally/jilin",
                                     .size = f->log.size,
                                     .root = written_root(f->log.leaves, f->log.size),
                                     .generation = f->log.generation };
    return checkpoint_sign(&checkpoint, &f->office->province_keys, f->office->arena);
}

/* The next statement without a receipt goes into the log, and its receipt comes back. */
static void deliver(struct fixture *f)
{
    const struct store *store = &f->office->agent->store;
    struct receipt receipt = { .path_count = 0 };
    struct sealed_statement sealed;
    struct answer_counts counts;
    struct transaction *txn = transaction_read(store->database);
    uint64_t sequence = receipts_last(store, txn) + 1;
    assert_true(statements_get(store, txn, sequence, &sealed, &f->err));
    struct entry entry = { .kind = ENTRY_ARRIVAL,
                           .arrival = { .stream = f->office->agent->device.stream,
                                        .sequence = sequence,
                                        .statement_hash = sealed_statement_hash(&sealed),
                                        .verdict = VERDICT_ACCEPTED } };
    transaction_abort(&txn);
    receipt.position = append(f, entry);
    receipt.entry = f->log.entries[receipt.position];
    assert_true(entry_decode(receipt.entry, f->office->arena, &entry, &f->err));
    receipt.arrival = entry.arrival;
    receipt.path_count = written_path(f->log.leaves, f->log.size, receipt.position, receipt.path);
    receipt.checkpoint = checkpoint_of(f);
    assert_true(answer_store(f->office->agent, &receipt, 1, sequence, sequence, f->office->arena,
                             &counts, &f->err));
}

static void register_zone(struct fixture *f)
{
    struct zone zone = { .id = f->office->agent->device.stream.zone,
                         .name = "a zone",
                         .prefecture = "",
                         .prefecture_code = "",
                         .county = "",
                         .county_code = "" };
    (void)append(f, (struct entry){ .kind = ENTRY_ZONE, .zone = zone });
}

static size_t back_up(struct fixture *f)
{
    struct backup_record record = { f->log.size, written_root(f->log.leaves, f->log.size),
                                    "stick 7" };
    return append(f, (struct entry){ .kind = ENTRY_BACKUP, .backup = record });
}

/* The log has `kept` entries left and goes on as the next generation. */
static size_t open_generation(struct fixture *f, size_t kept)
{
    static struct lost_generation lost[GENERATIONS_MAX];
    uint32_t number = f->log.generation;
    lost[number - 1] = (struct lost_generation){ number, kept, f->log.size,
                                                 written_root(f->log.leaves, f->log.size) };
    for (uint32_t i = 0; i + 1 < number; i++)
        lost[i].kept = lost[i].kept < kept ? lost[i].kept : kept;
    f->log.size = kept;
    f->log.generation++;
    struct generation_opening opening = { .number = number + 1,
                                          .size = kept,
                                          .root = written_root(f->log.leaves, kept),
                                          .lost = lost,
                                          .lost_count = number,
                                          .reason = "the disk was lost" };
    return append(f, (struct entry){ .kind = ENTRY_GENERATION, .generation = opening });
}

static struct entry_proof proof_of(struct fixture *f, size_t position)
{
    struct entry_proof proof = { .entry = f->log.entries[position], .position = position };
    proof.path_count = written_path(f->log.leaves, f->log.size, position, proof.path);
    return proof;
}

/* What an honest province would answer to that greeting; `kept` of what was seen is there. */
static struct welcome welcome_to(struct fixture *f, const struct hello *hello, size_t kept)
{
    struct digest *path = arena_take(f->office->arena, PROOF_EXTENSION_MAX, sizeof *path);
    struct welcome welcome = { .protocol = MESSAGE_PROTOCOL, .checkpoint = checkpoint_of(f) };
    if (hello->checkpoint_size > 0 && hello->checkpoint_size <= kept)
        welcome.consistency_count = written_extension(f->log.leaves, f->log.size,
                                                      (size_t)hello->checkpoint_size, true, path);
    welcome.consistency = path;
    welcome.lost_known = hello->lost_count > 0 ? hello->lost_first + hello->lost_count - 1 : 0;
    return welcome;
}

static struct hello say_hello(struct fixture *f)
{
    struct hello hello;
    assert_true(greeting_say(f->office->agent, (struct bytes){ NULL, 0 }, f->office->arena, &hello,
                             &f->err));
    return hello;
}

static bool accept_welcome(struct fixture *f, const struct welcome *welcome, struct greeting *out)
{
    return greeting_accept(f->office->agent, welcome, f->office->arena, out, &f->err);
}

static void greet(struct fixture *f)
{
    struct hello hello = say_hello(f);
    struct welcome welcome = welcome_to(f, &hello, f->log.size);
    struct greeting greeting;
    assert_true(accept_welcome(f, &welcome, &greeting));
}

static void seal(struct fixture *f, int months)
{
    for (int month = 2; month < 2 + months; month++)
        (void)zone_office_seal(f->office, monthly_return(month), 0);
}

static enum stage stage_shown(struct fixture *f, int month)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(f->office->agent->store.database);
    struct backing backing;
    struct version version;
    enum stage stage;
    assert_true(history_newest(&f->office->agent->store, txn, monthly_return(month), &version));
    assert_true(backing_read(f->office->agent, txn, f->office->arena, &backing, &f->err));
    assert_true(backing_stage(f->office->agent, txn, &backing, &version, f->office->arena, &stage,
                              &f->err));
    return stage;
}

static uint64_t reach(struct fixture *f)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(f->office->agent->store.database);
    struct backing backing;
    uint64_t last;
    assert_true(backing_read(f->office->agent, txn, f->office->arena, &backing, &f->err));
    assert_true(backing_reach(f->office->agent, txn, &backing, f->office->arena, &last, &f->err));
    return last;
}

static void a_statement_is_backed_up_when_the_province_proves_a_backup_that_covers_it(void **state)
{
    struct fixture *f = *state;
    struct greeting greeting;
    seal(f, 3);
    register_zone(f);
    deliver(f);
    deliver(f);
    assert_int_equal(stage_shown(f, 2), STAGE_ACCEPTED);
    size_t record = back_up(f);
    deliver(f);
    greet(f); /* the record is in the log, and nobody proved it */
    assert_int_equal(stage_shown(f, 2), STAGE_ACCEPTED);
    assert_int_equal(reach(f), 0);

    struct hello hello = say_hello(f);
    struct welcome welcome = welcome_to(f, &hello, f->log.size);
    welcome.backup = proof_of(f, record);
    assert_true(accept_welcome(f, &welcome, &greeting));

    assert_int_equal(stage_shown(f, 2), STAGE_BACKED_UP);
    assert_int_equal(stage_shown(f, 3), STAGE_BACKED_UP);
    assert_int_equal(stage_shown(f, 4), STAGE_ACCEPTED);
    assert_int_equal(reach(f), 2);
    zone_office_reopen(f->office);
    assert_int_equal(reach(f), 2);
}

static void a_backup_that_is_not_in_the_log_is_not_believed(void **state)
{
    struct fixture *f = *state;
    struct greeting greeting;
    seal(f, 1);
    register_zone(f);
    deliver(f);
    size_t record = back_up(f);
    struct hello hello = say_hello(f);
    struct welcome welcome = welcome_to(f, &hello, f->log.size);
    welcome.backup = proof_of(f, record);
    welcome.backup.path[0].bytes[3] ^= 1;

    assert_false(accept_welcome(f, &welcome, &greeting));

    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_int_equal(stage_shown(f, 2), STAGE_ACCEPTED);
}

static void a_history_that_is_broken_stops_the_agent_and_leaves_both_checkpoints(void **state)
{
    struct fixture *f = *state;
    struct greeting greeting;
    seal(f, 1);
    register_zone(f);
    deliver(f);
    greet(f);
    struct bytes seen = checkpoint_of(f);
    f->log.leaves[0].bytes[0] ^= 1;
    register_zone(f);
    struct hello hello = say_hello(f);
    struct welcome welcome = welcome_to(f, &hello, f->log.size);

    assert_false(accept_welcome(f, &welcome, &greeting));
    assert_false(accept_welcome(f, &welcome, &greeting)); /* kept once */

    assert_int_equal(f->err.kind, ERROR_REFUSED);
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(f->office->agent->store.database);
    size_t count;
    const struct evidence *all =
        evidence_list(&f->office->agent->store, txn, f->office->arena, &count);
    assert_int_equal(count, 1);
    assert_int_equal(all[0].kind, EVIDENCE_BROKEN);
    assert_true(bytes_equal(all[0].seen, seen));
    assert_true(bytes_equal(all[0].shown, welcome.checkpoint));
}

/* The newest checkpoint may have come with a receipt. */
static void a_checkpoint_seen_in_a_receipt_must_be_continued_too(void **state)
{
    struct fixture *f = *state;
    struct greeting greeting;
    seal(f, 1);
    register_zone(f);
    greet(f);
    deliver(f);

    assert_int_equal(say_hello(f).checkpoint_size, 2);

    f->log.size = 1;
    register_zone(f);
    struct hello hello = say_hello(f);
    struct welcome welcome = welcome_to(f, &hello, f->log.size);
    assert_false(accept_welcome(f, &welcome, &greeting));
    assert_true(greeting.continuity.broken);
}

/* Greets as often as it takes; returns how often. */
static unsigned meet_generation(struct fixture *f, size_t opening, size_t kept)
{
    struct greeting greeting;
    for (unsigned round = 1; round < 10; round++) {
        struct hello hello = say_hello(f);
        struct welcome welcome = welcome_to(f, &hello, kept);
        if (hello.checkpoint_generation < f->log.generation)
            welcome.generation = proof_of(f, opening);
        assert_true(accept_welcome(f, &welcome, &greeting));
        if (!greeting.continuity.ask_again)
            return round;
    }
    return 0;
}

static void assert_outbox(struct fixture *f, uint64_t receipted, uint64_t head)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(f->office->agent->store.database);
    struct outbox outbox;
    assert_true(outbox_look(&f->office->agent->store, txn, &outbox, &f->err));
    assert_int_equal(outbox.receipted, receipted);
    assert_int_equal(outbox.head.sequence, head);
}

static void what_a_disaster_took_is_sent_again_and_the_old_receipts_stay_and_verify(void **state)
{
    struct fixture *f = *state;
    seal(f, 5);
    register_zone(f);
    for (int i = 0; i < 5; i++)
        deliver(f);
    greet(f);
    size_t opening = open_generation(f, 3); /* the zone and two statements are left */

    assert_true(meet_generation(f, opening, 3) > 1);

    assert_outbox(f, 2, 5);
    assert_int_equal(stage_shown(f, 3), STAGE_ACCEPTED);
    assert_int_equal(stage_shown(f, 4), STAGE_SEALED);
    for (int i = 0; i < 3; i++)
        deliver(f);
    assert_outbox(f, 5, 5);
    assert_int_equal(stage_shown(f, 6), STAGE_ACCEPTED);
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(f->office->agent->store.database);
    size_t count;
    const struct lost_receipt *lost =
        lost_receipts_list(&f->office->agent->store, txn, f->office->arena, &count);
    assert_int_equal(count, 3);
    for (size_t i = 0; i < count; i++) {
        struct receipt receipt;
        assert_int_equal(lost[i].sequence, 3 + i);
        assert_int_equal(lost[i].generation, GENERATION_FIRST);
        assert_true(receipt_read(lost[i].text, f->office->arena, &receipt, &f->err));
        assert_true(
            receipt_verify(&receipt, "zonetally/jilin", f->office->card.keys.signing, &f->err));
    }
}

static void the_lost_receipts_are_told_to_the_province_once(void **state)
{
    struct fixture *f = *state;
    seal(f, 4);
    register_zone(f);
    for (int i = 0; i < 4; i++)
        deliver(f);
    greet(f);
    size_t opening = open_generation(f, 2);
    struct hello hello = say_hello(f);
    struct welcome welcome = welcome_to(f, &hello, 2);
    struct greeting greeting;
    welcome.generation = proof_of(f, opening);
    assert_true(accept_welcome(f, &welcome, &greeting));
    assert_int_equal(greeting.continuity.receipts_lost, 3);

    hello = say_hello(f);

    assert_int_equal(hello.lost_generation, GENERATION_FIRST);
    assert_int_equal(hello.lost_first, 2);
    assert_int_equal(hello.lost_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(hello.lost_positions[i], 2 + i);
        assert_false(digest_is_zero(&hello.lost_hashes[i]));
    }
    assert_int_equal(hello.checkpoint_size, 2); /* what is left of what it saw */
    assert_true(meet_generation(f, opening, 2) > 0);
    assert_int_equal(say_hello(f).lost_count, 0);
}

static void a_new_generation_without_its_opening_is_refused(void **state)
{
    struct fixture *f = *state;
    struct greeting greeting;
    seal(f, 2);
    register_zone(f);
    deliver(f);
    deliver(f);
    greet(f);
    size_t opening = open_generation(f, 2);
    struct hello hello = say_hello(f);
    struct welcome welcome = welcome_to(f, &hello, 2);

    assert_false(accept_welcome(f, &welcome, &greeting));
    assert_true(greeting.continuity.broken);

    welcome.generation = proof_of(f, opening - 1);
    assert_false(accept_welcome(f, &welcome, &greeting));
    assert_true(greeting.continuity.broken);
    assert_outbox(f, 2, 2);
}

/* The province says that less was published than this agent holds. */
static void an_opening_that_does_not_account_for_what_was_seen_is_refused(void **state)
{
    struct fixture *f = *state;
    struct greeting greeting;
    seal(f, 3);
    register_zone(f);
    deliver(f);
    deliver(f);
    deliver(f);
    greet(f);
    f->log.size = 3;
    size_t opening = open_generation(f, 2);
    struct hello hello = say_hello(f);
    struct welcome welcome = welcome_to(f, &hello, 2);
    welcome.generation = proof_of(f, opening);

    assert_false(accept_welcome(f, &welcome, &greeting));

    assert_true(greeting.continuity.broken);
    assert_outbox(f, 3, 3);
}

/* The part that is said to be kept must be the one that was seen. */
static void a_generation_that_changed_what_it_keeps_is_refused(void **state)
{
    struct fixture *f = *state;
    struct greeting greeting;
    seal(f, 2);
    register_zone(f);
    deliver(f);
    greet(f);
    deliver(f);
    greet(f);
    size_t opening = open_generation(f, 2);
    f->log.leaves[0].bytes[0] ^= 1;
    struct hello hello = say_hello(f);
    struct welcome welcome = welcome_to(f, &hello, 2);
    welcome.generation = proof_of(f, opening);
    assert_true(accept_welcome(f, &welcome, &greeting));
    assert_true(greeting.continuity.ask_again);

    hello = say_hello(f);
    welcome = welcome_to(f, &hello, 2);
    welcome.generation = proof_of(f, opening);
    assert_false(accept_welcome(f, &welcome, &greeting));

    assert_true(greeting.continuity.broken);
}

static void a_second_disaster_takes_more_and_what_was_sent_again_is_sent_again(void **state)
{
    struct fixture *f = *state;
    seal(f, 4);
    register_zone(f);
    for (int i = 0; i < 4; i++)
        deliver(f);
    greet(f);
    size_t opening = open_generation(f, 4);
    assert_true(meet_generation(f, opening, 4) > 0);
    deliver(f); /* statement 4 again, behind the opening */
    assert_outbox(f, 4, 4);

    opening = open_generation(f, 2);
    assert_true(meet_generation(f, opening, 2) > 0);

    assert_outbox(f, 1, 4);
    for (int i = 0; i < 3; i++)
        deliver(f);
    assert_outbox(f, 4, 4);
}

#define WITH_OFFICE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_OFFICE(a_statement_is_backed_up_when_the_province_proves_a_backup_that_covers_it),
        WITH_OFFICE(a_backup_that_is_not_in_the_log_is_not_believed),
        WITH_OFFICE(a_history_that_is_broken_stops_the_agent_and_leaves_both_checkpoints),
        WITH_OFFICE(a_checkpoint_seen_in_a_receipt_must_be_continued_too),
        WITH_OFFICE(what_a_disaster_took_is_sent_again_and_the_old_receipts_stay_and_verify),
        WITH_OFFICE(the_lost_receipts_are_told_to_the_province_once),
        WITH_OFFICE(a_new_generation_without_its_opening_is_refused),
        WITH_OFFICE(an_opening_that_does_not_account_for_what_was_seen_is_refused),
        WITH_OFFICE(a_generation_that_changed_what_it_keeps_is_refused),
        WITH_OFFICE(a_second_disaster_takes_more_and_what_was_sent_again_is_sent_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

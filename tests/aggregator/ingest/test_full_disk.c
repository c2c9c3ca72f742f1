#include "tests/support/test.h"

#include <string.h>

#include "common/storage/reserve.h"
#include "common/storage/transaction.h"
#include "tests/aggregator/front_door.h"
#include "tests/support/small_disk.h"

#define RESERVE (256u * 1024)
#define NOTE_SIZE 2000
#define STATEMENTS_MAX 2000

struct fixture {
    struct front_door *door;
    struct speaker speaker;
    struct sealed_statement sealed[STATEMENTS_MAX];
    size_t sealed_count;
    size_t receipted;
    char note[NOTE_SIZE + 1];
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    front_door_set_up((void **)&f->door);
    f->speaker = the_device(f->door);
    memset(f->note, 'n', NOTE_SIZE);
    province_hold_reserve(f->door->bench->province, RESERVE);
    small_disk_begin(f->door->bench->folder.path, 0);
    small_disk_resize(small_disk_used() + 4 * RESERVE);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    small_disk_end();
    front_door_tear_down((void **)&f->door);
    test_free(f);
    return 0;
}

/* The next statement, or again the one that has no receipt. */
static const struct message *send_next(struct fixture *f)
{
    if (f->receipted == f->sealed_count)
        f->sealed[f->sealed_count++] = workbench_seal_note(f->door->bench, f->note);
    const struct message *answer = submit(f->door, &f->speaker, &f->sealed[f->receipted]);
    f->receipted += answer->kind == MESSAGE_RECEIPTS;
    return answer;
}

static const struct message *fill_the_disk(struct fixture *f)
{
    const struct message *answer = send_next(f);
    while (answer->kind == MESSAGE_RECEIPTS && f->sealed_count < STATEMENTS_MAX)
        answer = send_next(f);
    return answer;
}

static void assert_nothing_acknowledged_is_lost(struct fixture *f)
{
    struct stream_head head;
    struct workbench *bench = f->door->bench;
    workbench_restart(bench);
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(bench->province->database);
    assert_true(journal_size(ledger_journal(bench->province->ledger), txn) >= f->receipted);
    (void)head;
}

static void a_full_disk_is_answered_and_the_program_lives(void **state)
{
    struct fixture *f = *state;

    const struct message *answer = fill_the_disk(f);

    print_message("full after %zu statements, %llu writes refused\n", f->receipted,
                  (unsigned long long)small_disk_refused());
    assert_true(f->receipted > 0);
    assert_refused(answer, REFUSAL_NO_ROOM);
    assert_true(small_disk_refused() > 0);
    for (int i = 0; i < 20; i++)
        assert_refused(send_next(f), REFUSAL_NO_ROOM);
    assert_refused(say_hello(f->door, &f->speaker, NO_CHALLENGE), REFUSAL_NO_ROOM);
    assert_true(small_disk_used() <= f->receipted * 3 * NOTE_SIZE + 64 * RESERVE);
}

static void what_was_receipted_is_there_and_the_rest_is_taken_once_there_is_room(void **state)
{
    struct fixture *f = *state;
    (void)fill_the_disk(f);
    size_t before = f->receipted;
    uint64_t entries = ledger_size(f->door->bench->province->ledger);

    small_disk_resize(small_disk_used() + 64 * RESERVE);
    const struct message *answer = send_next(f);

    assert_int_equal(answer->kind, MESSAGE_RECEIPTS);
    assert_int_equal(answer->receipts[0].arrival.sequence, before + 1);
    assert_int_equal(ledger_size(f->door->bench->province->ledger), entries + 1);
    small_disk_end();
    gate_destroy(&f->door->gate);
    assert_nothing_acknowledged_is_lost(f);
    front_door_restart(f->door);
    for (size_t i = 0; i < f->receipted; i++) {
        answer = submit(f->door, &f->speaker, &f->sealed[i]);
        assert_int_equal(answer->kind, MESSAGE_RECEIPTS);
        assert_int_equal(answer->receipts[0].arrival.sequence, i + 1);
    }
    assert_int_equal(ledger_size(f->door->bench->province->ledger), entries + 1);
}

static void what_needs_no_room_is_still_answered(void **state)
{
    struct fixture *f = *state;
    (void)fill_the_disk(f);
    struct message question = { .kind = MESSAGE_ASK_NOTICES,
                                .ask_notices = { f->speaker.stream.device, 0 } };
    put(f->door, &f->speaker, &question);

    assert_int_equal(turn(f->door)->kind, MESSAGE_NOTICES);
}

static void a_reserve_that_was_given_up_comes_back_only_with_room_to_spare(void **state)
{
    struct fixture *f = *state;
    struct reserve *reserve = f->door->bench->province->reserve;
    assert_true(reserve_holds(reserve));
    assert_true(reserve_give_up(reserve));
    assert_false(reserve_give_up(reserve));
    small_disk_resize(small_disk_used() + RESERVE + RESERVE / 2);
    assert_false(reserve_holds(reserve));
    small_disk_resize(small_disk_used() + 2 * RESERVE);

    assert_true(reserve_holds(reserve));
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(a_full_disk_is_answered_and_the_program_lives),
        A_TEST(what_was_receipted_is_there_and_the_rest_is_taken_once_there_is_room),
        A_TEST(what_needs_no_room_is_still_answered),
        A_TEST(a_reserve_that_was_given_up_comes_back_only_with_room_to_spare),
    };
    return cmocka_run_group_tests_name("full_disk", tests, NULL, NULL);
}

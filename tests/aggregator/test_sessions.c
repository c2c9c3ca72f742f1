#include "tests/support/test.h"

#include <string.h>

#include "aggregator/sessions.h"
#include "aggregator/store.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/storage/database.h"
#include "common/storage/transaction.h"
#include "common/wire/keys.h"
#include "tests/support/temporary_folder.h"

/* A device that keeps its token and its nonce as an agent does. */
struct holder {
    struct token token;
    unsigned char nonce[SESSIONS_NONCE_SIZE];
};

struct fixture {
    struct temporary_folder folder;
    struct seeded_random random;
    struct key_pair province;
    struct database *database;
    struct transaction *txn;
    struct sessions sessions;
    uint32_t epoch;
    struct error err;
};

static const struct device_id device = { { 7 } };

static void begin(struct fixture *f)
{
    f->txn = transaction_write(f->database);
    f->sessions = (struct sessions){ f->txn, database_table(f->database, SESSIONS_TABLE),
                                     &f->province, &f->random.random };
}

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    temporary_folder_create(&f->folder);
    f->random = seeded_random_of(5);
    f->province = key_pair_create(&f->random.random);
    f->epoch = 1;
    f->database = store_open(f->folder.path, true, &f->err);
    assert_non_null(f->database);
    begin(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    transaction_abort(&f->txn);
    database_close(&f->database);
    temporary_folder_remove(&f->folder);
    test_free(f);
    return 0;
}

static void draw(struct fixture *f, struct holder *holder)
{
    f->random.random.fill(&f->random.random, holder->nonce, sizeof holder->nonce);
}

static struct holder a_holder(struct fixture *f)
{
    struct holder holder = { .token = { { 0 } } };
    draw(f, &holder);
    return holder;
}

static enum session_verdict show(struct fixture *f, const struct holder *holder, struct token *out)
{
    struct session_shown shown = { device, f->epoch, BYTES_OF(holder->token),
                                   BYTES_OF(holder->nonce) };
    if (token_is_none(&holder->token))
        shown.token.size = 0;
    return sessions_show(&f->sessions, &shown, out);
}

/* The answer arrives: the holder has the next token, and a nonce for it. */
static enum session_verdict meet(struct fixture *f, struct holder *holder)
{
    struct token next;
    enum session_verdict verdict = show(f, holder, &next);
    if (verdict == SESSION_DOUBTFUL)
        return verdict;
    holder->token = next;
    draw(f, holder);
    return verdict;
}

static void each_session_hands_out_another_token(void **state)
{
    struct fixture *f = *state;
    struct holder holder = a_holder(f);
    struct token seen[20] = { 0 };

    for (size_t i = 0; i < COUNT_OF(seen); i++) {
        assert_int_equal(meet(f, &holder), SESSION_NEXT);
        seen[i] = holder.token;
        assert_int_equal(token_number(&seen[i]), i + 1);
        for (size_t j = 0; j < i; j++)
            assert_false(token_equal(&seen[i], &seen[j]));
    }
}

static void a_repeat_gets_the_same_token_however_often(void **state)
{
    struct fixture *f = *state;
    struct holder holder = a_holder(f);
    for (int round = 0; round < 5; round++) {
        struct token first, again;
        assert_int_equal(show(f, &holder, &first), SESSION_NEXT);
        for (int i = 0; i < 3; i++) {
            assert_int_equal(show(f, &holder, &again), SESSION_AGAIN);
            assert_true(token_equal(&first, &again));
        }
        holder.token = first;
        draw(f, &holder);
    }
}

static void an_old_token_is_doubted_and_changes_nothing(void **state)
{
    struct fixture *f = *state;
    struct holder holder = a_holder(f);
    assert_int_equal(meet(f, &holder), SESSION_NEXT);
    struct holder copy = holder;
    for (int i = 0; i < 3; i++)
        assert_int_equal(meet(f, &holder), SESSION_NEXT);
    struct token unused;

    assert_int_equal(show(f, &copy, &unused), SESSION_DOUBTFUL);

    assert_int_equal(meet(f, &holder), SESSION_NEXT);
}

/* Also when the two take turns, so that each copy would show the last but one. */
static void a_copy_is_noticed_the_first_time_both_have_shown_one_token(void **state)
{
    struct fixture *f = *state;
    struct holder original = a_holder(f);
    assert_int_equal(meet(f, &original), SESSION_NEXT);
    struct holder copy = original;
    draw(f, &copy);
    struct token unused;

    assert_int_equal(meet(f, &original), SESSION_NEXT);

    assert_int_equal(show(f, &copy, &unused), SESSION_DOUBTFUL);
}

static void a_device_that_lost_its_token_is_doubted(void **state)
{
    struct fixture *f = *state;
    struct holder holder = a_holder(f), fresh = a_holder(f);
    assert_int_equal(meet(f, &holder), SESSION_NEXT);
    assert_int_equal(meet(f, &holder), SESSION_NEXT);
    struct token unused;

    assert_int_equal(show(f, &fresh, &unused), SESSION_DOUBTFUL);
}

static void invented_tokens_are_doubted(void **state)
{
    struct fixture *f = *state;
    struct holder holder = a_holder(f);
    struct key_pair other = key_pair_create(&f->random.random);
    struct token unused;
    holder.token = token_make(&other, &device, 1, 99, &f->random.random);
    assert_int_equal(show(f, &holder, &unused), SESSION_DOUBTFUL);
    struct device_id neighbour = { { 8 } };
    holder.token = token_make(&f->province, &neighbour, 1, 99, &f->random.random);
    assert_int_equal(show(f, &holder, &unused), SESSION_DOUBTFUL);
    holder.token = token_make(&f->province, &device, 2, 99, &f->random.random);
    assert_int_equal(show(f, &holder, &unused), SESSION_DOUBTFUL);
}

/* The province's store of `sessions` ago comes back; nobody is to blame. */
static void a_province_restored_from_a_backup_takes_the_token_it_forgot(void **state)
{
    struct fixture *f = *state;
    struct holder holder = a_holder(f);
    for (int lost = 0; lost < 6; lost++) {
        assert_int_equal(meet(f, &holder), SESSION_NEXT);
        assert_true(transaction_commit(&f->txn, &f->err));
        begin(f);
        for (int i = 0; i < lost; i++)
            assert_int_equal(meet(f, &holder), SESSION_NEXT);
        transaction_abort(&f->txn);
        begin(f);

        struct token first, again;
        assert_int_not_equal(show(f, &holder, &first), SESSION_DOUBTFUL);
        assert_int_equal(show(f, &holder, &again), SESSION_AGAIN);
        assert_true(token_equal(&first, &again));
        holder.token = again;
        draw(f, &holder);
    }
}

static void a_new_epoch_begins_without_a_token(void **state)
{
    struct fixture *f = *state;
    struct holder holder = a_holder(f), renewed = a_holder(f);
    assert_int_equal(meet(f, &holder), SESSION_NEXT);
    struct token unused;
    f->epoch = 2;

    assert_int_equal(show(f, &holder, &unused), SESSION_DOUBTFUL);
    assert_int_equal(meet(f, &renewed), SESSION_NEXT);
    assert_int_equal(meet(f, &renewed), SESSION_NEXT);
}

static void a_token_by_file_is_the_one_the_next_session_may_show(void **state)
{
    struct fixture *f = *state;
    struct holder by_file = a_holder(f), by_wire = a_holder(f);
    by_file.token = sessions_current(&f->sessions, &device, 1);
    struct token again = sessions_current(&f->sessions, &device, 1);
    assert_true(token_equal(&by_file.token, &again));

    assert_int_equal(meet(f, &by_wire), SESSION_AGAIN); /* the file is still on its way */
    assert_true(token_equal(&by_file.token, &by_wire.token));
    assert_int_equal(meet(f, &by_wire), SESSION_NEXT);
    again = sessions_current(&f->sessions, &device, 1);
    assert_true(token_equal(&again, &by_wire.token));
}

/* Loss, repetition, delay, and crashes on either side in any mixture: an honest device whose
 * answers get lost is never doubted in its newest message, whatever old ones arrive beside it. */
static void an_honest_device_is_never_doubted(void **state)
{
    struct fixture *f = *state;
    struct holder holder = a_holder(f), late[8];
    size_t late_count = 0, sessions = 0, doubted = 0;
    for (int round = 0; round < 20000; round++) {
        struct token next, unused;
        uint64_t dice = random_below(&f->random.random, 10);
        if (dice < 3 && late_count > 0) { /* something sent before arrives now */
            size_t which = (size_t)random_below(&f->random.random, late_count);
            doubted += show(f, &late[which], &unused) == SESSION_DOUBTFUL;
            continue;
        }
        if (late_count < COUNT_OF(late))
            late[late_count++] = holder;
        else
            late[random_below(&f->random.random, COUNT_OF(late))] = holder;
        if (dice < 5)
            continue; /* lost on its way, or only late */
        enum session_verdict verdict = show(f, &holder, &next);
        assert_int_not_equal(verdict, SESSION_DOUBTFUL);
        if (dice < 7)
            continue; /* the answer is lost, or the device stops before it is on disk */
        holder.token = next;
        draw(f, &holder);
        sessions++;
    }
    print_message("%zu sessions, %zu late messages doubted, 0 sessions refused\n", sessions,
                  doubted);
    assert_true(sessions > 3000 && doubted > 1000);
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(each_session_hands_out_another_token),
        A_TEST(a_repeat_gets_the_same_token_however_often),
        A_TEST(an_old_token_is_doubted_and_changes_nothing),
        A_TEST(a_copy_is_noticed_the_first_time_both_have_shown_one_token),
        A_TEST(a_device_that_lost_its_token_is_doubted),
        A_TEST(invented_tokens_are_doubted),
        A_TEST(a_province_restored_from_a_backup_takes_the_token_it_forgot),
        A_TEST(a_new_epoch_begins_without_a_token),
        A_TEST(a_token_by_file_is_the_one_the_next_session_may_show),
        A_TEST(an_honest_device_is_never_doubted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

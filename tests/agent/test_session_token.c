#include "tests/support/test.h"

#include <string.h>

#include "agent/session_token.h"
#include "agent/sync.h"
#include "common/base/arena.h"
#include "common/wire/token.h"
#include "tests/support/little_province.h"
#include "tests/support/zone_office.h"

struct fixture {
    struct zone_office *office;
    struct little_province *province;
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    f->office = zone_office_open();
    f->province = little_province_create(f->office);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    little_province_destroy(&f->province);
    zone_office_close(&f->office);
    test_free(f);
    return 0;
}

static bool synchronise(struct fixture *f)
{
    struct sync_options options = { .timeout_ms = 60000 };
    struct sync_report report;
    return sync_run(f->office->agent, &f->province->channel, &options, &report, &f->err);
}

static void hand_out(struct fixture *f, uint32_t epoch, uint64_t number)
{
    struct token *token = arena_take(f->office->arena, 1, sizeof *token);
    *token = token_make(&f->office->province_keys, &f->office->agent->device.stream.device, epoch,
                        number, &f->office->random.random);
    f->province->token = BYTES_OF(*token);
}

static struct hello a_session(struct fixture *f)
{
    if (!synchronise(f))
        fail_msg("%s", f->err.text);
    return f->province->hello;
}

static void the_first_session_shows_none_and_the_next_what_was_handed_out(void **state)
{
    struct fixture *f = *state;
    hand_out(f, 1, 1);

    assert_int_equal(a_session(f).token.size, 0);

    zone_office_reopen(f->office);
    assert_true(bytes_equal(a_session(f).token, f->province->token));
}

static void a_token_is_shown_with_one_nonce_until_the_next_came(void **state)
{
    struct fixture *f = *state;
    struct hello first = a_session(f); /* no token comes: the answer is as good as lost */
    zone_office_reopen(f->office);
    struct hello again = a_session(f);
    assert_true(bytes_equal(first.nonce, again.nonce));
    hand_out(f, 1, 1);
    (void)a_session(f);

    struct hello other = a_session(f);

    assert_false(bytes_equal(first.nonce, other.nonce));
    assert_true(bytes_equal(other.nonce, a_session(f).nonce));
}

static void a_province_that_doubts_is_answered_once(void **state)
{
    struct fixture *f = *state;
    f->province->doubt = true;

    struct hello hello = a_session(f);

    assert_int_equal(f->province->doubts, 1);
    assert_true(bytes_equal(hello.challenge, bytes_of_text("who are you then")));
}

static void an_older_token_that_came_late_is_left(void **state)
{
    struct fixture *f = *state;
    hand_out(f, 1, 5);
    struct bytes newest = f->province->token;
    (void)a_session(f);
    hand_out(f, 1, 4);

    (void)a_session(f);

    assert_true(bytes_equal(a_session(f).token, newest));
}

static void what_is_no_token_of_this_epoch_is_refused(void **state)
{
    struct fixture *f = *state;
    hand_out(f, 2, 1);
    assert_false(synchronise(f));
    assert_int_equal(f->err.kind, ERROR_MALFORMED);
    f->province->token = bytes_of_text("no token");
    assert_false(synchronise(f));
    assert_int_equal(f->err.kind, ERROR_MALFORMED);
}

static void a_new_epoch_shows_none(void **state)
{
    struct fixture *f = *state;
    hand_out(f, 1, 1);
    (void)a_session(f);
    assert_true(a_session(f).token.size > 0);
    f->province->token = (struct bytes){ NULL, 0 };
    f->office->agent->device.stream.epoch = 2;

    struct hello after = a_session(f);

    assert_int_equal(after.token.size, 0);
}

static void a_suspended_device_is_told_so(void **state)
{
    struct fixture *f = *state;
    f->province->refuse = REFUSAL_SUSPENDED;

    assert_false(synchronise(f));

    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_non_null(strstr(f->err.text, refusal_words(REFUSAL_SUSPENDED)));
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(the_first_session_shows_none_and_the_next_what_was_handed_out),
        A_TEST(a_token_is_shown_with_one_nonce_until_the_next_came),
        A_TEST(a_province_that_doubts_is_answered_once),
        A_TEST(an_older_token_that_came_late_is_left),
        A_TEST(what_is_no_token_of_this_epoch_is_refused),
        A_TEST(a_new_epoch_shows_none),
        A_TEST(a_suspended_device_is_told_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

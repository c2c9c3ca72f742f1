#include "tests/support/test.h"

#include <string.h>

#include "agent/application.h"
#include "common/base/arena.h"
#include "common/wire/card.h"
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

static bool hand_in(struct fixture *f)
{
    return application_hand_in(f->office->agent, &f->province->channel, 60000, &f->err);
}

static void the_request_of_this_device_is_handed_in(void **state)
{
    struct fixture *f = *state;
    struct enrolment_request request;

    assert_true(hand_in(f));

    assert_int_equal(f->province->applications, 1);
    assert_true(
        enrolment_request_read(f->province->application, f->office->arena, &request, &f->err));
    assert_memory_equal(&request.keys, &f->office->agent->pair.public, sizeof request.keys);
    assert_memory_equal(&request.device, &f->office->agent->device.stream.device,
                        sizeof request.device);
}

static void a_lost_answer_is_asked_for_with_the_same_request(void **state)
{
    struct fixture *f = *state;
    f->province->lose_replies = 2;

    assert_true(hand_in(f));

    assert_int_equal(f->province->applications, 3);
}

static void a_code_that_is_refused_is_said_so(void **state)
{
    struct fixture *f = *state;
    f->province->refuse = REFUSAL_CODE;

    assert_false(hand_in(f));

    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_non_null(strstr(f->err.text, refusal_words(REFUSAL_CODE)));
}

static void a_province_that_took_something_else_is_not_believed(void **state)
{
    struct fixture *f = *state;
    f->province->other_hash = true;

    assert_false(hand_in(f));

    assert_int_equal(f->err.kind, ERROR_MALFORMED);
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(the_request_of_this_device_is_handed_in),
        A_TEST(a_lost_answer_is_asked_for_with_the_same_request),
        A_TEST(a_code_that_is_refused_is_said_so),
        A_TEST(a_province_that_took_something_else_is_not_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/support/test.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/runtime/loop.h"

struct counter {
    struct loop *loop;
    int file;
    int count;
    int stop_at;
};

static void count_tick(void *owner)
{
    struct counter *counter = owner;
    if (++counter->count == counter->stop_at)
        loop_stop(counter->loop);
}

static void count_byte(void *owner)
{
    struct counter *counter = owner;
    char byte;
    assert_int_equal(read(counter->file, &byte, 1), 1);
    count_tick(owner);
}

static void forget_itself(void *owner)
{
    struct counter *counter = owner;
    counter->count++;
    loop_forget(counter->loop, counter);
}

static void a_readable_file_calls_its_handler_until_it_is_empty(void **state)
{
    (void)state;
    int ends[2];
    struct error err = { 0 };
    struct loop *loop = loop_create(&clock_system);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "abc", 3), 3);
    struct counter counter = { .loop = loop, .file = ends[0], .stop_at = 3 };
    loop_watch_file(loop, ends[0], count_byte, &counter);

    assert_true(loop_run(loop, &err));

    assert_int_equal(counter.count, 3);
    close(ends[0]);
    close(ends[1]);
    loop_destroy(&loop);
}

static void a_timer_comes_again_and_one_forgotten_does_not(void **state)
{
    (void)state;
    struct error err = { 0 };
    struct loop *loop = loop_create(&clock_system);
    struct counter ticking = { .loop = loop, .stop_at = 5 }, once = { .loop = loop };
    loop_every(loop, 1, forget_itself, &once);
    loop_every(loop, 1, count_tick, &ticking);

    assert_true(loop_run(loop, &err));

    assert_int_equal(ticking.count, 5);
    assert_int_equal(once.count, 1);
    loop_destroy(&loop);
}

static void the_signal_to_stop_ends_the_loop(void **state)
{
    (void)state;
    struct error err = { 0 };
    struct loop *loop = loop_create(&clock_system);
    assert_true(loop_stop_on_signals(loop, &err));
    assert_int_equal(raise(SIGTERM), 0);

    assert_true(loop_run(loop, &err));

    loop_destroy(&loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_readable_file_calls_its_handler_until_it_is_empty),
        cmocka_unit_test(a_timer_comes_again_and_one_forgotten_does_not),
        cmocka_unit_test(the_signal_to_stop_ends_the_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

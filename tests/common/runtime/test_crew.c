#define _GNU_SOURCE /* pthread_setattr_default_np */
#include "common/runtime/crew.h"

#include <pthread.h>
#include <stdatomic.h>

#include "tests/support/test.h"

#define PIECES 1000

struct counted {
    atomic_int times[PIECES];
    atomic_int by_worker[CREW_SIZE_MAX];
};

static void count_piece(size_t piece, size_t worker, void *owner)
{
    struct counted *counted = owner;
    atomic_fetch_add(&counted->times[piece], 1);
    atomic_fetch_add(&counted->by_worker[worker], 1);
}

static void assert_each_once(struct crew *crew, size_t count)
{
    struct counted counted = { 0 };
    int total = 0;

    crew_run(crew, count, count_piece, &counted);

    for (size_t i = 0; i < PIECES; i++)
        assert_int_equal(atomic_load(&counted.times[i]), i < count);
    for (size_t i = 0; i < CREW_SIZE_MAX; i++) {
        total += atomic_load(&counted.by_worker[i]);
        if (i >= crew_size(crew))
            assert_int_equal(atomic_load(&counted.by_worker[i]), 0);
    }
    assert_int_equal(total, count);
}

static void every_piece_is_done_once(void **state)
{
    (void)state;
    for (size_t size = 1; size <= CREW_SIZE_MAX; size *= 2) {
        struct crew *crew = crew_create(size);
        for (int round = 0; round < 50; round++)
            assert_each_once(crew, PIECES);
        crew_destroy(&crew);
        assert_null(crew);
    }
}

static void any_number_of_pieces_will_do(void **state)
{
    (void)state;
    struct crew *crew = crew_create(3);
    for (size_t count = 0; count < 40; count++)
        assert_each_once(crew, count);
    crew_destroy(&crew);
}

static void no_crew_is_the_caller_alone(void **state)
{
    (void)state;
    assert_int_equal(crew_size(NULL), 1);
    assert_each_once(NULL, PIECES);
}

static void a_crew_that_never_worked_goes_home(void **state)
{
    (void)state;
    struct crew *crew = crew_create(CREW_SIZE_MAX);
    crew_destroy(&crew);
    assert_null(crew);
}

/* No address space has room for such a stack. */
static void without_threads_the_caller_works_alone(void **state)
{
    pthread_attr_t before, hopeless;
    (void)state;
    assert_int_equal(pthread_getattr_default_np(&before), 0);
    assert_int_equal(pthread_attr_init(&hopeless), 0);
    assert_int_equal(pthread_attr_setstacksize(&hopeless, (size_t)1 << 50), 0);
    assert_int_equal(pthread_setattr_default_np(&hopeless), 0);

    struct crew *crew = crew_create(3);

    assert_int_equal(pthread_setattr_default_np(&before), 0);
    assert_int_equal(crew_size(crew), 1);
    assert_each_once(crew, PIECES);
    crew_destroy(&crew);
    pthread_attr_destroy(&hopeless);
    pthread_attr_destroy(&before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_piece_is_done_once),
        cmocka_unit_test(any_number_of_pieces_will_do),
        cmocka_unit_test(no_crew_is_the_caller_alone),
        cmocka_unit_test(a_crew_that_never_worked_goes_home),
        cmocka_unit_test(without_threads_the_caller_works_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

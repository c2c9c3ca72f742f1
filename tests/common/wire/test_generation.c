#include "tests/support/test.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/wire/proof.h"

#define ORIGIN "zonetally/jilin"

struct fixture {
    struct arena *arena;
    struct key_pair pair;
    struct checkpoint checkpoint;
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    struct seeded_random random = seeded_random_of(6);
    f->arena = arena_create();
    f->pair = key_pair_create(&random.random);
    f->checkpoint = (struct checkpoint){ .origin = ORIGIN,
                                         .size = 4711,
                                         .root = proof_leaf(bytes_of_text("root")) };
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    arena_destroy(&f->arena);
    test_free(f);
    return 0;
}

static bool verify(struct fixture *f, struct bytes text, struct checkpoint *out)
{
    return checkpoint_verify(text, ORIGIN, f->pair.public.signing, f->arena, out, &f->err);
}

static void each_generation_has_an_origin_of_its_own_and_verifies_with_that_of_the_log(void **state)
{
    struct fixture *f = *state;
    struct checkpoint out;
    for (uint32_t generation = 1; generation <= GENERATIONS_MAX; generation++) {
        f->checkpoint.generation = generation;
        struct bytes text = checkpoint_sign(&f->checkpoint, &f->pair, f->arena);
        const char *origin =
            generation == 1 ? ORIGIN "\n" : arena_format(f->arena, ORIGIN "/g%u\n", generation);

        assert_memory_equal(text.data, origin, strlen(origin));
        assert_true(verify(f, text, &out));
        assert_int_equal(out.generation, generation);
        assert_int_equal(out.size, f->checkpoint.size);
        assert_string_equal(out.origin, ORIGIN);
    }
}

static void a_generation_that_no_log_has_is_refused(void **state)
{
    static const char *const origins[] = {
        ORIGIN "/g0",  ORIGIN "/g1", ORIGIN "/g02", ORIGIN "/g65", ORIGIN "/g",
        ORIGIN "/g2x", ORIGIN "/G2", ORIGIN "g2",   ORIGIN "/g-2", ORIGIN "/g99999999999999999999"
    };
    struct fixture *f = *state;
    struct checkpoint out;
    for (size_t i = 0; i < COUNT_OF(origins); i++) {
        struct checkpoint other = f->checkpoint;
        other.origin = origins[i];
        assert_false(verify(f, checkpoint_sign(&other, &f->pair, f->arena), &out));
        assert_int_equal(f->err.kind, ERROR_MALFORMED);
    }
}

#define WITH_CHECKPOINT(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CHECKPOINT(each_generation_has_an_origin_of_its_own_and_verifies_with_that_of_the_log),
        WITH_CHECKPOINT(a_generation_that_no_log_has_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

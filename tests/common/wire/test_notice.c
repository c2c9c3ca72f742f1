#include "tests/support/test.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/wire/entry.h"
#include "common/wire/notice.h"
#include "common/wire/proof.h"

#define ORIGIN "zonetally/jilin"
#define UTC_MS INT64_C(1770000000000)

/* Two decisions in a journal of two entries. */
struct fixture {
    struct arena *arena;
    struct key_pair pair;
    struct notice items[2];
    struct notices notices;
    struct error err;
};

static void fill(struct fixture *f, size_t at, const char *reason)
{
    struct entry entry = { .utc_ms = UTC_MS,
                           .kind = ENTRY_DECISION,
                           .decision = { .zone = { "JL001" },
                                         .form = code_of("JKQ401"),
                                         .period = period_of_month(2021, 3),
                                         .version = 1,
                                         .kind = DECISION_SEND_BACK,
                                         .reason = reason,
                                         .position = at,
                                         .statement = { { 4 } } } };
    f->items[at] = (struct notice){ .entry = entry_encode(&entry, f->arena),
                                    .decision = entry.decision,
                                    .utc_ms = UTC_MS,
                                    .position = at,
                                    .path_count = 1 };
}

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    struct seeded_random random = seeded_random_of(5);
    f->arena = arena_create();
    f->pair = key_pair_create(&random.random);
    fill(f, 0, "请核实");
    fill(f, 1, "再核实");
    struct digest leaves[] = { proof_leaf(f->items[0].entry), proof_leaf(f->items[1].entry) };
    f->items[0].path[0] = leaves[1];
    f->items[1].path[0] = leaves[0];
    struct checkpoint checkpoint = { .origin = ORIGIN,
                                     .size = 2,
                                     .root = proof_node(&leaves[0], &leaves[1]) };
    f->notices =
        (struct notices){ checkpoint_sign(&checkpoint, &f->pair, f->arena), f->items, 2, 2 };
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

static bool holds(struct fixture *f)
{
    return notices_verify(&f->notices, ORIGIN, f->pair.public.signing, &f->err);
}

static void a_decision_with_its_proof_holds(void **state)
{
    assert_true(holds(*state));
}

static void a_decision_that_stands_in_no_journal_is_refused(void **state)
{
    struct fixture *f = *state;
    fill(f, 0, "从未写入总账");
    f->items[0].path[0] = proof_leaf(f->items[1].entry);

    assert_false(holds(f));
    assert_int_equal(f->err.kind, ERROR_REFUSED);
}

static void a_proof_with_any_byte_changed_is_refused(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        f->items[1].path[0].bytes[i] ^= 1;
        assert_false(holds(f));
        f->items[1].path[0].bytes[i] ^= 1;
    }
    f->items[1].position = 0;
    assert_false(holds(f));
}

static void another_province_s_signature_is_refused(void **state)
{
    struct fixture *f = *state;
    f->pair.public.signing[0] ^= 1;

    assert_false(holds(f));
    assert_int_equal(f->err.kind, ERROR_REFUSED);
}

static void what_a_notice_says_is_what_its_entry_says(void **state)
{
    struct fixture *f = *state;
    f->items[0].decision.version = 9;

    assert_false(holds(f));
    assert_int_equal(f->err.kind, ERROR_REFUSED);
}

static void notices_out_of_order_or_beyond_what_is_told_are_refused(void **state)
{
    struct fixture *f = *state;
    f->notices.until = 1;
    assert_false(holds(f));
    f->notices.until = 3;
    assert_false(holds(f));
    f->notices.until = 2;
    struct notice first = f->items[0];
    f->items[0] = f->items[1];
    f->items[1] = first;
    assert_false(holds(f));
    assert_int_equal(f->err.kind, ERROR_MALFORMED);
}

static void a_notice_is_kept_as_a_text_and_read_back(void **state)
{
    struct fixture *f = *state;
    struct bytes text = notice_write(&f->items[1], f->notices.checkpoint, f->arena);
    struct notice items[1];
    struct notices again = { .items = items, .count = 1, .until = 2 };

    assert_true(notice_read(text, f->arena, &items[0], &again.checkpoint, &f->err));

    assert_string_equal(items[0].decision.reason, "再核实");
    assert_true(notices_verify(&again, ORIGIN, f->pair.public.signing, &f->err));
    for (size_t size = 0; size < text.size; size++) {
        struct bytes cut = { text.data, size };
        assert_true(!notice_read(cut, f->arena, &items[0], &again.checkpoint, &f->err) ||
                    !notices_verify(&again, ORIGIN, f->pair.public.signing, &f->err));
    }
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(a_decision_with_its_proof_holds),
        A_TEST(a_decision_that_stands_in_no_journal_is_refused),
        A_TEST(a_proof_with_any_byte_changed_is_refused),
        A_TEST(another_province_s_signature_is_refused),
        A_TEST(what_a_notice_says_is_what_its_entry_says),
        A_TEST(notices_out_of_order_or_beyond_what_is_told_are_refused),
        A_TEST(a_notice_is_kept_as_a_text_and_read_back),
    };
    return cmocka_run_group_tests_name("notice", tests, NULL, NULL);
}

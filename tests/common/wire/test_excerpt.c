#include "tests/support/test.h"

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/wire/excerpt.h"
#include "common/wire/keys.h"
#include "common/wire/proof.h"
#include "common/wire/statement.h"
#include "tests/support/mutation.h"

#define UTC_MS INT64_C(1770000000000)

/* A journal of two entries, a catalogue and an arrival, and an excerpt of both. */
struct fixture {
    struct arena *arena;
    struct digest leaves[2];
    struct checkpoint checkpoint;
    struct excerpt_item items[2];
    struct heard_stream heard;
    struct excerpt excerpt;
};

static int set_up(void **state)
{
    static struct fixture f;
    f = (struct fixture){ .arena = arena_create() };
    struct entry catalogue = { .utc_ms = UTC_MS,
                               .kind = ENTRY_CATALOGUE,
                               .catalogue = bytes_of_text("packed sources") };
    struct entry arrival = { .utc_ms = UTC_MS,
                             .kind = ENTRY_ARRIVAL,
                             .arrival = { .stream = { { "JL001" }, { { 7 } }, 2 },
                                          .sequence = 300,
                                          .statement_hash = { { 4 } },
                                          .received_utc_ms = UTC_MS,
                                          .verdict = VERDICT_ACCEPTED } };
    f.items[0] = (struct excerpt_item){ .encoded = entry_encode(&catalogue, f.arena) };
    f.items[1] = (struct excerpt_item){ .encoded = entry_encode(&arrival, f.arena),
                                        .position = 1,
                                        .sealed.statement = bytes_of_text("statement"),
                                        .receipt_checkpoint = bytes_of_text("checkpoint"),
                                        .receipt_path = f.leaves,
                                        .receipt_path_count = 1 };
    for (size_t i = 0; i < 2; i++)
        f.leaves[i] = proof_leaf(f.items[i].encoded);
    for (size_t i = 0; i < 2; i++) {
        f.items[i].path = &f.leaves[1 - i];
        f.items[i].path_count = 1;
    }
    f.checkpoint = (struct checkpoint){ .origin = "zonetally/jilin",
                                        .size = 2,
                                        .root = proof_node(&f.leaves[0], &f.leaves[1]) };
    f.heard = (struct heard_stream){ { { 7 } }, 2, 305 };
    f.excerpt = (struct excerpt){ .checkpoint = bytes_of_text("zonetally/jilin\n2\n"),
                                  .extension = f.leaves,
                                  .extension_count = 1,
                                  .items = f.items,
                                  .count = 2,
                                  .next = 2,
                                  .streams = &f.heard,
                                  .stream_count = 1 };
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    arena_destroy(&f->arena);
    return 0;
}

static void an_excerpt_reads_back(void **state)
{
    struct fixture *f = *state;
    struct excerpt out;
    struct error err;

    assert_true(excerpt_decode(excerpt_encode(&f->excerpt, f->arena), f->arena, &out, &err));

    assert_int_equal(out.count, 2);
    assert_int_equal(out.items[0].entry.kind, ENTRY_CATALOGUE);
    assert_int_equal(out.items[1].entry.arrival.sequence, 300);
    assert_true(bytes_equal(out.items[1].sealed.statement, bytes_of_text("statement")));
    assert_int_equal(out.next, 2);
    assert_int_equal(out.streams[0].sequence, 305);
    assert_int_equal(out.extension_count, 1);
    struct receipt receipt = excerpt_receipt(&out.items[1]);
    assert_int_equal(receipt.position, 1);
    assert_memory_equal(&receipt.path[0], &f->leaves[0], sizeof f->leaves[0]);
    assert_true(bytes_equal(receipt.checkpoint, bytes_of_text("checkpoint")));
}

struct property {
    struct arena *arena;
    const struct checkpoint *checkpoint;
    struct bytes first, second; /* the entries as they were */
    size_t accepted, held;
};

/* What is accepted has one encoding, and what holds says what the journal says. */
static void expect_one_encoding(struct bytes mutated, void *owner)
{
    struct property *property = owner;
    struct excerpt out;
    struct error err = { 0 };
    arena_reset(property->arena);
    if (!excerpt_decode(mutated, property->arena, &out, &err)) {
        assert_int_equal(err.kind, ERROR_MALFORMED);
        return;
    }
    property->accepted++;
    assert_true(bytes_equal(excerpt_encode(&out, property->arena), mutated));
    if (!excerpt_holds(&out, property->checkpoint, &err))
        return;
    property->held++;
    for (size_t i = 0; i < out.count; i++)
        assert_true(bytes_equal(out.items[i].encoded,
                                out.items[i].position == 0 ? property->first : property->second));
}

static void a_damaged_excerpt_is_refused_or_says_what_the_journal_says(void **state)
{
    struct fixture *f = *state;
    struct property property = {
        arena_create(), &f->checkpoint, f->items[0].encoded, f->items[1].encoded, 0, 0
    };

    size_t count =
        mutation_each(excerpt_encode(&f->excerpt, f->arena), expect_one_encoding, &property);

    print_message("%zu damaged excerpts, %zu readable, %zu still prove their entries\n", count,
                  property.accepted, property.held);
    assert_true(property.accepted > 0 && property.held < property.accepted);
    arena_destroy(&property.arena);
}

static void an_entry_that_is_not_in_the_tree_is_refused(void **state)
{
    struct fixture *f = *state;
    struct error err;
    assert_true(excerpt_holds(&f->excerpt, &f->checkpoint, &err));

    f->items[1].position = 0;
    assert_false(excerpt_holds(&f->excerpt, &f->checkpoint, &err));
    assert_int_equal(err.kind, ERROR_REFUSED);
    f->items[1].position = 1;
    f->items[1].encoded = f->items[0].encoded;
    assert_false(excerpt_holds(&f->excerpt, &f->checkpoint, &err));
}

static void an_excerpt_does_not_go_on_behind_the_journal_s_end(void **state)
{
    struct fixture *f = *state;
    struct error err;
    f->excerpt.next = 3;

    assert_false(excerpt_holds(&f->excerpt, &f->checkpoint, &err));
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(an_excerpt_reads_back),
        WITH_FIXTURE(a_damaged_excerpt_is_refused_or_says_what_the_journal_says),
        WITH_FIXTURE(an_entry_that_is_not_in_the_tree_is_refused),
        WITH_FIXTURE(an_excerpt_does_not_go_on_behind_the_journal_s_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

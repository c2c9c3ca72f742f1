#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/wire/entry.h"
#include "common/wire/proof.h"
#include "common/wire/receipt.h"

#define ORIGIN "zonetally/jilin"

/* A journal of five entries; the receipt is for number 2. */
struct fixture {
    struct arena *arena;
    struct key_pair pair;
    struct receipt receipt;
    struct bytes text;
    struct error err;
};

static struct entry an_arrival(struct arena *arena)
{
    struct verdict_finding *finding = arena_take(arena, 1, sizeof *finding);
    *finding = (struct verdict_finding){ 1, code_of("V12"), "" };
    struct entry entry = { .utc_ms = 1773796364000, .kind = ENTRY_ARRIVAL };
    entry.arrival = (struct arrival){ .stream = { .device = { "0123456789abcde" }, .epoch = 1 },
                                      .sequence = 7,
                                      .statement_hash = { { 9, 8, 7 } },
                                      .received_utc_ms = entry.utc_ms,
                                      .verdict = VERDICT_REJECTED,
                                      .findings = finding,
                                      .finding_count = 1 };
    assert_true(zone_id_parse("22010001", &entry.arrival.stream.zone));
    return entry;
}

static struct entry a_revocation(void)
{
    struct entry entry = { .utc_ms = 1773796364000, .kind = ENTRY_REVOCATION };
    entry.revocation = (struct revocation){ .device = { "0123456789abcde" }, .reason = "设备报废" };
    assert_true(zone_id_parse("22010001", &entry.revocation.zone));
    return entry;
}

static void fill_receipt(struct fixture *f, const struct entry *entry)
{
    struct digest leaves[5];
    for (unsigned char i = 0; i < 5; i++)
        leaves[i] = proof_leaf(BYTES_OF(i));
    f->receipt.entry = entry_encode(entry, f->arena);
    f->receipt.arrival = entry->arrival;
    leaves[2] = proof_leaf(f->receipt.entry);
    struct digest left = proof_node(&leaves[0], &leaves[1]);
    struct digest right = proof_node(&leaves[2], &leaves[3]);
    struct digest four = proof_node(&left, &right);
    struct checkpoint checkpoint = { .origin = ORIGIN,
                                     .size = 5,
                                     .root = proof_node(&four, &leaves[4]) };

    f->receipt.position = 2;
    f->receipt.path_count = 3;
    f->receipt.path[0] = leaves[3];
    f->receipt.path[1] = left;
    f->receipt.path[2] = leaves[4];
    f->receipt.checkpoint = checkpoint_sign(&checkpoint, &f->pair, f->arena);
    f->text = receipt_write(&f->receipt, f->arena);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct seeded_random random = seeded_random_of(14);
    f->arena = arena_create();
    f->pair = key_pair_create(&random.random);
    struct entry entry = an_arrival(f->arena);
    fill_receipt(f, &entry);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    arena_destroy(&f->arena);
    free(f);
    return 0;
}

static bool holds(struct fixture *f, const struct receipt *receipt)
{
    return receipt_verify(receipt, ORIGIN, f->pair.public.signing, &f->err);
}

static bool reads_and_holds(struct fixture *f, struct bytes text)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct receipt out;
    return receipt_read(text, arena, &out, &f->err) && holds(f, &out);
}

/* The text with its first `from` replaced. */
static struct bytes replaced(struct fixture *f, const char *from, const char *with)
{
    const char *text =
        arena_format(f->arena, "%.*s", (int)f->text.size, (const char *)f->text.data);
    const char *found = strstr(text, from);
    assert_non_null(found);
    return bytes_of_text(
        arena_format(f->arena, "%.*s%s%s", (int)(found - text), text, with, found + strlen(from)));
}

static void a_receipt_is_read_back_and_holds(void **state)
{
    struct fixture *f = *state;
    struct receipt out;

    assert_true(receipt_read(f->text, f->arena, &out, &f->err));

    assert_true(holds(f, &out));
    assert_int_equal(out.position, 2);
    assert_int_equal(out.path_count, 3);
    assert_int_equal(out.arrival.sequence, 7);
    assert_int_equal(out.arrival.verdict, VERDICT_REJECTED);
    assert_true(code_equal(out.arrival.findings[0].rule, code_of("V12")));
    assert_true(bytes_equal(receipt_write(&out, f->arena), f->text));
}

static void every_altered_byte_of_a_receipt_is_refused(void **state)
{
    struct fixture *f = *state;
    unsigned char *bytes = arena_take(f->arena, f->text.size, 1);
    memcpy(bytes, f->text.data, f->text.size);

    for (size_t i = 0; i < f->text.size; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            bytes[i] ^= (unsigned char)(1u << bit);
            assert_false(reads_and_holds(f, (struct bytes){ bytes, f->text.size }));
            bytes[i] ^= (unsigned char)(1u << bit);
        }
    assert_true(reads_and_holds(f, (struct bytes){ bytes, f->text.size }));
}

static void a_cut_receipt_is_refused(void **state)
{
    struct fixture *f = *state;

    for (size_t size = 0; size < f->text.size; size++)
        assert_false(reads_and_holds(f, (struct bytes){ f->text.data, size }));
}

static void what_is_no_receipt_is_malformed(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *from, *with, *said;
    } cases[] = {
        { "@v1", "@v2", "这不是回执文件" },     { "extra ", "exTra ", "缺少总账条目" },
        { "extra ", "extra =", "第 2 行" },     { "index 2", "index 02", "第 3 行" },
        { "index 2", "position 2", "第 3 行" }, { "index 2\n", "index 2\nAAAA\n", "第 4 行" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct receipt out;
        assert_false(
            receipt_read(replaced(f, cases[i].from, cases[i].with), f->arena, &out, &f->err));
        assert_int_equal(f->err.kind, ERROR_MALFORMED);
        if (!strstr(f->err.text, cases[i].said))
            fail_msg("case %zu: %s", i, f->err.text);
    }
}

static void a_path_beyond_its_limit_is_malformed(void **state)
{
    struct fixture *f = *state;
    char *lines = arena_copy_text(f->arena, "index 2\n");
    for (int i = 0; i <= PROOF_PATH_MAX; i++)
        lines = arena_format(f->arena, "%sAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", lines);
    struct receipt out;

    assert_false(receipt_read(replaced(f, "index 2\n", lines), f->arena, &out, &f->err));

    assert_int_equal(f->err.kind, ERROR_MALFORMED);
}

static void an_entry_of_another_kind_is_no_receipt(void **state)
{
    struct fixture *f = *state;
    struct entry entry = a_revocation();
    struct receipt out;
    fill_receipt(f, &entry);

    assert_false(receipt_read(f->text, f->arena, &out, &f->err));

    assert_int_equal(f->err.kind, ERROR_MALFORMED);
}

static void another_key_or_origin_proves_nothing(void **state)
{
    struct fixture *f = *state;
    struct seeded_random random = seeded_random_of(15);
    struct key_pair other = key_pair_create(&random.random);

    assert_false(receipt_verify(&f->receipt, ORIGIN, other.public.signing, &f->err));
    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_false(
        receipt_verify(&f->receipt, "zonetally/liaoning", f->pair.public.signing, &f->err));
    assert_int_equal(f->err.kind, ERROR_REFUSED);
}

static void an_arrival_that_is_not_the_entrys_is_refused(void **state)
{
    struct fixture *f = *state;
    struct receipt altered[4] = { f->receipt, f->receipt, f->receipt, f->receipt };
    altered[0].arrival.verdict = VERDICT_ACCEPTED;
    altered[1].arrival.statement_hash.bytes[0] ^= 1;
    altered[2].arrival.finding_count = 0;
    altered[3].arrival.sequence++;

    assert_true(holds(f, &f->receipt));
    for (size_t i = 0; i < COUNT_OF(altered); i++) {
        assert_false(holds(f, &altered[i]));
        assert_int_equal(f->err.kind, ERROR_REFUSED);
    }
}

#define RECEIPT_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RECEIPT_TEST(a_receipt_is_read_back_and_holds),
        RECEIPT_TEST(every_altered_byte_of_a_receipt_is_refused),
        RECEIPT_TEST(a_cut_receipt_is_refused),
        RECEIPT_TEST(what_is_no_receipt_is_malformed),
        RECEIPT_TEST(a_path_beyond_its_limit_is_malformed),
        RECEIPT_TEST(an_entry_of_another_kind_is_no_receipt),
        RECEIPT_TEST(another_key_or_origin_proves_nothing),
        RECEIPT_TEST(an_arrival_that_is_not_the_entrys_is_refused),
    };
    return cmocka_run_group_tests_name("receipt", tests, NULL, NULL);
}

#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/language.h"
#include "common/base/random.h"
#include "common/wire/packing.h"
#include "common/wire/statement.h"
#include "proto/statement.pb-c.h"
#include "tests/support/mutation.h"

#define UTC_MS INT64_C(1770000000000)

/* A return with a bit of everything. */
struct sample {
    struct statement statement;
    struct cell cells[3];
    const char *row_keys[2];
    int64_t numbers[2];
    uint8_t number_statuses[2];
    uint8_t text_statuses[2];
    const char *texts[2];
    int64_t no_mantissas[2];
    struct roster_column columns[2];
    struct explanation explanations[2];
    struct sign_off sign_offs[1];
};

static void fill_submission(struct sample *s)
{
    s->cells[0] = (struct cell){ code_of("IB06"), { 12345, VALUE_PRESENT } };
    s->cells[1] = (struct cell){ code_of("IB07"), { 0, VALUE_MISSING } };
    s->cells[2] = (struct cell){ code_of("IB08"), { -7, VALUE_ESTIMATED } };
    s->row_keys[0] = "91220000";
    s->row_keys[1] = "91220001";
    s->numbers[1] = -250;
    s->number_statuses[0] = VALUE_NOT_APPLICABLE;
    s->texts[0] = "一汽";
    s->texts[1] = "";
    s->columns[0] = (struct roster_column){ code_of("EN03"), s->numbers, s->number_statuses, NULL };
    s->columns[1] =
        (struct roster_column){ code_of("EN04"), s->no_mantissas, s->text_statuses, s->texts };
    s->explanations[0] =
        (struct explanation){ code_of("V12"), "", code_of("R1"), "停产检修\n两个月" };
    s->explanations[1] = (struct explanation){ code_of("V13"), "91220001", { 0 }, "" };
    s->sign_offs[0] = (struct sign_off){ code_of("HEAD"), "某某", UTC_MS };
    s->statement.submission = (struct submission){
        .form = code_of("JKQ401"),
        .period = period_of_quarter(2021, 3),
        .version = 3,
        .base_version = 2,
        .cells = s->cells,
        .cell_count = COUNT_OF(s->cells),
        .row_keys = s->row_keys,
        .row_count = COUNT_OF(s->row_keys),
        .columns = s->columns,
        .column_count = COUNT_OF(s->columns),
        .explanations = s->explanations,
        .explanation_count = COUNT_OF(s->explanations),
        .sign_offs = s->sign_offs,
        .sign_off_count = COUNT_OF(s->sign_offs),
        .findings = { { 9 } },
        .grounds = { { 8 } },
    };
}

static struct statement a_head(enum statement_kind kind)
{
    struct statement statement = {
        .suite = 1,
        .province = "jilin",
        .stream = { .zone = { "JL001" }, .device = { { 7 } }, .epoch = 2 },
        .sequence = 4,
        .previous = { { 3 } },
        .catalogue = { { 5 } },
        .agent_utc_ms = UTC_MS,
        .salt = { 6 },
        .kind = kind
    };
    return statement;
}

static void sample_init(struct sample *sample)
{
    *sample = (struct sample){ .statement = a_head(STATEMENT_RETURN) };
    fill_submission(sample);
}

static struct key_pair a_pair(uint64_t seed)
{
    struct seeded_random random = seeded_random_of(seed);
    return key_pair_create(&random.random);
}

static void must_decode(struct bytes bytes, struct arena *arena, struct statement *out)
{
    struct error err = { 0 };
    if (!statement_decode(bytes, arena, out, &err))
        fail_msg("%s", err.text);
}

static void a_return_reads_back_as_it_was_written(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct sample sample;
    sample_init(&sample);
    struct statement out;

    must_decode(statement_encode(&sample.statement, arena), arena, &out);

    assert_string_equal(out.province, "jilin");
    assert_string_equal(out.stream.zone.text, "JL001");
    assert_int_equal(out.stream.epoch, 2);
    assert_int_equal(out.sequence, 4);
    assert_int_equal(out.agent_utc_ms, UTC_MS);
    assert_int_equal(out.kind, STATEMENT_RETURN);
    const struct submission *submission = &out.submission;
    assert_true(period_equal(submission->period, period_of_quarter(2021, 3)));
    assert_int_equal(submission->base_version, 2);
    assert_int_equal(submission->cell_count, 3);
    assert_true(code_equal(submission->cells[2].item, code_of("IB08")));
    assert_int_equal(submission->cells[0].value.mantissa, 12345);
    assert_int_equal(submission->cells[1].value.status, VALUE_MISSING);
    assert_int_equal(submission->cells[2].value.mantissa, -7);
    assert_string_equal(submission->row_keys[1], "91220001");
    assert_null(submission->columns[0].texts);
    assert_int_equal(submission->columns[0].mantissas[1], -250);
    assert_int_equal(submission->columns[0].statuses[0], VALUE_NOT_APPLICABLE);
    assert_string_equal(submission->columns[1].texts[0], "一汽");
    assert_int_equal(submission->columns[1].mantissas[0], 0);
    assert_int_equal(submission->columns[1].statuses[1], VALUE_PRESENT);
    assert_string_equal(submission->explanations[0].text, "停产检修\n两个月");
    assert_string_equal(submission->explanations[1].row_key, "91220001");
    assert_string_equal(submission->sign_offs[0].name, "某某");
    assert_int_equal(submission->findings.bytes[0], 9);
    assert_int_equal(submission->grounds.bytes[0], 8);
}

static void the_other_kinds_read_back_too(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct statement out;
    struct statement withdrawal = a_head(STATEMENT_WITHDRAWAL);
    withdrawal.withdrawal =
        (struct withdrawal){ code_of("JKQ401"), period_of_year(2021), 2, "重复报送" };
    struct statement rotation = a_head(STATEMENT_KEY_ROTATION);
    memset(rotation.rotation.signature, 8, sizeof rotation.rotation.signature);
    struct statement note = a_head(STATEMENT_NOTE);
    note.note = "本月无变化";

    must_decode(statement_encode(&withdrawal, arena), arena, &out);
    assert_int_equal(out.kind, STATEMENT_WITHDRAWAL);
    assert_string_equal(out.withdrawal.reason, "重复报送");
    assert_true(period_equal(out.withdrawal.period, period_of_year(2021)));
    must_decode(statement_encode(&rotation, arena), arena, &out);
    assert_int_equal(out.kind, STATEMENT_KEY_ROTATION);
    assert_memory_equal(&out.rotation, &rotation.rotation, sizeof out.rotation);
    must_decode(statement_encode(&note, arena), arena, &out);
    assert_int_equal(out.kind, STATEMENT_NOTE);
    assert_string_equal(out.note, "本月无变化");
}

/* People may write a month in several ways, a statement in one. */
static void a_period_in_another_spelling_is_refused(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct statement statement = a_head(STATEMENT_WITHDRAWAL), out;
    statement.withdrawal = (struct withdrawal){ code_of("F"), period_of_month(2021, 7), 1, "r" };
    struct error err = { 0 };
    const Zonetally__Statement *message =
        packing_unpack(statement_encode(&statement, arena), &zonetally__statement__descriptor,
                       STATEMENT_MEMORY_MAX, arena, &err);

    assert_string_equal(message->withdrawal->period, "2021-M07");
    message->withdrawal->period = (char *)"2021-07";

    assert_false(statement_decode(packing_pack(&message->base, arena), arena, &out, &err));
    assert_non_null(strstr(err.text, "Statement.withdrawal"));
}

struct property {
    struct arena *arena;
    size_t accepted;
};

/* What is accepted has one encoding only: the very bytes that came. */
static void expect_one_encoding(struct bytes mutated, void *owner)
{
    struct property *property = owner;
    struct statement out;
    struct error err = { 0 };
    arena_reset(property->arena);
    if (statement_decode(mutated, property->arena, &out, &err)) {
        struct bytes again = statement_encode(&out, property->arena);
        assert_true(bytes_equal(again, mutated));
        property->accepted++;
    } else {
        assert_int_equal(err.kind, ERROR_MALFORMED);
    }
}

static void whatever_is_accepted_encodes_to_the_same_bytes(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct property property = { arena_create(), 0 };
    struct sample sample;
    sample_init(&sample);

    size_t count =
        mutation_each(statement_encode(&sample.statement, arena), expect_one_encoding, &property);

    assert_true(count > 4000);
    assert_true(property.accepted > 500); /* else nothing was tested */
    assert_true(property.accepted < count * 3 / 4);
    arena_destroy(&property.arena);
}

/* Each spoils one thing; the word is part of what the refusal says. */
struct spoiled {
    void (*spoil)(struct sample *sample);
    const char *path;
};

static struct submission *of(struct sample *sample)
{
    return &sample->statement.submission;
}

/* clang-format off */
static void no_suite(struct sample *s) { s->statement.suite = 0; }
static void reserved_suite(struct sample *s) { s->statement.suite = 2; }
static void no_province(struct sample *s) { s->statement.province = ""; }
static void bad_zone(struct sample *s) { s->statement.stream.zone.text[0] = '_'; }
static void no_zone(struct sample *s) { s->statement.stream.zone.text[0] = '\0'; }
static void no_epoch(struct sample *s) { s->statement.stream.epoch = 0; }
static void no_sequence(struct sample *s) { s->statement.sequence = 0; }
static void no_previous(struct sample *s) { s->statement.previous = (struct digest){ { 0 } }; }
static void first_with_previous(struct sample *s) { s->statement.sequence = 1; }
static void no_content(struct sample *s) { s->statement.kind = (enum statement_kind)9; }
static void no_form(struct sample *s) { of(s)->form.packed = 0; }
static void bad_form(struct sample *s) { of(s)->form.packed = 1; }
static void no_period(struct sample *s) { of(s)->period.year = 0; }
static void no_version(struct sample *s) { of(s)->version = 0; }
static void late_base(struct sample *s) { of(s)->base_version = 3; }
static void equal_items(struct sample *s) { s->cells[1].item = s->cells[0].item; }
static void descending_items(struct sample *s) { s->cells[1].item = code_of("IB05"); }
static void bad_item(struct sample *s) { s->cells[0].item.packed = 5; }
static void bad_status(struct sample *s) { s->cells[1].value.status = VALUE_STATUS_COUNT; }
static void missing_with_figure(struct sample *s) { s->cells[1].value.mantissa = 1; }
static void equal_rows(struct sample *s) { s->row_keys[1] = s->row_keys[0]; }
static void descending_rows(struct sample *s) { s->row_keys[1] = "1"; }
static void empty_row(struct sample *s) { s->row_keys[0] = ""; }
static void no_rows(struct sample *s) { of(s)->row_count = 0; }
static void equal_columns(struct sample *s) { s->columns[1].item = s->columns[0].item; }
static void bad_column(struct sample *s) { s->columns[1].item.packed = UINT64_MAX; }
static void column_status(struct sample *s) { s->number_statuses[0] = 77; }
static void column_figure(struct sample *s) { s->numbers[0] = 1; }
static void text_without_figure(struct sample *s) { s->text_statuses[0] = VALUE_MISSING; }
static void bidi_text(struct sample *s) { s->texts[0] = "\xE2\x80\xAE"; }
static void no_rule(struct sample *s) { s->explanations[0].rule.packed = 0; }
static void bad_reason(struct sample *s) { s->explanations[0].reason.packed = 3; }
static void no_role(struct sample *s) { s->sign_offs[0].role.packed = 0; }
static void no_name(struct sample *s) { s->sign_offs[0].name = ""; }

static const struct spoiled spoiled[] = {
    { no_suite, "Statement.suite" }, { reserved_suite, "Statement.suite" },
    { no_province, "Statement.province" }, { bad_zone, "Statement.zone" }, { no_zone, "Statement.zone" },
    { no_epoch, "Statement.zone" }, { no_sequence, "Statement.sequence" },
    { no_previous, "Statement.previous" }, { first_with_previous, "Statement.previous" },
    { no_content, "Statement.content" }, { no_form, "Submission.form" }, { bad_form, "Submission.form" },
    { no_period, "Submission.period" }, { no_version, "Submission.version" },
    { late_base, "Submission.base_version" }, { equal_items, "Submission.items" },
    { descending_items, "Submission.items" }, { bad_item, "Submission.items" },
    { bad_status, "Submission.statuses" }, { missing_with_figure, "Submission.mantissas" },
    { equal_rows, "Submission.row_keys" }, { descending_rows, "Submission.row_keys" },
    { empty_row, "submission.row_keys" }, { no_rows, "Submission.columns" },
    { equal_columns, "Submission.columns" }, { bad_column, "Submission.columns" },
    { column_status, "Submission.columns" }, { column_figure, "Submission.columns" },
    { text_without_figure, "Submission.columns" }, { bidi_text, "columns.texts" },
    { no_rule, "Submission.explanations" }, { bad_reason, "Submission.explanations" },
    { no_role, "Submission.sign_offs" }, { no_name, "Submission.sign_offs" },
};
/* clang-format on */

static void every_spoiled_return_is_refused_by_name(void **state)
{
    (void)state;
    struct key_pair pair = a_pair(1);
    for (size_t i = 0; i < COUNT_OF(spoiled); i++) {
        CLEANUP(arena_destroy) struct arena *arena = arena_create();
        struct sample sample;
        sample_init(&sample);
        spoiled[i].spoil(&sample);
        struct sealed_statement sealed;
        struct error err = { 0 };
        bool made = statement_seal(&sample.statement, &pair, arena, &sealed, &err);
        if (made || !strstr(err.text, spoiled[i].path))
            fail_msg("%zu, %s: %s", i, spoiled[i].path, made ? "sealed" : err.text);
        assert_int_equal(err.kind, ERROR_MALFORMED);
    }
}

static void a_note_and_a_withdrawal_must_say_something(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct key_pair pair = a_pair(1);
    struct sealed_statement sealed;
    struct error err;
    struct statement note = a_head(STATEMENT_NOTE);
    note.note = "";
    struct statement withdrawal = a_head(STATEMENT_WITHDRAWAL);
    withdrawal.withdrawal = (struct withdrawal){ code_of("F"), period_of_year(2021), 1, "" };

    assert_false(statement_seal(&note, &pair, arena, &sealed, &err));
    assert_false(statement_seal(&withdrawal, &pair, arena, &sealed, &err));
}

static void only_the_signing_key_vouches_for_a_sealed_statement(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct key_pair pair = a_pair(1), other = a_pair(2);
    struct sample sample;
    sample_init(&sample);
    struct sealed_statement sealed, altered;
    struct error err;

    assert_true(statement_seal(&sample.statement, &pair, arena, &sealed, &err));

    assert_true(sealed_statement_is_signed_by(&sealed, pair.public.signing));
    assert_false(sealed_statement_is_signed_by(&sealed, other.public.signing));
    altered = sealed;
    altered.statement = arena_copy_bytes(arena, sealed.statement);
    ((unsigned char *)altered.statement.data)[30] ^= 1;
    assert_false(sealed_statement_is_signed_by(&altered, pair.public.signing));
}

static void the_hash_covers_statement_and_signature(void **state)
{
    (void)state;
    struct sealed_statement sealed = { .statement = bytes_of_text("abc") }, other = sealed;
    unsigned char run[1 + 3 + SIGNATURE_SIZE] = { 0x10, 'a', 'b', 'c' };
    struct digest hash = sealed_statement_hash(&sealed);
    struct digest expected = digest_sha256((struct bytes){ 0 }, BYTES_OF(run));

    assert_true(digest_equal(&hash, &expected));
    other.signature[63] = 1;
    struct digest of_other = sealed_statement_hash(&other);
    assert_false(digest_equal(&hash, &of_other));
}

static void expect_one_sealed_encoding(struct bytes mutated, void *owner)
{
    struct property *property = owner;
    struct sealed_statement out;
    struct error err = { 0 };
    arena_reset(property->arena);
    if (sealed_statement_decode(mutated, &out, &err)) {
        assert_true(bytes_equal(sealed_statement_encode(&out, property->arena), mutated));
        property->accepted++;
    }
}

static void a_sealed_statement_has_one_encoding(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct property property = { arena_create(), 0 };
    struct sealed_statement sealed = { .statement = bytes_of_text("any bytes at all") }, out;
    memset(sealed.signature, 0xA5, sizeof sealed.signature);
    struct error err;
    struct bytes bytes = sealed_statement_encode(&sealed, arena);

    assert_true(sealed_statement_decode(bytes, &out, &err));
    assert_true(bytes_equal(out.statement, sealed.statement));
    assert_memory_equal(out.signature, sealed.signature, sizeof out.signature);
    assert_ptr_equal(out.statement.data, (const char *)bytes.data + 2);
    mutation_each(bytes, expect_one_sealed_encoding, &property);
    assert_true(property.accepted > 0);
    assert_false(sealed_statement_decode((struct bytes){ bytes.data, 18 }, &out, &err));
    assert_false(
        sealed_statement_decode((struct bytes){ (const char *)bytes.data + 18, 66 }, &out, &err));
    arena_destroy(&property.arena);
}

/* A roster as large as the limits allow. */
static void fill_roster(struct submission *submission, size_t column_count, struct arena *arena)
{
    size_t rows = SUBMISSION_ROWS_MAX;
    const char **keys = arena_take(arena, rows, sizeof *keys);
    int64_t *mantissas = arena_take(arena, rows, sizeof *mantissas);
    uint8_t *statuses = arena_take(arena, rows, 1);
    struct roster_column *columns = arena_take(arena, column_count, sizeof *columns);
    for (size_t i = 0; i < rows; i++) {
        keys[i] = arena_format(arena, "91220000%010zu", i);
        mantissas[i] = (int64_t)i * 1000;
    }
    for (size_t i = 0; i < column_count; i++) {
        char item[CODE_TEXT_SIZE];
        snprintf(item, sizeof item, "EN%02zu", i % 100);
        columns[i] = (struct roster_column){ code_of(item), mantissas, statuses, NULL };
    }
    submission->row_keys = keys;
    submission->row_count = rows;
    submission->columns = columns;
    submission->column_count = column_count;
}

static void a_roster_of_a_hundred_thousand_rows_fits(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct key_pair pair = a_pair(1);
    struct sample sample;
    sample_init(&sample);
    fill_roster(&sample.statement.submission, 20, arena);
    struct sealed_statement sealed;
    struct statement out;
    struct error err = { 0 };

    if (!statement_seal(&sample.statement, &pair, arena, &sealed, &err))
        fail_msg("%s", err.text);

    must_decode(sealed.statement, arena, &out);
    assert_int_equal(out.submission.columns[19].mantissas[99999], 99999000);
    assert_string_equal(out.submission.row_keys[99999], "912200000000099999");
}

static void a_statement_beyond_the_size_limit_is_not_sealed(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct key_pair pair = a_pair(1);
    struct sample sample;
    sample_init(&sample);
    fill_roster(&sample.statement.submission, 60, arena);
    struct sealed_statement sealed;
    struct statement out;
    struct error err = { 0 };

    assert_false(statement_seal(&sample.statement, &pair, arena, &sealed, &err));
    assert_int_equal(err.kind, ERROR_EXHAUSTED);
    assert_false(statement_decode(sealed.statement, arena, &out, &err));
    assert_int_equal(err.kind, ERROR_MALFORMED);
}

int main(void)
{
    language_set(LANGUAGE_ENGLISH);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_return_reads_back_as_it_was_written),
        cmocka_unit_test(the_other_kinds_read_back_too),
        cmocka_unit_test(a_period_in_another_spelling_is_refused),
        cmocka_unit_test(whatever_is_accepted_encodes_to_the_same_bytes),
        cmocka_unit_test(every_spoiled_return_is_refused_by_name),
        cmocka_unit_test(a_note_and_a_withdrawal_must_say_something),
        cmocka_unit_test(only_the_signing_key_vouches_for_a_sealed_statement),
        cmocka_unit_test(the_hash_covers_statement_and_signature),
        cmocka_unit_test(a_sealed_statement_has_one_encoding),
        cmocka_unit_test(a_roster_of_a_hundred_thousand_rows_fits),
        cmocka_unit_test(a_statement_beyond_the_size_limit_is_not_sealed),
    };
    return cmocka_run_group_tests_name("statement", tests, NULL, NULL);
}

#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/language.h"
#include "common/model/submission.h"
#include "common/wire/packing.h"
#include "common/wire/scan.h"
#include "proto/statement.pb-c.h"
#include "proto/sync.pb-c.h"

#define PLENTY ((size_t)192 * 1024 * 1024)
#define STATEMENT &zonetally__statement__descriptor
#define SUBMISSION &zonetally__submission__descriptor
#define WITHDRAWAL &zonetally__withdrawal__descriptor
#define COLUMN &zonetally__column__descriptor

/* A literal with its NULs, without the last one. */
#define RUN(literal)                                                                               \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

struct refused {
    const ProtobufCMessageDescriptor *descriptor;
    struct bytes bytes;
    const char *path;
    const char *why; /* a part of the message */
};

/* clang-format off */
static const struct refused refusals[] = {
    { WITHDRAWAL, RUN("\x00\x01"), "“Withdrawal”", "does not know" },
    { WITHDRAWAL, RUN("\x28\x01"), "“Withdrawal”", "does not know" },
    { WITHDRAWAL, RUN("\x18\x01\x08\x01"), "“Withdrawal”", "out of order" },
    { WITHDRAWAL, RUN("\x08\x01\x08\x02"), "“Withdrawal”", "out of order" },
    { WITHDRAWAL, RUN("\x08\x01\x00\x01"), "“Withdrawal”", "out of order" },
    { WITHDRAWAL, RUN("\x88\x00\x01"), "“Withdrawal”", "badly written" },
    { WITHDRAWAL, RUN("\x08"), "“Withdrawal.form”", "badly written" },
    { WITHDRAWAL, RUN("\x08\x80"), "“Withdrawal.form”", "badly written" },
    { WITHDRAWAL, RUN("\x08\x81\x00"), "“Withdrawal.form”", "badly written" },
    { WITHDRAWAL, RUN("\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02"), "“Withdrawal.form”", "badly written" },
    { WITHDRAWAL, RUN("\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x81\x01"), "“Withdrawal.form”", "badly written" },
    { WITHDRAWAL, RUN("\x18\x80\x80\x80\x80\x10"), "“Withdrawal.version”", "badly written" },
    { WITHDRAWAL, RUN("\x0A\x01\x61"), "“Withdrawal.form”", "another type" },
    { WITHDRAWAL, RUN("\x09\x01\x00\x00\x00\x00\x00\x00\x00"), "“Withdrawal.form”", "another type" },
    { WITHDRAWAL, RUN("\x10\x01"), "“Withdrawal.period”", "another type" },
    { WITHDRAWAL, RUN("\x08\x00"), "“Withdrawal.form”", "empty value" },
    { WITHDRAWAL, RUN("\x12\x00"), "“Withdrawal.period”", "empty value" },
    { WITHDRAWAL, RUN("\x12\x05""2021"), "“Withdrawal.period”", "beyond the end" },
    { WITHDRAWAL, RUN("\x12\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01""2021"), "“Withdrawal.period”", "beyond the end" },
    { WITHDRAWAL, RUN("\x12\x84\x00""2021"), "“Withdrawal.period”", "beyond the end" },
    { WITHDRAWAL, RUN("\x12\x09""2021-M007"), "“Withdrawal.period”", "length" },
    { WITHDRAWAL, RUN("\x12\x04""20\t1"), "“Withdrawal.period”", "clean UTF-8" },
    { WITHDRAWAL, RUN("\x22\x03""a\x00""b"), "“Withdrawal.reason”", "clean UTF-8" },
    { WITHDRAWAL, RUN("\x22\x03""a\x1B""b"), "“Withdrawal.reason”", "clean UTF-8" },
    { WITHDRAWAL, RUN("\x22\x03\xE2\x80\xAE"), "“Withdrawal.reason”", "clean UTF-8" },
    { WITHDRAWAL, RUN("\x22\x03\xE2\x81\xA6"), "“Withdrawal.reason”", "clean UTF-8" },
    { WITHDRAWAL, RUN("\x22\x01\xFF"), "“Withdrawal.reason”", "clean UTF-8" },
    { WITHDRAWAL, RUN("\x22\x02\xC0\x80"), "“Withdrawal.reason”", "clean UTF-8" },
    { WITHDRAWAL, RUN("\x22\x03\xED\xA0\x80"), "“Withdrawal.reason”", "clean UTF-8" },
    { WITHDRAWAL, RUN("\x22\x02\xE5\x90"), "“Withdrawal.reason”", "clean UTF-8" },
    { SUBMISSION, RUN("\x28\x01"), "“Submission.items”", "another type" },
    { SUBMISSION, RUN("\x2A\x00"), "“Submission.items”", "empty value" },
    { SUBMISSION, RUN("\x2A\x01\x01\x2A\x01\x01"), "“Submission”", "out of order" },
    { SUBMISSION, RUN("\x2A\x02\x81\x00"), "“Submission.items”", "badly written" },
    { SUBMISSION, RUN("\x2A\x01\x80\x01"), "“Submission.items”", "badly written" },
    { SUBMISSION, RUN("\x42\x00"), "“Submission.row_keys”", "length" },
    { SUBMISSION, RUN("\x42\x01""a\x08\x01"), "“Submission”", "out of order" },
    { SUBMISSION, RUN("\x62\x01\x01"), "“Submission.findings”", "length" },
    { STATEMENT, RUN("\x3A\x01\x00"), "“Statement.previous”", "length" },
    { STATEMENT, RUN("\x62\x02\x08\x01\x72\x03\x0A\x01""a"), "“Statement.note”", "more than one" },
    { STATEMENT, RUN("\x5A\x04\x4A\x02\x28\x01"), "“Statement.submission.columns”", "does not know" },
    { STATEMENT, RUN("\x5A\x04\x4A\x03\x08\x01"), "“Statement.submission.columns”", "beyond the end" },
    { STATEMENT, RUN("\x5A\x08\x4A\x06\x08\x01\x22\x02\xC0\x80"), "“Statement.submission.columns.texts”", "clean UTF-8" },
};
/* clang-format on */

static void assert_refused(const struct refused *refused)
{
    struct error err = { 0 };
    bool passed = scan_message(refused->bytes, refused->descriptor, PLENTY, &err);
    if (passed || !strstr(err.text, refused->path) || !strstr(err.text, refused->why))
        fail_msg("refusal %td: %s", refused - refusals, passed ? "passed" : err.text);
    assert_int_equal(err.kind, ERROR_MALFORMED);
}

static void what_has_a_second_form_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refusals); i++)
        assert_refused(&refusals[i]);
}

static void what_is_written_as_agreed_passes(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct { const ProtobufCMessageDescriptor *descriptor; struct bytes bytes; } good[] = {
        { WITHDRAWAL, RUN("") },
        { WITHDRAWAL, RUN("\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01") },
        { WITHDRAWAL, RUN("\x18\xFF\xFF\xFF\xFF\x0F") },
        { WITHDRAWAL, RUN("\x08\x01\x12\x04""2021\x18\x01\x22\x03\xE5\x90\x89") },
        { WITHDRAWAL, RUN("\x22\x03""a\nb") },
        { SUBMISSION, RUN("\x2A\x02\x00\x01") },
        { SUBMISSION, RUN("\x42\x01""a\x42\x01""b") },
        { COLUMN, RUN("\x22\x00\x22\x00") },
        { STATEMENT, RUN("\x5A\x00") },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct error err = { 0 };
        if (!scan_message(good[i].bytes, good[i].descriptor, PLENTY, &err))
            fail_msg("%zu: %s", i, err.text);
    }
}

/* `count` times the same run, after a field's tag and length if it has any. */
static struct bytes repeated(struct arena *arena, struct bytes run, size_t count)
{
    unsigned char *data = arena_take(arena, count, run.size);
    for (size_t i = 0; i < count; i++)
        memcpy(data + i * run.size, run.data, run.size);
    return (struct bytes){ data, count * run.size };
}

static void assert_count_limit(const ProtobufCMessageDescriptor *descriptor, struct bytes run,
                               size_t limit)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct error err = { 0 };
    assert_true(scan_message(repeated(arena, run, limit), descriptor, PLENTY, &err));
    assert_false(scan_message(repeated(arena, run, limit + 1), descriptor, PLENTY, &err));
    assert_non_null(strstr(err.text, "more than the limit"));
}

static void more_than_the_named_count_is_refused(void **state)
{
    (void)state;
    assert_count_limit(SUBMISSION,
                       (struct bytes)RUN("\x42\x01"
                                         "k"),
                       SUBMISSION_ROWS_MAX);
    assert_count_limit(SUBMISSION, (struct bytes)RUN("\x4A\x00"), SUBMISSION_COLUMNS_MAX);
    assert_count_limit(SUBMISSION, (struct bytes)RUN("\x52\x00"), SUBMISSION_EXPLANATIONS_MAX);
    assert_count_limit(COLUMN, (struct bytes)RUN("\x22\x00"), SUBMISSION_ROWS_MAX);
}

static void more_numbers_in_a_run_than_the_limit_are_refused(void **state)
{
    (void)state;
    struct error err = { 0 };
    unsigned char run[3 + SUBMISSION_CELLS_MAX + 1] = { 0x2A, 0x80, 0x20 }; /* 4096 bytes */

    assert_true(scan_message((struct bytes){ run, sizeof run - 1 }, SUBMISSION, PLENTY, &err));
    run[1] = 0x81; /* 4097 bytes */
    assert_false(scan_message((struct bytes){ run, sizeof run }, SUBMISSION, PLENTY, &err));
    assert_non_null(strstr(err.text, "more than the limit"));
}

/* The smallest budget the scan is content with. */
static size_t smallest_budget(struct bytes bytes, const ProtobufCMessageDescriptor *descriptor)
{
    size_t low = 0, high = PLENTY;
    while (low < high) {
        size_t middle = (low + high) / 2;
        struct error err;
        if (scan_message(bytes, descriptor, middle, &err))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Were the estimate too small by one byte, unpacking with that budget would fail. */
static void the_scan_never_underestimates_what_unpacking_takes(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct { const ProtobufCMessageDescriptor *descriptor; struct bytes run; } parts[] = {
        { SUBMISSION, RUN("\x42\x01""k") },
        { SUBMISSION, RUN("\x52\x00") },
        { SUBMISSION, RUN("\x52\x03\x22\x01""t") },
        { COLUMN, RUN("\x22\x00") },
        { COLUMN, RUN("\x22\x11""0123456789abcdefg") },
    };
    /* clang-format on */
    static const size_t counts[] = { 0, 1, 15, 16, 17, 48, 49, 1000, 4096 };
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        for (size_t j = 0; j < COUNT_OF(counts); j++) {
            CLEANUP(arena_destroy) struct arena *arena = arena_create();
            struct bytes bytes = repeated(arena, parts[i].run, counts[j]);
            size_t budget = smallest_budget(bytes, parts[i].descriptor);
            struct error err = { 0 };
            assert_non_null(packing_unpack(bytes, parts[i].descriptor, budget, arena, &err));
        }
}

/* 40 columns of 100,000 empty texts: 8 MB that would become some 350. */
static void an_amplification_is_refused_before_anything_is_taken(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct bytes texts = repeated(arena, (struct bytes)RUN("\x22\x00"), SUBMISSION_ROWS_MAX);
    size_t size = texts.size + 4;
    unsigned char *column = arena_take(arena, size, 1);
    memcpy(column, "\x4A\xC0\x9A\x0C", 4); /* 200,000 bytes */
    memcpy(column + 4, texts.data, texts.size);
    struct bytes roster = repeated(arena, (struct bytes){ column, size }, 40);
    struct error err = { 0 };

    assert_null(packing_unpack(roster, SUBMISSION, PLENTY, arena, &err));
    assert_int_equal(err.kind, ERROR_MALFORMED);
    assert_non_null(strstr(err.text, "too much"));
}

int main(void)
{
    language_set(LANGUAGE_ENGLISH);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_a_second_form_is_refused),
        cmocka_unit_test(what_is_written_as_agreed_passes),
        cmocka_unit_test(more_than_the_named_count_is_refused),
        cmocka_unit_test(more_numbers_in_a_run_than_the_limit_are_refused),
        cmocka_unit_test(the_scan_never_underestimates_what_unpacking_takes),
        cmocka_unit_test(an_amplification_is_refused_before_anything_is_taken),
    };
    return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}

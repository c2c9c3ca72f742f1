#define _GNU_SOURCE /* memmem */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "aggregator/doctor.h"
#include "aggregator/journal.h"
#include "common/storage/file.h"
#include "common/storage/transaction.h"
#include "common/wire/rotation.h"
#include "tests/aggregator/workbench.h"

static void remember(enum audit_weight weight, const char *text, void *owner)
{
    (void)text;
    *(size_t *)owner += weight == AUDIT_PROBLEM;
}

struct heard {
    size_t notices, problems;
    char notice[512];
};

static void listen(enum audit_weight weight, const char *text, void *owner)
{
    struct heard *heard = owner;
    heard->problems += weight == AUDIT_PROBLEM;
    heard->notices += weight == AUDIT_NOTICE;
    if (weight == AUDIT_NOTICE)
        snprintf(heard->notice, sizeof heard->notice, "%s", text);
}

static void a_sound_store_has_no_problems(void **state)
{
    struct workbench *bench = *state;
    workbench_append_notes(bench, 300);
    workbench_append_notes(bench, 7);
    struct doctor_report report;
    size_t told = 0;

    assert_true(doctor_examine(bench->province, remember, &told, &report, &bench->err));

    assert_int_equal(told, 0);
    assert_int_equal(report.statements, 307);
    assert_int_equal(report.streams, 1);
    assert_int_equal(report.checkpoints, 5);
    assert_int_equal(report.entries, 310);
}

/* The stored bytes of a statement, in the file itself. */
static void flip_a_byte(struct workbench *bench, const char *inside)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct bytes content;
    const char *path = arena_format(arena, "%s/store/data.mdb", bench->folder.path);
    assert_true(file_read(path, (size_t)1 << 30, arena, &content, &bench->err));
    const char *found = memmem(content.data, content.size, inside, strlen(inside));
    assert_non_null(found);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, found - (const char *)content.data, SEEK_SET), 0);
    assert_int_equal(fputc(*found ^ 1, file), *found ^ 1);
    assert_int_equal(fclose(file), 0);
}

static void a_flipped_byte_in_the_store_is_found(void **state)
{
    struct workbench *bench = *state;
    (void)workbench_seal_note(bench, "x");
    bench->head = (struct stream_head){ 0 };
    workbench_append_notes(bench, 3);
    province_close(&bench->province);

    flip_a_byte(bench, "\x72\x06\x0a\x04note"); /* the last field of a statement */

    bench->province = province_open(bench->folder.path, &bench->seams, &bench->err);
    assert_null(bench->province);
    assert_int_equal(bench->err.kind, ERROR_CORRUPT);
}

/* Into the journal as it is, past everything that would look at it. */
static void append(struct workbench *bench, struct sealed_statement sealed)
{
    struct journal_record record = { .entry = { .kind = ENTRY_ARRIVAL }, .sealed = sealed };
    assert_true(statement_decode(sealed.statement, bench->arena, &record.statement, &bench->err));
    record.entry.arrival =
        (struct arrival){ .stream = bench->stream,
                          .sequence = record.statement.sequence,
                          .verdict = VERDICT_ACCEPTED,
                          .statement_hash = sealed_statement_hash(&record.sealed) };
    assert_true(ledger_begin(bench->province->ledger, WORKBENCH_UTC_MS, &bench->err));
    assert_true(ledger_take(bench->province->ledger, &record) > 0);
    assert_true(ledger_commit(bench->province->ledger, &bench->err));
}

/* What is sealed next names its hash. */
static void append_wrongly_signed(struct workbench *bench, struct sealed_statement sealed)
{
    sealed.signature[0] ^= 1;
    bench->head.hash = sealed_statement_hash(&sealed);
    append(bench, sealed);
}

static struct doctor_report examine(struct workbench *bench, struct heard *heard)
{
    struct doctor_report report;
    *heard = (struct heard){ 0 };
    assert_true(doctor_examine(bench->province, listen, heard, &report, &bench->err));
    assert_int_equal(report.problems, heard->problems);
    assert_int_equal(report.vouched, heard->notices);
    return report;
}

static void a_statement_signed_by_somebody_else_is_named(void **state)
{
    struct workbench *bench = *state;
    struct heard heard;
    append_wrongly_signed(bench, workbench_seal_note(bench, "forged"));

    examine(bench, &heard);

    assert_int_equal(heard.problems, 1);
    assert_int_equal(heard.notices, 0);
}

static void a_wrong_signature_with_a_witness_behind_it_is_a_notice_and_no_damage(void **state)
{
    struct workbench *bench = *state;
    struct heard heard;
    append_wrongly_signed(bench, workbench_seal_note(bench, "signed wrongly"));
    append(bench, workbench_seal_note(bench, "its witness"));

    struct doctor_report report = examine(bench, &heard);

    assert_int_equal(report.statements, 2);
    assert_int_equal(heard.problems, 0);
    assert_int_equal(heard.notices, 1);
    assert_non_null(strstr(heard.notice, "3"));
    assert_non_null(strstr(heard.notice, "4"));
    assert_non_null(strstr(heard.notice, "自身的签名无效"));
}

static void one_witness_stands_for_all_before_it_and_for_none_behind(void **state)
{
    struct workbench *bench = *state;
    struct heard heard;
    for (int i = 0; i < 2; i++)
        append_wrongly_signed(bench, workbench_seal_note(bench, "signed wrongly"));
    append(bench, workbench_seal_note(bench, "their witness"));
    for (int i = 0; i < 3; i++)
        append_wrongly_signed(bench, workbench_seal_note(bench, "nobody's"));

    examine(bench, &heard);

    assert_int_equal(heard.notices, 2);
    assert_int_equal(heard.problems, 3);
}

/* Another device of the zone signs well, and says nothing of this one. */
static void a_statement_of_another_stream_is_no_witness(void **state)
{
    struct workbench *bench = *state;
    struct heard heard;
    struct entry other = { .kind = ENTRY_ENROLMENT,
                           .enrolment = { .zone = bench->stream.zone,
                                          .device = { { 9 } },
                                          .epoch = 1,
                                          .keys = bench->pair.public,
                                          .label = "" } };
    struct journal_record record = { .entry = other };
    append_wrongly_signed(bench, workbench_seal_note(bench, "signed wrongly"));
    assert_true(ledger_begin(bench->province->ledger, WORKBENCH_UTC_MS, &bench->err));
    assert_true(ledger_take(bench->province->ledger, &record) > 0);
    assert_true(ledger_commit(bench->province->ledger, &bench->err));
    bench->stream.device = other.enrolment.device;
    bench->head.sequence = 0;
    bench->head.hash = (struct digest){ { 0 } };
    append(bench, workbench_seal_note(bench, "of another"));

    examine(bench, &heard);

    assert_int_equal(heard.notices, 0);
    assert_int_equal(heard.problems, 1);
}

static void a_statement_under_another_key_is_no_witness(void **state)
{
    struct workbench *bench = *state;
    struct heard heard;
    struct key_pair next = key_pair_create(&bench->random.random);
    struct statement change = { .kind = STATEMENT_KEY_ROTATION, .stream = bench->stream };
    append(bench, workbench_seal_note(bench, "good"));
    change.sequence = bench->head.sequence + 1;
    change.previous = bench->head.hash;
    rotation_sign(&change, &next);
    append_wrongly_signed(bench, workbench_seal_next(bench, change));
    bench->pair = next;
    append(bench, workbench_seal_note(bench, "under the new key"));

    examine(bench, &heard);

    assert_int_equal(heard.notices, 0);
    assert_int_equal(heard.problems, 1);
}

#define WITH_BENCH(test)                                                                           \
    cmocka_unit_test_setup_teardown(test, workbench_set_up, workbench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BENCH(a_sound_store_has_no_problems),
        WITH_BENCH(a_flipped_byte_in_the_store_is_found),
        WITH_BENCH(a_statement_signed_by_somebody_else_is_named),
        WITH_BENCH(a_wrong_signature_with_a_witness_behind_it_is_a_notice_and_no_damage),
        WITH_BENCH(one_witness_stands_for_all_before_it_and_for_none_behind),
        WITH_BENCH(a_statement_of_another_stream_is_no_witness),
        WITH_BENCH(a_statement_under_another_key_is_no_witness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#define _GNU_SOURCE /* memmem */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "aggregator/doctor.h"
#include "aggregator/journal.h"
#include "common/storage/file.h"
#include "common/storage/transaction.h"
#include "tests/aggregator/workbench.h"

static void remember(const char *problem, void *owner)
{
    (void)problem;
    ++*(size_t *)owner;
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

static void a_statement_signed_by_somebody_else_is_named(void **state)
{
    struct workbench *bench = *state;
    struct sealed_statement sealed = workbench_seal_note(bench, "forged");
    struct journal_record record = { .entry = { .kind = ENTRY_ARRIVAL }, .sealed = sealed };
    struct doctor_report report;
    size_t told = 0;
    record.sealed.signature[0] ^= 1;
    assert_true(statement_decode(sealed.statement, bench->arena, &record.statement, &bench->err));
    record.entry.arrival =
        (struct arrival){ .stream = bench->stream,
                          .sequence = 1,
                          .verdict = VERDICT_ACCEPTED,
                          .statement_hash = sealed_statement_hash(&record.sealed) };
    assert_true(ledger_begin(bench->province->ledger, WORKBENCH_UTC_MS, &bench->err));
    assert_true(ledger_take(bench->province->ledger, &record) > 0);
    assert_true(ledger_commit(bench->province->ledger, &bench->err));

    assert_true(doctor_examine(bench->province, remember, &told, &report, &bench->err));

    assert_int_equal(told, 1);
    assert_int_equal(report.problems, 1);
}

#define WITH_BENCH(test)                                                                           \
    cmocka_unit_test_setup_teardown(test, workbench_set_up, workbench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BENCH(a_sound_store_has_no_problems),
        WITH_BENCH(a_flipped_byte_in_the_store_is_found),
        WITH_BENCH(a_statement_signed_by_somebody_else_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

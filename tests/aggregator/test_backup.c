#define _GNU_SOURCE /* memmem */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "aggregator/backup.h"
#include "aggregator/landmarks.h"
#include "aggregator/restore.h"
#include "common/storage/file.h"
#include "common/wire/sealed_keys.h"
#include "tests/aggregator/workbench.h"

#define STORE_SIZE_MAX ((size_t)1 << 30)
#define PASSPHRASE "a long and secret phrase"

static struct temporary_folder medium;

static int set_up(void **state)
{
    temporary_folder_create(&medium);
    return workbench_set_up(state);
}

static int tear_down(void **state)
{
    temporary_folder_remove(&medium);
    return workbench_tear_down(state);
}

static struct backup_request request_of(struct workbench *bench)
{
    return (struct backup_request){ .data_folder = bench->folder.path,
                                    .folder = medium.path,
                                    .medium = "stick 3",
                                    .same_device = true };
}

static struct backup copy_to_medium(struct workbench *bench)
{
    struct backup_request request = request_of(bench);
    struct backup backup;
    assert_true(backup_copy(bench->province, &request, &backup, &bench->err));
    return backup;
}

static struct landmark record_of(struct workbench *bench, struct backup_record *out)
{
    return landmarks_backup(ledger_landmarks(bench->province->ledger), out);
}

/* The bytes of a statement inside the copy. */
static void damage(struct workbench *bench, const char *folder)
{
    struct bytes content;
    const char *path = arena_format(bench->arena, "%s/store/data.mdb", folder);
    assert_true(file_read(path, STORE_SIZE_MAX, bench->arena, &content, &bench->err));
    const char *found = memmem(content.data, content.size, "\x72\x06\x0a\x04note", 8);
    assert_non_null(found);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, found + 5 - (const char *)content.data, SEEK_SET), 0);
    assert_int_equal(fputc('N', file), 'N');
    assert_int_equal(fclose(file), 0);
}

static void truncate_copy(struct workbench *bench, const char *folder, size_t percent)
{
    struct bytes content;
    const char *path = arena_format(bench->arena, "%s/store/data.mdb", folder);
    assert_true(file_read(path, STORE_SIZE_MAX, bench->arena, &content, &bench->err));
    content.size = content.size * percent / 100;
    assert_true(file_replace(path, content, 0600, &bench->err));
}

static void a_backup_is_recorded_once_it_was_read_back_and_verified(void **state)
{
    struct workbench *bench = *state;
    struct backup_finding finding;
    struct backup_record record;
    workbench_append_notes(bench, 600);
    uint64_t size = ledger_size(bench->province->ledger);
    struct digest root = tree_root(ledger_tree(bench->province->ledger));
    struct backup backup = copy_to_medium(bench);
    workbench_append_notes(bench, 3); /* others write meanwhile */
    assert_false(record_of(bench, &record).there);

    assert_true(backup_finish(bench->province, &backup, "stick 3", &finding, &bench->err));

    struct landmark mark = record_of(bench, &record);
    assert_true(mark.there);
    assert_int_equal(mark.position, size + 3);
    assert_int_equal(record.size, size);
    assert_true(digest_equal(&record.root, &root));
    assert_string_equal(record.medium, "stick 3");
    assert_int_equal(finding.report.statements, 600);
    assert_true(file_exists(backup.name));
    assert_false(file_exists(backup.part));
    assert_true(backup_prove(backup.name, &finding, &bench->err));
    workbench_restart(bench);
    assert_true(record_of(bench, &record).there);
}

static void a_copy_that_was_damaged_on_its_way_is_no_backup(void **state)
{
    struct workbench *bench = *state;
    struct backup_finding finding;
    struct backup_record record;
    workbench_append_notes(bench, 20);
    struct backup backup = copy_to_medium(bench);
    damage(bench, backup.part);

    assert_false(backup_finish(bench->province, &backup, "stick 3", &finding, &bench->err));

    assert_int_equal(bench->err.kind, ERROR_CORRUPT);
    assert_false(record_of(bench, &record).there);
    assert_false(file_exists(backup.name));
}

static void a_copy_cut_short_is_refused_however_short(void **state)
{
    struct workbench *bench = *state;
    struct backup_finding finding;
    workbench_append_notes(bench, 300);
    for (size_t percent = 0; percent < 100; percent += 9) {
        bench->clock.utc_ms += 1000;
        struct backup backup = copy_to_medium(bench);
        truncate_copy(bench, backup.part, percent);
        assert_false(backup_prove(backup.part, &finding, &bench->err));
    }
}

static void the_disk_of_the_data_is_refused_as_a_medium(void **state)
{
    struct workbench *bench = *state;
    struct backup_request request = request_of(bench);
    struct backup backup;
    request.same_device = false;
    assert_false(backup_copy(bench->province, &request, &backup, &bench->err));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
}

static void the_keys_are_not_in_a_backup_unless_sealed(void **state)
{
    struct workbench *bench = *state;
    struct backup backup = copy_to_medium(bench);
    assert_false(file_exists(arena_format(bench->arena, "%s/" BACKUP_KEYS_FILE, backup.part)));
    assert_false(file_exists(arena_format(bench->arena, "%s/keys", backup.part)));

    struct backup_request request = request_of(bench);
    struct key_pair pair;
    struct bytes sealed;
    bench->clock.utc_ms += 1000;
    request.passphrase = "short";
    assert_false(backup_copy(bench->province, &request, &backup, &bench->err));
    bench->clock.utc_ms += 1000;
    request.passphrase = PASSPHRASE;
    assert_true(backup_copy(bench->province, &request, &backup, &bench->err));

    assert_true(file_read(arena_format(bench->arena, "%s/" BACKUP_KEYS_FILE, backup.part),
                          SEALED_KEYS_SIZE, bench->arena, &sealed, &bench->err));
    assert_false(key_pair_unseal(sealed, "another secret phrase", &pair, &bench->err));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
    assert_true(key_pair_unseal(sealed, PASSPHRASE, &pair, &bench->err));
    assert_memory_equal(&pair, &bench->province->pair, sizeof pair);
}

static struct restore_request restore_of(struct workbench *bench, const struct backup *backup,
                                         const char *to)
{
    return (struct restore_request){
        .from = backup->name,
        .data_folder = to,
        .keys = arena_format(bench->arena, "%s/keys", bench->folder.path),
        .signer_folder = bench->signer_folder.path,
    };
}

static void a_restored_backup_has_everything_and_is_behind_the_signer(void **state)
{
    struct workbench *bench = *state;
    struct backup_finding finding;
    const char *to = arena_format(bench->arena, "%s/restored", medium.path);
    workbench_append_notes(bench, 30);
    uint64_t size = ledger_size(bench->province->ledger);
    struct backup backup = copy_to_medium(bench);
    assert_true(backup_finish(bench->province, &backup, "stick 3", &finding, &bench->err));
    workbench_append_notes(bench, 5);
    struct restore_request request = restore_of(bench, &backup, to);

    assert_true(restore_run(&request, &finding, &bench->err));

    assert_int_equal(finding.report.entries, size);
    province_close(&bench->province);
    bench->province = province_open(to, &bench->seams, &bench->err);
    assert_non_null(bench->province);
    assert_int_equal(ledger_size(bench->province->ledger), size);
    assert_false(ledger_refresh(bench->province->ledger, &bench->err));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
    assert_false(restore_run(&request, &finding, &bench->err));
    assert_int_equal(bench->err.kind, ERROR_CONFLICT);
}

static void a_damaged_backup_is_not_restored(void **state)
{
    struct workbench *bench = *state;
    struct backup_finding finding;
    const char *to = arena_format(bench->arena, "%s/restored", medium.path);
    workbench_append_notes(bench, 30);
    struct backup backup = copy_to_medium(bench);
    assert_true(backup_finish(bench->province, &backup, "stick 3", &finding, &bench->err));
    damage(bench, backup.name);
    struct restore_request request = restore_of(bench, &backup, to);

    assert_false(restore_run(&request, &finding, &bench->err));

    assert_int_equal(bench->err.kind, ERROR_CORRUPT);
    assert_false(file_exists(arena_format(bench->arena, "%s/store", to)));
    assert_false(file_exists(arena_format(bench->arena, "%s/province.card", to)));
}

static void without_the_right_keys_nothing_is_restored(void **state)
{
    struct workbench *bench = *state;
    struct backup_finding finding;
    const char *to = arena_format(bench->arena, "%s/restored", medium.path);
    unsigned char encoded[KEY_FILE_SIZE];
    struct backup backup = copy_to_medium(bench);
    assert_true(backup_finish(bench->province, &backup, "stick 3", &finding, &bench->err));
    struct restore_request request = restore_of(bench, &backup, to);
    request.keys = NULL;
    assert_false(restore_run(&request, &finding, &bench->err));
    assert_int_equal(bench->err.kind, ERROR_UNAVAILABLE);

    struct key_pair other = key_pair_create(&bench->random.random);
    key_pair_encode(&other, encoded);
    request.keys = arena_format(bench->arena, "%s/other-keys", medium.path);
    assert_true(file_create(request.keys, BYTES_OF(encoded), 0600, &bench->err));
    assert_false(restore_run(&request, &finding, &bench->err));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
    assert_false(file_exists(to));
}

#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BENCH(a_backup_is_recorded_once_it_was_read_back_and_verified),
        WITH_BENCH(a_copy_that_was_damaged_on_its_way_is_no_backup),
        WITH_BENCH(a_copy_cut_short_is_refused_however_short),
        WITH_BENCH(the_disk_of_the_data_is_refused_as_a_medium),
        WITH_BENCH(the_keys_are_not_in_a_backup_unless_sealed),
        WITH_BENCH(a_restored_backup_has_everything_and_is_behind_the_signer),
        WITH_BENCH(a_damaged_backup_is_not_restored),
        WITH_BENCH(without_the_right_keys_nothing_is_restored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

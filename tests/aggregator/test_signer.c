#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "aggregator/signer.h"
#include "aggregator/signer_place.h"
#include "common/storage/file.h"
#include "common/wire/proof.h"
#include "tests/aggregator/workbench.h"

#define STORE_SIZE_MAX ((size_t)1 << 30)

static const char *store_file(struct workbench *bench)
{
    return arena_format(bench->arena, "%s/store/data.mdb", bench->folder.path);
}

static const char *state_file(struct workbench *bench)
{
    return arena_format(bench->arena, "%s/" SIGNER_STATE_FILE, bench->signer_folder.path);
}

static struct bytes copy_of(struct workbench *bench, const char *path)
{
    struct bytes content;
    assert_true(file_read(path, STORE_SIZE_MAX, bench->arena, &content, &bench->err));
    return content;
}

static void put_back(struct workbench *bench, const char *path, struct bytes content)
{
    assert_true(file_replace(path, content, 0600, &bench->err));
}

static struct signed_head head_on_disk(struct workbench *bench)
{
    CLEANUP(signer_close) struct signer *signer = workbench_signer(bench);
    return signer_head(signer);
}

static bool may_begin(struct workbench *bench)
{
    bool begun = ledger_begin(bench->province->ledger, WORKBENCH_UTC_MS, &bench->err);
    if (begun)
        ledger_abort(bench->province->ledger);
    return begun;
}

static void every_batch_leaves_its_size_and_root_with_the_signer(void **state)
{
    struct workbench *bench = *state;
    for (size_t i = 1; i < 20; i++) {
        workbench_append_notes(bench, i);

        struct signed_head head = head_on_disk(bench);
        struct digest root = tree_root(ledger_tree(bench->province->ledger));
        assert_int_equal(head.size, ledger_size(bench->province->ledger));
        assert_true(digest_equal(&head.root, &root));
        assert_int_equal(head.generation, GENERATION_FIRST);
    }
}

static void what_does_not_extend_is_not_signed(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(signer_close) struct signer *signer = workbench_signer(bench);
    struct signed_head before = signer_head(signer);
    struct signer_extension other = { before.size + 1, before.root, &before.root, 1 };
    struct signer_extension shorter = { before.size - 1, before.root, NULL, 0 };
    struct signer_extension changed = { before.size, { { 1 } }, NULL, 0 };
    struct bytes text;
    assert_true(signer_lock(signer, &bench->err));

    assert_false(signer_sign(signer, &other, bench->arena, &text, &bench->err));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
    assert_false(signer_sign(signer, &shorter, bench->arena, &text, &bench->err));
    assert_false(signer_sign(signer, &changed, bench->arena, &text, &bench->err));

    signer_unlock(signer);
    struct signed_head after = head_on_disk(bench);
    assert_memory_equal(&before, &after, sizeof before);
}

static void what_was_signed_and_not_released_is_forgotten(void **state)
{
    struct workbench *bench = *state;
    CLEANUP(signer_close) struct signer *signer = workbench_signer(bench);
    struct signed_head before = signer_head(signer);
    struct digest leaf = { { 7 } };
    struct digest root = before.root;
    struct bytes text;
    /* 4 = a whole subtree: its root is the left child of the next one's. */
    workbench_append_notes(bench, 1);
    assert_true(signer_lock(signer, &bench->err));
    before = signer_head(signer);
    assert_int_equal(before.size, 4);
    root = proof_node(&before.root, &leaf);
    struct signer_extension next = { 5, root, &leaf, 1 };

    assert_true(signer_sign(signer, &next, bench->arena, &text, &bench->err));
    signer_unlock(signer);

    struct signed_head after = head_on_disk(bench);
    assert_int_equal(after.size, before.size);
    assert_true(signer_lock(signer, &bench->err));
    assert_true(signer_sign(signer, &next, bench->arena, &text, &bench->err));
    assert_true(signer_release(signer, &bench->err));
    signer_unlock(signer);
    assert_int_equal(head_on_disk(bench).size, 5);
}

static void a_journal_that_was_rolled_back_is_refused_and_can_be_read(void **state)
{
    struct workbench *bench = *state;
    workbench_append_notes(bench, 3);
    struct bytes old = copy_of(bench, store_file(bench));
    workbench_append_notes(bench, 2);
    struct bytes new = copy_of(bench, store_file(bench));
    province_close(&bench->province);
    put_back(bench, store_file(bench), old);

    workbench_restart(bench);

    assert_int_equal(ledger_size(bench->province->ledger), 6);
    assert_false(may_begin(bench));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
    assert_non_null(strstr(bench->err.text, "generation open"));
    assert_false(ledger_refresh(bench->province->ledger, &bench->err));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);

    province_close(&bench->province);
    put_back(bench, store_file(bench), new);
    workbench_restart(bench);
    assert_true(may_begin(bench));
}

/* The power went after the commit, before the signer's state was on disk. */
static void a_signer_left_behind_proves_the_journal_and_catches_up(void **state)
{
    struct workbench *bench = *state;
    for (size_t i = 0; i < 30; i++) {
        struct bytes old = copy_of(bench, state_file(bench));
        workbench_append_notes(bench, i % 7 + 1);
        province_close(&bench->province);
        put_back(bench, state_file(bench), old);

        workbench_restart(bench);

        assert_true(ledger_refresh(bench->province->ledger, &bench->err));
        struct signed_head head = head_on_disk(bench);
        struct digest root = tree_root(ledger_tree(bench->province->ledger));
        assert_int_equal(head.size, ledger_size(bench->province->ledger));
        assert_true(digest_equal(&head.root, &root));
    }
}

static void another_history_of_the_same_length_is_refused(void **state)
{
    struct workbench *bench = *state;
    workbench_append_notes(bench, 2);
    struct bytes old = copy_of(bench, store_file(bench));
    struct bytes state_then = copy_of(bench, state_file(bench));
    struct stream_head head = bench->head;
    workbench_append_notes(bench, 1);
    struct bytes signed_state = copy_of(bench, state_file(bench));
    province_close(&bench->province);
    put_back(bench, store_file(bench), old);
    put_back(bench, state_file(bench), state_then);
    workbench_restart(bench);
    bench->head = head;
    bench->clock.utc_ms += 1;
    assert_true(ledger_begin(bench->province->ledger, WORKBENCH_UTC_MS + 1, &bench->err));
    struct journal_record record = { .entry = { .kind = ENTRY_REVOCATION,
                                                .revocation = { bench->stream.zone,
                                                                bench->stream.device, "x" } } };
    assert_true(ledger_take(bench->province->ledger, &record) > 0);
    assert_true(ledger_commit(bench->province->ledger, &bench->err));
    province_close(&bench->province);
    put_back(bench, state_file(bench), signed_state);

    workbench_restart(bench);

    assert_false(may_begin(bench));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
}

static void a_folder_inside_the_data_folder_is_refused(void **state)
{
    struct workbench *bench = *state;
    const char *place;
    const char *inside = arena_format(bench->arena, "%s/signer-in-here", bench->folder.path);

    assert_false(
        signer_place_choose(bench->folder.path, inside, bench->arena, &place, &bench->err));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
    assert_false(signer_place_choose(bench->folder.path, bench->folder.path, bench->arena, &place,
                                     &bench->err));
}

static void the_state_of_another_log_is_refused(void **state)
{
    struct workbench *bench = *state;
    struct key_pair other = key_pair_create(&bench->random.random);
    struct signer_options options = { bench->signer_folder.path, bench->province->card.origin,
                                      &other };
    assert_null(signer_open(&options, &bench->err));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
    options = (struct signer_options){ bench->signer_folder.path, "zonetally/other",
                                       &bench->province->pair };
    assert_null(signer_open(&options, &bench->err));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
}

static void without_a_state_nothing_is_taken_in_until_one_is_adopted(void **state)
{
    struct workbench *bench = *state;
    struct bytes none = { NULL, 0 };
    workbench_append_notes(bench, 4);
    const char *place = arena_format(bench->arena, "%s/" SIGNER_PLACE_FILE, bench->folder.path);
    assert_int_equal(remove(place), 0);
    assert_int_equal(remove(state_file(bench)), 0);
    workbench_restart(bench);
    assert_int_equal(ledger_size(bench->province->ledger), 7);
    assert_false(may_begin(bench));
    assert_int_equal(bench->err.kind, ERROR_UNAVAILABLE);

    assert_true(province_adopt_signer(bench->province, bench->folder.path,
                                      bench->signer_folder.path, none, &bench->err));

    assert_false(
        province_adopt_signer(bench->province, bench->folder.path, NULL, none, &bench->err));
    assert_int_equal(bench->err.kind, ERROR_CONFLICT);
    workbench_restart(bench);
    workbench_append_notes(bench, 1);
    assert_int_equal(head_on_disk(bench).size, 8);
}

#define WITH_BENCH(test)                                                                           \
    cmocka_unit_test_setup_teardown(test, workbench_set_up, workbench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BENCH(every_batch_leaves_its_size_and_root_with_the_signer),
        WITH_BENCH(what_does_not_extend_is_not_signed),
        WITH_BENCH(what_was_signed_and_not_released_is_forgotten),
        WITH_BENCH(a_journal_that_was_rolled_back_is_refused_and_can_be_read),
        WITH_BENCH(a_signer_left_behind_proves_the_journal_and_catches_up),
        WITH_BENCH(another_history_of_the_same_length_is_refused),
        WITH_BENCH(a_folder_inside_the_data_folder_is_refused),
        WITH_BENCH(the_state_of_another_log_is_refused),
        WITH_BENCH(without_a_state_nothing_is_taken_in_until_one_is_adopted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/support/test.h"

#include <string.h>

#include "agent/catalogues.h"
#include "agent/doctor.h"
#include "agent/drafts.h"
#include "agent/editing.h"
#include "agent/history.h"
#include "agent/receipts.h"
#include "agent/recovered.h"
#include "agent/recovery.h"
#include "agent/statements.h"
#include "common/base/arena.h"
#include "common/base/language.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/transaction.h"
#include "common/wire/receipt.h"
#include "common/wire/statement.h"
#include "tests/agent/recovery_fixture.h"
#include "tests/support/edition.h"

static void assert_refused(struct recovery_fixture *f, const struct excerpt *page, const char *part)
{
    assert_false(recovery_accept_page(f, f->fresh, page));
    assert_int_equal(f->err.kind, ERROR_REFUSED);
    if (!strstr(f->err.text, part))
        fail_msg("%s: %s", part, f->err.text);
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(f->fresh->agent->store.database);
    assert_int_equal(recovery_state(&f->fresh->agent->store, txn).next, 0);
    assert_int_equal(history_list(&f->fresh->agent->store, txn, NULL, f->fresh->arena).count, 0);
}

static void the_history_comes_back_byte_for_byte_and_its_receipts_verify(void **state)
{
    struct recovery_fixture *f = *state;
    recovery_run(f, f->fresh);

    CLEANUP(transaction_abort)
    struct transaction *old = transaction_read(f->old->agent->store.database);
    CLEANUP(transaction_abort)
    struct transaction *fresh = transaction_read(f->fresh->agent->store.database);
    assert_int_equal(f->page.statements, 3);
    for (uint64_t sequence = 1; sequence <= 3; sequence++) {
        struct recovered_at at = { f->old->agent->device.stream.device, 1, sequence };
        struct sealed_statement was, is;
        struct bytes text;
        struct receipt receipt;
        assert_true(statements_get(&f->old->agent->store, old, sequence, &was, &f->err));
        assert_true(recovered_get(&f->fresh->agent->store, fresh, &at, &is, &f->err));
        assert_true(bytes_equal(was.statement, is.statement));
        assert_memory_equal(was.signature, is.signature, sizeof was.signature);
        assert_true(recovered_receipt(&f->fresh->agent->store, fresh, &at, &text));
        assert_true(receipt_read(text, f->fresh->arena, &receipt, &f->err));
        assert_true(receipt_verify(&receipt, "zonetally/jilin",
                                   f->old->province_keys.public.signing, &f->err));
    }
}

static void versions_go_on_where_the_old_machine_stopped(void **state)
{
    struct recovery_fixture *f = *state;
    recovery_run(f, f->fresh);
    assert_int_equal(recovery_newest(f->fresh, 2).stage, STAGE_ACCEPTED);
    assert_int_equal(recovery_newest(f->fresh, 3).stage, STAGE_REJECTED);

    struct sealing correction = zone_office_seal(f->fresh, monthly_return(2), 7);
    struct sealing again = zone_office_seal(f->fresh, monthly_return(3), 7);

    assert_int_equal(correction.version, 2);
    assert_int_equal(correction.base, 1);
    assert_int_equal(correction.sequence, 1);
    assert_int_equal(again.version, 2);
    assert_int_equal(again.base, 0);
}

static void a_correction_starts_from_the_recovered_figures(void **state)
{
    struct recovery_fixture *f = *state;
    recovery_run(f, f->fresh);
    struct draft draft;
    enum editing_origin origin;

    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(f->fresh->agent->store.database);
    assert_true(editing_load(f->fresh->agent, txn, monthly_return(2), f->fresh->arena, &draft,
                             &origin, &f->err));

    assert_int_equal(origin, EDITING_SEALED);
    assert_true(draft.submission.cell_count > 10);
}

static void recovering_twice_is_recovering_once(void **state)
{
    struct recovery_fixture *f = *state;
    recovery_run(f, f->fresh);
    uint64_t statements = f->end.statements;
    struct database_use before, after;
    assert_true(database_measure(f->fresh->agent->store.database, &before, &f->err));

    recovery_run(f, f->fresh);

    assert_int_equal(f->page.statements, 0);
    assert_int_equal(f->end.statements, statements);
    assert_true(database_measure(f->fresh->agent->store.database, &after, &f->err));
    assert_int_equal(after.entries, before.entries);
}

static void page_by_page_with_a_restart_between_is_the_same_as_at_once(void **state)
{
    struct recovery_fixture *f = *state;
    for (size_t first = 0; first < f->count; first++) {
        struct excerpt page = recovery_page_of(f, first, 1, first > 0 ? f->journal.size : 0);
        if (!recovery_accept_page(f, f->fresh, &page))
            fail_msg("page %zu: %s", first, f->err.text);
        assert_true(recovery_accept_page(f, f->fresh, &page)); /* a repeat */
        zone_office_reopen(f->fresh);
    }
    assert_true(recovery_finish(f->fresh->agent, f->fresh->arena, &f->end, &f->err));

    assert_int_equal(f->end.statements, 3);
    assert_int_equal(recovery_newest(f->fresh, 4).stage, STAGE_ACCEPTED);
}

static void a_page_before_which_one_is_missing_is_refused(void **state)
{
    struct recovery_fixture *f = *state;
    struct excerpt page = recovery_page_of(f, 2, f->count - 2, 0);

    assert_refused(f, &page, "missing");
}

static void a_statement_that_does_not_follow_the_one_before_is_refused(void **state)
{
    struct recovery_fixture *f = *state;
    /* The first two statements are left out: the third names one that is not there. */
    size_t positions[] = { f->positions[0], f->positions[1], f->positions[4], f->positions[5] };
    struct excerpt page = little_journal_excerpt(&f->journal, positions, COUNT_OF(positions), 0);

    assert_refused(f, &page, "does not follow");
}

static void a_statement_signed_with_another_key_is_refused(void **state)
{
    struct recovery_fixture *f = *state;
    struct excerpt page = recovery_page_of(f, 0, f->count, 0);
    struct excerpt_item items[LITTLE_JOURNAL_ENTRIES_MAX];
    memcpy(items, page.items, page.count * sizeof *items);
    /* The hash that is signed for covers the signature: so the entry is made to fit, too. */
    struct entry entry = items[2].entry;
    items[2].sealed.signature[0] ^= 1;
    entry.arrival.statement_hash = sealed_statement_hash(&items[2].sealed);
    f->journal.size = 2;
    f->count = 2;
    recovery_append(f, &entry, &items[2].sealed);
    recovery_enrol(f, f->fresh, 1);
    page = recovery_page_of(f, 0, f->count, 0);

    assert_refused(f, &page, "not signed");
}

static void a_statement_of_a_device_that_nobody_enrolled_is_refused(void **state)
{
    struct recovery_fixture *f = *state;
    size_t positions[] = { f->positions[0], f->positions[2] };
    struct excerpt page = little_journal_excerpt(&f->journal, positions, COUNT_OF(positions), 0);

    assert_refused(f, &page, "no entry enrols");
}

static void another_statement_than_the_entry_speaks_of_is_refused(void **state)
{
    struct recovery_fixture *f = *state;
    struct excerpt page = recovery_page_of(f, 0, f->count, 0);
    struct excerpt_item items[LITTLE_JOURNAL_ENTRIES_MAX];
    memcpy(items, page.items, page.count * sizeof *items);
    items[2].sealed = items[3].sealed;
    page.items = items;

    assert_refused(f, &page, "not the one");
}

static void an_entry_that_is_not_in_the_journal_is_refused(void **state)
{
    struct recovery_fixture *f = *state;
    struct excerpt page = recovery_page_of(f, 0, f->count, 0);
    struct excerpt_item items[LITTLE_JOURNAL_ENTRIES_MAX];
    memcpy(items, page.items, page.count * sizeof *items);
    items[2].encoded = items[3].encoded;
    items[2].entry = items[3].entry;
    items[2].sealed = items[3].sealed;
    page.items = items;

    assert_refused(f, &page, "not proved");
}

static void what_only_the_old_machine_had_is_counted(void **state)
{
    struct recovery_fixture *f = *state;
    struct heard_stream heard = { f->old->agent->device.stream.device, 1, 5 };
    struct excerpt page = recovery_page_of(f, 0, f->count, 0);
    page.streams = &heard;
    page.stream_count = 1;

    assert_true(recovery_accept_page(f, f->fresh, &page));

    assert_int_equal(f->page.lost, 2);
}

static void a_newer_catalogue_comes_with_the_history_and_no_older_one_after_it(void **state)
{
    struct recovery_fixture *f = *state;
    struct catalogues_mark mark;
    recovery_adopt(f, edition(2, f->old->arena));
    recovery_run(f, f->fresh);

    assert_int_equal(f->end.version, 2);
    assert_int_equal(f->fresh->agent->catalogue->version, 2);
    zone_office_reopen(f->fresh);
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(f->fresh->agent->store.database);
    assert_true(catalogues_marked(&f->fresh->agent->store, txn, &mark));
    assert_int_equal(mark.version, 2);
}

static void a_machine_that_was_not_enrolled_is_told(void **state)
{
    struct recovery_fixture *f = *state;
    f->count--; /* the last entry enrols it */
    struct excerpt page = little_journal_excerpt(&f->journal, f->positions, f->count, 0);

    assert_true(recovery_accept_page(f, f->fresh, &page));
    assert_false(recovery_finish(f->fresh->agent, f->fresh->arena, &f->end, &f->err));

    assert_int_equal(f->err.kind, ERROR_REFUSED);
}

/* The old machine, restored from a copy in which nothing was sealed yet, seals something else. */
static struct zone_office *restored(struct recovery_fixture *f)
{
    zone_office_close(&f->fresh);
    f->fresh = zone_office_open(); /* the same seed: the same device and keys */
    assert_memory_equal(&f->fresh->agent->device, &f->old->agent->device,
                        sizeof f->fresh->agent->device.stream);
    zone_office_seal(f->fresh, monthly_return(5), 1);
    return f->fresh;
}

static void a_restored_machine_is_told_to_be_enrolled_anew(void **state)
{
    struct recovery_fixture *f = *state;
    struct zone_office *office = restored(f);
    struct excerpt page = recovery_page_of(f, 0, f->count, 0);

    assert_true(recovery_accept_page(f, office, &page));
    assert_false(recovery_finish(office->agent, office->arena, &f->end, &f->err));

    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_int_equal(office->agent->device.stream.epoch, 1);
}

static void under_a_new_epoch_a_restored_machine_goes_on_and_keeps_what_nobody_got(void **state)
{
    struct recovery_fixture *f = *state;
    struct zone_office *office = restored(f);
    recovery_enrol(f, f->old, 2);

    recovery_run(f, office);
    zone_office_reopen(office);

    struct draft draft;
    bool found;
    assert_int_equal(f->end.epoch, 2);
    assert_int_equal(f->end.stranded, 1);
    assert_int_equal(office->agent->device.stream.epoch, 2);
    {
        CLEANUP(transaction_abort)
        struct transaction *txn = transaction_read(office->agent->store.database);
        struct stream_head head;
        assert_true(statements_head(&office->agent->store, txn, &head, &f->err));
        assert_int_equal(head.sequence, 0);
        assert_true(drafts_get(&office->agent->store, txn, monthly_return(5), office->arena, &draft,
                               &found, &f->err));
        assert_true(found);
        assert_int_equal(transaction_count(txn, office->agent->store.stranded), 1);
        assert_int_equal(history_list(&office->agent->store, txn, NULL, office->arena).count, 3);
    }
    struct sealing next = zone_office_seal(office, monthly_return(2), 9);
    assert_int_equal(next.sequence, 1);
    assert_int_equal(next.version, 2);
}

static void the_doctor_examines_what_was_recovered(void **state)
{
    struct recovery_fixture *f = *state;
    struct doctor_report report;
    recovery_run(f, f->fresh);
    struct recovered_at at = { f->old->agent->device.stream.device, 1, 2 };
    assert_true(doctor_examine(f->fresh->agent, NULL, f->fresh->arena, &report));
    assert_int_equal(report.statements, 3);

    struct store *store = &f->fresh->agent->store;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_write(store->database);
    struct recovered_at other = { at.device, 1, 3 };
    struct sealed_statement sealed;
    assert_true(recovered_get(store, txn, &other, &sealed, &f->err));
    sealed.statement = arena_copy_bytes(f->fresh->arena, sealed.statement);
    recovered_put(store, txn, &at, &sealed, (struct bytes){ NULL, 0 }, f->fresh->arena);
    assert_true(transaction_commit(&txn, &f->err));

    assert_false(doctor_examine(f->fresh->agent, NULL, f->fresh->arena, &report));
    assert_true(report.problem_count > 0);
}

#define WITH_FIXTURE(test)                                                                         \
    cmocka_unit_test_setup_teardown(test, recovery_set_up, recovery_tear_down)

int main(void)
{
    language_set(LANGUAGE_ENGLISH);
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(the_history_comes_back_byte_for_byte_and_its_receipts_verify),
        WITH_FIXTURE(versions_go_on_where_the_old_machine_stopped),
        WITH_FIXTURE(a_correction_starts_from_the_recovered_figures),
        WITH_FIXTURE(recovering_twice_is_recovering_once),
        WITH_FIXTURE(page_by_page_with_a_restart_between_is_the_same_as_at_once),
        WITH_FIXTURE(a_page_before_which_one_is_missing_is_refused),
        WITH_FIXTURE(a_statement_that_does_not_follow_the_one_before_is_refused),
        WITH_FIXTURE(a_statement_signed_with_another_key_is_refused),
        WITH_FIXTURE(a_statement_of_a_device_that_nobody_enrolled_is_refused),
        WITH_FIXTURE(another_statement_than_the_entry_speaks_of_is_refused),
        WITH_FIXTURE(an_entry_that_is_not_in_the_journal_is_refused),
        WITH_FIXTURE(what_only_the_old_machine_had_is_counted),
        WITH_FIXTURE(a_newer_catalogue_comes_with_the_history_and_no_older_one_after_it),
        WITH_FIXTURE(a_machine_that_was_not_enrolled_is_told),
        WITH_FIXTURE(a_restored_machine_is_told_to_be_enrolled_anew),
        WITH_FIXTURE(the_doctor_examines_what_was_recovered),
        WITH_FIXTURE(under_a_new_epoch_a_restored_machine_goes_on_and_keeps_what_nobody_got),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

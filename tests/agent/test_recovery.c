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
#include "tests/support/edition.h"
#include "tests/support/little_journal.h"
#include "tests/support/zone_office.h"

/* An old machine that reported three months, and a new one without a history. */
struct fixture {
    struct zone_office *old, *fresh;
    struct little_journal journal;
    size_t positions[LITTLE_JOURNAL_ENTRIES_MAX]; /* of what concerns the zone */
    size_t count;
    struct recovery_page page;
    struct recovery_end end;
    struct error err;
};

static void append(struct fixture *f, const struct entry *entry,
                   const struct sealed_statement *sealed)
{
    f->positions[f->count++] = little_journal_add(&f->journal, entry, sealed);
}

static void adopt(struct fixture *f, struct sources sources)
{
    struct entry entry = { .utc_ms = 1,
                           .kind = ENTRY_CATALOGUE,
                           .catalogue = sources_pack(sources, f->old->arena) };
    append(f, &entry, NULL);
}

static void enrol(struct fixture *f, const struct zone_office *office, uint32_t epoch)
{
    const struct stream_id *stream = &office->agent->device.stream;
    struct entry entry = { .utc_ms = 1,
                           .kind = ENTRY_ENROLMENT,
                           .enrolment = { .zone = stream->zone,
                                          .device = stream->device,
                                          .epoch = epoch,
                                          .keys = office->agent->pair.public,
                                          .label = "" } };
    append(f, &entry, NULL);
}

/* What the office sealed as that number arrives. */
static void arrive(struct fixture *f, struct zone_office *office, uint64_t sequence,
                   enum verdict verdict)
{
    struct sealed_statement sealed;
    struct agent *agent = office->agent;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(agent->store.database);
    assert_true(statements_get(&agent->store, txn, sequence, &sealed, &f->err));
    sealed.statement = arena_copy_bytes(f->old->arena, sealed.statement);
    struct entry entry = { .utc_ms = 5,
                           .kind = ENTRY_ARRIVAL,
                           .arrival = { .stream = agent->device.stream,
                                        .sequence = sequence,
                                        .statement_hash = sealed_statement_hash(&sealed),
                                        .received_utc_ms = 5,
                                        .verdict = verdict } };
    append(f, &entry, &sealed);
}

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    f->old = zone_office_open();
    f->fresh = zone_office_open_beside(f->old);
    f->journal.arena = f->old->arena;
    f->journal.keys = &f->old->province_keys;
    adopt(f, sources_shipped());
    enrol(f, f->old, 1);
    for (int month = 2; month <= 4; month++)
        zone_office_seal(f->old, monthly_return(month), 0);
    arrive(f, f->old, 1, VERDICT_ACCEPTED);
    arrive(f, f->old, 2, VERDICT_REJECTED);
    arrive(f, f->old, 3, VERDICT_ACCEPTED);
    enrol(f, f->fresh, 1);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    zone_office_close(&f->fresh);
    zone_office_close(&f->old);
    test_free(f);
    return 0;
}

static size_t known_size(struct zone_office *office)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(office->agent->store.database);
    struct recovery_state state = recovery_state(&office->agent->store, txn);
    return (size_t)state.next; /* as the pages below were accepted one after the other */
}

static struct excerpt page_of(struct fixture *f, size_t first, size_t count, size_t known)
{
    struct excerpt excerpt =
        little_journal_excerpt(&f->journal, f->positions + first, count, known);
    excerpt.from = first == 0 ? 0 : f->positions[first - 1] + 1;
    if (first + count < f->count)
        excerpt.next = f->positions[first + count - 1] + 1;
    return excerpt;
}

static bool accept_page(struct fixture *f, struct zone_office *office,
                        const struct excerpt *excerpt)
{
    return recovery_accept(office->agent, excerpt_encode(excerpt, f->old->arena), office->arena,
                           &f->page, &f->err);
}

static void recover(struct fixture *f, struct zone_office *office)
{
    struct excerpt page = page_of(f, 0, f->count, known_size(office));
    if (!accept_page(f, office, &page) ||
        !recovery_finish(office->agent, office->arena, &f->end, &f->err))
        fail_msg("%s", f->err.text);
}

static void assert_refused(struct fixture *f, const struct excerpt *page, const char *part)
{
    assert_false(accept_page(f, f->fresh, page));
    assert_int_equal(f->err.kind, ERROR_REFUSED);
    if (!strstr(f->err.text, part))
        fail_msg("%s: %s", part, f->err.text);
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(f->fresh->agent->store.database);
    assert_int_equal(recovery_state(&f->fresh->agent->store, txn).next, 0);
    assert_int_equal(history_list(&f->fresh->agent->store, txn, NULL, f->fresh->arena).count, 0);
}

static struct version newest(struct zone_office *office, int month)
{
    struct version version;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(office->agent->store.database);
    assert_true(history_newest(&office->agent->store, txn, monthly_return(month), &version));
    return version;
}

static void the_history_comes_back_byte_for_byte_and_its_receipts_verify(void **state)
{
    struct fixture *f = *state;
    recover(f, f->fresh);

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
    struct fixture *f = *state;
    recover(f, f->fresh);
    assert_int_equal(newest(f->fresh, 2).stage, STAGE_ACCEPTED);
    assert_int_equal(newest(f->fresh, 3).stage, STAGE_REJECTED);

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
    struct fixture *f = *state;
    recover(f, f->fresh);
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
    struct fixture *f = *state;
    recover(f, f->fresh);
    uint64_t statements = f->end.statements;
    struct database_use before, after;
    assert_true(database_measure(f->fresh->agent->store.database, &before, &f->err));

    recover(f, f->fresh);

    assert_int_equal(f->page.statements, 0);
    assert_int_equal(f->end.statements, statements);
    assert_true(database_measure(f->fresh->agent->store.database, &after, &f->err));
    assert_int_equal(after.entries, before.entries);
}

static void page_by_page_with_a_restart_between_is_the_same_as_at_once(void **state)
{
    struct fixture *f = *state;
    for (size_t first = 0; first < f->count; first++) {
        struct excerpt page = page_of(f, first, 1, first > 0 ? f->journal.size : 0);
        if (!accept_page(f, f->fresh, &page))
            fail_msg("page %zu: %s", first, f->err.text);
        assert_true(accept_page(f, f->fresh, &page)); /* a repeat */
        zone_office_reopen(f->fresh);
    }
    assert_true(recovery_finish(f->fresh->agent, f->fresh->arena, &f->end, &f->err));

    assert_int_equal(f->end.statements, 3);
    assert_int_equal(newest(f->fresh, 4).stage, STAGE_ACCEPTED);
}

static void a_page_before_which_one_is_missing_is_refused(void **state)
{
    struct fixture *f = *state;
    struct excerpt page = page_of(f, 2, f->count - 2, 0);

    assert_refused(f, &page, "missing");
}

static void a_statement_that_does_not_follow_the_one_before_is_refused(void **state)
{
    struct fixture *f = *state;
    /* The first two statements are left out: the third names one that is not there. */
    size_t positions[] = { f->positions[0], f->positions[1], f->positions[4], f->positions[5] };
    struct excerpt page = little_journal_excerpt(&f->journal, positions, COUNT_OF(positions), 0);

    assert_refused(f, &page, "does not follow");
}

static void a_statement_signed_with_another_key_is_refused(void **state)
{
    struct fixture *f = *state;
    struct excerpt page = page_of(f, 0, f->count, 0);
    struct excerpt_item items[LITTLE_JOURNAL_ENTRIES_MAX];
    memcpy(items, page.items, page.count * sizeof *items);
    /* The hash that is signed for covers the signature: so the entry is made to fit, too. */
    struct entry entry = items[2].entry;
    items[2].sealed.signature[0] ^= 1;
    entry.arrival.statement_hash = sealed_statement_hash(&items[2].sealed);
    f->journal.size = 2;
    f->count = 2;
    append(f, &entry, &items[2].sealed);
    enrol(f, f->fresh, 1);
    page = page_of(f, 0, f->count, 0);

    assert_refused(f, &page, "not signed");
}

static void a_statement_of_a_device_that_nobody_enrolled_is_refused(void **state)
{
    struct fixture *f = *state;
    size_t positions[] = { f->positions[0], f->positions[2] };
    struct excerpt page = little_journal_excerpt(&f->journal, positions, COUNT_OF(positions), 0);

    assert_refused(f, &page, "no entry enrols");
}

static void another_statement_than_the_entry_speaks_of_is_refused(void **state)
{
    struct fixture *f = *state;
    struct excerpt page = page_of(f, 0, f->count, 0);
    struct excerpt_item items[LITTLE_JOURNAL_ENTRIES_MAX];
    memcpy(items, page.items, page.count * sizeof *items);
    items[2].sealed = items[3].sealed;
    page.items = items;

    assert_refused(f, &page, "not the one");
}

static void an_entry_that_is_not_in_the_journal_is_refused(void **state)
{
    struct fixture *f = *state;
    struct excerpt page = page_of(f, 0, f->count, 0);
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
    struct fixture *f = *state;
    struct heard_stream heard = { f->old->agent->device.stream.device, 1, 5 };
    struct excerpt page = page_of(f, 0, f->count, 0);
    page.streams = &heard;
    page.stream_count = 1;

    assert_true(accept_page(f, f->fresh, &page));

    assert_int_equal(f->page.lost, 2);
}

static void a_newer_catalogue_comes_with_the_history_and_no_older_one_after_it(void **state)
{
    struct fixture *f = *state;
    struct catalogues_mark mark;
    adopt(f, edition(2, f->old->arena));
    recover(f, f->fresh);

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
    struct fixture *f = *state;
    f->count--; /* the last entry enrols it */
    struct excerpt page = little_journal_excerpt(&f->journal, f->positions, f->count, 0);

    assert_true(accept_page(f, f->fresh, &page));
    assert_false(recovery_finish(f->fresh->agent, f->fresh->arena, &f->end, &f->err));

    assert_int_equal(f->err.kind, ERROR_REFUSED);
}

/* The old machine, restored from a copy in which nothing was sealed yet, seals something else. */
static struct zone_office *restored(struct fixture *f)
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
    struct fixture *f = *state;
    struct zone_office *office = restored(f);
    struct excerpt page = page_of(f, 0, f->count, 0);

    assert_true(accept_page(f, office, &page));
    assert_false(recovery_finish(office->agent, office->arena, &f->end, &f->err));

    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_int_equal(office->agent->device.stream.epoch, 1);
}

static void under_a_new_epoch_a_restored_machine_goes_on_and_keeps_what_nobody_got(void **state)
{
    struct fixture *f = *state;
    struct zone_office *office = restored(f);
    enrol(f, f->old, 2);

    recover(f, office);
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
    struct fixture *f = *state;
    struct doctor_report report;
    recover(f, f->fresh);
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

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

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

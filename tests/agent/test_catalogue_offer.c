#include "tests/support/test.h"

#include <string.h>

#include "agent/catalogue_offer.h"
#include "agent/catalogues.h"
#include "agent/drafts.h"
#include "agent/editing.h"
#include "agent/settings.h"
#include "agent/sync.h"
#include "common/base/arena.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/transaction.h"
#include "common/wire/proof.h"
#include "tests/support/edition.h"
#include "tests/support/little_journal.h"
#include "tests/support/zone_office.h"

struct fixture {
    struct zone_office *office;
    struct little_journal journal;
    struct catalogue_offer news;
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    f->office = zone_office_open();
    f->journal.arena = f->office->arena;
    f->journal.keys = &f->office->province_keys;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    zone_office_close(&f->office);
    test_free(f);
    return 0;
}

static size_t adopt(struct fixture *f, struct sources sources)
{
    struct entry entry = { .utc_ms = 1,
                           .kind = ENTRY_CATALOGUE,
                           .catalogue = sources_pack(sources, f->office->arena) };
    return little_journal_add(&f->journal, &entry, NULL);
}

static size_t known_size(struct fixture *f)
{
    struct checkpoint checkpoint = { .size = 0 };
    struct bytes text;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(f->office->agent->store.database);
    if (settings_get(&f->office->agent->store, txn, SETTING_CHECKPOINT, &text))
        assert_true(checkpoint_verify(text, "zonetally/jilin", f->office->card.keys.signing,
                                      f->office->arena, &checkpoint, &f->err));
    return (size_t)checkpoint.size;
}

static struct bytes offer_of(struct fixture *f, size_t position)
{
    struct excerpt excerpt = little_journal_excerpt(&f->journal, &position, 1, known_size(f));
    return excerpt_encode(&excerpt, f->office->arena);
}

static bool accept_offer(struct fixture *f, struct bytes offer)
{
    return catalogue_offer_accept(f->office->agent, offer, NULL, f->office->arena, &f->news,
                                  &f->err);
}

static void take_edition(struct fixture *f, unsigned number)
{
    if (!accept_offer(f, offer_of(f, adopt(f, edition(number, f->office->arena)))))
        fail_msg("%s", f->err.text);
    assert_true(f->news.taken);
}

static void assert_refused(struct fixture *f, struct bytes offer)
{
    unsigned version = f->office->agent->catalogue->version;
    assert_false(accept_offer(f, offer));
    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_int_equal(f->office->agent->catalogue->version, version);
}

static void a_newer_catalogue_is_used_from_then_on_and_after_a_restart(void **state)
{
    struct fixture *f = *state;
    take_edition(f, 2);
    assert_int_equal(f->office->agent->catalogue->version, 2);

    zone_office_reopen(f->office);

    assert_int_equal(f->office->agent->catalogue->version, 2);
    assert_string_equal(f->office->agent->catalogue->name, "small");
}

static void the_same_one_again_changes_nothing(void **state)
{
    struct fixture *f = *state;
    take_edition(f, 2);
    const struct catalogue *before = f->office->agent->catalogue;

    assert_true(accept_offer(f, offer_of(f, 0)));

    assert_false(f->news.taken);
    assert_ptr_equal(f->office->agent->catalogue, before);
}

static void an_older_one_is_never_taken_again(void **state)
{
    struct fixture *f = *state;
    size_t old = adopt(f, edition(2, f->office->arena));
    take_edition(f, 3);

    assert_refused(f, offer_of(f, old));
    assert_refused(f, offer_of(f, adopt(f, edition_as(1, 3, f->office->arena))));
    zone_office_reopen(f->office);
    assert_refused(f, offer_of(f, old));
    assert_int_equal(f->office->agent->catalogue->version, 3);
}

static void another_catalogue_than_the_one_asked_for_is_refused(void **state)
{
    struct fixture *f = *state;
    struct digest wanted = sources_digest(edition(3, f->office->arena));
    struct bytes offer = offer_of(f, adopt(f, edition(2, f->office->arena)));

    assert_false(catalogue_offer_accept(f->office->agent, offer, &wanted, f->office->arena,
                                        &f->news, &f->err));

    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_string_not_equal(f->office->agent->catalogue->name, "small");
}

static void what_the_journal_does_not_contain_is_refused(void **state)
{
    struct fixture *f = *state;
    size_t position = adopt(f, edition(2, f->office->arena));
    (void)adopt(f, edition(3, f->office->arena));
    struct excerpt excerpt = little_journal_excerpt(&f->journal, &position, 1, 0);
    struct excerpt_item item = excerpt.items[0];
    struct entry forged = { .utc_ms = 2,
                            .kind = ENTRY_CATALOGUE,
                            .catalogue =
                                sources_pack(edition(2, f->office->arena), f->office->arena) };
    item.encoded = entry_encode(&forged, f->office->arena);
    excerpt.items = &item;

    assert_refused(f, excerpt_encode(&excerpt, f->office->arena));
}

static void a_journal_that_does_not_continue_the_known_one_is_refused(void **state)
{
    struct fixture *f = *state;
    take_edition(f, 2);
    struct little_journal other = { .arena = f->office->arena, .keys = &f->office->province_keys };
    struct entry first = { .utc_ms = 7,
                           .kind = ENTRY_CATALOGUE,
                           .catalogue =
                               sources_pack(edition(1, f->office->arena), f->office->arena) };
    (void)little_journal_add(&other, &first, NULL);
    f->journal = other;

    assert_refused(f, offer_of(f, adopt(f, edition(3, f->office->arena))));
}

static void a_checkpoint_that_the_province_did_not_sign_is_refused(void **state)
{
    struct fixture *f = *state;
    f->journal.keys = &f->office->agent->pair;
    struct bytes offer = offer_of(f, adopt(f, edition(2, f->office->arena)));

    assert_false(accept_offer(f, offer));
    assert_int_equal(f->office->agent->catalogue->version, f->office->catalogue->version);
    assert_string_not_equal(f->office->agent->catalogue->name, "small");
}

static void a_catalogue_that_fails_its_own_tests_is_refused(void **state)
{
    struct fixture *f = *state;
    static const char failing[] = "test \"x\" { period 2021-M03 given A1 = 1 given A2 = 2\n"
                                  "given A4 = 1 expect V14 = pass }\n";
    struct sources sources = edition_as(1, 9, f->office->arena);
    struct source files[] = { sources.files[0], { "tests.catalogue", bytes_of_text(failing) } };

    assert_refused(f, offer_of(f, adopt(f, (struct sources){ files, 2 })));
    assert_non_null(strstr(f->err.text, "x"));
}

static void a_text_that_is_no_catalogue_is_refused(void **state)
{
    struct fixture *f = *state;
    struct source file = { "broken.catalogue", bytes_of_text("catalogue ?") };

    assert_refused(f, offer_of(f, adopt(f, (struct sources){ &file, 1 })));
}

static struct return_id the_return(void)
{
    return (struct return_id){ code_of(EDITION_FORM), period_of_month(2021, 3) };
}

static void fill(struct fixture *f, int64_t revenue, int64_t leading)
{
    struct cell cells[] = { { code_of("A1"), { revenue, VALUE_PRESENT } },
                            { code_of("A2"), { leading, VALUE_PRESENT } },
                            { code_of("A4"), { 1, VALUE_PRESENT } } };
    struct submission content = { .form = the_return().form,
                                  .period = the_return().period,
                                  .cells = cells,
                                  .cell_count = COUNT_OF(cells) };
    struct draft_loss loss;
    struct editing_check check;
    assert_true(editing_replace(f->office->agent, &content, f->office->arena, &loss, &f->err));
    assert_true(editing_check(f->office->agent, the_return(), f->office->arena, &check, &f->err));
    assert_int_equal(check.stage, STAGE_CHECKED);
}

static struct draft the_draft(struct fixture *f)
{
    struct draft draft;
    bool found;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(f->office->agent->store.database);
    assert_true(drafts_get(&f->office->agent->store, txn, the_return(), f->office->arena, &draft,
                           &found, &f->err));
    assert_true(found);
    return draft;
}

static void a_checked_draft_is_carried_over_and_checked_again(void **state)
{
    struct fixture *f = *state;
    take_edition(f, 1);
    fill(f, 10000, 9000); /* more than half: the second edition does not let it pass */

    take_edition(f, 2);

    struct draft draft = the_draft(f);
    assert_int_equal(f->news.drafts.drafts, 1);
    assert_int_equal(f->news.drafts.returned, 1);
    assert_int_equal(draft.stage, STAGE_DRAFT);
    assert_int_equal(draft.submission.cell_count, 2);
    assert_int_equal(draft.submission.cells[0].value.mantissa, 100);
    assert_int_equal(draft.submission.cells[1].value.mantissa, 90000000);
}

static void figures_that_cannot_be_kept_exactly_are_said_to_be_lost(void **state)
{
    struct fixture *f = *state;
    take_edition(f, 1);
    fill(f, 10001, 1);

    take_edition(f, 2);

    assert_int_equal(f->news.drafts.figures, 2); /* A1 is not exact, A4 is no longer asked */
    assert_int_equal(the_draft(f).submission.cell_count, 1);
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(a_newer_catalogue_is_used_from_then_on_and_after_a_restart),
        WITH_FIXTURE(the_same_one_again_changes_nothing),
        WITH_FIXTURE(an_older_one_is_never_taken_again),
        WITH_FIXTURE(another_catalogue_than_the_one_asked_for_is_refused),
        WITH_FIXTURE(what_the_journal_does_not_contain_is_refused),
        WITH_FIXTURE(a_journal_that_does_not_continue_the_known_one_is_refused),
        WITH_FIXTURE(a_checkpoint_that_the_province_did_not_sign_is_refused),
        WITH_FIXTURE(a_catalogue_that_fails_its_own_tests_is_refused),
        WITH_FIXTURE(a_text_that_is_no_catalogue_is_refused),
        WITH_FIXTURE(a_checked_draft_is_carried_over_and_checked_again),
        WITH_FIXTURE(figures_that_cannot_be_kept_exactly_are_said_to_be_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/support/test.h"

#include "agent/catalogues.h"
#include "agent/sync.h"
#include "common/base/arena.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/transaction.h"
#include "tests/support/edition.h"
#include "tests/support/little_journal.h"
#include "tests/support/little_province.h"
#include "tests/support/zone_office.h"

struct fixture {
    struct zone_office *office;
    struct little_province *province;
    struct sync_report report;
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    f->office = zone_office_open();
    f->province = little_province_create(f->office);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    little_province_destroy(&f->province);
    zone_office_close(&f->office);
    test_free(f);
    return 0;
}

static bool synchronise(struct fixture *f)
{
    struct sync_options options = { .timeout_ms = 60000 };
    return sync_run(f->office->agent, &f->province->channel, &options, &f->report, &f->err);
}

/* The province uses another catalogue, in parts of that many bytes. */
static void use_edition(struct fixture *f, unsigned number, size_t part_size)
{
    struct zone_office *office = f->office;
    struct little_journal journal = { .arena = office->arena, .keys = &office->province_keys };
    struct sources sources = edition(number, office->arena);
    struct entry entry = { .utc_ms = 1,
                           .kind = ENTRY_CATALOGUE,
                           .catalogue = sources_pack(sources, office->arena) };
    size_t position = little_journal_add(&journal, &entry, NULL);
    struct excerpt excerpt = little_journal_excerpt(&journal, &position, 1, 0);
    f->province->catalogue = sources_digest(sources);
    f->province->offer = excerpt_encode(&excerpt, office->arena);
    f->province->part_size = part_size;
}

static void the_province_s_catalogue_is_fetched_and_used(void **state)
{
    struct fixture *f = *state;
    use_edition(f, 2, 100000);

    assert_true(synchronise(f));

    assert_true(f->report.catalogue.taken);
    assert_int_equal(f->report.catalogue.version, 2);
    assert_string_equal(f->office->agent->catalogue->name, "small");
    assert_int_equal(f->province->parts, 1);
}

static void a_catalogue_in_parts_goes_on_where_the_line_broke(void **state)
{
    struct fixture *f = *state;
    use_edition(f, 2, 100);
    f->province->lose_parts = 3;

    assert_true(synchronise(f));

    assert_true(f->report.catalogue.taken);
    assert_int_equal(f->province->first_parts, 1);
    assert_true(f->province->parts > 10);
    assert_int_equal(f->province->sessions, 4);
}

static void parts_survive_a_restart_of_the_program(void **state)
{
    struct fixture *f = *state;
    use_edition(f, 2, 100);
    f->province->lose_parts = 1000;
    assert_false(synchronise(f));
    unsigned before = f->province->parts;
    zone_office_reopen(f->office);
    f->province->lose_parts = 0;

    assert_true(synchronise(f));

    assert_true(f->report.catalogue.taken);
    assert_true(before > 1);
    assert_int_equal(f->province->first_parts, 1);
}

static void parts_of_something_else_are_begun_anew(void **state)
{
    struct fixture *f = *state;
    use_edition(f, 2, 100);
    f->province->lose_parts = 1000;
    assert_false(synchronise(f));
    use_edition(f, 3, 100);
    f->province->lose_parts = 0;

    assert_true(synchronise(f));

    assert_int_equal(f->report.catalogue.version, 3);
    assert_int_equal(f->province->first_parts, 2);
}

static void a_catalogue_that_cannot_be_taken_is_told_and_stops_nothing(void **state)
{
    struct fixture *f = *state;
    zone_office_seal(f->office, monthly_return(2), 0);
    use_edition(f, 2, 100000);
    f->province->catalogue = sources_digest(edition(3, f->office->arena));

    assert_true(synchronise(f));

    assert_false(f->report.catalogue.taken);
    assert_int_equal(f->report.catalogue_trouble.kind, ERROR_REFUSED);
    assert_int_equal(f->report.accepted, 1);
}

static void the_shipped_catalogue_is_confirmed_without_being_fetched(void **state)
{
    struct fixture *f = *state;
    struct catalogues_mark mark;
    f->province->catalogue = f->office->catalogue->digest;

    assert_true(synchronise(f));

    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(f->office->agent->store.database);
    assert_true(catalogues_marked(&f->office->agent->store, txn, &mark));
    assert_int_equal(mark.version, f->office->catalogue->version);
    assert_int_equal(f->province->parts, 0);
}

static void a_zone_that_reports_from_another_machine_too_is_told(void **state)
{
    struct fixture *f = *state;
    zone_office_seal(f->office, monthly_return(2), 0);
    assert_true(synchronise(f));
    assert_false(f->report.behind);
    f->province->history = 1; /* our own statement */
    assert_true(synchronise(f));
    assert_false(f->report.behind);

    f->province->history = 2;

    assert_true(synchronise(f));
    assert_true(f->report.behind);
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(the_province_s_catalogue_is_fetched_and_used),
        WITH_FIXTURE(a_catalogue_in_parts_goes_on_where_the_line_broke),
        WITH_FIXTURE(parts_survive_a_restart_of_the_program),
        WITH_FIXTURE(parts_of_something_else_are_begun_anew),
        WITH_FIXTURE(a_catalogue_that_cannot_be_taken_is_told_and_stops_nothing),
        WITH_FIXTURE(a_zone_that_reports_from_another_machine_too_is_told),
        WITH_FIXTURE(the_shipped_catalogue_is_confirmed_without_being_fetched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

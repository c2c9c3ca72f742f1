#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "agent/editing.h"
#include "agent/installation.h"
#include "agent/rotation.h"
#include "agent/sync.h"
#include "common/base/arena.h"
#include "tests/support/little_province.h"
#include "tests/support/zone_office.h"

/* A computer put together by the test. NULL: that part is not to be had. */
struct made_machine {
    struct machine machine; /* first, so that a pointer to it is a pointer to the whole */
    const char *parts[MACHINE_PART_COUNT];
};

static bool read_part(const struct machine *machine, enum machine_part part,
                      const char *data_folder, char out[MACHINE_TEXT_SIZE])
{
    (void)data_folder;
    const char *text = ((const struct made_machine *)machine)->parts[part];
    return text && snprintf(out, MACHINE_TEXT_SIZE, "%s", text) > 0;
}

static struct made_machine a_machine(const char *board, const char *storage, const char *network,
                                     const char *system)
{
    return (struct made_machine){ { read_part }, { board, storage, network, system } };
}

struct fixture {
    struct zone_office *office;
    struct little_province *province;
    struct made_machine here;
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    f->office = zone_office_open();
    f->province = little_province_create(f->office);
    f->here = a_machine("board-1", "disk-1", "mac-1", "system-1");
    f->office->seams.machine = &f->here.machine;
    zone_office_reopen(f->office); /* learnt */
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

/* The same data folder, found on this machine. */
static bool is_copied(struct fixture *f, struct made_machine machine)
{
    f->here = machine;
    zone_office_reopen(f->office);
    return f->office->agent->copied;
}

static bool synchronise(struct fixture *f)
{
    struct sync_options options = { .timeout_ms = 60000 };
    struct sync_report report;
    return sync_run(f->office->agent, &f->province->channel, &options, &report, &f->err);
}

static void a_machine_that_stays_the_same_is_the_installation_s_own(void **state)
{
    struct fixture *f = *state;

    assert_false(is_copied(f, a_machine("board-1", "disk-1", "mac-1", "system-1")));

    zone_office_seal(f->office, monthly_return(2), 0);
    assert_true(synchronise(f));
}

static void one_part_of_several_may_change_and_is_learnt(void **state)
{
    struct fixture *f = *state;

    assert_false(is_copied(f, a_machine("board-1", "disk-1", "mac-2", "system-1")));
    assert_false(is_copied(f, a_machine("board-1", "disk-2", "mac-2", "system-1")));
    assert_false(is_copied(f, a_machine("board-2", "disk-2", "mac-2", "system-1")));
    assert_false(is_copied(f, a_machine("board-2", "disk-2", "mac-2", "system-2")));

    assert_true(is_copied(f, a_machine("board-1", "disk-1", "mac-1", "system-1")));
}

static void parts_that_cannot_be_read_say_nothing(void **state)
{
    struct fixture *f = *state;

    assert_false(is_copied(f, a_machine(NULL, NULL, NULL, NULL)));
    assert_false(is_copied(f, a_machine(NULL, "disk-1", NULL, "system-1")));
    assert_false(is_copied(f, a_machine("board-1", NULL, "mac-2", NULL)));
    assert_false(is_copied(f, a_machine(NULL, NULL, NULL, "system-9")));
}

static void the_only_part_that_is_known_decides_but_for_the_system_s_number(void **state)
{
    struct fixture *f = *state;

    assert_true(is_copied(f, a_machine("board-2", NULL, NULL, NULL)));
    assert_true(is_copied(f, a_machine(NULL, NULL, "mac-2", NULL)));
    assert_false(is_copied(f, a_machine(NULL, NULL, NULL, "system-2")));
}

/* The image of a disk in another computer: the system's number came along. */
static void a_cloned_disk_is_a_copy(void **state)
{
    struct fixture *f = *state;
    assert_true(is_copied(f, a_machine("board-2", "disk-2", "mac-2", "system-1")));
    assert_true(is_copied(f, a_machine(NULL, "disk-2", "mac-2", "system-1")));
    assert_true(f->office->agent->copied); /* and is not learnt */
    assert_false(is_copied(f, a_machine("board-1", "disk-1", "mac-1", "system-1")));
}

static void a_copy_drafts_and_looks_but_seals_sends_and_changes_nothing(void **state)
{
    struct fixture *f = *state;
    struct sealing sealing;
    struct rotation_result rotation;
    zone_office_seal(f->office, monthly_return(2), 0);
    assert_true(is_copied(f, a_machine("board-2", "disk-2", "mac-2", "system-2")));

    zone_office_fill(f->office, monthly_return(3), 0);
    zone_office_check(f->office, monthly_return(3));
    zone_office_sign(f->office, monthly_return(3));

    assert_false(
        sealing_seal(f->office->agent, monthly_return(3), f->office->arena, &sealing, &f->err));
    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_false(synchronise(f));
    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_int_equal(f->province->sessions, 0);
    assert_false(rotation_begin(f->office->agent, &rotation, &f->err));
    assert_int_equal(f->err.kind, ERROR_REFUSED);
    assert_false(installation_may_act(f->office->agent, &f->err));
}

static void prints_of_two_devices_on_one_machine_differ(void **state)
{
    struct fixture *f = *state;
    struct device_id one = { { 1 } }, two = { { 2 } };
    struct machine_print first = machine_print_take(&f->here.machine, "", &one);
    struct machine_print second = machine_print_take(&f->here.machine, "", &two);
    struct machine_print none = machine_print_take(NULL, "", &one);
    struct digest digest = machine_print_digest(&first), other = machine_print_digest(&second);

    for (int part = 0; part < MACHINE_PART_COUNT; part++)
        assert_false(digest_equal(&first.parts[part], &second.parts[part]));
    assert_false(digest_equal(&digest, &other));
    digest = machine_print_digest(&none);
    assert_true(digest_is_zero(&digest));
}

static void this_computer_reads_the_same_twice(void **state)
{
    struct fixture *f = *state;
    struct device_id device = { { 1 } };
    struct machine_print first = machine_print_take(&machine_here, f->office->folder.path, &device);
    struct machine_print again = machine_print_take(&machine_here, f->office->folder.path, &device);

    assert_memory_equal(&first, &again, sizeof first);
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(a_machine_that_stays_the_same_is_the_installation_s_own),
        A_TEST(one_part_of_several_may_change_and_is_learnt),
        A_TEST(parts_that_cannot_be_read_say_nothing),
        A_TEST(the_only_part_that_is_known_decides_but_for_the_system_s_number),
        A_TEST(a_cloned_disk_is_a_copy),
        A_TEST(a_copy_drafts_and_looks_but_seals_sends_and_changes_nothing),
        A_TEST(prints_of_two_devices_on_one_machine_differ),
        A_TEST(this_computer_reads_the_same_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/setup.h"
#include "common/base/arena.h"
#include "common/storage/file.h"
#include "tests/support/zone_office.h"

static int set_up(void **state)
{
    *state = zone_office_open();
    return 0;
}

static int tear_down(void **state)
{
    struct zone_office *office = *state;
    zone_office_close(&office);
    return 0;
}

static bool set_up_in(struct zone_office *office, const char *folder, struct bytes card,
                      const char *label)
{
    struct setup_request request = { .data_folder = folder, .card = card, .label = label };
    struct setup_result result;
    assert_true(zone_id_parse("22102001", &request.zone));
    return setup_create(&request, &office->seams, office->catalogue, &result, &office->err);
}

static struct bytes card_of(struct zone_office *office)
{
    return province_card_write(&office->card, &office->province_keys, office->arena);
}

static struct bytes file_content(struct zone_office *office, const char *name)
{
    char path[TEMPORARY_PATH_SIZE];
    struct bytes bytes;
    assert_true(file_read(temporary_path(&office->folder, name, path), 65536, office->arena, &bytes,
                          &office->err));
    return bytes;
}

static void keys_are_for_the_owner_only(void **state)
{
    struct zone_office *office = *state;
    char path[TEMPORARY_PATH_SIZE];
    struct stat status;

    assert_int_equal(stat(temporary_path(&office->folder, AGENT_KEYS_FILE, path), &status), 0);

    assert_int_equal(status.st_mode & 0777, 0600);
}

static void the_request_carries_the_keys_that_were_made(void **state)
{
    struct zone_office *office = *state;
    struct enrolment_request request;

    assert_true(enrolment_request_read(file_content(office, AGENT_REQUEST_FILE), office->arena,
                                       &request, &office->err));

    assert_memory_equal(&request.keys, &office->agent->pair.public, sizeof request.keys);
    assert_memory_equal(&request.device, &office->agent->device.stream.device,
                        sizeof request.device);
    assert_string_equal(request.label, "office");
}

static void keys_are_never_made_again(void **state)
{
    struct zone_office *office = *state;
    struct bytes before = file_content(office, AGENT_KEYS_FILE);

    assert_false(set_up_in(office, office->folder.path, card_of(office), "again"));

    assert_int_equal(office->err.kind, ERROR_CONFLICT);
    assert_true(bytes_equal(before, file_content(office, AGENT_KEYS_FILE)));
}

static void a_stream_whose_keys_are_lost_is_not_begun_again(void **state)
{
    struct zone_office *office = *state;
    char path[TEMPORARY_PATH_SIZE];
    zone_office_seal(office, monthly_return(3), 0);
    agent_close(&office->agent);
    char kept[TEMPORARY_PATH_SIZE];
    temporary_path(&office->folder, "kept", kept);
    assert_int_equal(rename(temporary_path(&office->folder, AGENT_KEYS_FILE, path), kept), 0);

    assert_false(set_up_in(office, office->folder.path, card_of(office), ""));

    assert_int_equal(office->err.kind, ERROR_CONFLICT);
    assert_int_equal(rename(kept, path), 0);
    zone_office_reopen(office);
}

static void a_set_up_that_stopped_before_the_keys_is_done_again(void **state)
{
    struct zone_office *office = *state;
    char path[TEMPORARY_PATH_SIZE];
    agent_close(&office->agent);
    assert_int_equal(remove(temporary_path(&office->folder, AGENT_KEYS_FILE, path)), 0);

    assert_true(set_up_in(office, office->folder.path, card_of(office), "second"));

    zone_office_reopen(office);
    assert_string_equal(office->agent->device.label, "second");
}

static void an_altered_card_is_refused_and_leaves_nothing(void **state)
{
    struct zone_office *office = *state;
    char path[TEMPORARY_PATH_SIZE];
    struct bytes card = card_of(office);
    char *text = arena_take(office->arena, card.size, 1);
    memcpy(text, card.data, card.size);
    text[card.size / 2] ^= 1;

    assert_false(set_up_in(office, temporary_path(&office->folder, "other", path),
                           (struct bytes){ text, card.size }, ""));

    assert_false(file_exists(path));
}

static void a_label_with_a_line_end_is_refused(void **state)
{
    struct zone_office *office = *state;
    char path[TEMPORARY_PATH_SIZE];

    assert_false(set_up_in(office, temporary_path(&office->folder, "other", path), card_of(office),
                           "two\nlines"));

    assert_int_equal(office->err.kind, ERROR_REFUSED);
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(keys_are_for_the_owner_only),
        A_TEST(the_request_carries_the_keys_that_were_made),
        A_TEST(keys_are_never_made_again),
        A_TEST(a_stream_whose_keys_are_lost_is_not_begun_again),
        A_TEST(a_set_up_that_stopped_before_the_keys_is_done_again),
        A_TEST(an_altered_card_is_refused_and_leaves_nothing),
        A_TEST(a_label_with_a_line_end_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/support/test.h"

#include <string.h>

#include "aggregator/devices.h"
#include "aggregator/journal.h"

static struct entry an_enrolment(unsigned char device, uint32_t epoch, const char *label)
{
    return (struct entry){ .utc_ms = 1000 + epoch,
                           .kind = ENTRY_ENROLMENT,
                           .enrolment = { .zone = { "JL001" },
                                          .device = { { device } },
                                          .epoch = epoch,
                                          .label = label } };
}

static struct entry a_revocation(unsigned char device)
{
    return (struct entry){ .utc_ms = 5000,
                           .kind = ENTRY_REVOCATION,
                           .revocation = {
                               .zone = { "JL001" }, .device = { { device } }, .reason = "lost" } };
}

static struct entry a_suspension(unsigned char device, uint32_t epoch)
{
    return (struct entry){ .utc_ms = 4000,
                           .kind = ENTRY_SUSPENSION,
                           .suspension = { { { "JL001" }, { { device } }, epoch },
                                           SUSPENSION_TWO_HOLDERS } };
}

static void apply(struct devices *devices, const struct entry *entry, uint64_t position)
{
    struct journal_record record = { .position = position, .entry = *entry };
    devices_apply(devices, &record);
}

static const struct device *device_number(const struct devices *devices, unsigned char device)
{
    struct device_id id = { { device } };
    return devices_find(devices, &id);
}

static void an_enrolled_device_is_admitted(void **state)
{
    (void)state;
    CLEANUP(devices_destroy) struct devices *devices = devices_create();
    char label[] = "front desk";
    struct entry entry = an_enrolment(7, 1, label);

    apply(devices, &entry, 4);
    label[0] = 'X';

    const struct device *device = device_number(devices, 7);
    assert_non_null(device);
    assert_true(device_is_admitted(device, 2000));
    assert_string_equal(device->enrolment.label, "front desk");
    assert_int_equal(device->position, 4);
}

static void a_stranger_is_not_found(void **state)
{
    (void)state;
    CLEANUP(devices_destroy) struct devices *devices = devices_create();

    assert_null(device_number(devices, 7));
    assert_int_equal(devices_count(devices), 0);
}

static void a_revoked_device_is_out_and_says_why(void **state)
{
    (void)state;
    CLEANUP(devices_destroy) struct devices *devices = devices_create();
    struct entry enrolment = an_enrolment(7, 1, "");
    struct entry revocation = a_revocation(7);

    apply(devices, &enrolment, 0);
    apply(devices, &revocation, 1);

    assert_false(device_is_admitted(device_number(devices, 7), 6000));
    assert_string_equal(device_number(devices, 7)->reason, "lost");
    assert_int_equal(device_number(devices, 7)->revoked_utc_ms, 5000);
}

static void revoking_a_stranger_changes_nothing(void **state)
{
    (void)state;
    CLEANUP(devices_destroy) struct devices *devices = devices_create();
    struct entry enrolment = an_enrolment(7, 1, "");
    struct entry revocation = a_revocation(8);

    apply(devices, &enrolment, 0);
    apply(devices, &revocation, 1);

    assert_int_equal(devices_count(devices), 1);
    assert_true(device_is_admitted(device_number(devices, 7), 6000));
}

static void a_new_enrolment_lets_a_revoked_device_in_again_under_its_epoch(void **state)
{
    (void)state;
    CLEANUP(devices_destroy) struct devices *devices = devices_create();
    struct entry entries[] = { an_enrolment(7, 1, "old"), a_revocation(7),
                               an_enrolment(7, 2, "new") };

    for (size_t i = 0; i < COUNT_OF(entries); i++)
        apply(devices, &entries[i], i);

    assert_int_equal(devices_count(devices), 1);
    assert_true(device_is_admitted(devices_at(devices, 0), 6000));
    assert_int_equal(devices_at(devices, 0)->enrolment.epoch, 2);
    assert_string_equal(devices_at(devices, 0)->enrolment.label, "new");
}

static void a_suspended_device_is_out_until_its_next_epoch(void **state)
{
    (void)state;
    CLEANUP(devices_destroy) struct devices *devices = devices_create();
    struct entry entries[] = { an_enrolment(7, 1, ""), a_suspension(7, 1), an_enrolment(7, 2, "") };

    apply(devices, &entries[0], 0);
    apply(devices, &entries[1], 1);
    assert_int_equal(device_standing(device_number(devices, 7), 6000), DEVICE_SUSPENDED);
    assert_int_equal(device_number(devices, 7)->suspended_utc_ms, 4000);
    apply(devices, &entries[2], 2);
    assert_true(device_is_admitted(device_number(devices, 7), 6000));
    apply(devices, &entries[1], 3); /* about the epoch that is over */
    assert_true(device_is_admitted(device_number(devices, 7), 6000));
}

static void an_enrolment_runs_out_at_its_end(void **state)
{
    (void)state;
    CLEANUP(devices_destroy) struct devices *devices = devices_create();
    struct entry entry = an_enrolment(7, 1, "");
    entry.enrolment.valid_until_utc_ms = 9000;

    apply(devices, &entry, 0);

    assert_int_equal(device_standing(device_number(devices, 7), 8999), DEVICE_ADMITTED);
    assert_int_equal(device_standing(device_number(devices, 7), 9000), DEVICE_EXPIRED);
}

static void the_keys_of_earlier_epochs_verify_for_ever(void **state)
{
    (void)state;
    CLEANUP(devices_destroy) struct devices *devices = devices_create();
    struct entry entries[] = { an_enrolment(7, 1, ""), an_enrolment(7, 2, "") };
    memset(entries[0].enrolment.keys.signing, 1, KEY_SIZE);
    memset(entries[1].enrolment.keys.signing, 2, KEY_SIZE);

    for (size_t i = 0; i < COUNT_OF(entries); i++)
        apply(devices, &entries[i], i);

    const struct device *device = device_number(devices, 7);
    assert_int_equal(device_signing_key(device, 1, 99)[0], 1);
    assert_int_equal(device_signing_key(device, 2, 1)[0], 2);
    assert_null(device_signing_key(device, 3, 1));
}

static void a_thousand_devices_are_each_found_in_their_order(void **state)
{
    (void)state;
    CLEANUP(devices_destroy) struct devices *devices = devices_create();

    for (unsigned i = 0; i < 1000; i++) {
        struct entry entry = an_enrolment(0, i + 1, "");
        entry.enrolment.device.bytes[0] = (unsigned char)i;
        entry.enrolment.device.bytes[9] = (unsigned char)(i >> 8);
        apply(devices, &entry, i);
    }

    assert_int_equal(devices_count(devices), 1000);
    for (unsigned i = 0; i < 1000; i++) {
        struct device_id id = devices_at(devices, i)->enrolment.device;
        assert_ptr_equal(devices_find(devices, &id), devices_at(devices, i));
        assert_int_equal(devices_at(devices, i)->enrolment.epoch, i + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_enrolled_device_is_admitted),
        cmocka_unit_test(a_stranger_is_not_found),
        cmocka_unit_test(a_revoked_device_is_out_and_says_why),
        cmocka_unit_test(revoking_a_stranger_changes_nothing),
        cmocka_unit_test(a_new_enrolment_lets_a_revoked_device_in_again_under_its_epoch),
        cmocka_unit_test(a_suspended_device_is_out_until_its_next_epoch),
        cmocka_unit_test(an_enrolment_runs_out_at_its_end),
        cmocka_unit_test(the_keys_of_earlier_epochs_verify_for_ever),
        cmocka_unit_test(a_thousand_devices_are_each_found_in_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/support/test.h"

#include "aggregator/devices.h"

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

    devices_apply(devices, &entry, 4);
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

    devices_apply(devices, &enrolment, 0);
    devices_apply(devices, &revocation, 1);

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

    devices_apply(devices, &enrolment, 0);
    devices_apply(devices, &revocation, 1);

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
        devices_apply(devices, &entries[i], i);

    assert_int_equal(devices_count(devices), 1);
    assert_true(device_is_admitted(devices_at(devices, 0), 6000));
    assert_int_equal(devices_at(devices, 0)->enrolment.epoch, 2);
    assert_string_equal(devices_at(devices, 0)->enrolment.label, "new");
}

static void a_thousand_devices_are_each_found_in_their_order(void **state)
{
    (void)state;
    CLEANUP(devices_destroy) struct devices *devices = devices_create();

    for (unsigned i = 0; i < 1000; i++) {
        struct entry entry = an_enrolment(0, i + 1, "");
        entry.enrolment.device.bytes[0] = (unsigned char)i;
        entry.enrolment.device.bytes[9] = (unsigned char)(i >> 8);
        devices_apply(devices, &entry, i);
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
        cmocka_unit_test(a_thousand_devices_are_each_found_in_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/support/test.h"

#include "aggregator/registry.h"
#include "common/wire/entry.h"

static struct zone_attribute a_level(const char *level, int year)
{
    return (struct zone_attribute){ code_of("RG03"), code_of(level), period_of_year(year) };
}

static struct entry a_zone(const char *code, const char *name)
{
    struct entry entry = { .kind = ENTRY_ZONE,
                           .zone = { .name = name,
                                     .prefecture = "长春市",
                                     .prefecture_code = "220100",
                                     .county = "",
                                     .county_code = "" } };
    assert_true(zone_id_parse(code, &entry.zone.id));
    return entry;
}

static void a_registered_zone_is_found_with_its_attributes(void **state)
{
    (void)state;
    CLEANUP(registry_destroy) struct registry *registry = registry_create();
    struct zone_attribute levels[] = { a_level("P", 2002), a_level("N", 2016) };
    struct entry entry = a_zone("JL001", "长春新区");
    entry.zone.attributes = levels;
    entry.zone.attribute_count = COUNT_OF(levels);

    registry_apply(registry, &entry);
    levels[0] = levels[1] = (struct zone_attribute){ 0 };

    const struct zone *zone = registry_find(registry, &entry.zone.id);
    assert_string_equal(zone->name, "长春新区");
    assert_true(
        code_equal(zone_attribute_at(zone, code_of("RG03"), period_of_year(2015)), code_of("P")));
    assert_true(
        code_equal(zone_attribute_at(zone, code_of("RG03"), period_of_year(2017)), code_of("N")));
}

static void a_later_record_replaces_the_zone_in_its_place(void **state)
{
    (void)state;
    CLEANUP(registry_destroy) struct registry *registry = registry_create();
    struct entry entries[] = { a_zone("JL001", "old"), a_zone("JL002", "other"),
                               a_zone("JL001", "new") };

    for (size_t i = 0; i < COUNT_OF(entries); i++)
        registry_apply(registry, &entries[i]);

    assert_int_equal(registry_count(registry), 2);
    assert_string_equal(registry_at(registry, 0)->name, "new");
    assert_string_equal(registry_at(registry, 1)->name, "other");
}

static void other_entries_leave_the_register_alone(void **state)
{
    (void)state;
    CLEANUP(registry_destroy) struct registry *registry = registry_create();
    struct entry entry = a_zone("JL001", "zone");
    entry.kind = ENTRY_REVOCATION;

    registry_apply(registry, &entry);

    assert_int_equal(registry_count(registry), 0);
    assert_null(registry_find(registry, &entry.zone.id));
}

static void a_copy_is_the_same_zone(void **state)
{
    (void)state;
    CLEANUP(registry_destroy) struct registry *registry = registry_create();
    struct zone_attribute level = a_level("N", 2016);
    struct entry entry = a_zone("JL001", "zone");
    entry.zone.attributes = &level;
    entry.zone.attribute_count = 1;

    registry_apply(registry, &entry);

    assert_true(zone_same(registry_at(registry, 0), &entry.zone));
}

static void every_single_difference_makes_another_zone(void **state)
{
    (void)state;
    struct zone_attribute level = a_level("N", 2016);
    struct zone_attribute lower = a_level("P", 2016);
    struct zone_attribute later = a_level("N", 2017);
    struct zone zone = a_zone("JL001", "zone").zone;
    zone.attributes = &level;
    zone.attribute_count = 1;
    struct zone others[] = { zone, zone, zone, zone, zone, zone, zone, zone, zone, zone };
    others[0].id = (struct zone_id){ "JL002" };
    others[1].name = "other";
    others[2].prefecture = "吉林市";
    others[3].prefecture_code = "220200";
    others[4].county = "榆树市";
    others[5].county_code = "220182";
    others[6].attribute_count = 0;
    others[7].attributes = &lower;
    others[8].attributes = &later;
    others[9].active_until = period_of_year(2020);

    for (size_t i = 0; i < COUNT_OF(others); i++)
        assert_false(zone_same(&zone, &others[i]));
    assert_true(zone_same(&zone, &zone));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_registered_zone_is_found_with_its_attributes),
        cmocka_unit_test(a_later_record_replaces_the_zone_in_its_place),
        cmocka_unit_test(other_entries_leave_the_register_alone),
        cmocka_unit_test(a_copy_is_the_same_zone),
        cmocka_unit_test(every_single_difference_makes_another_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/support/test.h"

#include <string.h>

#include "common/base/clock.h"
#include "common/base/digest.h"
#include "common/base/random.h"

static void sha256_is_the_standards(void **state)
{
    (void)state;
    char text[DIGEST_TEXT_SIZE];
    static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    struct digest whole = digest_sha256((struct bytes){ 0 }, bytes_of_text("abc"));
    struct digest parts = digest_sha256(bytes_of_text("a"), bytes_of_text("bc"));

    assert_string_equal(digest_text(&whole, text), abc);
    assert_true(digest_equal(&whole, &parts));
}

static void a_digest_is_read_back_and_damage_is_refused(void **state)
{
    (void)state;
    char text[DIGEST_TEXT_SIZE];
    struct digest zero = { { 0 } }, digest, again;
    digest = digest_sha256((struct bytes){ 0 }, bytes_of_text("x"));
    digest_text(&digest, text);

    assert_true(digest_parse(text, &again));
    assert_true(digest_equal(&digest, &again));
    text[63] = 'g';
    assert_false(digest_parse(text, &again));
    text[63] = '\0';
    assert_false(digest_parse(text, &again));
    assert_false(digest_parse("", &again));
    assert_true(digest_is_zero(&zero));
    assert_false(digest_is_zero(&digest));
}

static void a_byte_cannot_move_from_key_to_value(void **state)
{
    (void)state;
    unsigned char one[16], other[16];

    digest_checksum(bytes_of_text("ab"), bytes_of_text("c"), one);
    digest_checksum(bytes_of_text("a"), bytes_of_text("bc"), other);

    assert_memory_not_equal(one, other, 16);
}

/* Stored checksums depend on it: computed with an independent BLAKE2b (Python's hashlib). */
static void the_checksum_never_changes(void **state)
{
    (void)state;
    static const unsigned char expected[16] = { 0xfb, 0x6b, 0x46, 0xbd, 0x35, 0x3e, 0x7b, 0x29,
                                                0xf5, 0x7c, 0xc9, 0xff, 0x33, 0x47, 0xaa, 0x8f };
    unsigned char checksum[16];

    digest_checksum(bytes_of_text("key"), bytes_of_text("value"), checksum);

    assert_memory_equal(checksum, expected, 16);
}

static void a_seed_gives_the_same_numbers_on_every_machine(void **state)
{
    (void)state;
    struct seeded_random one = seeded_random_of(42), other = seeded_random_of(42);
    unsigned char run[16];

    assert_true(random_u64(&one.random) == 0x15780b2e0c2ec716u);
    assert_true(random_u64(&one.random) == 0x6104d9866d113a7eu);
    other.random.fill(&other.random, run, sizeof run);
    assert_int_equal(run[0], 0x15780b2e0c2ec716u & 0xFF);
    assert_int_equal(run[15], 0x6104d9866d113a7eu >> 56);
}

static void a_limit_is_kept_and_every_number_below_it_comes(void **state)
{
    (void)state;
    struct seeded_random source = seeded_random_of(7);
    unsigned seen[6] = { 0 };
    for (int i = 0; i < 6000; i++) {
        uint64_t value = random_below(&source.random, 6);
        assert_true(value < 6);
        seen[value]++;
    }
    for (size_t i = 0; i < 6; i++)
        assert_in_range(seen[i], 850, 1150);
    assert_int_equal(random_below(random_system(), 1), 0);
}

static void the_kernel_does_not_repeat_itself(void **state)
{
    (void)state;
    struct random *random = random_system();

    assert_true(random_u64(random) != random_u64(random));
}

static void a_time_is_shown_in_beijing(void **state)
{
    (void)state;
    char text[CLOCK_TEXT_SIZE];

    assert_string_equal(clock_text(1773796364000, text), "2026-03-18T09:12:44+08:00");
    assert_string_equal(clock_text(0, text), "1970-01-01T08:00:00+08:00");
    assert_string_equal(clock_text(-1, text), "1970-01-01T07:59:59+08:00");
    assert_string_equal(clock_text(1772294399999, text), "2026-02-28T23:59:59+08:00");
}

static void a_manual_clock_stands_still(void **state)
{
    (void)state;
    struct manual_clock clock = manual_clock_at(5000);

    assert_int_equal(clock.clock.utc_ms(&clock.clock), 5000);
    clock.monotonic_ms += 70;
    assert_int_equal(clock.clock.monotonic_ms(&clock.clock), 70);
    assert_true(clock_system.utc_ms(&clock_system) > 1700000000000);
    assert_true(clock_system.monotonic_ms(&clock_system) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_is_the_standards),
        cmocka_unit_test(a_digest_is_read_back_and_damage_is_refused),
        cmocka_unit_test(a_byte_cannot_move_from_key_to_value),
        cmocka_unit_test(the_checksum_never_changes),
        cmocka_unit_test(a_seed_gives_the_same_numbers_on_every_machine),
        cmocka_unit_test(a_limit_is_kept_and_every_number_below_it_comes),
        cmocka_unit_test(the_kernel_does_not_repeat_itself),
        cmocka_unit_test(a_time_is_shown_in_beijing),
        cmocka_unit_test(a_manual_clock_stands_still),
    };
    return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}

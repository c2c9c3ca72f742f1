#include "tests/support/test.h"

#include <ctype.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/language.h"
#include "common/base/random.h"
#include "common/wire/invitation.h"

static const struct zone_id the_zone = { "22102001" };

static void a_code_reads_as_people_type_it(void **state)
{
    (void)state;
    struct seeded_random random = seeded_random_of(1);
    struct error err = { 0 };
    for (int round = 0; round < 200; round++) {
        char code[INVITATION_TEXT_SIZE], read[INVITATION_TEXT_SIZE], typed[2 * sizeof code];
        size_t size = 0;
        invitation_draw(&random.random, code);
        assert_int_equal(strlen(code), INVITATION_TEXT_SIZE - 1);
        for (const char *at = code; *at; at++) {
            if (*at == '-') {
                typed[size++] = ' ';
                continue;
            }
            typed[size++] = *at == '0'   ? 'o'
                            : *at == '1' ? (round % 2 ? 'l' : 'I')
                                         : (char)tolower((unsigned char)*at);
        }
        typed[size] = '\0';

        assert_true(invitation_read(typed, read, &err));

        assert_string_equal(read, code);
    }
}

/* Fifteen bits of checksum: one mistyped sign in 32768 would pass, two that changed places too. */
static void a_misread_sign_is_noticed(void **state)
{
    (void)state;
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    struct seeded_random random = seeded_random_of(2);
    char code[INVITATION_TEXT_SIZE], read[INVITATION_TEXT_SIZE];
    struct error err = { 0 };
    size_t tried = 0, passed = 0;
    invitation_draw(&random.random, code);
    for (size_t i = 0; i < strlen(code); i++) {
        for (const char *other = alphabet; code[i] != '-' && *other; other++) {
            char wrong[INVITATION_TEXT_SIZE];
            memcpy(wrong, code, sizeof wrong);
            wrong[i] = *other;
            tried += *other != code[i];
            passed += *other != code[i] && invitation_read(wrong, read, &err);
        }
    }
    print_message("%zu codes with one sign misread, %zu passed\n", tried, passed);
    assert_true(tried == 620 && passed == 0);
}

static void what_is_no_code_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = { "", "7Q2KD", "7Q2KD-7Q2KD-7Q2KD-7Q2KD-7",
                                         "UUUUU-UUUUU-UUUUU-UUUUU", "7Q2KD-7Q2KD-7Q2KD-7Q2K年" };
    char read[INVITATION_TEXT_SIZE];
    struct error err = { 0 };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_false(invitation_read(cases[i], read, &err));
        assert_int_equal(err.kind, ERROR_MALFORMED);
    }
}

static void both_sides_make_the_same_keys_and_nobody_else_does(void **state)
{
    (void)state;
    struct seeded_random random = seeded_random_of(3);
    struct zone_id neighbour = { "22103001" };
    char code[INVITATION_TEXT_SIZE], other[INVITATION_TEXT_SIZE];
    invitation_draw(&random.random, code);
    invitation_draw(&random.random, other);
    struct key_pair ours = invitation_pair(code, "jilin", &the_zone);
    struct key_pair theirs = invitation_pair(code, "jilin", &the_zone);
    struct key_pair strangers[] = { invitation_pair(other, "jilin", &the_zone),
                                    invitation_pair(code, "jilin", &neighbour),
                                    invitation_pair(code, "liaoning", &the_zone) };

    assert_memory_equal(ours.curve_secret, theirs.curve_secret, KEY_SIZE);
    assert_memory_equal(ours.public.curve, theirs.public.curve, KEY_SIZE);
    for (size_t i = 0; i < COUNT_OF(strangers); i++)
        assert_memory_not_equal(ours.public.curve, strangers[i].public.curve, KEY_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_reads_as_people_type_it),
        cmocka_unit_test(a_misread_sign_is_noticed),
        cmocka_unit_test(what_is_no_code_is_refused),
        cmocka_unit_test(both_sides_make_the_same_keys_and_nobody_else_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

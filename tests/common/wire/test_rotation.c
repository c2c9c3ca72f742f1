#include "tests/support/test.h"

#include <string.h>

#include "common/base/random.h"
#include "common/wire/rotation.h"

struct fixture {
    struct seeded_random random;
    struct key_pair next;
    struct statement statement;
};

static struct fixture a_rotation(void)
{
    struct fixture f = { .random = seeded_random_of(3) };
    f.next = key_pair_create(&f.random.random);
    f.statement = (struct statement){
        .stream = { .zone = { "22102001" }, .device = { { 7 } }, .epoch = 2 },
        .sequence = 5,
        .previous = { { 9 } },
    };
    rotation_sign(&f.statement, &f.next);
    return f;
}

static void the_new_key_signs_what_it_takes_over(void **state)
{
    (void)state;
    struct fixture f = a_rotation();

    assert_int_equal(f.statement.kind, STATEMENT_KEY_ROTATION);
    assert_memory_equal(f.statement.rotation.curve_key, f.next.public.curve, KEY_SIZE);
    assert_true(rotation_is_signed(&f.statement));
}

static void nothing_of_it_can_be_altered(void **state)
{
    (void)state;
    for (int part = 0; part < 9; part++) {
        struct statement altered = a_rotation().statement;
        unsigned char *parts[] = { (unsigned char *)altered.stream.zone.text + 7,
                                   altered.stream.device.bytes,
                                   (unsigned char *)&altered.stream.epoch,
                                   (unsigned char *)&altered.sequence,
                                   altered.previous.bytes + 31,
                                   altered.rotation.signing_key,
                                   altered.rotation.curve_key + 3,
                                   altered.rotation.signature,
                                   altered.rotation.signature + 63 };
        *parts[part] ^= 1;
        assert_false(rotation_is_signed(&altered));
    }
}

static void a_signature_of_the_old_key_is_none_of_the_new(void **state)
{
    (void)state;
    struct fixture f = a_rotation();
    struct key_pair old = key_pair_create(&f.random.random);
    struct statement forged = f.statement;
    rotation_sign(&forged, &old);
    memcpy(forged.rotation.signing_key, f.next.public.signing, KEY_SIZE);

    assert_false(rotation_is_signed(&forged));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_new_key_signs_what_it_takes_over),
        cmocka_unit_test(nothing_of_it_can_be_altered),
        cmocka_unit_test(a_signature_of_the_old_key_is_none_of_the_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

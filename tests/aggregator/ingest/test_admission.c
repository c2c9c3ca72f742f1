#include "tests/support/test.h"

#include "aggregator/devices.h"
#include "aggregator/ingest/admission.h"

#define NOW INT64_C(1770000000000)

/* A statement that nothing speaks against: number 3 of a stream whose head is 2. */
struct fixture {
    struct statement statement;
    struct device device;
    struct admission_facts facts;
};

static struct digest digest_of(unsigned char byte)
{
    struct digest digest = { { byte } };
    return digest;
}

static struct fixture a_next_statement(void)
{
    struct fixture fixture = {
        .statement = { .suite = 1,
                       .province = "jilin",
                       .stream = { .zone = { "JL001" }, .device = { { 7 } }, .epoch = 1 },
                       .sequence = 3,
                       .previous = digest_of(2),
                       .kind = STATEMENT_RETURN },
        .device = { .enrolment = { .zone = { "JL001" }, .device = { { 7 } }, .epoch = 1 } },
        .facts = { .province = "jilin",
                   .utc_ms = NOW,
                   .signature_valid = true,
                   .catalogue_known = true,
                   .hash = digest_of(3),
                   .head = { 2, digest_of(2) } },
    };
    return fixture;
}

/* The pointers are set here, because a fixture is returned by value. */
static struct admission decide(struct fixture *f)
{
    f->facts.statement = &f->statement;
    f->facts.device = &f->device;
    return admission_decide(&f->facts);
}

static void assert_refused(struct admission admission, enum refusal refusal, bool evidence)
{
    assert_int_equal(admission.outcome, ADMISSION_REFUSED);
    assert_int_equal(admission.refusal, refusal);
    assert_int_equal(admission.keep_evidence, evidence);
}

static void the_next_statement_is_appended(void **state)
{
    (void)state;
    struct fixture f = a_next_statement();

    assert_int_equal(decide(&f).outcome, ADMISSION_NEXT);
}

static void the_first_statement_of_a_stream_is_appended(void **state)
{
    (void)state;
    struct fixture f = a_next_statement();
    f.statement.sequence = 1;
    f.statement.previous = digest_of(0);
    f.facts.head = (struct stream_head){ 0, digest_of(0) };

    assert_int_equal(decide(&f).outcome, ADMISSION_NEXT);
}

static void a_repeat_is_a_duplicate(void **state)
{
    (void)state;
    struct fixture f = a_next_statement();
    f.statement.sequence = 2;
    f.facts.hash = f.facts.hash_at_sequence = digest_of(2);

    assert_int_equal(decide(&f).outcome, ADMISSION_DUPLICATE);
}

static void a_repeat_is_a_duplicate_even_in_a_frozen_or_old_stream(void **state)
{
    (void)state;
    struct fixture f = a_next_statement();
    f.statement.sequence = 1;
    f.facts.hash = f.facts.hash_at_sequence = digest_of(1);
    f.facts.frozen = true;
    f.device.enrolment.epoch = 2;

    assert_int_equal(decide(&f).outcome, ADMISSION_DUPLICATE);
}

static void another_statement_with_a_used_sequence_is_a_fork_and_kept(void **state)
{
    (void)state;
    struct fixture f = a_next_statement();
    f.statement.sequence = 2;
    f.facts.hash_at_sequence = digest_of(2);
    f.facts.hash = digest_of(99);

    assert_refused(decide(&f), REFUSAL_FORK, true);
}

static void a_statement_that_follows_another_one_is_a_fork_and_kept(void **state)
{
    (void)state;
    struct fixture f = a_next_statement();
    f.statement.previous = digest_of(99);

    assert_refused(decide(&f), REFUSAL_FORK, true);
}

static void a_frozen_stream_takes_nothing_new(void **state)
{
    (void)state;
    struct fixture f = a_next_statement();
    f.facts.frozen = true;

    assert_refused(decide(&f), REFUSAL_FORK, false);
}

static void an_old_epoch_is_fenced_and_kept(void **state)
{
    (void)state;
    struct fixture f = a_next_statement();
    f.device.enrolment.epoch = 2;

    assert_refused(decide(&f), REFUSAL_FENCED, true);
}

static void a_statement_ahead_of_its_turn_is_a_gap(void **state)
{
    (void)state;
    struct fixture f = a_next_statement();
    f.statement.sequence = 4;

    assert_int_equal(decide(&f).outcome, ADMISSION_GAP);
}

static void bytes_that_do_not_decode_are_malformed(void **state)
{
    (void)state;
    struct fixture f = a_next_statement();
    f.facts.device = &f.device;
    f.facts.statement = NULL;

    assert_refused(admission_decide(&f.facts), REFUSAL_MALFORMED, false);
}

static void
an_unknown_suite_is_refused_and_a_change_of_keys_without_the_new_one_s_word(void **state)
{
    (void)state;
    struct fixture f = a_next_statement();
    f.statement.suite = 2;
    assert_refused(decide(&f), REFUSAL_PROTOCOL, false);

    f = a_next_statement();
    f.statement.kind = STATEMENT_KEY_ROTATION;
    assert_refused(decide(&f), REFUSAL_ROTATION, false);
    f.facts.rotation_valid = true;
    assert_int_equal(decide(&f).outcome, ADMISSION_NEXT);
}

static void a_statement_for_another_province_is_refused(void **state)
{
    (void)state;
    struct fixture f = a_next_statement();
    f.statement.province = "liaoning";

    assert_refused(decide(&f), REFUSAL_PROVINCE, false);
}

static void a_device_that_was_never_enrolled_is_refused(void **state)
{
    (void)state;
    struct fixture f = a_next_statement();
    f.facts.statement = &f.statement;
    f.facts.device = NULL;

    assert_refused(admission_decide(&f.facts), REFUSAL_UNKNOWN_DEVICE, false);
}

static void an_epoch_nobody_approved_is_refused(void **state)
{
    (void)state;
    struct fixture f = a_next_statement();
    f.statement.stream.epoch = 2;

    assert_refused(decide(&f), REFUSAL_UNKNOWN_DEVICE, false);
}

static void a_revoked_device_is_refused_whatever_it_says(void **state)
{
    (void)state;
    struct fixture f = a_next_statement();
    f.device.revoked = true;
    assert_refused(decide(&f), REFUSAL_REVOKED, false);

    f.statement.sequence = 2;
    f.facts.hash = f.facts.hash_at_sequence = digest_of(2);
    assert_refused(decide(&f), REFUSAL_REVOKED, false);
}

static void an_enrolment_ends_at_its_last_moment(void **state)
{
    (void)state;
    struct fixture f = a_next_statement();
    f.device.enrolment.valid_until_utc_ms = NOW;
    assert_refused(decide(&f), REFUSAL_EXPIRED, false);

    f.device.enrolment.valid_until_utc_ms = NOW + 1;
    assert_int_equal(decide(&f).outcome, ADMISSION_NEXT);
}

static void a_device_speaks_for_its_own_zone_only(void **state)
{
    (void)state;
    struct fixture f = a_next_statement();
    f.device.enrolment.zone = (struct zone_id){ "JL002" };

    assert_refused(decide(&f), REFUSAL_WRONG_ZONE, false);
}

static void a_forged_signature_is_refused_before_the_stream_is_looked_at(void **state)
{
    (void)state;
    struct fixture f = a_next_statement();
    f.facts.signature_valid = false;
    assert_refused(decide(&f), REFUSAL_SIGNATURE, false);

    f.statement.previous = digest_of(99);
    assert_refused(decide(&f), REFUSAL_SIGNATURE, false);
}

static void a_catalogue_nobody_adopted_is_refused(void **state)
{
    (void)state;
    struct fixture f = a_next_statement();
    f.facts.catalogue_known = false;

    assert_refused(decide(&f), REFUSAL_UNKNOWN_CATALOGUE, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_statement_is_appended),
        cmocka_unit_test(the_first_statement_of_a_stream_is_appended),
        cmocka_unit_test(a_repeat_is_a_duplicate),
        cmocka_unit_test(a_repeat_is_a_duplicate_even_in_a_frozen_or_old_stream),
        cmocka_unit_test(another_statement_with_a_used_sequence_is_a_fork_and_kept),
        cmocka_unit_test(a_statement_that_follows_another_one_is_a_fork_and_kept),
        cmocka_unit_test(a_frozen_stream_takes_nothing_new),
        cmocka_unit_test(an_old_epoch_is_fenced_and_kept),
        cmocka_unit_test(a_statement_ahead_of_its_turn_is_a_gap),
        cmocka_unit_test(bytes_that_do_not_decode_are_malformed),
        cmocka_unit_test(
            an_unknown_suite_is_refused_and_a_change_of_keys_without_the_new_one_s_word),
        cmocka_unit_test(a_statement_for_another_province_is_refused),
        cmocka_unit_test(a_device_that_was_never_enrolled_is_refused),
        cmocka_unit_test(an_epoch_nobody_approved_is_refused),
        cmocka_unit_test(a_revoked_device_is_refused_whatever_it_says),
        cmocka_unit_test(an_enrolment_ends_at_its_last_moment),
        cmocka_unit_test(a_device_speaks_for_its_own_zone_only),
        cmocka_unit_test(a_forged_signature_is_refused_before_the_stream_is_looked_at),
        cmocka_unit_test(a_catalogue_nobody_adopted_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

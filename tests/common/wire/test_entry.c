#include "tests/support/test.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/language.h"
#include "common/model/finding.h"
#include "common/wire/entry.h"
#include "common/wire/packing.h"
#include "proto/journal.pb-c.h"
#include "tests/support/mutation.h"

#define UTC_MS INT64_C(1770000000000)

static const struct verdict_finding two_findings[] = {
    { FINDING_MANDATORY, { 0x563132 }, "" },
    { FINDING_HINT, { 0x563133 }, "91220000" },
};

static const struct zone_attribute two_attributes[] = {
    { { 0x52473033 }, { 0x4E }, { .year = 2016 } },
    { { 0x52473034 }, { 0 }, { .year = 2017, .frequency = FREQUENCY_MONTH, .number = 5 } },
};

static struct entry an_arrival(void)
{
    return (struct entry){
        .utc_ms = UTC_MS,
        .kind = ENTRY_ARRIVAL,
        .arrival = { .stream = { .zone = { "JL001" }, .device = { { 7 } }, .epoch = 2 },
                     .sequence = 300,
                     .statement_hash = { { 4 } },
                     .received_utc_ms = UTC_MS,
                     .verdict = VERDICT_REJECTED,
                     .comparison = COMPARISON_UNKNOWABLE,
                     .findings = two_findings,
                     .finding_count = COUNT_OF(two_findings) },
    };
}

static struct entry an_enrolment(void)
{
    return (struct entry){ .utc_ms = UTC_MS,
                           .kind = ENTRY_ENROLMENT,
                           .enrolment = { .zone = { "JL001" },
                                          .device = { { 7 } },
                                          .epoch = 1,
                                          .keys = { { 1 }, { 2 } },
                                          .label = "统计科 2 号机",
                                          .valid_until_utc_ms = UTC_MS + 1,
                                          .machine = { { 8 } } } };
}

static struct entry a_revocation(void)
{
    return (struct entry){ .utc_ms = UTC_MS,
                           .kind = ENTRY_REVOCATION,
                           .revocation = {
                               .zone = { "JL001" }, .device = { { 7 } }, .reason = "电脑报废" } };
}

static struct entry a_suspension(void)
{
    return (
        struct entry){ .utc_ms = UTC_MS,
                       .kind = ENTRY_SUSPENSION,
                       .suspension = { { { "JL001" }, { { 7 } }, 3 }, SUSPENSION_TWO_HOLDERS } };
}

static struct entry a_zone(void)
{
    return (struct entry){ .utc_ms = UTC_MS,
                           .kind = ENTRY_ZONE,
                           .zone = { .id = { "JL001" },
                                     .name = "长春新区",
                                     .prefecture = "长春市",
                                     .prefecture_code = "220100",
                                     .county = "",
                                     .county_code = "",
                                     .attributes = two_attributes,
                                     .attribute_count = COUNT_OF(two_attributes),
                                     .active_from = { .year = 2016 } } };
}

static struct entry a_catalogue(void)
{
    return (struct entry){ .utc_ms = UTC_MS,
                           .kind = ENTRY_CATALOGUE,
                           .catalogue = bytes_of_text("packed sources") };
}

static struct entry a_decision(void)
{
    return (struct entry){ .utc_ms = UTC_MS,
                           .kind = ENTRY_DECISION,
                           .decision = { .zone = { "JL001" },
                                         .form = code_of("JKQ401"),
                                         .period = period_of_month(2021, 3),
                                         .version = 2,
                                         .kind = DECISION_COUNTS,
                                         .reason = "电话核实",
                                         .position = 57,
                                         .statement = { { 4 } } } };
}

typedef struct entry entry_sample_fn(void);
static entry_sample_fn *const samples[] = { an_arrival, an_enrolment, a_revocation, a_suspension,
                                            a_zone,     a_catalogue,  a_decision };

static struct entry read_back(const struct entry *entry, struct arena *arena)
{
    struct entry out;
    struct error err = { 0 };
    if (!entry_decode(entry_encode(entry, arena), arena, &out, &err))
        fail_msg("%s", err.text);
    assert_int_equal(out.kind, entry->kind);
    assert_int_equal(out.utc_ms, entry->utc_ms);
    return out;
}

static void an_arrival_reads_back(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct entry entry = an_arrival(), out = read_back(&entry, arena);

    assert_memory_equal(&out.arrival.stream, &entry.arrival.stream, sizeof out.arrival.stream);
    assert_int_equal(out.arrival.sequence, 300);
    assert_int_equal(out.arrival.received_utc_ms, UTC_MS);
    assert_int_equal(out.arrival.verdict, VERDICT_REJECTED);
    assert_int_equal(out.arrival.comparison, COMPARISON_UNKNOWABLE);
    assert_true(digest_equal(&out.arrival.statement_hash, &entry.arrival.statement_hash));
    assert_int_equal(out.arrival.finding_count, 2);
    assert_int_equal(out.arrival.findings[1].class, FINDING_HINT);
    assert_true(code_equal(out.arrival.findings[1].rule, code_of("V13")));
    assert_string_equal(out.arrival.findings[0].row_key, "");
    assert_string_equal(out.arrival.findings[1].row_key, "91220000");
}

static void an_enrolment_and_a_revocation_read_back(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct entry enrolment = an_enrolment(), revocation = a_revocation();

    struct entry out = read_back(&enrolment, arena);
    assert_string_equal(out.enrolment.zone.text, "JL001");
    assert_memory_equal(&out.enrolment.keys, &enrolment.enrolment.keys, sizeof out.enrolment.keys);
    assert_string_equal(out.enrolment.label, "统计科 2 号机");
    assert_int_equal(out.enrolment.valid_until_utc_ms, UTC_MS + 1);
    out = read_back(&revocation, arena);
    assert_int_equal(out.revocation.device.bytes[0], 7);
    assert_string_equal(out.revocation.reason, "电脑报废");
}

static void a_zone_and_a_catalogue_read_back(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct entry zone = a_zone(), catalogue = a_catalogue();

    struct entry out = read_back(&zone, arena);
    assert_string_equal(out.zone.name, "长春新区");
    assert_string_equal(out.zone.county, "");
    assert_int_equal(out.zone.attribute_count, 2);
    assert_true(period_equal(out.zone.attributes[1].since, period_of_month(2017, 5)));
    assert_int_equal(out.zone.attributes[1].value.packed, 0);
    assert_int_equal(out.zone.active_until.year, 0);
    assert_true(period_equal(out.zone.active_from, period_of_year(2016)));
    out = read_back(&catalogue, arena);
    assert_true(bytes_equal(out.catalogue, catalogue.catalogue));
}

struct property {
    struct arena *arena;
    size_t accepted;
};

static void expect_one_encoding(struct bytes mutated, void *owner)
{
    struct property *property = owner;
    struct entry out;
    struct error err = { 0 };
    arena_reset(property->arena);
    if (entry_decode(mutated, property->arena, &out, &err)) {
        assert_true(bytes_equal(entry_encode(&out, property->arena), mutated));
        property->accepted++;
    } else {
        assert_int_equal(err.kind, ERROR_MALFORMED);
    }
}

static void whatever_is_accepted_encodes_to_the_same_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        CLEANUP(arena_destroy) struct arena *arena = arena_create();
        struct property property = { arena_create(), 0 };
        struct entry entry = samples[i]();
        struct bytes bytes = entry_encode(&entry, arena);

        size_t count = mutation_each(bytes, expect_one_encoding, &property);

        assert_true(property.accepted > 0 && property.accepted < count);
        arena_destroy(&property.arena);
    }
}

/* What entry_encode() would not write is written with protobuf-c. */
struct forged {
    Zonetally__Entry entry;
    Zonetally__Arrival arrival;
    unsigned char zeros[DIGEST_SIZE], ones[DIGEST_SIZE], classes[1];
    uint64_t rules[1];
    char *rows[1];
};

static void forged_init(struct forged *f)
{
    *f = (struct forged){ .rules = { 0x563132 }, .rows = { (char *)"" }, .classes = { 1 } };
    memset(f->ones, 1, sizeof f->ones);
    zonetally__entry__init(&f->entry);
    zonetally__arrival__init(&f->arrival);
    f->entry.utc_ms = UTC_MS;
    f->entry.body_case = ZONETALLY__ENTRY__BODY_ARRIVAL;
    f->entry.arrival = &f->arrival;
    f->arrival.zone = (char *)"JL001";
    f->arrival.device = (ProtobufCBinaryData){ 16, f->ones };
    f->arrival.epoch = 1;
    f->arrival.sequence = 1;
    f->arrival.statement_hash = (ProtobufCBinaryData){ DIGEST_SIZE, f->ones };
    f->arrival.verdict = VERDICT_ACCEPTED;
    f->arrival.n_finding_rules = f->arrival.n_finding_rows = 1;
    f->arrival.finding_rules = f->rules;
    f->arrival.finding_rows = f->rows;
    f->arrival.finding_classes = (ProtobufCBinaryData){ 1, f->classes };
}

static bool is_taken(const struct forged *forged, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct entry out;
    return entry_decode(packing_pack(&forged->entry.base, arena), arena, &out, err);
}

struct forgery {
    void (*forge)(struct forged *forged);
    const char *path;
};

/* clang-format off */
static void no_body(struct forged *f) { f->entry.body_case = ZONETALLY__ENTRY__BODY__NOT_SET; }
static void no_zone(struct forged *f) { f->arrival.zone = (char *)""; }
static void bad_zone(struct forged *f) { f->arrival.zone = (char *)"a b"; }
static void no_device(struct forged *f) { f->arrival.device.len = 0; }
static void no_epoch(struct forged *f) { f->arrival.epoch = 0; }
static void no_sequence(struct forged *f) { f->arrival.sequence = 0; }
static void no_hash(struct forged *f) { f->arrival.statement_hash.len = 0; }
static void zero_hash(struct forged *f) { f->arrival.statement_hash.data = f->zeros; }
static void no_verdict(struct forged *f) { f->arrival.verdict = 0; }
static void late_verdict(struct forged *f) { f->arrival.verdict = VERDICT_SENT_BACK; }
static void large_verdict(struct forged *f) { f->arrival.verdict = 999; }
static void no_classes(struct forged *f) { f->arrival.finding_classes.len = 0; }
static void bad_class(struct forged *f) { f->classes[0] = 4; }
static void no_class(struct forged *f) { f->classes[0] = 0; }
static void no_rows(struct forged *f) { f->arrival.n_finding_rows = 0; }
static void bad_rule(struct forged *f) { f->rules[0] = 1; }
static void no_rule(struct forged *f) { f->rules[0] = 0; }
static void bidi_row(struct forged *f) { f->rows[0] = (char *)"\xE2\x80\xAE"; }

static const struct forgery forgeries[] = {
    { no_body, "Entry.body" }, { no_zone, "Arrival.zone" }, { bad_zone, "Arrival.zone" },
    { no_device, "Arrival.zone" }, { no_epoch, "Arrival.zone" }, { no_sequence, "Arrival.sequence" },
    { no_hash, "Arrival.statement_hash" }, { zero_hash, "Arrival.statement_hash" },
    { no_verdict, "Arrival.verdict" }, { late_verdict, "Arrival.verdict" },
    { large_verdict, "Arrival.verdict" }, { no_classes, "Arrival.findings" },
    { bad_class, "Arrival.findings" }, { no_class, "Arrival.findings" }, { no_rows, "Arrival.findings" },
    { bad_rule, "Arrival.findings" }, { no_rule, "Arrival.findings" },
    { bidi_row, "Entry.arrival.finding_rows" },
};
/* clang-format on */

static void every_forged_arrival_is_refused_by_name(void **state)
{
    (void)state;
    struct forged forged;
    struct error err = { 0 };
    forged_init(&forged);
    assert_true(is_taken(&forged, &err));
    for (size_t i = 0; i < COUNT_OF(forgeries); i++) {
        forged_init(&forged);
        forgeries[i].forge(&forged);
        bool taken = is_taken(&forged, &err);
        if (taken || !strstr(err.text, forgeries[i].path))
            fail_msg("%zu, %s: %s", i, forgeries[i].path, taken ? "taken" : err.text);
    }
}

static void a_catalogue_that_is_not_what_its_digest_says_is_refused(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct entry entry = a_catalogue(), out;
    struct bytes bytes = entry_encode(&entry, arena);
    struct error err;

    ((unsigned char *)bytes.data)[bytes.size - 1] ^= 1;

    assert_false(entry_decode(bytes, arena, &out, &err));
    assert_non_null(strstr(err.text, "CatalogueAdoption.digest"));
}

static void a_decision_reads_back(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct entry entry = a_decision(), out = read_back(&entry, arena);

    assert_string_equal(out.decision.zone.text, "JL001");
    assert_true(code_equal(out.decision.form, code_of("JKQ401")));
    assert_true(period_equal(out.decision.period, period_of_month(2021, 3)));
    assert_int_equal(out.decision.version, 2);
    assert_int_equal(out.decision.kind, DECISION_COUNTS);
    assert_string_equal(out.decision.reason, "电话核实");
    assert_int_equal(out.decision.position, 57);
    assert_true(digest_equal(&out.decision.statement, &entry.decision.statement));
}

static void a_decision_about_nothing_is_refused(void **state)
{
    (void)state;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct entry out;
    struct error err;

    assert_false(entry_decode((struct bytes){ "\x3A\x00", 2 }, arena, &out, &err));
    assert_int_equal(err.kind, ERROR_MALFORMED);
}

int main(void)
{
    language_set(LANGUAGE_ENGLISH);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arrival_reads_back),
        cmocka_unit_test(an_enrolment_and_a_revocation_read_back),
        cmocka_unit_test(a_zone_and_a_catalogue_read_back),
        cmocka_unit_test(whatever_is_accepted_encodes_to_the_same_bytes),
        cmocka_unit_test(every_forged_arrival_is_refused_by_name),
        cmocka_unit_test(a_catalogue_that_is_not_what_its_digest_says_is_refused),
        cmocka_unit_test(a_decision_reads_back),
        cmocka_unit_test(a_decision_about_nothing_is_refused),
    };
    return cmocka_run_group_tests_name("entry", tests, NULL, NULL);
}

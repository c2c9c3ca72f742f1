#include "tests/common/cube/fixture.h"

#include <string.h>

#include "common/cube/judgement.h"

/* The hand-computed bounds of the 2016 opinion, and the value just beyond each. */
static const char requirements[] =
    "indicator I1 \"集中度\" / \"concentration\" { unit % decimals 2 value F2 / F1 }\n"
    "indicator I2 \"强度\" / \"intensity\" each 项目 { unit 万元/公顷 decimals 2 value K3 / K4 }\n"
    "requirement R1 \"集中度\" / \"share\" { cite \"三(二)\" severity hard when 级别 = 国家级 "
    "check I1 >= 70% }\n"
    "requirement R2 \"强度\" / \"intensity\" each 项目 { cite \"五(三)\" severity hard check I2 >= "
    "4000 万元/公顷 }\n"
    "requirement R3 \"上限\" / \"cap\" { cite \"三(二)\" severity hard check 3 个 >= N1 }\n"
    "requirement R4 \"已废止\" / \"old\" { cite \"-\" severity hard check N1 <= 3 个 until 2019 "
    "}\n";

struct seen {
    size_t count;
    struct judgement last;
    enum judgement_outcome outcomes[8];
};

static bool see(const struct judgement *judgement, void *owner)
{
    struct seen *seen = owner;
    seen->outcomes[seen->count++] = judgement->outcome;
    seen->last = *judgement;
    return true;
}

static struct seen judge(struct fixture *f, size_t zone, const char *requirement,
                         const char *period)
{
    struct seen seen = { .count = 0 };
    size_t index = catalogue_requirement(f->catalogue, code_of(requirement));
    assert_true(judge_requirement(f->cube, index, zone, period_from(period), see, &seen));
    return seen;
}

static int open_fixture(void **state)
{
    static struct fixture fixture;
    fixture_open(&fixture, fixture_catalogue, requirements);
    *state = &fixture;
    return 0;
}

static int close_fixture(void **state)
{
    fixture_close(*state);
    return 0;
}

static void the_limit_itself_passes_and_one_less_of_a_million_fails(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    fixture_put(f, zone, "F1", "2021-M12", 1000000);
    fixture_put(f, zone, "F2", "2021-M12", 700000);

    struct seen exact = judge(f, zone, "R1", "2021-M12");
    assert_int_equal(exact.last.outcome, JUDGEMENT_PASS);
    assert_true(exact.last.has_margin && number_is_zero(exact.last.margin));

    fixture_put(f, zone, "F2", "2021-M12", 699999);
    struct seen below = judge(f, zone, "R1", "2021-M12");
    assert_int_equal(below.last.outcome, JUDGEMENT_FAIL);
    assert_int_equal(number_compare(below.last.margin, (struct number){ -1, 10000 }), 0);
}

static void put_project(struct fixture *f, size_t zone, int64_t land)
{
    static const char *const keys[] = { "P1", "P2" };
    const int64_t investments[] = { 40000, 40000 }, lands[] = { land, 100000 };
    const uint8_t statuses[] = { VALUE_PRESENT, VALUE_PRESENT };
    struct roster_column columns[] = { { code_of("K3"), investments, statuses, NULL },
                                       { code_of("K4"), lands, statuses, NULL } };
    struct submission submission = { .form = code_of("R"),
                                     .period = period_from("2021"),
                                     .version = 1,
                                     .row_keys = keys,
                                     .row_count = 2,
                                     .columns = columns,
                                     .column_count = 2 };
    cube_put(f->cube, zone, &submission, 1);
}

static void a_ten_thousandth_of_a_hectare_decides(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");

    assert_int_equal(judge(f, zone, "R2", "2021").last.outcome, JUDGEMENT_UNKNOWN);
    put_project(f, zone, 100000);
    struct seen seen = judge(f, zone, "R2", "2021");
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.outcomes[0], JUDGEMENT_PASS);
    put_project(f, zone, 100001);
    seen = judge(f, zone, "R2", "2021");
    assert_int_equal(seen.outcomes[0], JUDGEMENT_FAIL);
    assert_int_equal(seen.outcomes[1], JUDGEMENT_PASS);
}

static void a_requirement_of_others_is_not_applicable_and_missing_is_unknown(void **state)
{
    struct fixture *f = *state;
    size_t provincial = fixture_zone(f, "A", "P"), national = fixture_zone(f, "B", "N");
    size_t unknown = fixture_zone(f, "C", NULL);

    assert_int_equal(judge(f, provincial, "R1", "2021").last.outcome, JUDGEMENT_NOT_APPLICABLE);
    assert_int_equal(judge(f, national, "R1", "2021").last.outcome, JUDGEMENT_UNKNOWN);
    assert_int_equal(judge(f, unknown, "R1", "2021").last.outcome, JUDGEMENT_UNKNOWN);
}

static void a_limit_on_the_left_is_a_limit_all_the_same(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    fixture_put(f, zone, "N1", "2021-M12", 5);

    struct seen seen = judge(f, zone, "R3", "2021-M12");

    assert_int_equal(seen.last.outcome, JUDGEMENT_FAIL);
    assert_int_equal(number_compare(seen.last.margin, number_of(2)), 0);
    assert_int_equal(number_compare(seen.last.limit, number_of(3)), 0);
}

static void only_what_is_in_force_is_judged(void **state)
{
    struct fixture *f = *state;
    size_t zone = fixture_zone(f, "A", "N");
    struct seen before = { .count = 0 }, after = { .count = 0 };

    judge_zone(f->cube, zone, period_from("2019"), see, &before);
    judge_zone(f->cube, zone, period_from("2020"), see, &after);

    assert_int_equal(before.count, 4);
    assert_int_equal(after.count, 3);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_limit_itself_passes_and_one_less_of_a_million_fails),
        CASE(a_ten_thousandth_of_a_hectare_decides),
        CASE(a_requirement_of_others_is_not_applicable_and_missing_is_unknown),
        CASE(a_limit_on_the_left_is_a_limit_all_the_same),
        CASE(only_what_is_in_force_is_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

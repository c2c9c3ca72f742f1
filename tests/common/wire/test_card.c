#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/wire/card.h"

struct fixture {
    struct arena *arena;
    struct key_pair pair;
    struct enrolment_request request;
    struct province_card card;
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct seeded_random random = seeded_random_of(9);
    f->arena = arena_create();
    f->pair = key_pair_create(&random.random);
    f->request = (struct enrolment_request){ .device = { "0123456789abcde" },
                                             .keys = f->pair.public,
                                             .label = "统计科 1号机",
                                             .utc_ms = 1773796364000,
                                             .machine = { { 4, 5, 6 } } };
    assert_true(zone_id_parse("22010001", &f->request.zone));
    f->card = (struct province_card){ .province = "jilin",
                                      .origin = "zonetally/jilin",
                                      .endpoint = "tcp://10.0.0.7:7700",
                                      .keys = f->pair.public,
                                      .catalogue = { { 1, 2, 3 } } };
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    arena_destroy(&f->arena);
    free(f);
    return 0;
}

static char *text_of(struct fixture *f, struct bytes text)
{
    return arena_format(f->arena, "%.*s", (int)text.size, (const char *)text.data);
}

static char *a_request(struct fixture *f)
{
    return text_of(f, enrolment_request_write(&f->request, &f->pair, f->arena));
}

static bool read_request(struct fixture *f, const char *text)
{
    struct enrolment_request out;
    return enrolment_request_read(bytes_of_text(text), f->arena, &out, &f->err);
}

/* The text with its first `from` replaced. */
static char *replaced(struct fixture *f, const char *text, const char *from, const char *with)
{
    const char *found = strstr(text, from);
    assert_non_null(found);
    return arena_format(f->arena, "%.*s%s%s", (int)(found - text), text, with,
                        found + strlen(from));
}

static void a_request_is_read_back(void **state)
{
    struct fixture *f = *state;
    struct bytes text = enrolment_request_write(&f->request, &f->pair, f->arena);
    struct enrolment_request out;

    assert_true(enrolment_request_read(text, f->arena, &out, &f->err));

    assert_true(zone_id_equal(&out.zone, &f->request.zone));
    assert_memory_equal(&out.device, &f->request.device, sizeof out.device);
    assert_memory_equal(&out.keys, &f->pair.public, sizeof out.keys);
    assert_string_equal(out.label, "统计科 1号机");
    assert_int_equal(out.utc_ms, 1773796364000);
    assert_true(bytes_equal(enrolment_request_write(&out, &f->pair, f->arena), text));
}

static void a_card_is_read_back(void **state)
{
    struct fixture *f = *state;
    struct bytes text = province_card_write(&f->card, &f->pair, f->arena);
    struct province_card out;

    assert_true(province_card_read(text, f->arena, &out, &f->err));

    assert_string_equal(out.province, "jilin");
    assert_string_equal(out.origin, "zonetally/jilin");
    assert_string_equal(out.endpoint, "tcp://10.0.0.7:7700");
    assert_memory_equal(&out.keys, &f->pair.public, sizeof out.keys);
    assert_true(digest_equal(&out.catalogue, &f->card.catalogue));
}

static void what_is_unknown_stays_empty(void **state)
{
    struct fixture *f = *state;
    struct province_card out;
    f->card.endpoint = "";
    f->card.catalogue = (struct digest){ { 0 } };
    f->request.label = "";

    struct bytes text = province_card_write(&f->card, &f->pair, f->arena);

    assert_non_null(strstr(text_of(f, text), "\nendpoint =\n"));
    assert_true(province_card_read(text, f->arena, &out, &f->err));
    assert_string_equal(out.endpoint, "");
    assert_true(digest_is_zero(&out.catalogue));
    assert_true(read_request(f, a_request(f)));
}

static void every_altered_byte_of_a_file_is_refused(void **state)
{
    struct fixture *f = *state;
    struct bytes texts[] = { enrolment_request_write(&f->request, &f->pair, f->arena),
                             province_card_write(&f->card, &f->pair, f->arena) };

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        unsigned char *bytes = arena_take(f->arena, texts[i].size, 1);
        struct bytes altered = { bytes, texts[i].size };
        memcpy(bytes, texts[i].data, texts[i].size);
        for (size_t at = 0; at < altered.size; at++)
            for (unsigned change = 1; change < 256; change += 2) {
                struct enrolment_request request;
                struct province_card card;
                bytes[at] ^= (unsigned char)change;
                assert_false(i == 0 ? enrolment_request_read(altered, f->arena, &request, &f->err)
                                    : province_card_read(altered, f->arena, &card, &f->err));
                bytes[at] ^= (unsigned char)change;
            }
    }
}

static void a_cut_or_longer_file_is_refused(void **state)
{
    struct fixture *f = *state;
    char *text = a_request(f);

    assert_false(read_request(f, arena_format(f->arena, "%s\n", text)));
    assert_int_equal(f->err.kind, ERROR_MALFORMED);
    for (size_t size = strlen(text); size-- > 0;) {
        text[size] = '\0';
        assert_false(read_request(f, text));
        assert_int_equal(f->err.kind, ERROR_MALFORMED);
    }
}

static void each_problem_says_where_it_is(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *from, *with, *said;
    } cases[] = {
        { "zonetally enrolment request 1", "zonetally enrolment request 2", "格式 2" },
        { "zonetally enrolment request", "zonetally province card", "这是省级名片" },
        { "zonetally", "tally", "这不是设备登记申请" },
        { "\n", "\r\n", "被其他软件另存过" },
        { "zonetally", "\xEF\xBB\xBFzonetally", "被其他软件另存过" },
        { "统计科", "统\t计科", "第 6 行“label”" },
        { "统计科", "统\x01计科", "不应出现的字符" },
        { "zone = ", "zone: ", "第 2 行应为“zone = …”" },
        { "zone = 22010001", "zone = 220 001", "第 2 行“zone”" },
        { "device = ", "device = 0", "第 3 行“device”" },
        { "signing-key = ", "signing-key = z", "第 4 行“signing-key”" },
        { "created-utc-ms = 1", "created-utc-ms = 01", "第 7 行“created-utc-ms”" },
        { "created-utc-ms = ", "created-utc-ms = 99999999999999999999", "第 7 行" },
        { "machine = 04", "machine = 4", "第 8 行“machine”" },
        { "label = 统计科 1号机", "label = ", "第 6 行应为“label = …”" },
        { "label = 统计科 1号机", "label = 统计科 2号机", "签名与内容不符" },
        { "signature = ", "signature = =", "第 9 行“signature”" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_false(read_request(f, replaced(f, a_request(f), cases[i].from, cases[i].with)));
        if (!strstr(f->err.text, cases[i].said))
            fail_msg("case %zu: %s", i, f->err.text);
    }
}

static void other_keys_do_not_fit_the_signature(void **state)
{
    struct fixture *f = *state;
    struct seeded_random random = seeded_random_of(10);
    struct key_pair other = key_pair_create(&random.random);
    f->request.keys.curve[0] ^= 1;
    char *text = a_request(f);
    f->request.keys = other.public;
    char *stolen = text_of(f, enrolment_request_write(&f->request, &other, f->arena));

    assert_true(read_request(f, text));
    char *signature = strstr(stolen, "signature = ");
    memcpy(signature, strstr(text, "signature = "), strlen(signature));
    assert_false(read_request(f, stolen));
    assert_int_equal(f->err.kind, ERROR_REFUSED);
}

static void a_file_beyond_its_limit_is_refused_unread(void **state)
{
    struct fixture *f = *state;
    size_t size = CARD_SIZE_MAX + 1;
    char *text = arena_take(f->arena, size + 1, 1);
    memset(text, 'a', size);

    assert_false(read_request(f, text));
    assert_int_equal(f->err.kind, ERROR_MALFORMED);
}

static void a_card_is_no_request(void **state)
{
    struct fixture *f = *state;
    char *card = text_of(f, province_card_write(&f->card, &f->pair, f->arena));

    assert_false(read_request(f, card));
    assert_non_null(strstr(f->err.text, "省级名片"));
}

#define CARD_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CARD_TEST(a_request_is_read_back),
        CARD_TEST(a_card_is_read_back),
        CARD_TEST(what_is_unknown_stays_empty),
        CARD_TEST(every_altered_byte_of_a_file_is_refused),
        CARD_TEST(a_cut_or_longer_file_is_refused),
        CARD_TEST(each_problem_says_where_it_is),
        CARD_TEST(other_keys_do_not_fit_the_signature),
        CARD_TEST(a_file_beyond_its_limit_is_refused_unread),
        CARD_TEST(a_card_is_no_request),
    };
    return cmocka_run_group_tests_name("card", tests, NULL, NULL);
}

#define _GNU_SOURCE /* memmem */
/* The text files people carry: an enrolment request, the province's card. */
#include <assert.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/text.h"
#include "common/wire/card.h"
#include "common/wire/lines.h"
#include "tests/fuzz/samples.h"
#include "tests/fuzz/target.h"

static void assert_refused(const struct error *err)
{
    assert((err->kind == ERROR_MALFORMED || err->kind == ERROR_REFUSED) && err->text[0]);
}

/* The fuzzer holds one key: a card that is signed by another one was forged. */
static bool feed(struct bytes input, struct arena *arena)
{
    struct key_pair pair = sample_pair();
    struct enrolment_request request;
    struct province_card card;
    struct error err, other;
    bool is_request = enrolment_request_read(input, arena, &request, &err);
    bool is_card = province_card_read(input, arena, &card, &other);
    assert(!is_request || !is_card);
    if (is_request)
        assert(bytes_equal(enrolment_request_write(&request, &pair, arena), input));
    else if (is_card)
        assert(bytes_equal(province_card_write(&card, &pair, arena), input));
    if (!is_request)
        assert_refused(&err);
    if (!is_card)
        assert_refused(&other);
    return is_request || is_card;
}

static void seed(struct arena *arena, fuzz_seed_fn *take, void *owner)
{
    struct key_pair pair = sample_pair();
    struct enrolment_request request = { { "22102001" }, { { 7 } }, pair.public,
                                         "2 号机",       9,         { { 8 } } };
    struct province_card card = {
        "jilin", SAMPLE_ORIGIN, "tcp://10.0.0.7:7700", pair.public, { { 5 } }
    };
    take(enrolment_request_write(&request, &pair, arena), owner);
    take(province_card_write(&card, &pair, arena), owner);
}

static size_t mend(unsigned char *data, size_t size, size_t room, struct arena *arena)
{
    static const char line[] = "\nsignature = ";
    const unsigned char *found = memmem(data, size, line, sizeof line - 1);
    const char *request = "zonetally enrolment request";
    struct key_pair pair = sample_pair();
    unsigned char signature[SIGNATURE_SIZE];
    (void)arena;
    if (!found)
        return size;
    CLEANUP(text_builder_free) struct text_builder text = { 0 };
    struct bytes body = { data, (size_t)(found + 1 - data) };
    bool is_request = size > strlen(request) && memcmp(data, request, strlen(request)) == 0;
    sign_bytes(is_request ? SIGN_ENROLMENT : SIGN_CARD, body, &pair, signature);
    text_builder_add_bytes(&text, body);
    text_builder_add(&text, line + 1);
    base64_add(&text, BYTES_OF(signature));
    text_builder_add(&text, "\n");
    if (text.size > room)
        return size;
    memcpy(data, text.text, text.size);
    return text.size;
}

const struct fuzz_target fuzz_target = { .feed = feed, .seed = seed, .mend = mend };

/*
 * Knocks at a serving aggregator's door in every wrong way, again and again.
 *
 *     hostile ENDPOINT PROVINCE.CARD ROUNDS [KEYS-OF-A-REVOKED-DEVICE]
 *
 * Prints how often each attack was tried and let in; status 0 when none was let in.
 */

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/storage/file.h"
#include "common/wire/card.h"
#include "common/wire/invitation.h"
#include "common/wire/keys.h"
#include "tests/support/curve_client.h"

#define TIMEOUT_MS 5000
#define GARBAGE_SIZE 4096
#define GREETING_SIZE 64

struct target {
    const char *endpoint;
    struct province_card card;
    struct key_pair revoked;
    bool has_revoked;
};

/* True when the attacker was let in. */
typedef bool attack_fn(const struct target *target);

static bool shakes_hands(const struct target *target, const unsigned char *public_key,
                         const unsigned char *secret_key, const unsigned char *server_key,
                         const char *const *metadata)
{
    struct curve_client client;
    struct curve_attack attack = { target->endpoint, server_key, public_key, secret_key, metadata };
    enum curve_outcome outcome = curve_client_open(&client, &attack, TIMEOUT_MS);
    curve_client_close(&client);
    return outcome == CURVE_ADMITTED;
}

static bool comes_as_a_stranger(const struct target *target)
{
    unsigned char public_key[CURVE_KEY_SIZE], secret_key[CURVE_KEY_SIZE];
    crypto_box_keypair(public_key, secret_key);
    return shakes_hands(target, public_key, secret_key, target->card.keys.curve, NULL);
}

static bool forges_metadata(const struct target *target)
{
    static const char *const metadata[] = { "User-Id", "22102001", "Auth",
                                            "00000000000000000000000000000000", NULL };
    unsigned char public_key[CURVE_KEY_SIZE], secret_key[CURVE_KEY_SIZE];
    crypto_box_keypair(public_key, secret_key);
    return shakes_hands(target, public_key, secret_key, target->card.keys.curve, metadata);
}

static bool takes_a_foreign_public_key(const struct target *target)
{
    unsigned char public_key[CURVE_KEY_SIZE], secret_key[CURVE_KEY_SIZE];
    crypto_box_keypair(public_key, secret_key);
    return shakes_hands(target, target->card.keys.curve, secret_key, target->card.keys.curve, NULL);
}

/* Codes are guessed as they are made; an open one is not hit. */
static bool guesses_a_code(const struct target *target)
{
    static const struct zone_id zone = { "22102001" };
    char code[INVITATION_TEXT_SIZE];
    invitation_draw(random_system(), code);
    struct key_pair pair = invitation_pair(code, target->card.province, &zone);
    return shakes_hands(target, pair.public.curve, pair.curve_secret, target->card.keys.curve,
                        NULL);
}

static bool expects_another_province(const struct target *target)
{
    unsigned char public_key[CURVE_KEY_SIZE], secret_key[CURVE_KEY_SIZE];
    crypto_box_keypair(public_key, secret_key);
    return shakes_hands(target, public_key, secret_key, public_key, NULL);
}

static bool was_revoked(const struct target *target)
{
    return target->has_revoked &&
           shakes_hands(target, target->revoked.public.curve, target->revoked.curve_secret,
                        target->card.keys.curve, NULL);
}

/* Whether the door answers bytes that are no handshake with more than its own greeting. */
static bool is_answered(const struct target *target, const unsigned char *bytes, size_t size)
{
    char answer[GREETING_SIZE + 1];
    size_t heard = 0;
    int file = plain_connection(target->endpoint);
    if (file < 0)
        return false;
    send(file, bytes, size, MSG_NOSIGNAL);
    shutdown(file, SHUT_WR);
    for (ssize_t got; heard < sizeof answer; heard += (size_t)got)
        if ((got = recv(file, answer + heard, sizeof answer - heard, 0)) <= 0)
            break;
    close(file);
    return heard > GREETING_SIZE;
}

static bool sends_garbage(const struct target *target)
{
    unsigned char garbage[GARBAGE_SIZE];
    randombytes_buf(garbage, sizeof garbage);
    return is_answered(target, garbage, sizeof garbage);
}

static bool announces_a_huge_frame(const struct target *target)
{
    unsigned char bytes[GREETING_SIZE + 9] = { 0xff, [9] = 0x7f, [10] = 3, [11] = 1 };
    memcpy(bytes + 12, "CURVE", 5);
    bytes[GREETING_SIZE] = 0x06;
    bytes[GREETING_SIZE + 3] = 0xff;
    return is_answered(target, bytes, sizeof bytes);
}

/* clang-format off */
static const struct {
    const char *name;
    attack_fn *attack;
} attacks[] = {
    { "a stranger's key",              comes_as_a_stranger },
    { "forged User-Id and Auth",       forges_metadata },
    { "a guessed one-time code",       guesses_a_code },
    { "a public key of somebody else", takes_a_foreign_public_key },
    { "another province's key",        expects_another_province },
    { "a revoked device",              was_revoked },
    { "raw garbage",                   sends_garbage },
    { "a huge frame announced",        announces_a_huge_frame },
};
/* clang-format on */

static bool read_target(struct target *target, char **words, int count, struct arena *arena,
                        struct error *err)
{
    struct bytes text;
    target->endpoint = words[1];
    if (!file_read(words[2], CARD_SIZE_MAX, arena, &text, err) ||
        !province_card_read(text, arena, &target->card, err))
        return false;
    target->has_revoked = count > 4;
    return !target->has_revoked || (file_read(words[4], KEY_FILE_SIZE, arena, &text, err) &&
                                    key_pair_decode(text, &target->revoked, err));
}

int main(int count, char **words)
{
    struct error err = { 0 };
    struct target target = { 0 };
    uint64_t admitted = 0;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    if (count < 4 || sodium_init() < 0 || !read_target(&target, words, count, arena, &err)) {
        fprintf(stderr, "hostile ENDPOINT CARD ROUNDS [KEYS]: %s\n", err.text);
        return 2;
    }

    long rounds = strtol(words[3], NULL, 10);
    for (size_t i = 0; i < COUNT_OF(attacks); i++) {
        uint64_t in = 0;
        for (long round = 0; round < rounds; round++)
            in += attacks[i].attack(&target);
        printf("%-32s tried %ld, let in %" PRIu64 "\n", attacks[i].name, rounds, in);
        admitted += in;
    }
    return admitted == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

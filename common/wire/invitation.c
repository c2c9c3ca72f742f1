#include "common/wire/invitation.h"

#include <ctype.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/digest.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/random.h"

#define CHANCE_SYMBOLS 17
#define CHECK_SYMBOLS 3
#define SYMBOLS (CHANCE_SYMBOLS + CHECK_SYMBOLS)
#define GROUP 5

_Static_assert(SYMBOLS + SYMBOLS / GROUP == INVITATION_TEXT_SIZE, "hyphens between, a NUL behind");

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Fifteen bits of a hash over what is before. */
static void add_check(char symbols[SYMBOLS])
{
    static const char purpose[] = "zonetally invitation check v1";
    struct digest digest =
        digest_sha256(BYTES_OF(purpose), (struct bytes){ symbols, CHANCE_SYMBOLS });
    unsigned bits = bytes_get_u32(digest.bytes);
    for (size_t i = 0; i < CHECK_SYMBOLS; i++, bits >>= 5)
        symbols[CHANCE_SYMBOLS + i] = alphabet[bits & 31];
}

static void write_groups(const char symbols[SYMBOLS], char out[INVITATION_TEXT_SIZE])
{
    for (size_t i = 0; i < SYMBOLS; i++) {
        out[i + i / GROUP] = symbols[i];
        if (i % GROUP == GROUP - 1)
            out[i + i / GROUP + 1] = i + 1 < SYMBOLS ? '-' : '\0';
    }
}

void invitation_draw(struct random *random, char out[INVITATION_TEXT_SIZE])
{
    char symbols[SYMBOLS];
    for (size_t i = 0; i < CHANCE_SYMBOLS; i++)
        symbols[i] = alphabet[random_below(random, 32)];
    add_check(symbols);
    write_groups(symbols, out);
    sodium_memzero(symbols, sizeof symbols);
}

/* NUL for a sign that no code has. */
static char symbol_of(char typed)
{
    char symbol = (char)toupper((unsigned char)typed);
    if (symbol == 'O')
        symbol = '0';
    if (symbol == 'I' || symbol == 'L')
        symbol = '1';
    return symbol && strchr(alphabet, symbol) ? symbol : '\0';
}

bool invitation_read(const char *typed, char out[INVITATION_TEXT_SIZE], struct error *err)
{
    char symbols[SYMBOLS], right[SYMBOLS];
    size_t count = 0;
    for (; *typed; typed++) {
        if (*typed == '-' || *typed == ' ')
            continue;
        char symbol = symbol_of(*typed);
        if (!symbol || count == SYMBOLS)
            return error_set(err, ERROR_MALFORMED, MESSAGE_INVITATION_FORM, SYMBOLS);
        symbols[count++] = symbol;
    }
    if (count < SYMBOLS)
        return error_set(err, ERROR_MALFORMED, MESSAGE_INVITATION_FORM, SYMBOLS);
    memcpy(right, symbols, SYMBOLS);
    add_check(right);
    if (memcmp(right, symbols, SYMBOLS) != 0)
        return error_set(err, ERROR_MALFORMED, MESSAGE_INVITATION_MISREAD);
    write_groups(symbols, out);
    return true;
}

/* Province and zone, each with its NUL, so that none can run into the other. */
static void salt_of(const char *province, const struct zone_id *zone,
                    unsigned char out[crypto_pwhash_SALTBYTES])
{
    struct digest digest = digest_sha256((struct bytes){ province, strlen(province) + 1 },
                                         (struct bytes){ zone->text, strlen(zone->text) + 1 });
    memcpy(out, digest.bytes, crypto_pwhash_SALTBYTES);
}

struct key_pair invitation_pair(const char code[INVITATION_TEXT_SIZE], const char *province,
                                const struct zone_id *zone)
{
    unsigned char seed[crypto_box_SEEDBYTES], salt[crypto_pwhash_SALTBYTES];
    struct key_pair pair = { 0 };
    if (sodium_init() < 0)
        abort();
    salt_of(province, zone, salt);
    if (crypto_pwhash(seed, sizeof seed, code, INVITATION_TEXT_SIZE - 1, salt,
                      crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        abort(); /* 64 MiB are not to be had: as with any memory */
    crypto_box_seed_keypair(pair.public.curve, pair.curve_secret, seed);
    sodium_memzero(seed, sizeof seed);
    return pair;
}

#include <pthread.h>
#include <sodium.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * Whether a signature is valid depends on nothing but its bytes, and in one process the same
 * ones are looked at by the agent, the province, the model and the doctors: half of all time.
 * The linker puts this in the place of libsodium's function; each is verified once by the real
 * one and then remembered, until another one needs the room. The province asks from several
 * threads.
 */

#define SLOTS 8192
#define NAME_SIZE 16

int __real_crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *message,
                                       unsigned long long size, const unsigned char *key);
int __wrap_crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *message,
                                       unsigned long long size, const unsigned char *key);

struct slot {
    unsigned char name[NAME_SIZE]; /* of signature, key and message together */
    bool used;
    int outcome;
};

int __wrap_crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *message,
                                       unsigned long long size, const unsigned char *key)
{
    static struct slot slots[SLOTS];
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    unsigned char name[NAME_SIZE];
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof name);
    crypto_generichash_update(&state, signature, crypto_sign_BYTES);
    crypto_generichash_update(&state, key, crypto_sign_PUBLICKEYBYTES);
    crypto_generichash_update(&state, message, size);
    crypto_generichash_final(&state, name, sizeof name);
    struct slot *slot = &slots[(name[0] << 8 | name[1]) % SLOTS];
    pthread_mutex_lock(&lock);
    bool known = slot->used && memcmp(slot->name, name, sizeof name) == 0;
    int outcome = slot->outcome;
    pthread_mutex_unlock(&lock);
    if (known)
        return outcome;
    struct slot next = { .used = true };
    memcpy(next.name, name, sizeof name);
    next.outcome = __real_crypto_sign_verify_detached(signature, message, size, key);
    pthread_mutex_lock(&lock);
    *slot = next;
    pthread_mutex_unlock(&lock);
    return next.outcome;
}

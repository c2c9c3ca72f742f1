#include "agent/session_token.h"

#include <string.h>

#include "agent/settings.h"
#include "common/base/arena.h"
#include "common/base/random.h"
#include "common/wire/message.h"
#include "common/wire/token.h"

/* As stored: the token, zeros for none, and the nonce it is shown with. */
struct shown {
    struct token token;
    unsigned char nonce[MESSAGE_NONCE_SIZE];
};
_Static_assert(sizeof(struct shown) == TOKEN_SIZE + MESSAGE_NONCE_SIZE, "all are bytes");

/* None when it is of another epoch: a new one begins without. */
static struct token current(const struct store *store, struct transaction *txn, uint32_t epoch)
{
    struct bytes value;
    struct token token = { { 0 } };
    if (!settings_get(store, txn, SETTING_TOKEN, &value) || !token_read(value, &token) ||
        token_epoch(&token) != epoch)
        return (struct token){ { 0 } };
    return token;
}

static bool was_shown(const struct store *store, struct transaction *txn, const struct token *token,
                      struct shown *out)
{
    struct bytes value;
    if (!settings_get(store, txn, SETTING_SHOWN, &value) || value.size != sizeof *out)
        return false;
    memcpy(out, value.data, sizeof *out);
    return token_equal(&out->token, token);
}

struct session_token session_token_show(const struct store *store, struct transaction *txn,
                                        uint32_t epoch, struct random *random, struct arena *arena)
{
    struct shown *shown = arena_take(arena, 1, sizeof *shown);
    struct token token = current(store, txn, epoch);
    if (!was_shown(store, txn, &token, shown)) {
        shown->token = token;
        random->fill(random, shown->nonce, sizeof shown->nonce);
        settings_put(store, txn, SETTING_SHOWN, BYTES_OF(*shown));
    }
    return (struct session_token){
        .token = { shown->token.bytes, token_is_none(&token) ? 0 : TOKEN_SIZE },
        .nonce = BYTES_OF(shown->nonce),
    };
}

bool session_token_keep(const struct store *store, struct transaction *txn, uint32_t epoch,
                        struct bytes token)
{
    struct token read, ours = current(store, txn, epoch);
    if (token.size == 0)
        return true;
    if (!token_read(token, &read) || token_epoch(&read) != epoch)
        return false;
    if (token_number(&read) > token_number(&ours))
        settings_put(store, txn, SETTING_TOKEN, token);
    return true;
}

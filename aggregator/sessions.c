#include "aggregator/sessions.h"

#include <assert.h>
#include <string.h>

#include "common/base/random.h"
#include "common/base/seeded_bug.h"
#include "common/storage/transaction.h"
#include "common/wire/keys.h"

/*
 *     key    device (16)
 *     value  last token, token before (zeros: none), nonce with which that one was shown
 *            (zeros: nobody has)
 *
 * The epoch stands in the last token.
 */
struct row {
    struct token last;
    struct token before;
    unsigned char nonce[SESSIONS_NONCE_SIZE];
};
_Static_assert(sizeof(struct row) == 2 * TOKEN_SIZE + SESSIONS_NONCE_SIZE, "all are bytes");

/* What was written in an earlier epoch is over: false as if there were none. */
static bool read_row(const struct sessions *sessions, const struct device_id *device,
                     uint32_t epoch, struct row *out)
{
    struct bytes value;
    *out = (struct row){ { { 0 } }, { { 0 } }, { 0 } };
    if (!transaction_get(sessions->txn, sessions->table, BYTES_OF(*device), &value))
        return false;
    assert(value.size == sizeof *out);
    memcpy(out, value.data, sizeof *out);
    if (token_epoch(&out->last) == epoch)
        return true;
    *out = (struct row){ { { 0 } }, { { 0 } }, { 0 } };
    return false;
}

static void write_row(const struct sessions *sessions, const struct device_id *device,
                      const struct row *row)
{
    transaction_put(sessions->txn, sessions->table, BYTES_OF(*device), BYTES_OF(*row));
}

static bool same_nonce(const struct row *row, struct bytes nonce)
{
    return bytes_equal(BYTES_OF(row->nonce), nonce);
}

static bool nobody_showed(const struct row *row)
{
    static const unsigned char none[SESSIONS_NONCE_SIZE];
    return same_nonce(row, BYTES_OF(none));
}

/* Made by us for this very stream in a time that was restored away: it cannot be older than
 * what we know, because each of our numbers was handed out once. */
static bool was_forgotten(const struct sessions *sessions, const struct session_shown *shown,
                          const struct token *token, const struct row *row)
{
    return token_number(token) >= token_number(&row->last) &&
           token_is_genuine(token, sessions->province, &shown->device, shown->epoch);
}

static enum session_verdict judge(const struct sessions *sessions,
                                  const struct session_shown *shown, const struct token *token,
                                  bool known, const struct row *row)
{
    if (known && token_equal(token, &row->before) && !token_equal(token, &row->last))
        return nobody_showed(row) || same_nonce(row, shown->nonce) ? SESSION_AGAIN
                                                                   : SESSION_DOUBTFUL;
    if (token_equal(token, &row->last) || was_forgotten(sessions, shown, token, row))
        return SESSION_NEXT;
    return SESSION_DOUBTFUL;
}

static void step(const struct sessions *sessions, const struct session_shown *shown,
                 const struct token *token, struct row *row)
{
    uint64_t number = token_number(token) > token_number(&row->last) ? token_number(token)
                                                                     : token_number(&row->last);
    row->before = *token;
    row->last =
        token_make(sessions->province, &shown->device, shown->epoch, number + 1, sessions->random);
    memcpy(row->nonce, shown->nonce.data, sizeof row->nonce);
    write_row(sessions, &shown->device, row);
}

enum session_verdict sessions_show(const struct sessions *sessions,
                                   const struct session_shown *shown, struct token *out)
{
    struct row row;
    struct token token;
    if (shown->nonce.size != SESSIONS_NONCE_SIZE || !token_read(shown->token, &token))
        return SESSION_DOUBTFUL;
    bool known = read_row(sessions, &shown->device, shown->epoch, &row);
    enum session_verdict verdict = judge(sessions, shown, &token, known, &row);
    if (verdict == SESSION_DOUBTFUL && seeded_bug(BUG_ACCEPT_AN_OLD_TOKEN))
        verdict = SESSION_NEXT;
    if (verdict == SESSION_NEXT)
        step(sessions, shown, &token, &row);
    if (verdict == SESSION_AGAIN && nobody_showed(&row)) {
        memcpy(row.nonce, shown->nonce.data, sizeof row.nonce);
        write_row(sessions, &shown->device, &row);
    }
    *out = row.last;
    return verdict;
}

struct token sessions_current(const struct sessions *sessions, const struct device_id *device,
                              uint32_t epoch)
{
    struct row row;
    if (read_row(sessions, device, epoch, &row))
        return row.last;
    row.last = token_make(sessions->province, device, epoch, 1, sessions->random);
    write_row(sessions, device, &row);
    return row.last;
}

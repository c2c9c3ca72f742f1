#include "common/wire/message.h"

#include <assert.h>

#include "common/base/messages.h"

static const struct words refusals[] = {
    [REFUSAL_MALFORMED] = WORDS_REFUSAL_MALFORMED,
    [REFUSAL_PROTOCOL] = WORDS_REFUSAL_PROTOCOL,
    [REFUSAL_PROVINCE] = WORDS_REFUSAL_PROVINCE,
    [REFUSAL_UNKNOWN_DEVICE] = WORDS_REFUSAL_UNKNOWN_DEVICE,
    [REFUSAL_REVOKED] = WORDS_REFUSAL_REVOKED,
    [REFUSAL_SIGNATURE] = WORDS_REFUSAL_SIGNATURE,
    [REFUSAL_UNKNOWN_CATALOGUE] = WORDS_REFUSAL_UNKNOWN_CATALOGUE,
    [REFUSAL_FORK] = WORDS_REFUSAL_FORK,
    [REFUSAL_FENCED] = WORDS_REFUSAL_FENCED,
    [REFUSAL_WRONG_ZONE] = WORDS_REFUSAL_WRONG_ZONE,
    [REFUSAL_STOPPING] = WORDS_REFUSAL_STOPPING,
    [REFUSAL_SUSPENDED] = WORDS_REFUSAL_SUSPENDED,
    [REFUSAL_EXPIRED] = WORDS_REFUSAL_EXPIRED,
    [REFUSAL_ROTATION] = WORDS_REFUSAL_ROTATION,
    [REFUSAL_CODE] = WORDS_REFUSAL_CODE,
    [REFUSAL_NOT_THERE] = WORDS_REFUSAL_NOT_THERE,
    [REFUSAL_NO_ROOM] = WORDS_REFUSAL_NO_ROOM,
    [REFUSAL_QUARANTINED] = WORDS_REFUSAL_QUARANTINED,
};

/* Numbers are handed out in groups: there are holes. */
bool refusal_is_known(uint64_t number)
{
    return number < COUNT_OF(refusals) && refusals[number].chinese;
}

const char *refusal_words(enum refusal refusal)
{
    assert(refusal_is_known(refusal));
    return words_say(&refusals[refusal]);
}

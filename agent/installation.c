#include "agent/installation.h"

#include <assert.h>
#include <string.h>

#include "agent/agent.h"
#include "agent/settings.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/storage/transaction.h"

/* As stored: for which epoch, and the parts. */
struct kept {
    unsigned char epoch[4];
    struct machine_print print;
};
_Static_assert(sizeof(struct kept) == 4 + MACHINE_PART_COUNT * DIGEST_SIZE, "all are bytes");

/* Hashed: what part, of which device, then the text. */
struct salt {
    char purpose[24];
    unsigned char part;
    unsigned char device[16];
};

static struct digest hash_of(enum machine_part part, const struct device_id *device,
                             const char *text)
{
    struct salt salt = { .purpose = "zonetally machine v1", .part = (unsigned char)part };
    memcpy(salt.device, device->bytes, sizeof salt.device);
    return digest_sha256(BYTES_OF(salt), bytes_of_text(text));
}

struct machine_print machine_print_take(const struct machine *machine, const char *data_folder,
                                        const struct device_id *device)
{
    struct machine_print print = { .parts = { { { 0 } } } };
    char text[MACHINE_TEXT_SIZE];
    for (int part = 0; machine && part < MACHINE_PART_COUNT; part++)
        if (machine->read(machine, (enum machine_part)part, data_folder, text))
            print.parts[part] = hash_of((enum machine_part)part, device, text);
    return print;
}

static bool is_empty(const struct machine_print *print)
{
    for (int part = 0; part < MACHINE_PART_COUNT; part++)
        if (!digest_is_zero(&print->parts[part]))
            return false;
    return true;
}

struct digest machine_print_digest(const struct machine_print *print)
{
    static const char purpose[] = "zonetally machine print v1";
    return is_empty(print) ? (struct digest){ { 0 } }
                           : digest_sha256(BYTES_OF(purpose), BYTES_OF(*print));
}

struct comparison {
    int known; /* on both sides */
    int differ;
    bool system_only; /* what is known is the system's number and nothing else */
};

static struct comparison compare(const struct machine_print *then, const struct machine_print *now)
{
    struct comparison comparison = { .system_only = true };
    for (int part = 0; part < MACHINE_PART_COUNT; part++) {
        if (digest_is_zero(&then->parts[part]) || digest_is_zero(&now->parts[part]))
            continue;
        comparison.known++;
        comparison.differ += !digest_equal(&then->parts[part], &now->parts[part]);
        if (part != MACHINE_SYSTEM)
            comparison.system_only = false;
    }
    return comparison;
}

bool machine_print_is_other(const struct machine_print *then, const struct machine_print *now)
{
    struct comparison comparison = compare(then, now);
    return comparison.differ > 1 ||
           (comparison.differ > 0 && comparison.differ == comparison.known &&
            !comparison.system_only);
}

void installation_keep(const struct store *store, struct transaction *txn, uint32_t epoch,
                       const struct machine_print *print)
{
    struct kept kept = { .print = *print };
    bytes_put_u32(kept.epoch, epoch);
    settings_put(store, txn, SETTING_MACHINE, BYTES_OF(kept));
}

/* False when nothing is known for this epoch. */
static bool recall(const struct agent *agent, struct transaction *txn, struct machine_print *out)
{
    struct bytes value;
    struct kept kept;
    if (!settings_get(&agent->store, txn, SETTING_MACHINE, &value))
        return false;
    assert(value.size == sizeof kept);
    memcpy(&kept, value.data, sizeof kept);
    *out = kept.print;
    return bytes_get_u32(kept.epoch) == agent->device.stream.epoch;
}

/* A part that cannot be read today stays as it was. */
static struct machine_print merged(const struct machine_print *then,
                                   const struct machine_print *now)
{
    struct machine_print print = *now;
    for (int part = 0; part < MACHINE_PART_COUNT; part++)
        if (digest_is_zero(&print.parts[part]))
            print.parts[part] = then->parts[part];
    return print;
}

/* A full disk does not stop anybody from looking: it is learnt another time. */
static bool learn(const struct agent *agent, const struct machine_print *print, struct error *err)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_write(agent->store.database);
    installation_keep(&agent->store, txn, agent->device.stream.epoch, print);
    return transaction_commit(&txn, err) || err->kind == ERROR_EXHAUSTED;
}

bool installation_examine(struct agent *agent, struct error *err)
{
    struct machine_print then = { .parts = { { { 0 } } } }, next;
    struct machine_print now =
        machine_print_take(agent->seams.machine, agent->data_folder, &agent->device.stream.device);
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(agent->store.database);
    bool known = recall(agent, txn, &then);
    if (!transaction_check(txn, err))
        return false;
    transaction_abort(&txn);
    agent->copied = known && machine_print_is_other(&then, &now);
    next = known ? merged(&then, &now) : now;
    if (agent->copied || is_empty(&now) || (known && memcmp(&next, &then, sizeof next) == 0))
        return true;
    return learn(agent, &next, err);
}

bool installation_may_act(const struct agent *agent, struct error *err)
{
    return !agent->copied || seeded_bug(BUG_LET_A_COPY_ACT) ||
           error_set(err, ERROR_REFUSED, MESSAGE_INSTALLATION_COPIED);
}

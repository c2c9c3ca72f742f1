#include "agent/setup.h"

#include <string.h>

#include "agent/catalogues.h"
#include "agent/installation.h"
#include "agent/settings.h"
#include "agent/statements.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "common/storage/file.h"
#include "common/storage/transaction.h"

#define FIRST_EPOCH 1
#define SECRET_MODE 0600
#define PUBLIC_MODE 0644

static bool request_is_sound(const struct setup_request *request, struct arena *arena,
                             struct error *err)
{
    char path[AGENT_PATH_SIZE];
    struct province_card card;
    if (strlen(request->label) > CARD_LABEL_SIZE_MAX ||
        !text_is_clean(bytes_of_text(request->label), false))
        return error_set(err, ERROR_REFUSED, MESSAGE_SETUP_LABEL, CARD_LABEL_SIZE_MAX);
    if (!province_card_read(request->card, arena, &card, err))
        return error_wrap(err, MESSAGE_SETUP_CARD);
    if (!agent_path(request->data_folder, AGENT_KEYS_FILE, path, err))
        return false;
    if (file_exists(path))
        return error_set(err, ERROR_CONFLICT, MESSAGE_SETUP_DONE, request->data_folder);
    return true;
}

static void put_reserve(const struct store *store, struct transaction *txn, unsigned mib)
{
    unsigned char value[4];
    bytes_put_u32(value, mib);
    settings_put(store, txn, SETTING_RESERVE, BYTES_OF(value));
}

/* A stream whose keys are gone cannot be continued, and must not be begun again. */
static bool write_store(const struct setup_request *request, const struct agent_seams *seams,
                        const struct catalogue *catalogue, const struct device *device,
                        const struct machine_print *print, struct arena *arena, struct error *err)
{
    CLEANUP(store_close) struct store store = { 0 };
    if (!store_open(request->data_folder, seams->any_file_system, &store, err))
        return false;

    CLEANUP(transaction_abort) struct transaction *txn = transaction_write(store.database);
    struct stream_head head;
    if (!statements_head(&store, txn, &head, err))
        return false;
    if (head.sequence > 0)
        return error_set(err, ERROR_CONFLICT, MESSAGE_SETUP_KEYS_LOST, request->data_folder,
                         head.sequence);
    device_put(&store, txn, device, arena);
    installation_keep(&store, txn, device->stream.epoch, print);
    if (request->reserve_mib > 0)
        put_reserve(&store, txn, request->reserve_mib);
    catalogues_keep(&store, txn, catalogue, arena);
    return transaction_commit(&txn, err);
}

static bool write_file(const char *data_folder, const char *name, struct bytes content,
                       unsigned mode, struct error *err)
{
    char path[AGENT_PATH_SIZE];
    return agent_path(data_folder, name, path, err) && file_replace(path, content, mode, err);
}

static bool write_keys(const char *data_folder, const struct key_pair *pair, struct error *err)
{
    char path[AGENT_PATH_SIZE];
    unsigned char bytes[KEY_FILE_SIZE];
    key_pair_encode(pair, bytes);
    bool done = agent_path(data_folder, AGENT_KEYS_FILE, path, err) &&
                file_create(path, BYTES_OF(bytes), SECRET_MODE, err);
    memset(bytes, 0, sizeof bytes);
    return done;
}

bool setup_create(const struct setup_request *request, const struct agent_seams *seams,
                  const struct catalogue *catalogue, struct setup_result *out, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    if (!request_is_sound(request, arena, err) || !folder_create(request->data_folder, err))
        return false;

    CLEANUP(key_pair_wipe) struct key_pair pair = key_pair_create(seams->random);
    struct device device = { .stream = { .zone = request->zone, .epoch = FIRST_EPOCH },
                             .label = request->label };
    seams->random->fill(seams->random, device.stream.device.bytes,
                        sizeof device.stream.device.bytes);
    struct machine_print print =
        machine_print_take(seams->machine, request->data_folder, &device.stream.device);
    struct enrolment_request enrolment = {
        .zone = request->zone,
        .device = device.stream.device,
        .keys = pair.public,
        .label = request->label,
        .utc_ms = seams->clock->utc_ms(seams->clock),
        .machine = machine_print_digest(&print),
    };
    struct bytes text = enrolment_request_write(&enrolment, &pair, arena);

    key_fingerprint(&pair.public, out->fingerprint);
    return agent_path(request->data_folder, AGENT_REQUEST_FILE, out->request_path, err) &&
           write_store(request, seams, catalogue, &device, &print, arena, err) &&
           write_file(request->data_folder, AGENT_CARD_FILE, request->card, PUBLIC_MODE, err) &&
           write_file(request->data_folder, AGENT_REQUEST_FILE, text, PUBLIC_MODE, err) &&
           write_keys(request->data_folder, &pair, err);
}

#include "agent/device.h"

#include <assert.h>
#include <string.h>

#include "agent/settings.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/transaction.h"

/* Zone, device, epoch; the label follows. */
#define DEVICE_SIZE 16
#define EPOCH_AT (ZONE_CODE_SIZE + DEVICE_SIZE)
#define LABEL_AT (EPOCH_AT + 4)

void device_put(const struct store *store, struct transaction *txn, const struct device *device,
                struct arena *arena)
{
    size_t label_size = strlen(device->label);
    unsigned char *value = arena_take(arena, LABEL_AT + label_size, 1);
    memcpy(value, device->stream.zone.text, ZONE_CODE_SIZE);
    memcpy(value + ZONE_CODE_SIZE, device->stream.device.bytes, DEVICE_SIZE);
    bytes_put_u32(value + EPOCH_AT, device->stream.epoch);
    memcpy(value + LABEL_AT, device->label, label_size);
    settings_put(store, txn, SETTING_DEVICE, (struct bytes){ value, LABEL_AT + label_size });
}

bool device_get(const struct store *store, struct transaction *txn, struct arena *arena,
                struct device *out, struct error *err)
{
    struct bytes value;
    if (!settings_get(store, txn, SETTING_DEVICE, &value))
        return transaction_check(txn, err) &&
               error_set(err, ERROR_UNAVAILABLE, MESSAGE_AGENT_NO_DEVICE);

    assert(value.size >= LABEL_AT);
    const unsigned char *data = value.data;
    memcpy(out->stream.zone.text, data, ZONE_CODE_SIZE);
    memcpy(out->stream.device.bytes, data + ZONE_CODE_SIZE, DEVICE_SIZE);
    out->stream.epoch = bytes_get_u32(data + EPOCH_AT);
    char *label = arena_take(arena, value.size - LABEL_AT + 1, 1);
    memcpy(label, data + LABEL_AT, value.size - LABEL_AT);
    out->label = label;
    return true;
}

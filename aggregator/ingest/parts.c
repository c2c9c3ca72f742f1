#include "aggregator/ingest/parts.h"

#include "aggregator/devices.h"
#include "aggregator/excerpts.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "common/base/error.h"
#include "common/wire/channel.h"

bool parts_are_asked(const struct message *message)
{
    return message->kind == MESSAGE_CATALOGUE_ASK || message->kind == MESSAGE_HISTORY_ASK;
}

/* NULL: let in a moment ago, shut out since. */
static const struct device *device_of(const struct province *province, const struct peer *peer)
{
    const struct devices *devices = ledger_devices(province->ledger);
    int64_t now = province_utc_ms(province);
    for (size_t i = 0; i < devices_count(devices); i++) {
        const struct device *device = devices_at(devices, i);
        if (device_is_admitted(device, now) && device_connects_with(device, peer->curve_key))
            return device;
    }
    return NULL;
}

static bool make_whole(const struct province *province, struct transaction *txn,
                       const struct device *device, const struct message *question,
                       struct excerpt_frame *frame, struct arena *arena, struct bytes *out,
                       struct error *err)
{
    uint64_t next;
    const struct ask *ask = &question->ask;
    if (question->kind == MESSAGE_CATALOGUE_ASK)
        return catalogue_offer_make(province, txn, &ask->catalogue, frame, arena, out, err);
    return history_page_make(province, txn, &device->enrolment.zone, ask->from, frame, arena, out,
                             &next, err);
}

static struct message refused(enum refusal refusal)
{
    return (struct message){ .kind = MESSAGE_REFUSAL, .refusal = refusal };
}

bool parts_answer(const struct province *province, struct transaction *txn, const struct peer *peer,
                  const struct message *question, struct arena *arena, struct message *out,
                  struct error *err)
{
    struct bytes whole;
    uint64_t offset = question->ask.offset;
    struct excerpt_frame frame = { question->ask.known, question->ask.size };
    const struct device *device = device_of(province, peer);
    *out = refused(REFUSAL_UNKNOWN_DEVICE);
    if (!device)
        return true;
    *out = refused(REFUSAL_NOT_THERE);
    if (!make_whole(province, txn, device, question, &frame, arena, &whole, err))
        return err->kind == ERROR_UNAVAILABLE;
    if (offset >= whole.size)
        return true;

    uint64_t left = whole.size - offset;
    struct bytes part = { (const char *)whole.data + offset,
                          left < MESSAGE_PART_SIZE_MAX ? (size_t)left : MESSAGE_PART_SIZE_MAX };
    *out = (struct message){ .kind = MESSAGE_PART,
                             .chunk = { .hash = digest_sha256((struct bytes){ NULL, 0 }, whole),
                                        .total_size = whole.size,
                                        .offset = offset,
                                        .part = part },
                             .ask = { .size = frame.size } };
    return true;
}

#include "aggregator/excerpts.h"

#include "aggregator/catalogues.h"
#include "aggregator/checkpoints.h"
#include "aggregator/devices.h"
#include "aggregator/dossiers.h"
#include "aggregator/heard.h"
#include "aggregator/leaves.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "aggregator/receipts.h"
#include "aggregator/streams.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/transaction.h"
#include "common/wire/excerpt.h"

/* One excerpt being made. */
struct making {
    const struct province *province;
    struct transaction *txn;
    struct arena *arena;
    struct excerpt excerpt;
    struct excerpt_item *items;
    uint64_t size; /* of the tree */
    size_t bytes;
    struct error *err;
};

static bool not_there(struct error *err)
{
    return error_set(err, ERROR_UNAVAILABLE, "%s", MESSAGE_EXCERPT_NOT_THERE);
}

static bool find_checkpoint(struct making *making, struct excerpt_frame *frame)
{
    struct table table = database_table(making->province->database, CHECKPOINTS_TABLE);
    struct signed_size found;
    bool there = frame->size == 0
                     ? checkpoints_last(making->txn, table, &found)
                     : checkpoints_covering(making->txn, table, frame->size - 1, &found);
    if (!transaction_check(making->txn, making->err))
        return false;
    if (!there || (frame->size > 0 && found.size != frame->size) ||
        found.size > tree_size(ledger_tree(making->province->ledger)))
        return not_there(making->err);
    frame->size = making->size = found.size;
    making->excerpt.checkpoint = arena_copy_bytes(making->arena, found.text);
    return true;
}

/* Without it the asker sees for itself that the journal does not continue what it knew. */
static bool add_extension(struct making *making, uint64_t known)
{
    const struct ledger *ledger = making->province->ledger;
    struct leaves leaves = { ledger_journal(ledger), making->txn };
    struct tree_path *path = arena_take(making->arena, 1, sizeof *path);
    if (known == 0 || known >= making->size)
        return true;
    if (!tree_consistency(ledger_tree(ledger), known, making->size, leaves_source(&leaves), path,
                          making->err))
        return false;
    making->excerpt.extension = path->hashes;
    making->excerpt.extension_count = path->count;
    return true;
}

static bool begin(struct making *making, struct excerpt_frame *frame)
{
    making->items = arena_take(making->arena, EXCERPT_ITEMS_MAX, sizeof *making->items);
    making->excerpt.items = making->items;
    return find_checkpoint(making, frame) && add_extension(making, frame->known);
}

static bool add_receipt(struct making *making, const struct journal_record *record,
                        struct excerpt_item *item)
{
    struct receipt *receipt = arena_take(making->arena, 1, sizeof *receipt);
    if (!receipts_make(making->province->ledger, making->txn, record->position, making->arena,
                       receipt, making->err))
        return false;
    item->sealed = record->sealed;
    item->receipt_checkpoint = receipt->checkpoint;
    item->receipt_path = receipt->path;
    item->receipt_path_count = receipt->path_count;
    return true;
}

static bool add_item(struct making *making, uint64_t position)
{
    const struct ledger *ledger = making->province->ledger;
    struct leaves leaves = { ledger_journal(ledger), making->txn };
    struct tree_path *path = arena_take(making->arena, 1, sizeof *path);
    struct journal_record record;
    if (!journal_read(ledger_journal(ledger), making->txn, position, making->arena, &record,
                      making->err) ||
        !tree_inclusion(ledger_tree(ledger), position, making->size, leaves_source(&leaves), path,
                        making->err))
        return false;
    struct excerpt_item *item = &making->items[making->excerpt.count++];
    item->encoded = journal_leaf_bytes(&record, making->arena);
    item->position = position;
    item->path = path->hashes;
    item->path_count = path->count;
    making->bytes += item->encoded.size + record.sealed.statement.size + sizeof *path;
    return record.entry.kind != ENTRY_ARRIVAL || add_receipt(making, &record, item);
}

bool catalogue_offer_make(const struct province *province, struct transaction *txn,
                          const struct digest *digest, struct excerpt_frame *frame,
                          struct arena *arena, struct bytes *out, struct error *err)
{
    struct making making = { .province = province, .txn = txn, .arena = arena, .err = err };
    const struct adopted *adopted = catalogues_find(province->catalogues, digest);
    if (!begin(&making, frame))
        return false;
    if (!adopted || adopted->position >= making.size)
        return not_there(err);
    if (!add_item(&making, adopted->position))
        return false;
    making.excerpt.next = adopted->position + 1;
    *out = excerpt_encode(&making.excerpt, arena);
    return true;
}

static void add_heard(struct making *making, const struct device *device,
                      struct heard_stream *streams)
{
    const struct province *province = making->province;
    struct table table = database_table(province->database, HEARD_TABLE);
    struct stream_id id = { .zone = device->enrolment.zone, .device = device->enrolment.device };
    for (id.epoch = 1; id.epoch <= device->enrolment.epoch; id.epoch++) {
        const struct stream *stream = streams_find(ledger_streams(province->ledger), &id);
        uint64_t told = heard_find(making->txn, table, &id.device, id.epoch);
        if (told > (stream ? stream->sequence : 0) &&
            making->excerpt.stream_count < EXCERPT_STREAMS_MAX)
            streams[making->excerpt.stream_count++] =
                (struct heard_stream){ id.device, id.epoch, told };
    }
}

/* Streams that are said to be longer than what came of them. */
static void add_streams(struct making *making, const struct zone_id *zone)
{
    const struct devices *devices = ledger_devices(making->province->ledger);
    struct heard_stream *streams = arena_take(making->arena, EXCERPT_STREAMS_MAX, sizeof *streams);
    making->excerpt.streams = streams;
    for (size_t i = 0; i < devices_count(devices); i++)
        if (zone_id_equal(&devices_at(devices, i)->enrolment.zone, zone))
            add_heard(making, devices_at(devices, i), streams);
}

/* The last item may make it larger than was aimed at. */
static bool has_room(const struct making *making)
{
    return making->excerpt.count < EXCERPT_ITEMS_AIM && making->bytes < EXCERPT_SIZE_AIM;
}

bool history_page_make(const struct province *province, struct transaction *txn,
                       const struct zone_id *zone, uint64_t from, struct excerpt_frame *frame,
                       struct arena *arena, struct bytes *out, uint64_t *out_next,
                       struct error *err)
{
    struct making making = { .province = province, .txn = txn, .arena = arena, .err = err };
    uint64_t next = from, position;
    if (!begin(&making, frame))
        return false;
    bool more = true;
    while (more && has_room(&making)) {
        more = dossiers_next(province->dossiers, zone, next, &position) && position < making.size;
        if (more && !add_item(&making, position))
            return false;
        next = more ? position + 1 : next;
    }
    if (!more)
        add_streams(&making, zone);
    making.excerpt.from = from;
    making.excerpt.next = more ? next : making.size;
    *out_next = making.excerpt.next;
    *out = excerpt_encode(&making.excerpt, arena);
    return true;
}

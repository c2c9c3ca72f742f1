#include "aggregator/ledger.h"

#include <assert.h>
#include <string.h>

#include "aggregator/checkpoints.h"
#include "aggregator/devices.h"
#include "aggregator/evidence.h"
#include "aggregator/landmarks.h"
#include "aggregator/leaves.h"
#include "aggregator/notice_board.h"
#include "aggregator/recent.h"
#include "aggregator/registry.h"
#include "aggregator/signer.h"
#include "aggregator/streams.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/storage/database.h"
#include "common/storage/transaction.h"
#include "common/wire/proof.h"
#include "common/wire/statement.h"

struct ledger {
    struct ledger_options options;
    struct journal *journal;
    struct tree *tree;
    struct landmarks *landmarks;
    struct devices *devices;
    struct registry *registry;
    struct streams *streams;
    struct notice_board *notice_board;
    struct recent *recent;
    struct table tiles;
    struct table checkpoints;
    uint64_t known;        /* entries the projections have seen */
    uint64_t known_signed; /* of them, so many are signed as far as we know */
    struct transaction *txn;
    int64_t utc_ms;
    uint64_t first; /* position of items[0] */
    struct journal_item *items;
    size_t count;
    size_t capacity;
    bool written; /* into the open transaction */
    bool spoilt;
};

static void project(struct ledger *ledger, const struct journal_record *record)
{
    assert(record->position == ledger->known);

    const struct arrival *arrival = &record->entry.arrival;
    if (record->entry.kind == ENTRY_ARRIVAL)
        streams_add(ledger->streams, &arrival->stream, arrival->sequence, record->position);
    landmarks_apply(ledger->landmarks, &record->entry, record->position);
    devices_apply(ledger->devices, record);
    registry_apply(ledger->registry, &record->entry);
    notice_board_apply(ledger->notice_board, &record->entry, record->position);
    ledger->known++;
    if (ledger->options.follow)
        ledger->options.follow(record, ledger->options.owner);
}

static bool replay_one(const struct journal_record *record, void *owner)
{
    project(owner, record);
    return true;
}

static bool replay(struct ledger *ledger, struct transaction *txn, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    return journal_each(ledger->journal, txn, ledger->known, arena, replay_one, ledger, err);
}

static bool settle(const struct ledger *ledger, struct transaction *txn, struct error *err)
{
    const struct ledger_options *options = &ledger->options;
    return !options->settle || options->settle(txn, ledger->known, options->owner, err);
}

static bool load(struct ledger *ledger, struct error *err)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(ledger->options.database);
    struct leaves leaves = { ledger->journal, txn };
    return replay(ledger, txn, err) &&
           tree_load(ledger->tree, txn, ledger->tiles, ledger->known, leaves_source(&leaves),
                     err) &&
           (seeded_bug(BUG_FORGET_A_FORK) ||
            evidence_freeze(txn, database_table(ledger->options.database, EVIDENCE_TABLE),
                            ledger->streams, err)) &&
           settle(ledger, txn, err) && transaction_check(txn, err);
}

struct ledger *ledger_open(const struct ledger_options *options, struct error *err)
{
    struct ledger *ledger = memory_zeroed(1, sizeof *ledger);
    ledger->options = *options;
    ledger->journal = journal_open(options->database);
    ledger->tree = tree_create();
    ledger->landmarks = landmarks_create();
    ledger->devices = devices_create();
    ledger->registry = registry_create();
    ledger->streams = streams_create();
    ledger->notice_board = notice_board_create();
    ledger->recent = recent_create();
    ledger->tiles = database_table(options->database, TREE_TABLE);
    ledger->checkpoints = database_table(options->database, CHECKPOINTS_TABLE);
    ledger->known_signed = UINT64_MAX;
    if (!load(ledger, err))
        ledger_close(&ledger);
    return ledger;
}

static void end_batch(struct ledger *ledger)
{
    transaction_abort(&ledger->txn);
    signer_unlock(ledger->options.signer);
    ledger->count = 0;
}

void ledger_close(struct ledger **ledger)
{
    if (*ledger) {
        if ((*ledger)->txn)
            end_batch(*ledger);
        journal_close(&(*ledger)->journal);
        tree_destroy(&(*ledger)->tree);
        landmarks_destroy(&(*ledger)->landmarks);
        devices_destroy(&(*ledger)->devices);
        registry_destroy(&(*ledger)->registry);
        streams_destroy(&(*ledger)->streams);
        notice_board_destroy(&(*ledger)->notice_board);
        recent_destroy(&(*ledger)->recent);
        memory_free(&(*ledger)->items);
    }
    memory_free(ledger);
}

static bool grow_tree(struct ledger *ledger, struct transaction *txn, struct error *err)
{
    struct digest hashes[TREE_TILE_LEAVES];
    while (tree_size(ledger->tree) < ledger->known) {
        uint64_t left = ledger->known - tree_size(ledger->tree);
        size_t count = left < COUNT_OF(hashes) ? (size_t)left : COUNT_OF(hashes);
        if (!journal_leaves(ledger->journal, txn, tree_size(ledger->tree), count, hashes, err))
            return false;
        for (size_t i = 0; i < count; i++)
            tree_append(ledger->tree, &hashes[i]);
    }
    return true;
}

/* What others appended goes the way of our own entries. */
static bool catch_up(struct ledger *ledger, struct transaction *txn, struct error *err)
{
    uint64_t size = journal_size(ledger->journal, txn);
    if (!transaction_check(txn, err))
        return false;
    if (size == ledger->known)
        return settle(ledger, txn, err);
    if (size > ledger->known && replay(ledger, txn, err) && grow_tree(ledger, txn, err) &&
        settle(ledger, txn, err))
        return true;
    ledger->spoilt = true;
    return size > ledger->known ||
           error_set(err, ERROR_CORRUPT, MESSAGE_LEDGER_SHRANK, ledger->known, size);
}

static bool can_sign(const struct ledger *ledger, struct error *err)
{
    if (ledger->options.signer)
        return true;
    if (!ledger->options.signer_trouble)
        return error_set(err, ERROR_REFUSED, MESSAGE_SIGNER_NONE);
    *err = *ledger->options.signer_trouble;
    return false;
}

static bool extend(struct ledger *ledger, struct transaction *txn, uint64_t from,
                   struct tree_path *path, struct signer_extension *out, struct error *err)
{
    struct leaves leaves = { ledger->journal, txn };
    uint64_t size = tree_size(ledger->tree);
    path->count = 0;
    if (from > 0 && !tree_consistency(ledger->tree, from, size, leaves_source(&leaves), path, err))
        return false;
    *out = (struct signer_extension){ size, tree_root(ledger->tree), path->hashes, path->count };
    return true;
}

/* A generation was opened and the signer does not know it yet. */
static bool sign_opening(struct ledger *ledger, struct transaction *txn, struct arena *arena,
                         struct bytes *out, struct error *err)
{
    struct generation_opening its;
    struct landmark mark = landmarks_opening(ledger->landmarks, &its);
    struct leaves leaves = { ledger->journal, txn };
    struct signer_opening opening = { .proof = { .position = mark.position } };
    struct tree_path path, inclusion;
    struct journal_record record;
    if (!extend(ledger, txn, its.size, &path, &opening.extension, err) ||
        !ledger_read(ledger, txn, mark.position, arena, &record, err) ||
        !tree_inclusion(ledger->tree, mark.position, tree_size(ledger->tree),
                        leaves_source(&leaves), &inclusion, err))
        return false;
    opening.proof.entry = entry_encode(&record.entry, arena);
    opening.proof.path_count = inclusion.count;
    memcpy(opening.proof.path, inclusion.hashes, inclusion.count * sizeof *inclusion.hashes);
    return signer_sign_opening(ledger->options.signer, &opening, arena, out, err);
}

/* With the proof that the tree extends what was signed last. */
static bool sign_tree(struct ledger *ledger, struct transaction *txn, struct arena *arena,
                      struct bytes *out, struct error *err)
{
    struct signed_head head = signer_head(ledger->options.signer);
    uint32_t generation = landmarks_generation(ledger->landmarks);
    struct tree_path path;
    struct signer_extension extension;
    if (generation == head.generation + 1)
        return sign_opening(ledger, txn, arena, out, err);
    if (head.generation != generation || head.size > tree_size(ledger->tree))
        return error_set(err, ERROR_REFUSED, MESSAGE_SIGNER_AHEAD, head.generation, head.size,
                         generation, tree_size(ledger->tree));
    return extend(ledger, txn, head.size, &path, &extension, err) &&
           signer_sign(ledger->options.signer, &extension, arena, out, err);
}

/* Everything known is signed. With the signer's lock: nobody is between commit and release. */
static bool sign_known(struct ledger *ledger, struct transaction *txn, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct signer *signer = ledger->options.signer;
    struct signed_head head = signer_head(signer);
    struct digest root = tree_root(ledger->tree);
    struct bytes text;
    bool same = head.size == ledger->known && digest_equal(&head.root, &root);
    if (!same && !(sign_tree(ledger, txn, arena, &text, err) && signer_release(signer, err)))
        return false;
    ledger->known_signed = ledger->known;
    return true;
}

static bool take_in(struct ledger *ledger, bool locked, struct error *err)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(ledger->options.database);
    return catch_up(ledger, txn, err) && !ledger->spoilt &&
           (!locked || sign_known(ledger, txn, err));
}

bool ledger_refresh(struct ledger *ledger, struct error *err)
{
    assert(!ledger->txn && !ledger->spoilt);

    if (!can_sign(ledger, err) || !take_in(ledger, false, err))
        return false;
    if (ledger->known_signed == ledger->known)
        return true;
    if (!signer_lock(ledger->options.signer, err))
        return false;
    bool taken = take_in(ledger, true, err);
    signer_unlock(ledger->options.signer);
    return taken;
}

static bool begin(struct ledger *ledger, int64_t utc_ms, bool opening, struct error *err)
{
    assert(!ledger->txn && !ledger->spoilt);

    if (!can_sign(ledger, err) || !signer_lock(ledger->options.signer, err))
        return false;
    ledger->txn = transaction_write(ledger->options.database);
    ledger->utc_ms = utc_ms;
    ledger->count = 0;
    ledger->written = false;
    if (!catch_up(ledger, ledger->txn, err) || ledger->spoilt ||
        (!opening && !sign_known(ledger, ledger->txn, err))) {
        end_batch(ledger);
        return false;
    }
    ledger->first = ledger->known;
    return true;
}

bool ledger_begin(struct ledger *ledger, int64_t utc_ms, struct error *err)
{
    return begin(ledger, utc_ms, false, err);
}

bool ledger_begin_generation(struct ledger *ledger, int64_t utc_ms, struct error *err)
{
    return begin(ledger, utc_ms, true, err);
}

struct transaction *ledger_transaction(const struct ledger *ledger)
{
    return ledger->txn;
}

uint64_t ledger_take(struct ledger *ledger, const struct journal_record *record)
{
    assert(ledger->txn);
    assert(record->entry.kind != ENTRY_ARRIVAL ||
           !digest_is_zero(&record->entry.arrival.statement_hash));

    struct journal_record taken = *record;
    taken.position = ledger->known;
    taken.entry.utc_ms = ledger->utc_ms;
    taken.entry.arrival.received_utc_ms = ledger->utc_ms;
    ledger->items =
        memory_grown(ledger->items, &ledger->capacity, ledger->count + 1, sizeof *ledger->items);
    ledger->items[ledger->count++] = (struct journal_item){ taken.entry, taken.sealed };
    project(ledger, &taken);
    return taken.position;
}

/* The tree grows by what was handed in; the second computation reads the store. */
bool ledger_write(struct ledger *ledger, struct error *err)
{
    if (ledger->count == 0 || ledger->written)
        return true;
    ledger->written = true;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    journal_append(ledger->journal, ledger->txn, ledger->items, ledger->count);
    recent_begin(ledger->recent, ledger->first);
    for (size_t i = 0; i < ledger->count; i++) {
        struct bytes bytes = entry_encode(&ledger->items[i].entry, recent_arena(ledger->recent));
        struct digest leaf = proof_leaf(bytes);
        recent_add(ledger->recent, bytes);
        tree_append(ledger->tree, &leaf);
    }
    tree_save(ledger->tree, ledger->txn, ledger->tiles);
    struct leaves leaves = { ledger->journal, ledger->txn };
    if (!seeded_bug(BUG_SKIP_THE_SECOND_ROOT) &&
        !tree_confirm(ledger->tree, ledger->first, leaves_source(&leaves), err))
        return false;
    struct bytes text;
    if (!sign_tree(ledger, ledger->txn, arena, &text, err))
        return false;
    checkpoints_put(ledger->txn, ledger->checkpoints, tree_size(ledger->tree), text);
    return true;
}

/* The signer's state is written behind the commit, so that it is never ahead of the disk, and
 * before anybody sees the checkpoint. */
bool ledger_commit(struct ledger *ledger, struct error *err)
{
    assert(ledger->txn);

    bool good = ledger_write(ledger, err) && transaction_commit(&ledger->txn, err) &&
                (ledger->count == 0 || signer_release(ledger->options.signer, err));
    ledger->known_signed = ledger->known;
    ledger->spoilt = !good;
    end_batch(ledger);
    return good;
}

void ledger_abort(struct ledger *ledger)
{
    ledger->spoilt = ledger->spoilt || ledger->count > 0;
    end_batch(ledger);
}

/* A statement that was taken, decoded again: its record is gone. */
static bool read_taken(const struct ledger *ledger, uint64_t position, struct arena *arena,
                       struct journal_record *out, struct error *err)
{
    const struct journal_item *item = &ledger->items[position - ledger->first];
    *out = (struct journal_record){ .position = position,
                                    .entry = item->entry,
                                    .sealed = item->sealed };
    return item->entry.kind != ENTRY_ARRIVAL ||
           statement_decode(item->sealed.statement, arena, &out->statement, err);
}

bool ledger_read(const struct ledger *ledger, struct transaction *txn, uint64_t position,
                 struct arena *arena, struct journal_record *out, struct error *err)
{
    if (ledger->count > 0 && position >= ledger->first && position < ledger->known)
        return read_taken(ledger, position, arena, out, err);
    return journal_read(ledger->journal, txn, position, arena, out, err);
}

bool ledger_recent_leaf(const struct ledger *ledger, uint64_t position, struct bytes *out)
{
    return recent_find(ledger->recent, position, out);
}

uint64_t ledger_size(const struct ledger *ledger)
{
    return ledger->known;
}

struct database *ledger_database(const struct ledger *ledger)
{
    return ledger->options.database;
}

const struct journal *ledger_journal(const struct ledger *ledger)
{
    return ledger->journal;
}

struct tree *ledger_tree(const struct ledger *ledger)
{
    return ledger->tree;
}

const struct landmarks *ledger_landmarks(const struct ledger *ledger)
{
    return ledger->landmarks;
}

const struct devices *ledger_devices(const struct ledger *ledger)
{
    return ledger->devices;
}

const struct registry *ledger_registry(const struct ledger *ledger)
{
    return ledger->registry;
}

const struct notice_board *ledger_notice_board(const struct ledger *ledger)
{
    return ledger->notice_board;
}

struct streams *ledger_streams(const struct ledger *ledger)
{
    return ledger->streams;
}

#include "aggregator/audit.h"

#include <stdio.h>
#include <string.h>

#include "aggregator/checkpoints.h"
#include "aggregator/devices.h"
#include "aggregator/journal.h"
#include "aggregator/landmarks.h"
#include "aggregator/leaves.h"
#include "aggregator/store.h"
#include "aggregator/streams.h"
#include "aggregator/tree.h"
#include "aggregator/vouching.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/progress.h"
#include "common/storage/database.h"
#include "common/storage/transaction.h"
#include "common/wire/card.h"
#include "common/wire/proof.h"
#include "common/wire/statement.h"

struct positions {
    uint64_t *items;
    size_t count, capacity;
};

struct audit {
    const struct audit_subject *subject;
    audit_tell_fn *tell;
    void *owner;
    struct audit_report *report;
    struct arena *kept;
    struct arena *scratch; /* of one entry */
    struct journal *journal;
    struct transaction *txn;
    struct tree *tree;
    struct devices *devices;
    struct streams *streams;
    struct landmarks *landmarks;
    struct signed_size *checkpoints;
    size_t checkpoint_count, checkpoint_capacity, next_checkpoint;
    struct positions decisions;
    size_t next_decision;
    struct digest tile[TREE_TILE_LEAVES]; /* the leaves of the one being filled */
    struct digest *tile_roots;
    size_t tile_count, tile_capacity;
    struct suspect *suspects; /* who stands for them is asked when all are there */
    size_t suspect_count, suspect_capacity;
    struct progress progress;
    bool shows_progress;
};

static void problem(struct audit *audit, const char *text)
{
    audit->report->problems++;
    audit->tell(AUDIT_PROBLEM, text, audit->owner);
}

static bool keep_checkpoint(struct bytes key, struct bytes value, void *owner)
{
    struct audit *audit = owner;
    audit->checkpoints = memory_grown(audit->checkpoints, &audit->checkpoint_capacity,
                                      audit->checkpoint_count + 1, sizeof *audit->checkpoints);
    audit->checkpoints[audit->checkpoint_count++] =
        (struct signed_size){ key.size == 8 ? bytes_get_u64(key.data) : 0,
                              arena_copy_bytes(audit->kept, value) };
    return true;
}

static bool keep_decision(struct bytes key, struct bytes value, void *owner)
{
    (void)value;
    struct positions *all = owner;
    all->items = memory_grown(all->items, &all->capacity, all->count + 1, sizeof *all->items);
    all->items[all->count++] = key.size == 8 ? bytes_get_u64(key.data) : UINT64_MAX;
    return true;
}

/* What was signed for this size, against the tree as it is grown here. */
static void examine_checkpoint(struct audit *audit, const struct signed_size *its)
{
    struct checkpoint checkpoint;
    struct error err;
    struct digest root = tree_root(audit->tree);
    const struct province_card *card = audit->subject->card;
    audit->report->checkpoints++;
    if (!checkpoint_verify(its->text, card->origin, card->keys.signing, audit->scratch, &checkpoint,
                           &err))
        problem(audit, arena_format(audit->scratch, MESSAGE_EXAM_CHECKPOINT, its->size, err.text));
    else if (checkpoint.size != its->size || !digest_equal(&checkpoint.root, &root))
        problem(audit, arena_format(audit->scratch, MESSAGE_EXAM_ROOT, its->size));
    else if (checkpoint.generation != landmarks_generation(audit->landmarks))
        problem(audit, arena_format(audit->scratch, MESSAGE_EXAM_GENERATION, its->size));
}

static void suspect(struct audit *audit, const struct journal_record *record)
{
    audit->suspects = memory_grown(audit->suspects, &audit->suspect_capacity,
                                   audit->suspect_count + 1, sizeof *audit->suspects);
    audit->suspects[audit->suspect_count++] = vouching_suspect(record);
}

static void examine_arrival(struct audit *audit, const struct journal_record *record)
{
    const struct statement *statement = &record->statement;
    const struct stream *stream = streams_find(audit->streams, &statement->stream);
    struct digest none = { 0 };
    const struct digest *previous = stream ? &stream->hash : &none;
    uint64_t sequence = stream ? stream->sequence : 0;
    audit->report->statements++;
    if (statement->sequence != sequence + 1 || !digest_equal(&statement->previous, previous)) {
        problem(audit, arena_format(audit->scratch, MESSAGE_EXAM_CHAIN, record->position));
        return;
    }
    if (!vouching_is_signed(audit->devices, record))
        suspect(audit, record);
    struct digest hash = sealed_statement_hash(&record->sealed);
    streams_add(audit->streams, &statement->stream, statement->sequence, record->position);
    streams_note_hash(audit->streams, &statement->stream, &hash);
}

/* An opening continues the tree as it is; a backup was one of a tree that was. */
static void examine_landmark(struct audit *audit, const struct journal_record *record)
{
    struct leaves leaves = { audit->journal, audit->txn };
    struct digest root = tree_root(audit->tree);
    struct error err;
    if (record->entry.kind == ENTRY_GENERATION) {
        const struct generation_opening *opening = &record->entry.generation;
        if (opening->size == record->position && digest_equal(&opening->root, &root) &&
            opening->number > landmarks_generation(audit->landmarks))
            return;
    } else {
        const struct backup_record *backup = &record->entry.backup;
        if (backup->size <= record->position &&
            tree_root_at(audit->tree, backup->size, leaves_source(&leaves), &root, &err) &&
            digest_equal(&backup->root, &root))
            return;
    }
    problem(audit, arena_format(audit->scratch, MESSAGE_EXAM_LANDMARK, record->position));
}

static void examine_decision(struct audit *audit, const struct journal_record *record)
{
    bool listed = audit->next_decision < audit->decisions.count &&
                  audit->decisions.items[audit->next_decision] == record->position;
    audit->report->decisions++;
    audit->next_decision += listed;
    if (!listed)
        problem(audit, arena_format(audit->scratch, MESSAGE_EXAM_DECISION, record->position));
    if (record->entry.kind == ENTRY_GENERATION || record->entry.kind == ENTRY_BACKUP)
        examine_landmark(audit, record);
}

static void grow(struct audit *audit, const struct digest *leaf)
{
    audit->tile[tree_size(audit->tree) % TREE_TILE_LEAVES] = *leaf;
    tree_append(audit->tree, leaf);
    if (tree_size(audit->tree) % TREE_TILE_LEAVES != 0)
        return;
    for (size_t count = TREE_TILE_LEAVES; count > 1; count /= 2)
        for (size_t i = 0; i < count / 2; i++)
            audit->tile[i] = proof_node(&audit->tile[2 * i], &audit->tile[2 * i + 1]);
    audit->tile_roots = memory_grown(audit->tile_roots, &audit->tile_capacity,
                                     audit->tile_count + 1, sizeof *audit->tile_roots);
    audit->tile_roots[audit->tile_count++] = audit->tile[0];
}

static bool examine_entry(const struct journal_record *record, void *owner)
{
    struct audit *audit = owner;
    arena_reset(audit->scratch);
    audit->report->entries++;
    if (record->entry.kind == ENTRY_ARRIVAL)
        examine_arrival(audit, record);
    else
        examine_decision(audit, record);
    devices_apply(audit->devices, record);
    landmarks_apply(audit->landmarks, &record->entry, record->position);
    struct digest leaf = proof_leaf(journal_leaf_bytes(record, audit->scratch));
    grow(audit, &leaf);
    while (audit->next_checkpoint < audit->checkpoint_count &&
           audit->checkpoints[audit->next_checkpoint].size <= tree_size(audit->tree))
        examine_checkpoint(audit, &audit->checkpoints[audit->next_checkpoint++]);
    if (audit->shows_progress)
        progress_set(&audit->progress, record->position + 1);
    return true;
}

static bool examine_tile(struct bytes key, struct bytes value, void *owner)
{
    struct audit *audit = owner;
    uint64_t number = key.size == 8 ? bytes_get_u64(key.data) : UINT64_MAX;
    audit->report->tiles++;
    if (number >= audit->tile_count || value.size != DIGEST_SIZE ||
        memcmp(value.data, audit->tile_roots[number].bytes, DIGEST_SIZE) != 0)
        problem(audit, arena_format(audit->scratch, MESSAGE_EXAM_TILE, number));
    return true;
}

static bool count_value(struct bytes key, struct bytes value, void *owner)
{
    (void)key;
    (void)value;
    ++*(uint64_t *)owner;
    return true;
}

/* Reading is checking: every value carries its checksum. */
static void examine_tables(struct audit *audit)
{
    struct bytes everything = { NULL, 0 };
    struct database *database = audit->subject->database;
    size_t count;
    const char *const *names = store_tables(&count);
    transaction_each(audit->txn, database_table(database, TREE_TABLE), everything, everything,
                     examine_tile, audit);
    for (size_t i = 0; i < count; i++)
        transaction_each(audit->txn, database_table(database, names[i]), everything, everything,
                         count_value, &audit->report->values);
}

/* The last entry is covered, and nothing is listed that is not there. */
static void examine_end(struct audit *audit)
{
    uint64_t size = tree_size(audit->tree);
    const struct signed_size *last =
        audit->checkpoint_count > 0 ? &audit->checkpoints[audit->checkpoint_count - 1] : NULL;
    if (size > 0 && (!last || last->size != size))
        problem(audit, arena_format(audit->scratch, MESSAGE_EXAM_UNSIGNED, size));
    if (audit->next_decision < audit->decisions.count)
        problem(audit, arena_format(audit->scratch, MESSAGE_EXAM_DECISION,
                                    audit->decisions.items[audit->next_decision]));
    audit->report->streams = streams_count(audit->streams);
    audit->report->root = tree_root(audit->tree);
    audit->report->generation = landmarks_generation(audit->landmarks);
}

static bool examine_suspects(struct audit *audit, struct error *err)
{
    struct vouching_source source = { audit->journal, audit->txn, audit->streams, audit->devices };
    if (!vouching_settle(&source, audit->suspects, audit->suspect_count, err))
        return false;
    for (size_t i = 0; i < audit->suspect_count; i++) {
        const struct suspect *one = &audit->suspects[i];
        arena_reset(audit->scratch);
        if (one->witness == VOUCHING_NOBODY) {
            problem(audit, arena_format(audit->scratch, MESSAGE_EXAM_SIGNATURE, one->position));
            continue;
        }
        audit->report->vouched++;
        audit->tell(AUDIT_NOTICE,
                    arena_format(audit->scratch, MESSAGE_EXAM_VOUCHED, one->position, one->witness),
                    audit->owner);
    }
    return true;
}

static bool walk(struct audit *audit, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct bytes everything = { NULL, 0 };
    struct database *database = audit->subject->database;
    transaction_each(audit->txn, database_table(database, CHECKPOINTS_TABLE), everything,
                     everything, keep_checkpoint, audit);
    transaction_each(audit->txn, database_table(database, JOURNAL_DECISIONS_TABLE), everything,
                     everything, keep_decision, &audit->decisions);
    audit->shows_progress = audit->subject->clock != NULL;
    if (audit->shows_progress)
        audit->progress = progress_begin(stderr, audit->subject->clock, MESSAGE_EXAM_LABEL,
                                         journal_size(audit->journal, audit->txn));
    bool read = journal_each(audit->journal, audit->txn, 0, arena, examine_entry, audit, err);
    if (audit->shows_progress)
        progress_end(&audit->progress);
    if (!read || !examine_suspects(audit, err))
        return false;
    examine_end(audit);
    examine_tables(audit);
    return transaction_check(audit->txn, err);
}

bool audit_run(const struct audit_subject *subject, audit_tell_fn *tell, void *owner,
               struct audit_report *out, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *kept = arena_create();
    CLEANUP(arena_destroy) struct arena *scratch = arena_create();
    CLEANUP(journal_close) struct journal *journal = journal_open(subject->database);
    CLEANUP(tree_destroy) struct tree *tree = tree_create();
    CLEANUP(devices_destroy) struct devices *devices = devices_create();
    CLEANUP(streams_destroy) struct streams *streams = streams_create();
    CLEANUP(landmarks_destroy) struct landmarks *landmarks = landmarks_create();
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(subject->database);
    CLEANUP(memory_free) struct audit *audit = memory_zeroed(1, sizeof *audit);
    *out = (struct audit_report){ .entries = 0 };
    *audit = (struct audit){ .subject = subject,
                             .tell = tell,
                             .owner = owner,
                             .report = out,
                             .kept = kept,
                             .scratch = scratch,
                             .journal = journal,
                             .txn = txn,
                             .tree = tree,
                             .devices = devices,
                             .streams = streams,
                             .landmarks = landmarks };
    bool done = walk(audit, err);
    memory_free(&audit->checkpoints);
    memory_free(&audit->suspects);
    memory_free(&audit->decisions.items);
    memory_free(&audit->tile_roots);
    return done;
}

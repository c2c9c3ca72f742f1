#include "aggregator/doctor.h"

#include <stdio.h>

#include "aggregator/checkpoints.h"
#include "aggregator/devices.h"
#include "aggregator/evidence.h"
#include "aggregator/leaves.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "aggregator/requests.h"
#include "aggregator/streams.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/progress.h"
#include "common/storage/transaction.h"
#include "common/wire/proof.h"
#include "common/wire/statement.h"

struct examination {
    const struct province *province;
    doctor_problem_fn *tell;
    void *owner;
    struct doctor_report *report;
    struct arena *kept;
    struct arena *scratch; /* of one entry */
    struct tree *tree;
    struct devices *devices;
    struct streams *streams;
    struct signed_size *checkpoints;
    size_t checkpoint_count;
    size_t checkpoint_capacity;
    size_t next_checkpoint;
    struct progress progress;
};

static void problem(struct examination *examination, const char *text)
{
    examination->report->problems++;
    examination->tell(text, examination->owner);
}

static bool keep_checkpoint(struct bytes key, struct bytes value, void *owner)
{
    struct examination *examination = owner;
    examination->checkpoints =
        memory_grown(examination->checkpoints, &examination->checkpoint_capacity,
                     examination->checkpoint_count + 1, sizeof *examination->checkpoints);
    examination->checkpoints[examination->checkpoint_count++] =
        (struct signed_size){ key.size == 8 ? bytes_get_u64(key.data) : 0,
                              arena_copy_bytes(examination->kept, value) };
    return true;
}

/* What was signed for this size, against the tree as it is grown here. */
static void examine_checkpoint(struct examination *examination, const struct signed_size *its)
{
    struct checkpoint checkpoint;
    struct error err;
    struct digest root = tree_root(examination->tree);
    const struct province *province = examination->province;
    examination->report->checkpoints++;
    if (!checkpoint_verify(its->text, province->card.origin, province->card.keys.signing,
                           examination->scratch, &checkpoint, &err))
        problem(examination,
                arena_format(examination->scratch, MESSAGE_EXAM_CHECKPOINT, its->size, err.text));
    else if (checkpoint.size != its->size || !digest_equal(&checkpoint.root, &root))
        problem(examination, arena_format(examination->scratch, MESSAGE_EXAM_ROOT, its->size));
}

static void examine_arrival(struct examination *examination, const struct journal_record *record)
{
    const struct statement *statement = &record->statement;
    const struct stream *stream = streams_find(examination->streams, &statement->stream);
    const struct device *device = devices_find(examination->devices, &statement->stream.device);
    struct digest none = { 0 };
    const struct digest *previous = stream ? &stream->hash : &none;
    uint64_t sequence = stream ? stream->sequence : 0;
    examination->report->statements++;
    if (statement->sequence != sequence + 1 || !digest_equal(&statement->previous, previous)) {
        problem(examination,
                arena_format(examination->scratch, MESSAGE_EXAM_CHAIN, record->position));
        return;
    }
    const unsigned char *key =
        device ? device_signing_key(device, statement->stream.epoch, statement->sequence) : NULL;
    if (!key || !sealed_statement_is_signed_by(&record->sealed, key))
        problem(examination,
                arena_format(examination->scratch, MESSAGE_EXAM_SIGNATURE, record->position));
    struct digest hash = sealed_statement_hash(&record->sealed);
    streams_add(examination->streams, &statement->stream, statement->sequence, record->position);
    streams_note_hash(examination->streams, &statement->stream, &hash);
}

static bool examine_entry(const struct journal_record *record, void *owner)
{
    struct examination *examination = owner;
    arena_reset(examination->scratch);
    examination->report->entries++;
    if (record->entry.kind == ENTRY_ARRIVAL)
        examine_arrival(examination, record);
    devices_apply(examination->devices, record);
    struct digest leaf = proof_leaf(journal_leaf_bytes(record, examination->scratch));
    tree_append(examination->tree, &leaf);
    while (examination->next_checkpoint < examination->checkpoint_count &&
           examination->checkpoints[examination->next_checkpoint].size <=
               tree_size(examination->tree))
        examine_checkpoint(examination, &examination->checkpoints[examination->next_checkpoint++]);
    progress_set(&examination->progress, record->position + 1);
    return true;
}

/* The last entry is covered, and the tree kept beside the journal is the one grown here. */
static bool examine_end(struct examination *examination, struct transaction *txn, struct error *err)
{
    const struct ledger *ledger = examination->province->ledger;
    struct leaves leaves = { ledger_journal(ledger), txn };
    struct digest stored;
    struct digest grown = tree_root(examination->tree);
    uint64_t size = tree_size(examination->tree);
    const struct signed_size *last =
        examination->checkpoint_count > 0
            ? &examination->checkpoints[examination->checkpoint_count - 1]
            : NULL;
    if (size > 0 && (!last || last->size != size))
        problem(examination, arena_format(examination->scratch, MESSAGE_EXAM_UNSIGNED, size));
    if (tree_size(ledger_tree(ledger)) != size)
        return true; /* others append while we look */
    if (!tree_root_at(ledger_tree(ledger), size, leaves_source(&leaves), &stored, err))
        return false;
    if (!digest_equal(&stored, &grown))
        problem(examination, arena_format(examination->scratch, MESSAGE_EXAM_ROOT, size));
    return true;
}

static bool count_one(struct bytes key, struct bytes value, void *owner)
{
    (void)key;
    (void)value;
    ++*(uint64_t *)owner;
    return true;
}

/* Reading is checking: every value carries its checksum. */
static bool examine_rest(struct examination *examination, struct transaction *txn,
                         struct error *err)
{
    struct bytes everything = { NULL, 0 };
    struct database *database = examination->province->database;
    transaction_each(txn, database_table(database, EVIDENCE_TABLE), everything, everything,
                     count_one, &examination->report->evidence);
    const struct enrolment_request *requests;
    size_t count;
    return requests_list(txn, database_table(database, REQUESTS_TABLE), examination->kept,
                         &requests, &count, err);
}

static bool examine(struct examination *examination, struct error *err)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(examination->province->database);
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct bytes everything = { NULL, 0 };
    const struct ledger *ledger = examination->province->ledger;
    transaction_each(txn, database_table(examination->province->database, CHECKPOINTS_TABLE),
                     everything, everything, keep_checkpoint, examination);
    examination->progress =
        progress_begin(stderr, examination->province->seams.clock, MESSAGE_EXAM_LABEL,
                       journal_size(ledger_journal(ledger), txn));
    bool read =
        journal_each(ledger_journal(ledger), txn, 0, arena, examine_entry, examination, err);
    progress_end(&examination->progress);
    examination->report->streams = streams_count(examination->streams);
    return read && examine_end(examination, txn, err) && examine_rest(examination, txn, err) &&
           transaction_check(txn, err);
}

bool doctor_examine(const struct province *province, doctor_problem_fn *tell, void *owner,
                    struct doctor_report *out, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *kept = arena_create();
    CLEANUP(arena_destroy) struct arena *scratch = arena_create();
    CLEANUP(tree_destroy) struct tree *tree = tree_create();
    CLEANUP(devices_destroy) struct devices *devices = devices_create();
    CLEANUP(streams_destroy) struct streams *streams = streams_create();
    *out = (struct doctor_report){ 0 };
    struct examination examination = { .province = province,
                                       .tell = tell,
                                       .owner = owner,
                                       .report = out,
                                       .kept = kept,
                                       .scratch = scratch,
                                       .tree = tree,
                                       .devices = devices,
                                       .streams = streams };
    bool done = examine(&examination, err);
    memory_free(&examination.checkpoints);
    return done;
}

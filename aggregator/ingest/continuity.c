#include "aggregator/ingest/continuity.h"

#include <string.h>

#include "aggregator/checkpoints.h"
#include "aggregator/landmarks.h"
#include "aggregator/leaves.h"
#include "aggregator/ledger.h"
#include "aggregator/losses.h"
#include "aggregator/province.h"
#include "common/base/arena.h"
#include "common/storage/database.h"
#include "common/storage/transaction.h"
#include "common/wire/message.h"

struct proving {
    const struct province *province;
    const struct ledger *ledger;
    struct transaction *txn;
    struct arena *arena;
    struct leaves leaves;
    uint64_t size; /* of the checkpoint that is shown */
    struct error *err;
};

static uint32_t generation_seen(const struct hello *hello)
{
    return hello->checkpoint_generation > GENERATION_FIRST ? hello->checkpoint_generation
                                                           : GENERATION_FIRST;
}

/* How much of the generation that was seen is still part of the log. */
static uint64_t size_kept(const struct proving *proving, const struct hello *hello)
{
    struct generation_opening opening;
    (void)landmarks_opening(ledger_landmarks(proving->ledger), &opening);
    uint32_t seen = generation_seen(hello);
    return seen <= opening.lost_count ? opening.lost[seen - 1].kept : proving->size;
}

static bool add_consistency(struct proving *proving, const struct hello *hello,
                            struct welcome *welcome)
{
    uint64_t seen = hello->checkpoint_size;
    struct tree_path *path = arena_take(proving->arena, 1, sizeof *path);
    if (seen == 0 || seen > size_kept(proving, hello) || seen > proving->size)
        return true;
    if (!tree_consistency(ledger_tree(proving->ledger), seen, proving->size,
                          leaves_source(&proving->leaves), path, proving->err))
        return false;
    welcome->consistency = path->hashes;
    welcome->consistency_count = path->count;
    return true;
}

static bool add_entry(struct proving *proving, struct landmark mark, struct entry_proof *out)
{
    struct journal_record record;
    struct tree_path path;
    if (!mark.there || mark.position >= proving->size)
        return true;
    if (!ledger_read(proving->ledger, proving->txn, mark.position, proving->arena, &record,
                     proving->err) ||
        !tree_inclusion(ledger_tree(proving->ledger), mark.position, proving->size,
                        leaves_source(&proving->leaves), &path, proving->err))
        return false;
    out->entry = journal_leaf_bytes(&record, proving->arena);
    out->position = mark.position;
    out->path_count = path.count;
    memcpy(out->path, path.hashes, path.count * sizeof *path.hashes);
    return true;
}

bool continuity_prove(const struct province *province, struct transaction *txn,
                      const struct hello *hello, struct arena *arena, struct welcome *welcome,
                      struct error *err)
{
    const struct ledger *ledger = province->ledger;
    const struct landmarks *landmarks = ledger_landmarks(ledger);
    struct table table = database_table(province->database, CHECKPOINTS_TABLE);
    struct proving proving = { .province = province,
                               .ledger = ledger,
                               .txn = txn,
                               .arena = arena,
                               .leaves = { ledger_journal(ledger), txn },
                               .err = err };
    struct signed_size last;
    uint64_t known = ledger_size(ledger); /* what came behind it may not be released yet */
    if (known == 0 || !checkpoints_covering(txn, table, known - 1, &last))
        return transaction_check(txn, err);
    proving.size = last.size;
    welcome->checkpoint = arena_copy_bytes(arena, last.text);

    struct backup_record backup;
    struct generation_opening opening;
    struct landmark opened = landmarks_opening(landmarks, &opening);
    opened.there = opened.there && generation_seen(hello) < opening.number;
    if (hello->lost_count > 0)
        welcome->lost_known = losses_known(ledger, txn, hello->lost_generation, &hello->stream);
    return add_consistency(&proving, hello, welcome) &&
           add_entry(&proving, landmarks_backup(landmarks, &backup), &welcome->backup) &&
           add_entry(&proving, opened, &welcome->generation) && transaction_check(txn, err);
}

#include "aggregator/doctor.h"

#include "aggregator/evidence.h"
#include "aggregator/leaves.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "aggregator/requests.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/database.h"
#include "common/storage/transaction.h"

/* The tree kept beside the journal is the one grown anew. */
static bool examine_tree(const struct province *province, struct transaction *txn,
                         const struct audit_report *audit, audit_tell_fn *tell, void *owner,
                         struct doctor_report *out, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    const struct ledger *ledger = province->ledger;
    struct leaves leaves = { ledger_journal(ledger), txn };
    struct digest stored;
    if (tree_size(ledger_tree(ledger)) != audit->entries)
        return true; /* others append while we look */
    if (!tree_root_at(ledger_tree(ledger), audit->entries, leaves_source(&leaves), &stored, err))
        return false;
    if (digest_equal(&stored, &audit->root))
        return true;
    out->problems++;
    tell(AUDIT_PROBLEM, arena_format(arena, MESSAGE_EXAM_ROOT, audit->entries), owner);
    return true;
}

static bool examine_rest(const struct province *province, struct transaction *txn,
                         struct doctor_report *out, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct database *database = province->database;
    const struct enrolment_request *requests;
    size_t count;
    out->evidence = transaction_count(txn, database_table(database, EVIDENCE_TABLE));
    return requests_list(txn, database_table(database, REQUESTS_TABLE), arena, &requests, &count,
                         err);
}

bool doctor_examine(const struct province *province, audit_tell_fn *tell, void *owner,
                    struct doctor_report *out, struct error *err)
{
    struct audit_subject subject = { province->database, &province->card, province->seams.clock };
    struct audit_report audit;
    *out = (struct doctor_report){ 0 };
    if (!audit_run(&subject, tell, owner, &audit, err))
        return false;
    *out = (struct doctor_report){ .entries = audit.entries,
                                   .statements = audit.statements,
                                   .streams = audit.streams,
                                   .checkpoints = audit.checkpoints,
                                   .vouched = audit.vouched,
                                   .problems = audit.problems };
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(province->database);
    return examine_tree(province, txn, &audit, tell, owner, out, err) &&
           examine_rest(province, txn, out, err) && transaction_check(txn, err);
}

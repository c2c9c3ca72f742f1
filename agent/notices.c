#include "agent/notices.h"

#include <assert.h>

#include "agent/agent.h"
#include "agent/receipts.h"
#include "agent/settings.h"
#include "agent/statements.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/storage/reserve.h"
#include "common/storage/transaction.h"
#include "common/wire/notice.h"
#include "common/wire/statement.h"

uint64_t notices_next(const struct store *store, struct transaction *txn)
{
    struct bytes value;
    if (!settings_get(store, txn, SETTING_NOTICES, &value))
        return 0;
    assert(value.size == 8);
    return bytes_get_u64(value.data);
}

static void move_on(const struct store *store, struct transaction *txn, uint64_t next)
{
    unsigned char value[8];
    bytes_put_u64(value, next);
    settings_put(store, txn, SETTING_NOTICES, BYTES_OF(value));
}

void notices_fall_back(const struct store *store, struct transaction *txn, uint64_t kept)
{
    if (notices_next(store, txn) > kept)
        move_on(store, txn, kept);
}

typedef bool notice_visit_fn(const struct notice *notice, void *owner);

struct walk {
    const struct return_id *id;
    struct arena *arena;
    notice_visit_fn *visit;
    void *owner;
    struct error *err;
    bool failed;
};

static bool visit_one(struct bytes key, struct bytes value, void *owner)
{
    struct walk *walk = owner;
    struct notice *notice = arena_take(walk->arena, 1, sizeof *notice);
    struct bytes checkpoint;
    (void)key;
    if (!notice_read(arena_copy_bytes(walk->arena, value), walk->arena, notice, &checkpoint,
                     walk->err)) {
        walk->err->kind = ERROR_CORRUPT;
        walk->failed = true;
        return false;
    }
    struct return_id id = { notice->decision.form, notice->decision.period };
    return !return_id_equal(id, *walk->id) || walk->visit(notice, walk->owner);
}

/* Those about one return, in the order of the journal. */
static bool each(const struct store *store, struct transaction *txn, const struct return_id *id,
                 struct arena *arena, notice_visit_fn *visit, void *owner, struct error *err)
{
    struct bytes all = { NULL, 0 };
    struct walk walk = { id, arena, visit, owner, err, false };
    transaction_each(txn, store->notices, all, all, visit_one, &walk);
    return !walk.failed && transaction_check(txn, err);
}

/* A version, and what was decided about it so far. */
struct reckoning {
    const struct store *store;
    struct transaction *txn;
    const struct version *version;
    struct digest hash;  /* of its statement */
    uint64_t arrived_at; /* in the province's journal */
    enum stage stage;
    struct error *err;
    bool failed;
};

static bool is_ours(struct reckoning *reckoning, const struct decision *decision, bool *out)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct versions versions =
        history_list(reckoning->store, reckoning->txn, &reckoning->version->id, arena);
    *out = false;
    for (size_t i = 0; i < versions.count; i++) {
        struct sealed_statement sealed;
        if (versions.items[i].number != decision->version)
            continue;
        if (!history_sealed(reckoning->store, reckoning->txn, &versions.items[i], &sealed,
                            reckoning->err))
            return false;
        struct digest hash = sealed_statement_hash(&sealed);
        *out = digest_equal(&hash, &decision->statement);
    }
    return true;
}

/* A version before the one that counts was good in its time; all others are set aside. */
static bool set_aside(struct reckoning *reckoning, const struct decision *decision)
{
    bool ours;
    if (reckoning->stage != STAGE_ACCEPTED && reckoning->stage != STAGE_SENT_BACK)
        return true;
    if (!is_ours(reckoning, decision, &ours)) {
        reckoning->failed = true;
        return false;
    }
    if (!ours || decision->version < reckoning->version->number)
        reckoning->stage = STAGE_OVERRULED;
    return true;
}

static bool reckon(const struct notice *notice, void *owner)
{
    struct reckoning *reckoning = owner;
    const struct decision *decision = &notice->decision;
    bool named = digest_equal(&decision->statement, &reckoning->hash);
    if (notice->position < reckoning->arrived_at)
        return true;
    if (decision->kind == DECISION_COUNTS && !named)
        return set_aside(reckoning, decision);
    if (decision->kind == DECISION_COUNTS)
        reckoning->stage = STAGE_ACCEPTED;
    else if (named && reckoning->stage == STAGE_ACCEPTED)
        reckoning->stage = STAGE_SENT_BACK;
    return true;
}

bool notices_stage(const struct agent *agent, struct transaction *txn,
                   const struct version *version, const struct receipt *receipt, enum stage *out,
                   struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct reckoning reckoning = { .store = &agent->store,
                                   .txn = txn,
                                   .version = version,
                                   .hash = receipt->arrival.statement_hash,
                                   .arrived_at = receipt->position,
                                   .stage = receipt->arrival.verdict == VERDICT_ACCEPTED
                                                ? STAGE_ACCEPTED
                                                : STAGE_REJECTED,
                                   .err = err };
    if (!each(&agent->store, txn, &version->id, arena, reckon, &reckoning, err) || reckoning.failed)
        return false;
    *out = reckoning.stage;
    return true;
}

/* The stages of one return, reckoned anew. What has no receipt yet waits for it, and what was
 * withdrawn is. */
static bool restage(struct agent *agent, struct transaction *txn, struct return_id id,
                    struct arena *arena, struct error *err)
{
    struct versions versions = history_list(&agent->store, txn, &id, arena);
    for (size_t i = 0; i < versions.count; i++) {
        struct version version = versions.items[i];
        struct receipt *receipt = arena_take(arena, 1, sizeof *receipt);
        bool found;
        if (version.stage == STAGE_SEALED || version.stage == STAGE_WITHDRAWN)
            continue;
        if (!history_receipt(&agent->store, txn, &version, arena, receipt, &found, err))
            return false;
        if (!found)
            continue;
        if (!notices_stage(agent, txn, &version, receipt, &version.stage, err))
            return false;
        history_put(&agent->store, txn, &version);
    }
    return transaction_check(txn, err);
}

static bool keep(struct agent *agent, struct transaction *txn, const struct notices *notices,
                 const struct notice *notice, struct arena *arena, struct error *err)
{
    struct key key = { .size = 0 };
    struct return_id id = { notice->decision.form, notice->decision.period };
    if (!zone_id_equal(&notice->decision.zone, &agent->device.stream.zone))
        return error_set(err, ERROR_REFUSED, MESSAGE_NOTICE_OTHER_ZONE, notice->decision.zone.text);
    key_add_u64(&key, notice->position);
    transaction_put(txn, agent->store.notices, key_bytes(&key),
                    notice_write(notice, notices->checkpoint, arena));
    return restage(agent, txn, id, arena, err);
}

static bool accept_once(struct agent *agent, const struct notices *notices, struct arena *arena,
                        struct notice_counts *out, struct error *err)
{
    *out = (struct notice_counts){ 0 };
    if (!notices_verify(notices, agent->province.origin, agent->province.keys.signing, err))
        return false;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_write(agent->store.database);
    uint64_t next = notices_next(&agent->store, txn);
    for (size_t i = 0; i < notices->count; i++) {
        const struct notice *notice = &notices->items[i];
        if (notice->position < next)
            continue;
        if (!keep(agent, txn, notices, notice, arena, err))
            return false;
        *(notice->decision.kind == DECISION_SEND_BACK ? &out->sent_back : &out->decided) += 1;
    }
    if (notices->until > next)
        move_on(&agent->store, txn, notices->until);
    return transaction_commit(&txn, err);
}

bool notices_accept(struct agent *agent, const struct notices *notices, struct arena *arena,
                    struct notice_counts *out, struct error *err)
{
    return accept_once(agent, notices, arena, out, err) ||
           (reserve_helps(agent->reserve, err) && accept_once(agent, notices, arena, out, err));
}

struct explaining {
    const struct version *version;
    const char *reason;
};

static bool explain(const struct notice *notice, void *owner)
{
    struct explaining *explaining = owner;
    const struct decision *decision = &notice->decision;
    bool about = decision->version == explaining->version->number;
    bool counts = decision->kind == DECISION_COUNTS;
    enum stage stage = explaining->version->stage;
    if ((stage == STAGE_SENT_BACK && !counts && about) || (stage == STAGE_OVERRULED && counts) ||
        (stage == STAGE_ACCEPTED && counts && about))
        explaining->reason = decision->reason;
    return true;
}

bool notices_reason(const struct store *store, struct transaction *txn,
                    const struct version *version, struct arena *arena, const char **out,
                    struct error *err)
{
    struct explaining explaining = { version, "" };
    bool read = each(store, txn, &version->id, arena, explain, &explaining, err);
    *out = explaining.reason;
    return read;
}

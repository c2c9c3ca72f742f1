#include "agent/catalogue_offer.h"

#include "agent/agent.h"
#include "agent/catalogues.h"
#include "agent/shelf.h"
#include "agent/witness.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/catalogue/catalogue.h"
#include "common/cube/testing.h"
#include "common/storage/transaction.h"
#include "common/wire/excerpt.h"
#include "common/wire/proof.h"

static bool is_about_one_catalogue(const struct excerpt *excerpt, struct error *err)
{
    return (excerpt->count == 1 && excerpt->items[0].entry.kind == ENTRY_CATALOGUE) ||
           error_set(err, ERROR_MALFORMED, MESSAGE_OFFER_OTHER);
}

/* The entry's own digest was compared with its text when it was decoded. */
static bool is_wanted(struct bytes packed, const struct digest *wanted, struct digest *out,
                      struct error *err)
{
    *out = digest_sha256((struct bytes){ NULL, 0 }, packed);
    return !wanted || digest_equal(out, wanted) || seeded_bug(BUG_TAKE_ANY_CATALOGUE) ||
           error_set(err, ERROR_REFUSED, MESSAGE_OFFER_DIGEST);
}

static bool is_newer(const struct agent *agent, struct transaction *txn,
                     const struct catalogue *catalogue, struct error *err)
{
    struct catalogues_mark mark;
    return !catalogues_marked(&agent->store, txn, &mark) || catalogue->version > mark.version ||
           seeded_bug(BUG_TAKE_AN_OLDER_CATALOGUE) ||
           error_set(err, ERROR_REFUSED, MESSAGE_OFFER_OLDER, catalogue->version, mark.version);
}

bool catalogue_offer_expect(struct agent *agent, const struct digest *digest, struct error *err)
{
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(agent->store.database);
    if (!catalogues_has(&agent->store, txn, digest))
        return transaction_check(txn, err);
    const struct catalogue *catalogue = shelf_find(agent->shelf, &agent->store, txn, digest, err);
    return catalogue && is_newer(agent, txn, catalogue, err) && transaction_check(txn, err);
}

static bool passes_its_tests(const struct catalogue *catalogue, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct test_summary summary = catalogue_run_tests(catalogue, arena);
    return summary.failure_count == 0 ||
           error_set(err, ERROR_REFUSED, MESSAGE_OFFER_TEST, summary.failures[0].test);
}

/* The agent uses the new one from here on; whoever does not commit goes back to the old one. */
static bool put_into_use(struct agent *agent, struct transaction *txn,
                         const struct catalogue *catalogue, struct arena *arena,
                         struct catalogue_offer *out, struct error *err)
{
    const struct catalogue *before = agent->catalogue;
    catalogues_keep(&agent->store, txn, before, arena);
    catalogues_keep(&agent->store, txn, catalogue, arena);
    catalogues_put_mark(&agent->store, txn, catalogue);
    agent->catalogue = catalogue;
    out->taken = true;
    out->version = catalogue->version;
    return redrafting_run(agent, txn, before, arena, &out->drafts, err);
}

bool catalogue_offer_use(struct agent *agent, struct transaction *txn, const struct digest *digest,
                         struct arena *arena, struct catalogue_offer *out, struct error *err)
{
    struct catalogues_mark mark;
    *out = (struct catalogue_offer){ 0 };
    if (digest_is_zero(digest))
        return true;
    const struct catalogue *catalogue = shelf_find(agent->shelf, &agent->store, txn, digest, err);
    if (!catalogue)
        return false;
    if (catalogues_marked(&agent->store, txn, &mark) && catalogue->version <= mark.version)
        return true;
    return passes_its_tests(catalogue, err) && put_into_use(agent, txn, catalogue, arena, out, err);
}

/* Under a checkpoint that continues the last one we know. */
static bool is_proved(struct agent *agent, struct transaction *txn, const struct excerpt *excerpt,
                      struct arena *arena, struct error *err)
{
    struct checkpoint checkpoint;
    return witness_take(agent, txn, excerpt->checkpoint, excerpt->extension,
                        excerpt->extension_count, arena, &checkpoint, err) &&
           excerpt_holds(excerpt, &checkpoint, err);
}

bool catalogue_offer_accept(struct agent *agent, struct bytes offer, const struct digest *wanted,
                            struct arena *arena, struct catalogue_offer *out, struct error *err)
{
    struct excerpt excerpt;
    struct digest digest;
    *out = (struct catalogue_offer){ 0 };
    CLEANUP(transaction_abort) struct transaction *txn = transaction_write(agent->store.database);
    if (!excerpt_decode(offer, arena, &excerpt, err) || !is_about_one_catalogue(&excerpt, err) ||
        !is_wanted(excerpt.items[0].entry.catalogue, wanted, &digest, err) ||
        !is_proved(agent, txn, &excerpt, arena, err))
        return false;

    struct catalogues_mark mark;
    if (catalogues_marked(&agent->store, txn, &mark) && digest_equal(&mark.digest, &digest))
        return transaction_commit(&txn, err);
    CLEANUP(catalogue_destroy)
    struct catalogue *catalogue = catalogues_compile(excerpt.items[0].entry.catalogue, err);
    if (!catalogue) {
        err->kind = ERROR_REFUSED;
        return error_wrap(err, MESSAGE_OFFER_BROKEN);
    }
    const struct catalogue *before = agent->catalogue;
    if (is_newer(agent, txn, catalogue, err) && passes_its_tests(catalogue, err) &&
        put_into_use(agent, txn, shelf_add(agent->shelf, &catalogue), arena, out, err) &&
        transaction_commit(&txn, err))
        return true;
    agent->catalogue = before;
    return false;
}

#include "agent/outbox.h"

#include <assert.h>

#include "agent/receipts.h"
#include "agent/statements.h"
#include "common/base/arena.h"
#include "common/storage/transaction.h"

/* Signature and the framing of one statement inside a message. */
#define STATEMENT_OVERHEAD 96

bool outbox_look(const struct store *store, struct transaction *txn, struct outbox *out,
                 struct error *err)
{
    if (!statements_head(store, txn, &out->head, err))
        return false;
    out->receipted = receipts_last(store, txn);
    return transaction_check(txn, err);
}

uint64_t outbox_waiting(const struct outbox *outbox)
{
    assert(outbox->receipted <= outbox->head.sequence);
    return outbox->head.sequence - outbox->receipted;
}

bool outbox_take(const struct store *store, struct transaction *txn, uint64_t from,
                 size_t count_max, size_t size_max, struct arena *arena,
                 struct sealed_statement *out, size_t *out_count, struct error *err)
{
    struct stream_head head;
    size_t count = 0, size = 0;
    if (!statements_head(store, txn, &head, err))
        return false;
    assert(count_max > 0 && from >= 1 && from <= head.sequence);
    while (count < count_max && from + count <= head.sequence) {
        struct sealed_statement sealed;
        if (!statements_get(store, txn, from + count, &sealed, err))
            return false;
        size += sealed.statement.size + STATEMENT_OVERHEAD;
        if (count > 0 && size > size_max)
            break;
        sealed.statement = arena_copy_bytes(arena, sealed.statement);
        out[count++] = sealed;
    }
    *out_count = count;
    return true;
}

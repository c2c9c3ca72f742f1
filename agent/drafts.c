#include "agent/drafts.h"

#include <assert.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/storage/transaction.h"
#include "common/wire/statement.h"

/* A draft has no version before it is sealed, its encoding must have one. */
#define VERSION_UNDECIDED 1

#define STAGE_SIZE 1
#define HEADER_SIZE (STAGE_SIZE + DIGEST_SIZE)

static bool decode(struct bytes value, struct return_id id, struct arena *arena, struct draft *out,
                   struct error *err)
{
    assert(value.size >= HEADER_SIZE);
    struct bytes copy = arena_copy_bytes(arena, value);
    const unsigned char *data = copy.data;
    struct draft draft = { .stage = (enum stage)data[0] };
    memcpy(draft.catalogue.bytes, data + STAGE_SIZE, DIGEST_SIZE);
    struct bytes content = { data + HEADER_SIZE, copy.size - HEADER_SIZE };
    if (!submission_decode(content, arena, &draft.submission, err)) {
        char form[CODE_TEXT_SIZE], period[PERIOD_TEXT_SIZE];
        err->kind = ERROR_CORRUPT;
        return error_wrap(err, MESSAGE_DRAFTS_UNREADABLE, code_text(id.form, form),
                          period_text(id.period, period));
    }
    draft.submission.version = 0;
    *out = draft;
    return true;
}

bool drafts_get(const struct store *store, struct transaction *txn, struct return_id id,
                struct arena *arena, struct draft *out, bool *out_found, struct error *err)
{
    struct key key = return_id_key(id);
    struct bytes value;
    *out_found = transaction_get(txn, store->drafts, key_bytes(&key), &value);
    if (!*out_found)
        return transaction_check(txn, err);
    return decode(value, id, arena, out, err);
}

bool drafts_put(const struct store *store, struct transaction *txn, const struct draft *draft,
                struct arena *arena, struct error *err)
{
    struct submission submission = draft->submission;
    submission.version = VERSION_UNDECIDED;
    submission.base_version = 0;
    struct bytes content = submission_encode(&submission, arena);
    if (content.size > STATEMENT_SIZE_MAX)
        return error_set(err, ERROR_EXHAUSTED, MESSAGE_DRAFTS_TOO_LARGE, content.size,
                         (size_t)STATEMENT_SIZE_MAX);

    unsigned char *data = arena_take(arena, HEADER_SIZE + content.size, 1);
    data[0] = (unsigned char)draft->stage;
    memcpy(data + STAGE_SIZE, draft->catalogue.bytes, DIGEST_SIZE);
    memcpy(data + HEADER_SIZE, content.data, content.size);
    struct return_id id = { draft->submission.form, draft->submission.period };
    struct key key = return_id_key(id);
    transaction_put(txn, store->drafts, key_bytes(&key),
                    (struct bytes){ data, HEADER_SIZE + content.size });
    return true;
}

void drafts_delete(const struct store *store, struct transaction *txn, struct return_id id)
{
    struct key key = return_id_key(id);
    transaction_delete(txn, store->drafts, key_bytes(&key));
}

struct gathering {
    struct draft_note *notes;
    size_t count, capacity;
};

static bool gather(struct bytes key, struct bytes value, void *owner)
{
    struct gathering *gathering = owner;
    assert(value.size >= HEADER_SIZE);
    gathering->notes = memory_grown(gathering->notes, &gathering->capacity, gathering->count + 1,
                                    sizeof *gathering->notes);
    gathering->notes[gathering->count++] =
        (struct draft_note){ .id = return_id_of_key(key),
                             .stage = (enum stage)((const unsigned char *)value.data)[0] };
    return true;
}

const struct draft_note *drafts_list(const struct store *store, struct transaction *txn,
                                     struct arena *arena, size_t *out_count)
{
    struct gathering gathering = { 0 };
    struct bytes all = { NULL, 0 };
    transaction_each(txn, store->drafts, all, all, gather, &gathering);
    struct bytes found = { gathering.notes, gathering.count * sizeof *gathering.notes };
    const struct draft_note *notes = arena_copy_bytes(arena, found).data;
    memory_free(&gathering.notes);
    *out_count = gathering.count;
    return notes;
}

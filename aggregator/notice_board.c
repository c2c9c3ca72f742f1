#include "aggregator/notice_board.h"

#include <string.h>

#include "aggregator/checkpoints.h"
#include "aggregator/leaves.h"
#include "aggregator/ledger.h"
#include "aggregator/lookup.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/storage/transaction.h"
#include "common/wire/entry.h"
#include "common/wire/message.h"
#include "common/wire/notice.h"

#define NOTICE_OVERHEAD 64
#define NOTICES_SIZE_AIM (MESSAGE_SIZE_MAX - 16u * 1024) /* one is smaller than the rest */

/* The decisions about one zone, in the order of the journal. */
struct column {
    uint64_t *positions;
    size_t count;
    size_t capacity;
};

struct notice_board {
    struct lookup *numbers;
    struct column *columns; /* one for each zone that something was decided about */
    size_t count;
    size_t capacity;
};

struct notice_board *notice_board_create(void)
{
    struct notice_board *board = memory_zeroed(1, sizeof *board);
    board->numbers = lookup_create();
    return board;
}

void notice_board_destroy(struct notice_board **board)
{
    if (*board) {
        for (size_t i = 0; i < (*board)->count; i++)
            memory_free(&(*board)->columns[i].positions);
        memory_free(&(*board)->columns);
        lookup_destroy(&(*board)->numbers);
    }
    memory_free(board);
}

static struct column *column_of(struct notice_board *board, const struct zone_id *zone)
{
    size_t number = lookup_find(board->numbers, bytes_of_text(zone->text));
    if (number != LOOKUP_NONE)
        return &board->columns[number];
    board->columns =
        memory_grown(board->columns, &board->capacity, board->count + 1, sizeof *board->columns);
    board->columns[board->count] = (struct column){ 0 };
    lookup_put(board->numbers, bytes_of_text(zone->text), board->count);
    return &board->columns[board->count++];
}

void notice_board_apply(struct notice_board *board, const struct entry *entry, uint64_t position)
{
    if (entry->kind != ENTRY_DECISION)
        return;
    struct column *column = column_of(board, &entry->decision.zone);
    column->positions = memory_grown(column->positions, &column->capacity, column->count + 1,
                                     sizeof *column->positions);
    column->positions[column->count++] = position;
}

static const struct column *find(const struct notice_board *board, const struct zone_id *zone)
{
    size_t number = lookup_find(board->numbers, bytes_of_text(zone->text));
    return number == LOOKUP_NONE ? NULL : &board->columns[number];
}

uint64_t notice_board_until(const struct notice_board *board, const struct zone_id *zone)
{
    const struct column *column = find(board, zone);
    return column ? column->positions[column->count - 1] + 1 : 0;
}

struct telling {
    const struct ledger *ledger;
    struct transaction *txn;
    struct arena *arena;
    uint64_t size; /* of the tree that the checkpoint signs */
    struct error *err;
};

static bool make(const struct telling *telling, uint64_t position, struct notice *out)
{
    struct journal_record record;
    struct leaves leaves = { ledger_journal(telling->ledger), telling->txn };
    struct tree_path path;
    if (!journal_read(ledger_journal(telling->ledger), telling->txn, position, telling->arena,
                      &record, telling->err) ||
        !tree_inclusion(ledger_tree(telling->ledger), position, telling->size,
                        leaves_source(&leaves), &path, telling->err))
        return false;
    *out = (struct notice){ .entry = journal_leaf_bytes(&record, telling->arena),
                            .position = position,
                            .path_count = path.count };
    memcpy(out->path, path.hashes, path.count * sizeof *path.hashes);
    return notice_open(out, telling->arena, telling->err);
}

/* Those from `from` on, until the message is full. */
static bool tell_all(const struct telling *telling, const struct column *column, uint64_t from,
                     struct notices *out)
{
    struct notice *items = arena_take(telling->arena, NOTICES_MAX, sizeof *items);
    size_t size = 0;
    out->items = items;
    for (size_t i = 0; i < column->count; i++) {
        if (column->positions[i] < from)
            continue;
        if (out->count == NOTICES_MAX || size >= NOTICES_SIZE_AIM) {
            out->until = column->positions[i];
            return true;
        }
        struct notice *notice = &items[out->count++];
        if (!make(telling, column->positions[i], notice))
            return false;
        size += notice->entry.size + notice->path_count * DIGEST_SIZE + NOTICE_OVERHEAD;
    }
    return true;
}

bool notice_board_tell(const struct ledger *ledger, struct transaction *txn,
                       const struct zone_id *zone, uint64_t from, struct arena *arena,
                       struct notices *out, struct error *err)
{
    struct table table = database_table(ledger_database(ledger), CHECKPOINTS_TABLE);
    struct signed_size checkpoint;
    uint64_t size = tree_size(ledger_tree(ledger));
    *out = (struct notices){ 0 };
    if (!checkpoints_covering(txn, table, size - 1, &checkpoint) || checkpoint.size != size)
        return transaction_check(txn, err) &&
               error_set(err, ERROR_CORRUPT, MESSAGE_CHECKPOINT_MISSING, size - 1);
    struct telling telling = { ledger, txn, arena, size, err };
    const struct column *column = find(ledger_notice_board(ledger), zone);
    out->checkpoint = arena_copy_bytes(arena, checkpoint.text);
    out->until = size;
    return !column || tell_all(&telling, column, from, out);
}

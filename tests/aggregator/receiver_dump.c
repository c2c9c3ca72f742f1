#include "tests/support/test.h"

#include <inttypes.h>

#include "aggregator/checkpoints.h"
#include "aggregator/evidence.h"
#include "aggregator/ledger.h"
#include "aggregator/projection.h"
#include "aggregator/requests.h"
#include "aggregator/streams.h"
#include "common/base/arena.h"
#include "common/cube/cube.h"
#include "common/storage/transaction.h"
#include "tests/aggregator/history.h"

struct dumping {
    const struct receiver *receiver;
    struct transaction *txn;
    struct text_builder *out;
};

static void put(struct dumping *dumping, const char *name, struct bytes bytes)
{
    text_builder_format(dumping->out, "\n%s %zu ", name, bytes.size);
    text_builder_add_bytes(dumping->out, bytes);
}

static bool put_row(struct bytes key, struct bytes value, void *owner)
{
    put(owner, "key", key);
    put(owner, "value", value);
    return true;
}

static void put_table(struct dumping *dumping, const char *name)
{
    struct bytes all = { NULL, 0 };
    text_builder_format(dumping->out, "\ntable %s", name);
    transaction_each(dumping->txn, database_table(dumping->receiver->province->database, name), all,
                     all, put_row, dumping);
}

/* The entry as a leaf, and the statement it is about as it was signed. */
static void put_record(struct dumping *dumping, struct journal_record *record)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    if (record->entry.kind == ENTRY_ARRIVAL)
        journal_record_settle(record);
    put(dumping, "entry", journal_leaf_bytes(record, arena));
    put(dumping, "statement", record->sealed.statement);
    put(dumping, "signature", BYTES_OF(record->sealed.signature));
}

static void put_position(struct dumping *dumping, uint64_t position)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct journal_record record;
    struct error err;
    assert_true(ledger_read(dumping->receiver->province->ledger, dumping->txn, position, arena,
                            &record, &err));
    put_record(dumping, &record);
}

/* As it was written: every entry in its place, the tree and the last checkpoint over all. */
static void put_in_order(struct dumping *dumping)
{
    const struct province *province = dumping->receiver->province;
    struct digest root = tree_root(ledger_tree(province->ledger));
    struct signed_size last;
    for (uint64_t i = 0; i < ledger_size(province->ledger); i++)
        put_position(dumping, i);
    put(dumping, "root", BYTES_OF(root));
    put_table(dumping, TREE_TABLE);
    assert_true(checkpoints_last(dumping->txn,
                                 database_table(province->database, CHECKPOINTS_TABLE), &last));
    put(dumping, "checkpoint", last.text);
}

static bool put_decision(const struct journal_record *record, void *owner)
{
    struct journal_record copy = *record;
    put_record(owner, &copy);
    return true;
}

/* Decisions in their order, then stream by stream. */
static void put_by_stream(struct dumping *dumping, const struct history *history)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    const struct province *province = dumping->receiver->province;
    struct error err;
    text_builder_format(dumping->out, "\n%" PRIu64 " entries", ledger_size(province->ledger));
    assert_true(journal_each_decision(ledger_journal(province->ledger), dumping->txn, arena,
                                      put_decision, dumping, &err));
    for (size_t i = 0; i < history->zone_count; i++) {
        const struct stream *stream =
            streams_find(ledger_streams(province->ledger), &history->zones[i].stream);
        text_builder_format(dumping->out, "\nstream %s frozen %d",
                            history->zones[i].stream.zone.text, stream && stream->frozen);
        for (uint64_t j = 0; stream && j < stream->sequence; j++)
            put_position(dumping, stream->positions[j]);
    }
}

/* What the statements amount to, figure by figure. */
static void put_figures(struct dumping *dumping, const struct history *history)
{
    const struct projection *projection = dumping->receiver->province->projection;
    const struct cube *cube = projection_cube(projection);
    for (size_t i = 0; i < history->zone_count * HISTORY_YEARS; i++) {
        const struct zone_id *zone = &history->zones[i / HISTORY_YEARS].stream.zone;
        struct period period = period_of_year(HISTORY_FIRST_YEAR + (int)(i % HISTORY_YEARS));
        const struct return_state *state = projection_find(projection, zone, code_of("F1"), period);
        struct value value = cube_observe(cube, cube_find_zone(cube, zone), 0, period, NULL);
        text_builder_format(dumping->out, "\n%s %d: figure %" PRId64 " status %d", zone->text,
                            period.year, value.mantissa, (int)value.status);
        if (state)
            text_builder_format(dumping->out, " newest %u counted %u verdict %d findings %zu",
                                state->newest, state->counted, (int)state->last_verdict,
                                state->last_finding_count);
    }
}

void receiver_dump(const struct receiver *receiver, const struct history *history, bool order,
                   struct text_builder *out)
{
    struct error err;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(receiver->province->database);
    struct dumping dumping = { receiver, txn, out };
    if (order)
        put_in_order(&dumping);
    else
        put_by_stream(&dumping, history);
    put_table(&dumping, EVIDENCE_TABLE);
    put_table(&dumping, REQUESTS_TABLE);
    put_figures(&dumping, history);
    assert_true(transaction_check(txn, &err));
}

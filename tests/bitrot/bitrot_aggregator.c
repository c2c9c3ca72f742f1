/*
 *     bitrot_aggregator [BITS | all]
 *
 * A small province: its catalogue, a zone, a device, statements, a fork kept as evidence, a
 * request that waits.
 */
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

#include "aggregator/checkpoints.h"
#include "aggregator/doctor.h"
#include "aggregator/evidence.h"
#include "aggregator/journal.h"
#include "aggregator/receipts.h"
#include "aggregator/requests.h"
#include "aggregator/sessions.h"
#include "aggregator/tree.h"
#include "common/catalogue/source.h"
#include "common/storage/transaction.h"
#include "common/wire/receipt.h"
#include "tests/aggregator/workbench.h"
#include "tests/bitrot/rot.h"

static const char *const tables[] = { JOURNAL_TABLE,     JOURNAL_DECISIONS_TABLE, TREE_TABLE,
                                      CHECKPOINTS_TABLE, REQUESTS_TABLE,          EVIDENCE_TABLE,
                                      SESSIONS_TABLE };

static const char catalogue_text[] =
    "catalogue small \"小\" / \"small\" { version 1  since 2016 }\n"
    "unit 元 : money\n"
    "item A \"收入\" / \"revenue\" { unit 元  decimals 0  kind flow  basis ytd }\n"
    "form JKQ401 \"月报\" / \"monthly\" { every month  due 1 month 18 day\n"
    "  section \"收入\" / \"revenue\" { A } }\n";

struct subject {
    struct workbench *bench;
    struct rot_keys *keys;
};

static void remember(enum audit_weight weight, const char *problem, void *owner)
{
    (void)weight;
    (void)problem;
    ++*(size_t *)owner;
}

struct reading {
    const struct province *province;
    struct transaction *txn;
    struct arena *arena;
    struct digest_stream *out;
    struct error *err;
};

static void add(struct reading *reading, struct bytes bytes)
{
    digest_stream_add(reading->out, BYTES_OF(bytes.size));
    digest_stream_add(reading->out, bytes);
}

/* Each entry by its position, and the receipt of each arrival. */
static bool read_entries(struct reading *reading)
{
    const struct journal *journal = ledger_journal(reading->province->ledger);
    uint64_t size = journal_size(journal, reading->txn);
    for (uint64_t position = 0; position < size; position++) {
        struct journal_record record;
        struct receipt receipt;
        if (!journal_read(journal, reading->txn, position, reading->arena, &record, reading->err))
            return false;
        add(reading, journal_leaf_bytes(&record, reading->arena));
        add(reading, record.sealed.statement);
        if (record.entry.kind != ENTRY_ARRIVAL)
            continue;
        if (!receipts_make(reading->province->ledger, reading->txn, position, reading->arena,
                           &receipt, reading->err))
            return false;
        add(reading, receipt_write(&receipt, reading->arena));
    }
    return true;
}

static bool read_all(struct reading *reading, struct rot_keys *keys)
{
    struct doctor_report report;
    size_t problems = 0;
    if (!doctor_examine(reading->province, remember, &problems, &report, reading->err) ||
        problems > 0 || !read_entries(reading))
        return false;
    rot_read_tables(reading->txn, reading->province->database, tables, COUNT_OF(tables), keys,
                    reading->out);
    return transaction_check(reading->txn, reading->err);
}

static bool read_store(void *owner, struct digest *out, struct error *err)
{
    struct subject *subject = owner;
    struct workbench *bench = subject->bench;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(province_close)
    struct province *province = province_open(bench->folder.path, &bench->seams, err);
    if (!province)
        return false;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(province->database);
    struct digest_stream stream;
    digest_stream_begin(&stream);
    struct reading reading = { province, txn, arena, &stream, err };
    bool read = read_all(&reading, subject->keys);
    *out = digest_stream_end(&stream);
    return read;
}

static void put_request_and_fork(struct workbench *bench)
{
    struct database *database = bench->province->database;
    struct enrolment_request request = { .zone = bench->stream.zone,
                                         .device = { { 9 } },
                                         .keys = bench->pair.public,
                                         .label = "2",
                                         .utc_ms = WORKBENCH_UTC_MS };
    struct statement statement = { .suite = 1,
                                   .stream = bench->stream,
                                   .sequence = 1,
                                   .kind = STATEMENT_NOTE,
                                   .note = "another first one" };
    struct sealed_statement sealed = workbench_seal(bench, statement);
    statement.province = "jilin";
    struct evidence evidence = { &statement, &sealed, sealed_statement_hash(&sealed), REFUSAL_FORK,
                                 true };
    CLEANUP(transaction_abort) struct transaction *txn = transaction_write(database);
    requests_put(txn, database_table(database, REQUESTS_TABLE), &request.device,
                 enrolment_request_write(&request, &bench->pair, bench->arena));
    evidence_keep(txn, database_table(database, EVIDENCE_TABLE), &evidence);
    assert_true(transaction_commit(&txn, &bench->err));
}

int main(int argc, char **argv)
{
    struct source file = { "small.catalogue", bytes_of_text(catalogue_text) };
    struct sources sources = { &file, 1 };
    struct workbench *bench;
    rot_use_memory();
    workbench_set_up_with((void **)&bench, &sources);
    workbench_append_notes(bench, 5);
    workbench_append_notes(bench, 2);
    put_request_and_fork(bench);
    province_close(&bench->province);

    CLEANUP(rot_keys_destroy) struct rot_keys *keys = rot_keys_create();
    struct subject owner = { bench, keys };
    const char *folder = arena_format(bench->arena, "%s/store", bench->folder.path);
    struct rot_subject subject = { "aggregator", folder, read_store, &owner };
    int outcome = rot_run(&subject, argc > 1 ? argv[1] : NULL);
    workbench_tear_down((void **)&bench);
    return outcome;
}

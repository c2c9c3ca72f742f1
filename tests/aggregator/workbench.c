#include "tests/support/test.h"

#include "tests/aggregator/workbench.h"

#include <stdlib.h>
#include <string.h>

#include "aggregator/ingest/intake.h"
#include "aggregator/signer.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/transaction.h"

#define FIRST_EPOCH 1

static const struct zone the_zone = {
    .id = { WORKBENCH_ZONE },
    .name = "长春新区",
    .prefecture = "长春市",
    .prefecture_code = "220100",
    .county = "",
    .county_code = "",
};

static void take(struct workbench *bench, struct entry entry)
{
    struct journal_record record = { .entry = entry };
    assert_true(ledger_begin(bench->province->ledger, WORKBENCH_UTC_MS, &bench->err));
    assert_true(ledger_take(bench->province->ledger, &record) > 0);
    assert_true(ledger_commit(bench->province->ledger, &bench->err));
}

static void enrol(struct workbench *bench)
{
    struct entry entry = { .kind = ENTRY_ENROLMENT,
                           .enrolment = { .zone = bench->stream.zone,
                                          .device = bench->stream.device,
                                          .epoch = FIRST_EPOCH,
                                          .keys = bench->pair.public,
                                          .label = "" } };
    take(bench, (struct entry){ .kind = ENTRY_ZONE, .zone = the_zone });
    take(bench, entry);
}

int workbench_set_up_with(void **state, const struct sources *sources)
{
    struct workbench *bench = calloc(1, sizeof *bench);
    temporary_folder_create(&bench->folder);
    temporary_folder_create(&bench->signer_folder);
    bench->clock = manual_clock_at(WORKBENCH_UTC_MS);
    bench->random = seeded_random_of(2016);
    bench->seams = (struct province_seams){ &bench->clock.clock, &bench->random.random, true };
    bench->arena = arena_create();
    struct province_setup setup = { bench->folder.path, "jilin", "tcp://127.0.0.1:*", sources,
                                    bench->signer_folder.path };
    bench->pair = key_pair_create(&bench->random.random);
    bench->stream =
        (struct stream_id){ { WORKBENCH_ZONE }, { { 1, 2, 3, 4, 5, 6, 7, 8 } }, FIRST_EPOCH };
    assert_true(province_create(&setup, &bench->seams, &bench->err));
    bench->province = province_open(bench->folder.path, &bench->seams, &bench->err);
    assert_non_null(bench->province);
    enrol(bench);
    *state = bench;
    return 0;
}

int workbench_set_up(void **state)
{
    struct sources sources = sources_shipped();
    return workbench_set_up_with(state, &sources);
}

int workbench_tear_down(void **state)
{
    struct workbench *bench = *state;
    province_close(&bench->province);
    arena_destroy(&bench->arena);
    temporary_folder_remove(&bench->folder);
    temporary_folder_remove(&bench->signer_folder);
    free(bench);
    return 0;
}

void workbench_restart(struct workbench *bench)
{
    province_close(&bench->province);
    bench->province = province_open(bench->folder.path, &bench->seams, &bench->err);
    assert_non_null(bench->province);
}

struct signer *workbench_signer(struct workbench *bench)
{
    struct signer_options options = { bench->signer_folder.path, bench->province->card.origin,
                                      &bench->province->pair };
    struct signer *signer = signer_open(&options, &bench->err);
    assert_non_null(signer);
    return signer;
}

struct sealed_statement workbench_seal(struct workbench *bench, struct statement statement)
{
    struct sealed_statement sealed;
    statement.suite = 1;
    statement.province = "jilin";
    if (digest_is_zero(&statement.catalogue))
        statement.catalogue = bench->province->catalogue->digest;
    if (statement.agent_utc_ms == 0)
        statement.agent_utc_ms = WORKBENCH_UTC_MS;
    assert_true(statement_seal(&statement, &bench->pair, bench->arena, &sealed, &bench->err));
    return sealed;
}

struct sealed_statement workbench_seal_next(struct workbench *bench, struct statement statement)
{
    statement.stream = bench->stream;
    statement.sequence = bench->head.sequence + 1;
    statement.previous = bench->head.hash;
    struct sealed_statement sealed = workbench_seal(bench, statement);
    bench->head = (struct stream_head){ statement.sequence, sealed_statement_hash(&sealed) };
    return sealed;
}

struct sealed_statement workbench_seal_note(struct workbench *bench, const char *text)
{
    return workbench_seal_next(bench, (struct statement){ .kind = STATEMENT_NOTE, .note = text });
}

struct sealed_statement workbench_seal_empty_return(struct workbench *bench)
{
    struct submission submission = { .form = code_of("JKQ401"),
                                     .period = period_of_month(2021, 3),
                                     .version = 1 };
    return workbench_seal_next(
        bench, (struct statement){ .kind = STATEMENT_RETURN, .submission = submission });
}

void workbench_append_notes(struct workbench *bench, size_t count)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct sealed_statement *sealed = arena_take(arena, count, sizeof *sealed);
    assert_true(ledger_begin(bench->province->ledger, WORKBENCH_UTC_MS, &bench->err));
    for (size_t i = 0; i < count; i++) {
        struct intake_answer answer;
        sealed[i] = workbench_seal_note(bench, "note");
        assert_true(intake_take(bench->province, WORKBENCH_UTC_MS, &sealed[i], arena, &answer,
                                &bench->err));
        assert_int_equal(answer.admission.outcome, ADMISSION_NEXT);
    }
    assert_true(ledger_commit(bench->province->ledger, &bench->err));
}

void workbench_revoke(struct workbench *bench)
{
    take(bench,
         (struct entry){ .kind = ENTRY_REVOCATION,
                         .revocation = { bench->stream.zone, bench->stream.device, "lost" } });
}

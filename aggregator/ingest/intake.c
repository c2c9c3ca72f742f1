#include "aggregator/ingest/intake.h"

#include <string.h>

#include "aggregator/catalogues.h"
#include "aggregator/devices.h"
#include "aggregator/evidence.h"
#include "aggregator/ingest/comparison.h"
#include "aggregator/ingest/inspection.h"
#include "aggregator/ledger.h"
#include "aggregator/projection.h"
#include "aggregator/province.h"
#include "aggregator/registry.h"
#include "aggregator/streams.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/seeded_bug.h"
#include "common/catalogue/catalogue.h"
#include "common/cube/checking.h"
#include "common/cube/cube.h"
#include "common/model/day.h"
#include "common/storage/database.h"
#include "common/wire/rotation.h"
#include "common/wire/statement.h"

struct work {
    const struct province *province;
    int64_t utc_ms;
    const struct sealed_statement *sealed;
    const struct inspected *inspected;
    struct arena *arena;
    struct error *err;
    struct statement statement;
    struct admission_facts facts;
    const struct adopted *adopted; /* the catalogue it names; NULL: unknown */
};

static bool hash_at(const struct province *province, struct transaction *txn, uint64_t position,
                    struct digest *out, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct journal_record record;
    if (!ledger_read(province->ledger, txn, position, arena, &record, err))
        return false;
    *out = sealed_statement_hash(&record.sealed);
    return true;
}

bool intake_head(const struct province *province, struct transaction *txn,
                 const struct stream_id *id, struct stream_head *out, struct error *err)
{
    struct streams *streams = ledger_streams(province->ledger);
    const struct stream *stream = streams_find(streams, id);
    *out = (struct stream_head){ 0 };
    if (!stream || stream->sequence == 0)
        return true;
    if (!stream->hash_known) {
        struct digest hash;
        if (!hash_at(province, txn, stream->positions[stream->sequence - 1], &hash, err))
            return false;
        streams_note_hash(streams, id, &hash);
    }
    *out = (struct stream_head){ stream->sequence, stream->hash };
    return true;
}

/* What the journal knows of the statement's stream. */
static bool find_stream(struct work *work)
{
    const struct province *province = work->province;
    struct transaction *txn = ledger_transaction(province->ledger);
    const struct stream_id *id = &work->statement.stream;
    if (!intake_head(province, txn, id, &work->facts.head, work->err))
        return false;
    const struct stream *stream = streams_find(ledger_streams(province->ledger), id);
    if (!stream)
        return true;
    work->facts.frozen = stream->frozen;
    uint64_t sequence = work->statement.sequence;
    if (sequence == work->facts.head.sequence)
        work->facts.hash_at_sequence = work->facts.head.hash;
    return sequence == 0 || sequence >= work->facts.head.sequence ||
           hash_at(province, txn, stream->positions[sequence - 1], &work->facts.hash_at_sequence,
                   work->err);
}

/* The key may have changed since it was inspected: by a rotation in the same batch. */
static bool is_signed(const struct work *work)
{
    const struct inspected *inspected = work->inspected;
    const unsigned char *key = device_signing_key(work->facts.device, work->statement.stream.epoch,
                                                  work->statement.sequence);
    if (!key)
        return false;
    if (inspected->known && memcmp(inspected->key, key, KEY_SIZE) == 0)
        return inspected->signature_valid;
    return sealed_statement_is_signed_by(work->sealed, key);
}

static bool find_facts(struct work *work)
{
    const struct province *province = work->province;
    work->facts =
        (struct admission_facts){ .province = province->card.province, .utc_ms = work->utc_ms };
    if (!work->inspected->decodes)
        return true;
    work->statement = work->inspected->statement;
    work->facts.statement = &work->statement;
    work->facts.device =
        devices_find(ledger_devices(province->ledger), &work->statement.stream.device);
    if (!work->facts.device)
        return true;
    work->facts.signature_valid = is_signed(work);
    if (work->statement.kind == STATEMENT_KEY_ROTATION)
        work->facts.rotation_valid =
            rotation_is_signed(&work->statement) &&
            !devices_know_curve(ledger_devices(province->ledger), work->facts.device,
                                work->statement.rotation.curve_key);
    work->facts.hash = work->inspected->hash;
    work->adopted = catalogues_find(province->catalogues, &work->statement.catalogue);
    work->facts.catalogue_known = work->adopted != NULL;
    return find_stream(work);
}

/* What no rule can be run on is answered with the rule that comes closest: a stream goes on. */
static void add_builtin(const struct work *work, enum rule_builtin builtin,
                        struct findings *findings)
{
    const struct catalogue *catalogue = work->adopted->catalogue;
    struct finding finding = { .class = FINDING_MANDATORY,
                               .form = work->statement.submission.form,
                               .period = work->statement.submission.period,
                               .row_key = "",
                               .words = "",
                               .evidence = "",
                               .advice = "" };
    for (size_t i = 0; i < catalogue->rule_count; i++)
        if (catalogue->rules[i].builtin == builtin)
            finding.rule = catalogue->rules[i].code;
    if (code_is_valid(finding.rule))
        findings_add(findings, &finding);
}

static void add_findings(const struct work *work, const struct findings *findings,
                         struct arrival *arrival)
{
    size_t count = findings->count < RECEIPT_FINDINGS_MAX ? findings->count : RECEIPT_FINDINGS_MAX;
    struct verdict_finding *items = arena_take(work->arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = (struct verdict_finding){ (uint8_t)findings->items[i].class,
                                             findings->items[i].rule, findings->items[i].row_key };
    arrival->findings = items;
    arrival->finding_count = count;
}

static enum comparison compare(const struct work *work, const struct projection *projection,
                               const struct findings *findings, int64_t today)
{
    const struct registry *registry = ledger_registry(work->province->ledger);
    struct comparison_request request = {
        .projection = projection,
        .statement = &work->statement,
        .findings = findings,
        .zone = registry_find(registry, &work->statement.stream.zone),
        .today = today,
    };
    return comparison_make(&request);
}

/* By the rules of the catalogue it names, over figures in that catalogue's terms. */
static bool run_rules(struct work *work, struct findings *findings, struct arrival *arrival)
{
    const struct ledger *ledger = work->province->ledger;
    struct projection *projection = work->adopted->projection;
    const struct submission *submission = &work->statement.submission;
    const struct zone_id *zone = &work->statement.stream.zone;
    const struct return_state *state =
        projection_find(projection, zone, submission->form, submission->period);
    struct cube *cube = projection_cube(projection);
    struct check_request request = { .plans = projection_plans(projection),
                                     .cube = cube,
                                     .zone = cube_find_zone(cube, zone),
                                     .submission = submission,
                                     .where = RULE_AGGREGATOR,
                                     .tersely = true,
                                     .today = day_of_utc(work->utc_ms),
                                     .last_version = state ? state->newest : 0,
                                     .unaware = projection_is_unaware(projection, &work->statement),
                                     .source = ledger_size(ledger) };
    check_submission(&request, findings);
    arrival->comparison = compare(work, projection, findings, request.today);
    arrival->verdict = findings_block(findings) ? VERDICT_REJECTED : VERDICT_ACCEPTED;
    return arrival->verdict == VERDICT_ACCEPTED || seeded_bug(BUG_LEAVE_REJECTED_FIGURES) ||
           projection_restore(projection, ledger, ledger_transaction(ledger), zone, submission,
                              work->err);
}

/* The catalogue may have been adopted after the inspection. */
static bool fits(const struct work *work)
{
    struct error unfit;
    return work->inspected->judgeable
               ? work->inspected->fits
               : submission_fits(&work->statement.submission, work->adopted->catalogue, &unfit);
}

/* A closed catalogue and figures that have no place are rejected: refusing them without an
 * entry would stop the stream for ever. */
static bool judge_return(struct work *work, struct arrival *arrival)
{
    const struct adopted *adopted = work->adopted;
    struct findings findings = findings_in(work->arena);
    bool judged = true;
    arrival->verdict = VERDICT_REJECTED;
    if (adopted->closed)
        add_builtin(work, BUILTIN_FORM_OPEN, &findings);
    else if (!fits(work))
        add_builtin(work, BUILTIN_CODES, &findings);
    else
        judged = run_rules(work, &findings, arrival);
    add_findings(work, &findings, arrival);
    return judged;
}

static void judge_withdrawal(const struct work *work, struct arrival *arrival)
{
    const struct withdrawal *withdrawal = &work->statement.withdrawal;
    const struct return_state *state =
        projection_find(work->province->projection, &work->statement.stream.zone, withdrawal->form,
                        withdrawal->period);
    bool counted = state && state->counted > 0 && state->counted == withdrawal->version;
    arrival->verdict = counted ? VERDICT_ACCEPTED : VERDICT_REJECTED;
}

static bool append(struct work *work, uint64_t *out_position)
{
    struct journal_record record = { .figures =
                                         work->inspected->fits ? &work->inspected->figures : NULL,
                                     .entry = { .kind = ENTRY_ARRIVAL },
                                     .sealed = *work->sealed,
                                     .statement = work->statement };
    struct arrival *arrival = &record.entry.arrival;
    *arrival = (struct arrival){ .stream = work->statement.stream,
                                 .sequence = work->statement.sequence,
                                 .statement_hash = work->facts.hash,
                                 .verdict = VERDICT_ACCEPTED };
    if (work->statement.kind == STATEMENT_RETURN && !judge_return(work, arrival))
        return false;
    record.placed =
        work->statement.kind == STATEMENT_RETURN && arrival->verdict == VERDICT_ACCEPTED;
    if (work->statement.kind == STATEMENT_WITHDRAWAL)
        judge_withdrawal(work, arrival);
    *out_position = ledger_take(work->province->ledger, &record);
    streams_note_hash(ledger_streams(work->province->ledger), &work->statement.stream,
                      &work->facts.hash);
    return true;
}

static void keep_evidence(const struct work *work, enum refusal refusal)
{
    struct ledger *ledger = work->province->ledger;
    bool freezes = refusal == REFUSAL_FORK && !work->facts.frozen;
    struct evidence evidence = { &work->statement, work->sealed, work->facts.hash, refusal,
                                 freezes };
    evidence_keep(ledger_transaction(ledger),
                  database_table(work->province->database, EVIDENCE_TABLE), &evidence);
    if (refusal == REFUSAL_FORK)
        streams_freeze(ledger_streams(ledger), &work->statement.stream);
}

bool intake_take_inspected(const struct province *province, int64_t utc_ms,
                           const struct sealed_statement *sealed, const struct inspected *inspected,
                           struct arena *arena, struct intake_answer *out, struct error *err)
{
    struct work work = { .province = province,
                         .utc_ms = utc_ms,
                         .sealed = sealed,
                         .inspected = inspected,
                         .arena = arena,
                         .err = err };
    if (!find_facts(&work))
        return false;
    *out = (struct intake_answer){ .admission = admission_decide(&work.facts),
                                   .head = work.facts.head };
    if (work.facts.statement)
        out->sequence = work.statement.sequence;
    if (out->admission.keep_evidence)
        keep_evidence(&work, out->admission.refusal);
    if (out->admission.outcome == ADMISSION_DUPLICATE)
        out->position = streams_find(ledger_streams(province->ledger), &work.statement.stream)
                            ->positions[work.statement.sequence - 1];
    return out->admission.outcome != ADMISSION_NEXT || append(&work, &out->position);
}

bool intake_take(const struct province *province, int64_t utc_ms,
                 const struct sealed_statement *sealed, struct arena *arena,
                 struct intake_answer *out, struct error *err)
{
    struct inspection_ground ground = { ledger_devices(province->ledger), province->catalogues };
    const struct inspected *inspected = inspect(sealed, 1, ground, arena);
    return intake_take_inspected(province, utc_ms, sealed, inspected, arena, out, err);
}

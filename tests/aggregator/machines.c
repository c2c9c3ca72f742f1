#include "tests/support/test.h"

#include "tests/aggregator/machines.h"

#include "aggregator/ingest/intake.h"
#include "tests/support/edition.h"

struct machine machine_of(const struct workbench *bench)
{
    return (struct machine){ bench->stream, bench->head, bench->pair };
}

static void append(struct workbench *bench, struct entry entry)
{
    struct journal_record record = { .entry = entry };
    assert_true(ledger_begin(bench->province->ledger, WORKBENCH_UTC_MS, &bench->err));
    assert_true(ledger_take(bench->province->ledger, &record) > 0);
    assert_true(ledger_commit(bench->province->ledger, &bench->err));
}

struct machine machine_enrol(struct workbench *bench, unsigned char number)
{
    struct machine machine = { .stream = bench->stream,
                               .pair = key_pair_create(&bench->random.random) };
    machine.stream.device.bytes[0] = number;
    append(bench, (struct entry){ .kind = ENTRY_ENROLMENT,
                                  .enrolment = { .zone = machine.stream.zone,
                                                 .device = machine.stream.device,
                                                 .epoch = 1,
                                                 .keys = machine.pair.public,
                                                 .label = "" } });
    return machine;
}

static struct submission a_return(struct workbench *bench, struct version_of version, int month)
{
    struct cell *cells = arena_take(bench->arena, 3, sizeof *cells);
    cells[0] = (struct cell){ code_of("A1"), { version.revenue, VALUE_PRESENT } };
    cells[1] = (struct cell){ code_of("A2"), { 1, VALUE_PRESENT } };
    cells[2] = (struct cell){ code_of("A4"), { 1, VALUE_PRESENT } };
    return (struct submission){ .form = code_of(EDITION_FORM),
                                .period = period_of_month(2021, month),
                                .version = version.number,
                                .base_version = version.base,
                                .cells = cells,
                                .cell_count = 3 };
}

uint64_t machine_send_month(struct workbench *bench, struct machine *machine,
                            struct version_of version, int month)
{
    struct intake_answer answer;
    bench->stream = machine->stream;
    bench->head = machine->head;
    bench->pair = machine->pair;
    struct sealed_statement sealed = workbench_seal_next(
        bench, (struct statement){ .kind = STATEMENT_RETURN,
                                   .submission = a_return(bench, version, month) });
    machine->head = bench->head;
    assert_true(ledger_begin(bench->province->ledger, WORKBENCH_UTC_MS, &bench->err));
    assert_true(intake_take(bench->province, WORKBENCH_UTC_MS, &sealed, bench->arena, &answer,
                            &bench->err));
    assert_int_equal(answer.admission.outcome, ADMISSION_NEXT);
    assert_true(ledger_commit(bench->province->ledger, &bench->err));
    return answer.position;
}

uint64_t machine_send(struct workbench *bench, struct machine *machine, struct version_of version)
{
    return machine_send_month(bench, machine, version, MACHINES_MONTH);
}

struct review machines_review(struct workbench *bench)
{
    return (struct review){ bench->stream.zone, code_of(EDITION_FORM),
                            period_of_month(2021, MACHINES_MONTH), "电话核实", "张三" };
}

uint64_t machines_resolve(struct workbench *bench, uint64_t position)
{
    uint64_t decision;
    struct review review = machines_review(bench);
    if (!review_resolve(bench->province, &review, position, &decision, &bench->err))
        fail_msg("%s", bench->err.text);
    return decision;
}

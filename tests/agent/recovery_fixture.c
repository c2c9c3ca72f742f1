#include "tests/support/test.h"

#include "tests/agent/recovery_fixture.h"

#include "agent/statements.h"
#include "common/base/arena.h"
#include "common/storage/transaction.h"
#include "common/wire/statement.h"

void recovery_append(struct recovery_fixture *f, const struct entry *entry,
                     const struct sealed_statement *sealed)
{
    f->positions[f->count++] = little_journal_add(&f->journal, entry, sealed);
}

void recovery_adopt(struct recovery_fixture *f, struct sources sources)
{
    struct entry entry = { .utc_ms = 1,
                           .kind = ENTRY_CATALOGUE,
                           .catalogue = sources_pack(sources, f->old->arena) };
    recovery_append(f, &entry, NULL);
}

void recovery_enrol(struct recovery_fixture *f, const struct zone_office *office, uint32_t epoch)
{
    const struct stream_id *stream = &office->agent->device.stream;
    struct entry entry = { .utc_ms = 1,
                           .kind = ENTRY_ENROLMENT,
                           .enrolment = { .zone = stream->zone,
                                          .device = stream->device,
                                          .epoch = epoch,
                                          .keys = office->agent->pair.public,
                                          .label = "" } };
    recovery_append(f, &entry, NULL);
}

/* What the office sealed as that number arrives. */
void recovery_arrive(struct recovery_fixture *f, struct zone_office *office, uint64_t sequence,
                     enum verdict verdict)
{
    struct sealed_statement sealed;
    struct agent *agent = office->agent;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(agent->store.database);
    assert_true(statements_get(&agent->store, txn, sequence, &sealed, &f->err));
    sealed.statement = arena_copy_bytes(f->old->arena, sealed.statement);
    struct entry entry = { .utc_ms = 5,
                           .kind = ENTRY_ARRIVAL,
                           .arrival = { .stream = agent->device.stream,
                                        .sequence = sequence,
                                        .statement_hash = sealed_statement_hash(&sealed),
                                        .received_utc_ms = 5,
                                        .verdict = verdict } };
    recovery_append(f, &entry, &sealed);
}

int recovery_set_up(void **state)
{
    struct recovery_fixture *f = test_calloc(1, sizeof *f);
    f->old = zone_office_open();
    f->fresh = zone_office_open_beside(f->old);
    f->journal.arena = f->old->arena;
    f->journal.keys = &f->old->province_keys;
    recovery_adopt(f, sources_shipped());
    recovery_enrol(f, f->old, 1);
    for (int month = 2; month <= 4; month++)
        zone_office_seal(f->old, monthly_return(month), 0);
    recovery_arrive(f, f->old, 1, VERDICT_ACCEPTED);
    recovery_arrive(f, f->old, 2, VERDICT_REJECTED);
    recovery_arrive(f, f->old, 3, VERDICT_ACCEPTED);
    recovery_enrol(f, f->fresh, 1);
    *state = f;
    return 0;
}

int recovery_tear_down(void **state)
{
    struct recovery_fixture *f = *state;
    zone_office_close(&f->fresh);
    zone_office_close(&f->old);
    test_free(f);
    return 0;
}

size_t recovery_known_size(struct zone_office *office)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(office->agent->store.database);
    struct recovery_state state = recovery_state(&office->agent->store, txn);
    return (size_t)state.next; /* as the pages below were accepted one after the other */
}

struct excerpt recovery_page_of(struct recovery_fixture *f, size_t first, size_t count,
                                size_t known)
{
    struct excerpt excerpt =
        little_journal_excerpt(&f->journal, f->positions + first, count, known);
    excerpt.from = first == 0 ? 0 : f->positions[first - 1] + 1;
    if (first + count < f->count)
        excerpt.next = f->positions[first + count - 1] + 1;
    return excerpt;
}

bool recovery_accept_page(struct recovery_fixture *f, struct zone_office *office,
                          const struct excerpt *excerpt)
{
    return recovery_accept(office->agent, excerpt_encode(excerpt, f->old->arena), office->arena,
                           &f->page, &f->err);
}

void recovery_run(struct recovery_fixture *f, struct zone_office *office)
{
    struct excerpt page = recovery_page_of(f, 0, f->count, recovery_known_size(office));
    if (!recovery_accept_page(f, office, &page) ||
        !recovery_finish(office->agent, office->arena, &f->end, &f->err))
        fail_msg("%s", f->err.text);
}

struct version recovery_newest(struct zone_office *office, int month)
{
    struct version version;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(office->agent->store.database);
    assert_true(history_newest(&office->agent->store, txn, monthly_return(month), &version));
    return version;
}

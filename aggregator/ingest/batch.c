#include "aggregator/ingest/batch.h"

#include "aggregator/ingest/inspection.h"
#include "common/base/arena.h"

void batch_prepare(struct batch *batch, size_t crew_size)
{
    for (size_t i = 0; i < crew_size; i++)
        if (!batch->arenas[i])
            batch->arenas[i] = arena_create();
}

void batch_free(struct batch *batch)
{
    for (size_t i = 0; i < CREW_SIZE_MAX; i++)
        arena_destroy(&batch->arenas[i]);
}

void batch_begin(struct batch *batch)
{
    for (size_t i = 0; i < CREW_SIZE_MAX && batch->arenas[i]; i++)
        arena_reset(batch->arenas[i]);
    batch->count = batch->received = batch->statements = batch->size = 0;
    batch->writes = false;
}

void batch_add(struct batch *batch, size_t size)
{
    const struct visit *visit = &batch->visits[batch->count++];
    batch->size += size;
    batch->statements += visit->statement_count;
    batch->writes |=
        visit->statement_count > 0 || visit_is_hello(visit) || visit_is_application(visit);
}

bool batch_is_full(const struct batch *batch)
{
    return batch->count == BATCH_MESSAGES_MAX || batch->statements >= BATCH_STATEMENTS_MAX ||
           batch->size >= BATCH_SIZE_MAX || batch->received >= BATCH_RECEIVED_MAX;
}

static void inspect_visit(size_t number, size_t worker, void *owner)
{
    struct batch *batch = owner;
    visit_inspect(&batch->visits[batch->inspected + number], batch->province,
                  batch->arenas[worker]);
}

void batch_inspect(struct batch *batch, size_t first, const struct province *province,
                   struct crew *crew)
{
    batch->province = province;
    batch->inspected = first;
    crew_run(crew, batch->count - first, inspect_visit, batch);
}

void batch_start_inspection(struct batch *batch, const struct province *province, struct crew *crew)
{
    batch->province = province;
    batch->inspected = 0;
    crew_start(crew, batch->count, inspect_visit, batch);
}

bool batch_leaves_devices_alone(const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct visit *visit = &batch->visits[i];
        if (visit_is_hello(visit) || visit_is_application(visit))
            return false;
        for (size_t at = 0; at < visit->statement_count; at++)
            if (!visit->inspected || !visit->inspected[at].decodes ||
                visit->inspected[at].statement.kind == STATEMENT_KEY_ROTATION)
                return false;
    }
    return true;
}

void batch_refuse_writers(struct batch *batch, enum refusal refusal)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct visit *visit = &batch->visits[i];
        if (visit->statement_count == 0 && !visit_is_hello(visit))
            continue;
        visit->position_count = 0;
        visit->gap = visit->busy = visit->challenged = false;
        visit->refusal = refusal;
        visit->refused_sequence = 0;
    }
}

#include "agent/checking.h"

#include "agent/agent.h"
#include "agent/history.h"
#include "agent/settings.h"
#include "agent/statements.h"
#include "agent/terms.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/cube/checking.h"
#include "common/cube/cube.h"
#include "common/model/day.h"
#include "common/storage/transaction.h"
#include "common/wire/entry.h"
#include "common/wire/grounds.h"

bool checking_knows_zone(const struct agent *agent, struct transaction *txn)
{
    struct bytes encoded;
    return settings_get(&agent->store, txn, SETTING_ZONE, &encoded);
}

/* The register's record, or as much as we know ourselves. */
static bool read_zone(const struct agent *agent, struct transaction *txn, struct arena *arena,
                      struct zone *out, struct error *err)
{
    struct bytes encoded;
    struct entry entry;
    *out = (struct zone){ .id = agent->device.stream.zone,
                          .name = "",
                          .prefecture = "",
                          .prefecture_code = "",
                          .county = "",
                          .county_code = "" };
    if (!settings_get(&agent->store, txn, SETTING_ZONE, &encoded))
        return transaction_check(txn, err);
    if (!entry_decode(arena_copy_bytes(arena, encoded), arena, &entry, err)) {
        err->kind = ERROR_CORRUPT;
        return error_wrap(err, MESSAGE_CHECKING_ZONE);
    }
    *out = entry.zone;
    return true;
}

static bool put_history(const struct agent *agent, struct transaction *txn, struct cube *cube,
                        size_t zone, struct return_id except, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *list = arena_create();
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct versions versions = history_in_force(&agent->store, txn, list);
    for (size_t i = 0; i < versions.count; i++) {
        const struct version *version = &versions.items[i];
        struct statement statement;
        arena_reset(arena);
        if (return_id_equal(version->id, except))
            continue;
        if (!history_statement(&agent->store, txn, version, arena, &statement, err))
            return false;
        struct submission carried;
        bool fits;
        if (!terms_carry(agent, txn, &statement, arena, &carried, &fits, err))
            return false;
        if (fits)
            cube_put(cube, zone, &carried, version->sequence);
    }
    return transaction_check(txn, err);
}

bool checking_run(const struct agent *agent, struct transaction *txn,
                  const struct checking_request *request, struct arena *arena, struct findings *out,
                  struct error *err)
{
    struct submission submission = *request->submission;
    struct return_id id = { submission.form, submission.period };
    struct succession succession = history_succession(&agent->store, txn, id);
    struct zone zone;
    submission.version = succession.next;
    submission.base_version = succession.base;
    if (!submission_fits(&submission, agent->catalogue, err) ||
        !read_zone(agent, txn, arena, &zone, err))
        return false;

    CLEANUP(cube_destroy) struct cube *cube = cube_create(agent->catalogue);
    size_t number = cube_add_zone(cube, &zone);
    if (!put_history(agent, txn, cube, number, id, err))
        return false;

    struct check_request check = {
        .cube = cube,
        .zone = number,
        .submission = &submission,
        .where = RULE_AGENT,
        .today = day_of_utc(agent_utc_ms(agent)),
        .last_version = succession.last,
        .before_signing = request->before_signing,
    };
    *out = findings_in(arena);
    check_submission(&check, out);
    return transaction_check(txn, err);
}

bool checking_grounds(const struct agent *agent, struct transaction *txn, struct return_id id,
                      struct arena *arena, struct grounds *out, struct error *err)
{
    const struct stream_id *stream = &agent->device.stream;
    struct versions versions = history_in_force(&agent->store, txn, arena);
    struct ground *items = arena_take(arena, versions.count, sizeof *items);
    struct zone zone;
    size_t count = 0;
    for (size_t i = 0; i < versions.count; i++) {
        const struct version *version = &versions.items[i];
        if (!return_id_equal(version->id, id))
            items[count++] =
                (struct ground){ version->id.form,  version->id.period, version->number,
                                 version->sequence, stream->device,     stream->epoch };
    }
    if (!read_zone(agent, txn, arena, &zone, err))
        return false;
    *out = grounds_of(checking_knows_zone(agent, txn) ? &zone : NULL, items, count);
    return transaction_check(txn, err);
}

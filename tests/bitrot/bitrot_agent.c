/*
 *     bitrot_agent [BITS | all]
 *
 * A small zone: its catalogue, a draft, sealed statements, with receipts and without.
 */
#include "tests/support/test.h"

#include <stdlib.h>

#include "agent/agent.h"
#include "agent/doctor.h"
#include "agent/sync.h"
#include "common/base/arena.h"
#include "common/catalogue/catalogue.h"
#include "common/storage/transaction.h"
#include "tests/bitrot/rot.h"
#include "tests/support/little_province.h"
#include "tests/support/zone_office.h"

static const char *const tables[] = { "drafts",     "statements", "versions", "receipts",
                                      "catalogues", "settings",   "notices" };

static const char catalogue_text[] =
    "catalogue small \"小\" / \"small\" { version 1  since 2016 }\n"
    "unit 元 : money\n"
    "item A \"收入\" / \"revenue\" { unit 元  decimals 0  kind flow  basis ytd }\n"
    "form JKQ401 \"月报\" / \"monthly\" { every month  due 1 month 18 day\n"
    "  sign preparer \"填报人\", stathead \"统计负责人\", unithead \"单位负责人\"\n"
    "  section \"收入\" / \"revenue\" { A } }\n";

struct subject {
    struct zone_office *office;
    struct rot_keys *keys;
};

static bool read_store(void *owner, struct digest *out, struct error *err)
{
    struct subject *subject = owner;
    struct zone_office *office = subject->office;
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(agent_close)
    struct agent *agent = agent_open(office->folder.path, &office->seams, office->catalogue, err);
    if (!agent)
        return false;
    struct doctor_report *report = arena_take(arena, 1, sizeof *report);
    if (!doctor_examine(agent, NULL, arena, report))
        return false;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(agent->store.database);
    struct digest_stream stream;
    digest_stream_begin(&stream);
    rot_read_tables(txn, agent->store.database, tables, COUNT_OF(tables), subject->keys, &stream);
    *out = digest_stream_end(&stream);
    return transaction_check(txn, err);
}

static struct catalogue *compile(struct arena *arena)
{
    struct source file = { "small.catalogue", bytes_of_text(catalogue_text) };
    struct diagnostics *diagnostics = arena_take(arena, 1, sizeof *diagnostics);
    diagnostics->arena = arena;
    struct catalogue *catalogue = catalogue_compile((struct sources){ &file, 1 }, diagnostics);
    if (!catalogue)
        fail_msg("%s", diagnostics->items[0].text);
    return catalogue;
}

int main(int argc, char **argv)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(rot_keys_destroy) struct rot_keys *keys = rot_keys_create();
    struct sync_options options = { .timeout_ms = 60000 };
    struct sync_report report;
    rot_use_memory();
    struct zone_office *office = zone_office_open_with(compile(arena));
    struct little_province *province = little_province_create(office);
    zone_office_seal(office, monthly_return(2), 100);
    zone_office_seal(office, monthly_return(3), 250);
    assert_true(sync_run(office->agent, &province->channel, &options, &report, &office->err));
    zone_office_seal(office, monthly_return(4), 300);
    zone_office_fill(office, monthly_return(5), 7);
    agent_close(&office->agent);

    struct subject owner = { office, keys };
    const char *folder = arena_format(arena, "%s/store", office->folder.path);
    struct rot_subject subject = { "agent", folder, read_store, &owner };
    int outcome = rot_run(&subject, argc > 1 ? argv[1] : NULL);
    zone_office_reopen(office);
    little_province_destroy(&province);
    zone_office_close(&office);
    return outcome;
}

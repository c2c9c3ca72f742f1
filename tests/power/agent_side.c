/*
 * The agent under a power cut: drafts, signatures, sealing, receipts. Every act that a person
 * was told is done must be there; whatever was not told is there whole or not at all.
 */
#include "tests/support/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/doctor.h"
#include "agent/editing.h"
#include "agent/outbox.h"
#include "agent/receipts.h"
#include "agent/setup.h"
#include "agent/statements.h"
#include "agent/sync.h"
#include "common/base/arena.h"
#include "common/catalogue/catalogue.h"
#include "common/model/day.h"
#include "common/storage/transaction.h"
#include "common/wire/statement.h"
#include "tests/power/promises.h"
#include "tests/support/little_province.h"
#include "tests/support/zone_office.h"

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)
#define FIRST_MONTH 2
#define LAST_MONTH 6
#define MONTH_OF_JUDGE 12
#define CARRY_ON_EVERY 4

/* What the steps share. */
struct desk {
    struct catalogue *catalogue;
    struct zone_office office;
    struct little_province *province;
};

static void prepare(struct zone_office *office, struct catalogue *catalogue, const char *folder)
{
    *office = (struct zone_office){ .catalogue = catalogue };
    snprintf(office->folder.path, sizeof office->folder.path, "%s", folder);
    office->clock = manual_clock_at(day_of_date(2026, 11, 23) * DAY_MS);
    office->random = seeded_random_of(1);
    office->seams = (struct agent_seams){ .clock = &office->clock.clock,
                                          .random = &office->random.random,
                                          .any_file_system = true };
    office->province_keys = key_pair_create(&office->random.random);
    office->card = (struct province_card){ .province = "jilin",
                                           .origin = "zonetally/jilin",
                                           .endpoint = "tcp://127.0.0.1:7700",
                                           .keys = office->province_keys.public };
    office->arena = arena_create();
}

static void leave(struct zone_office *office)
{
    agent_close(&office->agent);
    arena_destroy(&office->arena);
}

static bool set_up(struct zone_office *office, struct error *err)
{
    struct setup_result result;
    struct setup_request request = {
        .data_folder = office->folder.path,
        .card = province_card_write(&office->card, &office->province_keys, office->arena),
        .label = "office",
    };
    return zone_id_parse("22102001", &request.zone) &&
           setup_create(&request, &office->seams, office->catalogue, &result, err);
}

static bool open_agent(struct zone_office *office, struct error *err)
{
    agent_close(&office->agent);
    office->agent = agent_open(office->folder.path, &office->seams, office->catalogue, err);
    return office->agent;
}

/* As it is stored; no bytes when there is none. */
static struct bytes draft_bytes(struct zone_office *office, int month)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(office->agent->store.database);
    struct key key = return_id_key(monthly_return(month));
    struct bytes value;
    if (!transaction_get(txn, office->agent->store.drafts, key_bytes(&key), &value))
        return (struct bytes){ NULL, 0 };
    return arena_copy_bytes(office->arena, value);
}

static void promise_draft(struct zone_office *office, int month)
{
    promise_bytes("draft", (uint64_t)month, draft_bytes(office, month));
}

static bool promise_files(struct zone_office *office, struct error *err)
{
    static const char *const names[] = { AGENT_KEYS_FILE, AGENT_CARD_FILE, AGENT_REQUEST_FILE };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (!promise_file(office->folder.path, names[i], err))
            return false;
    promise("init");
    return true;
}

static struct bytes receipt_bytes(struct zone_office *office, uint64_t sequence)
{
    struct bytes text = { NULL, 0 };
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(office->agent->store.database);
    if (!receipts_text(&office->agent->store, txn, sequence, &text))
        return (struct bytes){ NULL, 0 };
    return arena_copy_bytes(office->arena, text);
}

/* The acts of a month: each is one transaction, and is promised by itself. */

static bool fill(struct zone_office *office, int month, struct error *err)
{
    struct cell cell = { code_of("A03"), { .mantissa = month } };
    struct submission content = { .form = monthly_return(month).form,
                                  .period = monthly_return(month).period,
                                  .cells = &cell,
                                  .cell_count = 1 };
    struct draft_loss loss;
    return editing_replace(office->agent, &content, office->arena, &loss, err);
}

static bool set(struct zone_office *office, int month, struct error *err)
{
    struct draft_loss loss;
    return editing_set(office->agent, monthly_return(month), code_of("A03"),
                       (struct value){ .mantissa = 1000 + month }, &loss, err);
}

static bool check(struct zone_office *office, int month, struct error *err)
{
    struct editing_check result;
    return editing_check(office->agent, monthly_return(month), office->arena, &result, err);
}

static bool sign(struct zone_office *office, int month, const char *role, const char *name,
                 struct error *err)
{
    struct code next;
    return editing_sign(office->agent, monthly_return(month), code_of(role), name, &next, err);
}

static bool prepare_return(struct zone_office *office, int month, struct error *err)
{
    return sign(office, month, "preparer", "Anna", err);
}

static bool head_statistics(struct zone_office *office, int month, struct error *err)
{
    return sign(office, month, "stathead", "Boris", err);
}

static bool head_unit(struct zone_office *office, int month, struct error *err)
{
    return sign(office, month, "unithead", "Clara", err);
}

static bool seal(struct zone_office *office, int month, struct error *err)
{
    struct sealing sealing;
    if (!sealing_seal(office->agent, monthly_return(month), office->arena, &sealing, err))
        return false;
    promise_bytes("sealed", sealing.sequence, BYTES_OF(sealing.hash));
    return true;
}

typedef bool act_fn(struct zone_office *office, int month, struct error *err);
static act_fn *const acts[] = {
    fill, set, check, prepare_return, head_statistics, head_unit, seal
};

#define ACTS COUNT_OF(acts)
#define STEPS_OF_MONTH (ACTS + 1) /* then what waits is sent */
#define STEPS (1 + (LAST_MONTH - FIRST_MONTH + 1) * STEPS_OF_MONTH)

static uint64_t receipted(struct zone_office *office)
{
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(office->agent->store.database);
    return receipts_last(&office->agent->store, txn);
}

/* Every second month; then as after a restart. */
static bool synchronise(struct desk *desk, int month, struct error *err)
{
    struct zone_office *office = &desk->office;
    struct sync_options options = { .timeout_ms = 60000 };
    struct sync_report report;
    if (month % 2 != 0)
        return true;
    if (!desk->province)
        desk->province = little_province_create(office);
    desk->province->send_zone = true;
    uint64_t before = receipted(office);
    if (!sync_run(office->agent, &desk->province->channel, &options, &report, err))
        return false;
    for (uint64_t i = 1; i <= report.receipted; i++)
        promise_bytes("receipt", before + i, receipt_bytes(office, before + i));
    return open_agent(office, err);
}

static void begin(void *owner, const char *folder)
{
    struct desk *desk = owner;
    desk->province = NULL;
    prepare(&desk->office, desk->catalogue, folder);
}

static void end(void *owner)
{
    struct desk *desk = owner;
    if (desk->province)
        little_province_destroy(&desk->province);
    leave(&desk->office);
}

static bool step(void *owner, size_t number, struct error *err)
{
    struct desk *desk = owner;
    struct zone_office *office = &desk->office;
    if (number == 0)
        return set_up(office, err) && promise_files(office, err);
    int month = FIRST_MONTH + (int)((number - 1) / STEPS_OF_MONTH);
    size_t act = (number - 1) % STEPS_OF_MONTH;
    if (!office->agent && !open_agent(office, err))
        return false;
    if (act == ACTS)
        return synchronise(desk, month, err);
    if (!acts[act](office, month, err))
        return false;
    if (acts[act] != seal)
        promise_draft(office, month);
    return true;
}

/* The judge */

static bool doctor_is_content(struct zone_office *office, struct error *err)
{
    struct doctor_report report;
    if (doctor_examine(office->agent, NULL, office->arena, &report))
        return true;
    return error_set(err, ERROR_CORRUPT, "doctor: %s", report.problems[0]);
}

static bool count_one(struct bytes key, struct bytes value, void *owner)
{
    (void)key;
    (void)value;
    ++*(size_t *)owner;
    return true;
}

/* Reading is checking: every value of every table has its checksum. */
static bool values_are_whole(struct zone_office *office, struct error *err)
{
    const struct store *store = &office->agent->store;
    const struct table tables[] = { store->drafts,   store->statements, store->versions,
                                    store->receipts, store->catalogues, store->settings };
    struct bytes all = { NULL, 0 };
    size_t count = 0;
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(store->database);
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        transaction_each(txn, tables[i], all, all, count_one, &count);
    return transaction_check(txn, err);
}

/* What was last said of the return's draft. A statement that was sealed took its draft away. */
static const char *draft_promise(const struct marks *marks, size_t made, int month)
{
    const char *last = "", *hash;
    uint64_t number;
    for (size_t i = 0; i < made; i++)
        if (promise_is(marks->lines[i], "draft", &number, &hash) && number == (uint64_t)month)
            last = hash;
        else if (promise_is(marks->lines[i], "sealed", &number, &hash) &&
                 number + FIRST_MONTH == (uint64_t)month + 1)
            last = "";
    return last;
}

/* As promised, or as the act that was under way left it: nothing between. */
static bool drafts_hold(struct zone_office *office, const struct marks *marks, struct error *err)
{
    size_t next = marks->made < marks->count ? marks->made + 1 : marks->made;
    for (int month = FIRST_MONTH; month <= LAST_MONTH; month++) {
        char buffer[DIGEST_TEXT_SIZE];
        struct bytes bytes = draft_bytes(office, month);
        const char *found = bytes.data ? promise_hash(bytes, buffer) : "";
        if (strcmp(found, draft_promise(marks, marks->made, month)) != 0 &&
            strcmp(found, draft_promise(marks, next, month)) != 0)
            return broken(err, "not the draft that was saved of month", (uint64_t)month);
    }
    return true;
}

static bool statement_holds(struct zone_office *office, uint64_t sequence, const char *hash,
                            struct error *err)
{
    char found[DIGEST_TEXT_SIZE];
    struct sealed_statement sealed;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(office->agent->store.database);
    if (!statements_get(&office->agent->store, txn, sequence, &sealed, err))
        return false;
    struct digest digest = sealed_statement_hash(&sealed);
    return strcmp(promise_hash(BYTES_OF(digest), found), hash) == 0 ||
           broken(err, "another statement than was sealed:", sequence);
}

static bool receipt_holds(struct zone_office *office, uint64_t sequence, const char *hash,
                          struct error *err)
{
    char found[DIGEST_TEXT_SIZE];
    struct bytes text = receipt_bytes(office, sequence);
    return (text.data && strcmp(promise_hash(text, found), hash) == 0) ||
           broken(err, "not the receipt that was stored:", sequence);
}

static bool counts_hold(struct zone_office *office, const struct marks *marks, struct error *err)
{
    struct outbox outbox;
    CLEANUP(transaction_abort)
    struct transaction *txn = transaction_read(office->agent->store.database);
    if (!outbox_look(&office->agent->store, txn, &outbox, err))
        return false;
    uint64_t sealed = promised_count(marks, "sealed"), receipts = promised_count(marks, "receipt");
    if (outbox.head.sequence < sealed ||
        outbox.head.sequence > sealed + promised_next_count(marks, "sealed"))
        return broken(err, "statements in the store:", outbox.head.sequence);
    if (outbox.receipted < receipts ||
        outbox.receipted > receipts + promised_next_count(marks, "receipt"))
        return broken(err, "receipts in the store:", outbox.receipted);
    return true;
}

static bool promises_hold(struct zone_office *office, const struct marks *marks, struct error *err)
{
    const char *hash;
    uint64_t number;
    for (size_t i = 0; i < marks->made; i++) {
        const char *line = marks->lines[i];
        if (promise_is(line, "sealed", &number, &hash) &&
            !statement_holds(office, number, hash, err))
            return false;
        if (promise_is(line, "receipt", &number, &hash) &&
            !receipt_holds(office, number, hash, err))
            return false;
    }
    return counts_hold(office, marks, err) && drafts_hold(office, marks, err);
}

/* The store takes more, keeps it, and is still sound. */
static bool carries_on(struct zone_office *office, struct error *err)
{
    struct draft_loss loss;
    return editing_set(office->agent, monthly_return(MONTH_OF_JUDGE), code_of("A03"),
                       (struct value){ .mantissa = 1 }, &loss, err) &&
           open_agent(office, err) &&
           (draft_bytes(office, MONTH_OF_JUDGE).size > 0 || broken(err, "nothing kept", 0)) &&
           doctor_is_content(office, err);
}

/* Before init said it was done it may be as if it had not begun. */
static bool opens(struct zone_office *office, const struct marks *marks, struct error *err)
{
    if (open_agent(office, err))
        return true;
    return err->kind == ERROR_UNAVAILABLE && !promised(marks, "init") && set_up(office, err) &&
           open_agent(office, err);
}

static bool judge(void *owner, const char *folder, const struct marks *marks, uint64_t chance,
                  struct error *err)
{
    struct zone_office office;
    prepare(&office, ((struct desk *)owner)->catalogue, folder);
    bool sound = opens(&office, marks, err) && promised_files_hold(marks, folder, err) &&
                 doctor_is_content(&office, err) && values_are_whole(&office, err) &&
                 promises_hold(&office, marks, err) &&
                 (chance % CARRY_ON_EVERY != 0 || carries_on(&office, err));
    leave(&office);
    return sound;
}

int main(int argc, char **argv)
{
    struct error err = { 0 };
    CLEANUP(catalogue_destroy) struct catalogue *catalogue = promises_catalogue(&err);
    if (!catalogue) {
        fprintf(stderr, "%s\n", err.text);
        return EXIT_FAILURE;
    }
    struct desk desk = { .catalogue = catalogue };
    const struct power_side side = { .name = "agent",
                                     .owner = &desk,
                                     .begin = begin,
                                     .steps = STEPS,
                                     .separate_steps = 1 + STEPS_OF_MONTH,
                                     .step = step,
                                     .end = end,
                                     .judge = judge };
    return side_main(&side, argc, argv);
}

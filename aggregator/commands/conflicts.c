#include <inttypes.h>
#include <stdio.h>

#include "aggregator/commands/commands.h"
#include "aggregator/commands/table.h"
#include "aggregator/conflicts.h"
#include "aggregator/ledger.h"
#include "aggregator/projection.h"
#include "aggregator/province.h"
#include "aggregator/review.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/catalogue/catalogue.h"
#include "common/cube/cube.h"
#include "common/runtime/listing.h"
#include "common/storage/transaction.h"
#include "common/wire/statement.h"

#define NUMBER_SIZE 24
#define DEVICE_TEXT_SIZE 33

static void add_number(struct table_writer *table, uint64_t number)
{
    char text[NUMBER_SIZE];
    snprintf(text, sizeof text, "%" PRIu64, number);
    table_figure(table, text);
}

static void add_contest(struct table_writer *table, const struct province *province,
                        const struct return_state *state)
{
    char text[CLOCK_TEXT_SIZE];
    const struct zone *zone = cube_zone(projection_cube(province->projection), state->zone);
    table_text(table, zone->id.text);
    table_text(table, zone->name);
    table_text(table, code_text(province->catalogue->forms[state->form].code, text));
    table_text(table, period_text(state->period, text));
    table_text(table, state->contest.open > 0 ? "contested" : "decided");
    add_number(table, state->counted);
    add_number(table, state->counted > 0 ? state->counted_position : 0);
    add_number(table, state->contest.count);
    add_number(table, state->contest.open);
    add_number(table, state->decided_position);
}

bool command_conflicts_list(const struct arguments *arguments, struct error *err)
{
    static const char *const columns[] = {
        "zone",    "name",     "form",       "period", "state",
        "version", "position", "contenders", "open",   "decision"
    };
    CLEANUP(table_close) struct table_writer table = { 0 };
    if (!table_open(&table, arguments, columns, COUNT_OF(columns), err))
        return false;
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province)
        return false;
    bool all = arguments_option(arguments, "all");
    for (size_t i = 0; i < projection_count(province->projection); i++) {
        const struct return_state *state = projection_at(province->projection, i);
        if (state->contest.open > 0 || (all && state->contest.count > 0))
            add_contest(&table, province, state);
    }
    return table_print(&table, err);
}

bool command_return(const struct arguments *arguments, const struct province *province,
                    struct review *out, struct error *err)
{
    const char *const *given = arguments->operands;
    size_t form = catalogue_find_form(province->catalogue, given[1]);
    *out = (struct review){ 0 };
    if (!zone_id_parse(given[0], &out->zone))
        return error_set(err, ERROR_USAGE, MESSAGE_REGISTER_CODE, given[0]);
    if (form == CATALOGUE_NONE)
        return error_set(err, ERROR_USAGE, MESSAGE_REVIEW_FORM, given[1]);
    out->form = province->catalogue->forms[form].code;
    return period_parse(given[2], &out->period) ||
           error_set(err, ERROR_USAGE, MESSAGE_PERIOD_UNREADABLE, given[2]);
}

/* The statements that contest each other, the one that counts first. */
struct parties {
    const struct province *province;
    struct transaction *txn;
    struct arena *arena;
    struct journal_record *items;
    size_t count;
    uint64_t counted_position;
    struct journal_record decision; /* that it counts; of no kind when nobody decided */
    bool failed;
    struct error *err;
};

static bool read_party(const struct contender *contender, bool open, void *owner)
{
    struct parties *parties = owner;
    (void)open;
    if (contender->position == parties->counted_position)
        return true;
    parties->failed = !ledger_read(parties->province->ledger, parties->txn, contender->position,
                                   parties->arena, &parties->items[parties->count++], parties->err);
    return !parties->failed;
}

static bool find_parties(struct parties *parties, const struct return_state *state)
{
    parties->items = arena_take(parties->arena, state->contest.count + 1, sizeof *parties->items);
    parties->counted_position = state->counted > 0 ? state->counted_position : UINT64_MAX;
    if (state->counted > 0 &&
        !ledger_read(parties->province->ledger, parties->txn, state->counted_position,
                     parties->arena, &parties->items[parties->count++], parties->err))
        return false;
    if (state->decided_position > 0 &&
        !ledger_read(parties->province->ledger, parties->txn, state->decided_position,
                     parties->arena, &parties->decision, parties->err))
        return false;
    projection_each_contender(parties->province->projection, state, read_party, parties);
    return !parties->failed && transaction_check(parties->txn, parties->err);
}

static const char *device_text(const struct device_id *device, char buffer[DEVICE_TEXT_SIZE])
{
    for (size_t i = 0; i < sizeof device->bytes; i++)
        snprintf(buffer + 2 * i, 3, "%02x", device->bytes[i]);
    return buffer;
}

/* "Anna 2026-03-18T09:12:44+08:00; …" */
static const char *signatures_text(const struct submission *submission, struct arena *arena)
{
    const char *text = "";
    char time[CLOCK_TEXT_SIZE];
    for (size_t i = 0; i < submission->sign_off_count; i++)
        text =
            arena_format(arena, "%s%s%s %s", text, i > 0 ? "; " : "", submission->sign_offs[i].name,
                         clock_text(submission->sign_offs[i].utc_ms, time));
    return text;
}

static bool is_decided(const struct parties *parties)
{
    return parties->decision.entry.kind == ENTRY_DECISION;
}

static void add_party(struct table_writer *table, const struct parties *parties, size_t number)
{
    char time[CLOCK_TEXT_SIZE], device[DEVICE_TEXT_SIZE];
    const struct journal_record *record = &parties->items[number];
    const struct submission *submission = &record->statement.submission;
    add_number(table, record->position);
    table_text(table, record->position == parties->counted_position ? "counts" : "contends");
    add_number(table, submission->version);
    add_number(table, submission->base_version);
    table_text(table, device_text(&record->statement.stream.device, device));
    add_number(table, record->statement.stream.epoch);
    add_number(table, record->statement.sequence);
    table_text(table, clock_text(record->statement.agent_utc_ms, time));
    table_text(table, clock_text(record->entry.utc_ms, time));
    table_text(table, signatures_text(submission, parties->arena));
    bool decided = is_decided(parties) && record->position == parties->counted_position;
    table_text(table, decided ? parties->decision.entry.decision.by : "");
}

/* Each contender against the first: the one that counts, or the newest when none does. */
static void add_differences(struct table_writer *table, const struct parties *parties)
{
    const struct catalogue *catalogue = parties->province->catalogue;
    for (size_t i = 1; i < parties->count; i++) {
        struct conflicts conflicts =
            conflicts_between(&parties->items[0].statement.submission,
                              &parties->items[i].statement.submission, parties->arena);
        for (size_t k = 0; k < conflicts.count; k++) {
            const struct conflict *conflict = &conflicts.items[k];
            char code[CODE_TEXT_SIZE];
            size_t item = catalogue_item(catalogue, conflict->item);
            bool known = code_is_valid(conflict->item) && item != CATALOGUE_NONE;
            add_number(table, parties->items[0].position);
            add_number(table, parties->items[i].position);
            table_text(table, conflict->row_key);
            table_text(table, code_is_valid(conflict->item) ? code_text(conflict->item, code) : "");
            table_text(table, known ? words_say(&catalogue->items[item].name) : "");
            table_text(table,
                       saying_text(&conflict->left, catalogue, conflict->item, parties->arena));
            table_text(table,
                       saying_text(&conflict->right, catalogue, conflict->item, parties->arena));
        }
    }
}

static const char *const party_columns[] = { "position", "state",  "version",   "base",
                                             "device",   "epoch",  "sequence",  "sealed",
                                             "received", "signed", "decided_by" };
static const char *const difference_columns[] = { "position", "other", "row",       "item",
                                                  "name",     "says",  "other_says" };

static bool print_parties(const struct arguments *arguments, const struct parties *parties,
                          struct error *err)
{
    CLEANUP(table_close) struct table_writer table = { 0 };
    if (!table_open(&table, arguments, party_columns, COUNT_OF(party_columns), err))
        return false;
    for (size_t i = 0; i < parties->count; i++)
        add_party(&table, parties, i);
    return table_print(&table, err);
}

static bool print_differences(const struct arguments *arguments, const struct parties *parties,
                              struct error *err)
{
    CLEANUP(table_close) struct table_writer table = { 0 };
    if (!table_open(&table, arguments, difference_columns, COUNT_OF(difference_columns), err))
        return false;
    add_differences(&table, parties);
    return table_print(&table, err);
}

static void print_decision(const struct parties *parties)
{
    const struct decision *decision = &parties->decision.entry.decision;
    char time[CLOCK_TEXT_SIZE];
    if (is_decided(parties))
        printf(MESSAGE_CONFLICT_DECIDED, decision->position, parties->decision.position,
               clock_text(parties->decision.entry.utc_ms, time),
               *decision->by ? decision->by : MESSAGE_DECISION_BY_UNKNOWN, decision->reason);
}

/* For a person both lists and the decision; for a program the differences, or with --statements the
 * statements. */
bool command_conflicts_show(const struct arguments *arguments, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    struct review review;
    if (!province || !command_return(arguments, province, &review, err))
        return false;
    const struct return_state *state =
        projection_find(province->projection, &review.zone, review.form, review.period);
    if (!state || state->contest.count == 0)
        return error_set(err, ERROR_REFUSED, MESSAGE_REVIEW_NO_CONTEST);
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(province->database);
    struct parties parties = { .province = province, .txn = txn, .arena = arena, .err = err };
    if (!find_parties(&parties, state))
        return false;
    const char *format = arguments_option(arguments, "format");
    bool statements = arguments_option(arguments, "statements");
    bool person = !format || text_equal(format, "table");
    if ((person || statements) && !print_parties(arguments, &parties, err))
        return false;
    if ((person || !statements) && !print_differences(arguments, &parties, err))
        return false;
    if (person)
        print_decision(&parties);
    return true;
}

/* What is not given is refused before anybody is asked whether he is sure. */
static bool read_review(const struct arguments *arguments, struct review *out, struct error *err)
{
    const char *reason = arguments_option(arguments, "reason");
    const char *by = arguments_option(arguments, "by");
    out->reason = reason ? reason : "";
    out->by = by ? by : "";
    return review_is_sound(out, err);
}

bool command_conflicts_resolve(const struct arguments *arguments, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    struct review review;
    uint64_t position, decision;
    if (!province || !command_return(arguments, province, &review, err) ||
        !command_position(arguments->operands[3], &position, err) ||
        !read_review(arguments, &review, err))
        return false;
    const char *question =
        arena_format(arena, MESSAGE_CONFLICT_QUESTION, position, arguments->operands[0],
                     arguments->operands[1], arguments->operands[2]);
    if (!command_confirm(arguments, question, err) ||
        !review_resolve(province, &review, position, &decision, err))
        return false;
    printf(MESSAGE_CONFLICT_RESOLVED, position, decision);
    return true;
}

bool command_returns_send_back(const struct arguments *arguments, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    struct review review;
    uint64_t decision;
    if (!province || !command_return(arguments, province, &review, err) ||
        !read_review(arguments, &review, err))
        return false;
    const char *question = arena_format(arena, MESSAGE_SEND_BACK_QUESTION, arguments->operands[0],
                                        arguments->operands[1], arguments->operands[2]);
    if (!command_confirm(arguments, question, err) ||
        !review_send_back(province, &review, &decision, err))
        return false;
    printf(MESSAGE_SENT_BACK, arguments->operands[0], arguments->operands[1],
           arguments->operands[2], decision);
    return true;
}

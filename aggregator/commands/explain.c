#include <inttypes.h>
#include <stdio.h>

#include "aggregator/commands/commands.h"
#include "aggregator/groups.h"
#include "aggregator/ledger.h"
#include "aggregator/projection.h"
#include "aggregator/province.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/catalogue/catalogue.h"
#include "common/cube/explanation.h"
#include "common/storage/transaction.h"
#include "common/wire/statement.h"

struct view {
    const struct province *province;
    struct transaction *txn;
    struct arena *arena;
    struct error *err;
};

/* Whether somebody decided that it counts, or has to. */
static const char *standing_text(const struct view *view, const struct journal_record *record)
{
    const struct statement *statement = &record->statement;
    const struct return_state *state =
        projection_find(view->province->projection, &statement->stream.zone,
                        statement->submission.form, statement->submission.period);
    if (!state || state->counted_position != record->position)
        return "";
    if (state->contest.open > 0)
        return MESSAGE_EXPLAIN_CONTESTED;
    if (state->sent_back_position > 0)
        return MESSAGE_EXPLAIN_SENT_BACK;
    return state->decided_position > 0
               ? arena_format(view->arena, MESSAGE_EXPLAIN_DECIDED, state->decided_position)
               : "";
}

/* "JKQ401 2021-M12, version 1: stream …, statement 3, entry 57, hash …" */
static bool source_text(const struct view *view, const struct explained *node, const char **out)
{
    const struct origin *origin = &node->origin;
    *out = "";
    if (node->zone == CATALOGUE_NONE || !origin->reported || origin->form == CATALOGUE_NONE)
        return true;
    struct journal_record record;
    char form[CODE_TEXT_SIZE];
    char period[PERIOD_TEXT_SIZE];
    char text[DIGEST_TEXT_SIZE];
    if (!ledger_read(view->province->ledger, view->txn, origin->source, view->arena, &record,
                     view->err))
        return false;
    struct digest hash = sealed_statement_hash(&record.sealed);
    const char *source = arena_format(
        view->arena, MESSAGE_EXPLAIN_SOURCE, record.statement.stream.zone.text,
        code_text(view->province->catalogue->forms[origin->form].code, form),
        period_text(origin->period, period), origin->version, record.statement.stream.epoch,
        record.statement.sequence, origin->source, digest_text(&hash, text));
    *out = arena_format(view->arena, "%s%s", source, standing_text(view, &record));
    return true;
}

static void print_line(const struct explained *node, const char *before, const char *branch,
                       const char *source)
{
    printf("%s%s%s", before, branch, node->label);
    if (*node->formula)
        printf(" = %s", node->formula);
    printf(" = %s", node->text);
    if (node->coverage.expected > 0)
        printf("  %zu/%zu", node->coverage.included, node->coverage.expected);
    printf("%s%s\n", *source ? "  " : "", source);
}

static bool print_tree(const struct view *view, const struct explained *node, const char *before,
                       const char *branch, const char *below)
{
    const char *source;
    if (!source_text(view, node, &source))
        return false;
    print_line(node, before, branch, source);
    const char *inside = arena_format(view->arena, "%s%s", before, below);
    for (size_t i = 0; i < node->child_count; i++) {
        bool last = i + 1 == node->child_count;
        if (!print_tree(view, node->children[i], inside, last ? "└─ " : "├─ ",
                        last ? "   " : "│  "))
            return false;
    }
    return true;
}

bool command_explain(const struct arguments *arguments, struct error *err)
{
    struct period period;
    if (!period_parse(arguments->operands[2], &period))
        return error_set(err, ERROR_USAGE, MESSAGE_PERIOD_UNREADABLE, arguments->operands[2]);
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province)
        return false;
    struct zone_group group;
    const struct cube *cube = projection_cube(province->projection);
    size_t indicator = catalogue_find_indicator(province->catalogue, arguments->operands[0]);
    if (indicator == CATALOGUE_NONE)
        return error_set(err, ERROR_USAGE, MESSAGE_INDICATOR_UNKNOWN, arguments->operands[0]);
    if (!groups_find(cube, arguments->operands[1], period, arena, &group))
        return error_set(err, ERROR_REFUSED, MESSAGE_GROUP_NONE, arguments->operands[1]);
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(province->database);
    struct view view = { province, txn, arena, err };
    return print_tree(&view, explain_indicator(cube, indicator, group.scope, period, arena), "", "",
                      "");
}

#include "common/catalogue/indicator_order.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/catalogue/check.h"

enum visit { VISIT_NOT_YET, VISIT_OPEN, VISIT_DONE };

struct operands {
    size_t *numbers; /* of indicators, as declared */
    size_t count;
    size_t capacity;
};

struct order {
    struct compiler *compiler;
    struct operands *operands; /* of each indicator */
    enum visit *visits;
    size_t *path; /* the indicators being visited */
    size_t *next; /* for each of the path: the operand to look at next */
    size_t depth;
    size_t placed;
};

static void count_names(const struct syntax *syntax, size_t *count)
{
    if (syntax->kind == SYNTAX_NAME)
        (*count)++;
    for (size_t i = 0; i < syntax->argument_count; i++)
        count_names(syntax->arguments[i], count);
    if (syntax->where)
        count_names(syntax->where, count);
}

static void collect(const struct compiler *compiler, const struct syntax *syntax,
                    struct operands *operands)
{
    if (syntax->kind == SYNTAX_NAME) {
        size_t number = names_find(compiler->names, NAME_INDICATOR, syntax->token->text);
        bool item = names_find(compiler->names, NAME_ITEM, syntax->token->text) != CATALOGUE_NONE;
        if (number != CATALOGUE_NONE && !item && operands->count < operands->capacity)
            operands->numbers[operands->count++] = number;
    }
    for (size_t i = 0; i < syntax->argument_count; i++)
        collect(compiler, syntax->arguments[i], operands);
    if (syntax->where)
        collect(compiler, syntax->where, operands);
}

static struct operands operands_of(const struct compiler *compiler, const struct syntax *syntax)
{
    struct operands operands = { 0 };
    if (!syntax)
        return operands;
    count_names(syntax, &operands.capacity);
    operands.numbers = arena_take(compiler->scratch, operands.capacity, sizeof(*operands.numbers));
    collect(compiler, syntax, &operands);
    return operands;
}

/* "甲 → 乙 → 甲" */
static void report_circle(const struct order *order, size_t first)
{
    struct compiler *compiler = order->compiler;
    size_t start = 0;
    while (order->path[start] != first)
        start++;
    const char *members = "";
    for (size_t i = start; i < order->depth; i++) {
        const struct indicator *member = &compiler->indicator_drafts[order->path[i]].indicator;
        members = arena_format(compiler->scratch, "%s%s → ", members, words_say(&member->name));
    }
    const struct indicator *closing = &compiler->indicator_drafts[first].indicator;
    members = arena_format(compiler->scratch, "%s%s", members, words_say(&closing->name));
    report(&compiler->reporter, closing->place, MESSAGE_CIRCLE, members);
}

static void push(struct order *order, size_t number)
{
    order->visits[number] = VISIT_OPEN;
    order->path[order->depth] = number;
    order->next[order->depth++] = 0;
}

static void visit(struct order *order, size_t first)
{
    push(order, first);
    while (order->depth > 0) {
        size_t number = order->path[order->depth - 1];
        const struct operands *operands = &order->operands[number];
        if (order->next[order->depth - 1] == operands->count) {
            order->visits[number] = VISIT_DONE;
            order->compiler->indicator_drafts[number].position = order->placed++;
            order->depth--;
            continue;
        }
        size_t operand = operands->numbers[order->next[order->depth - 1]++];
        if (order->visits[operand] == VISIT_OPEN)
            report_circle(order, operand);
        else if (order->visits[operand] == VISIT_NOT_YET)
            push(order, operand);
    }
}

void indicators_order(struct compiler *compiler)
{
    size_t count = compiler->catalogue->indicator_count;
    struct arena *scratch = compiler->scratch;
    struct order order = {
        .compiler = compiler,
        .operands = arena_take(scratch, count, sizeof(struct operands)),
        .visits = arena_take(scratch, count, sizeof(enum visit)),
        .path = arena_take(scratch, count, sizeof(size_t)),
        .next = arena_take(scratch, count, sizeof(size_t)),
    };
    for (size_t i = 0; i < count; i++)
        order.operands[i] = operands_of(compiler, compiler->indicator_drafts[i].value);
    for (size_t i = 0; i < count; i++)
        if (order.visits[i] == VISIT_NOT_YET)
            visit(&order, i);

    compiler->indicators = arena_take(compiler->arena, count, sizeof(*compiler->indicators));
    for (size_t i = 0; i < count; i++)
        compiler->indicators[compiler->indicator_drafts[i].position] =
            compiler->indicator_drafts[i].indicator;
    compiler->catalogue->indicators = compiler->indicators;
}

static void mark_leaves(const struct compiler *compiler, const struct expression *expression,
                        bool *read)
{
    if (!expression)
        return;
    if (expression->operation == OPERATION_INDICATOR) {
        const struct indicator *operand = &compiler->indicators[expression->indicator];
        for (size_t i = 0; i < operand->leaf_count; i++)
            read[operand->leaves[i]] = true;
    }
    bool takes_item = expression->operation == OPERATION_ITEM ||
                      expression->operation == OPERATION_COLUMN ||
                      expression->operation == OPERATION_ROWS_SUM ||
                      expression->operation == OPERATION_ROWS_SMALLEST ||
                      expression->operation == OPERATION_ROWS_LARGEST;
    if (takes_item)
        read[expression->item] = true;
    mark_leaves(compiler, expression->left, read);
    mark_leaves(compiler, expression->right, read);
    mark_leaves(compiler, expression->third, read);
}

/* The finest frequency at which a form asks for the item; a year when none does. */
static enum frequency frequency_of(const struct catalogue *catalogue, size_t item)
{
    enum frequency finest = FREQUENCY_YEAR;
    for (size_t i = 0; i < catalogue->form_count; i++) {
        const struct form *form = &catalogue->forms[i];
        bool holds = form->key_item == item || form_position(form, item) != CATALOGUE_NONE;
        if (holds && form->frequency > finest)
            finest = form->frequency;
    }
    return finest;
}

static void set_leaves(const struct compiler *compiler, struct indicator *indicator)
{
    const struct catalogue *catalogue = compiler->catalogue;
    bool *read = arena_take(compiler->scratch, catalogue->item_count, sizeof(*read));
    mark_leaves(compiler, indicator->value, read);
    for (size_t i = 0; i < catalogue->item_count; i++)
        indicator->leaf_count += read[i];
    size_t *leaves = arena_take(compiler->arena, indicator->leaf_count, sizeof(*leaves));
    size_t count = 0;
    indicator->finest = FREQUENCY_MONTH;
    for (size_t i = 0; i < catalogue->item_count; i++) {
        if (!read[i])
            continue;
        leaves[count++] = i;
        enum frequency frequency = frequency_of(catalogue, i);
        if (frequency < indicator->finest)
            indicator->finest = frequency;
    }
    if (count == 0)
        indicator->finest = FREQUENCY_YEAR;
    indicator->leaves = leaves;
}

void indicators_check(struct compiler *compiler)
{
    size_t count = compiler->catalogue->indicator_count;
    const struct indicator_draft **ordered = arena_take(compiler->scratch, count, sizeof(*ordered));
    for (size_t i = 0; i < count; i++)
        ordered[compiler->indicator_drafts[i].position] = &compiler->indicator_drafts[i];
    for (size_t i = 0; i < count; i++) {
        struct indicator *indicator = &compiler->indicators[i];
        struct checker checker = { compiler, indicator->roster, CATALOGUE_NONE };
        if (!ordered[i]->value)
            continue;
        indicator->value = check_value(&checker, ordered[i]->value, &indicator->quantity);
        set_leaves(compiler, indicator);
    }
}

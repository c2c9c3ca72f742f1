#include "common/cube/explanation.h"

#include <assert.h>

#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/cube/figure.h"
#include "common/cube/frame.h"
#include "common/model/day.h"

#define DECIMALS_USUAL 4
#define DECIMALS_MOST 9

/* What is being written, and in what it is judged. */
struct writing {
    struct text_builder text;
    const struct frame *frame;
    struct arena *arena;
};

static const struct catalogue *catalogue_of(const struct writing *writing)
{
    return cube_catalogue(writing->frame->cube);
}

static const char *name_of(const struct writing *writing, const struct expression *expression)
{
    return expression_text(catalogue_of(writing), expression, writing->arena);
}

/* The list a code is of; CATALOGUE_NONE for what is no code. */
static size_t list_of(const struct catalogue *catalogue, const struct expression *expression)
{
    switch (expression->operation) {
    case OPERATION_CODE:
        return expression->list;
    case OPERATION_ITEM:
    case OPERATION_COLUMN:
        return catalogue->items[expression->item].list;
    case OPERATION_ATTRIBUTE:
        return catalogue->attributes[expression->attribute].list;
    default:
        return CATALOGUE_NONE;
    }
}

static const char *code_words(const struct writing *writing, const struct expression *expression,
                              struct number ordinal)
{
    const struct catalogue *catalogue = catalogue_of(writing);
    size_t list = list_of(catalogue, expression);
    if (list == CATALOGUE_NONE)
        return "";
    return words_say(&catalogue->lists[list].values[(size_t)ordinal.numerator].words);
}

static const char *value_text(const struct writing *writing, const struct expression *expression,
                              struct result result, int decimals)
{
    if (result.absence != ABSENCE_NONE)
        return absence_words(result.absence);
    if (expression->class == CLASS_CODE)
        return code_words(writing, expression, result.number);
    if (expression->class == CLASS_DATE) {
        char day[DAY_TEXT_SIZE];
        return arena_copy_text(writing->arena, day_text((int64_t)result.number.numerator, day));
    }
    return figure_text(result.number, decimals,
                       figure_unit(catalogue_of(writing), &expression->quantity), writing->arena);
}

static const char *usual_text(const struct writing *writing, const struct expression *expression)
{
    if (expression->class == CLASS_TEXT) {
        struct result state;
        const char *text = frame_text(expression, writing->frame, &state);
        return text ? text : absence_words(state.absence);
    }
    struct result result = frame_number(expression, writing->frame);
    return value_text(writing, expression, result, figure_decimals(result.number, DECIMALS_USUAL));
}

static bool is_constant(const struct expression *expression)
{
    while (expression->operation == OPERATION_SCALE)
        expression = expression->left;
    return expression->operation == OPERATION_CONSTANT || expression->operation == OPERATION_CODE;
}

static const char *sign_of(enum operation operation)
{
    switch (operation) {
    case OPERATION_ADD:
        return "+";
    case OPERATION_SUBTRACT:
        return "-";
    case OPERATION_MULTIPLY:
        return "×";
    case OPERATION_DIVIDE:
        return "÷";
    default:
        return NULL;
    }
}

/* Operands with their values, in the order of the formula. */
static void write_operands(struct writing *writing, const struct expression *expression,
                           bool inside)
{
    const char *sign = sign_of(expression->operation);
    if (expression->operation == OPERATION_SCALE) {
        write_operands(writing, expression->left, inside);
        return;
    }
    if (is_constant(expression)) {
        text_builder_add(&writing->text, usual_text(writing, expression));
        return;
    }
    if (!sign) {
        text_builder_format(&writing->text, "%s %s", name_of(writing, expression),
                            usual_text(writing, expression));
        return;
    }
    text_builder_add(&writing->text, inside ? "(" : "");
    write_operands(writing, expression->left, true);
    text_builder_format(&writing->text, " %s ", sign);
    write_operands(writing, expression->right, true);
    text_builder_add(&writing->text, inside ? ")" : "");
}

/* One side of a comparison: its operands, and what they come to unless that is said already. */
static void write_side(struct writing *writing, const struct expression *side, const char *value)
{
    const struct expression *plain = side;
    while (plain->operation == OPERATION_SCALE)
        plain = plain->left;
    if (is_constant(plain)) {
        text_builder_add(&writing->text, value);
    } else if (!sign_of(plain->operation)) {
        text_builder_format(&writing->text, "%s %s", name_of(writing, plain), value);
    } else {
        write_operands(writing, plain, false);
        text_builder_format(&writing->text, " = %s", value);
    }
}

static bool round_alike(struct number left, struct number right, int decimals)
{
    int64_t one, other;
    return number_round(left, decimals, ROUNDING_HALF_UP, &one) &&
           number_round(right, decimals, ROUNDING_HALF_UP, &other) && one == other;
}

/* As many decimals as it takes to see which side is the larger one. */
static void value_texts(const struct writing *writing, const struct expression *expression,
                        const char *out[2])
{
    if (expression->left->class == CLASS_TEXT) {
        out[0] = usual_text(writing, expression->left);
        out[1] = usual_text(writing, expression->right);
        return;
    }
    struct result left = frame_number(expression->left, writing->frame);
    struct result right = frame_number(expression->right, writing->frame);
    int one = figure_decimals(left.number, DECIMALS_USUAL);
    int other = figure_decimals(right.number, DECIMALS_USUAL);
    int decimals = one > other ? one : other;
    bool differ = number_compare(left.number, right.number) != 0;
    while (differ && decimals < DECIMALS_MOST && round_alike(left.number, right.number, decimals))
        one = other = ++decimals;
    out[0] = value_text(writing, expression->left, left, one);
    out[1] = value_text(writing, expression->right, right, other);
}

static void write_comparison(struct writing *writing, const struct expression *expression)
{
    static const char *const relations[] = { "<", "=", ">" };
    int order;
    struct result state = frame_compare(expression, writing->frame, &order);
    const char *relation = "?";
    if (state.absence == ABSENCE_NONE)
        relation = relations[(order > 0) - (order < 0) + 1];
    const char *values[2];
    value_texts(writing, expression, values);
    write_side(writing, expression->left, values[0]);
    text_builder_format(&writing->text, " %s ", relation);
    write_side(writing, expression->right, values[1]);
}

/* Checks contain checks: the pieces below come back to the whole. */
static void write_check(struct writing *writing, const struct expression *check);

static void write_pair(struct writing *writing, const struct expression *check, const char *between)
{
    write_check(writing, check->left);
    text_builder_add(&writing->text, between);
    write_check(writing, check->right);
}

/* Of a conjunction that fails only what fails is worth reading. */
static void write_conjunction(struct writing *writing, const struct expression *check)
{
    enum truth whole = frame_truth(check, writing->frame).truth;
    bool left = frame_truth(check->left, writing->frame).truth == whole;
    bool right = frame_truth(check->right, writing->frame).truth == whole;
    if (left && right)
        write_pair(writing, check, MESSAGE_EVIDENCE_AND);
    else
        write_check(writing, left ? check->left : check->right);
}

static void write_single(struct writing *writing, const struct expression *check)
{
    const struct expression *left = check->left;
    if (left->class == CLASS_TRUTH) {
        write_check(writing, left);
        return;
    }
    if (check->operation == OPERATION_FLAG) {
        struct result result = frame_number(left, writing->frame);
        const char *said = result.absence != ABSENCE_NONE  ? absence_words(result.absence)
                           : number_is_zero(result.number) ? WORD_NO
                                                           : WORD_YES;
        text_builder_format(&writing->text, "%s %s", name_of(writing, left), said);
        return;
    }
    write_side(writing, left, usual_text(writing, left));
}

static void write_choice(struct writing *writing, const struct expression *check)
{
    enum truth condition = frame_truth(check->left, writing->frame).truth;
    write_check(writing, check->left);
    if (condition == TRUTH_UNKNOWN)
        return;
    text_builder_add(&writing->text, MESSAGE_EVIDENCE_AND);
    write_check(writing, condition == TRUTH_TRUE ? check->right : check->third);
}

/* Bounded by the depth of expressions the compiler allows. */
static void write_check(struct writing *writing, const struct expression *check)
{
    switch (check->operation) {
    case OPERATION_TRUE:
    case OPERATION_FALSE:
        text_builder_add(&writing->text, name_of(writing, check));
        return;
    case OPERATION_AND:
        write_conjunction(writing, check);
        return;
    case OPERATION_OR:
        write_pair(writing, check, MESSAGE_EVIDENCE_OR);
        return;
    case OPERATION_IMPLIES:
        write_pair(writing, check, MESSAGE_EVIDENCE_AND);
        return;
    case OPERATION_IF:
        write_choice(writing, check);
        return;
    case OPERATION_LESS:
    case OPERATION_LESS_OR_EQUAL:
    case OPERATION_GREATER:
    case OPERATION_GREATER_OR_EQUAL:
    case OPERATION_EQUAL:
    case OPERATION_NOT_EQUAL:
        write_comparison(writing, check);
        return;
    default:
        write_single(writing, check);
    }
}

const char *explain_check(const struct expression *check, const struct context *context,
                          struct arena *arena)
{
    struct frame frame = frame_of(context, context->memory);
    struct writing writing = { .frame = &frame, .arena = arena };
    write_check(&writing, check);
    const char *text = arena_copy_text(arena, writing.text.text ? writing.text.text : "");
    text_builder_free(&writing.text);
    return text;
}

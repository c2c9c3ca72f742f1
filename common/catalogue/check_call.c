#include <string.h>

#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/catalogue/check.h"
#include "common/catalogue/convert.h"

#define YEARS_LATER_MAX 100

typedef const struct expression *call_fn(const struct checker *checker, const struct syntax *call,
                                         const struct expression *const *arguments,
                                         enum operation operation);

static const struct expression *refuse(const struct checker *checker, const struct syntax *call,
                                       const char *what)
{
    report(&checker->compiler->reporter, call->token->place, MESSAGE_ARGUMENT, call->token->text,
           what);
    return NULL;
}

static const struct expression *check_absolute(const struct checker *checker,
                                               const struct syntax *call,
                                               const struct expression *const *arguments,
                                               enum operation operation)
{
    if (arguments[0]->class != CLASS_NUMBER)
        return refuse(checker, call, MESSAGE_ARGUMENT_NUMBER);
    return check_operation(checker, call, operation, CLASS_NUMBER, arguments[0], NULL);
}

/* min, max, firstof: folded from the left, all in one unit. */
static const struct expression *check_fold(const struct checker *checker, const struct syntax *call,
                                           const struct expression *const *arguments,
                                           enum operation operation)
{
    const struct expression *result = arguments[0];
    for (size_t i = 0; i < call->argument_count; i++)
        if (arguments[i]->class != CLASS_NUMBER)
            return refuse(checker, call, MESSAGE_ARGUMENT_NUMBER);
    for (size_t i = 1; i < call->argument_count; i++) {
        const struct expression *next = arguments[i];
        if (!convert_pair(checker, call, FIT_SUM, &result, &next))
            return NULL;
        struct quantity quantity =
            result->quantity.kind == KIND_PURE ? next->quantity : result->quantity;
        struct expression *folded = check_new(checker, call, operation, CLASS_NUMBER);
        folded->left = result;
        folded->right = next;
        folded->quantity = quantity;
        result = folded;
    }
    return result;
}

/* growth(x) is x / x@yoy - 1. */
static const struct expression *check_growth(const struct checker *checker,
                                             const struct syntax *call,
                                             const struct expression *const *arguments,
                                             enum operation operation)
{
    const struct expression *now = arguments[0];
    bool figure = now->operation == OPERATION_ITEM || now->operation == OPERATION_INDICATOR;
    if (now->class != CLASS_NUMBER || !figure)
        return refuse(checker, call, MESSAGE_ARGUMENT_FIGURE);
    struct expression *then = arena_take(checker->compiler->arena, 1, sizeof(*then));
    *then = *now;
    then->shift.years = (int8_t)(then->shift.years - 1);
    struct expression *ratio = check_new(checker, call, OPERATION_DIVIDE, CLASS_NUMBER);
    ratio->left = now;
    ratio->right = then;
    ratio->quantity.kind = KIND_RATIO;
    struct expression *one = check_new(checker, call, OPERATION_CONSTANT, CLASS_NUMBER);
    one->constant = number_of(1);
    return check_operation(checker, call, operation, CLASS_NUMBER, ratio, one);
}

static const struct expression *check_days(const struct checker *checker, const struct syntax *call,
                                           const struct expression *const *arguments,
                                           enum operation operation)
{
    if (arguments[0]->class != CLASS_DATE || arguments[1]->class != CLASS_DATE)
        return refuse(checker, call, MESSAGE_ARGUMENT_DATE);
    struct expression *days = check_new(checker, call, operation, CLASS_NUMBER);
    days->left = arguments[0];
    days->right = arguments[1];
    return days;
}

static const struct expression *check_years_later(const struct checker *checker,
                                                  const struct syntax *call,
                                                  const struct expression *const *arguments,
                                                  enum operation operation)
{
    const struct expression *years = arguments[1];
    if (arguments[0]->class != CLASS_DATE)
        return refuse(checker, call, MESSAGE_ARGUMENT_DATE);
    bool whole = years->operation == OPERATION_CONSTANT && years->class == CLASS_NUMBER &&
                 call->arguments[1]->unit.count == 0 && years->constant.denominator == 1 &&
                 years->constant.numerator >= 1 && years->constant.numerator <= YEARS_LATER_MAX;
    if (!whole)
        return refuse(checker, call, MESSAGE_ARGUMENT_YEARS);
    struct expression *later = check_new(checker, call, operation, CLASS_DATE);
    later->left = arguments[0];
    later->exponent = (int)years->constant.numerator;
    return later;
}

/* A flow read as the change of a stock: only its type changes. */
static const struct expression *check_stock(const struct checker *checker,
                                            const struct syntax *call,
                                            const struct expression *const *arguments,
                                            enum operation operation)
{
    (void)operation;
    if (arguments[0]->class != CLASS_NUMBER || arguments[0]->quantity.kind != KIND_FLOW)
        return refuse(checker, call, MESSAGE_ARGUMENT_FLOW);
    struct expression *stock = arena_take(checker->compiler->arena, 1, sizeof(*stock));
    *stock = *arguments[0];
    stock->quantity.kind = KIND_STOCK;
    stock->quantity.basis = BASIS_INSTANT;
    return stock;
}

static const struct expression *check_period_end(const struct checker *checker,
                                                 const struct syntax *call,
                                                 const struct expression *const *arguments,
                                                 enum operation operation)
{
    (void)arguments;
    return check_new(checker, call, operation, CLASS_DATE);
}

static const struct expression *check_credit_code(const struct checker *checker,
                                                  const struct syntax *call,
                                                  const struct expression *const *arguments,
                                                  enum operation operation)
{
    if (arguments[0]->class != CLASS_TEXT)
        return refuse(checker, call, MESSAGE_ARGUMENT_TEXT);
    return check_operation(checker, call, operation, CLASS_TRUTH, arguments[0], NULL);
}

/* clang-format off */
static const struct {
    const char *name;
    size_t least;
    size_t most;
    enum operation operation;
    call_fn *check;
} functions[] = {
    { "abs", 1, 1, OPERATION_ABSOLUTE, check_absolute },
    { "min", 2, SYNTAX_ARGUMENTS_MAX, OPERATION_SMALLER, check_fold },
    { "max", 2, SYNTAX_ARGUMENTS_MAX, OPERATION_LARGER, check_fold },
    { "firstof", 2, SYNTAX_ARGUMENTS_MAX, OPERATION_FIRST_OF, check_fold },
    { "growth", 1, 1, OPERATION_SUBTRACT, check_growth },
    { "days", 2, 2, OPERATION_DAYS, check_days },
    { "workdays", 2, 2, OPERATION_WORKDAYS, check_days },
    { "years_later", 2, 2, OPERATION_YEARS_LATER, check_years_later },
    { "stock", 1, 1, OPERATION_CONSTANT, check_stock },
    { "period_end", 0, 0, OPERATION_PERIOD_END, check_period_end },
    { "valid_credit_code", 1, 1, OPERATION_VALID_CREDIT_CODE, check_credit_code },
};
/* clang-format on */

/* refers(text, ROSTER) */
static const struct expression *check_refers(const struct checker *checker,
                                             const struct syntax *call)
{
    struct compiler *compiler = checker->compiler;
    size_t roster;
    if (call->argument_count != 2 || call->arguments[1]->kind != SYNTAX_NAME)
        return refuse(checker, call, MESSAGE_ARGUMENT_ROSTER);
    const struct expression *text = check_expression(checker, call->arguments[0]);
    bool found =
        compiler_find(compiler, NAME_ROSTER, call->arguments[1]->token, MESSAGE_A_ROSTER, &roster);
    if (!text || !found)
        return NULL;
    if (text->class != CLASS_TEXT)
        return refuse(checker, call, MESSAGE_ARGUMENT_TEXT);
    struct expression *refers = check_new(checker, call, OPERATION_REFERS, CLASS_TRUTH);
    refers->left = text;
    refers->form = roster;
    return refers;
}

static const struct expression *refuse_function(const struct checker *checker,
                                                const struct syntax *call)
{
    const char *known = "count, sum, refers";
    for (size_t i = 0; i < COUNT_OF(functions); i++)
        known = arena_format(checker->compiler->scratch, "%s, %s", known, functions[i].name);
    report(&checker->compiler->reporter, call->token->place, MESSAGE_FUNCTION_UNKNOWN,
           call->token->text, known);
    return NULL;
}

const struct expression *check_call(const struct checker *checker, const struct syntax *call)
{
    const struct expression *arguments[SYNTAX_ARGUMENTS_MAX] = { NULL };
    if (text_equal(call->token->text, "refers"))
        return check_refers(checker, call);
    size_t i = 0;
    while (i < COUNT_OF(functions) && !text_equal(functions[i].name, call->token->text))
        i++;
    if (i == COUNT_OF(functions))
        return refuse_function(checker, call);
    if (call->argument_count < functions[i].least || call->argument_count > functions[i].most) {
        report(&checker->compiler->reporter, call->token->place, MESSAGE_ARGUMENT_COUNT,
               call->token->text, functions[i].least, call->argument_count);
        return NULL;
    }
    bool good = true;
    for (size_t k = 0; k < call->argument_count; k++) {
        arguments[k] = check_expression(checker, call->arguments[k]);
        good = good && arguments[k];
    }
    return good ? functions[i].check(checker, call, arguments, functions[i].operation) : NULL;
}

static enum operation rows_operation(const char *name)
{
    if (text_equal(name, "count"))
        return OPERATION_ROWS_COUNT;
    if (text_equal(name, "sum"))
        return OPERATION_ROWS_SUM;
    return text_equal(name, "min") ? OPERATION_ROWS_SMALLEST : OPERATION_ROWS_LARGEST;
}

/* The column of a sum: a quantity of the roster that may be summed. */
static bool find_column(const struct checker *checker, const struct syntax *syntax,
                        enum operation operation, const struct form *form, size_t *out)
{
    struct compiler *compiler = checker->compiler;
    const struct token *column = syntax->column;
    struct reporter *reporter = &compiler->reporter;
    if (!compiler_find(compiler, NAME_ITEM, column, MESSAGE_A_COLUMN, out))
        return false;
    const struct item *item = &compiler->items[*out];
    if (form_position(form, *out) == CATALOGUE_NONE)
        return report(reporter, column->place, MESSAGE_COLUMN_FOREIGN, column->text,
                      form->short_name);
    if (item->type != ITEM_QUANTITY)
        return report(reporter, column->place, MESSAGE_COLUMN_NO_NUMBER, column->text);
    uint8_t kind = item->quantity.kind;
    bool ratio = kind == KIND_RATIO || kind == KIND_INDEX || kind == KIND_SCORE;
    if (operation == OPERATION_ROWS_SUM && ratio)
        return report(reporter, column->place, MESSAGE_COLUMN_RATIO, column->text);
    return true;
}

const struct expression *check_rows(const struct checker *checker, const struct syntax *syntax)
{
    struct compiler *compiler = checker->compiler;
    size_t roster;
    enum operation operation = rows_operation(syntax->token->text);
    if (!compiler_find(compiler, NAME_ROSTER, syntax->roster, MESSAGE_A_ROSTER, &roster))
        return NULL;
    const struct form *form = &compiler->forms[roster];
    struct expression *rows = check_new(checker, syntax, operation, CLASS_NUMBER);
    rows->form = roster;
    rows->top = syntax->top;
    bool counts = operation == OPERATION_ROWS_COUNT;
    if (counts != !syntax->column || (syntax->top > 0 && operation != OPERATION_ROWS_SUM)) {
        report(&compiler->reporter, syntax->token->place, MESSAGE_ROWS_FORM, syntax->token->text);
        return NULL;
    }
    bool good = counts || find_column(checker, syntax, operation, form, &rows->item);
    if (syntax->where) {
        struct checker inner = { compiler, roster, CATALOGUE_NONE };
        rows->left = check_truth(&inner, syntax->where);
        good = good && rows->left;
    }
    if (!good)
        return NULL;
    if (counts)
        rows->quantity.kind = KIND_COUNT;
    else
        rows->quantity = compiler->items[rows->item].quantity;
    return rows;
}

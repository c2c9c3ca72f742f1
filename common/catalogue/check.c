#include "common/catalogue/check.h"

#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/catalogue/convert.h"
#include "common/catalogue/unit.h"

struct expression *check_new(const struct checker *checker, const struct syntax *syntax,
                             enum operation operation, enum expression_class class)
{
    struct expression *expression = arena_take(checker->compiler->arena, 1, sizeof(*expression));
    *expression = (struct expression){
        .operation = operation,
        .class = class,
        .place = syntax->token->place,
        .item = CATALOGUE_NONE,
        .form = CATALOGUE_NONE,
        .attribute = CATALOGUE_NONE,
        .indicator = CATALOGUE_NONE,
        .list = CATALOGUE_NONE,
        .constant = number_of(0),
        .unit = "",
    };
    return expression;
}

const struct expression *check_operation(const struct checker *checker, const struct syntax *syntax,
                                         enum operation operation, enum expression_class class,
                                         const struct expression *left,
                                         const struct expression *right)
{
    struct expression *expression = check_new(checker, syntax, operation, class);
    expression->left = left;
    expression->right = right;
    if (class == CLASS_NUMBER && left)
        expression->quantity = left->quantity;
    return expression;
}

static const char *class_words(enum expression_class class)
{
    static const struct words words[] = {
        [CLASS_NUMBER] = WORDS_CLASS_NUMBER, [CLASS_TRUTH] = WORDS_CLASS_TRUTH,
        [CLASS_CODE] = WORDS_CLASS_CODE,     [CLASS_DATE] = WORDS_CLASS_DATE,
        [CLASS_TEXT] = WORDS_CLASS_TEXT,
    };
    return words_say(&words[class]);
}

/* False after a report, and silently for NULL. */
static bool is_class(const struct checker *checker, const struct expression *expression,
                     enum expression_class class)
{
    if (!expression || expression->class == class)
        return expression != NULL;
    struct compiler *compiler = checker->compiler;
    return report(&compiler->reporter, expression->place, MESSAGE_CLASS,
                  expression_text(compiler->catalogue, expression, compiler->scratch),
                  class_words(expression->class), class_words(class));
}

static const struct expression *check_classed(const struct checker *checker,
                                              const struct syntax *syntax,
                                              enum expression_class class)
{
    const struct expression *expression = check_expression(checker, syntax);
    return is_class(checker, expression, class) ? expression : NULL;
}

/* Of a sum, a smaller, a choice: what is not a bare constant says what it is. */
static struct quantity joined(const struct expression *left, const struct expression *right)
{
    struct quantity quantity = left->quantity.kind == KIND_PURE ? right->quantity : left->quantity;
    quantity.power = left->quantity.power;
    return quantity;
}

static bool is_declared_percentage(const struct quantity *quantity)
{
    return quantity->kind == KIND_RATIO && quantity->power == -2 &&
           quantity_is_dimensionless(quantity) && !quantity->points;
}

static const struct expression *check_sum(const struct checker *checker,
                                          const struct syntax *syntax,
                                          const struct expression *left,
                                          const struct expression *right)
{
    bool points = syntax->operation == OPERATION_SUBTRACT &&
                  is_declared_percentage(&left->quantity) &&
                  is_declared_percentage(&right->quantity);
    if (!convert_pair(checker, syntax, FIT_SUM, &left, &right))
        return NULL;
    struct expression *sum = check_new(checker, syntax, syntax->operation, CLASS_NUMBER);
    sum->left = left;
    sum->right = right;
    sum->quantity = joined(left, right);
    sum->quantity.points = sum->quantity.points || points;
    return sum;
}

static const struct expression *check_product(const struct checker *checker,
                                              const struct syntax *syntax,
                                              const struct expression *left,
                                              const struct expression *right)
{
    struct expression *product = check_new(checker, syntax, syntax->operation, CLASS_NUMBER);
    product->left = left;
    product->right = right;
    return convert_product(checker, syntax, left, right, &product->quantity) ? product : NULL;
}

static const struct expression *check_arithmetic(const struct checker *checker,
                                                 const struct syntax *syntax)
{
    const struct expression *left = check_classed(checker, syntax->arguments[0], CLASS_NUMBER);
    if (syntax->operation == OPERATION_NEGATE)
        return left ? check_operation(checker, syntax, OPERATION_NEGATE, CLASS_NUMBER, left, NULL)
                    : NULL;
    const struct expression *right = check_classed(checker, syntax->arguments[1], CLASS_NUMBER);
    if (!left || !right)
        return NULL;
    bool sum = syntax->operation == OPERATION_ADD || syntax->operation == OPERATION_SUBTRACT;
    return sum ? check_sum(checker, syntax, left, right)
               : check_product(checker, syntax, left, right);
}

/* `word` is a name that stands opposite a code. */
static const struct expression *check_opposite(const struct checker *checker,
                                               const struct syntax *word,
                                               const struct expression *other)
{
    if (!other || other->class != CLASS_CODE)
        return other ? check_expression(checker, word) : NULL;
    struct expression *code = check_new(checker, word, OPERATION_CODE, CLASS_CODE);
    code->list = other->list;
    return check_code(checker, word->token, other->list, &code->code) ? code : NULL;
}

static void check_sides(const struct checker *checker, const struct syntax *syntax,
                        const struct expression **left, const struct expression **right)
{
    const struct syntax *first = syntax->arguments[0];
    const struct syntax *second = syntax->arguments[1];
    bool number = second->kind == SYNTAX_NUMBER && second->unit.count == 0;
    if (check_is_word(checker, first) && !check_is_word(checker, second)) {
        *right = check_expression(checker, second);
        *left = check_opposite(checker, first, *right);
        return;
    }
    *left = check_expression(checker, first);
    bool code = *left && (*left)->class == CLASS_CODE;
    if (check_is_word(checker, second) || (code && number))
        *right = check_opposite(checker, second, *left);
    else
        *right = check_expression(checker, second);
}

/* Two operands of one class that has an order. */
static bool comparable(const struct checker *checker, const struct syntax *syntax,
                       const struct expression **left, const struct expression **right)
{
    struct reporter *reporter = &checker->compiler->reporter;
    enum expression_class class = (*left)->class;
    if (class == CLASS_TRUTH || class == CLASS_TEXT)
        return report(reporter, syntax->token->place, MESSAGE_NOT_COMPARABLE, class_words(class));
    if (class != (*right)->class)
        return report(reporter, syntax->token->place, MESSAGE_CLASSES_DIFFER, class_words(class),
                      syntax->token->text, class_words((*right)->class));
    if (class == CLASS_CODE && (*left)->list != (*right)->list)
        return report(reporter, syntax->token->place, MESSAGE_LISTS_DIFFER,
                      checker->compiler->lists[(*left)->list].name, syntax->token->text,
                      checker->compiler->lists[(*right)->list].name);
    return class != CLASS_NUMBER || convert_pair(checker, syntax, FIT_COMPARE, left, right);
}

static const struct expression *check_comparison(const struct checker *checker,
                                                 const struct syntax *syntax)
{
    const struct expression *left = NULL;
    const struct expression *right = NULL;
    check_sides(checker, syntax, &left, &right);
    if (!left || !right || !comparable(checker, syntax, &left, &right))
        return NULL;
    return check_operation(checker, syntax, syntax->operation, CLASS_TRUTH, left, right);
}

static const struct expression *check_logic(const struct checker *checker,
                                            const struct syntax *syntax)
{
    const struct expression *left = check_classed(checker, syntax->arguments[0], CLASS_TRUTH);
    if (syntax->argument_count == 1)
        return left ? check_operation(checker, syntax, syntax->operation, CLASS_TRUTH, left, NULL)
                    : NULL;
    const struct expression *right = check_classed(checker, syntax->arguments[1], CLASS_TRUTH);
    if (!left || !right)
        return NULL;
    return check_operation(checker, syntax, syntax->operation, CLASS_TRUTH, left, right);
}

static const struct expression *check_missing(const struct checker *checker,
                                              const struct syntax *syntax)
{
    const struct expression *operand = check_expression(checker, syntax->arguments[0]);
    if (!operand)
        return NULL;
    if (operand->operation == OPERATION_FLAG)
        operand = operand->left;
    return check_operation(checker, syntax, OPERATION_IS_MISSING, CLASS_TRUTH, operand, NULL);
}

static const struct expression *check_choice(const struct checker *checker,
                                             const struct syntax *syntax)
{
    const struct expression *test = check_classed(checker, syntax->arguments[0], CLASS_TRUTH);
    const struct expression *yes = check_expression(checker, syntax->arguments[1]);
    const struct expression *no = check_expression(checker, syntax->arguments[2]);
    if (!test || !yes || !no || !is_class(checker, no, yes->class))
        return NULL;
    if (yes->class == CLASS_NUMBER && !convert_pair(checker, syntax, FIT_SUM, &yes, &no))
        return NULL;
    struct expression *choice = check_new(checker, syntax, OPERATION_IF, yes->class);
    choice->left = test;
    choice->right = yes;
    choice->third = no;
    choice->list = yes->list;
    if (yes->class == CLASS_NUMBER)
        choice->quantity = joined(yes, no);
    return choice;
}

static const struct expression *check_set(const struct checker *checker,
                                          const struct syntax *syntax)
{
    const struct expression *left = check_classed(checker, syntax->arguments[0], CLASS_CODE);
    if (!left)
        return NULL;
    struct code *codes = arena_take(checker->compiler->arena, syntax->set_count, sizeof(*codes));
    bool known = true;
    for (size_t i = 0; i < syntax->set_count; i++)
        known = check_code(checker, syntax->set[i], left->list, &codes[i]) && known;
    if (!known)
        return NULL;
    struct expression *set = check_new(checker, syntax, OPERATION_IN_SET, CLASS_TRUTH);
    set->left = left;
    set->list = left->list;
    set->codes = codes;
    set->code_count = syntax->set_count;
    return set;
}

/* x in a .. b is x >= a and x <= b. */
static const struct expression *check_bound(const struct checker *checker,
                                            const struct syntax *syntax, size_t bound,
                                            const struct expression *left)
{
    const struct syntax *limit = syntax->arguments[bound];
    const struct expression *right = check_is_word(checker, limit)
                                         ? check_opposite(checker, limit, left)
                                         : check_expression(checker, limit);
    if (!left || !right || !comparable(checker, syntax, &left, &right))
        return NULL;
    enum operation operation = bound == 1 ? OPERATION_GREATER_OR_EQUAL : OPERATION_LESS_OR_EQUAL;
    return check_operation(checker, syntax, operation, CLASS_TRUTH, left, right);
}

static const struct expression *check_range(const struct checker *checker,
                                            const struct syntax *syntax)
{
    const struct expression *left = check_expression(checker, syntax->arguments[0]);
    const struct expression *low = check_bound(checker, syntax, 1, left);
    const struct expression *high = check_bound(checker, syntax, 2, left);
    return low && high ? check_operation(checker, syntax, OPERATION_AND, CLASS_TRUTH, low, high)
                       : NULL;
}

static const struct expression *check_by_operation(const struct checker *checker,
                                                   const struct syntax *syntax)
{
    switch ((int)syntax->operation) {
    case OPERATION_TRUE:
    case OPERATION_FALSE:
        return check_new(checker, syntax, syntax->operation, CLASS_TRUTH);
    case OPERATION_NEGATE:
    case OPERATION_ADD:
    case OPERATION_SUBTRACT:
    case OPERATION_MULTIPLY:
    case OPERATION_DIVIDE:
        return check_arithmetic(checker, syntax);
    case OPERATION_AND:
    case OPERATION_OR:
    case OPERATION_NOT:
    case OPERATION_IMPLIES:
        return check_logic(checker, syntax);
    case OPERATION_IS_MISSING:
        return check_missing(checker, syntax);
    case OPERATION_IF:
        return check_choice(checker, syntax);
    default:
        return check_comparison(checker, syntax);
    }
}

const struct expression *check_expression(const struct checker *checker,
                                          const struct syntax *syntax)
{
    switch (syntax->kind) {
    case SYNTAX_NUMBER:
    case SYNTAX_DATE:
        return check_constant(checker, syntax);
    case SYNTAX_NAME:
        return check_name(checker, syntax);
    case SYNTAX_CALL:
        return check_call(checker, syntax);
    case SYNTAX_ROWS:
        return check_rows(checker, syntax);
    case SYNTAX_IN_SET:
        return check_set(checker, syntax);
    case SYNTAX_IN_RANGE:
        return check_range(checker, syntax);
    case SYNTAX_OPERATION:
        break;
    }
    return check_by_operation(checker, syntax);
}

const struct expression *check_truth(const struct checker *checker, const struct syntax *syntax)
{
    return check_classed(checker, syntax, CLASS_TRUTH);
}

const struct expression *check_value(const struct checker *checker, const struct syntax *syntax,
                                     struct quantity *unit)
{
    const struct expression *value = check_classed(checker, syntax, CLASS_NUMBER);
    if (!value)
        return NULL;
    struct compiler *compiler = checker->compiler;
    char declared[UNIT_TEXT_SIZE];
    char found[UNIT_TEXT_SIZE];
    value = convert_counted(checker, value, unit);
    if (!quantity_same_dimension(&value->quantity, unit) ||
        value->quantity.points != unit->points) {
        report(&compiler->reporter, value->place, MESSAGE_INDICATOR_UNIT,
               unit_text(compiler->catalogue, unit, declared),
               unit_text(compiler->catalogue, &value->quantity, found));
        return NULL;
    }
    value = convert_scale(checker, value, unit->power);
    *unit = value->quantity;
    return value;
}

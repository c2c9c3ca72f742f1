#include "common/catalogue/convert.h"

#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/catalogue/unit.h"

const struct expression *convert_scale(const struct checker *checker,
                                       const struct expression *expression, int8_t power)
{
    if (expression->quantity.power == power)
        return expression;
    struct expression *scaled = arena_take(checker->compiler->arena, 1, sizeof(*scaled));
    *scaled = (struct expression){ .operation = OPERATION_SCALE,
                                   .class = CLASS_NUMBER,
                                   .place = expression->place,
                                   .quantity = expression->quantity,
                                   .left = expression,
                                   .unit = "",
                                   .exponent = expression->quantity.power - power };
    scaled->quantity.power = power;
    return scaled;
}

static bool is_zero(const struct expression *expression)
{
    return expression->operation == OPERATION_CONSTANT && number_is_zero(expression->constant) &&
           quantity_is_dimensionless(&expression->quantity) && expression->quantity.power == 0;
}

/* A number without a unit, written or computed from such. */
static bool is_bare(const struct quantity *quantity)
{
    return quantity->kind == KIND_PURE && quantity_is_dimensionless(quantity);
}

/* Rows are counted in pieces: what is counted singly can be compared with them. */
static bool counts(const struct quantity *rows, const struct quantity *thing)
{
    int total = 0;
    for (size_t i = 0; i < QUANTITY_DIMENSIONS_MAX; i++) {
        if (thing->exponents[i] < 0)
            return false;
        total += thing->exponents[i];
    }
    return rows->kind == KIND_COUNT && quantity_is_dimensionless(rows) && total == 1 &&
           thing->power == 0;
}

static const struct expression *retyped(const struct checker *checker,
                                        const struct expression *expression,
                                        const struct quantity *quantity)
{
    struct expression *copy = arena_take(checker->compiler->arena, 1, sizeof(*copy));
    *copy = *expression;
    copy->quantity = *quantity;
    return copy;
}

const struct expression *convert_counted(const struct checker *checker,
                                         const struct expression *expression,
                                         const struct quantity *quantity)
{
    return is_zero(expression) || counts(&expression->quantity, quantity)
               ? retyped(checker, expression, quantity)
               : expression;
}

static const char *side(const struct checker *checker, const struct expression *expression)
{
    struct compiler *compiler = checker->compiler;
    char buffer[UNIT_TEXT_SIZE];
    const char *unit = unit_text(compiler->catalogue, &expression->quantity, buffer);
    const char *text = expression_text(compiler->catalogue, expression, compiler->scratch);
    bool computed = expression->operation >= OPERATION_NEGATE &&
                    expression->operation <= OPERATION_DIVIDE && unit[0] != '\0';
    if (computed)
        text = arena_format(compiler->scratch, "(%s)", text);
    bool constant = expression->operation == OPERATION_CONSTANT;
    return unit[0] == '\0' || constant ? text
                                       : arena_format(compiler->scratch, "%s [%s]", text, unit);
}

static bool refuse(const struct checker *checker, const struct syntax *syntax,
                   const struct expression *left, const struct expression *right,
                   const char *left_type, const char *right_type)
{
    return report(&checker->compiler->reporter, syntax->token->place, MESSAGE_TYPES_DIFFER,
                  side(checker, left), syntax->token->text, side(checker, right), left_type,
                  right_type);
}

static bool refuse_dimension(const struct checker *checker, const struct syntax *syntax,
                             const struct expression *left, const struct expression *right)
{
    char first[UNIT_TEXT_SIZE];
    char second[UNIT_TEXT_SIZE];
    const struct catalogue *catalogue = checker->compiler->catalogue;
    bool left_bare = is_bare(&left->quantity);
    if (left_bare != is_bare(&right->quantity))
        return report(&checker->compiler->reporter, syntax->token->place, MESSAGE_UNIT_NEEDED,
                      side(checker, left), syntax->token->text, side(checker, right),
                      unit_text(catalogue, left_bare ? &right->quantity : &left->quantity, first));
    return refuse(checker, syntax, left, right, dimension_text(catalogue, &left->quantity, first),
                  dimension_text(catalogue, &right->quantity, second));
}

static const char *kind_words(uint8_t kind)
{
    static const struct words words[KIND_COUNT_OF_KINDS] = {
        [KIND_PURE] = WORDS_KIND_PURE,   [KIND_FLOW] = WORDS_KIND_FLOW,
        [KIND_STOCK] = WORDS_KIND_STOCK, [KIND_AVERAGE] = WORDS_KIND_AVERAGE,
        [KIND_RATIO] = WORDS_KIND_RATIO, [KIND_INDEX] = WORDS_KIND_INDEX,
        [KIND_SCORE] = WORDS_KIND_SCORE, [KIND_COUNT] = WORDS_KIND_COUNT,
    };
    return words_say(&words[kind]);
}

static bool same_kind(const struct quantity *left, const struct quantity *right)
{
    return left->kind == right->kind || left->kind == KIND_PURE || right->kind == KIND_PURE ||
           (left->kind == KIND_COUNT && right->kind == KIND_STOCK) ||
           (left->kind == KIND_STOCK && right->kind == KIND_COUNT);
}

static bool either_or_same(uint8_t left, uint8_t right)
{
    return left == 0 || right == 0 || left == right;
}

static const char *basis_words(uint8_t basis)
{
    static const struct words cumulative = WORDS_BASIS_CUMULATIVE;
    static const struct words period = WORDS_BASIS_PERIOD;
    static const struct words instant = WORDS_BASIS_INSTANT;
    return words_say(basis == BASIS_CUMULATIVE ? &cumulative
                     : basis == BASIS_PERIOD   ? &period
                                               : &instant);
}

static const char *points_words(bool points)
{
    static const struct words yes = WORDS_POINTS;
    static const struct words no = WORDS_PERCENT;
    return words_say(points ? &yes : &no);
}

static const char *price_words(uint8_t price)
{
    static const struct words current = WORDS_PRICE_CURRENT;
    static const struct words constant = WORDS_PRICE_CONSTANT;
    return words_say(price == PRICE_CURRENT ? &current : &constant);
}

static bool types_fit(const struct checker *checker, const struct syntax *syntax, enum fit fit,
                      const struct expression *left, const struct expression *right)
{
    const struct quantity *first = &left->quantity;
    const struct quantity *second = &right->quantity;
    if (!quantity_same_dimension(first, second))
        return refuse_dimension(checker, syntax, left, right);
    if (first->points != second->points)
        return refuse(checker, syntax, left, right, points_words(first->points),
                      points_words(second->points));
    if (!either_or_same(first->price, second->price))
        return refuse(checker, syntax, left, right, price_words(first->price),
                      price_words(second->price));
    if (fit == FIT_COMPARE)
        return true;
    if (!same_kind(first, second))
        return refuse(checker, syntax, left, right, kind_words(first->kind),
                      kind_words(second->kind));
    return either_or_same(first->basis, second->basis) ||
           refuse(checker, syntax, left, right, basis_words(first->basis),
                  basis_words(second->basis));
}

bool convert_pair(const struct checker *checker, const struct syntax *syntax, enum fit fit,
                  const struct expression **left, const struct expression **right)
{
    *left = convert_counted(checker, *left, &(*right)->quantity);
    *right = convert_counted(checker, *right, &(*left)->quantity);
    if (!types_fit(checker, syntax, fit, *left, *right))
        return false;
    if ((*left)->operation == OPERATION_CONSTANT && (*right)->operation != OPERATION_CONSTANT)
        *left = convert_scale(checker, *left, (*right)->quantity.power);
    else
        *right = convert_scale(checker, *right, (*left)->quantity.power);
    return true;
}

/* A factor leaves the kind as it is; everything else makes a ratio. */
static uint8_t kind_of_product(uint8_t left, uint8_t right, bool divides)
{
    bool right_is_factor = right == KIND_PURE || right == KIND_RATIO;
    bool left_is_factor = left == KIND_PURE || left == KIND_RATIO;
    if (left == KIND_PURE && right == KIND_PURE)
        return KIND_PURE;
    if (right_is_factor && left != KIND_PURE)
        return left;
    return left_is_factor && !divides ? right : KIND_RATIO;
}

bool convert_product(const struct checker *checker, const struct syntax *syntax,
                     const struct expression *left, const struct expression *right,
                     struct quantity *out)
{
    const struct quantity *first = &left->quantity;
    const struct quantity *second = &right->quantity;
    bool divides = syntax->operation == OPERATION_DIVIDE;
    struct reporter *reporter = &checker->compiler->reporter;
    if (first->points || second->points)
        return report(reporter, syntax->token->place, MESSAGE_POINTS_MULTIPLIED,
                      side(checker, left), syntax->token->text, side(checker, right));
    *out = *first;
    if (!unit_combine(out, second, divides ? -1 : 1))
        return report(reporter, syntax->token->place, MESSAGE_UNIT_RANGE);
    out->kind = kind_of_product(first->kind, second->kind, divides);
    bool factor = out->kind != KIND_RATIO;
    out->basis = !factor ? BASIS_NONE : first->basis ? first->basis : second->basis;
    out->price = first->price ? first->price : second->price;
    if (divides && first->price == second->price)
        out->price = PRICE_NONE;
    return true;
}

#include "common/catalogue/quantity.h"

#include <string.h>

bool quantity_same_dimension(const struct quantity *left, const struct quantity *right)
{
    return memcmp(left->exponents, right->exponents, sizeof(left->exponents)) == 0;
}

bool quantity_is_dimensionless(const struct quantity *quantity)
{
    static const struct quantity none;
    return quantity_same_dimension(quantity, &none);
}

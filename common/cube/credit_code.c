#include "common/cube/credit_code.h"

#include <stddef.h>
#include <string.h>

#define SIZE 18
#define MODULUS 31
#define WEIGHT_BASE 3 /* the n-th weight is 3^n modulo 31 */

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

bool credit_code_is_valid(const char *text)
{
    if (strlen(text) != SIZE)
        return false;
    size_t sum = 0, weight = 1;
    for (size_t i = 0; i < SIZE; i++) {
        const char *found = strchr(alphabet, text[i]);
        if (!found)
            return false;
        sum += (size_t)(found - alphabet) * (i + 1 < SIZE ? weight : 1);
        weight = weight * WEIGHT_BASE % MODULUS;
    }
    return sum % MODULUS == 0;
}

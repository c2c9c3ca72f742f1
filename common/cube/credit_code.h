#ifndef COMMON_CUBE_CREDIT_CODE_H
#define COMMON_CUBE_CREDIT_CODE_H

/* The unified social credit code of GB 32100-2015: 17 characters and their check character. */

#include <stdbool.h>

bool credit_code_is_valid(const char *text);

#endif

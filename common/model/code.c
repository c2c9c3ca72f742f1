#include "common/model/code.h"

#include <assert.h>
#include <string.h>

static bool may_stand_in_code(char character)
{
    return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z') ||
           (character >= '0' && character <= '9') || character == '_' || character == '-';
}

/* The last character in the lowest byte: neighbours (IB06, IB07) differ by one, so that a
 * form's codes travel as small differences. */
bool code_parse(const char *text, size_t size, struct code *out)
{
    if (size == 0 || size > CODE_SIZE_MAX)
        return false;
    uint64_t packed = 0;
    for (size_t i = 0; i < size; i++) {
        if (!may_stand_in_code(text[i]))
            return false;
        packed = packed << 8 | (unsigned char)text[i];
    }
    out->packed = packed;
    return true;
}

struct code code_of(const char *text)
{
    struct code code = { 0 };
    bool is_code = code_parse(text, strlen(text), &code);
    assert(is_code);
    return code;
}

/* From the last character to the first: above that one there are only zeros. */
bool code_is_valid(struct code code)
{
    uint64_t left = code.packed;
    do {
        if (!may_stand_in_code((char)(left & 0xff)))
            return false;
        left >>= 8;
    } while (left > 0);
    return true;
}

bool code_equal(struct code left, struct code right)
{
    return left.packed == right.packed;
}

const char *code_text(struct code code, char buffer[CODE_TEXT_SIZE])
{
    size_t size = 0;
    for (int i = CODE_SIZE_MAX - 1; i >= 0; i--) {
        char character = (char)(code.packed >> (8 * i));
        if (character || size > 0)
            buffer[size++] = character;
    }
    buffer[size] = '\0';
    return buffer;
}

/* Reads "exponent<TAB>decimals<TAB>cell" lines, answers each with "figure trouble, decimal
 * trouble, mantissa": for the comparison with Python's decimal (compare_figures.py). */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/format/figure.h"

#define LINE_SIZE 1024

int main(void)
{
    char line[LINE_SIZE];
    while (fgets(line, sizeof line, stdin)) {
        int exponent, decimals, start;
        line[strcspn(line, "\n")] = '\0';
        if (sscanf(line, "%d\t%d\t%n", &exponent, &decimals, &start) != 2)
            return 1;
        struct figure figure;
        int64_t mantissa = 0;
        enum figure_trouble trouble = figure_read(bytes_of_text(line + start), &figure);
        enum decimal_trouble second = DECIMAL_EMPTY;
        if (trouble == FIGURE_OK)
            second = figure_mantissa(&figure, exponent, decimals, &mantissa);
        printf("%d %d %" PRId64 "\n", (int)trouble, (int)second, mantissa);
    }
    return 0;
}

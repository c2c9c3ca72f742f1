/*
 * crasher own|lent|library: crashes in a line of its own, in the C library by a pointer of its
 * own, or in the C library alone. tests/power/test_shortage.py looks whether it is told apart.
 */
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    const char *way = argc == 2 ? argv[1] : "";
    volatile char *volatile nothing = NULL;
    if (strcmp(way, "own") == 0)
        *nothing = 'x';
    else if (strcmp(way, "lent") == 0)
        return strcmp((const char *)nothing, way) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    else if (strcmp(way, "library") == 0)
        qsort((void *)nothing, 2, 1, (int (*)(const void *, const void *))strcmp);
    return EXIT_FAILURE;
}

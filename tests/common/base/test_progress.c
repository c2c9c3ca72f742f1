#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/clock.h"
#include "common/base/memory.h"
#include "common/base/progress.h"

static void plain_lines_come_now_and_then_and_at_the_end(void **state)
{
    (void)state;
    struct manual_clock clock = manual_clock_at(0);
    CLEANUP(memory_free) char *text = NULL;
    size_t size = 0;
    FILE *output = open_memstream(&text, &size);

    struct progress progress = progress_begin(output, &clock.clock, "导入", 200);
    for (uint64_t done = 1; done <= 150; done++) {
        clock.monotonic_ms += PROGRESS_PLAIN_MS / 100;
        progress_set(&progress, done);
    }
    progress_end(&progress);
    fclose(output);

    assert_string_equal(text,
                        "导入　0 / 200（0%）\n导入　100 / 200（50%）\n导入　150 / 200（75%）\n");
}

static void a_terminal_line_redraws_itself(void **state)
{
    (void)state;
    struct manual_clock clock = manual_clock_at(0);
    CLEANUP(memory_free) char *text = NULL;
    size_t size = 0;
    FILE *output = open_memstream(&text, &size);
    struct progress progress = progress_begin(output, &clock.clock, "x", 0);
    progress.terminal = true;

    clock.monotonic_ms += PROGRESS_PLAIN_MS;
    progress_set(&progress, 3);
    progress_set(&progress, 4);
    progress_end(&progress);
    fclose(output);

    assert_string_equal(text, "x　0\n\r\033[Kx　3\r\033[Kx　4\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_lines_come_now_and_then_and_at_the_end),
        cmocka_unit_test(a_terminal_line_redraws_itself),
    };
    return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}

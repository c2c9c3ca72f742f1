#include "common/base/progress.h"

#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/messages.h"

/* Back to the first column, and clear the line. */
#define REDRAW "\r\033[K"

static int percent(const struct progress *progress)
{
    if (progress->done >= progress->total)
        return 100;
    return (int)((double)progress->done * 100 / (double)progress->total);
}

static void show(const struct progress *progress)
{
    if (progress->terminal)
        fputs(REDRAW, progress->output);
    if (progress->total > 0)
        fprintf(progress->output, MESSAGE_PROGRESS, progress->label, progress->done,
                progress->total, percent(progress));
    else
        fprintf(progress->output, MESSAGE_PROGRESS_OPEN, progress->label, progress->done);
    if (!progress->terminal)
        fputc('\n', progress->output);
    fflush(progress->output);
}

struct progress progress_begin(FILE *output, const struct clock *clock, const char *label,
                               uint64_t total)
{
    int file = fileno(output);
    struct progress progress = {
        .output = output,
        .clock = clock,
        .label = label,
        .total = total,
        .terminal = file >= 0 && isatty(file),
    };
    progress_set(&progress, 0);
    return progress;
}

void progress_set(struct progress *progress, uint64_t done)
{
    progress->done = done;
    int64_t now = progress->clock->monotonic_ms(progress->clock);
    if (now < progress->next_ms)
        return;
    progress->next_ms = now + (progress->terminal ? PROGRESS_TERMINAL_MS : PROGRESS_PLAIN_MS);
    show(progress);
}

void progress_complete(struct progress *progress)
{
    if (progress)
        progress_set(progress, progress->total);
}

void progress_end(struct progress *progress)
{
    show(progress);
    if (progress->terminal)
        fputc('\n', progress->output);
    fflush(progress->output);
}

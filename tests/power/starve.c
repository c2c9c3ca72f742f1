#define _GNU_SOURCE /* MAP_ANONYMOUS, RTLD_DEFAULT */
#include "tests/power/starve.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "tests/power/promises.h"
#include "tests/power/shortage.h"
#include "tests/power/walk.h"
#include "tests/support/temporary_folder.h"

#define STATUS_USAGE 2
#define FAILURES_MAX 10
#define PATIENCE_S 20
#define SAID_SIZE 4096

/* What became of the process that did the step. */
struct outcome {
    bool fired;
    int status;
    char said[SAID_SIZE]; /* on standard error */
};

struct famine {
    const struct power_side *side;
    struct shortage shortage;
    shortage_arm_fn *arm;
    struct temporary_folder folder;
    struct marks marks;
    struct disk *before; /* the step */
    size_t step;
    bool *fired; /* shared with the process that does the step */
    size_t tried, died, refused, unharmed, failures;
};

static bool restore(struct famine *famine)
{
    temporary_folder_remove(&famine->folder);
    return mkdir(famine->folder.path, 0700) == 0 &&
           disk_write(famine->before, famine->folder.path, famine->tried);
}

static void do_step(struct famine *famine, int standard_error)
{
    struct error err = { 0 };
    int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0 || dup2(standard_error, STDERR_FILENO) < 0)
        abort();
    alarm(PATIENCE_S);
    famine->side->begin(famine->side->owner, famine->folder.path);
    famine->arm(&famine->shortage);
    bool done = famine->side->step(famine->side->owner, famine->step, &err);
    famine->arm(&(struct shortage){ .number = 0 });
    famine->side->end(famine->side->owner);
    _exit(done ? EXIT_SUCCESS : EXIT_FAILURE);
}

static struct outcome run_step(struct famine *famine)
{
    struct outcome outcome = { .fired = false };
    int ends[2];
    fflush(stdout);
    *famine->fired = false;
    if (pipe(ends) != 0)
        abort();
    pid_t child = fork();
    if (child == 0)
        do_step(famine, ends[1]);
    close(ends[1]);
    size_t size = 0;
    for (ssize_t got; size < SAID_SIZE - 1; size += (size_t)got)
        if ((got = read(ends[0], outcome.said + size, SAID_SIZE - 1 - size)) <= 0)
            break;
    close(ends[0]);
    if (child < 0 || waitpid(child, &outcome.status, 0) != child)
        abort();
    outcome.fired = *famine->fired;
    return outcome;
}

/* The program's own shortage ends it, and it says why. A library's may be told, or borne. */
static bool ended_well(struct famine *famine, const struct outcome *outcome, struct error *err)
{
    bool died = WIFSIGNALED(outcome->status) && WTERMSIG(outcome->status) == SIGABRT &&
                strstr(outcome->said, MESSAGE_OUT_OF_MEMORY);
    bool ended = WIFEXITED(outcome->status);
    famine->died += died;
    famine->refused += ended && WEXITSTATUS(outcome->status) != EXIT_SUCCESS;
    famine->unharmed += ended && WEXITSTATUS(outcome->status) == EXIT_SUCCESS;
    if (died || (ended && famine->shortage.whose == SHORTAGE_LIBRARY))
        return true;
    return error_set(err, ERROR_SYSTEM, "the process ended with status %#x: %s",
                     (unsigned)outcome->status, outcome->said);
}

/* Marks of the steps before, with that of this one; and with what it promised, when it ended. */
static size_t marks_before(const struct famine *famine, size_t step)
{
    size_t steps = 0, i = 0;
    while (i < famine->marks.count && steps <= step)
        steps +=
            strncmp(famine->marks.lines[i++], SIDE_STEP_WORD " ", strlen(SIDE_STEP_WORD) + 1) == 0;
    return i;
}

static bool judge(struct famine *famine, const struct outcome *outcome, struct error *err)
{
    struct marks marks = famine->marks;
    bool done = WIFEXITED(outcome->status) && WEXITSTATUS(outcome->status) == EXIT_SUCCESS;
    marks.made = marks_before(famine, famine->step);
    if (done)
        marks.made = famine->step + 1 < famine->side->steps
                         ? marks_before(famine, famine->step + 1) - 1
                         : marks.count;
    return ended_well(famine, outcome, err) &&
           famine->side->judge(famine->side->owner, famine->folder.path, &marks, famine->tried,
                               err);
}

/* Until nothing fails any more. */
static void starve_step(struct famine *famine)
{
    for (famine->shortage.number = 1; famine->failures < FAILURES_MAX; famine->shortage.number++) {
        struct error err = { 0 };
        if (!restore(famine))
            abort();
        struct outcome outcome = run_step(famine);
        if (!outcome.fired)
            break;
        famine->tried++;
        if (judge(famine, &outcome, &err))
            continue;
        famine->failures++;
        printf("starve: %s: step %zu, allocation %zu: %s\n", famine->side->name, famine->step,
               famine->shortage.number, err.text);
    }
}

/* Each step from the state before it. */
static void starve_all(struct famine *famine, struct tape tape)
{
    struct walk walk;
    walk_begin(&walk, tape);
    for (famine->step = 0; famine->step < famine->side->separate_steps; famine->step++) {
        size_t marks = marks_before(famine, famine->step);
        while (walk.marks < marks && walk_on(&walk))
            continue;
        famine->before = walk.latest;
        starve_step(famine);
    }
    walk_end(&walk);
}

static bool read_words(char **words, struct shortage *out)
{
    out->whose = strcmp(words[0], "own") == 0 ? SHORTAGE_OWN : SHORTAGE_LIBRARY;
    out->for_good = strcmp(words[1], "for-good") == 0;
    return (out->whose == SHORTAGE_OWN || strcmp(words[0], "library") == 0) &&
           (out->for_good || strcmp(words[1], "once") == 0);
}

static bool find_library(struct famine *famine)
{
    void *found = dlsym(RTLD_DEFAULT, SHORTAGE_ARM);
    memcpy(&famine->arm, &found, sizeof found); /* ISO C has no cast for it */
    return found;
}

int starve_main(const struct power_side *side, int argc, char **argv)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct famine famine = { .side = side };
    struct tape tape;
    if (argc != 4 || !read_words(argv + 2, &famine.shortage))
        return STATUS_USAGE;
    if (!tape_read(argv[0], arena, &tape) || !find_library(&famine)) {
        fprintf(stderr, "starve: %s is not a whole tape, or shortage is not loaded\n", argv[0]);
        return EXIT_FAILURE;
    }
    famine.marks = marks_of(tape, arena);
    famine.fired = famine.shortage.fired =
        mmap(NULL, sizeof *famine.fired, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (famine.fired == MAP_FAILED)
        abort();
    snprintf(famine.folder.path, sizeof famine.folder.path, "%s", argv[1]);
    starve_all(&famine, tape);
    printf("starve: %s: %zu allocations failed (%s, %s) in %zu steps: %zu ended with the message, "
           "%zu errors, %zu came through; %zu failures\n",
           side->name, famine.tried, argv[2], argv[3], side->separate_steps, famine.died,
           famine.refused, famine.unharmed, famine.failures);
    return famine.failures == 0 && famine.tried > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

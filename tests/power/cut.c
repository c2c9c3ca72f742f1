#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "tests/power/cut.h"

#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "tests/power/choice.h"
#include "tests/power/forgetting.h"
#include "tests/power/walk.h"
#include "tests/support/temporary_folder.h"

#define FAILURES_MAX 10
#define STATUS_USAGE 2
#define PATIENCE_S 20 /* for one state */
#define STATES_DEFAULT 3000
#define SEED_DEFAULT 2016
#define MEMORY_FOLDER "/dev/shm"
#define KEPT_MEMORY (256 * 1024 * 1024)

struct options {
    const char *tape;
    size_t states;
    uint64_t seed;
    size_t only;        /* a state, counted from one; 0: all of them */
    const char *folder; /* NULL: one of its own */
    struct forgetting forgetting;
};

/* Seen by the process that judges and by the one that waits for it. */
struct progress_note {
    size_t next;   /* state */
    bool finished; /* or it died over state `next` */
    size_t failures;
    char reason[sizeof((struct error *)0)->text];
};

struct campaign {
    const struct power_side *side;
    struct options options;
    struct arena *arena;
    struct tape tape;
    struct marks marks;
    struct choices choices;
    struct progress_note *note;
    struct temporary_folder folder;
};

static void say_failure(const struct campaign *campaign, const char *reason)
{
    const struct options *options = &campaign->options;
    printf("power: state %zu fails: %s\n    replay: %s cut TAPE --states %zu --seed %" PRIu64
           "%s%s --at %zu\n",
           campaign->note->next, reason, campaign->side->name, options->states, options->seed,
           forgetting_is_any(&options->forgetting) ? " " : "",
           forgetting_option(&options->forgetting), campaign->note->next);
}

/* The state is built, looked at, and goes. */
static bool judge_state(struct campaign *campaign, const struct walk *walk, struct disk *scratch,
                        const struct choice *choice, struct error *err)
{
    struct marks marks = campaign->marks;
    uint64_t chance = choice_number(choice, campaign->options.seed);
    marks.made = walk->marks;
    disk_copy(scratch, walk->durable);
    for (size_t i = 0; i < walk->pending_count; i++)
        if (choice_takes(choice, i))
            disk_apply(scratch, &walk->pending[i]);
    temporary_folder_remove(&campaign->folder);
    if (mkdir(campaign->folder.path, 0700) != 0 ||
        !disk_write(scratch, campaign->folder.path, chance)) {
        perror(campaign->folder.path);
        abort();
    }
    alarm(PATIENCE_S);
    bool sound =
        campaign->side->judge(campaign->side->owner, campaign->folder.path, &marks, chance, err);
    alarm(0);
    return sound;
}

/* From state `next` on: in a process of its own, which may die of what it opens. */
static void judge_on(struct campaign *campaign)
{
    struct walk walk;
    struct choice choice;
    struct disk *scratch = disk_create();
    struct progress_note *note = campaign->note;
    size_t number = 0, begin = note->next;
    walk_begin(&walk, campaign->tape);
    choices_rewind(&campaign->choices);
    do {
        while (choices_next(&campaign->choices, &walk, &choice)) {
            struct error err = { 0 };
            if (++number < begin)
                continue;
            note->next = number;
            if (campaign->options.only && number != campaign->options.only)
                continue;
            if (!judge_state(campaign, &walk, scratch, &choice, &err)) {
                note->failures++;
                say_failure(campaign, err.text);
            }
            if (note->failures == FAILURES_MAX)
                break;
        }
    } while (note->failures < FAILURES_MAX && walk_on(&walk));
    note->finished = true;
    fflush(stdout);
    walk_end(&walk);
    disk_destroy(&scratch);
}

/* Memory is kept from state to state: most of the time would go into asking for it anew. */
static void keep_memory(void)
{
    mallopt(M_MMAP_THRESHOLD, KEPT_MEMORY);
    mallopt(M_TRIM_THRESHOLD, KEPT_MEMORY);
    mallopt(M_TOP_PAD, KEPT_MEMORY / 16);
}

/* Whoever replays one state wants to see everything. */
static void be_quiet(const struct options *options)
{
    if (!options->only && !freopen("/dev/null", "w", stderr))
        abort();
}

static void judge_all(struct campaign *campaign)
{
    struct progress_note *note = campaign->note;
    note->next = 1;
    while (!note->finished && note->failures < FAILURES_MAX) {
        int status;
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            be_quiet(&campaign->options);
            keep_memory();
            judge_on(campaign);
            _exit(EXIT_SUCCESS);
        }
        if (child < 0 || waitpid(child, &status, 0) != child)
            abort();
        if (note->finished)
            continue;
        char reason[64];
        bool hangs = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
        snprintf(reason, sizeof reason, hangs ? "hangs" : "the process ends with status %#x",
                 (unsigned)status);
        note->failures++;
        say_failure(campaign, reason);
        note->next++;
    }
}

static void say_result(const struct campaign *campaign, int64_t began_ms)
{
    const struct progress_note *note = campaign->note;
    double seconds = (double)(clock_system.monotonic_ms(&clock_system) - began_ms) / 1000.0;
    printf("power: %s%s%s: %zu operations, %zu promises, %zu boundaries, %zu states in %.1f s, "
           "%zu failures%s\n",
           campaign->side->name, forgetting_is_any(&campaign->options.forgetting) ? " " : "",
           forgetting_option(&campaign->options.forgetting), campaign->tape.count,
           campaign->marks.count, campaign->choices.boundaries, campaign->choices.count, seconds,
           note->failures, note->failures == FAILURES_MAX ? " and then no further" : "");
}

/* In memory where there is such a place: what is judged is content, not the disk here. */
static void create_scratch(struct temporary_folder *folder)
{
    snprintf(folder->path, sizeof folder->path, "%s/zonetally-power-XXXXXX", MEMORY_FOLDER);
    if (!mkdtemp(folder->path))
        temporary_folder_create(folder);
}

static int cut(const struct power_side *side, const struct options *options)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct campaign campaign = { .side = side, .options = *options, .arena = arena };
    int64_t began_ms = clock_system.monotonic_ms(&clock_system);
    if (!tape_read(options->tape, arena, &campaign.tape)) {
        fprintf(stderr, "power: %s is not a whole tape\n", options->tape);
        return EXIT_FAILURE;
    }
    campaign.tape = forgetting_apply(&options->forgetting, campaign.tape, arena);
    campaign.marks = marks_of(campaign.tape, arena);
    campaign.choices = choices_make(campaign.tape, options->states, options->seed);
    campaign.note = mmap(NULL, sizeof *campaign.note, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (campaign.note == MAP_FAILED)
        abort();
    *campaign.note = (struct progress_note){ 0 };
    if (options->folder)
        snprintf(campaign.folder.path, sizeof campaign.folder.path, "%s", options->folder);
    else
        create_scratch(&campaign.folder);
    judge_all(&campaign);
    temporary_folder_remove(&campaign.folder);
    say_result(&campaign, began_ms);
    choices_end(&campaign.choices);
    bool failed = campaign.note->failures > 0;
    return failed == forgetting_is_any(&options->forgetting) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static bool read_option(const char *name, const char *value, struct options *out)
{
    if (strcmp(name, "--states") == 0)
        out->states = (size_t)strtoull(value, NULL, 10);
    else if (strcmp(name, "--seed") == 0)
        out->seed = strtoull(value, NULL, 10);
    else if (strcmp(name, "--at") == 0)
        out->only = (size_t)strtoull(value, NULL, 10);
    else if (strcmp(name, "--in") == 0)
        out->folder = value;
    else
        return strcmp(name, "--forget") == 0 && forgetting_parse(value, &out->forgetting);
    return true;
}

int cut_main(const struct power_side *side, int argc, char **argv)
{
    struct options options = { .states = STATES_DEFAULT, .seed = SEED_DEFAULT };
    if (argc < 1 || argc % 2 == 0)
        return STATUS_USAGE;
    options.tape = argv[0];
    for (int i = 1; i < argc; i += 2)
        if (!read_option(argv[i], argv[i + 1], &options))
            return STATUS_USAGE;
    return cut(side, &options);
}

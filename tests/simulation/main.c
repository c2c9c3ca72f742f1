#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/progress.h"
#include "common/catalogue/catalogue.h"
#include "tests/simulation/acts.h"
#include "tests/simulation/stage.h"

/*
 *     simulation COUNT [SEED [COMMIT]]
 *
 * Runs COUNT provinces, of the seeds SEED, SEED + 1, …, in as many processes as there are
 * processors (SIMULATION_WORKERS says otherwise). COUNT 1 tells what happens. One line for
 * each failure says how to see it again.
 */

#define WORKERS_MAX 64
#define FOLDER_SIZE 256
#define POLL_MS 100
#define ACTS_MIN 20
#define ACTS_MORE 100
/* With so many seeds each kind of event must have happened. */
#define SEEDS_FOR_ALL_EVENTS 300

struct campaign {
    uint64_t first, count;
    const char *commit;
    struct sources sources;
    const struct catalogue *catalogue;
};

struct worker {
    struct tally tally;
    bool failed;
    char failure[512];
};

/* In memory where there is room for it: what is on the disk is not what is tested here. */
static bool make_folder(char folder[FOLDER_SIZE])
{
    const char *memory = "/dev/shm", *parent = getenv("TMPDIR");
    if (access(memory, W_OK) == 0)
        parent = memory;
    snprintf(folder, FOLDER_SIZE, "%s/zonetally-simulation-XXXXXX", parent ? parent : "/tmp");
    return mkdtemp(folder);
}

static void play(struct stage *stage)
{
    struct world *world = stage->world;
    uint64_t count = ACTS_MIN + world_pick(world, ACTS_MORE);
    acts_begin(stage);
    for (uint64_t i = 0; i < count && !world->failed; i++)
        acts_happen(stage);
    if (!world->failed)
        acts_calm(stage);
}

static bool run_seed(const struct campaign *campaign, uint64_t seed, const char *parent,
                     struct worker *worker, FILE *trace)
{
    char folder[FOLDER_SIZE + 32];
    snprintf(folder, sizeof folder, "%s/%" PRIu64, parent, seed);
    if (mkdir(folder, 0700) != 0) {
        perror(folder);
        exit(2);
    }
    worker->tally.seed = seed;
    struct world world = world_of(seed, folder, &worker->tally, trace);
    size_t zones = 1 + (size_t)world_pick(&world, MODEL_ZONES_MAX);
    struct stage *stage = stage_create(&world, &campaign->sources, campaign->catalogue, zones);
    if (!world.failed)
        play(stage);
    stage_destroy(&stage);
    folder_remove(folder);
    worker->tally.seeds++;
    if (!world.failed)
        return true;
    worker->failed = true;
    snprintf(worker->failure, sizeof worker->failure, "%s", world.failure);
    return false;
}

/* Every `step`-th seed, until one fails. */
static int work(const struct campaign *campaign, uint64_t begin, uint64_t step,
                struct worker *worker)
{
    char folder[FOLDER_SIZE];
    if (!make_folder(folder)) {
        perror(folder);
        return 2;
    }
    bool good = true;
    for (uint64_t i = begin; good && i < campaign->count; i += step)
        good = run_seed(campaign, campaign->first + i, folder, worker,
                        campaign->count == 1 ? stdout : NULL);
    folder_remove(folder);
    return good ? 0 : 1;
}

static uint64_t seeds_done(const struct worker *workers, unsigned count)
{
    uint64_t seeds = 0;
    for (unsigned i = 0; i < count; i++)
        seeds += workers[i].tally.seeds;
    return seeds;
}

static void wait_for_all(const struct campaign *campaign, struct worker *workers, pid_t *pids,
                         unsigned count)
{
    struct progress progress =
        progress_begin(stderr, &clock_system, "seeds", campaign->count > 1 ? campaign->count : 0);
    for (unsigned running = count; running > 0;) {
        const struct timespec pause = { 0, POLL_MS * 1000000L };
        nanosleep(&pause, NULL);
        for (unsigned i = 0; i < count; i++) {
            int status;
            if (pids[i] == 0 || waitpid(pids[i], &status, WNOHANG) == 0)
                continue;
            pids[i] = 0;
            running--;
            if (WIFSIGNALED(status)) {
                workers[i].failed = true;
                snprintf(workers[i].failure, sizeof workers[i].failure,
                         "the process died of signal %d", WTERMSIG(status));
            } else if (WEXITSTATUS(status) != 0 && !workers[i].failed) {
                workers[i].failed = true;
                snprintf(workers[i].failure, sizeof workers[i].failure, "the process ended with %d",
                         WEXITSTATUS(status));
            }
        }
        progress_set(&progress, seeds_done(workers, count));
    }
    progress_end(&progress);
}

static unsigned report(const struct campaign *campaign, const struct worker *workers,
                       unsigned count, int64_t elapsed_ms)
{
    struct tally sum = { 0 };
    unsigned failures = 0;
    for (unsigned i = 0; i < count; i++)
        tally_add(&sum, &workers[i].tally);
    tally_print(&sum, stdout);
    printf("%" PRIu64 " seeds from %" PRIu64 " on, %.1f s, %.0f seeds a second in %u processes, "
           "commit %s\n",
           sum.seeds, campaign->first, (double)elapsed_ms / 1000,
           (double)sum.seeds * 1000 / (double)(elapsed_ms > 0 ? elapsed_ms : 1), count,
           campaign->commit);
    for (unsigned i = 0; i < count; i++) {
        if (!workers[i].failed)
            continue;
        printf("FAILED seed %" PRIu64 " commit %s: %s; again: ./run.sh simulate 1 %" PRIu64 "\n",
               workers[i].tally.seed, campaign->commit, workers[i].failure, workers[i].tally.seed);
        failures++;
    }
    if (failures == 0 && sum.seeds >= SEEDS_FOR_ALL_EVENTS)
        failures += tally_complain(&sum, stdout);
    return failures;
}

static unsigned worker_count(const struct campaign *campaign)
{
    const char *wanted = getenv("SIMULATION_WORKERS");
    long count = wanted ? strtol(wanted, NULL, 10) : sysconf(_SC_NPROCESSORS_ONLN);
    if ((uint64_t)count > campaign->count)
        count = (long)campaign->count;
    return count < 1 ? 1 : count > WORKERS_MAX ? WORKERS_MAX : (unsigned)count;
}

static int run(const struct campaign *campaign)
{
    unsigned count = worker_count(campaign);
    pid_t pids[WORKERS_MAX];
    struct worker *workers = mmap(NULL, count * sizeof *workers, PROT_READ | PROT_WRITE,
                                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (workers == MAP_FAILED) {
        perror("mmap");
        return 2;
    }
    int64_t begun_ms = clock_system.monotonic_ms(&clock_system);
    fflush(stdout);
    for (unsigned i = 0; i < count; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            int status = work(campaign, i, count, &workers[i]);
            fflush(stdout);
            _exit(status);
        }
    }
    wait_for_all(campaign, workers, pids, count);
    int64_t elapsed_ms = clock_system.monotonic_ms(&clock_system) - begun_ms;
    return report(campaign, workers, count, elapsed_ms) > 0;
}

int main(int argc, char **argv)
{
    struct campaign campaign = { .count = argc > 1 ? strtoull(argv[1], NULL, 10) : 0,
                                 .first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1,
                                 .commit = argc > 3 ? argv[3] : "unknown" };
    if (campaign.count == 0) {
        fprintf(stderr, "%s COUNT [SEED [COMMIT]]\n", argv[0]);
        return 2;
    }
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct diagnostics *diagnostics = arena_take(arena, 1, sizeof *diagnostics);
    struct error err;
    diagnostics->arena = arena;
    if (!sources_read(SMALL_CATALOGUE, arena, &campaign.sources, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    CLEANUP(catalogue_destroy)
    struct catalogue *catalogue = catalogue_compile(campaign.sources, diagnostics);
    if (!catalogue) {
        fprintf(stderr, "%s:%d: %s\n", SMALL_CATALOGUE, (int)diagnostics->items[0].place.line,
                diagnostics->items[0].text);
        return 2;
    }
    campaign.catalogue = catalogue;
    return run(&campaign);
}

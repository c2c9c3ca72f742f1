#include "tests/simulation/process.h"

#include <errno.h>
#include <lmdb.h>

int __real_mdb_txn_commit(MDB_txn *txn);
int __wrap_mdb_txn_commit(MDB_txn *txn);

static struct process *running;

static int64_t monotonic_ms(const struct clock *clock)
{
    return ((const struct process *)clock)->world->now_ms;
}

static int64_t utc_ms(const struct clock *clock)
{
    const struct process *process = (const struct process *)clock;
    return WORLD_BEGIN_UTC_MS + process->world->now_ms + process->clock_error_ms;
}

struct process process_in(struct world *world)
{
    return (struct process){ .clock = { monotonic_ms, utc_ms },
                             .world = world,
                             .random = world_random(world) };
}

void process_revive(struct process *process)
{
    process->dead = false;
    process->armed = DEATH_NONE;
    process->full_commits = 0;
}

void process_arm(struct process *process, enum death death, uint64_t after)
{
    process->armed = death;
    process->death_after = after;
}

static bool dies_now(struct process *process)
{
    if (process->death_after-- > 0)
        return false;
    process->dead = true;
    return true;
}

bool process_lives_to_speak(struct process *process)
{
    if (!process->dead && process->armed == DEATH_ON_THE_LINE)
        dies_now(process);
    return !process->dead;
}

struct process *process_enter(struct process *process)
{
    struct process *before = running;
    running = process;
    return before;
}

void process_leave(struct process *before)
{
    running = before;
}

static int lose(MDB_txn *txn, int code)
{
    mdb_txn_abort(txn);
    return code;
}

/* What a dying process is told is told to nobody: EIO stands for it. */
int __wrap_mdb_txn_commit(MDB_txn *txn)
{
    struct process *process = running;
    if (!process)
        return __real_mdb_txn_commit(txn);
    if (process->dead || (process->armed == DEATH_BEFORE_COMMIT && dies_now(process)))
        return lose(txn, EIO);
    if (process->disk_full) {
        process->full_commits++;
        return lose(txn, ENOSPC);
    }
    int code = __real_mdb_txn_commit(txn);
    if (process->armed == DEATH_AFTER_COMMIT && dies_now(process))
        return EIO;
    return code;
}

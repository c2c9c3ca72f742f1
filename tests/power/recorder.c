#define _GNU_SOURCE /* __WALL, PTRACE_GET_SYSCALL_INFO */
/*
 * recorder TAPE FOLDER COMMAND…: runs the command and writes what it does to the folder on the
 * tape. What the command prints becomes marks. Exit status 0 only for a complete tape of a
 * command that ended with 0; 3 when a call was made that the tape has no model for.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/power/recording.h"

#define THREADS_MAX 64
#define STATUS_REFUSED 3
#define OPTIONS                                                                                    \
    (PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |        \
     PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC)

struct watch {
    struct recording recording;
    struct tracee threads[THREADS_MAX];
    size_t count;
};

static struct tracee *thread_of(struct watch *watch, pid_t id)
{
    for (size_t i = 0; i < watch->count; i++)
        if (watch->threads[i].id == id)
            return &watch->threads[i];
    if (watch->count == THREADS_MAX) {
        recording_refuse(&watch->recording, "clone", "so many threads");
        return &watch->threads[0];
    }
    watch->threads[watch->count] = (struct tracee){ .id = id };
    return &watch->threads[watch->count++];
}

static void forget(struct watch *watch, pid_t id)
{
    for (size_t i = 0; i < watch->count; i++)
        if (watch->threads[i].id == id)
            watch->threads[i] = watch->threads[--watch->count];
}

static void cross(struct watch *watch, struct tracee *tracee)
{
    struct __ptrace_syscall_info call;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->id, sizeof call, &call) <= 0)
        return;
    if (call.op == PTRACE_SYSCALL_INFO_ENTRY) {
        tracee->inside = true;
        tracee->number = call.entry.nr;
        for (size_t i = 0; i < COUNT_OF(tracee->args); i++)
            tracee->args[i] = call.entry.args[i];
        recording_enter(&watch->recording, tracee);
    } else if (call.op == PTRACE_SYSCALL_INFO_EXIT && tracee->inside) {
        tracee->inside = false;
        tracee->result = call.exit.rval;
        recording_leave(&watch->recording, tracee);
    }
}

/* Signals are passed on, but for those of tracing itself. */
static int signal_to_pass(int status)
{
    int number = WSTOPSIG(status);
    bool ours =
        number == (SIGTRAP | 0x80) || number == SIGTRAP || number == SIGSTOP || status >> 16 != 0;
    return ours ? 0 : number;
}

/* Until the first process ends. Returns its status as wait() gives it, or -1. */
static int follow(struct watch *watch, pid_t first)
{
    int status;
    for (pid_t id; (id = waitpid(-1, &status, __WALL)) > 0;) {
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            forget(watch, id);
            if (id == first)
                return status;
            continue;
        }
        struct tracee *tracee = thread_of(watch, id);
        if (WSTOPSIG(status) == (SIGTRAP | 0x80))
            cross(watch, tracee);
        if (watch->recording.reason[0])
            return -1;
        ptrace(PTRACE_SYSCALL, id, NULL, (void *)(intptr_t)signal_to_pass(status));
    }
    return -1;
}

static void run(char **command)
{
    int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0 ||
        ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        _exit(EXIT_FAILURE);
    raise(SIGSTOP);
    execv(command[0], command);
    perror(command[0]);
    _exit(EXIT_FAILURE);
}

static int watch_over(struct watch *watch, pid_t child)
{
    int status;
    if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status) ||
        ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(uintptr_t)OPTIONS) != 0) {
        perror("ptrace");
        return EXIT_FAILURE;
    }
    ptrace(PTRACE_SYSCALL, child, NULL, NULL);
    status = follow(watch, child);
    if (watch->recording.reason[0]) {
        fprintf(stderr, "recorder: %s\n", watch->recording.reason);
        kill(child, SIGKILL);
        return STATUS_REFUSED;
    }
    if (status != 0)
        fprintf(stderr, "recorder: the command ended with %#x\n", (unsigned)status);
    return status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: recorder TAPE FOLDER COMMAND...\n");
        return 2;
    }
    struct watch watch = { .count = 0 };
    FILE *tape = fopen(argv[1], "wb");
    if (!tape || !recording_begin(&watch.recording, argv[2], tape)) {
        fprintf(stderr, "recorder: %s or %s: %s, or not empty\n", argv[1], argv[2],
                strerror(errno));
        return EXIT_FAILURE;
    }
    pid_t child = fork();
    if (child == 0)
        run(argv + 3);
    int status = child > 0 ? watch_over(&watch, child) : EXIT_FAILURE;
    bool written = fclose(tape) == 0;
    recording_end(&watch.recording);
    return written ? status : EXIT_FAILURE;
}

#define _GNU_SOURCE /* dl_iterate_phdr */
/*
 * ZONETALLY_SHORTAGE="own 17 once FILE": the 17th allocation of the program fails; FILE is made
 * when it does. "library", "for-good". With number 0 nothing fails, and FILE gets two numbers:
 * how many allocations of each kind there were. A segmentation fault in a library which a
 * library called adds "crash in a library", any other "crash in the program".
 */
#include "tests/power/shortage.h"

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 512
#define RANGES_MAX 8
#define FRAMES_MAX 8
/* The handler, the kernel's frame, then where it crashed and who called that. */
#define CRASH_FRAME 2

/* What glibc offers to whoever stands before its allocator. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

/* A library in the place of malloc() has nowhere else to keep it. */
static struct shortage armed;
static size_t counted[2];
static struct {
    uintptr_t first, end;
} ranges[RANGES_MAX];
static size_t range_count;
static char report[PATH_SIZE];

static int note_program(struct dl_phdr_info *information, size_t size, void *owner)
{
    (void)size;
    (void)owner;
    for (int i = 0; i < information->dlpi_phnum && range_count < RANGES_MAX; i++) {
        const ElfW(Phdr) *header = &information->dlpi_phdr[i];
        if (header->p_type != PT_LOAD || !(header->p_flags & PF_X))
            continue;
        ranges[range_count].first = information->dlpi_addr + header->p_vaddr;
        ranges[range_count].end = ranges[range_count].first + header->p_memsz;
        range_count++;
    }
    return 1; /* the program is the first object */
}

void shortage_arm(const struct shortage *shortage)
{
    armed = *shortage;
    memset(counted, 0, sizeof counted);
}

static void write_report(const char *text, size_t size)
{
    int file = open(report, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file >= 0 && write(file, text, size) < 0)
        abort();
    if (file >= 0)
        close(file);
}

static void fire(void)
{
    if (armed.fired)
        *armed.fired = true;
    else if (report[0])
        write_report("fired\n", strlen("fired\n"));
}

static enum shortage_whose whose_code(const void *address)
{
    for (size_t i = 0; i < range_count; i++)
        if ((uintptr_t)address >= ranges[i].first && (uintptr_t)address < ranges[i].end)
            return SHORTAGE_OWN;
    return SHORTAGE_LIBRARY;
}

static bool fails(const void *caller)
{
    enum shortage_whose whose = whose_code(caller);
    size_t number = __atomic_add_fetch(&counted[whose], 1, __ATOMIC_RELAXED);
    if (whose != armed.whose || armed.number == 0 || number < armed.number ||
        (number > armed.number && !armed.for_good))
        return false;
    if (number == armed.number)
        fire();
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    if (fails(__builtin_return_address(0)))
        return ENOMEM;
    *out = __libc_memalign(alignment, size);
    return *out ? 0 : ENOMEM;
}

/* strlen(NULL) crashes in a library for the program: the caller counts too. */
static void say_crash(int number)
{
    void *frames[FRAMES_MAX];
    int count = backtrace(frames, FRAMES_MAX);
    bool library = count > CRASH_FRAME + 1;
    for (int i = CRASH_FRAME; i < count && i <= CRASH_FRAME + 1; i++)
        library = library && whose_code(frames[i]) == SHORTAGE_LIBRARY;
    const char *text = library ? "crash in a library\n" : "crash in the program\n";
    write_report(text, strlen(text));
    raise(number); /* SA_RESETHAND: now it ends the program */
}

static void watch_crashes(void)
{
    void *frames[FRAMES_MAX];
    backtrace(frames, FRAMES_MAX); /* it allocates the first time */
    struct sigaction action = { .sa_handler = say_crash, .sa_flags = (int)SA_RESETHAND };
    if (sigaction(SIGSEGV, &action, NULL) != 0)
        abort();
}

static void say_counts(void)
{
    char text[64];
    int size =
        snprintf(text, sizeof text, "%zu %zu\n", counted[SHORTAGE_OWN], counted[SHORTAGE_LIBRARY]);
    write_report(text, (size_t)size);
}

void shortage_begin(void)
{
    char whose[16] = "", how_long[16] = "";
    const char *wanted = getenv("ZONETALLY_SHORTAGE");
    dl_iterate_phdr(note_program, NULL);
    if (!wanted)
        return;
    size_t number;
    if (sscanf(wanted, "%15s %zu %15s %511s", whose, &number, how_long, report) != 4)
        abort();
    struct shortage shortage = { strcmp(whose, "own") == 0 ? SHORTAGE_OWN : SHORTAGE_LIBRARY,
                                 number, strcmp(how_long, "for-good") == 0, NULL };
    watch_crashes();
    shortage_arm(&shortage);
    if (number == 0 && atexit(say_counts) != 0)
        abort();
}

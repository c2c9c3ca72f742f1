#define _GNU_SOURCE /* MAP_ANONYMOUS, pwrite */
#include "tests/bitrot/rot.h"

#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/random.h"
#include "common/storage/database.h"
#include "common/storage/transaction.h"

#define SAMPLE 2500
#define PAGE_SIZE 4096
#define META_AT 16
#define META_SIZE 136
#define PATIENCE_S 20 /* for one flip */
#define SHOWN_MAX 10

struct counts {
    uint64_t next; /* bit to go on with: the one being tried is the one before */
    uint64_t flips, noticed, harmless, wrong, crashed;
};

struct rot {
    const struct rot_subject *subject;
    int file;
    unsigned char *pristine;
    size_t size;
    struct digest truth;
    uint64_t one_in;       /* so many bits is one tried; 1: all */
    struct counts *counts; /* shared with the children */
};

static void show(const struct rot *rot, uint64_t bit, const char *what)
{
    if (rot->counts->wrong + rot->counts->crashed <= SHOWN_MAX)
        printf("%s: bit %" PRIu64 " (page %" PRIu64 ", byte %" PRIu64 "): %s\n", rot->subject->name,
               bit, bit / 8 / PAGE_SIZE, bit / 8 % PAGE_SIZE, what);
    fflush(stdout);
}

static bool is_meta(uint64_t bit)
{
    uint64_t byte = bit / 8, within = byte % PAGE_SIZE;
    return byte / PAGE_SIZE < 2 && within >= META_AT && within < META_AT + META_SIZE;
}

/* The same ones every time. */
static bool is_tried(const struct rot *rot, uint64_t bit)
{
    struct seeded_random random = seeded_random_of(bit);
    return rot->one_in == 1 || is_meta(bit) || random_below(&random.random, rot->one_in) == 0;
}

static void write_all(const struct rot *rot)
{
    bool written = pwrite(rot->file, rot->pristine, rot->size, 0) == (ssize_t)rot->size &&
                   ftruncate(rot->file, (off_t)rot->size) == 0;
    assert(written);
}

/* Opening may have written: an empty table, say. */
static void restore(const struct rot *rot)
{
    struct stat status;
    bool same = fstat(rot->file, &status) == 0 && (size_t)status.st_size == rot->size;
    void *map = same ? mmap(NULL, rot->size, PROT_READ, MAP_SHARED, rot->file, 0) : MAP_FAILED;
    same = map != MAP_FAILED && memcmp(map, rot->pristine, rot->size) == 0;
    if (map != MAP_FAILED)
        munmap(map, rot->size);
    if (!same)
        write_all(rot);
}

/* Of the process's own time: a busy machine is no endless loop. */
static void have_patience(time_t seconds)
{
    struct itimerval timer = { .it_value.tv_sec = seconds };
    setitimer(ITIMER_VIRTUAL, &timer, NULL);
}

static void try_bit(const struct rot *rot, uint64_t bit)
{
    struct counts *counts = rot->counts;
    unsigned char byte = rot->pristine[bit / 8] ^ (unsigned char)(1u << bit % 8);
    struct digest digest;
    struct error err = { 0 };
    bool flipped = pwrite(rot->file, &byte, 1, (off_t)(bit / 8)) == 1;
    assert(flipped);
    have_patience(PATIENCE_S);
    bool believed = rot->subject->read(rot->subject->owner, &digest, &err);
    have_patience(0);
    counts->flips++;
    if (!believed) {
        counts->noticed++;
    } else if (digest_equal(&digest, &rot->truth)) {
        counts->harmless++;
    } else {
        counts->wrong++;
        show(rot, bit, "WRONG");
    }
    restore(rot);
}

static void try_rest(const struct rot *rot)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0)
        dup2(nowhere, STDERR_FILENO); /* progress of what reads */
    while (rot->counts->next < (uint64_t)rot->size * 8) {
        uint64_t bit = rot->counts->next++;
        if (is_tried(rot, bit))
            try_bit(rot, bit);
    }
}

/* Children go on until one falls; the next begins behind the bit that felled it. */
static void try_all(const struct rot *rot)
{
    struct counts *counts = rot->counts;
    while (counts->next < (uint64_t)rot->size * 8) {
        int status;
        fflush(stdout);
        pid_t child = fork();
        assert(child >= 0);
        if (child == 0) {
            try_rest(rot);
            _exit(EXIT_SUCCESS);
        }
        waitpid(child, &status, 0);
        if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)
            break;
        counts->flips++;
        counts->crashed++;
        show(rot, counts->next - 1, WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "EXIT");
        restore(rot);
    }
}

static bool prepare(struct rot *rot, const char *path, struct arena *arena)
{
    struct stat status;
    struct error err = { 0 };
    if (!rot->subject->read(rot->subject->owner, &rot->truth, &err)) {
        fprintf(stderr, "%s: %s\n", path, err.text);
        return false;
    }
    rot->file = open(path, O_RDWR | O_CLOEXEC);
    bool opened = rot->file >= 0 && fstat(rot->file, &status) == 0;
    assert(opened);
    rot->size = (size_t)status.st_size;
    rot->pristine = arena_take(arena, rot->size, 1);
    opened = pread(rot->file, rot->pristine, rot->size, 0) == (ssize_t)rot->size;
    assert(opened);
    rot->counts =
        mmap(NULL, sizeof *rot->counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert(rot->counts != MAP_FAILED);
    return true;
}

int rot_run(const struct rot_subject *subject, const char *argument)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct rot rot = { .subject = subject };
    uint64_t wanted = argument ? strtoull(argument, NULL, 10) : SAMPLE;
    bool all = argument && strcmp(argument, "all") == 0;
    if (!prepare(&rot, arena_format(arena, "%s/data.mdb", subject->folder), arena))
        return EXIT_FAILURE;
    rot.one_in = all || wanted == 0 ? 1 : (uint64_t)rot.size * 8 / wanted + 1;
    try_all(&rot);
    close(rot.file);
    const struct counts *counts = rot.counts;
    printf("%s, %zu pages: %" PRIu64 " bits flipped: %" PRIu64 " noticed, %" PRIu64
           " harmless, %" PRIu64 " wrong values, %" PRIu64 " crashes\n",
           subject->name, rot.size / PAGE_SIZE, counts->flips, counts->noticed, counts->harmless,
           counts->wrong, counts->crashed);
    return counts->wrong == 0 && counts->crashed == 0 && counts->noticed > 0 ? EXIT_SUCCESS
                                                                             : EXIT_FAILURE;
}

struct rot_key {
    struct table table;
    struct bytes bytes;
};

struct rot_keys {
    struct arena *arena;
    struct rot_key *items;
    size_t count, capacity;
    bool complete;
};

struct rot_keys *rot_keys_create(void)
{
    struct rot_keys *keys = memory_zeroed(1, sizeof *keys);
    keys->arena = arena_create();
    return keys;
}

void rot_keys_destroy(struct rot_keys **keys)
{
    if (*keys) {
        arena_destroy(&(*keys)->arena);
        memory_free(&(*keys)->items);
    }
    memory_free(keys);
}

struct table_reading {
    struct rot_keys *keys;
    struct table table;
    struct digest_stream *out;
};

static void add(struct digest_stream *out, struct bytes bytes)
{
    digest_stream_add(out, BYTES_OF(bytes.size));
    digest_stream_add(out, bytes);
}

static bool read_pair(struct bytes key, struct bytes value, void *owner)
{
    struct table_reading *reading = owner;
    struct rot_keys *keys = reading->keys;
    add(reading->out, key);
    add(reading->out, value);
    if (keys->complete)
        return true;
    keys->items = memory_grown(keys->items, &keys->capacity, keys->count + 1, sizeof *keys->items);
    keys->items[keys->count++] =
        (struct rot_key){ reading->table, arena_copy_bytes(keys->arena, key) };
    return true;
}

void rot_read_tables(struct transaction *txn, const struct database *database,
                     const char *const *tables, size_t count, struct rot_keys *keys,
                     struct digest_stream *out)
{
    struct bytes everything = { NULL, 0 }, value;
    for (size_t i = 0; i < count; i++) {
        struct table_reading reading = { keys, database_table(database, tables[i]), out };
        uint64_t entries = transaction_count(txn, reading.table);
        digest_stream_add(out, BYTES_OF(entries));
        transaction_each(txn, reading.table, everything, everything, read_pair, &reading);
    }
    keys->complete = true;
    for (size_t i = 0; i < keys->count; i++) {
        bool found = transaction_get(txn, keys->items[i].table, keys->items[i].bytes, &value);
        add(out, found ? value : everything);
    }
}

void rot_use_memory(void)
{
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
}

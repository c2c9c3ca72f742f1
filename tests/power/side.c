#include "tests/power/side.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/storage/file.h"
#include "tests/power/cut.h"
#include "tests/power/promises.h"
#include "tests/power/starve.h"
#include "tests/power/walk.h"

#define STATUS_USAGE 2
#define PROMISE_WORD "promise "
#define PROMISES_SIZE_MAX ((size_t)1 << 20)

struct marks marks_of(struct tape tape, struct arena *arena)
{
    struct marks marks = { .count = 0 };
    const char **lines = arena_take(arena, tape.count, sizeof *lines);
    for (size_t i = 0; i < tape.count; i++) {
        const struct tape_op *op = &tape.ops[i];
        if (op->kind == TAPE_MARK)
            lines[marks.count++] =
                arena_format(arena, "%.*s", (int)op->data.size, (const char *)op->data.data);
    }
    marks.lines = lines;
    return marks;
}

static int print(const char *path)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct tape tape;
    if (!tape_read(path, arena, &tape))
        return EXIT_FAILURE;
    for (size_t i = 0; i < tape.count; i++)
        tape_print(stdout, &tape.ops[i]);
    return EXIT_SUCCESS;
}

static int finish(const char *path, const char *folder)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct tape tape;
    struct walk walk;
    if (!tape_read(path, arena, &tape))
        return EXIT_FAILURE;
    walk_begin(&walk, tape);
    while (walk_on(&walk))
        continue;
    bool written = disk_write(walk.latest, folder, 0);
    walk_end(&walk);
    return written ? EXIT_SUCCESS : EXIT_FAILURE;
}

static struct marks promises_of(struct bytes file, struct arena *arena)
{
    struct marks marks = { .count = 0 };
    const char *text = file.data, *end = text + file.size;
    const char **lines = arena_take(arena, file.size, sizeof *lines);
    while (text < end) {
        const char *behind = memchr(text, '\n', (size_t)(end - text));
        size_t size = (size_t)((behind ? behind : end) - text);
        size_t word = strlen(PROMISE_WORD);
        if (size > word && memcmp(text, PROMISE_WORD, word) == 0)
            lines[marks.count++] = arena_format(arena, "%.*s", (int)(size - word), text + word);
        text += size + 1;
    }
    marks.lines = lines;
    marks.made = marks.count;
    return marks;
}

/* Whatever chance decides elsewhere is done. */
static int judge(const struct power_side *side, const char *folder, const char *path)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct error err = { 0 };
    struct bytes file;
    if (file_read(path, PROMISES_SIZE_MAX, arena, &file, &err)) {
        struct marks marks = promises_of(file, arena);
        if (marks.count > 0 && side->judge(side->owner, folder, &marks, 0, &err))
            return EXIT_SUCCESS;
    }
    fprintf(stderr, "power: %s: %s\n", side->name, err.text);
    return EXIT_FAILURE;
}

static int work(const struct power_side *side, const char *folder)
{
    struct error err = { 0 };
    bool done = true;
    side->begin(side->owner, folder);
    for (size_t i = 0; done && i < side->steps; i++) {
        promise(SIDE_STEP_WORD " %zu", i);
        done = side->step(side->owner, i, &err);
    }
    side->end(side->owner);
    if (!done)
        fprintf(stderr, "power: %s: %s\n", side->name, err.text);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}

int side_main(const struct power_side *side, int argc, char **argv)
{
    int status = STATUS_USAGE;
    if (argc == 3 && strcmp(argv[1], "work") == 0)
        status = work(side, argv[2]);
    else if (argc == 3 && strcmp(argv[1], "print") == 0)
        status = print(argv[2]);
    else if (argc == 4 && strcmp(argv[1], "finish") == 0)
        status = finish(argv[2], argv[3]);
    else if (argc == 4 && strcmp(argv[1], "judge") == 0)
        status = judge(side, argv[2], argv[3]);
    else if (argc > 2 && strcmp(argv[1], "cut") == 0)
        status = cut_main(side, argc - 2, argv + 2);
    else if (argc > 2 && strcmp(argv[1], "starve") == 0)
        status = starve_main(side, argc - 2, argv + 2);
    if (status == STATUS_USAGE)
        fprintf(stderr, "usage: tests/power/side.h tells\n");
    return status;
}

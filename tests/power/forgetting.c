#include "tests/power/forgetting.h"

#include <string.h>

#include "common/base/arena.h"

static const struct {
    const char *option;
    struct forgetting what;
} ways[] = {
    { "--forget sync", { .sync = true } },
    { "--forget meta-sync", { .meta_sync = true } },
    { "--forget folder-sync", { .folder_sync = true } },
    { "--forget early-marks", { .early_marks = true } },
};

bool forgetting_parse(const char *text, struct forgetting *out)
{
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        if (strcmp(ways[i].option + strlen("--forget "), text) == 0) {
            *out = ways[i].what;
            return true;
        }
    return false;
}

bool forgetting_is_any(const struct forgetting *forgetting)
{
    return forgetting->sync || forgetting->meta_sync || forgetting->folder_sync ||
           forgetting->early_marks;
}

const char *forgetting_option(const struct forgetting *forgetting)
{
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        if (memcmp(&ways[i].what, forgetting, sizeof *forgetting) == 0)
            return ways[i].option;
    return "";
}

static bool is_folder(struct tape tape, uint32_t inode)
{
    if (inode == TAPE_ROOT)
        return true;
    for (size_t i = 0; i < tape.count; i++)
        if (tape.ops[i].kind == TAPE_CREATE_FOLDER && tape.ops[i].target == inode)
            return true;
    return false;
}

static bool is_forgotten(const struct forgetting *forgetting, struct tape tape,
                         const struct tape_op *op)
{
    if (op->kind != TAPE_SYNC)
        return false;
    return is_folder(tape, op->inode) ? forgetting->folder_sync : forgetting->sync;
}

static bool makes_durable(const struct tape_op *op)
{
    return op->kind == TAPE_SYNC || op->kind == TAPE_WRITE_DURABLE;
}

/* Moves the operation that was put last, a mark, before what made it true. */
static void hurry(struct tape_op *ops, size_t count)
{
    struct tape_op mark = ops[count - 1];
    size_t at = count - 1;
    while (at > 0 && !makes_durable(&ops[at - 1]) && ops[at - 1].kind != TAPE_MARK)
        at--;
    if (at == 0 || ops[at - 1].kind == TAPE_MARK)
        return;
    memmove(&ops[at], &ops[at - 1], (count - at) * sizeof *ops);
    ops[at - 1] = mark;
}

struct tape forgetting_apply(const struct forgetting *forgetting, struct tape tape,
                             struct arena *arena)
{
    struct tape_op *ops = arena_take(arena, tape.count, sizeof *ops);
    size_t count = 0;
    for (size_t i = 0; i < tape.count; i++) {
        if (is_forgotten(forgetting, tape, &tape.ops[i]))
            continue;
        ops[count] = tape.ops[i];
        if (ops[count].kind == TAPE_WRITE_DURABLE && (forgetting->meta_sync || forgetting->sync))
            ops[count].kind = TAPE_WRITE;
        count++;
        if (ops[count - 1].kind == TAPE_MARK && forgetting->early_marks)
            hurry(ops, count);
    }
    return (struct tape){ ops, count };
}

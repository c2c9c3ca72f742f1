#include "tests/power/tape.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/memory.h"

#define MAGIC "zonetally tape 1\n"

static const char *const kind_names[] = {
    [TAPE_CREATE_FILE] = "create",
    [TAPE_CREATE_FOLDER] = "mkdir",
    [TAPE_LINK] = "link",
    [TAPE_UNLINK] = "unlink",
    [TAPE_RENAME] = "rename",
    [TAPE_WRITE] = "write",
    [TAPE_WRITE_DURABLE] = "write-durable",
    [TAPE_RESIZE] = "resize",
    [TAPE_SYNC] = "sync",
    [TAPE_SYNC_ALL] = "sync-all",
    [TAPE_MARK] = "mark",
};
static_assert(COUNT_OF(kind_names) == TAPE_KIND_COUNT, "every kind has a name");

/* The machine that wrote it reads it. */
struct record {
    uint32_t kind;
    uint32_t inode;
    uint32_t target;
    uint32_t name_size;
    uint32_t new_name_size;
    uint64_t offset;
    uint64_t data_size;
};

const char *tape_kind_name(enum tape_kind kind)
{
    assert(kind < TAPE_KIND_COUNT);
    return kind_names[kind];
}

void tape_append(FILE *file, const struct tape_op *op)
{
    if (ftell(file) == 0)
        fputs(MAGIC, file);
    const char *name = op->name ? op->name : "", *new_name = op->new_name ? op->new_name : "";
    struct record record = { .kind = op->kind,
                             .inode = op->inode,
                             .target = op->target,
                             .name_size = (uint32_t)strlen(name),
                             .new_name_size = (uint32_t)strlen(new_name),
                             .offset = op->offset,
                             .data_size = op->data.size };
    fwrite(&record, sizeof record, 1, file);
    fputs(name, file);
    fputs(new_name, file);
    if (op->data.size > 0)
        fwrite(op->data.data, 1, op->data.size, file);
}

static bool read_text(FILE *file, size_t size, struct arena *arena, const char **out)
{
    char *text = arena_take(arena, size + 1, 1);
    *out = text;
    return fread(text, 1, size, file) == size;
}

static bool read_op(FILE *file, struct arena *arena, struct tape_op *out)
{
    struct record record;
    const char *data = NULL;
    if (fread(&record, sizeof record, 1, file) != 1)
        return false;
    *out = (struct tape_op){
        .kind = record.kind, .inode = record.inode, .target = record.target, .offset = record.offset
    };
    bool read = record.kind < TAPE_KIND_COUNT &&
                read_text(file, record.name_size, arena, &out->name) &&
                read_text(file, record.new_name_size, arena, &out->new_name) &&
                read_text(file, (size_t)record.data_size, arena, &data);
    out->data = (struct bytes){ data, (size_t)record.data_size };
    return read;
}

static bool read_ops(FILE *file, struct arena *arena, struct tape *out)
{
    char magic[sizeof MAGIC] = "";
    CLEANUP(memory_free) struct tape_op *ops = NULL;
    size_t capacity = 0, count = 0;
    bool whole =
        fread(magic, 1, sizeof MAGIC - 1, file) == sizeof MAGIC - 1 && strcmp(magic, MAGIC) == 0;
    for (int next = whole ? getc(file) : EOF; whole && next != EOF; next = getc(file)) {
        ungetc(next, file);
        ops = memory_grown(ops, &capacity, count + 1, sizeof *ops);
        whole = read_op(file, arena, &ops[count++]);
    }
    struct tape_op *kept = arena_take(arena, count, sizeof *kept);
    if (count > 0)
        memcpy(kept, ops, count * sizeof *kept);
    *out = (struct tape){ kept, count };
    return whole;
}

bool tape_read(const char *path, struct arena *arena, struct tape *out)
{
    FILE *file = fopen(path, "rb");
    bool read = file && read_ops(file, arena, out);
    if (file)
        fclose(file);
    return read;
}

void tape_print(FILE *file, const struct tape_op *op)
{
    fprintf(file, "%s", tape_kind_name(op->kind));
    if (op->kind == TAPE_MARK)
        fprintf(file, " %.*s", (int)op->data.size, (const char *)op->data.data);
    else if (op->kind != TAPE_SYNC_ALL)
        fprintf(file, " %" PRIu32, op->inode);
    if (op->name && *op->name)
        fprintf(file, " %s", op->name);
    if (op->kind == TAPE_CREATE_FILE || op->kind == TAPE_CREATE_FOLDER || op->kind == TAPE_LINK)
        fprintf(file, " %" PRIu32, op->target);
    if (op->new_name && *op->new_name)
        fprintf(file, " %" PRIu32 " %s", op->target, op->new_name);
    if (op->kind == TAPE_WRITE || op->kind == TAPE_WRITE_DURABLE)
        fprintf(file, " %" PRIu64 " %zu", op->offset, op->data.size);
    if (op->kind == TAPE_RESIZE)
        fprintf(file, " %" PRIu64, op->offset);
    fputc('\n', file);
}

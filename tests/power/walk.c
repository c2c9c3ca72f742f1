#include "tests/power/walk.h"

#include <stdlib.h>

#include "common/base/memory.h"

void walk_begin(struct walk *walk, struct tape tape)
{
    *walk = (struct walk){
        .tape = tape, .durable = disk_create(), .latest = disk_create(), .boundaries = 1
    };
}

void walk_end(struct walk *walk)
{
    disk_destroy(&walk->durable);
    disk_destroy(&walk->latest);
    free(walk->pending);
    walk->pending = NULL;
}

static void add(struct walk *walk, struct atom atom)
{
    walk->pending = memory_grown(walk->pending, &walk->pending_capacity, walk->pending_count + 1,
                                 sizeof *walk->pending);
    atom.identity = (uint64_t)walk->next << 32 | walk->pending_count;
    walk->pending[walk->pending_count++] = atom;
    disk_apply(walk->latest, &atom);
}

static void add_write(struct walk *walk, const struct tape_op *op)
{
    uint64_t end = op->offset + op->data.size;
    for (uint64_t at = op->offset; at < end;) {
        uint64_t next = (at / DISK_SECTOR_SIZE + 1) * DISK_SECTOR_SIZE;
        size_t size = (size_t)((next < end ? next : end) - at);
        struct bytes part = { (const char *)op->data.data + (at - op->offset), size };
        add(walk, (struct atom){ ATOM_SECTOR, op->inode, at, part, op, 0 });
        at += size;
    }
    if (end > disk_size(walk->latest, op->inode))
        add(walk, (struct atom){ .kind = ATOM_GROW, .inode = op->inode, .offset = end, .op = op });
}

/* What `op` brought, or what belongs to the file, or (0, NULL) everything, becomes certain. */
static void settle(struct walk *walk, uint32_t inode, const struct tape_op *op)
{
    size_t kept = 0;
    for (size_t i = 0; i < walk->pending_count; i++) {
        const struct atom *atom = &walk->pending[i];
        bool meant = op ? atom->op == op : inode == 0 || atom->inode == inode;
        if (meant)
            disk_apply(walk->durable, atom);
        else
            walk->pending[kept++] = *atom;
    }
    walk->certain += walk->pending_count > kept;
    walk->pending_count = kept;
}

static void take(struct walk *walk, const struct tape_op *op)
{
    switch (op->kind) {
    case TAPE_WRITE:
    case TAPE_WRITE_DURABLE:
        add_write(walk, op);
        break;
    case TAPE_RESIZE:
        add(walk, (struct atom){
                      .kind = ATOM_RESIZE, .inode = op->inode, .offset = op->offset, .op = op });
        break;
    case TAPE_SYNC:
        settle(walk, op->inode, NULL);
        break;
    case TAPE_SYNC_ALL:
        settle(walk, 0, NULL);
        break;
    case TAPE_MARK:
        walk->marks++;
        break;
    default: /* a rename between folders is certain with the new one */
        add(walk, (struct atom){ .kind = ATOM_NAME,
                                 .inode = op->kind == TAPE_RENAME ? op->target : op->inode,
                                 .op = op });
    }
}

bool walk_on(struct walk *walk)
{
    if (walk->next == walk->tape.count)
        return false;
    const struct tape_op *op = &walk->tape.ops[walk->next];
    walk->boundaries++;
    if (walk->in_flight) {
        settle(walk, op->inode, op);
        walk->in_flight = false;
        walk->next++;
        return true;
    }
    take(walk, op);
    walk->in_flight = op->kind == TAPE_WRITE_DURABLE;
    walk->next += !walk->in_flight;
    return true;
}

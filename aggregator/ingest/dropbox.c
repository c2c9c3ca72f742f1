#include "aggregator/ingest/dropbox.h"

#include <inttypes.h>
#include <string.h>

#include "aggregator/ingest/bundles.h"
#include "aggregator/province.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/storage/arrivals.h"
#include "common/storage/file.h"

#define ANSWERS "answers"
#define DONE "done"
#define REFUSED "refused"
#define PUBLIC_MODE 0644

/* A file that was seen before, and since when it is as it is. */
struct watched {
    char *name;
    uint64_t size;
    int64_t changed_ns;
    int64_t since_ms; /* monotonic */
    bool tried;       /* in this state, and refused for what may still come right */
};

struct dropbox {
    struct province *province;
    struct guard *guard;
    char *folder;
    struct watched *items;
    size_t count;
    size_t capacity;
};

static const char *path_of(const struct dropbox *dropbox, struct arena *arena, const char *folder,
                           const char *name)
{
    return arena_format(arena, "%s/%s/%s", dropbox->folder, folder, name);
}

struct dropbox *dropbox_open(struct province *province, struct guard *guard, const char *folder,
                             struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct dropbox *dropbox = memory_zeroed(1, sizeof *dropbox);
    dropbox->province = province;
    dropbox->guard = guard;
    dropbox->folder = memory_copy_text(folder);
    if (!folder_create(path_of(dropbox, arena, ANSWERS, ""), err) ||
        !folder_create(path_of(dropbox, arena, DONE, ""), err) ||
        !folder_create(path_of(dropbox, arena, REFUSED, ""), err))
        dropbox_close(&dropbox);
    return dropbox;
}

static void forget(struct dropbox *dropbox, size_t number)
{
    memory_free(&dropbox->items[number].name);
    dropbox->items[number] = dropbox->items[--dropbox->count];
}

void dropbox_close(struct dropbox **dropbox)
{
    if (*dropbox) {
        while ((*dropbox)->count > 0)
            forget(*dropbox, 0);
        memory_free(&(*dropbox)->items);
        memory_free(&(*dropbox)->folder);
    }
    memory_free(dropbox);
}

static int64_t now_ms(const struct dropbox *dropbox)
{
    const struct clock *clock = dropbox->province->seams.clock;
    return clock->monotonic_ms(clock);
}

static struct watched *watched_of(struct dropbox *dropbox, const char *name)
{
    for (size_t i = 0; i < dropbox->count; i++)
        if (strcmp(dropbox->items[i].name, name) == 0)
            return &dropbox->items[i];
    dropbox->items = memory_grown(dropbox->items, &dropbox->capacity, dropbox->count + 1,
                                  sizeof *dropbox->items);
    struct watched *watched = &dropbox->items[dropbox->count++];
    *watched = (struct watched){ .name = memory_copy_text(name), .since_ms = -1 };
    return watched;
}

static bool is_listed(const struct arrived_file *files, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(files[i].name, name) == 0)
            return true;
    return false;
}

/* Changed since the last look: the wait begins anew. */
static void look(struct dropbox *dropbox, const struct arrived_file *files, size_t count)
{
    for (size_t i = dropbox->count; i > 0; i--)
        if (!is_listed(files, count, dropbox->items[i - 1].name))
            forget(dropbox, i - 1);
    for (size_t i = 0; i < count; i++) {
        struct watched *watched = watched_of(dropbox, files[i].name);
        if (watched->since_ms >= 0 && watched->size == files[i].size &&
            watched->changed_ns == files[i].changed_ns)
            continue;
        watched->size = files[i].size;
        watched->changed_ns = files[i].changed_ns;
        watched->since_ms = now_ms(dropbox);
        watched->tried = false;
    }
}

static bool is_given_up(const struct dropbox *dropbox, const struct watched *watched)
{
    return now_ms(dropbox) - watched->since_ms >= DROPBOX_PATIENCE_MS;
}

/* The first that has lain still for long enough. */
static struct watched *ready(const struct dropbox *dropbox)
{
    for (size_t i = 0; i < dropbox->count; i++) {
        struct watched *watched = &dropbox->items[i];
        int64_t still = now_ms(dropbox) - watched->since_ms;
        if (still >= DROPBOX_SETTLE_MS && (!watched->tried || is_given_up(dropbox, watched)))
            return watched;
    }
    return NULL;
}

/* One file's turn. */
struct turn {
    struct dropbox *dropbox;
    struct watched *watched;
    struct arena *arena;
    struct bundle_arrival arrival;
    dropbox_tell_fn *tell;
    void *owner;
};

/* Not before it is as it will stay: a copy that is still growing is cut off too. */
static bool may_come_right(enum bundle_refusal why)
{
    return why == BUNDLE_UNREADABLE || why == BUNDLE_TRUNCATED || why == BUNDLE_ALTERED ||
           why == BUNDLE_FOREIGN;
}

/* Later once more; the file stays where it is. */
static void stick(struct turn *turn, const struct error *err)
{
    struct dropbox_event event = { .kind = DROPBOX_STUCK,
                                   .name = turn->watched->name,
                                   .reason = err->text };
    turn->watched->tried = true;
    turn->watched->since_ms = now_ms(turn->dropbox);
    turn->tell(&event, turn->owner);
}

/* The moment stands in front, so that no two have one name. */
static bool put_away(struct turn *turn, const char *folder, const char *reason, struct error *err)
{
    const struct dropbox *dropbox = turn->dropbox;
    const char *name = arena_format(turn->arena, "%" PRId64 "-%s",
                                    province_utc_ms(dropbox->province), turn->watched->name);
    const char *text =
        path_of(dropbox, turn->arena, folder, arena_format(turn->arena, "%s.txt", name));
    if (reason && !file_replace(text, bytes_of_text(arena_format(turn->arena, "%s\n", reason)),
                                PUBLIC_MODE, err))
        return false;
    return file_move(arena_format(turn->arena, "%s/%s", dropbox->folder, turn->watched->name),
                     path_of(dropbox, turn->arena, folder, name), err);
}

static const char *answer_path(const struct turn *turn)
{
    char name[BUNDLE_NAME_SIZE];
    return path_of(turn->dropbox, turn->arena, ANSWERS,
                   bundles_answer_name(turn->dropbox->province, &turn->arrival.stream, name));
}

/* False: the store failed. Sets `out_answered`. */
static bool answer(struct turn *turn, bool *out_answered, struct error *err)
{
    struct bundle_answer made;
    *out_answered = true;
    if (!turn->arrival.known)
        return true;
    enum bundles_outcome outcome =
        bundles_answer(turn->dropbox->province, &turn->arrival.stream, &turn->arrival,
                       answer_path(turn), NULL, &made, err);
    if (outcome == BUNDLES_REFUSED)
        stick(turn, err);
    *out_answered = outcome == BUNDLES_DONE;
    return outcome != BUNDLES_FAILED;
}

static bool finish(struct turn *turn, const char *reason, struct error *err)
{
    struct dropbox_event event = { .kind = reason ? DROPBOX_REFUSED : DROPBOX_TAKEN,
                                   .name = turn->watched->name,
                                   .appended = turn->arrival.appended,
                                   .duplicates = turn->arrival.duplicates,
                                   .reason = reason };
    bool answered;
    if (!answer(turn, &answered, err))
        return false;
    if (!answered)
        return true;
    if (!put_away(turn, reason ? REFUSED : DONE, reason, err)) {
        stick(turn, err);
        return true;
    }
    turn->tell(&event, turn->owner);
    return true;
}

static bool take_turn(struct turn *turn, struct error *err)
{
    const struct dropbox *dropbox = turn->dropbox;
    const char *path = arena_format(turn->arena, "%s/%s", dropbox->folder, turn->watched->name);
    switch (bundles_import(dropbox->province, dropbox->guard, path, NULL, &turn->arrival, err)) {
    case BUNDLES_DONE:
        return finish(turn, NULL, err);
    case BUNDLES_FAILED:
        return false;
    case BUNDLES_REFUSED:
        break;
    }
    if (turn->arrival.no_room) {
        stick(turn, err);
        return true;
    }
    if (may_come_right(turn->arrival.why) && !is_given_up(dropbox, turn->watched)) {
        turn->watched->tried = true;
        return true;
    }
    return finish(turn, arena_copy_text(turn->arena, err->text), err);
}

bool dropbox_poll(struct dropbox *dropbox, dropbox_tell_fn *tell, void *owner, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct turn turn = { .dropbox = dropbox, .arena = arena, .tell = tell, .owner = owner };
    const struct arrived_file *files;
    size_t count;
    struct error unseen;
    /* A folder that is away for a while, such as a share, is looked at again. */
    if (!arrivals_list(dropbox->folder, arena, &files, &count, &unseen))
        return true;
    look(dropbox, files, count);
    turn.watched = ready(dropbox);
    return !turn.watched || take_turn(&turn, err);
}

#include "aggregator/contests.h"

#include <string.h>

#include "common/base/memory.h"

/* The contenders of a return are linked from the newest to the oldest: a number is that of an
 * item plus one. */
struct link {
    struct contender contender;
    bool open;
    size_t before;
};

struct contests {
    struct link *items;
    size_t count;
    size_t capacity;
};

struct contests *contests_create(void)
{
    return memory_zeroed(1, sizeof(struct contests));
}

void contests_destroy(struct contests **contests)
{
    if (*contests)
        memory_free(&(*contests)->items);
    memory_free(contests);
}

void contests_add(struct contests *contests, struct contest *contest,
                  const struct contender *contender, bool open)
{
    contests->items = memory_grown(contests->items, &contests->capacity, contests->count + 1,
                                   sizeof *contests->items);
    contests->items[contests->count++] = (struct link){ *contender, open, contest->last };
    contest->last = contests->count;
    contest->count++;
    contest->open += open;
}

static void settle(struct contest *contest, struct link *link)
{
    contest->open -= link->open;
    link->open = false;
}

void contests_settle_author(struct contests *contests, struct contest *contest,
                            const struct contender *author)
{
    for (size_t at = contest->last; at > 0; at = contests->items[at - 1].before)
        if (contender_same_author(&contests->items[at - 1].contender, author))
            settle(contest, &contests->items[at - 1]);
}

void contests_settle_all(struct contests *contests, struct contest *contest)
{
    for (size_t at = contest->last; at > 0; at = contests->items[at - 1].before)
        settle(contest, &contests->items[at - 1]);
}

const struct contender *contests_find(const struct contests *contests,
                                      const struct contest *contest, uint64_t position)
{
    for (size_t at = contest->last; at > 0; at = contests->items[at - 1].before)
        if (contests->items[at - 1].contender.position == position)
            return &contests->items[at - 1].contender;
    return NULL;
}

bool contests_has_version(const struct contests *contests, const struct contest *contest,
                          const struct contender *author, uint32_t version)
{
    for (size_t at = contest->last; at > 0; at = contests->items[at - 1].before)
        if (contests->items[at - 1].contender.version == version &&
            contender_same_author(&contests->items[at - 1].contender, author))
            return true;
    return false;
}

void contests_each(const struct contests *contests, const struct contest *contest,
                   contests_visit_fn *visit, void *owner)
{
    for (size_t at = contest->last; at > 0; at = contests->items[at - 1].before)
        if (!visit(&contests->items[at - 1].contender, contests->items[at - 1].open, owner))
            return;
}

bool contender_same_author(const struct contender *left, const struct contender *right)
{
    return left->epoch == right->epoch &&
           memcmp(left->device.bytes, right->device.bytes, sizeof left->device.bytes) == 0;
}

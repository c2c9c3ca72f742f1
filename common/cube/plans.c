#include "common/cube/plans.h"

#include "common/base/memory.h"
#include "common/cube/plan.h"

#define PLANS_MAX 64 /* the oldest makes room */

struct plans {
    const struct cube *cube;
    struct plan *kept[PLANS_MAX];
    size_t next;
};

struct plans *plans_create(const struct cube *cube)
{
    struct plans *plans = memory_zeroed(1, sizeof *plans);
    plans->cube = cube;
    return plans;
}

void plans_destroy(struct plans **plans)
{
    if (!*plans)
        return;
    for (size_t i = 0; i < PLANS_MAX; i++)
        plan_destroy(&(*plans)->kept[i]);
    memory_free(plans);
}

const struct plan *plans_get(struct plans *plans, size_t form, struct period period)
{
    for (size_t i = 0; i < PLANS_MAX && plans->kept[i]; i++)
        if (plans->kept[i]->form == form && period_equal(plans->kept[i]->period, period))
            return plans->kept[i];
    struct plan **place = &plans->kept[plans->next++ % PLANS_MAX];
    plan_destroy(place);
    *place = plan_create(plans->cube, form, period);
    return *place;
}

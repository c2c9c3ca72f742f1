#include "tests/power/choice.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/memory.h"

#define ROUNDS_MAX 40
#define EXHAUSTIVE_ATOMS_MAX 16
#define SEEN_FIRST 4096

/* splitmix64 */
static uint64_t mixed(uint64_t value)
{
    value += 0x9E3779B97F4A7C15u;
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9u;
    value = (value ^ value >> 27) * 0x94D049BB133111EBu;
    return value ^ value >> 31;
}

uint64_t choice_number(const struct choice *choice, uint64_t seed)
{
    return mixed(mixed(seed + choice->boundary) + choice->number);
}

bool choice_takes(const struct choice *choice, size_t atom)
{
    switch (choice->way) {
    case CHOICE_MASK:
        return choice->number >> atom & 1;
    case CHOICE_ALL_BUT:
        return choice->number == 0 ? false : atom != choice->number - 2;
    case CHOICE_ONLY:
        return atom == choice->number - 2 - choice->atoms;
    default:
        return (mixed(choice->seed + atom) & UINT32_MAX) < choice->density;
    }
}

static bool is_exhaustive(const struct choices *choices, size_t atoms)
{
    return atoms <= EXHAUSTIVE_ATOMS_MAX && (size_t)1 << atoms <= choices->quota;
}

static size_t count_at(const struct choices *choices, size_t atoms)
{
    if (is_exhaustive(choices, atoms))
        return (size_t)1 << atoms;
    size_t least = 2 + atoms;
    return choices->quota > least ? choices->quota : least;
}

/* 0: none; 1: all (all but one that is not there); then each one missing, each one alone. */
static struct choice choice_of(const struct choices *choices, const struct walk *walk,
                               size_t number)
{
    struct choice choice = { .boundary = walk->boundaries,
                             .number = number,
                             .atoms = walk->pending_count };
    choice.seed = choice_number(&choice, choices->seed);
    choice.density = mixed(choice.seed) & UINT32_MAX;
    if (is_exhaustive(choices, choice.atoms))
        choice.way = CHOICE_MASK;
    else if (number < 2 + choice.atoms)
        choice.way = CHOICE_ALL_BUT;
    else if (number < 2 + 2 * choice.atoms)
        choice.way = CHOICE_ONLY;
    else
        choice.way = CHOICE_RANDOM;
    return choice;
}

/* What makes two states different: what is certain, what was promised, what was taken. */
static uint64_t state_of(const struct walk *walk, const struct choice *choice)
{
    uint64_t state = mixed(walk->certain << 32 | walk->marks);
    for (size_t i = 0; i < walk->pending_count; i++)
        if (choice_takes(choice, i))
            state ^= mixed(walk->pending[i].identity + 1);
    return state ? state : 1;
}

static bool put(uint64_t *table, size_t capacity, uint64_t state)
{
    size_t at = (size_t)state & (capacity - 1);
    while (table[at] != 0 && table[at] != state)
        at = (at + 1) & (capacity - 1);
    bool is_new = table[at] == 0;
    table[at] = state;
    return is_new;
}

static void make_room(struct choices *choices)
{
    if (choices->seen_count * 2 < choices->seen_capacity)
        return;
    size_t capacity = choices->seen_capacity ? choices->seen_capacity * 2 : SEEN_FIRST;
    uint64_t *table = memory_zeroed(capacity, sizeof *table);
    for (size_t i = 0; i < choices->seen_capacity; i++)
        if (choices->seen[i])
            (void)put(table, capacity, choices->seen[i]);
    free(choices->seen);
    choices->seen = table;
    choices->seen_capacity = capacity;
}

void choices_rewind(struct choices *choices)
{
    if (choices->seen_capacity > 0)
        memset(choices->seen, 0, choices->seen_capacity * sizeof *choices->seen);
    choices->seen_count = 0;
    choices->next = 0;
}

bool choices_next(struct choices *choices, const struct walk *walk, struct choice *out)
{
    while (choices->next < count_at(choices, walk->pending_count)) {
        *out = choice_of(choices, walk, choices->next++);
        make_room(choices);
        if (!put(choices->seen, choices->seen_capacity, state_of(walk, out)))
            continue;
        choices->seen_count++;
        return true;
    }
    choices->next = 0;
    return false;
}

static void count(struct choices *choices, struct tape tape)
{
    struct walk walk;
    struct choice choice;
    choices_rewind(choices);
    choices->count = 0;
    walk_begin(&walk, tape);
    do
        while (choices_next(choices, &walk, &choice))
            choices->count++;
    while (walk_on(&walk));
    choices->boundaries = walk.boundaries;
    walk_end(&walk);
}

struct choices choices_make(struct tape tape, size_t wanted, uint64_t seed)
{
    struct choices choices = { .seed = seed, .quota = 2 };
    size_t before = 0;
    for (int round = 0; round < ROUNDS_MAX; round++) {
        count(&choices, tape);
        if (choices.count >= wanted || (choices.count == before && choices.quota > 1u << 20))
            break;
        before = choices.count;
        choices.quota += 1 + choices.quota / 4;
    }
    return choices;
}

void choices_end(struct choices *choices)
{
    free(choices->seen);
    choices->seen = NULL;
}

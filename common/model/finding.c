#include "common/model/finding.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/model/submission.h"

#define FIRST_CAPACITY 8

/* clang-format off */
static const struct {
    const char *name;
    struct words words;
} classes[] = {
    [FINDING_MANDATORY] = { "mandatory", WORDS_FINDING_MANDATORY },
    [FINDING_EXPLAIN]   = { "explain",   WORDS_FINDING_EXPLAIN },
    [FINDING_HINT]      = { "hint",      WORDS_FINDING_HINT },
};
/* clang-format on */
static_assert(COUNT_OF(classes) == FINDING_HINT + 1, "one row for each class");

struct findings findings_in(struct arena *arena)
{
    return (struct findings){ .arena = arena };
}

static struct finding *next_item(struct findings *findings)
{
    if (findings->count == findings->capacity) {
        size_t capacity = findings->capacity ? findings->capacity * 2 : FIRST_CAPACITY;
        struct finding *items = arena_take(findings->arena, capacity, sizeof *items);
        if (findings->count > 0)
            memcpy(items, findings->items, findings->count * sizeof *items);
        findings->items = items;
        findings->capacity = capacity;
    }
    return &findings->items[findings->count++];
}

static const char *copied(struct arena *arena, const char *text)
{
    return arena_copy_text(arena, text ? text : "");
}

void findings_add(struct findings *findings, const struct finding *finding)
{
    struct finding *item = next_item(findings);
    *item = *finding;
    item->row_key = copied(findings->arena, finding->row_key);
    item->words = copied(findings->arena, finding->words);
    item->evidence = copied(findings->arena, finding->evidence);
    item->advice = copied(findings->arena, finding->advice);
}

static int compare_numbers(uint64_t left, uint64_t right)
{
    return (left > right) - (left < right);
}

/* The item and the class come last, so that the order is the same however they were added. */
static int compare_findings(const void *left, const void *right)
{
    const struct finding *one = left, *other = right;
    int order = compare_numbers(one->form.packed, other->form.packed);
    if (order == 0)
        order = compare_numbers(one->rule.packed, other->rule.packed);
    if (order == 0)
        order = strcmp(one->row_key, other->row_key);
    if (order == 0)
        order = compare_numbers(one->item.packed, other->item.packed);
    if (order == 0)
        order = compare_numbers(one->class, other->class);
    return order;
}

static bool explains(const struct submission *submission, const struct finding *finding)
{
    for (size_t i = 0; i < submission->explanation_count; i++) {
        const struct explanation *explanation = &submission->explanations[i];
        if (code_equal(explanation->rule, finding->rule) &&
            strcmp(explanation->row_key, finding->row_key) == 0)
            return true;
    }
    return false;
}

void findings_settle(struct findings *findings, const struct submission *submission)
{
    if (findings->count > 0)
        qsort(findings->items, findings->count, sizeof *findings->items, compare_findings);
    for (size_t i = 0; i < findings->count; i++)
        findings->items[i].explained = explains(submission, &findings->items[i]);
}

bool findings_block(const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        if (finding->class == FINDING_MANDATORY ||
            (finding->class == FINDING_EXPLAIN && !finding->explained))
            return true;
    }
    return false;
}

size_t findings_count(const struct findings *findings, enum finding_class class)
{
    size_t count = 0;
    for (size_t i = 0; i < findings->count; i++)
        count += findings->items[i].class == class;
    return count;
}

/* Each finding is its class (1 byte), its rule (8), the row key's size (4) and the row key. */
struct digest findings_digest(const struct findings *findings)
{
    CLEANUP(text_builder_free) struct text_builder run = { 0 };
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        struct bytes row_key = bytes_of_text(finding->row_key);
        unsigned char head[13] = { (unsigned char)finding->class };
        bytes_put_u64(head + 1, finding->rule.packed);
        bytes_put_u32(head + 9, (unsigned)row_key.size);
        text_builder_add_bytes(&run, BYTES_OF(head));
        text_builder_add_bytes(&run, row_key);
    }
    return digest_sha256((struct bytes){ 0 }, (struct bytes){ run.text, run.size });
}

const char *finding_class_name(enum finding_class class)
{
    assert(class < COUNT_OF(classes) && classes[class].name);
    return classes[class].name;
}

const char *finding_class_words(enum finding_class class)
{
    assert(class < COUNT_OF(classes) && classes[class].name);
    return words_say(&classes[class].words);
}

#include "tests/support/test.h"

#include "tests/support/little_journal.h"

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/wire/proof.h"

struct digest little_journal_root(const struct digest *leaves, size_t count)
{
    if (count == 1)
        return leaves[0];
    size_t left = 1;
    while (left * 2 < count)
        left *= 2;
    struct digest one = little_journal_root(leaves, left),
                  other = little_journal_root(leaves + left, count - left);
    return proof_node(&one, &other);
}

size_t little_journal_path(const struct digest *leaves, size_t count, size_t position,
                           struct digest *out)
{
    if (count <= 1)
        return 0;
    size_t left = 1, length;
    while (left * 2 < count)
        left *= 2;
    if (position < left) {
        length = little_journal_path(leaves, left, position, out);
        out[length] = little_journal_root(leaves + left, count - left);
    } else {
        length = little_journal_path(leaves + left, count - left, position - left, out);
        out[length] = little_journal_root(leaves, left);
    }
    return length + 1;
}

size_t little_journal_consistency(const struct digest *leaves, size_t count, size_t old, bool whole,
                                  struct digest *out)
{
    if (old == count) {
        if (whole)
            return 0;
        out[0] = little_journal_root(leaves, count);
        return 1;
    }
    size_t left = 1, length;
    while (left * 2 < count)
        left *= 2;
    if (old <= left) {
        length = little_journal_consistency(leaves, left, old, whole, out);
        out[length] = little_journal_root(leaves + left, count - left);
    } else {
        length = little_journal_consistency(leaves + left, count - left, old - left, false, out);
        out[length] = little_journal_root(leaves, left);
    }
    return length + 1;
}

size_t little_journal_add(struct little_journal *journal, const struct entry *entry,
                          const struct sealed_statement *sealed)
{
    size_t at = journal->size++;
    assert_true(at < LITTLE_JOURNAL_ENTRIES_MAX);
    journal->entries[at] = entry_encode(entry, journal->arena);
    journal->leaves[at] = proof_leaf(journal->entries[at]);
    if (sealed)
        journal->sealed[at] = *sealed;
    return at;
}

struct bytes little_journal_checkpoint(const struct little_journal *journal, size_t size)
{
    struct checkpoint checkpoint = { .origin = "zonetally/jilin",
                                     .size = size,
                                     .root = little_journal_root(journal->leaves, size) };
    return checkpoint_sign(&checkpoint, journal->keys, journal->arena);
}

static void fill_item(const struct little_journal *journal, size_t position,
                      struct excerpt_item *out)
{
    struct error err;
    struct digest *path = arena_take(journal->arena, PROOF_PATH_MAX, sizeof *path);
    struct digest *receipt_path = arena_take(journal->arena, PROOF_PATH_MAX, sizeof *path);
    out->encoded = journal->entries[position];
    out->position = position;
    out->path = path;
    out->path_count = little_journal_path(journal->leaves, journal->size, position, path);
    assert_true(entry_decode(out->encoded, journal->arena, &out->entry, &err));
    if (out->entry.kind != ENTRY_ARRIVAL)
        return;
    out->sealed = journal->sealed[position];
    out->receipt_checkpoint = little_journal_checkpoint(journal, position + 1);
    out->receipt_path = receipt_path;
    out->receipt_path_count =
        little_journal_path(journal->leaves, position + 1, position, receipt_path);
}

struct excerpt little_journal_excerpt(const struct little_journal *journal, const size_t *positions,
                                      size_t count, size_t known)
{
    struct excerpt_item *items = arena_take(journal->arena, count, sizeof *items);
    struct digest *extension = arena_take(journal->arena, PROOF_EXTENSION_MAX, sizeof *extension);
    struct excerpt excerpt = { .checkpoint = little_journal_checkpoint(journal, journal->size),
                               .extension = extension,
                               .items = items,
                               .count = count,
                               .next = journal->size };
    if (known > 0 && known < journal->size)
        excerpt.extension_count =
            little_journal_consistency(journal->leaves, journal->size, known, true, extension);
    for (size_t i = 0; i < count; i++)
        fill_item(journal, positions[i], &items[i]);
    return excerpt;
}

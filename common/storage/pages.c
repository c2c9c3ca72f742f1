#define _GNU_SOURCE /* mmap */
#include "common/storage/pages.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/storage/lmdb_error.h"
#include "common/storage/meta.h"
#include "common/storage/page.h"
#include "common/storage/transaction.h"

#define META_PAGES 2
#define PAGES_MAX (UINT64_C(1) << 32) /* 16 TiB of small pages: more is damage */
#define DEPTH_MAX 32                  /* of LMDB's own cursors */
#define FREE_FLAGS 0x08               /* MDB_INTEGERKEY; every other flag is one we never set */
#define SNAPSHOT_TRIES 1000           /* others may commit while we look which one is the newest */

struct survey {
    const struct pages_order *order;
    const unsigned char *map;
    size_t page_size;
    uint64_t page_count;   /* that have a number */
    uint64_t file_pages;   /* that are in the file: one that was freed at once was never written */
    unsigned char *taken;  /* a bit for each page */
    uint64_t last_free;    /* the last key of the free pages; 0: none */
    size_t known, unknown; /* tables by their names */
    uint64_t page;         /* being looked at */
    bool cut;              /* the file ends before a page that is in use */
};

struct tree;
struct tree_kind {
    uint16_t flags;
    bool numbers; /* keys are numbers */
    size_t key_size_max;
    bool (*leaf)(struct tree *tree, const struct node *node);
};

struct tree {
    struct survey *survey;
    const struct tree_kind *kind;
    struct tree_record counted;
};

/* What the keys of a page lie between; no data: no bound. */
struct span {
    struct bytes from, below;
};

/* Each page is used once. */
static bool take_pages(struct survey *survey, uint64_t first, uint64_t count, uint64_t end)
{
    if (first < META_PAGES || first >= end || count > end - first)
        return false;
    for (uint64_t page = first; page < first + count; page++) {
        unsigned char bit = (unsigned char)(1u << page % 8);
        if (survey->taken[page / 8] & bit)
            return false;
        survey->taken[page / 8] |= bit;
    }
    return true;
}

static bool take_written_pages(struct survey *survey, uint64_t first, uint64_t count)
{
    if (!take_pages(survey, first, count, survey->page_count))
        return false;
    survey->cut = first + count > survey->file_pages;
    return !survey->cut;
}

static const unsigned char *page_at(const struct survey *survey, uint64_t number)
{
    return survey->map + number * survey->page_size;
}

static uint64_t number_of(struct bytes bytes)
{
    uint64_t number;
    memcpy(&number, bytes.data, sizeof number);
    return number;
}

static int compare(const struct tree_kind *kind, struct bytes left, struct bytes right)
{
    if (kind->numbers) {
        uint64_t one = number_of(left), other = number_of(right);
        return one < other ? -1 : one > other;
    }
    size_t shared = left.size < right.size ? left.size : right.size;
    int order = memcmp(left.data, right.data, shared);
    return order != 0 ? order : left.size < right.size ? -1 : left.size > right.size;
}

/* Pages of a value that is too long for a leaf. */
static bool take_value(struct tree *tree, const struct node *node)
{
    struct survey *survey = tree->survey;
    uint64_t needed = (PAGE_HEADER_SIZE - 1 + node->value.size) / survey->page_size + 1;
    if (survey->order->read_only)
        return take_written_pages(survey, node->value_page, needed);
    if (node->value_page >= survey->file_pages)
        return false;
    uint64_t count = page_overflow(page_at(survey, node->value_page), node->value_page);
    tree->counted.overflow_pages += count;
    return count >= needed && take_written_pages(survey, node->value_page, count);
}

static bool check_key(const struct tree_kind *kind, struct bytes key)
{
    return key.size <= kind->key_size_max && (!kind->numbers || key.size == sizeof(uint64_t));
}

static bool walk_page(struct tree *tree, uint64_t number, unsigned height, struct span span);

static bool walk_node(struct tree *tree, const struct page *page, size_t number, unsigned height,
                      struct span span)
{
    struct node node = page_node(page, number);
    const struct tree_kind *kind = tree->kind;
    struct bytes none = { NULL, 0 };
    bool first_of_branch = !page->leaf && number == 0; /* its key says nothing */
    if (!first_of_branch && !check_key(kind, node.key))
        return false;
    if (!first_of_branch && span.from.data && compare(kind, node.key, span.from) < 0)
        return false;
    if (!first_of_branch && span.below.data && compare(kind, node.key, span.below) >= 0)
        return false;
    bool last = number + 1 == page->node_count;
    struct bytes next = last ? none : page_node(page, number + 1).key;
    if (!last && !check_key(kind, next))
        return false;
    if (!last && !first_of_branch && compare(kind, node.key, next) >= 0)
        return false;
    if (!page->leaf) {
        struct span below = { first_of_branch ? span.from : node.key, last ? span.below : next };
        return walk_page(tree, node.child, height - 1, below);
    }
    tree->counted.entries++;
    return kind->leaf(tree, &node);
}

static bool walk_page(struct tree *tree, uint64_t number, unsigned height, struct span span)
{
    struct survey *survey = tree->survey;
    struct page page;
    survey->page = number;
    if (!take_written_pages(survey, number, 1) ||
        !page_open(page_at(survey, number), survey->page_size, number, height == 1, &page))
        return false;
    if (page.leaf)
        tree->counted.leaf_pages++;
    else
        tree->counted.branch_pages++;
    for (size_t i = 0; i < page.node_count; i++) {
        if (!walk_node(tree, &page, i, height, span))
            return false;
        survey->page = number;
    }
    return true;
}

static bool walk_tree(struct survey *survey, const struct tree_record *record,
                      const struct tree_kind *kind)
{
    struct tree tree = { survey, kind, *record };
    struct tree_record *counted = &tree.counted;
    counted->branch_pages = counted->leaf_pages = counted->entries = 0;
    if (!survey->order->read_only)
        counted->overflow_pages = 0;
    bool empty = record->root == META_NO_PAGE;
    if (record->flags != kind->flags || empty != (record->depth == 0) || record->depth > DEPTH_MAX)
        return false;
    if (!empty && !walk_page(&tree, record->root, record->depth, (struct span){ 0 }))
        return false;
    return memcmp(counted, record, sizeof *record) == 0;
}

static bool value_of_table(struct tree *tree, const struct node *node)
{
    if (node->flags == NODE_ELSEWHERE)
        return take_value(tree, node);
    return node->flags == 0;
}

static const struct tree_kind table_kind = { 0, false, STORAGE_KEY_SIZE_MAX, value_of_table };

static bool is_known(const struct pages_order *order, struct bytes name)
{
    for (size_t i = 0; i < order->table_count; i++)
        if (bytes_equal(bytes_of_text(order->tables[i]), name))
            return true;
    return false;
}

static bool table_of_main(struct tree *tree, const struct node *node)
{
    struct survey *survey = tree->survey;
    struct tree_record record;
    if (node->flags != NODE_TABLE || node->value.size != sizeof record)
        return false;
    memcpy(&record, node->value.data, sizeof record);
    if (is_known(survey->order, node->key))
        survey->known++;
    else
        survey->unknown++;
    return record.page_size == 0 && walk_tree(survey, &record, &table_kind);
}

static const struct tree_kind main_kind = { 0, false, 511, table_of_main };

/* A list of free pages: their count, then their numbers, descending. */
static bool take_free_pages(struct survey *survey, const unsigned char *list, size_t size)
{
    uint64_t count, page, before = UINT64_MAX;
    if (size < sizeof count)
        return false;
    memcpy(&count, list, sizeof count);
    if (count > size / sizeof page - 1)
        return false;
    for (uint64_t i = 1; i <= count; i++, before = page) {
        memcpy(&page, list + i * sizeof page, sizeof page);
        if (page >= before || !take_pages(survey, page, 1, survey->page_count))
            return false;
    }
    return true;
}

static bool list_of_free(struct tree *tree, const struct node *node)
{
    struct survey *survey = tree->survey;
    survey->last_free = number_of(node->key);
    if (node->flags == 0)
        return take_free_pages(survey, node->value.data, node->value.size);
    /* This one is read, by a reader too: LMDB does not, but its pages count. */
    if (node->flags != NODE_ELSEWHERE || !take_value(tree, node) ||
        node->value.size >
            (survey->file_pages - node->value_page) * survey->page_size - PAGE_HEADER_SIZE)
        return false;
    return take_free_pages(survey, page_at(survey, node->value_page) + PAGE_HEADER_SIZE,
                           node->value.size);
}

static const struct tree_kind free_kind = { FREE_FLAGS, true, sizeof(uint64_t), list_of_free };

/* Down the right edge: the latest transaction that freed a page. */
static bool find_last_free(const struct survey *survey, const struct tree_record *record,
                           uint64_t *out)
{
    uint64_t number = record->root;
    *out = 0;
    for (unsigned height = record->depth; height > 0; height--) {
        struct page page;
        if (number >= survey->file_pages || height > DEPTH_MAX ||
            !page_open(page_at(survey, number), survey->page_size, number, height == 1, &page))
            return false;
        struct node last = page_node(&page, page.node_count - 1);
        if (height == 1 && last.key.size != sizeof *out)
            return false;
        number = last.child;
        *out = height == 1 ? number_of(last.key) : 0;
    }
    return true;
}

/* Every transaction but the first ones frees a page under its own number, so a meta page that
 * claims another number than its own is found out: an older one would pass for the newest. */
static bool is_as_old_as_it_says(uint64_t last_free, const struct meta *meta)
{
    return seeded_bug(BUG_BELIEVE_AN_OLDER_PAGE) || last_free == meta->transaction ||
           (last_free == 0 && meta->transaction <= 1);
}

/* The page of a commit that failed: its trees, under the number of the transaction before last. */
static bool is_left_behind(const struct survey *survey, uint64_t last_free, const struct meta *ours,
                           const struct meta *other)
{
    return survey->order->interrupted && other->transaction + 1 == ours->transaction &&
           last_free == ours->transaction + 1;
}

static bool metas_follow(const struct meta *ours, const struct meta *other)
{
    return ours->address == 0 && other->address == 0 && ours->main.page_size == 0 &&
           (ours->transaction == other->transaction + 1 ||
            /* Somebody's commit has got so far. */
            other->transaction == ours->transaction + 1 ||
            (ours->transaction == 0 && other->transaction == 0));
}

static bool survey_snapshot(struct survey *survey, const struct meta *ours,
                            const struct meta *other)
{
    uint64_t other_free;
    struct tree_record free = ours->free;
    free.page_size = 0;
    survey->page = ours->transaction % 2;
    if (!metas_follow(ours, other))
        return false;
    survey->page = other->transaction % 2;
    if (other->free.depth > 0 && (!find_last_free(survey, &other->free, &other_free) ||
                                  (!is_as_old_as_it_says(other_free, other) &&
                                   !is_left_behind(survey, other_free, ours, other))))
        return false;
    if (!walk_tree(survey, &free, &free_kind) || !walk_tree(survey, &ours->main, &main_kind))
        return false;
    survey->page = ours->transaction % 2;
    return is_as_old_as_it_says(survey->last_free, ours);
}

/* A read transaction and the meta page it stands on. While it lasts nothing of it is used again. */
static int begin_snapshot(const struct pages_order *order, int file, MDB_txn **txn,
                          struct meta metas[2], size_t *ours)
{
    for (int tries = 0; tries < SNAPSHOT_TRIES; tries++) {
        int code = mdb_txn_begin(order->environment, NULL, MDB_RDONLY, txn);
        if (code != 0)
            return code;
        if (!meta_read_both(file, metas))
            return MDB_CORRUPTED;
        *ours = metas[0].transaction != mdb_txn_id(*txn);
        if (metas[*ours].transaction == mdb_txn_id(*txn))
            return 0;
        mdb_txn_abort(*txn);
        *txn = NULL;
    }
    return MDB_CORRUPTED;
}

static int survey_file(struct survey *survey, int file, const struct meta metas[2], size_t ours)
{
    struct stat status;
    survey->page_size = metas[ours].free.page_size;
    survey->page_count = metas[ours].last_page + 1;
    if (fstat(file, &status) != 0)
        return errno;
    survey->file_pages = (uint64_t)status.st_size / survey->page_size;
    if (survey->file_pages < META_PAGES || metas[ours].transaction % 2 != ours ||
        survey->page_count > PAGES_MAX)
        return MDB_CORRUPTED;
    size_t size = (size_t)survey->file_pages * survey->page_size;
    void *map = mmap(NULL, size, PROT_READ, MAP_SHARED, file, 0);
    if (map == MAP_FAILED)
        return errno;
    CLEANUP(memory_free)
    unsigned char *taken = memory_zeroed((size_t)(survey->page_count / 8 + 1), 1);
    survey->map = map;
    survey->taken = taken;
    bool sound = survey_snapshot(survey, &metas[ours], &metas[!ours]);
    munmap(map, size);
    return sound ? 0 : MDB_CORRUPTED;
}

static const char *path_of(const struct pages_order *order)
{
    const char *path = "data.mdb";
    (void)mdb_env_get_path(order->environment, &path);
    return path;
}

bool pages_examine(const struct pages_order *order, bool *out_names_fit, struct error *err)
{
    struct survey survey = { .order = order };
    struct meta metas[2];
    size_t ours = 0;
    mdb_filehandle_t file;
    MDB_txn *txn = NULL;
    *out_names_fit = true;
    if (seeded_bug(BUG_SKIP_THE_PAGES))
        return true;
    int code = mdb_env_get_fd(order->environment, &file);
    if (code == 0)
        code = begin_snapshot(order, file, &txn, metas, &ours);
    if (code == 0)
        code = survey_file(&survey, file, metas, ours);
    if (txn)
        mdb_txn_abort(txn);
    *out_names_fit = survey.unknown == 0 || survey.known == order->table_count;
    if (survey.cut)
        return error_set(err, ERROR_CORRUPT, MESSAGE_STORAGE_TRUNCATED, path_of(order));
    if (code == MDB_CORRUPTED)
        return error_set(err, ERROR_CORRUPT, MESSAGE_STORAGE_PAGE, survey.page);
    return code == 0 || lmdb_error_set(err, code);
}

#include "common/model/figures.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/base/digest.h"
#include "common/model/submission.h"

#define CELL_SIZE 17
#define CELLS_AT_ONCE 128

/* Each run is hashed behind the mark of what came before it. */
static void add(struct figures_mark *mark, const void *data, size_t size)
{
    struct figures_mark before = *mark;
    struct digest digest = digest_sha256(BYTES_OF(before), (struct bytes){ data, size });
    memcpy(mark->bytes, digest.bytes, sizeof mark->bytes);
}

/* Between the parts of a struct there are bytes that say nothing: they are left out. */
static void add_cells(struct figures_mark *mark, const struct submission *submission)
{
    unsigned char run[CELLS_AT_ONCE * CELL_SIZE];
    size_t size = 0;
    for (size_t i = 0; i < submission->cell_count; i++) {
        const struct cell *cell = &submission->cells[i];
        bytes_put_u64(run + size, cell->item.packed);
        bytes_put_u64(run + size + 8, (uint64_t)cell->value.mantissa);
        run[size + 16] = cell->value.status;
        size += CELL_SIZE;
        if (size < sizeof run && i + 1 < submission->cell_count)
            continue;
        add(mark, run, size);
        size = 0;
    }
}

static void add_texts(struct figures_mark *mark, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add(mark, texts[i], strlen(texts[i]));
}

struct figures_mark figures_mark_of(const struct submission *submission)
{
    struct figures_mark mark = { { 0 } };
    size_t rows = submission->row_count;
    add_cells(&mark, submission);
    add_texts(&mark, submission->row_keys, rows);
    for (size_t i = 0; i < submission->column_count && rows > 0; i++) {
        const struct roster_column *column = &submission->columns[i];
        add(&mark, &column->item.packed, sizeof column->item.packed);
        add(&mark, column->mantissas, rows * sizeof *column->mantissas);
        add(&mark, column->statuses, rows);
        if (column->texts)
            add_texts(&mark, column->texts, rows);
    }
    return mark;
}

bool figures_mark_equal(const struct figures_mark *left, const struct figures_mark *right)
{
    return memcmp(left->bytes, right->bytes, sizeof left->bytes) == 0;
}

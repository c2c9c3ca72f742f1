/* catalogue NAME "…" { version N  since PERIOD }    holidays { DATE … } */

#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/messages.h"
#include "common/catalogue/compiler.h"
#include "common/catalogue/declaration.h"

#define VERSION_MAX 1000000
#define HOLIDAYS_MAX 4096

static bool read_version(struct reader *reader, void *target)
{
    struct catalogue *catalogue = target;
    int version = 0;
    if (!reader_integer(reader, 1, VERSION_MAX, &version))
        return false;
    catalogue->version = (unsigned)version;
    return true;
}

static bool read_since(struct reader *reader, void *target)
{
    return reader_period(reader, &((struct catalogue *)target)->since);
}

static const struct property properties[] = {
    { "version", false, read_version },
    { "since", false, read_since },
};

bool title_is_word(const char *word)
{
    return declaration_has_word(properties, COUNT_OF(properties), word);
}

void title_read(struct compiler *compiler, struct reader *reader, size_t number)
{
    const struct token *name;
    struct catalogue *catalogue = compiler->catalogue;
    if (number > 0) {
        report(&compiler->reporter, reader->token[-1].place, MESSAGE_TITLE_TWICE);
        return;
    }
    compiler->titled = true;
    if (!reader_name(reader, MESSAGE_A_NAME, &name) || !reader_words(reader, &catalogue->title))
        return;
    catalogue->name = name->text;
    declaration_read_body(reader, properties, COUNT_OF(properties), catalogue);
}

static int day_order(const void *left, const void *right)
{
    int64_t first = *(const int64_t *)left;
    int64_t second = *(const int64_t *)right;
    return (first > second) - (first < second);
}

void holidays_read(struct compiler *compiler, struct reader *reader, size_t number)
{
    struct catalogue *catalogue = compiler->catalogue;
    (void)number; /* several lists add up */
    int64_t *days = arena_take(compiler->arena, HOLIDAYS_MAX, sizeof(*days));
    size_t count = catalogue->holiday_count;
    if (count > 0)
        memcpy(days, catalogue->holidays, count * sizeof(*days));
    if (!reader_sign(reader, '{'))
        return;
    while (!reader_accept(reader, '}')) {
        bool date = reader_kind(reader) == TOKEN_DATE && count < HOLIDAYS_MAX;
        if (!date) {
            reader_refuse(reader, MESSAGE_A_DATE);
            break;
        }
        count += reader_date(reader, &days[count]);
    }
    qsort(days, count, sizeof(*days), day_order);
    catalogue->holidays = days;
    catalogue->holiday_count = count;
}

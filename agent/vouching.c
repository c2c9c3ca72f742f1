#include "agent/vouching.h"

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/wire/statement.h"

bool vouching_finds(const struct vouching *vouching, uint64_t sequence, struct digest hash)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct sealed_statement next;
    while (vouching->read(++sequence, &next, vouching->owner)) {
        struct statement *statement = arena_take(arena, 1, sizeof *statement);
        struct error unreadable;
        if (!statement_decode(next.statement, arena, statement, &unreadable) ||
            !digest_equal(&statement->previous, &hash))
            return false;
        if (sealed_statement_is_signed_by(&next, vouching->key))
            return true;
        hash = sealed_statement_hash(&next);
        arena_reset(arena);
    }
    return false;
}

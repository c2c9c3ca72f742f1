#ifndef COMMON_RUNTIME_CREW_H
#define COMMON_RUNTIME_CREW_H

/*
 * A few threads that share out pieces of pure work: the same pieces, the same results, whoever
 * does them. The caller works along and goes on when all of them are done.
 */

#include <stddef.h>

#include "common/base/attributes.h"

struct crew;

#define CREW_SIZE_MAX 16

/* `size` workers, the caller among them: 1 makes no thread. At most CREW_SIZE_MAX; fewer when the
 * system gives no more threads. Signals are never theirs. */
NODISCARD struct crew *crew_create(size_t size);
void crew_destroy(struct crew **crew);

/* NULL counts as one, the caller. */
size_t crew_size(const struct crew *crew);
/* As many as there are processors, within bounds. */
size_t crew_size_wanted(void);

/* `worker` is below crew_size(): for memory of its own. */
typedef void crew_piece_fn(size_t piece, size_t worker, void *owner);

/* Calls `work` once for each piece, in any order, on any worker. Returns when all are done. */
void crew_run(struct crew *crew, size_t piece_count, crew_piece_fn *work, void *owner);

/* The same in two steps, with something else to do between them: the others begin, the caller works
 * along in crew_finish(). The crew has two or more. */
void crew_start(struct crew *crew, size_t piece_count, crew_piece_fn *work, void *owner);
void crew_finish(struct crew *crew);

#endif

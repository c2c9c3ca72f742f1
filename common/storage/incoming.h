#ifndef COMMON_STORAGE_INCOMING_H
#define COMMON_STORAGE_INCOMING_H

/* A file that came from elsewhere, read piece by piece; its name means nothing. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/stream.h"

struct error;
struct incoming;
struct progress;

/* Its size is what it was at that moment. `progress` (NULL: none) counts what is read. Fails with
 * UNAVAILABLE when it is not there, MALFORMED when it is no regular file, SYSTEM. */
NODISCARD struct incoming *incoming_open(const char *path, struct progress *progress,
                                         struct error *err);
void incoming_close(struct incoming **incoming);

/* Lives as long as it. A read beyond what is there fails with CONFLICT: it became shorter. */
struct byte_source *incoming_source(struct incoming *incoming);

/* What the system remembers of it is dropped, so that it is read from the medium. */
void incoming_forget(struct incoming *incoming);

#endif

#ifndef TESTS_SUPPORT_MEMORY_SINK_H
#define TESTS_SUPPORT_MEMORY_SINK_H

/* What is written ends up in memory. */

#include "common/base/stream.h"
#include "common/base/text.h"

struct memory_sink {
    struct byte_sink sink; /* first, so that a pointer to it is a pointer to the whole */
    struct text_builder content;
};

struct memory_sink memory_sink_open(void);
void memory_sink_close(struct memory_sink *sink); /* for CLEANUP */
struct bytes memory_sink_bytes(const struct memory_sink *sink);

#endif

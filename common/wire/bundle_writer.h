#ifndef COMMON_WIRE_BUNDLE_WRITER_H
#define COMMON_WIRE_BUNDLE_WRITER_H

/*
 * Writing a bundle. Length and count stand in front, so its records are asked for twice: once
 * to measure, once to write. Nothing is kept of them in between.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/wire/bundle.h"

struct arena;
struct bundle_writer;
struct byte_sink;
struct error;
struct random;

/* Adds the records, the same ones each time it is called. */
typedef bool bundle_fill_fn(void *owner, struct bundle_writer *writer, struct error *err);

struct bundle_order {
    /* Kind, province, recipient, stream, range, time and program are the caller's; the rest is
     * filled in. */
    struct bundle_header header;
    const struct key_pair *pair; /* signs */
    struct random *random;
    bundle_fill_fn *fill;
    void *owner;
};

/* At most BUNDLE_RECORD_SIZE_MAX bytes, asserted. */
NODISCARD bool bundle_add(struct bundle_writer *writer, enum bundle_record_kind kind,
                          struct bytes bytes, struct error *err);

struct bundle_measure {
    struct bundle_header header; /* borrows the order's texts */
    uint64_t total;              /* bytes of the file */
};

/* Fails as `fill` does, and with EXHAUSTED when the file would be too large. */
NODISCARD bool bundle_measure(const struct bundle_order *order, struct bundle_measure *out,
                              struct error *err);
/* Fails as `fill` and the sink do, and with CONFLICT when the records are not those that were
 * measured. */
NODISCARD bool bundle_write(const struct bundle_order *order, const struct bundle_measure *measure,
                            struct byte_sink *sink, struct error *err);

#endif

#ifndef COMMON_WIRE_FIELD_H
#define COMMON_WIRE_FIELD_H

/*
 * Single fields of messages ⇄ the types of the model. Readers fail with MALFORMED and name
 * the field; what they take, the writer beside them writes the same way.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/digest.h"
#include "common/model/submission.h"

struct arena;
struct error;

enum field_trouble {
    FIELD_CUT,
    FIELD_UNKNOWN,
    FIELD_ORDER,
    FIELD_WIRE_TYPE,
    FIELD_NUMBER,
    FIELD_DEFAULT,
    FIELD_CHOICE,
    FIELD_TEXT,
    FIELD_SIZE,
    FIELD_COUNT,
    FIELD_MEMORY,
    FIELD_MISSING,
    FIELD_VALUE,
    FIELD_ASCENT,
    FIELD_LENGTHS,
    FIELD_TROUBLE_COUNT
};

/* Returns false. */
bool field_refuse(struct error *err, const char *path, enum field_trouble trouble);

enum field_presence { FIELD_REQUIRED, FIELD_OPTIONAL };

NODISCARD bool field_read_text(const char *text, const char *path, const char **out,
                               struct error *err); /* not empty */
NODISCARD bool field_read_number(uint64_t value, uint64_t min, uint64_t max, const char *path,
                                 struct error *err);
NODISCARD bool field_read_code(uint64_t packed, enum field_presence presence, const char *path,
                               struct code *out, struct error *err);
NODISCARD bool field_read_period(const char *text, enum field_presence presence, const char *path,
                                 struct period *out, struct error *err);
NODISCARD bool field_read_digest(ProtobufCBinaryData data, enum field_presence presence,
                                 const char *path, struct digest *out, struct error *err);
NODISCARD bool field_read_run(ProtobufCBinaryData data, void *target, size_t size, const char *path,
                              struct error *err);
NODISCARD bool field_read_stream(const char *zone, ProtobufCBinaryData device, uint32_t epoch,
                                 const char *path, struct stream_id *out, struct error *err);
/* The hash is absent exactly at sequence 0. */
NODISCARD bool field_read_head(uint64_t sequence, ProtobufCBinaryData hash, const char *path,
                               struct stream_head *out, struct error *err);
/* Several digests in one run; borrows. */
NODISCARD bool field_read_path(ProtobufCBinaryData data, const char *path,
                               const struct digest **out, size_t *out_count, struct error *err);

ProtobufCBinaryData field_of(const void *data, size_t size);
ProtobufCBinaryData field_of_digest(const struct digest *digest); /* absent when zero */
char *field_of_period(struct period period, struct arena *arena); /* "" for year 0 */
char *field_of_text(const char *text);                            /* "" for NULL */

#endif

#ifndef COMMON_WIRE_STATEMENT_H
#define COMMON_WIRE_STATEMENT_H

/*
 * Statement ⇄ bytes, writer and reader side by side. What is written scans; what scans
 * and decodes encodes to the same bytes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/model/submission.h"
#include "common/wire/keys.h"

#define STATEMENT_MEMORY_MAX ((size_t)192 * 1024 * 1024) /* while decoding one */

struct arena;
struct error;

/* The statement's bytes, unchecked: what statement_decode() makes of them decides. */
struct bytes statement_encode(const struct statement *statement, struct arena *arena);

/* Encodes, reads its own work back, signs. The result lives in the arena. Fails with
 * EXHAUSTED beyond STATEMENT_SIZE_MAX, MALFORMED for what no reader would take. */
NODISCARD bool statement_seal(const struct statement *statement, const struct key_pair *pair,
                              struct arena *arena, struct sealed_statement *out, struct error *err);

/* Strict scan, unpack, range checks. Every column of numbers has mantissas, every column
 * statuses; a column of texts has mantissas of 0. Texts and arrays live in the arena or borrow from
 * the bytes. Does not look at the signature. Fails with MALFORMED. */
NODISCARD bool statement_decode(struct bytes statement, struct arena *arena, struct statement *out,
                                struct error *err);
/* Stream and sequence alone, of a statement that decodes; false when the bytes do not begin
 * like one. */
NODISCARD bool statement_place(struct bytes statement, struct stream_id *out_stream,
                               uint64_t *out_sequence);

/* A submission alone, as it stands inside a statement: how drafts are kept. */
struct bytes submission_encode(const struct submission *submission, struct arena *arena);
/* As strict as statement_decode(). */
NODISCARD bool submission_decode(struct bytes bytes, struct arena *arena, struct submission *out,
                                 struct error *err);

/* SHA-256(0x10 || statement || signature): what `previous` of the next one holds. */
struct digest sealed_statement_hash(const struct sealed_statement *sealed);
NODISCARD bool sealed_statement_is_signed_by(const struct sealed_statement *sealed,
                                             const unsigned char signing_key[KEY_SIZE]);

/* SealedStatement message ⇄ bytes; the decoded one borrows from `bytes`. */
struct bytes sealed_statement_encode(const struct sealed_statement *sealed, struct arena *arena);
NODISCARD bool sealed_statement_decode(struct bytes bytes, struct sealed_statement *out,
                                       struct error *err);

#endif

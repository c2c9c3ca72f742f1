#ifndef COMMON_WIRE_BUNDLE_H
#define COMMON_WIRE_BUNDLE_H

/*
 * A bundle: what would go over the wire, in a file that a person carries. Reading it.
 *
 *     verify    magic, length, hash, signature: it is whole and as its sender wrote it
 *     unseal    it is meant for us, and everything in it can be read
 *     each      its records, in order
 *
 * Nothing of a bundle is used before all of it was found good. The records are the bytes of the
 * wire, so that both ways share one meaning. Files of hundreds of MiB are read in bounded memory.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/wire/bundle_header.h"

#define BUNDLE_CHUNK_SIZE ((size_t)64 * 1024)
#define BUNDLE_RECORD_SIZE_MAX ((size_t)STATEMENT_SIZE_MAX + 1024)
#define BUNDLE_RECORD_HEAD_SIZE 5
#define BUNDLE_SIZE_MAX UINT32_MAX /* more does not fit on a FAT stick */

struct bundle;
struct byte_source;
struct error;

/* The numbers travel: never reuse one. */
enum bundle_record_kind {
    BUNDLE_RECORD_MESSAGE = 1,   /* an encoded Message, see message.h */
    BUNDLE_RECORD_STATEMENT = 2, /* an encoded SealedStatement, see statement.h */
    BUNDLE_RECORD_REQUEST = 3,   /* the text of an enrolment request, see card.h */
    BUNDLE_RECORD_OFFER = 4,     /* a catalogue's adoption with its proof, see excerpt.h */
    BUNDLE_RECORD_PAGE = 5       /* of a zone's history with its proofs, see excerpt.h */
};

struct bundle_record {
    enum bundle_record_kind kind;
    struct bytes bytes;
};

/* Why a bundle was not taken: each has a message of its own. */
enum bundle_refusal {
    BUNDLE_GOOD,
    BUNDLE_UNREADABLE, /* the file could not be read */
    BUNDLE_FOREIGN,    /* no bundle at all */
    BUNDLE_TRUNCATED,
    BUNDLE_ALTERED,
    BUNDLE_NEWER,     /* a newer program is needed */
    BUNDLE_MALFORMED, /* signed, but not as agreed */
    BUNDLE_OTHER_KIND,
    BUNDLE_OTHER_PROVINCE,
    BUNDLE_OTHER_SENDER,
    BUNDLE_OTHER_ZONE,
    BUNDLE_OTHER_DEVICE,
    BUNDLE_REFUSAL_COUNT
};

/* Borrows the source, which must outlive it. */
NODISCARD struct bundle *bundle_of(struct byte_source *source);
void bundle_close(struct bundle **bundle);

/* Fails with MALFORMED, REFUSED (newer), or as the source does. */
NODISCARD bool bundle_verify(struct bundle *bundle, struct error *err);
/* Why the last step failed. */
enum bundle_refusal bundle_refusal(const struct bundle *bundle);
/* After bundle_verify(): all of it is under the signature. */
const struct bundle_header *bundle_head(const struct bundle *bundle);

/* What a reader takes. */
struct bundle_reader {
    unsigned kinds; /* 1u << enum bundle_kind, each */
    const char *province;
    const struct key_pair *pair;
    const unsigned char *sender;    /* the only signing key that counts; NULL: any */
    const struct stream_id *stream; /* the only one; NULL: any */
};

/* Fails with REFUSED (not for us), MALFORMED. */
NODISCARD bool bundle_unseal(struct bundle *bundle, const struct bundle_reader *reader,
                             struct error *err);

/* The record is valid during the call. Returns false with the error set to stop. */
typedef bool bundle_visit_fn(const struct bundle_record *record, void *owner, struct error *err);
/* After bundle_unseal(), any number of times. Fails as `visit` does, or the source. */
NODISCARD bool bundle_each(struct bundle *bundle, bundle_visit_fn *visit, void *owner,
                           struct error *err);

#endif

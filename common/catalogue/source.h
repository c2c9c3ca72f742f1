#ifndef COMMON_CATALOGUE_SOURCE_H
#define COMMON_CATALOGUE_SOURCE_H

/*
 * The text of a catalogue: one or more files, in the order of their names. Its hash
 * names the catalogue in every statement; its packed form is what is journaled and
 * sent, and unpacks to the same files.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/digest.h"

#define SOURCE_FILES_MAX 64
#define SOURCE_SIZE_MAX (4u * 1024 * 1024) /* all files together */

struct arena;
struct error;

struct source {
    const char *name;  /* "land.catalogue": no folder */
    struct bytes text; /* UTF-8, without a byte order mark */
};

/* Ascending by name, names unique. */
struct sources {
    const struct source *files;
    size_t count;
};

/* A file, or all *.catalogue files of a folder. Fails with UNAVAILABLE, EXHAUSTED, MALFORMED. */
NODISCARD bool sources_read(const char *path, struct arena *arena, struct sources *out,
                            struct error *err);

/* SHA-256 of the packed form. */
struct digest sources_digest(struct sources sources);
struct bytes sources_pack(struct sources sources, struct arena *arena);
/* The files borrow from `packed`. Fails with MALFORMED. */
NODISCARD bool sources_unpack(struct bytes packed, struct arena *arena, struct sources *out,
                              struct error *err);

/* The catalogue that is built into the programs (common/catalogue/jilin-2016). */
struct sources sources_shipped(void);

#endif

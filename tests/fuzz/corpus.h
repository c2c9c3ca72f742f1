#ifndef TESTS_FUZZ_CORPUS_H
#define TESTS_FUZZ_CORPUS_H

/* All inputs of one target in one file: for each its size in four bytes, big-endian, and its
 * bytes. A folder of small files, as libFuzzer wants it, packs into one and unpacks again. */

#include <stddef.h>

#include "common/base/bytes.h"

typedef void corpus_visit_fn(struct bytes input, void *owner);

/* Both end the program with a message when the file or folder cannot be read or written.
 * They return the number of inputs. */
size_t corpus_each(const char *path, corpus_visit_fn *visit, void *owner);
size_t corpus_pack(const char *folder, const char *path);

/* Writes an input into the folder, under a name made of its content. */
void corpus_unpack(const char *folder, struct bytes input);

#endif

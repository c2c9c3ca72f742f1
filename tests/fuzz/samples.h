#ifndef TESTS_FUZZ_SAMPLES_H
#define TESTS_FUZZ_SAMPLES_H

/* One valid value of each kind that travels, with a bit of everything in it. */

#include <stddef.h>

#include "common/model/receipt.h"
#include "common/wire/entry.h"
#include "common/wire/keys.h"
#include "common/wire/message.h"

#define SAMPLE_UTC_MS INT64_C(1770000000000)
#define SAMPLE_ORIGIN "zonetally/jilin"

/* The keys of the device and of the province: the same ones, always. */
struct key_pair sample_pair(void);

#define SAMPLE_STATEMENTS 4
struct statement sample_statement(size_t number, struct arena *arena);

#define SAMPLE_ENTRIES 10
struct entry sample_entry(size_t number, struct arena *arena);

#define SAMPLE_RECEIPTS 3
/* Holds under sample_pair(): of the last leaf, in the middle, and alone in its tree. */
struct receipt sample_receipt(size_t number, struct arena *arena);

#define SAMPLE_MESSAGES 16
struct message sample_message(size_t number, struct arena *arena);

#endif

#ifndef COMMON_BASE_ATTRIBUTES_H
#define COMMON_BASE_ATTRIBUTES_H

/* Every departure from ISO C11 this project makes stands in this file. */

/* Runs `destroy(&variable)` when the variable leaves its scope. */
#define CLEANUP(destroy) __attribute__((cleanup(destroy)))

/* The result carries the failure: it must be looked at. */
#define NODISCARD __attribute__((warn_unused_result))

/* Argument `text` is a printf format for the arguments from `first` on. */
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

/* Exact sums of 64-bit figures need 128 bits. */
__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif

#ifndef COMMON_BASE_ERROR_H
#define COMMON_BASE_ERROR_H

/*
 * An error is what a correct program meets in a world that fails: a full disk,
 * a silent peer, a damaged file. Two other things are not errors:
 *
 *     a mistake of ours is an assertion           (assert.h)
 *     a doubtful figure in a form is a finding    (common/model/finding.h)
 *
 * The text is for a person, in the person's language, from the message table
 * (common/base/messages.h); the kind is for the caller.
 */

#include <stdbool.h>

#include "common/base/attributes.h"

/* One kind for each thing a caller can do about it. */
enum error_kind {
    ERROR_NONE,
    ERROR_USAGE,       /* the command line is wrong: exit status 2       */
    ERROR_MALFORMED,   /* not what it claims to be: reject, never retry  */
    ERROR_REFUSED,     /* understood and declined: tell the person       */
    ERROR_CONFLICT,    /* changed under our feet: reload and decide      */
    ERROR_UNAVAILABLE, /* not there at the moment: try again later       */
    ERROR_EXHAUSTED,   /* a limit is reached: make room                  */
    ERROR_CORRUPT,     /* our own data is damaged: stop, run doctor      */
    ERROR_SYSTEM,      /* the system failed us, outcome unknown: stop    */
    ERROR_KIND_COUNT
};

struct error {
    enum error_kind kind;
    char text[1024]; /* UTF-8, never cut inside a character; outermost context first */
};

/* Fills `err` and returns false, so that failing takes one line.
 * `format` is an entry of the message table. */
bool error_set(struct error *err, enum error_kind kind, const char *format, ...) PRINTF_LIKE(3, 4);

/* Puts what was being done in front: "打开数据库：磁盘已满". Returns false. */
bool error_wrap(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* "malformed", for logs. */
const char *error_kind_name(enum error_kind kind);

#endif

#ifndef COMMON_WIRE_SUBMISSION_H
#define COMMON_WIRE_SUBMISSION_H

/* The part of a statement that holds the figures: used by statement.c only. Large arrays
 * are borrowed in both directions, never copied cell by cell. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/model/submission.h"
#include "proto/statement.pb-c.h"

struct arena;
struct error;

/* The message borrows from the submission and the arena. */
Zonetally__Submission *submission_to_message(const struct submission *submission,
                                             struct arena *arena);
/* The submission borrows from the message and the arena. Fails with MALFORMED. */
NODISCARD bool submission_of_message(const Zonetally__Submission *message, struct arena *arena,
                                     struct submission *out, struct error *err);

#endif

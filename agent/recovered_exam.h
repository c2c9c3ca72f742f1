#ifndef AGENT_RECOVERED_EXAM_H
#define AGENT_RECOVERED_EXAM_H

/* Examines what was recovered as it was examined when it came: links, signatures, receipts. */

#include <stdint.h>

struct agent;

typedef void recovered_problem_fn(const char *text, void *owner);

/* Returns how many statements hold; those that a later one has to vouch for are added to
 * `vouched`. */
uint64_t recovered_examine(const struct agent *agent, recovered_problem_fn *tell, void *owner,
                           uint64_t *vouched);

#endif

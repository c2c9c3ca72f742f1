#ifndef AGENT_COMMANDS_WORKPLACE_H
#define AGENT_COMMANDS_WORKPLACE_H

/* What nearly every command needs: the catalogue, the agent, and what the words on the
 * command line mean. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/agent.h"
#include "agent/draft.h"
#include "agent/store.h"
#include "common/base/attributes.h"
#include "common/model/period.h"

struct arguments;
struct catalogue;
struct error;
struct form;
struct recovery_end;
struct redrafting;
struct wire_line;

struct workplace {
    struct catalogue *shipped;
    const struct catalogue *catalogue; /* for new drafts */
    struct agent *agent;
    struct arena *arena; /* of the command */
};

/* The real clock and the kernel's randomness. */
struct agent_seams workplace_seams(void);

NODISCARD bool workplace_open(const struct arguments *arguments, struct workplace *out,
                              struct error *err);
void workplace_close(struct workplace *workplace); /* for CLEANUP */

/* By code, short or full name. Fails with REFUSED. */
NODISCARD bool workplace_form(const struct catalogue *catalogue, const char *text, size_t *out,
                              struct error *err);
/* A period for which the form is filled in. Fails with USAGE, or REFUSED. */
NODISCARD bool workplace_period(const struct form *form, const char *text, struct period *out,
                                struct error *err);
/* The two first operands. */
NODISCARD bool workplace_return(const struct workplace *workplace,
                                const struct arguments *arguments, size_t *out_form,
                                struct return_id *out, struct error *err);
/* An option that the command cannot do without. NULL: USAGE. */
const char *workplace_need(const struct arguments *arguments, const char *option,
                           struct error *err);

/* Says what an edit took away; nothing when it took nothing. */
void workplace_print_loss(struct draft_loss loss);
/* Writes to the file of --output, or to standard output. `what` is for the message. */
NODISCARD bool workplace_output(const char *path, struct bytes content, struct error *err);

/* --timeout, and the line to the province: --endpoint, or the card's. Fail with USAGE. */
NODISCARD bool workplace_timeout(const struct arguments *arguments, int64_t *out_ms,
                                 struct error *err);
NODISCARD bool workplace_line(const struct workplace *workplace, const struct arguments *arguments,
                              struct wire_line *out, struct error *err);

/* A newer catalogue came. */
void workplace_print_catalogue(unsigned version, const struct redrafting *drafts);
/* Says what a recovery brought, by wire or by file. */
void workplace_print_recovery(uint64_t fetched, uint64_t lost, const struct recovery_end *end);

#endif

#ifndef AGGREGATOR_COMMANDS_COMMANDS_H
#define AGGREGATOR_COMMANDS_COMMANDS_H

/* The command line of zonetally-aggregator: one function a command, and their table. */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/model/period.h"
#include "common/runtime/commands.h"

struct arena;
struct error;
struct province;
struct review;

extern const struct program aggregator_program;

command_fn command_init;
command_fn command_registry_import;
command_fn command_registry_list;
command_fn command_enrol_add;
command_fn command_enrol_list;
command_fn command_enrol_approve;
command_fn command_enrol_invite;
command_fn command_enrol_renew;
command_fn command_enrol_revoke;
command_fn command_streams_list;
command_fn command_serve;
command_fn command_bundle_import;
command_fn command_bundle_export;
command_fn command_status;
command_fn command_conflicts_list;
command_fn command_conflicts_show;
command_fn command_conflicts_resolve;
command_fn command_returns_send_back;
command_fn command_quarantine_list;
command_fn command_quarantine_release;
command_fn command_indicators;
command_fn command_requirements;
command_fn command_explain;
command_fn command_journal_list;
command_fn command_journal_show;
command_fn command_catalogue_check;
command_fn command_catalogue_adopt;
command_fn command_catalogue_close;
command_fn command_catalogue_list;
command_fn command_doctor;
command_fn command_journal_verify;
command_fn command_receipt_verify;
command_fn command_backup_create;
command_fn command_backup_verify;
command_fn command_restore;
command_fn command_generation_open;
command_fn command_generation_report;
command_fn command_signer_show;
command_fn command_signer_adopt;

/* What the commands share. */

/* With the system's clock and random numbers. */
NODISCARD struct province *command_open(const struct arguments *arguments, struct error *err);

/* True when --yes was given or the person answers the question with yes; else REFUSED. */
NODISCARD bool command_confirm(const struct arguments *arguments, const char *question,
                               struct error *err);

/* The operands ZONE FORM PERIOD; the reason stays open. Fails with USAGE. */
NODISCARD bool command_return(const struct arguments *arguments, const struct province *province,
                              struct review *out, struct error *err);
/* A position of the journal. Fails with USAGE. */
NODISCARD bool command_position(const char *text, uint64_t *out, struct error *err);

/* --period, else the newest one of which something arrived. Fails with USAGE or UNAVAILABLE. */
NODISCARD bool command_period(const struct arguments *arguments, const struct province *province,
                              struct period *out, struct error *err);

#endif

#ifndef AGENT_COMMANDS_COMMANDS_H
#define AGENT_COMMANDS_COMMANDS_H

/* What a person at a zone can ask for: one row of the table each, one function each. */

#include "common/runtime/commands.h"

extern const struct program agent_program;

command_fn command_init, command_enrol;
command_fn command_form_list, command_form_show, command_template;
command_fn command_import, command_set;
command_fn command_check, command_explain, command_sign, command_seal, command_withdraw;
command_fn command_sync;
command_fn command_keys_rotate;
command_fn command_bundle_export, command_bundle_import;
command_fn command_status, command_history;
command_fn command_receipt_list, command_receipt_show, command_receipt_verify, command_receipt_lost;
command_fn command_evidence_list, command_evidence_show;
command_fn command_recover;
command_fn command_catalogue_show, command_catalogue_list;
command_fn command_doctor;

#endif

#include "agent/commands/commands.h"

#include "common/base/attributes.h"
#include "common/base/messages.h"
#include "common/base/version.h"

/* clang-format off */
#define OPTION_FORMAT { "format", "table|csv", WORDS_OPTION_FORMAT }
#define OPTION_OUTPUT { "output", "FILE", WORDS_OPTION_OUTPUT }

static const struct command_option init_options[] = {
    { "zone",     "CODE", WORDS_OPTION_ZONE },
    { "province", "CARD", WORDS_OPTION_PROVINCE },
    { "label",    "TEXT", WORDS_OPTION_LABEL },
    { "reserve",  "MIB",  WORDS_OPTION_RESERVE },
    { "code",     "CODE", WORDS_OPTION_CODE },
    { "endpoint", "tcp://…", WORDS_OPTION_ENDPOINT },
};
static const struct command_option enrol_options[] = {
    { "code",     "CODE", WORDS_OPTION_CODE },
    { "endpoint", "tcp://…", WORDS_OPTION_ENDPOINT },
};
static const struct command_option form_list_options[] = {
    { "period", "PERIOD", WORDS_OPTION_PERIOD_LIST },
    OPTION_FORMAT,
};
static const struct command_option format_options[] = { OPTION_FORMAT };
static const struct command_option output_options[] = { OPTION_OUTPUT };
static const struct command_option import_options[] = {
    { "form",    "FORM",   WORDS_OPTION_FORM },
    { "period",  "PERIOD", WORDS_OPTION_PERIOD },
    { "dry-run", NULL,     WORDS_OPTION_DRY_RUN },
    { "yes",     NULL,     WORDS_OPTION_YES },
};
static const struct command_option set_options[] = {
    { "status", "STATUS", WORDS_OPTION_STATUS },
};
static const struct command_option explain_options[] = {
    { "reason", "CODE", WORDS_OPTION_REASON },
    { "text",   "TEXT", WORDS_OPTION_TEXT },
    { "row",    "KEY",  WORDS_OPTION_ROW },
};
static const struct command_option sign_options[] = {
    { "role", "ROLE", WORDS_OPTION_ROLE },
    { "name", "NAME", WORDS_OPTION_NAME },
};
static const struct command_option withdraw_options[] = {
    { "reason", "TEXT", WORDS_OPTION_WITHDRAW_REASON },
};
static const struct command_option sync_options[] = {
    { "endpoint", "tcp://…", WORDS_OPTION_ENDPOINT },
    { "timeout",  "SECONDS", WORDS_OPTION_TIMEOUT },
};
static const struct command_option bundle_options[] = {
    { "kind", "submit|enrol|recover", WORDS_OPTION_KIND },
};
static const struct command_option verify_options[] = {
    { "card",     "CARD", WORDS_OPTION_CARD },
    { "province", "CARD", WORDS_OPTION_VERIFY_PROVINCE },
};
static const struct command_option doctor_options[] = {
    { "quarantine", NULL,     WORDS_OPTION_QUARANTINE },
    { "salvage",    "FOLDER", WORDS_OPTION_SALVAGE },
};
static const struct command_option evidence_options[] = {
    { "output", "FILE", WORDS_OPTION_EVIDENCE_OUTPUT },
};

#define OPTIONS(table) (table), COUNT_OF(table)

static const struct command commands[] = {
    { "init",           "",                 0, 0, WORDS_COMMAND_INIT,           OPTIONS(init_options),      command_init },
    { "enrol",          "",                 0, 0, WORDS_COMMAND_ENROL,          OPTIONS(enrol_options),     command_enrol },
    { "form list",      "",                 0, 0, WORDS_COMMAND_FORM_LIST,      OPTIONS(form_list_options), command_form_list },
    { "form show",      "FORM",             1, 1, WORDS_COMMAND_FORM_SHOW,      OPTIONS(format_options),    command_form_show },
    { "template",       "FORM PERIOD",      2, 2, WORDS_COMMAND_TEMPLATE,       OPTIONS(output_options),    command_template },
    { "import",         "FILE",             1, 1, WORDS_COMMAND_IMPORT,         OPTIONS(import_options),    command_import },
    { "set",            "FORM PERIOD ITEM VALUE", 4, 4, WORDS_COMMAND_SET,      OPTIONS(set_options),       command_set },
    { "check",          "FORM PERIOD",      2, 2, WORDS_COMMAND_CHECK,          OPTIONS(format_options),    command_check },
    { "explain",        "FORM PERIOD RULE", 3, 3, WORDS_COMMAND_EXPLAIN,        OPTIONS(explain_options),   command_explain },
    { "sign",           "FORM PERIOD",      2, 2, WORDS_COMMAND_SIGN,           OPTIONS(sign_options),      command_sign },
    { "seal",           "FORM PERIOD",      2, 2, WORDS_COMMAND_SEAL,           NULL, 0,                    command_seal },
    { "withdraw",       "FORM PERIOD",      2, 2, WORDS_COMMAND_WITHDRAW,       OPTIONS(withdraw_options),  command_withdraw },
    { "sync",           "",                 0, 0, WORDS_COMMAND_SYNC,           OPTIONS(sync_options),      command_sync },
    { "keys rotate",    "",                 0, 0, WORDS_COMMAND_KEYS_ROTATE,    NULL, 0,                    command_keys_rotate },
    { "bundle export",  "FILE|FOLDER",      1, 1, WORDS_COMMAND_BUNDLE_EXPORT,  OPTIONS(bundle_options),    command_bundle_export },
    { "bundle import",  "FILE",             1, 1, WORDS_COMMAND_BUNDLE_IMPORT,  NULL, 0,                    command_bundle_import },
    { "status",         "",                 0, 0, WORDS_COMMAND_STATUS,         OPTIONS(format_options),    command_status },
    { "history",        "[FORM [PERIOD]]",  0, 2, WORDS_COMMAND_HISTORY,        OPTIONS(format_options),    command_history },
    { "receipt list",   "",                 0, 0, WORDS_COMMAND_RECEIPT_LIST,   OPTIONS(format_options),    command_receipt_list },
    { "receipt show",   "NUMBER",           1, 1, WORDS_COMMAND_RECEIPT_SHOW,   OPTIONS(output_options),    command_receipt_show },
    { "receipt verify", "FILE",             1, 1, WORDS_COMMAND_RECEIPT_VERIFY, OPTIONS(verify_options),    command_receipt_verify },
    { "recover",        "",                 0, 0, WORDS_COMMAND_RECOVER,        OPTIONS(sync_options),      command_recover },
    { "catalogue show", "",                 0, 0, WORDS_COMMAND_CATALOGUE_SHOW, NULL, 0,                    command_catalogue_show },
    { "catalogue list", "",                 0, 0, WORDS_COMMAND_CATALOGUE_LIST, OPTIONS(format_options),    command_catalogue_list },
    { "receipt lost",   "",                 0, 0, WORDS_COMMAND_RECEIPT_LOST,   OPTIONS(format_options),    command_receipt_lost },
    { "evidence list",  "",                 0, 0, WORDS_COMMAND_EVIDENCE_LIST,  OPTIONS(format_options),    command_evidence_list },
    { "evidence show",  "NUMBER",           1, 1, WORDS_COMMAND_EVIDENCE_SHOW,  OPTIONS(evidence_options),  command_evidence_show },
    { "doctor",         "",                 0, 0, WORDS_COMMAND_DOCTOR,         OPTIONS(doctor_options),    command_doctor },
};
/* clang-format on */

const struct program agent_program = {
    .name = "zonetally-agent",
    .summary = WORDS_PROGRAM_AGENT,
    .version = PROGRAM_VERSION,
    .commands = commands,
    .command_count = COUNT_OF(commands),
};

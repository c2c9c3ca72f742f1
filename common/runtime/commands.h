#ifndef COMMON_RUNTIME_COMMANDS_H
#define COMMON_RUNTIME_COMMANDS_H

/*
 * A program's command line as a table: one row a command, of one word or two ("receipt
 * verify"). Help, in both languages, is made from the table; so are the refusals of what is
 * not in it. Exit status: 0 done, 1 refused or failed, 2 wrong usage.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/language.h"

#define COMMAND_OPERANDS_MAX 8
#define COMMAND_OPTIONS_MAX 12

struct arguments;
struct error;

struct command_option {
    const char *name;        /* "period", given as --period */
    const char *placeholder; /* "PERIOD"; NULL: a switch */
    struct words help;
};

/* Returns false with an error: of kind USAGE for exit status 2. */
typedef bool command_fn(const struct arguments *arguments, struct error *err);

struct command {
    const char *name;     /* "form list" */
    const char *operands; /* "FORM PERIOD", for the help; "" none */
    size_t operand_min, operand_max;
    struct words summary;
    const struct command_option *options;
    size_t option_count;
    command_fn *run;
};

struct program {
    const char *name; /* "zonetally-agent" */
    struct words summary;
    const char *version;
    const struct command *commands;
    size_t command_count;
};

/* What was given, to a command's run. Texts are the command line's own. */
struct arguments {
    const struct program *program;
    const struct command *command;
    const char *data_folder; /* --data, else $ZONETALLY_DATA, else ~/.local/share/<program> */
    const char *operands[COMMAND_OPERANDS_MAX];
    size_t operand_count;
    const char *values[COMMAND_OPTIONS_MAX]; /* of command->options, NULL when not given */
};

/* The option's value, "" for a switch that is set, NULL when it was not given. Asserts that
 * the command has such an option. */
const char *arguments_option(const struct arguments *arguments, const char *name);

/* Sets the language, finds the command, runs it, prints its error. Returns the exit status. */
int commands_run(const struct program *program, int argc, char **argv);

#endif

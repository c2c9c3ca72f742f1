#include "common/runtime/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/runtime/nearest.h"

#define EXIT_USAGE 2
#define DATA_FOLDER_SIZE 4096
#define HELP_COLUMN 30

struct scan {
    char **words; /* what is left of the command line */
    int count;
    bool help;
    const char *data_folder;
};

/* clang-format off */
static const struct command_option common_options[] = {
    { "data", "FOLDER",
      WORDS("数据文件夹（缺省：环境变量 ZONETALLY_DATA）", "data folder (default: $ZONETALLY_DATA)") },
    { "lang", "zh|en", WORDS("提示信息的语言", "language of what is printed") },
    { "help", NULL,    WORDS("显示帮助", "show this help") },
};
/* clang-format on */

const char *arguments_option(const struct arguments *arguments, const char *name)
{
    const struct command *command = arguments->command;
    for (size_t i = 0; i < command->option_count; i++)
        if (strcmp(command->options[i].name, name) == 0)
            return arguments->values[i];
    abort(); /* a mistake of the caller's */
}

static void print_option(const struct command_option *option, FILE *output)
{
    char left[64];
    snprintf(left, sizeof left, "  --%s %s", option->name,
             option->placeholder ? option->placeholder : "");
    fprintf(output, "%-*s%s\n", HELP_COLUMN, left, words_say(&option->help));
}

static void print_options(const struct command_option *options, size_t count, FILE *output)
{
    for (size_t i = 0; i < count; i++)
        print_option(&options[i], output);
}

static void print_program_help(const struct program *program, FILE *output)
{
    fprintf(output, MESSAGE_HELP_PROGRAM, program->name, words_say(&program->summary));
    for (size_t i = 0; i < program->command_count; i++) {
        const struct command *command = &program->commands[i];
        char left[128];
        snprintf(left, sizeof left, "  %s %s", command->name, command->operands);
        fprintf(output, "%-*s%s\n", HELP_COLUMN, left, words_say(&command->summary));
    }
    fprintf(output, MESSAGE_HELP_OPTIONS);
    print_options(common_options, COUNT_OF(common_options), output);
}

static void print_command_help(const struct program *program, const struct command *command,
                               FILE *output)
{
    fprintf(output, MESSAGE_HELP_COMMAND, program->name, command->name, command->operands,
            words_say(&command->summary));
    fprintf(output, MESSAGE_HELP_OPTIONS);
    print_options(command->options, command->option_count, output);
    print_options(common_options, COUNT_OF(common_options), output);
}

/* How many words of the command line the command's name takes; 0: it is not this one. */
static int words_taken(const struct command *command, const struct scan *scan)
{
    const char *space = strchr(command->name, ' ');
    if (!space)
        return scan->count > 0 && strcmp(command->name, scan->words[0]) == 0 ? 1 : 0;
    size_t first = (size_t)(space - command->name);
    bool both = scan->count > 1 && strlen(scan->words[0]) == first &&
                strncmp(command->name, scan->words[0], first) == 0 &&
                strcmp(space + 1, scan->words[1]) == 0;
    return both ? 2 : 0;
}

static const struct command *find_command(const struct program *program, struct scan *scan)
{
    for (int wanted = 2; wanted > 0; wanted--)
        for (size_t i = 0; i < program->command_count; i++)
            if (words_taken(&program->commands[i], scan) == wanted) {
                scan->words += wanted;
                scan->count -= wanted;
                return &program->commands[i];
            }
    return NULL;
}

static const char *nearest_command(const struct program *program, const struct scan *scan)
{
    char typed[128];
    snprintf(typed, sizeof typed, "%s %s", scan->words[0], scan->count > 1 ? scan->words[1] : "");
    struct nearest both = nearest_to(typed), first = nearest_to(scan->words[0]);
    for (size_t i = 0; i < program->command_count; i++) {
        nearest_offer(&both, program->commands[i].name);
        nearest_offer(&first, program->commands[i].name);
    }
    return first.found ? first.found : both.found;
}

static bool set_value(struct arguments *arguments, const char *name, size_t size, const char *value,
                      bool *out_taken, struct error *err)
{
    const struct command *command = arguments->command;
    struct nearest nearest = nearest_to(name);
    for (size_t i = 0; i < command->option_count; i++) {
        const struct command_option *option = &command->options[i];
        nearest_offer(&nearest, option->name);
        if (strlen(option->name) != size || strncmp(option->name, name, size) != 0)
            continue;
        if (option->placeholder && !value)
            return error_set(err, ERROR_USAGE, MESSAGE_USAGE_NO_VALUE, option->name,
                             option->placeholder);
        arguments->values[i] = option->placeholder ? value : "";
        *out_taken = option->placeholder != NULL;
        return true;
    }
    if (nearest.found)
        return error_set(err, ERROR_USAGE, MESSAGE_USAGE_OPTION_NEAREST, (int)size, name,
                         nearest.found);
    return error_set(err, ERROR_USAGE, MESSAGE_USAGE_OPTION, (int)size, name);
}

static bool read_arguments(struct arguments *arguments, const struct scan *scan, struct error *err)
{
    for (int i = 0; i < scan->count; i++) {
        const char *word = scan->words[i];
        bool taken = false;
        if (strncmp(word, "--", 2) != 0) {
            if (arguments->operand_count == arguments->command->operand_max)
                return error_set(err, ERROR_USAGE, MESSAGE_USAGE_TOO_MANY, word);
            arguments->operands[arguments->operand_count++] = word;
            continue;
        }
        const char *equals = strchr(word, '=');
        size_t size = equals ? (size_t)(equals - word) - 2 : strlen(word) - 2;
        const char *value = equals ? equals + 1 : i + 1 < scan->count ? scan->words[i + 1] : NULL;
        if (!set_value(arguments, word + 2, size, value, &taken, err))
            return false;
        i += taken && !equals;
    }
    if (arguments->operand_count < arguments->command->operand_min)
        return error_set(err, ERROR_USAGE, MESSAGE_USAGE_TOO_FEW, arguments->command->operands);
    return true;
}

/* Takes --data, --lang and --help out, wherever they stand. */
static bool take_common(struct scan *scan, struct error *err)
{
    int kept = 0;
    for (int i = 0; i < scan->count; i++) {
        char *word = scan->words[i];
        bool is_data = strcmp(word, "--data") == 0, is_lang = strcmp(word, "--lang") == 0;
        enum language language;
        if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            scan->help = true;
            continue;
        }
        if (!is_data && !is_lang) {
            scan->words[kept++] = word;
            continue;
        }
        if (++i == scan->count)
            return error_set(err, ERROR_USAGE, MESSAGE_USAGE_NO_VALUE, word + 2,
                             is_data ? "FOLDER" : "zh|en");
        if (is_data)
            scan->data_folder = scan->words[i];
        else if (language_parse(scan->words[i], &language))
            language_set(language);
        else
            return error_set(err, ERROR_USAGE, MESSAGE_USAGE_LANGUAGE, scan->words[i]);
    }
    scan->count = kept;
    return true;
}

static const char *default_folder(const struct program *program, char buffer[DATA_FOLDER_SIZE])
{
    const char *given = getenv("ZONETALLY_DATA"), *home = getenv("HOME");
    if (given && *given)
        return given;
    snprintf(buffer, DATA_FOLDER_SIZE, "%s/.local/share/%s", home && *home ? home : ".",
             program->name);
    return buffer;
}

static int refuse(const struct program *program, const struct error *err)
{
    fflush(stdout);
    fprintf(stderr, MESSAGE_PROGRAM_SAYS, program->name, err->text);
    if (err->kind != ERROR_USAGE)
        return EXIT_FAILURE;
    fprintf(stderr, MESSAGE_USAGE_SEE_HELP, program->name);
    return EXIT_USAGE;
}

static int run_command(const struct program *program, const struct command *command,
                       const struct scan *scan)
{
    char folder[DATA_FOLDER_SIZE];
    struct error err = { 0 };
    struct arguments arguments = { .program = program, .command = command };
    arguments.data_folder = scan->data_folder ? scan->data_folder : default_folder(program, folder);

    if (!read_arguments(&arguments, scan, &err) || !command->run(&arguments, &err))
        return refuse(program, &err);
    if (fflush(stdout) != 0) {
        error_set(&err, ERROR_SYSTEM, MESSAGE_OUTPUT_FAILED);
        return refuse(program, &err);
    }
    return EXIT_SUCCESS;
}

int commands_run(const struct program *program, int argc, char **argv)
{
    struct error err = { 0 };
    struct scan scan = { .words = argv + 1, .count = argc - 1 };
    language_set(language_of_environment());
    if (!take_common(&scan, &err))
        return refuse(program, &err);

    if (scan.count == 0) {
        print_program_help(program, scan.help ? stdout : stderr);
        return scan.help ? EXIT_SUCCESS : EXIT_USAGE;
    }
    if (strcmp(scan.words[0], "--version") == 0) {
        printf("%s %s\n", program->name, program->version);
        return EXIT_SUCCESS;
    }
    const struct command *command = find_command(program, &scan);
    if (!command) {
        const char *nearest = nearest_command(program, &scan);
        if (nearest)
            error_set(&err, ERROR_USAGE, MESSAGE_USAGE_COMMAND_NEAREST, scan.words[0], nearest);
        else
            error_set(&err, ERROR_USAGE, MESSAGE_USAGE_COMMAND, scan.words[0]);
        return refuse(program, &err);
    }
    if (scan.help) {
        print_command_help(program, command, stdout);
        return EXIT_SUCCESS;
    }
    return run_command(program, command, &scan);
}

#include "agent/commands/workplace.h"

#include <stdio.h>
#include <stdlib.h>

#include "agent/catalogues.h"
#include "agent/machine.h"
#include "agent/recovery.h"
#include "agent/redrafting.h"
#include "agent/wire_line.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/random.h"
#include "common/catalogue/catalogue.h"
#include "common/runtime/commands.h"
#include "common/storage/file.h"

#define PUBLIC_MODE 0644
#define TIMEOUT_S 60
#define TIMEOUT_MAX_S 86400

struct agent_seams workplace_seams(void)
{
    return (struct agent_seams){ .clock = &clock_system,
                                 .random = random_system(),
                                 .machine = &machine_here };
}

bool workplace_open(const struct arguments *arguments, struct workplace *out, struct error *err)
{
    struct agent_seams seams = workplace_seams();
    out->arena = arena_create();
    out->shipped = catalogues_shipped(err);
    if (!out->shipped)
        return false;
    out->agent = agent_open(arguments->data_folder, &seams, out->shipped, err);
    if (!out->agent)
        return false;
    if (out->agent->copied)
        fprintf(stderr, "%s\n", MESSAGE_INSTALLATION_COPIED);
    out->catalogue = out->agent->catalogue;
    return true;
}

void workplace_close(struct workplace *workplace)
{
    agent_close(&workplace->agent);
    if (workplace->shipped)
        catalogue_destroy(&workplace->shipped);
    if (workplace->arena)
        arena_destroy(&workplace->arena);
}

bool workplace_form(const struct catalogue *catalogue, const char *text, size_t *out,
                    struct error *err)
{
    *out = catalogue_find_form(catalogue, text);
    return *out != CATALOGUE_NONE || error_set(err, ERROR_REFUSED, MESSAGE_COMMAND_FORM, text);
}

bool workplace_period(const struct form *form, const char *text, struct period *out,
                      struct error *err)
{
    char code[CODE_TEXT_SIZE];
    if (!period_parse(text, out))
        return error_set(err, ERROR_USAGE, MESSAGE_COMMAND_PERIOD, text);
    return form_reports(form, *out) || error_set(err, ERROR_REFUSED, MESSAGE_COMMAND_NOT_REPORTED,
                                                 code_text(form->code, code), text);
}

bool workplace_return(const struct workplace *workplace, const struct arguments *arguments,
                      size_t *out_form, struct return_id *out, struct error *err)
{
    const struct catalogue *catalogue = workplace->catalogue;
    if (!workplace_form(catalogue, arguments->operands[0], out_form, err))
        return false;
    const struct form *form = &catalogue->forms[*out_form];
    out->form = form->code;
    return workplace_period(form, arguments->operands[1], &out->period, err);
}

const char *workplace_need(const struct arguments *arguments, const char *option, struct error *err)
{
    const char *value = arguments_option(arguments, option);
    if (!value)
        error_set(err, ERROR_USAGE, MESSAGE_COMMAND_OPTION_MISSING, option);
    return value;
}

void workplace_print_loss(struct draft_loss loss)
{
    if (loss.sign_offs > 0)
        printf(MESSAGE_COMMAND_LOST_SIGNATURES, loss.sign_offs);
    else if (loss.check)
        printf(MESSAGE_COMMAND_LOST_CHECK);
}

bool workplace_output(const char *path, struct bytes content, struct error *err)
{
    if (path)
        return file_replace(path, content, PUBLIC_MODE, err);
    return fwrite(content.data, 1, content.size, stdout) == content.size ||
           error_set(err, ERROR_SYSTEM, MESSAGE_OUTPUT_FAILED);
}

bool workplace_timeout(const struct arguments *arguments, int64_t *out_ms, struct error *err)
{
    const char *text = arguments_option(arguments, "timeout");
    char *end;
    long seconds = text ? strtol(text, &end, 10) : TIMEOUT_S;
    if (text && (end == text || *end != '\0' || seconds < 1 || seconds > TIMEOUT_MAX_S))
        return error_set(err, ERROR_USAGE, MESSAGE_COMMAND_TIMEOUT, text, TIMEOUT_MAX_S);
    *out_ms = (int64_t)seconds * 1000;
    return true;
}

bool workplace_line(const struct workplace *workplace, const struct arguments *arguments,
                    struct wire_line *out, struct error *err)
{
    const struct agent *agent = workplace->agent;
    const char *endpoint = arguments_option(arguments, "endpoint");
    if (!endpoint)
        endpoint = agent->province.endpoint;
    if (!*endpoint)
        return error_set(err, ERROR_USAGE, MESSAGE_COMMAND_NO_ENDPOINT);
    return wire_line_create(endpoint, agent->province.keys.curve, &agent->pair, out, err);
}

void workplace_print_catalogue(unsigned version, const struct redrafting *drafts)
{
    printf(MESSAGE_COMMAND_CATALOGUE_TAKEN, version, drafts->drafts, drafts->passed,
           drafts->returned);
    if (drafts->figures > 0)
        printf(MESSAGE_COMMAND_CATALOGUE_FIGURES, drafts->figures);
}

void workplace_print_recovery(uint64_t fetched, uint64_t lost, const struct recovery_end *end)
{
    printf(MESSAGE_COMMAND_RECOVERED, fetched, end->statements, end->streams);
    if (lost > 0)
        printf(MESSAGE_COMMAND_RECOVER_LOST, lost);
    if (end->epoch > 0)
        printf(MESSAGE_COMMAND_RECOVER_EPOCH, end->epoch);
    if (end->stranded > 0)
        printf(MESSAGE_COMMAND_RECOVER_STRANDED, end->stranded);
    if (end->version > 0)
        workplace_print_catalogue(end->version, &end->drafts);
}

#include "aggregator/backup.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "aggregator/commands/commands.h"
#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "aggregator/restore.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/text.h"
#include "common/storage/file.h"

#define PASSPHRASE_SIZE_MAX 1024
#define MEDIUM_SIZE_MAX 128

/* NULL when no file is named. Its first line. */
static bool read_passphrase(const struct arguments *arguments, struct arena *arena,
                            const char **out, struct error *err)
{
    const char *path = arguments_option(arguments, "passphrase-file");
    struct bytes content;
    *out = NULL;
    if (!path)
        return true;
    if (!file_read(path, PASSPHRASE_SIZE_MAX, arena, &content, err))
        return false;
    char *text = arena_format(arena, "%.*s", (int)content.size, (const char *)content.data);
    text[strcspn(text, "\r\n")] = '\0';
    *out = text;
    return true;
}

static bool read_medium(const struct arguments *arguments, const char **out, struct error *err)
{
    *out = arguments_option(arguments, "medium");
    if (*out && **out && strlen(*out) <= MEDIUM_SIZE_MAX &&
        text_is_clean(bytes_of_text(*out), false))
        return true;
    return error_set(err, ERROR_USAGE, MESSAGE_BACKUP_MEDIUM);
}

static void print_finding(const struct backup_finding *finding)
{
    char root[DIGEST_TEXT_SIZE];
    const struct audit_report *report = &finding->report;
    printf(MESSAGE_VERIFIED, report->entries, report->decisions, report->statements,
           report->streams, report->checkpoints, report->tiles, report->values, report->generation,
           digest_text(&report->root, root));
}

bool command_backup_create(const struct arguments *arguments, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct backup_request request = { .data_folder = arguments->data_folder,
                                      .folder = arguments_option(arguments, "to"),
                                      .same_device = arguments_option(arguments, "same-device") };
    struct backup backup;
    struct backup_finding finding;
    char root[DIGEST_TEXT_SIZE];
    bool with_keys = arguments_option(arguments, "with-keys");
    if (!request.folder)
        return error_set(err, ERROR_USAGE, MESSAGE_OPTION_NEEDED, "to");
    if (!read_medium(arguments, &request.medium, err) ||
        !read_passphrase(arguments, arena, &request.passphrase, err))
        return false;
    if (with_keys != (request.passphrase != NULL))
        return error_set(err, ERROR_USAGE, MESSAGE_OPTION_NEEDED,
                         with_keys ? "passphrase-file" : "with-keys");
    CLEANUP(province_close) struct province *province = command_open(arguments, err);
    if (!province || !ledger_refresh(province->ledger, err))
        return false;
    printf(MESSAGE_BACKUP_COPYING, request.folder);
    fflush(stdout);
    if (!backup_copy(province, &request, &backup, err) ||
        !backup_finish(province, &backup, request.medium, &finding, err))
        return false;
    print_finding(&finding);
    printf(MESSAGE_BACKUP_DONE, backup.name, ledger_size(province->ledger) - 1,
           finding.report.entries, request.medium, digest_text(&finding.report.root, root));
    if (request.passphrase)
        printf(MESSAGE_BACKUP_WITH_KEYS);
    else
        printf(MESSAGE_BACKUP_NO_KEYS, arguments->data_folder);
    return true;
}

bool command_backup_verify(const struct arguments *arguments, struct error *err)
{
    struct backup_finding finding;
    if (!backup_prove(arguments->operands[0], &finding, err))
        return false;
    print_finding(&finding);
    return true;
}

bool command_restore(const struct arguments *arguments, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct restore_request request = { .from = arguments_option(arguments, "from"),
                                       .data_folder = arguments_option(arguments, "to"),
                                       .keys = arguments_option(arguments, "keys"),
                                       .signer_folder = arguments_option(arguments, "signer") };
    struct backup_finding finding;
    char root[DIGEST_TEXT_SIZE];
    if (!request.from || !request.data_folder)
        return error_set(err, ERROR_USAGE, MESSAGE_RESTORE_OPTIONS);
    if (!read_passphrase(arguments, arena, &request.passphrase, err) ||
        !restore_run(&request, &finding, err))
        return false;
    print_finding(&finding);
    printf(MESSAGE_RESTORED, finding.report.entries, finding.report.statements,
           digest_text(&finding.report.root, root));
    return true;
}

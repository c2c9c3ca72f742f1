#include "aggregator/backup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "aggregator/store.h"
#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/base/text.h"
#include "common/storage/database.h"
#include "common/storage/file.h"
#include "common/wire/sealed_keys.h"

#define PUBLIC_MODE 0644
#define SECRET_MODE 0600
#define DIGITS 14 /* year to second, in Beijing */

static bool name_folders(const struct province *province, const struct backup_request *request,
                         struct backup *out, struct error *err)
{
    char moment[CLOCK_TEXT_SIZE], digits[DIGITS + 1];
    size_t count = 0;
    clock_text(province_utc_ms(province), moment);
    for (const char *at = moment; *at && count < DIGITS; at++)
        if (*at >= '0' && *at <= '9')
            digits[count++] = *at;
    digits[count] = '\0';
    int length = snprintf(out->name, sizeof out->name, "%s/%s-%s", request->folder,
                          province->card.province, digits);
    if (length < 0 || (size_t)length + 6 >= sizeof out->name)
        return error_set(err, ERROR_REFUSED, MESSAGE_FILE_NAME_TOO_LONG);
    snprintf(out->part, sizeof out->part, "%.*s.part", length, out->name);
    if (file_exists(out->name) || file_exists(out->part))
        return error_set(err, ERROR_CONFLICT, MESSAGE_FILE_IN_THE_WAY, out->name);
    return true;
}

/* What dies with the disk is no backup of it. */
static bool is_elsewhere(const struct backup_request *request, struct error *err)
{
    struct stat data, target;
    if (stat(request->data_folder, &data) != 0 || stat(request->folder, &target) != 0)
        return error_set(err, ERROR_SYSTEM, MESSAGE_FILE_OPEN, request->folder, strerror(errno));
    return request->same_device || data.st_dev != target.st_dev ||
           error_set(err, ERROR_REFUSED, MESSAGE_BACKUP_SAME_DEVICE, request->folder);
}

static bool write_keys(const struct province *province, const char *passphrase, const char *part,
                       struct arena *arena, struct error *err)
{
    unsigned char sealed[SEALED_KEYS_SIZE];
    if (!passphrase)
        return true;
    return key_pair_seal(&province->pair, passphrase, province->seams.random, sealed, err) &&
           file_create(arena_format(arena, "%s/" BACKUP_KEYS_FILE, part), BYTES_OF(sealed),
                       SECRET_MODE, err);
}

bool backup_copy(const struct province *province, const struct backup_request *request,
                 struct backup *out, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct bytes card;
    if (!folder_create(request->folder, err) || !is_elsewhere(request, err) ||
        !name_folders(province, request, out, err))
        return false;
    const char *store = arena_format(arena, "%s/" BACKUP_STORE_FOLDER, out->part);
    return folder_create(store, err) &&
           database_copy(province->database, arena_format(arena, "%s/data.mdb", store), err) &&
           file_read(arena_format(arena, "%s/" PROVINCE_CARD_FILE, request->data_folder),
                     CARD_SIZE_MAX, arena, &card, err) &&
           file_create(arena_format(arena, "%s/" BACKUP_CARD_FILE, out->part), card, PUBLIC_MODE,
                       err) &&
           file_create(arena_format(arena, "%s/" BACKUP_LISTEN_FILE, out->part),
                       bytes_of_text(province->listen), PUBLIC_MODE, err) &&
           write_keys(province, request->passphrase, out->part, arena, err);
}

static void note_first(enum audit_weight weight, const char *text, void *owner)
{
    struct backup_finding *finding = owner;
    if (weight == AUDIT_PROBLEM && !finding->problem[0])
        snprintf(finding->problem, sizeof finding->problem, "%s", text);
}

static bool examine(const char *folder, struct backup_finding *out, struct error *err)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct province_card card;
    struct bytes text;
    if (!file_read(arena_format(arena, "%s/" BACKUP_CARD_FILE, folder), CARD_SIZE_MAX, arena, &text,
                   err) ||
        !province_card_read(text, arena, &card, err))
        return false;
    CLEANUP(database_close)
    struct database *database =
        store_open_copy(arena_format(arena, "%s/" BACKUP_STORE_FOLDER, folder), err);
    if (!database)
        return false;
    struct audit_subject subject = { .database = database, .card = &card, .clock = &clock_system };
    return audit_run(&subject, note_first, out, &out->report, err);
}

/* What the child says over the pipe. */
struct verdict_of_child {
    struct backup_finding finding;
    enum error_kind kind; /* ERROR_NONE: it could read all */
    char text[BACKUP_PROBLEM_SIZE];
};

static void judge(const char *folder, int pipe)
{
    struct verdict_of_child verdict = { .kind = ERROR_NONE };
    struct error err = { .kind = ERROR_NONE };
    if (!examine(folder, &verdict.finding, &err)) {
        verdict.kind = err.kind;
        snprintf(verdict.text, sizeof verdict.text, "%.*s",
                 (int)text_fit(err.text, sizeof verdict.text - 1), err.text);
    }
    const char *bytes = (const char *)&verdict;
    for (size_t done = 0; done < sizeof verdict;) {
        ssize_t written = write(pipe, bytes + done, sizeof verdict - done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            _exit(1);
        done += (size_t)written;
    }
    _exit(0);
}

static bool hear(int pipe, struct verdict_of_child *out)
{
    char *bytes = (char *)out;
    for (size_t done = 0; done < sizeof *out;) {
        ssize_t got = read(pipe, bytes + done, sizeof *out - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

static bool wait_for_child(pid_t child, int *out_status)
{
    pid_t ended;
    do
        ended = waitpid(child, out_status, 0);
    while (ended < 0 && errno == EINTR);
    return ended == child;
}

bool backup_prove(const char *folder, struct backup_finding *out, struct error *err)
{
    int ends[2], status;
    struct verdict_of_child verdict;
    *out = (struct backup_finding){ .problem = "" };
    fflush(NULL);
    if (pipe(ends) != 0)
        return error_set(err, ERROR_SYSTEM, MESSAGE_BACKUP_CHILD, strerror(errno));
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        judge(folder, ends[1]);
    }
    close(ends[1]);
    bool heard = child > 0 && hear(ends[0], &verdict);
    close(ends[0]);
    if (child < 0 || !wait_for_child(child, &status))
        return error_set(err, ERROR_SYSTEM, MESSAGE_BACKUP_CHILD, strerror(errno));
    if (!heard || !WIFEXITED(status))
        return error_set(err, ERROR_CORRUPT, MESSAGE_BACKUP_KILLS, folder,
                         WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    *out = verdict.finding;
    if (verdict.kind != ERROR_NONE)
        return error_set(err, verdict.kind, "%s", verdict.text);
    return verdict.finding.report.problems == 0 ||
           error_set(err, ERROR_CORRUPT, MESSAGE_BACKUP_DAMAGED, folder, verdict.finding.problem);
}

static bool publish(struct province *province, const struct audit_report *report,
                    const char *medium, struct error *err)
{
    struct journal_record record = {
        .entry = { .kind = ENTRY_BACKUP, .backup = { report->entries, report->root, medium } }
    };
    return ledger_begin(province->ledger, province_utc_ms(province), err) &&
           ledger_take(province->ledger, &record) > 0 && ledger_commit(province->ledger, err);
}

bool backup_finish(struct province *province, const struct backup *backup, const char *medium,
                   struct backup_finding *out, struct error *err)
{
    if (!backup_prove(backup->part, out, err) && !seeded_bug(BUG_PUBLISH_AN_UNPROVED_BACKUP))
        return false;
    return folder_publish(backup->part, backup->name, err) &&
           publish(province, &out->report, medium, err);
}

#include "common/storage/database.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"
#include "common/storage/database_handle.h"
#include "common/storage/file.h"
#include "common/storage/folder.h"
#include "common/storage/interruption.h"
#include "common/storage/lmdb_error.h"
#include "common/storage/pages.h"
#include "common/storage/transaction.h"

#define MAP_SIZE_DEFAULT (64ull * 1024 * 1024 * 1024)
#define PATH_SIZE 4096
#define DATA_FILE "data.mdb"
#define TABLE_OF_FORMAT "format"
#define KEY_OF_FORMAT "format"
#define FORMAT_SIZE 4

static const char *const store_files[] = { DATA_FILE, "lock.mdb", NULL };

/* Closing in a second process destroys the shared mutexes in these (ITS#9278, ITS#10095). */
static bool version_is_safe(void)
{
    int major, minor, patch;
    mdb_version(&major, &minor, &patch);
    return !(major == 0 && minor == 9 && patch >= 26 && patch <= 31);
}

static bool set_close_on_exec(MDB_env *environment)
{
    mdb_filehandle_t file;
    return mdb_env_get_fd(environment, &file) == 0 && fcntl(file, F_SETFD, FD_CLOEXEC) == 0;
}

/* MDB_NOTLS and nothing that saves a sync. */
static unsigned flags_for(const struct database_options *options)
{
    unsigned flags = MDB_NOTLS | (options->read_only ? MDB_RDONLY : 0);
    if (options->alone)
        flags |= MDB_RDONLY | MDB_NOLOCK;
    if (seeded_bug(BUG_NEVER_SYNC))
        flags |= MDB_NOSYNC;
    if (seeded_bug(BUG_LEAVE_THE_META_PAGE))
        flags |= MDB_NOMETASYNC;
    return flags;
}

static int open_environment(struct database *database, const char *folder,
                            const struct database_options *options)
{
    uint64_t map_size = options->map_size_bytes ? options->map_size_bytes : MAP_SIZE_DEFAULT;
    int dead;

    int code = mdb_env_create(&database->environment);
    if (code == 0)
        code = mdb_env_set_mapsize(database->environment, (size_t)map_size);
    if (code == 0)
        code = mdb_env_set_maxdbs(database->environment, (MDB_dbi)database->table_count);
    if (code == 0)
        code = mdb_env_open(database->environment, folder, flags_for(options), 0600);
    if (code == 0 && !options->alone)
        code = mdb_reader_check(database->environment, &dead);
    if (code == 0 && !set_close_on_exec(database->environment))
        code = errno;
    return code;
}

static bool examine_pages(const struct database *database, bool interrupted, bool *out_names_fit,
                          struct error *err)
{
    struct pages_order order = { database->environment, database->names, database->table_count,
                                 database->read_only, interrupted };
    return pages_examine(&order, out_names_fit, err);
}

/* Two modules with one table would read each other's values. */
static bool names_differ(const struct database *database)
{
    for (size_t i = 0; i < database->table_count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(database->names[i], database->names[k]) == 0)
                return false;
    return true;
}

static int open_table(const struct database *database, MDB_txn *txn, size_t number)
{
    unsigned *handle = &database->handles[number];
    int code =
        mdb_dbi_open(txn, database->names[number], database->read_only ? 0 : MDB_CREATE, handle);
    /* A copy from before the table was added: there is nothing in it. */
    if (code != MDB_NOTFOUND || !database->read_only)
        return code;
    *handle = TABLE_ABSENT;
    return 0;
}

static int open_tables(struct database *database)
{
    MDB_txn *txn = NULL;
    assert(names_differ(database));
    int code =
        mdb_txn_begin(database->environment, NULL, database->read_only ? MDB_RDONLY : 0, &txn);
    if (code != 0)
        return code;
    for (size_t i = 0; code == 0 && i < database->table_count; i++)
        code = open_table(database, txn, i);
    if (code != 0) {
        mdb_txn_abort(txn);
        return code;
    }
    code = mdb_txn_commit(txn); /* keeps the handles, also of a read transaction */
    if (code != 0)
        interruption_note(database->environment);
    return code;
}

static bool refuse_format(uint32_t found, uint32_t format, struct error *err)
{
    return found > format ? error_set(err, ERROR_REFUSED, MESSAGE_STORAGE_NEWER, found, format)
                          : error_set(err, ERROR_REFUSED, MESSAGE_STORAGE_FORMAT, found, format);
}

/* The table's handle, as far as the store has one: nothing is made. */
static int find_format(const struct database *database, struct table *out)
{
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(database->environment, NULL, MDB_RDONLY, &txn);
    if (code != 0)
        return code;
    code = mdb_dbi_open(txn, TABLE_OF_FORMAT, 0, &out->handle);
    if (code == 0)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return code;
}

/* Before anything is made or written: what another version left stays as it is. `out_there` is
 * false for a store that is being made. */
static bool accept_format(struct database *database, uint32_t format, bool *out_there,
                          struct error *err)
{
    struct table table;
    struct bytes found;
    int code = find_format(database, &table);
    *out_there = false;
    if (code == MDB_NOTFOUND)
        return true;
    if (code != 0)
        return lmdb_error_set(err, code);
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(database);
    *out_there = transaction_get(txn, table, bytes_of_text(KEY_OF_FORMAT), &found);
    if (!transaction_check(txn, err))
        return false;
    uint32_t its = *out_there && found.size == FORMAT_SIZE ? bytes_get_u32(found.data) : 0;
    return !*out_there || its == format || seeded_bug(BUG_OPEN_ANY_FORMAT) ||
           refuse_format(its, format, err);
}

/* Also again where the last commit failed: what that one left behind is overwritten. */
static bool write_format(struct database *database, uint32_t format, struct error *err)
{
    unsigned char value[FORMAT_SIZE];
    bytes_put_u32(value, format);
    struct transaction *txn = transaction_write(database);
    transaction_put(txn, database_table(database, TABLE_OF_FORMAT), bytes_of_text(KEY_OF_FORMAT),
                    BYTES_OF(value));
    return transaction_commit(&txn, err);
}

static struct database *database_create(const struct database_options *options)
{
    struct database *database = memory_zeroed(1, sizeof *database);
    database->read_only = options->read_only;
    database->table_count = options->table_count + 1;
    database->names = memory_zeroed(database->table_count, sizeof *database->names);
    database->handles = memory_zeroed(database->table_count, sizeof *database->handles);
    for (size_t i = 0; i < options->table_count; i++)
        database->names[i] = options->tables[i];
    database->names[options->table_count] = TABLE_OF_FORMAT;
    return database;
}

static bool fail_to_open(struct error *err, int code, bool read_only, const char *folder)
{
    if (code == ENOENT || (code == MDB_NOTFOUND && read_only))
        return error_set(err, ERROR_UNAVAILABLE, MESSAGE_STORAGE_NOT_THERE, folder);
    return lmdb_error_set(err, code);
}

/* The folder and what is in it as they are. */
static struct database *open_in(const char *folder, const struct database_options *options,
                                struct error *err)
{
    if ((!options->alone && !folder_suits_store(folder, options->any_file_system, err)) ||
        !folder_store_is_whole(folder, err))
        return NULL;
    CLEANUP(database_close) struct database *database = database_create(options);
    int code = open_environment(database, folder, options);
    bool interrupted = interruption_is_noted(folder), formatted = false, names_fit;
    if (code == 0 && (!examine_pages(database, interrupted, &names_fit, err) ||
                      !accept_format(database, options->format, &formatted, err)))
        return NULL;
    if (code == 0 && !names_fit) {
        error_set(err, ERROR_CORRUPT, MESSAGE_STORAGE_NAMES);
        return NULL;
    }
    if (code == 0)
        code = open_tables(database);
    if (code != 0) {
        fail_to_open(err, code, options->read_only, folder);
        return NULL;
    }
    if ((!formatted || interrupted) && !options->read_only &&
        !write_format(database, options->format, err))
        return NULL;
    if (interrupted && !options->read_only)
        interruption_forget(folder);
    struct database *opened = database;
    database = NULL;
    return opened;
}

/* LMDB's first pages are not written at one blow: a store is made beside, whole and synced,
 * before it has its name. */
static bool create_beside(const char *part, const struct database_options *options,
                          struct error *err)
{
    char path[PATH_SIZE];
    if (!folder_create(part, err) || !folder_remove_files(part, store_files, err))
        return false;
    CLEANUP(database_close) struct database *database = open_in(part, options, err);
    if (!database)
        return false;
    database_close(&database);
    return (size_t)snprintf(path, sizeof path, "%s/%s", part, DATA_FILE) < sizeof path &&
           folder_sync(path, err) && folder_sync(part, err);
}

static bool has_store(const char *folder)
{
    char path[PATH_SIZE];
    return (size_t)snprintf(path, sizeof path, "%s/%s", folder, DATA_FILE) < sizeof path &&
           file_exists(path);
}

/* One at a time: whoever waited finds the other one's store. */
static bool create_store(const char *folder, const char *parent,
                         const struct database_options *options, struct error *err)
{
    char part[PATH_SIZE];
    if ((size_t)snprintf(part, sizeof part, "%s.part", folder) >= sizeof part)
        return error_set(err, ERROR_REFUSED, MESSAGE_FILE_NAME_TOO_LONG);
    CLEANUP(folder_unlock) int lock = folder_lock(parent);
    if (lock < 0)
        return error_set(err, ERROR_SYSTEM, MESSAGE_FILE_OPEN, parent, strerror(errno));
    if (seeded_bug(BUG_MAKE_A_STORE_IN_PLACE))
        return folder_create(folder, err);
    return has_store(folder) ||
           (create_beside(part, options, err) && folder_take_name(part, folder, err));
}

/* The name of a store that somebody else made may not be on disk yet. */
static bool prepare_folder(const char *folder, const struct database_options *options,
                           struct error *err)
{
    char parent[PATH_SIZE];
    if (!version_is_safe())
        return error_set(err, ERROR_REFUSED, MESSAGE_STORAGE_VERSION,
                         mdb_version(NULL, NULL, NULL));
    if (options->read_only)
        return file_exists(folder) ||
               error_set(err, ERROR_UNAVAILABLE, MESSAGE_STORAGE_NOT_THERE, folder);
    if (!folder_of(folder, parent, sizeof parent))
        return error_set(err, ERROR_REFUSED, MESSAGE_FILE_NAME_TOO_LONG);
    return folder_create(parent, err) &&
           (has_store(folder) || create_store(folder, parent, options, err)) &&
           folder_sync(parent, err);
}

struct database *database_open(const char *folder, const struct database_options *options,
                               struct error *err)
{
    struct database *opened = NULL;
    if (prepare_folder(folder, options, err))
        opened = open_in(folder, options, err);
    if (!opened)
        error_wrap(err, MESSAGE_STORAGE_OPEN, folder);
    return opened;
}

void database_close(struct database **database)
{
    if (!*database)
        return;
    if ((*database)->environment)
        mdb_env_close((*database)->environment);
    free((*database)->names);
    free((*database)->handles);
    free(*database);
    *database = NULL;
}

struct table database_table(const struct database *database, const char *name)
{
    for (size_t i = 0; i < database->table_count; i++)
        if (strcmp(database->names[i], name) == 0)
            return (struct table){ database->handles[i] };
    abort(); /* a mistake of the caller's */
}

void database_check_readers(struct database *database)
{
    int dead;
    mdb_reader_check(database->environment, &dead); /* to fail is to try again next time */
}

static bool fail_to_copy(const char *path, int code, struct error *err)
{
    enum error_kind kind = code == EEXIST                     ? ERROR_CONFLICT
                           : code == ENOSPC || code == EDQUOT ? ERROR_EXHAUSTED
                                                              : ERROR_SYSTEM;
    return error_set(err, kind, MESSAGE_FILE_WRITE, path,
                     code > 0 ? strerror(code) : mdb_strerror(code));
}

bool database_copy(struct database *database, const char *path, struct error *err)
{
    char folder[PATH_SIZE];
    if (!folder_of(path, folder, sizeof folder))
        return error_set(err, ERROR_REFUSED, MESSAGE_FILE_NAME_TOO_LONG);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return fail_to_copy(path, errno, err);
    int code = mdb_env_copyfd(database->environment, file);
    if (code == 0 && fsync(file) != 0)
        code = errno;
    if (code == 0)
        code = posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    if (close(file) != 0 && code == 0)
        code = errno;
    return code == 0 ? folder_sync(folder, err) : fail_to_copy(path, code, err);
}

bool database_measure(struct database *database, struct database_use *out, struct error *err)
{
    MDB_envinfo info;
    MDB_stat whole;
    int code = mdb_env_info(database->environment, &info);
    if (code == 0)
        code = mdb_env_stat(database->environment, &whole);
    if (code != 0)
        return lmdb_error_set(err, code);

    *out = (struct database_use){ .map_size_bytes = info.me_mapsize,
                                  .used_bytes = (info.me_last_pgno + 1) * whole.ms_psize };
    CLEANUP(transaction_abort) struct transaction *txn = transaction_read(database);
    for (size_t i = 0; i < database->table_count; i++)
        out->entries += transaction_count(txn, (struct table){ database->handles[i] });
    return transaction_check(txn, err);
}

#include "common/storage/lmdb_error.h"

#include <errno.h>
#include <lmdb.h>

#include "common/base/error.h"
#include "common/base/messages.h"

static enum error_kind kind_of(int code)
{
    switch (code) {
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
    case ENOSPC:
    case EDQUOT:
        return ERROR_EXHAUSTED;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
    case MDB_BAD_TXN:
    case STORAGE_BAD_CHECKSUM:
        return ERROR_CORRUPT;
    default:
        return ERROR_SYSTEM;
    }
}

bool lmdb_error_set(struct error *err, int code)
{
    enum error_kind kind = kind_of(code);
    if (code == STORAGE_BAD_CHECKSUM)
        return error_set(err, kind, MESSAGE_STORAGE_CHECKSUM);
    if (kind == ERROR_EXHAUSTED)
        return error_set(err, kind, MESSAGE_STORAGE_FULL);
    return error_set(err, kind, MESSAGE_STORAGE_FAILED, mdb_strerror(code));
}

bool lmdb_error_set_commit(struct error *err, int code)
{
    lmdb_error_set(err, code);
    if (err->kind == ERROR_SYSTEM)
        error_wrap(err, MESSAGE_STORAGE_OUTCOME_UNKNOWN);
    return false;
}

#ifndef COMMON_STORAGE_INTERRUPTION_H
#define COMMON_STORAGE_INTERRUPTION_H

/*
 * That a commit failed half-way. When its meta page cannot be written, LMDB puts the old
 * transaction number back, and leaves the new trees behind it: a page that looks like damage and
 * that nobody uses. A file beside the data tells the two apart at the next opening. Private to
 * common/storage.
 */

#include <lmdb.h>
#include <stdbool.h>

/* Of the store that is open. What cannot be noted is taken for damage. */
void interruption_note(MDB_env *environment);
bool interruption_is_noted(const char *folder);
/* After a commit that wrote the page anew. */
void interruption_forget(const char *folder);

#endif

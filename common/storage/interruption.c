#include "common/storage/interruption.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/seeded_bug.h"
#include "common/storage/file.h"
#include "common/storage/folder.h"

#define NOTE_FILE "interrupted"
#define PATH_SIZE 4096

static bool name_note(const char *folder, char path[PATH_SIZE])
{
    return (size_t)snprintf(path, PATH_SIZE, "%s/" NOTE_FILE, folder) < PATH_SIZE;
}

void interruption_note(MDB_env *environment)
{
    char path[PATH_SIZE];
    const char *folder;
    struct error unheard;
    if (seeded_bug(BUG_OVERLOOK_AN_INTERRUPTION) || mdb_env_get_path(environment, &folder) != 0 ||
        !name_note(folder, path))
        return;
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return;
    close(file);
    bool synced = folder_sync(folder, &unheard);
    (void)synced; /* what is not kept is taken for damage */
}

bool interruption_is_noted(const char *folder)
{
    char path[PATH_SIZE];
    return name_note(folder, path) && file_exists(path);
}

void interruption_forget(const char *folder)
{
    char path[PATH_SIZE];
    if (name_note(folder, path))
        unlink(path);
}

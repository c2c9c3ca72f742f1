#ifndef TESTS_SUPPORT_TEMPORARY_FOLDER_H
#define TESTS_SUPPORT_TEMPORARY_FOLDER_H

/* A folder that exists for one test, in $TMPDIR or /tmp. */

#define TEMPORARY_PATH_SIZE 512

struct temporary_folder {
    char path[TEMPORARY_PATH_SIZE];
};

void temporary_folder_create(struct temporary_folder *folder);
/* With everything in it. For CLEANUP too. */
void temporary_folder_remove(struct temporary_folder *folder);

/* "<folder>/<name>", lent until the next call with the same buffer. */
const char *temporary_path(const struct temporary_folder *folder, const char *name,
                           char buffer[TEMPORARY_PATH_SIZE]);

#endif

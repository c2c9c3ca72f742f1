#include "tests/bench/storm/footprint.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 64
#define LINE_SIZE 1024

static FILE *open_of(pid_t process, const char *name)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)process, name);
    return fopen(path, "r");
}

static size_t memory_of(pid_t process)
{
    char line[LINE_SIZE];
    size_t kib = 0;
    FILE *file = open_of(process, "status");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %zu", &kib) == 1)
            break;
    if (file)
        fclose(file);
    return kib;
}

static size_t descriptors_of(pid_t process)
{
    char path[PATH_SIZE];
    size_t count = 0;
    snprintf(path, sizeof path, "/proc/%ld/fd", (long)process);
    DIR *folder = opendir(path);
    for (const struct dirent *entry; folder && (entry = readdir(folder));)
        count += entry->d_name[0] != '.';
    if (folder)
        closedir(folder);
    return count;
}

/* User and system time are the 14th and 15th word; the name, the second, may hold spaces. */
static double cpu_of(pid_t process)
{
    char line[LINE_SIZE] = "";
    unsigned long user = 0, system = 0;
    FILE *file = open_of(process, "stat");
    if (!file)
        return 0;
    const char *name_end = fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
    fclose(file);
    if (!name_end || sscanf(name_end + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                            &user, &system) != 2)
        return 0;
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

struct footprint footprint_of(pid_t process)
{
    if (process <= 0)
        return (struct footprint){ 0 };
    return (struct footprint){ memory_of(process), descriptors_of(process), cpu_of(process) };
}

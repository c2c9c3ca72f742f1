#include "agent/machine.h"

#include <assert.h>
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#define PATH_SIZE 512
#define CARDS_MAX 1000000

/* One line without the space around it; false when there is none. */
static bool read_line(const char *path, char out[MACHINE_TEXT_SIZE])
{
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    bool read = fgets(out, MACHINE_TEXT_SIZE, file) != NULL;
    fclose(file);
    size_t size = read ? strlen(out) : 0;
    while (size > 0 && isspace((unsigned char)out[size - 1]))
        out[--size] = '\0';
    return size > 0;
}

/* What makers leave in boards they did not number. */
static bool is_filler(const char *text)
{
    static const char *const fillers[] = { "Default string", "To be filled by O.E.M.",
                                           "Not Specified", "03000200-0400-0500-0006-000700080009",
                                           "00020003-0004-0005-0006-000700080009" };
    for (size_t i = 0; i < sizeof fillers / sizeof fillers[0]; i++)
        if (strcmp(text, fillers[i]) == 0)
            return true;
    return strspn(text, "0-") == strlen(text) || strspn(text, "fF-") == strlen(text);
}

static bool read_board(char out[MACHINE_TEXT_SIZE])
{
    return read_line("/sys/class/dmi/id/product_uuid", out) && !is_filler(out);
}

/* The name under which udev lists the device in this folder; the smallest, so that the order of
 * the folder does not matter. */
static bool find_name(const char *folder, dev_t device, char out[MACHINE_TEXT_SIZE])
{
    DIR *names = opendir(folder);
    if (!names)
        return false;
    out[0] = '\0';
    for (struct dirent *name = readdir(names); name; name = readdir(names)) {
        char path[PATH_SIZE];
        struct stat status;
        size_t size = strlen(name->d_name);
        if (snprintf(path, sizeof path, "%s/%s", folder, name->d_name) >= (int)sizeof path ||
            size >= MACHINE_TEXT_SIZE || stat(path, &status) != 0 || !S_ISBLK(status.st_mode) ||
            status.st_rdev != device)
            continue;
        if (out[0] == '\0' || strcmp(name->d_name, out) < 0)
            memcpy(out, name->d_name, size + 1);
    }
    closedir(names);
    return out[0] != '\0';
}

static bool read_storage(const char *data_folder, char out[MACHINE_TEXT_SIZE])
{
    struct stat status;
    if (stat(data_folder, &status) != 0)
        return false;
    return find_name("/dev/disk/by-id", status.st_dev, out) ||
           find_name("/dev/disk/by-uuid", status.st_dev, out);
}

static bool read_of_card(const char *card, const char *name, char out[MACHINE_TEXT_SIZE])
{
    char path[PATH_SIZE];
    return snprintf(path, sizeof path, "/sys/class/net/%s/%s", card, name) < (int)sizeof path &&
           read_line(path, out);
}

/* A real one has a device behind it and an address that was not given by the system. */
static long number_of_card(const char *card)
{
    char path[PATH_SIZE], text[MACHINE_TEXT_SIZE];
    struct stat status;
    if (snprintf(path, sizeof path, "/sys/class/net/%s/device", card) >= (int)sizeof path ||
        stat(path, &status) != 0 || !read_of_card(card, "addr_assign_type", text) ||
        strcmp(text, "0") != 0 || !read_of_card(card, "ifindex", text))
        return CARDS_MAX;
    return strtol(text, NULL, 10);
}

static bool read_network(char out[MACHINE_TEXT_SIZE])
{
    DIR *cards = opendir("/sys/class/net");
    long first = CARDS_MAX;
    if (!cards)
        return false;
    for (struct dirent *card = readdir(cards); card; card = readdir(cards)) {
        long number = number_of_card(card->d_name);
        char address[MACHINE_TEXT_SIZE];
        if (number >= first || !read_of_card(card->d_name, "address", address))
            continue;
        first = number;
        memcpy(out, address, sizeof address);
    }
    closedir(cards);
    return first < CARDS_MAX;
}

static bool read_here(const struct machine *machine, enum machine_part part,
                      const char *data_folder, char out[MACHINE_TEXT_SIZE])
{
    (void)machine;
    switch (part) {
    case MACHINE_BOARD:
        return read_board(out);
    case MACHINE_STORAGE:
        return read_storage(data_folder, out);
    case MACHINE_NETWORK:
        return read_network(out);
    case MACHINE_SYSTEM:
        return read_line("/etc/machine-id", out);
    case MACHINE_PART_COUNT:
        break;
    }
    return false;
}

const struct machine machine_here = { read_here };

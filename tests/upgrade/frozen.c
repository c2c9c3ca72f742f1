/*
 * A data folder as a text that can be kept for ever, README.md:
 *
 *     frozen freeze FOLDER                                 to standard output
 *     frozen thaw FILE FOLDER [--format N] [--without TABLE]
 *
 * `--format` and `--without` make the store that a newer or an older program would have left.
 */
#include <dirent.h>
#include <lmdb.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/bytes.h"
#include "common/base/digest.h"

#define PATH_SIZE 4096
#define FILE_SIZE_LIMIT ((size_t)1 << 20)
#define LINE_BYTES 32
#define MAP_SIZE ((size_t)64 << 20)
#define TABLES_MAX 64
#define FORMAT_WORD "format"
#define HEADER_SIZE 17 /* of a stored value: version, checksum */
#define STATUS_USAGE 2

static void stop(const char *what, const char *why)
{
    fprintf(stderr, "frozen: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

static void check(int code, const char *what)
{
    if (code != 0)
        stop(what, mdb_strerror(code));
}

static void join(char path[PATH_SIZE], const char *folder, const char *name)
{
    if ((size_t)snprintf(path, PATH_SIZE, "%s%s%s", folder, *folder && *name ? "/" : "", name) >=
        PATH_SIZE)
        stop(name, "too long");
}

static void print_hex(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        printf("%02x", bytes[i]);
}

/* Freezing */

static size_t read_file(const char *path, unsigned char *buffer)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        stop(path, "cannot be read");
    size_t size = fread(buffer, 1, FILE_SIZE_LIMIT, file);
    if (size == FILE_SIZE_LIMIT)
        stop(path, "too large");
    fclose(file);
    return size;
}

static bool is_zero(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            return false;
    return true;
}

/* One that says where it lies says it anew where it thaws. */
static void freeze_file(const char *root, const char *name, unsigned mode)
{
    static unsigned char content[FILE_SIZE_LIMIT];
    char path[PATH_SIZE];
    join(path, root, name);
    size_t size = read_file(path, content), length = strlen(root);
    if (size > length && memcmp(content, root, length) == 0) {
        printf("place %s %o %.*s\n", name, mode, (int)(size - length),
               (const char *)content + length);
        return;
    }
    printf("file %s %o %zu\n", name, mode, size);
    for (size_t at = 0; at < size; at += LINE_BYTES) {
        size_t part = size - at < LINE_BYTES ? size - at : LINE_BYTES;
        if (is_zero(content + at, part))
            continue;
        printf("  %zu ", at);
        print_hex(content + at, part);
        printf("\n");
    }
}

static void freeze_table(MDB_txn *txn, const char *name)
{
    MDB_dbi table;
    MDB_cursor *cursor;
    MDB_val key, value;
    check(mdb_dbi_open(txn, name, 0, &table), name);
    check(mdb_cursor_open(txn, table, &cursor), name);
    printf("table %s\n", name);
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
        printf("  ");
        print_hex(key.mv_data, key.mv_size);
        printf(" ");
        print_hex(value.mv_data, value.mv_size);
        printf("\n");
    }
    mdb_cursor_close(cursor);
}

static MDB_env *open_store(const char *path, unsigned flags)
{
    MDB_env *environment;
    check(mdb_env_create(&environment), path);
    check(mdb_env_set_maxdbs(environment, TABLES_MAX), path);
    check(mdb_env_set_mapsize(environment, MAP_SIZE), path);
    check(mdb_env_open(environment, path, flags | MDB_NOLOCK, 0600), path);
    return environment;
}

static void freeze_store(const char *root, const char *name)
{
    char path[PATH_SIZE];
    MDB_txn *txn;
    MDB_dbi main;
    MDB_cursor *cursor;
    MDB_val key, value;
    join(path, root, name);
    MDB_env *environment = open_store(path, MDB_RDONLY);
    check(mdb_txn_begin(environment, NULL, MDB_RDONLY, &txn), name);
    check(mdb_dbi_open(txn, NULL, 0, &main), name);
    check(mdb_cursor_open(txn, main, &cursor), name);
    printf("store %s\n", name);
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
        char table[PATH_SIZE];
        snprintf(table, sizeof table, "%.*s", (int)key.mv_size, (const char *)key.mv_data);
        freeze_table(txn, table);
    }
    mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    mdb_env_close(environment);
}

static int is_content(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static bool is_store(const char *path)
{
    char data[PATH_SIZE];
    join(data, path, "data.mdb");
    return access(data, F_OK) == 0;
}

static void freeze_folder(const char *root, const char *name)
{
    char path[PATH_SIZE], inner[PATH_SIZE];
    struct dirent **entries;
    join(path, root, name);
    if (is_store(path)) {
        freeze_store(root, name);
        return;
    }
    int count = scandir(path, &entries, is_content, alphasort);
    if (count < 0)
        stop(path, "cannot be listed");
    for (int i = 0; i < count; i++) {
        struct stat status;
        join(inner, name, entries[i]->d_name);
        join(path, root, inner);
        if (stat(path, &status) != 0)
            stop(path, "cannot be looked at");
        if (S_ISDIR(status.st_mode))
            freeze_folder(root, inner);
        else
            freeze_file(root, inner, status.st_mode & 0777);
        free(entries[i]);
    }
    free(entries);
}

/* Thawing */

struct thawing {
    const char *root, *without;
    uint32_t format; /* 0: as it was kept */
    FILE *file;
    MDB_env *environment;
    MDB_txn *txn;
    MDB_dbi table;
    char name[PATH_SIZE]; /* of the table */
    bool skips;           /* it */
};

static size_t parse_hex(const char *text, unsigned char *out)
{
    size_t size = 0;
    unsigned byte;
    for (; sscanf(text, "%2x", &byte) == 1 && *text != ' '; text += 2)
        out[size++] = (unsigned char)byte;
    return size;
}

static void end_file(struct thawing *thawing)
{
    if (thawing->file && fclose(thawing->file) != 0)
        stop(thawing->root, "cannot be written");
    thawing->file = NULL;
}

static void end_store(struct thawing *thawing)
{
    if (!thawing->environment)
        return;
    check(mdb_txn_commit(thawing->txn), thawing->root);
    mdb_env_close(thawing->environment);
    thawing->environment = NULL;
}

static void make_parents(const char *path)
{
    char part[PATH_SIZE];
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        mkdir(part, 0700);
    }
}

static FILE *create(struct thawing *thawing, const char *name, unsigned mode)
{
    char path[PATH_SIZE];
    join(path, thawing->root, name);
    make_parents(path);
    FILE *file = fopen(path, "wb");
    if (!file || fchmod(fileno(file), mode) != 0)
        stop(path, "cannot be made");
    return file;
}

static void begin_file(struct thawing *thawing, const char *line)
{
    char name[PATH_SIZE];
    unsigned mode;
    size_t size;
    if (sscanf(line, "file %4095s %o %zu", name, &mode, &size) != 3)
        stop(line, "unreadable");
    thawing->file = create(thawing, name, mode);
    if (ftruncate(fileno(thawing->file), (off_t)size) != 0)
        stop(name, "cannot be made so long");
}

static void place_file(struct thawing *thawing, const char *line)
{
    char name[PATH_SIZE], rest[PATH_SIZE];
    unsigned mode;
    if (sscanf(line, "place %4095s %o %4095s", name, &mode, rest) != 3)
        stop(line, "unreadable");
    thawing->file = create(thawing, name, mode);
    fprintf(thawing->file, "%s%s", thawing->root, rest);
}

static void begin_store(struct thawing *thawing, const char *name)
{
    char path[PATH_SIZE];
    join(path, thawing->root, name);
    make_parents(path);
    mkdir(path, 0700);
    thawing->environment = open_store(path, 0);
    check(mdb_txn_begin(thawing->environment, NULL, 0, &thawing->txn), path);
}

static void begin_table(struct thawing *thawing, const char *name)
{
    snprintf(thawing->name, sizeof thawing->name, "%s", name);
    thawing->skips = thawing->without && strcmp(name, thawing->without) == 0;
    if (!thawing->skips)
        check(mdb_dbi_open(thawing->txn, name, MDB_CREATE, &thawing->table), name);
}

static void write_part(struct thawing *thawing, const char *line)
{
    unsigned char bytes[LINE_BYTES];
    size_t at;
    int hex;
    if (sscanf(line, " %zu %n", &at, &hex) != 1 || fseek(thawing->file, (long)at, SEEK_SET) != 0)
        stop(line, "unreadable");
    size_t size = parse_hex(line + hex, bytes);
    if (fwrite(bytes, 1, size, thawing->file) != size)
        stop(line, "cannot be written");
}

/* As another program's: the checksum covers it. */
static void alter_format(uint32_t format, struct bytes key, unsigned char *value)
{
    bytes_put_u32(value + HEADER_SIZE, format);
    digest_checksum(key, (struct bytes){ value + HEADER_SIZE, 4 }, value + 1);
}

static void put_value(struct thawing *thawing, const char *line)
{
    static unsigned char key[PATH_SIZE], value[FILE_SIZE_LIMIT];
    const char *space = strchr(line + 2, ' ');
    if (thawing->skips)
        return;
    if (!space)
        stop(line, "unreadable");
    MDB_val place = { parse_hex(line + 2, key), key };
    MDB_val content = { parse_hex(space + 1, value), value };
    if (thawing->format && strcmp(thawing->name, FORMAT_WORD) == 0)
        alter_format(thawing->format, (struct bytes){ key, place.mv_size }, value);
    check(mdb_put(thawing->txn, thawing->table, &place, &content, 0), thawing->name);
}

static bool begins(const char *line, const char *word)
{
    return strncmp(line, word, strlen(word)) == 0;
}

static void take_line(struct thawing *thawing, const char *line)
{
    if (begins(line, "  ") && thawing->file) {
        write_part(thawing, line);
    } else if (begins(line, "  ")) {
        put_value(thawing, line);
    } else if (begins(line, "table ")) {
        begin_table(thawing, line + strlen("table "));
    } else {
        end_file(thawing);
        end_store(thawing);
        if (begins(line, "file "))
            begin_file(thawing, line);
        else if (begins(line, "place "))
            place_file(thawing, line);
        else if (begins(line, "store "))
            begin_store(thawing, line + strlen("store "));
    }
}

static void thaw(struct thawing *thawing, const char *path)
{
    FILE *in = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    if (!in)
        stop(path, "cannot be read");
    while (getline(&line, &room, in) > 0) {
        line[strcspn(line, "\n")] = '\0';
        take_line(thawing, line);
    }
    end_file(thawing);
    end_store(thawing);
    free(line);
    fclose(in);
}

int main(int argc, char **argv)
{
    struct thawing thawing = { .root = argc > 3 ? argv[3] : NULL };
    if (argc == 3 && strcmp(argv[1], "freeze") == 0) {
        freeze_folder(argv[2], "");
        return EXIT_SUCCESS;
    }
    if (argc < 4 || argc % 2 != 0 || strcmp(argv[1], "thaw") != 0)
        return STATUS_USAGE;
    for (int i = 4; i < argc; i += 2) {
        if (strcmp(argv[i], "--without") == 0)
            thawing.without = argv[i + 1];
        if (strcmp(argv[i], "--format") == 0)
            thawing.format = (uint32_t)strtoul(argv[i + 1], NULL, 10);
    }
    thaw(&thawing, argv[2]);
    return EXIT_SUCCESS;
}

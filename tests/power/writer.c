#define _GNU_SOURCE /* pwritev2, fallocate, renameat2, O_TMPFILE */
/*
 * writer FOLDER WAY: changes files of the folder in one way, or with "every" in each of those
 * the recorder has a model for. tests/power/test_recorder.py looks whether it was seen.
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/attributes.h"

static void need(bool done, const char *what)
{
    if (done)
        return;
    perror(what);
    _exit(EXIT_FAILURE);
}

static int create(const char *name, int flags)
{
    int file = open(name, O_RDWR | O_CREAT | flags, 0600);
    need(file >= 0, name);
    return file;
}

static void by_write(void)
{
    int file = create("written", 0);
    need(write(file, "one", 3) == 3 && write(file, "two", 3) == 3, "write");
    int twin = dup(file);
    need(lseek(file, 100, SEEK_SET) == 100 && write(twin, "far", 3) == 3, "write");
    need(fsync(file) == 0 && close(twin) == 0 && close(file) == 0, "fsync");
    file = open("written", O_WRONLY | O_APPEND);
    need(write(file, "end", 3) == 3 && close(file) == 0, "append");
}

static void by_vector(void)
{
    struct iovec parts[] = { { (void *)(uintptr_t) "abc", 3 }, { (void *)(uintptr_t) "defg", 4 } };
    int file = create("vector", 0);
    need(lseek(file, 4096, SEEK_SET) == 4096 && writev(file, parts, 2) == 7, "writev");
    need(pwrite(file, "x", 1, 9) == 1 && pwritev(file, parts, 2, 600) == 7, "pwritev");
    need(pwritev2(file, parts, 2, 700, RWF_DSYNC) == 7, "pwritev2");
    need(pwritev2(file, parts, 2, -1, 0) == 7 && fdatasync(file) == 0, "pwritev2");
    need(close(file) == 0, "close");
    file = create("durable", O_DSYNC);
    need(pwrite(file, "sure", 4, 0) == 4 && close(file) == 0, "O_DSYNC");
}

static void by_stdio(void)
{
    FILE *file = fopen("printed", "w");
    need(file && fprintf(file, "%0*d", 9000, 7) == 9000 && fclose(file) == 0, "stdio");
    file = fopen("printed", "r+");
    need(file && fseek(file, 5000, SEEK_SET) == 0 && fputs("middle", file) >= 0, "stdio");
    need(fflush(file) == 0 && fclose(file) == 0, "stdio");
}

static void by_bare_call(void)
{
    int file = create("bare", 0);
    need(syscall(SYS_write, file, "bare", 4) == 4, "syscall");
    need(syscall(SYS_pwrite64, file, "B", 1, 0L) == 1 && close(file) == 0, "syscall");
}

static void by_size(void)
{
    int file = create("size", 0);
    need(write(file, "0123456789", 10) == 10 && ftruncate(file, 4) == 0, "ftruncate");
    need(ftruncate(file, 3000) == 0 && fallocate(file, 0, 0, 9000) == 0, "fallocate");
    need(fallocate(file, 0, 0, 10) == 0 && close(file) == 0, "fallocate");
    need(truncate("size", 8000) == 0, "truncate");
    file = create("cut", 0);
    need(write(file, "gone", 4) == 4 && close(file) == 0, "write");
    need(close(create("cut", O_TRUNC)) == 0, "O_TRUNC");
}

static void by_name(void)
{
    int here = open(".", O_RDONLY);
    need(mkdir("folder", 0700) == 0 && mkdirat(here, "folder/inner", 0700) == 0, "mkdir");
    int file = create("folder/inner/moved", 0);
    need(write(file, "moved", 5) == 5 && close(file) == 0, "write");
    need(rename("folder/inner/moved", "moved") == 0, "rename");
    need(link("moved", "folder/second") == 0 && link("moved", "third") == 0, "link");
    need(renameat(here, "third", here, "folder/fourth") == 0, "renameat");
    need(unlink("moved") == 0 && rmdir("folder/inner") == 0, "unlink");
    need(close(create("again", 0)) == 0 && unlink("again") == 0, "unlink");
    file = create("again", 0); /* most likely the same inode */
    need(write(file, "new", 3) == 3 && close(file) == 0, "write");
    need(rename("folder", "renamed") == 0 && fsync(here) == 0, "rename");
    need(syncfs(here) == 0 && close(here) == 0, "syncfs");
    sync();
}

static void by_child(void)
{
    int file = create("child", 0);
    pid_t child = fork();
    if (child == 0) {
        need(write(file, "child", 5) == 5, "write");
        _exit(0);
    }
    int status;
    need(waitpid(child, &status, 0) == child && status == 0, "child");
    need(write(file, "parent", 6) == 6 && close(file) == 0, "write");
}

static void by_map(void)
{
    int file = create("mapped", 0);
    need(ftruncate(file, 4096) == 0, "ftruncate");
    char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    need(map != MAP_FAILED, "mmap");
    map[0] = 'm';
}

static void by_late_map(void)
{
    int file = create("mapped", 0);
    need(ftruncate(file, 4096) == 0, "ftruncate");
    char *map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, file, 0);
    need(map != MAP_FAILED && mprotect(map, 4096, PROT_READ | PROT_WRITE) == 0, "mprotect");
    map[0] = 'm';
}

static void by_sendfile(void)
{
    int from = open("/proc/self/exe", O_RDONLY);
    need(sendfile(create("sent", 0), from, NULL, 10) == 10, "sendfile");
}

static void by_copy(void)
{
    int from = create("from", 0);
    need(write(from, "0123456789", 10) == 10 && lseek(from, 0, SEEK_SET) == 0, "write");
    need(copy_file_range(from, NULL, create("copied", 0), NULL, 10, 0) == 10, "copy_file_range");
}

static void by_splice(void)
{
    int ends[2];
    need(pipe(ends) == 0 && write(ends[1], "0123456789", 10) == 10, "pipe");
    need(splice(ends[0], NULL, create("spliced", 0), NULL, 10, 0) == 10, "splice");
}

static void by_hole(void)
{
    int file = create("hole", 0);
    need(ftruncate(file, 8192) == 0, "ftruncate");
    need(fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096) == 0, "fallocate");
}

static void by_exchange(void)
{
    need(close(create("one", 0)) == 0 && close(create("two", 0)) == 0, "create");
    need(syscall(SYS_renameat2, AT_FDCWD, "one", AT_FDCWD, "two", RENAME_EXCHANGE) == 0, "rename");
}

static void by_nameless_file(void)
{
    need(open(".", O_RDWR | O_TMPFILE, 0600) >= 0, "O_TMPFILE");
}

static void by_symbolic_link(void)
{
    need(symlink("anything", "symbolic") == 0, "symlink");
}

static void by_flags(void)
{
    int flags = 0, file = create("flags", 0);
    (void)ioctl(file, FS_IOC_GETFLAGS, &flags);
    need(ioctl(file, FIONREAD, &flags) == 0, "ioctl");
}

static void by_ring(void)
{
    unsigned char parameters[256] = { 0 };
    need(syscall(SYS_io_uring_setup, 1, parameters) >= 0, "io_uring_setup");
}

static void by_unknown_call(void)
{
    need(syscall(SYS_getpriority, 0, 0) >= 0, "getpriority");
}

static void by_moving_out(void)
{
    need(close(create("inside", 0)) == 0 && rename("inside", "../outside") == 0, "rename");
}

static void every(void);
#define MODELLED_FIRST 1
#define MODELLED_LAST 7

static const struct {
    const char *name;
    void (*change)(void);
} ways[] = {
    { "every", every },
    { "write", by_write },
    { "vector", by_vector },
    { "stdio", by_stdio },
    { "bare", by_bare_call },
    { "size", by_size },
    { "name", by_name },
    { "child", by_child },
    { "mmap", by_map },
    { "mprotect", by_late_map },
    { "sendfile", by_sendfile },
    { "copy_file_range", by_copy },
    { "splice", by_splice },
    { "punch-hole", by_hole },
    { "exchange", by_exchange },
    { "nameless", by_nameless_file },
    { "symlink", by_symbolic_link },
    { "ioctl", by_flags },
    { "io_uring", by_ring },
    { "unknown", by_unknown_call },
    { "out", by_moving_out },
};

static void every(void)
{
    for (size_t i = MODELLED_FIRST; i <= MODELLED_LAST; i++) {
        ways[i].change();
        puts(ways[i].name);
        need(fflush(stdout) == 0, "standard output");
    }
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 3 && i < COUNT_OF(ways); i++)
        if (strcmp(ways[i].name, argv[2]) == 0) {
            need(chdir(argv[1]) == 0, argv[1]);
            ways[i].change();
            return EXIT_SUCCESS;
        }
    fprintf(stderr, "usage: writer FOLDER WAY\n");
    return 2;
}

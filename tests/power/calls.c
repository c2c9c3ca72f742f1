#define _GNU_SOURCE /* O_TMPFILE, renameat2, RWF_DSYNC */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "common/base/memory.h"
#include "tests/power/recording.h"

#define STANDARD_OUTPUT 1
#define IOV_MAX_HERE 1024

struct call;
typedef void call_fn(struct recording *recording, struct tracee *tracee, const struct call *call);

struct call {
    const char *name; /* NULL: unknown, and refused */
    call_fn *leave;   /* NULL: changes no file */
    int first;        /* argument: the descriptor, or the folder of the path */
    int second;       /* argument: the path */
};

/* The watched file behind a descriptor. */
static bool file_of(struct recording *recording, const struct tracee *tracee, int argument,
                    const struct call *call, struct descriptor *out, uint32_t *out_inode)
{
    if (!tracee_descriptor(tracee, (int)tracee->args[argument], out) ||
        !recording_watches(recording, out->path))
        return false;
    *out_inode = recording_number(recording, &out->status);
    if (*out_inode == 0)
        recording_refuse(recording, call->name, out->path);
    return *out_inode != 0;
}

/* The folder of a path that is watched, and the name in it. */
static bool name_of(struct recording *recording, const struct tracee *tracee, int folder, int path,
                    const struct call *call, struct place *out, uint32_t *out_inode)
{
    struct stat status;
    int base = folder < 0 ? AT_FDCWD : (int)tracee->args[folder];
    if (!tracee_place(tracee, base, tracee->args[path], out) ||
        !recording_watches(recording, out->folder) || stat(out->folder, &status) != 0)
        return false;
    *out_inode = recording_number(recording, &status);
    if (*out_inode == 0)
        recording_refuse(recording, call->name, out->folder);
    return *out_inode != 0;
}

static bool status_of(const struct place *place, struct stat *out)
{
    char path[2 * TRACEE_PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", place->folder, place->name);
    return lstat(path, out) == 0;
}

/* For calls that must not touch the folder: by descriptor, or by path. */
static void refuse_file(struct recording *recording, struct tracee *tracee, const struct call *call)
{
    struct descriptor file;
    if (tracee_descriptor(tracee, (int)tracee->args[call->first], &file) &&
        recording_watches(recording, file.path))
        recording_refuse(recording, call->name, file.path);
}

static void refuse_path(struct recording *recording, struct tracee *tracee, const struct call *call)
{
    struct place place;
    int base = call->first < 0 ? AT_FDCWD : (int)tracee->args[call->first];
    if (tracee_place(tracee, base, tracee->args[call->second], &place) &&
        recording_watches(recording, place.folder))
        recording_refuse(recording, call->name, place.folder);
}

static void refuse(struct recording *recording, struct tracee *tracee, const struct call *call)
{
    (void)tracee;
    recording_refuse(recording, call->name, "anything");
}

/* Writing */

static void add_write(struct recording *recording, const struct descriptor *file, uint32_t inode,
                      uint64_t offset, struct bytes data, bool durable)
{
    (void)file;
    struct tape_op op = { .kind = durable ? TAPE_WRITE_DURABLE : TAPE_WRITE,
                          .inode = inode,
                          .offset = offset,
                          .data = data };
    recording_add(recording, &op);
}

/* What the program says: lines, each of them a mark. */
static void add_marks(struct recording *recording, const char *text, size_t size)
{
    for (const char *end; size > 0 && (end = memchr(text, '\n', size)); text = end + 1) {
        struct tape_op op = { .kind = TAPE_MARK, .data = { text, (size_t)(end - text) } };
        recording_add(recording, &op);
        size -= (size_t)(end + 1 - text);
    }
    if (size > 0)
        recording_refuse(recording, "write of half a line", "standard output");
}

static void take_written(struct recording *recording, struct tracee *tracee,
                         const struct call *call, struct bytes data, const uint64_t *at,
                         bool durable)
{
    struct descriptor file;
    uint32_t inode;
    if (tracee->args[0] == STANDARD_OUTPUT) {
        add_marks(recording, data.data, data.size);
        return;
    }
    if (!file_of(recording, tracee, 0, call, &file, &inode))
        return;
    if (at && file.append)
        recording_refuse(recording, "pwrite through O_APPEND", file.path);
    add_write(recording, &file, inode, at ? *at : file.position - data.size, data,
              durable || file.durable);
}

static bool concerns(struct recording *recording, const struct tracee *tracee)
{
    struct descriptor file;
    return tracee->result > 0 && (tracee->args[0] == STANDARD_OUTPUT ||
                                  (tracee_descriptor(tracee, (int)tracee->args[0], &file) &&
                                   recording_watches(recording, file.path)));
}

static void leave_write(struct recording *recording, struct tracee *tracee, const struct call *call)
{
    if (!concerns(recording, tracee))
        return;
    size_t size = (size_t)tracee->result;
    CLEANUP(memory_free) char *data = memory_zeroed(size, 1);
    if (!tracee_copy(tracee, tracee->args[1], data, size))
        recording_refuse(recording, call->name, "memory that cannot be read");
    bool positioned = call->second > 0;
    take_written(recording, tracee, call, (struct bytes){ data, size },
                 positioned ? &tracee->args[call->second] : NULL, false);
}

static bool gather(const struct tracee *tracee, char *target, size_t size)
{
    struct iovec parts[IOV_MAX_HERE];
    size_t count = (size_t)tracee->args[2], done = 0;
    if (count > IOV_MAX_HERE || !tracee_copy(tracee, tracee->args[1], parts, count * sizeof *parts))
        return false;
    for (size_t i = 0; i < count && done < size; i++) {
        size_t part = parts[i].iov_len < size - done ? parts[i].iov_len : size - done;
        if (!tracee_copy(tracee, (uintptr_t)parts[i].iov_base, target + done, part))
            return false;
        done += part;
    }
    return done == size;
}

static void leave_writev(struct recording *recording, struct tracee *tracee,
                         const struct call *call)
{
    if (!concerns(recording, tracee))
        return;
    size_t size = (size_t)tracee->result;
    CLEANUP(memory_free) char *data = memory_zeroed(size, 1);
    if (!gather(tracee, data, size))
        recording_refuse(recording, call->name, "memory that cannot be read");
    bool second = tracee->number == SYS_pwritev2;
    uint64_t flags = second ? tracee->args[5] : 0;
    if (flags & ~(uint64_t)(RWF_DSYNC | RWF_SYNC))
        recording_refuse(recording, "pwritev2 with flags", "a file");
    bool positioned = call->second > 0 && !(second && tracee->args[3] == UINT64_MAX);
    take_written(recording, tracee, call, (struct bytes){ data, size },
                 positioned ? &tracee->args[call->second] : NULL, flags != 0);
}

static void add_resize(struct recording *recording, uint32_t inode, uint64_t size)
{
    struct tape_op op = { .kind = TAPE_RESIZE, .inode = inode, .offset = size };
    recording_add(recording, &op);
}

static void leave_ftruncate(struct recording *recording, struct tracee *tracee,
                            const struct call *call)
{
    struct descriptor file;
    uint32_t inode;
    if (file_of(recording, tracee, 0, call, &file, &inode))
        add_resize(recording, inode, tracee->args[1]);
}

static void leave_truncate(struct recording *recording, struct tracee *tracee,
                           const struct call *call)
{
    struct place place;
    struct stat status;
    uint32_t folder, inode;
    if (!name_of(recording, tracee, -1, 0, call, &place, &folder) || !status_of(&place, &status))
        return;
    if ((inode = recording_number(recording, &status)) == 0)
        recording_refuse(recording, call->name, place.name);
    else
        add_resize(recording, inode, tracee->args[1]);
}

/* Without flags it only makes the file longer, by zeros. */
static void leave_fallocate(struct recording *recording, struct tracee *tracee,
                            const struct call *call)
{
    struct descriptor file;
    uint32_t inode;
    if (!file_of(recording, tracee, 0, call, &file, &inode))
        return;
    if (tracee->args[1] != 0)
        recording_refuse(recording, "fallocate with flags", file.path);
    add_resize(recording, inode, (uint64_t)file.status.st_size);
}

/* Names */

static void enter_open(struct recording *recording, struct tracee *tracee, const struct call *call)
{
    struct place place;
    struct stat status;
    int base = call->first < 0 ? AT_FDCWD : (int)tracee->args[call->first];
    tracee->existed = !tracee_place(tracee, base, tracee->args[call->second], &place) ||
                      !recording_watches(recording, place.folder) || status_of(&place, &status);
}

static void add_created(struct recording *recording, const struct place *place, uint32_t folder)
{
    struct stat status;
    bool is_volatile = strcmp(place->name, TAPE_VOLATILE_NAME) == 0;
    if (!status_of(place, &status)) {
        recording_refuse(recording, "create", place->name);
        return;
    }
    struct tape_op op = { .kind = S_ISDIR(status.st_mode) ? TAPE_CREATE_FOLDER : TAPE_CREATE_FILE,
                          .inode = folder,
                          .name = place->name };
    op.target = recording_new_number(recording, status.st_ino, is_volatile);
    recording_add(recording, &op);
}

static void leave_open(struct recording *recording, struct tracee *tracee, const struct call *call)
{
    struct place place;
    struct descriptor file;
    uint32_t folder;
    int flags = (int)tracee->args[call->second + 1];
    bool found = tracee_descriptor(tracee, (int)tracee->result, &file) &&
                 recording_watches(recording, file.path);
    if (found && (flags & O_TMPFILE) == O_TMPFILE)
        recording_refuse(recording, "open with O_TMPFILE", file.path);
    else if (found && !tracee->existed &&
             name_of(recording, tracee, call->first, call->second, call, &place, &folder))
        add_created(recording, &place, folder);
    else if (found && (flags & O_TRUNC) && (flags & O_ACCMODE) != O_RDONLY)
        add_resize(recording, recording_number(recording, &file.status), 0);
}

static void leave_mkdir(struct recording *recording, struct tracee *tracee, const struct call *call)
{
    struct place place;
    uint32_t folder;
    if (name_of(recording, tracee, call->first, call->second, call, &place, &folder))
        add_created(recording, &place, folder);
}

static void leave_unlink(struct recording *recording, struct tracee *tracee,
                         const struct call *call)
{
    struct place place;
    uint32_t folder;
    if (!name_of(recording, tracee, call->first, call->second, call, &place, &folder))
        return;
    struct tape_op op = { .kind = TAPE_UNLINK, .inode = folder, .name = place.name };
    recording_add(recording, &op);
}

/* Both names in the watched folder, or none. */
static bool two_names(struct recording *recording, struct tracee *tracee, const struct call *call,
                      struct place places[2], uint32_t folders[2])
{
    bool at = call->first >= 0;
    bool first = name_of(recording, tracee, at ? 0 : -1, at ? 1 : 0, call, &places[0], &folders[0]);
    bool second =
        name_of(recording, tracee, at ? 2 : -1, at ? 3 : 1, call, &places[1], &folders[1]);
    if (first != second)
        recording_refuse(recording, call->name, first ? places[0].name : places[1].name);
    return first && second;
}

static void leave_rename(struct recording *recording, struct tracee *tracee,
                         const struct call *call)
{
    struct place places[2];
    uint32_t folders[2];
    if (!two_names(recording, tracee, call, places, folders))
        return;
    if (tracee->number == SYS_renameat2 && tracee->args[4] != 0)
        recording_refuse(recording, "renameat2 with flags", places[0].name);
    struct tape_op op = { .kind = TAPE_RENAME,
                          .inode = folders[0],
                          .name = places[0].name,
                          .target = folders[1],
                          .new_name = places[1].name };
    recording_add(recording, &op);
}

static void leave_link(struct recording *recording, struct tracee *tracee, const struct call *call)
{
    struct place places[2];
    struct stat status;
    uint32_t folders[2];
    if (!two_names(recording, tracee, call, places, folders))
        return;
    struct tape_op op = { .kind = TAPE_LINK, .inode = folders[1], .name = places[1].name };
    if (!status_of(&places[1], &status) || (op.target = recording_number(recording, &status)) == 0)
        recording_refuse(recording, call->name, places[1].name);
    else
        recording_add(recording, &op);
}

/* Making durable */

static void leave_sync(struct recording *recording, struct tracee *tracee, const struct call *call)
{
    struct descriptor file;
    uint32_t inode;
    if (!file_of(recording, tracee, 0, call, &file, &inode))
        return;
    struct tape_op op = { .kind = TAPE_SYNC, .inode = inode };
    recording_add(recording, &op);
}

static void leave_sync_all(struct recording *recording, struct tracee *tracee,
                           const struct call *call)
{
    struct descriptor file;
    bool everything = call->first < 0; /* sync(): else the file system of a descriptor */
    if (!everything && !(tracee_descriptor(tracee, (int)tracee->args[0], &file) &&
                         file.status.st_dev == recording->device))
        return;
    struct tape_op op = { .kind = TAPE_SYNC_ALL };
    recording_add(recording, &op);
}

/* Writing through memory passes the border unseen. */

static void leave_mmap(struct recording *recording, struct tracee *tracee, const struct call *call)
{
    struct descriptor file;
    (void)call;
    bool writes = (tracee->args[2] & PROT_WRITE) && (tracee->args[3] & MAP_SHARED) &&
                  !(tracee->args[3] & MAP_ANONYMOUS);
    if (!writes || !tracee_descriptor(tracee, (int)tracee->args[4], &file) ||
        !recording_watches(recording, file.path))
        return;
    const char *name = strrchr(file.path, '/') + 1;
    if (strcmp(name, TAPE_VOLATILE_NAME) != 0)
        recording_refuse(recording, "mmap for shared writing", file.path);
}

static void leave_mprotect(struct recording *recording, struct tracee *tracee,
                           const struct call *call)
{
    if ((tracee->args[2] & PROT_WRITE) &&
        tracee_maps(tracee, tracee->args[0], tracee->args[1], recording->root, TAPE_VOLATILE_NAME))
        recording_refuse(recording, call->name, recording->root);
}

/* clang-format off */
#define HARMLESS(call)                 [SYS_##call] = { #call, NULL, -1, -1 }
#define CALL(call, leave)              [SYS_##call] = { #call, leave, 0, -1 }
#define BY_PATH(call, leave)           [SYS_##call] = { #call, leave, -1, 0 }
#define BY_PATH_AT(call, leave)        [SYS_##call] = { #call, leave, 0, 1 }
#define WITH(call, leave, first, second) [SYS_##call] = { #call, leave, first, second }

static const struct call calls[] = {
    CALL(write, leave_write),
    WITH(pwrite64, leave_write, 0, 3),
    CALL(writev, leave_writev),
    WITH(pwritev, leave_writev, 0, 3),
    WITH(pwritev2, leave_writev, 0, 3),
    CALL(ftruncate, leave_ftruncate),
    BY_PATH(truncate, leave_truncate),
    CALL(fallocate, leave_fallocate),
    BY_PATH_AT(openat, leave_open),
    BY_PATH_AT(mkdirat, leave_mkdir),
    BY_PATH_AT(unlinkat, leave_unlink),
    BY_PATH_AT(renameat, leave_rename),
    BY_PATH_AT(renameat2, leave_rename),
    BY_PATH_AT(linkat, leave_link),
#ifdef SYS_open
    BY_PATH(open, leave_open),
    BY_PATH(mkdir, leave_mkdir),
    BY_PATH(unlink, leave_unlink),
    BY_PATH(rmdir, leave_unlink),
    BY_PATH(rename, leave_rename),
    BY_PATH(link, leave_link),
    BY_PATH(creat, refuse_path),
    BY_PATH(mknod, refuse_path),
    WITH(symlink, refuse_path, -1, 1),
#endif
    CALL(fsync, leave_sync),
    CALL(fdatasync, leave_sync),
    BY_PATH(sync, leave_sync_all),
    CALL(syncfs, leave_sync_all),
    CALL(mmap, leave_mmap),
    CALL(mprotect, leave_mprotect),
    CALL(pkey_mprotect, leave_mprotect),

    CALL(sendfile, refuse_file),
    WITH(copy_file_range, refuse_file, 2, -1),
    WITH(splice, refuse_file, 2, -1),
    CALL(ioctl, refuse_file),
    BY_PATH_AT(mknodat, refuse_path),
    WITH(symlinkat, refuse_path, 1, 2),
    BY_PATH_AT(openat2, refuse_path),
    BY_PATH(swapoff, refuse),
    CALL(io_uring_setup, refuse),
    CALL(io_setup, refuse),
    CALL(open_by_handle_at, refuse),
    BY_PATH(mount, refuse),
    BY_PATH(chroot, refuse),
    CALL(unshare, refuse),

    /* Neither content nor size nor name. These promise nothing of a file either: */
    HARMLESS(sync_file_range), HARMLESS(msync), HARMLESS(fadvise64), HARMLESS(flock),
    HARMLESS(fchmod), HARMLESS(fchmodat), HARMLESS(fchown), HARMLESS(utimensat),
    HARMLESS(fsetxattr), HARMLESS(readahead),
    HARMLESS(read), HARMLESS(pread64), HARMLESS(readv), HARMLESS(preadv), HARMLESS(preadv2),
    HARMLESS(close), HARMLESS(close_range), HARMLESS(lseek), HARMLESS(dup), HARMLESS(dup3),
    HARMLESS(fcntl), HARMLESS(fstat), HARMLESS(newfstatat), HARMLESS(statx), HARMLESS(statfs),
    HARMLESS(fstatfs), HARMLESS(faccessat), HARMLESS(faccessat2), HARMLESS(readlinkat),
    HARMLESS(getdents64), HARMLESS(getcwd), HARMLESS(chdir), HARMLESS(fchdir), HARMLESS(umask),
    HARMLESS(pipe2), HARMLESS(munmap), HARMLESS(mremap), HARMLESS(madvise), HARMLESS(brk),
    HARMLESS(mlock), HARMLESS(munlock), HARMLESS(mincore), HARMLESS(memfd_create),
    HARMLESS(rt_sigaction), HARMLESS(rt_sigprocmask), HARMLESS(rt_sigreturn),
    HARMLESS(sigaltstack), HARMLESS(kill), HARMLESS(tgkill), HARMLESS(futex),
    HARMLESS(set_robust_list), HARMLESS(get_robust_list), HARMLESS(rseq),
    HARMLESS(set_tid_address), HARMLESS(clone), HARMLESS(clone3), HARMLESS(execve),
    HARMLESS(exit), HARMLESS(exit_group), HARMLESS(wait4), HARMLESS(getpid), HARMLESS(getppid),
    HARMLESS(gettid), HARMLESS(getuid), HARMLESS(geteuid), HARMLESS(getgid), HARMLESS(getegid),
    HARMLESS(getrandom), HARMLESS(clock_gettime), HARMLESS(clock_nanosleep),
    HARMLESS(nanosleep), HARMLESS(gettimeofday), HARMLESS(prlimit64), HARMLESS(uname),
    HARMLESS(sysinfo), HARMLESS(prctl), HARMLESS(sched_yield), HARMLESS(sched_getaffinity),
    HARMLESS(getrusage), HARMLESS(ppoll), HARMLESS(eventfd2), HARMLESS(epoll_create1),
    HARMLESS(epoll_ctl), HARMLESS(epoll_pwait), HARMLESS(restart_syscall),
#ifdef SYS_open
    HARMLESS(stat), HARMLESS(lstat), HARMLESS(access), HARMLESS(readlink), HARMLESS(poll),
    HARMLESS(pipe), HARMLESS(dup2), HARMLESS(arch_prctl), HARMLESS(chmod), HARMLESS(fork),
    HARMLESS(vfork), HARMLESS(epoll_wait), HARMLESS(time), HARMLESS(getrlimit),
#endif
};
/* clang-format on */

static const struct call *call_of(struct recording *recording, const struct tracee *tracee)
{
    char number[32];
    if (tracee->number < COUNT_OF(calls) && calls[tracee->number].name)
        return &calls[tracee->number];
    snprintf(number, sizeof number, "call %llu", (unsigned long long)tracee->number);
    recording_refuse(recording, number, "anything");
    return NULL;
}

void recording_enter(struct recording *recording, struct tracee *tracee)
{
    const struct call *call = call_of(recording, tracee);
    if (call && call->leave == leave_open)
        enter_open(recording, tracee, call);
}

void recording_leave(struct recording *recording, struct tracee *tracee)
{
    const struct call *call = call_of(recording, tracee);
    if (call && call->leave && tracee->result >= 0)
        call->leave(recording, tracee, call);
}

"""Tapes from the outside: how they are recorded, and what strace says of the same work.

Standard library only.
"""
import os
import re
import subprocess
import sys

STATUS_SKIPPED = 77
VOLATILE = "lock.mdb"
NAMES_A_FILE = {"open", "openat", "creat", "mkdir", "mkdirat", "unlink", "unlinkat", "rmdir", "rename", "renameat",
                "renameat2", "link", "linkat", "truncate", "symlink", "symlinkat", "mknod", "mknodat"}
KINDS = {"write": "write", "pwrite64": "write", "writev": "write", "pwritev": "write", "pwritev2": "write",
         "fsync": "sync", "fdatasync": "sync", "ftruncate": "resize", "truncate": "resize", "fallocate": "resize",
         "mkdir": "mkdir", "mkdirat": "mkdir", "unlink": "unlink", "unlinkat": "unlink", "rmdir": "unlink",
         "rename": "rename", "renameat": "rename", "renameat2": "rename", "link": "link", "linkat": "link",
         "sync": "sync-all", "syncfs": "sync-all"}
UNMODELLED = {"sendfile", "copy_file_range", "splice", "symlink", "symlinkat", "mknod", "mknodat", "creat"}
# The leak check stops the world by ptrace, and nobody can be traced twice: a sanitized program would end with an error.
TRACED = {**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}
CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (\d+|0x[0-9a-f]+)(?:<(.*)>)?$")


def end_if_sanitized(build, what):
    """Sanitizers have allocators and signals of their own, in the place of those that are to fail."""
    with open(program(build, "agent"), "rb") as file:
        if b"__asan_init" in file.read():
            print(f"{what}: skipped, {build} is built with sanitizers; build another one: cmake --preset release")
            sys.exit(STATUS_SKIPPED)


def program(build, name):
    return os.path.join(build, "tests", f"power_{name}")


def shortage(build):
    """What stands before the allocator of a program, as LD_PRELOAD."""
    return os.path.join(build, "tests", "libpower_shortage.so")


def record(build, tape, folder, command):
    """The recorder's exit status and what it said."""
    done = subprocess.run([program(build, "recorder"), tape, folder, *command], capture_output=True, text=True,
                          env=TRACED, timeout=300)
    return done.returncode, done.stderr.strip()


def printed(build, tape):
    return subprocess.run([program(build, "agent"), "print", tape], capture_output=True, text=True, check=True,
                          timeout=300).stdout.splitlines()


def content_of(folder):
    """Every path in it, with its bytes; None for a folder."""
    found = {}
    for root, folders, files in os.walk(folder):
        for name in folders:
            found[os.path.relpath(os.path.join(root, name), folder)] = None
        for name in files:
            if name == VOLATILE:
                continue
            path = os.path.join(root, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = file.read()
    return found


class Names:
    """Where each number of a tape stands at the moment."""

    def __init__(self):
        self.entries = {1: {}}

    def path(self, inode):
        if inode == 1:
            return "."
        for folder, names in self.entries.items():
            for name, number in names.items():
                if number == inode:
                    return os.path.normpath(os.path.join(self.path(folder), name))
        return "gone"

    def join(self, folder, name):
        return os.path.normpath(os.path.join(self.path(folder), name))


def operations_of_tape(lines):
    """(kind, path, size) of each line; the numbers become paths."""
    names, found = Names(), []
    for line in lines:
        kind, *words = line.split(" ")
        if kind == "mark":
            found.append(("write", "1", len(line) - len("mark ") + 1))
            continue
        if kind == "sync-all":
            found.append((kind, "", 0))
            continue
        number = int(words[0])
        if kind in ("create", "mkdir", "link"):
            names.entries.setdefault(number, {})[words[1]] = int(words[2])
            found.append((kind, names.join(number, words[1]), 0))
        elif kind == "unlink":
            found.append((kind, names.join(number, words[1]), 0))
            names.entries[number].pop(words[1], None)
        elif kind == "rename":
            moved = names.entries[number].pop(words[1])
            names.entries.setdefault(int(words[2]), {})[words[3]] = moved
            found.append((kind, names.join(int(words[2]), words[3]), 0))
        else:
            size = int(words[-1]) if kind != "sync" else 0
            found.append(("write" if kind == "write-durable" else kind, names.path(number), size))
    return found


def quoted(text):
    return re.findall(r'"((?:[^"\\]|\\.)*)"', text)


def move(existing, old, new):
    """A renamed folder takes along what is in it."""
    for path in [path for path in existing if path == old or path.startswith(old + "/")]:
        existing.discard(path)
        existing.add(new + path[len(old):])


def operation_of_call(name, arguments, result, opened, root, existing):
    """What one line of strace means for the folder; None: nothing."""
    inside = lambda path: path == root or path.startswith(root + "/")
    relative = lambda path: os.path.relpath(path, root)
    if name == "sync":
        return ("sync-all", "", 0)
    if name in NAMES_A_FILE:
        paths = [os.path.join(root, path) for path in quoted(arguments)]
        if name in ("open", "openat"):
            paths = [opened or ""]
        paths = [path for path in paths if inside(path)]
        if not paths:
            return None
        path = paths[-1]
        if name in ("open", "openat"):
            is_new = "O_CREAT" in arguments and path not in existing
            if "O_CREAT" in arguments:
                existing.add(path)
            return ("create", relative(path), 0) if is_new else \
                ("resize", relative(path), 0) if "O_TRUNC" in arguments else None
        size = int(arguments.rsplit(", ", 1)[1]) if name == "truncate" else 0
        if name.startswith("rename"):
            move(existing, *paths)
        elif KINDS.get(name) == "unlink":
            existing.discard(path)
        elif name.startswith("link"):
            existing.add(path)
        return (KINDS.get(name, name), relative(path), size)
    descriptor = re.match(r"(\d+)(?:<(.*?)>)?(?:, |$)", arguments)
    if name in ("write", "writev") and descriptor and descriptor.group(1) == "1":
        return ("write", "1", result)
    if name == "mmap" and "PROT_WRITE" in arguments and "MAP_SHARED" in arguments and f"<{root}/" in arguments:
        return ("mmap", relative(re.search(rf"<({re.escape(root)}/.*?)>", arguments).group(1)), 0)
    if name in UNMODELLED and f"<{root}/" in arguments:
        return (name, "?", result)
    if name not in KINDS or not descriptor or not descriptor.group(2) or not inside(descriptor.group(2)):
        return None
    kind, size = KINDS[name], 0
    if kind == "write":
        size = result
    elif name == "ftruncate":
        size = int(arguments.rsplit(", ", 1)[1])
    return (kind, "" if kind == "sync-all" else relative(descriptor.group(2)), size)


def operations_of_strace(log, root):
    """The same from a log of strace -y -s 0; an own reading, from nothing but its text."""
    found, existing = [], set()
    with open(log, encoding="utf-8", errors="replace") as file:
        for line in file:
            match = CALL.match(line.rstrip("\n"))
            if not match:
                continue
            name, arguments, result = match.group(1), match.group(2), int(match.group(3), 0)
            operation = operation_of_call(name, arguments, result, match.group(4), root, existing)
            if operation and os.path.basename(operation[1]) == VOLATILE and operation[0] not in ("create", "unlink"):
                continue
            if operation and result >= 0:
                found.append(operation)
    return found


def strace(log, command):
    subprocess.run(["strace", "-y", "-s", "4096", "-e", "trace=!read,pread64,clock_gettime,munmap", "-o", log,
                    *command], check=True, env=TRACED, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)

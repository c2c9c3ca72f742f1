#!/usr/bin/env python3
"""Every system call of the core commands fails once, one after the other, with every error it may have;
and every allocation, of the program and of its libraries.

    test_faults.py BUILD SOURCE [--points N] [--seed N] [--only SCENARIO CALL ERROR NUMBER]
    test_faults.py BUILD SOURCE --writes      only the writes of the store, where one process seals and one serves

For an allocation CALL is "own" or "library", ERROR is "once" or "for-good".

Whatever fails: the command ends within ten seconds, cleanly; what it acknowledged is there; the
store is sound; the command can be given again, and its effect is there once. Without --points
every point is tried: each call, each error, first, second, third … until it no longer fires.
"""
import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "journey"))
import tape  # noqa: E402
from province import Program, Province, Refused, end, seal_month  # noqa: E402

PATIENCE_S = 10
RESERVE = "reserve"  # large, and made again at once
STATUS_UNKNOWN = 75  # a write of the store failed: whoever starts it again looks
STORE_WRITES = ("pwrite64", "writev", "fdatasync")
ZONE, FORM, MONTHS = "22102001", "JKQ401", ("2017-M02", "2017-M03")
SYNC = ("--timeout", "3")
FILE_ERRORS = {
    "openat": ("EIO", "EMFILE", "ENOMEM", "EINTR", "ENOSPC"), "read": ("EIO", "EINTR"), "pread64": ("EIO", "EINTR"),
    "pwrite64": ("EIO", "ENOSPC", "EINTR"), "write": ("EIO", "ENOSPC", "EINTR"),
    "writev": ("EIO", "ENOSPC", "EINTR"), "fdatasync": ("EIO", "ENOSPC", "EINTR"), "fsync": ("EIO", "ENOSPC", "EINTR"),
    "rename": ("EIO", "ENOSPC"), "link": ("EIO", "ENOSPC"), "unlink": ("EIO",), "mkdir": ("EIO", "ENOSPC"),
    "ftruncate": ("EIO", "ENOSPC", "EINTR"), "fallocate": ("EIO", "ENOSPC", "EINTR"), "mmap": ("ENOMEM",),
    "close": ("EIO", "EINTR"), "fcntl": ("EINTR", "ENOLCK"), "flock": ("EINTR", "ENOLCK"), "lseek": ("EIO",),
    "newfstatat": ("EIO", "ENOMEM"), "statfs": ("EIO", "EINTR"), "fstatfs": ("EIO",), "fchmod": ("EIO",),
    "getrandom": ("EINTR", "EAGAIN"),
}
NETWORK_ERRORS = {
    "socket": ("EMFILE", "ENOMEM"), "connect": ("ECONNREFUSED", "EINTR", "ENETUNREACH"),
    "sendto": ("ECONNRESET", "EINTR", "EAGAIN", "ENOMEM"), "sendmsg": ("ECONNRESET", "EINTR", "EAGAIN"),
    "recvfrom": ("ECONNRESET", "EINTR", "EAGAIN", "ENOMEM"), "recvmsg": ("ECONNRESET", "EINTR", "EAGAIN"),
    "bind": ("EADDRINUSE", "ENOMEM"), "listen": ("EADDRINUSE",), "accept4": ("EMFILE", "EINTR", "EAGAIN", "ECONNABORTED"),
    "epoll_create1": ("EMFILE", "ENOMEM"), "epoll_ctl": ("ENOMEM", "ENOSPC"), "epoll_wait": ("EINTR",),
    "poll": ("EINTR", "ENOMEM"), "eventfd2": ("EMFILE", "ENOMEM"), "signalfd4": ("EMFILE", "ENOMEM"),
    "clone3": ("EAGAIN", "ENOMEM"), "setsockopt": ("ENOMEM",), "getsockname": ("ENOBUFS",),
}
ALLOCATIONS = {"own": ("once", "for-good"), "library": ("once", "for-good")}
ALLOCATIONS_STRIDE = 7  # of the own ones, most of which are the same few lines again and again
CALL = re.compile(r"^(?:\d+ +)?(\w+)\(")
OUT_OF_MEMORY = "out of memory, the program has stopped"
LIBRARY_END = re.compile(r"\(src/\w+\.[ch]pp:\d+\)|Assertion failed|std::bad_alloc")


class Failed(Exception):
    """A promise that did not hold."""


def expect(condition, what):
    if not condition:
        raise Failed(what)


class Place:
    """A province and a zone on disk, as they were before the command, again and again."""

    def __init__(self, build, source):
        self.province = Province(build, os.path.join(source, "tests", "data", "province", "registry.csv"))
        self.folder = self.province.folder
        self.kept = self.folder + "-kept"
        self.agent = Program(self.province.agent_path, os.path.join(self.folder, ZONE))
        self.log = self.folder + "-log"
        os.mkdir(self.kept)
        self.prepare()

    def keep(self, name):
        shutil.copytree(self.folder, os.path.join(self.kept, name), ignore=shutil.ignore_patterns(RESERVE))

    def restore(self, name):
        shutil.rmtree(self.folder)
        shutil.copytree(os.path.join(self.kept, name), self.folder)

    def prepare(self):
        self.keep("province")
        self.agent.run("init", "--zone", ZONE, "--province", self.province.card())
        self.province.aggregator.run("enrol", "add", os.path.join(self.agent.data, "enrolment-request.txt"))
        self.keep("asked")
        self.province.aggregator.run("enrol", "approve", ZONE, "--yes")
        self.keep("enrolled")
        self.pause_before = {"import": "table", "seal": "signed"}
        seal_month(self, self.folder, FORM, MONTHS[0])
        self.pause_before = {}
        seal_month(self, self.folder, FORM, MONTHS[1])
        self.keep("sealed")

    # Stands where an agent does for seal_month(), to keep what is there before a step.
    def run(self, *words):
        if words[0] in self.pause_before:
            self.keep(self.pause_before[words[0]])
        return self.agent.run(*words)

    def rows(self, *words):
        return self.agent.rows(*words)

    def close(self):
        self.province.close()
        shutil.rmtree(self.kept)
        if os.path.exists(self.log):
            os.unlink(self.log)

    def arrivals(self):
        return [row for row in self.province.aggregator.rows("journal", "list") if row["kind"] == "arrival"]


class Scenario:
    """One command, its faults, and what must hold afterwards."""

    errors = FILE_ERRORS

    def __init__(self, place):
        self.place = place

    def words(self):
        """The program, and the command."""
        raise NotImplementedError

    def check(self, succeeded):
        """Raises when a promise is broken. The command may be given again."""
        raise NotImplementedError

    def must_end(self, fault):
        """Whether the process may not go on after this line of strace."""
        return False

    def again(self, is_done):
        """What was done is not done again; what was not is done now."""
        program, *words = self.words()
        if not is_done():
            program.run(*words)
        expect(is_done(), "given again it did not do it")

    def attempt(self, prefix):
        """Runs the command behind `prefix`: its status, and what it said on standard error."""
        program, *words = self.words()
        try:
            done = subprocess.run([*prefix, *program.command(*words)], stdin=subprocess.DEVNULL, capture_output=True,
                                  timeout=PATIENCE_S)
        except subprocess.TimeoutExpired as late:
            raise Failed(f"it hangs for more than {PATIENCE_S} s") from late
        return done.returncode, done.stderr.decode("utf-8", "replace")


class Seal(Scenario):
    start = "signed"

    def words(self):
        return self.place.agent, "seal", FORM, MONTHS[0]

    def is_done(self):
        return len(self.place.agent.rows("history", FORM, MONTHS[0])) == 1

    def check(self, succeeded):
        self.place.agent.run("doctor")
        expect(not succeeded or self.is_done(), "it said sealed, and it is not")
        self.again(self.is_done)
        self.place.agent.run("doctor")
        expect(len(self.place.agent.rows("history")) == 1, "sealed twice")


class Import(Scenario):
    start = "table"

    def words(self):
        return self.place.agent, "import", os.path.join(self.place.folder, f"{FORM}-{MONTHS[0]}.csv"), "--yes"

    def is_done(self):
        return any(row["form"] == FORM for row in self.place.agent.rows("status"))

    def check(self, succeeded):
        self.place.agent.run("doctor")
        expect(not succeeded or self.is_done(), "it said imported, and there is no draft")
        self.again(self.is_done)
        self.place.agent.run("doctor")


class InitAgent(Scenario):
    start = "province"

    def words(self):
        return self.place.agent, "init", "--zone", ZONE, "--province", self.place.province.card()

    def is_done(self):
        return os.path.exists(os.path.join(self.place.agent.data, "keys"))

    def check(self, succeeded):
        expect(not succeeded or self.is_done(), "it said set up, and it is not")
        self.again(self.is_done)
        self.place.agent.run("doctor")


class InitAggregator(Scenario):
    start = "province"

    def other(self):
        return Program(self.place.province.aggregator.path, os.path.join(self.place.folder, "other"))

    def words(self):
        return self.other(), "init", "--province", "jilin", "--listen", "tcp://127.0.0.1:*"

    def is_done(self):
        return os.path.exists(os.path.join(self.other().data, "province.card"))

    def check(self, succeeded):
        expect(not succeeded or self.is_done(), "it said set up, and it is not")
        self.again(self.is_done)
        self.other().run("doctor")
        expect(len(self.other().rows("journal", "list")) == 1, "the catalogue was adopted twice")


class Approve(Scenario):
    start = "asked"

    def words(self):
        return self.place.province.aggregator, "enrol", "approve", ZONE, "--yes"

    def enrolments(self):
        return [row for row in self.place.province.aggregator.rows("journal", "list") if row["kind"] == "enrolment"]

    def check(self, succeeded):
        self.place.province.aggregator.run("doctor")
        expect(not succeeded or len(self.enrolments()) == 1, "it said let in, and it is not")
        self.again(lambda: len(self.enrolments()) == 1)
        self.place.province.aggregator.run("doctor")


class Delivery(Scenario):
    """Both ends; what was receipted to the zone stands in the journal, everything arrives once."""

    start = "sealed"
    errors = {**FILE_ERRORS, **NETWORK_ERRORS}

    def sync(self, *options):
        return ("sync", "--endpoint", self.place.province.endpoint, *options)

    def check(self, succeeded):
        place = self.place
        place.agent.run("doctor")
        receipted = {row["statement"] for row in place.agent.rows("receipt", "list")}
        expect(receipted <= {row["statement"] for row in place.arrivals()}, "receipted, and not in the journal")
        expect(not succeeded or len(receipted) == len(MONTHS), "it said delivered, and receipts are missing")
        if not place.province.server:
            place.province.serve()
        place.agent.run(*self.sync("--timeout", "20"))
        place.province.stop()
        expect(len(place.agent.rows("receipt", "list")) == len(MONTHS), "receipts are missing")
        expect(len(place.arrivals()) == len(MONTHS), "not every statement arrived once")
        place.agent.run("doctor")
        place.province.aggregator.run("doctor")


class Sync(Delivery):
    def words(self):
        return self.place.agent, *self.sync(*SYNC)

    def attempt(self, prefix):
        self.place.province.serve()
        return super().attempt(prefix)


class Serve(Delivery):
    def words(self):
        return self.place.province.aggregator, "serve", "--ready-file", os.path.join(self.place.folder, "ready")

    def attempt(self, prefix):
        program, *words = self.words()
        errors = self.place.log + "-errors"
        with open(errors, "wb") as said:
            server = subprocess.Popen([*prefix, *program.command(*words)], stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=said)
        try:
            self.use(server)
            status = self.stop(server, prefix[0] == "strace")
        finally:
            if server.poll() is None:
                self.kill(server, prefix[0] == "strace")
        with open(errors, encoding="utf-8", errors="replace") as said:
            text = said.read()
        os.unlink(errors)
        return status, text

    def use(self, server):
        ready, limit = os.path.join(self.place.folder, "ready"), time.monotonic() + PATIENCE_S
        while server.poll() is None and not (os.path.exists(ready) and os.path.getsize(ready)):
            expect(time.monotonic() < limit, "it does not come up, and does not end")
            time.sleep(0.01)
        if server.poll() is not None:
            return
        with open(ready, encoding="utf-8") as file:
            self.place.province.endpoint = file.read().strip()
        try:
            self.place.agent.run(*self.sync(*SYNC))
        except Refused:
            pass  # what became of it is seen afterwards

    def stop(self, server, traced):
        if server.poll() is not None:
            return server.returncode
        for process in self.processes(server, traced):
            os.kill(process, signal.SIGTERM)
        try:
            return server.wait(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired as late:
            raise Failed(f"told to stop it goes on for more than {PATIENCE_S} s") from late

    def kill(self, server, traced):
        for process in self.processes(server, traced):
            os.kill(process, signal.SIGKILL)
        end(server, signal.SIGKILL)

    def processes(self, server, traced):
        """The program itself: behind strace it is its child."""
        if not traced:
            return [server.pid]
        try:
            with open(f"/proc/{server.pid}/task/{server.pid}/children", encoding="ascii") as file:
                return [int(word) for word in file.read().split()]
        except OSError:
            return []

    def must_end(self, fault):
        return "EIO" in fault and fault.startswith(("pwrite64", "fdatasync")) and \
            ("/data.mdb>" in fault or "/signer-state>" in fault)

    def check(self, succeeded):
        super().check(False)


SCENARIOS = {"seal": Seal, "import": Import, "init-agent": InitAgent, "init-aggregator": InitAggregator,
             "approve": Approve, "sync": Sync, "serve": Serve}


class Campaign:
    def __init__(self, build, source):
        self.build, self.source = build, source
        self.place = Place(build, source)
        self.tried, self.failed, self.outcomes = {}, 0, {"success": 0, "clean error": 0, "library abort": 0,
                                                         "out of memory": 0}

    def strace(self, *options):
        return ["strace", "-f", "-qq", "-o", self.place.log, *options]

    def counts(self, scenario):
        """Of each call: the first and last number after the program's libraries were loaded."""
        self.place.restore(scenario.start)
        status, said = scenario.attempt(self.strace("-e", "trace=" + ",".join(f"?{call}" for call in scenario.errors)))
        expect(status == 0, f"it fails without a fault: {said}")
        scenario.check(True)
        first, last, begun = {}, {}, False
        with open(self.place.log, encoding="utf-8", errors="replace") as file:
            for line in file:
                begun = begun or self.place.folder in line.split("=")[0] and "execve" not in line
                match = CALL.match(line)
                if not match:
                    continue
                call = match.group(1)
                last[call] = last.get(call, 0) + 1
                if begun:
                    first.setdefault(call, last[call])
        return {call: (first[call], last[call]) for call in first}

    def shortage(self, whose, how_long, number):
        return ["env", f"LD_PRELOAD={tape.shortage(self.build)}",
                f"ZONETALLY_SHORTAGE={whose} {number} {how_long} {self.place.log}"]

    def allocations(self, scenario):
        """How many the command makes itself, and how many its libraries."""
        self.forget_log()
        self.place.restore(scenario.start)
        status, said = scenario.attempt(self.shortage("own", "once", 0))
        expect(status == 0, f"it fails without a fault: {said}")
        scenario.check(True)
        with open(self.place.log, encoding="ascii") as file:
            return dict(zip(ALLOCATIONS, map(int, file.read().split())))

    def forget_log(self):
        if os.path.exists(self.place.log):
            os.unlink(self.place.log)

    def fault(self):
        """What strace or the library told of it; "" when it did not fire."""
        if not os.path.exists(self.place.log):
            return ""
        with open(self.place.log, encoding="utf-8", errors="replace") as log:
            for line in log:
                if "(INJECTED)" in line or line.startswith("fired"):
                    return line.lstrip("0123456789 ")
        return ""

    def crash_is_foreign(self):
        """Neither the line that crashed nor its caller is the program's."""
        with open(self.place.log, encoding="ascii") as log:
            return "crash in a library\n" in log.readlines()

    def try_point(self, name, call, error, number):
        """Whether the fault fired."""
        scenario = SCENARIOS[name](self.place)
        self.forget_log()
        self.place.restore(scenario.start)
        try:
            prefix = self.shortage(call, error, number) if call in ALLOCATIONS else \
                self.strace("-y", "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={number}")
            status, said = scenario.attempt(prefix)
            fault = self.fault()
            fired = bool(fault)
            outcome = self.outcome(status, said, call)
            expect(call != "own" or not fired or outcome == "out of memory", f"it went on without memory: {outcome}")
            expect(not fired or not scenario.must_end(fault) or status == STATUS_UNKNOWN,
                   f"a write of the store failed, and it ended with status {status}")
            self.outcomes[outcome] += fired
            scenario.check(status == 0)
        except (Failed, Refused, OSError, subprocess.TimeoutExpired) as problem:
            self.failed += 1
            fired = True
            print(f"faults: {name}: {call} number {number} fails with {error}: {problem}\n    replay: "
                  f"test_faults.py {self.build} {self.source} --only {name} {call} {error} {number}", flush=True)
        finally:
            self.place.province.stop()
        kind = "allocations" if call in ALLOCATIONS else "calls"
        self.tried[f"{name} {kind}"] = self.tried.get(f"{name} {kind}", 0) + fired
        return fired

    def outcome(self, status, said, call):
        if status == 0:
            return "success"
        if status in (1, 2, STATUS_UNKNOWN):
            return "clean error"
        aborted = status in (-signal.SIGABRT, 128 + signal.SIGABRT)
        if aborted and OUT_OF_MEMORY in said:
            return "out of memory"
        # libpgm, which libzmq starts, ends without a word when it gets no memory; glibc's getprotobyname() crashes in it.
        crashed = status in (-signal.SIGSEGV, 128 + signal.SIGSEGV) and call == "library" and self.crash_is_foreign()
        expect(crashed or aborted and (call == "library" or LIBRARY_END.search(said)),
               f"it ended with status {status}: {said[-300:]}")
        return "library abort"

    def points(self, name, scenario):
        """All there are, as the command goes without a fault."""
        for call, (first, last) in self.counts(scenario).items():
            for error in scenario.errors[call]:
                yield from ((name, call, error, number) for number in range(first, last + 1))
        for whose, count in self.allocations(scenario).items():
            stride = ALLOCATIONS_STRIDE if whose == "own" else 1
            for how_long in ALLOCATIONS[whose]:
                yield from ((name, whose, how_long, number) for number in range(1, count + 1, stride))

    def everything(self):
        for name, scenario in SCENARIOS.items():
            last = None
            for point in self.points(name, scenario(self.place)):
                if last and last[1:3] != point[1:3]:
                    self.beyond(*last)
                self.try_point(*point)
                last = point
            self.beyond(*last)

    def beyond(self, name, call, error, number):
        """With a fault it may go further than without: on, until nothing fires."""
        while call not in ALLOCATIONS and self.try_point(name, call, error, number + 1):
            number += 1

    def writes(self):
        for name in ("seal", "serve"):
            for call, error, number in [point[1:] for point in self.points(name, SCENARIOS[name](self.place))
                                        if point[1] in STORE_WRITES and point[2] in ("EIO", "ENOSPC")]:
                self.try_point(name, call, error, number)

    def some(self, points, seed):
        """Of each command and kind of fault as many."""
        every, dice = 0, random.Random(seed)
        for name, scenario in SCENARIOS.items():
            kinds = {True: [], False: []}
            for point in self.points(name, scenario(self.place)):
                kinds[point[1] in ALLOCATIONS].append(point)
            for found in kinds.values():
                every += len(found)
                for point in sorted(dice.sample(found, min(points // len(SCENARIOS) // len(kinds), len(found)))):
                    self.try_point(*point)
        return every

    def report(self):
        counts = ", ".join(f"{name} {count}" for name, count in self.tried.items())
        outcomes = ", ".join(f"{count} {name}" for name, count in self.outcomes.items())
        print(f"faults: {sum(self.tried.values())} points ({counts}): {outcomes}; {self.failed} promises broken")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("source")
    parser.add_argument("--points", type=int)
    parser.add_argument("--seed", type=int, default=2016)
    parser.add_argument("--only", nargs=4)
    parser.add_argument("--writes", action="store_true")
    options = parser.parse_args()
    tape.end_if_sanitized(options.build, "faults")
    campaign = Campaign(options.build, options.source)
    try:
        if options.only:
            *words, number = options.only
            campaign.try_point(*words, int(number))
        elif options.writes:
            campaign.writes()
        elif options.points:
            print(f"faults: {campaign.some(options.points, options.seed)} points in all")
        else:
            campaign.everything()
    finally:
        campaign.place.close()
    campaign.report()
    sys.exit(1 if campaign.failed else 0)


if __name__ == "__main__":
    main()

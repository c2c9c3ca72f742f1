#!/usr/bin/env python3
"""kill -9 of either program at random moments of every command that writes: nothing acknowledged is
lost, nothing counts twice, and the command can be given again.

    test_kill.py BUILD SOURCE [KILLS] [SEED]
"""
import csv
import os
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from province import Program, Province, Refused, dice_of, end, seal_month  # noqa: E402

BUILD, SOURCE = sys.argv[1:3]
KILLS = int(sys.argv[3]) if len(sys.argv) > 3 else 500
SEED = sys.argv[4] if len(sys.argv) > 4 else "2016"
REGISTRY = os.path.join(SOURCE, "tests", "data", "province", "registry.csv")
ZONES = ("22102001", "22103001")
MONTHS = [f"{year}-M{month:02d}" for year in range(2017, 2026) for month in range(2, 13)]
SHARES = {"import": 13, "sign": 13, "seal": 19, "sync": 20, "serve": 14, "init": 10, "enrol": 11}
AGAIN = 0.9        # that a command is killed once more before it is let through
ROTATES = 0.2
RESTART_S = 2.0
EARLIEST, LATEST = 0.2, 1.15  # of the time that a command takes


class Killer:
    """Runs commands and kills them; knows how long each of them takes."""

    def __init__(self, dice):
        self.dice = dice
        self.usual_s = {}
        self.counts = dict.fromkeys(SHARES, 0)
        self.finished = 0

    def wants(self, name):
        return self.counts[name] < KILLS * SHARES[name] // sum(SHARES.values())

    def done(self):
        return not any(self.wants(name) for name in SHARES)

    def moment(self, name):
        share = EARLIEST + (LATEST - EARLIEST) * self.dice.random()
        return time.monotonic() + share * self.usual_s.get(name, 0.05)

    def run(self, name, program, *words):
        began = time.monotonic()
        said = program.run(*words)
        lasted = time.monotonic() - began
        self.usual_s[name] = 0.7 * self.usual_s.get(name, lasted) + 0.3 * lasted
        return said

    def kill(self, name, program, *words):
        """True when the command was faster, and succeeded."""
        process = subprocess.Popen(program.command(*words), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        limit = self.moment(name)
        while time.monotonic() < limit and process.poll() is None:
            time.sleep(0.0005)
        alive = process.poll() is None
        end(process, signal.SIGKILL)
        self.counts[name] += alive
        self.finished += not alive
        return not alive and process.returncode == 0

    def insist(self, name, program, *words, is_done=None):
        """Kills it some times, then lets it through, unless a killed one had already done it. Where
        nobody can look whether it is done, a refusal is taken for it: the sequel shows."""
        killed = 0
        while self.wants(name) and self.dice.random() < AGAIN:
            killed += 1
            if self.kill(name, program, *words):
                assert not is_done or is_done(), f"{name} succeeded, and nothing is there"
                return
        if is_done and is_done():
            return
        try:
            self.run(name, program, *words)
        except Refused:
            if is_done or not killed:
                raise
        assert not is_done or is_done(), f"{name} succeeded, and nothing is there"


class Office:
    """A zone whose commands are killed. Stands where an agent does for seal_month()."""

    def __init__(self, killer, province, agent):
        self.killer, self.province, self.agent = killer, province, agent
        self.sealed = self.rotated = 0
        self.last = None  # the return that is worked at

    def rows(self, *words):
        return self.agent.rows(*words)

    def run(self, *words):
        if words[0] == "template":
            self.last = words[1:3]
        checks = {"import": None, "sign": None, "seal": self.is_sealed}
        if words[0] in checks:
            return self.killer.insist(words[0], self.agent, *words, is_done=checks[words[0]])
        return self.agent.run(*words)

    def is_sealed(self):
        return len(self.agent.rows("history", *self.last)) == 1

    def waits_for_new_keys(self):
        """A change of keys without a receipt: nothing is sealed behind it."""
        return os.path.exists(os.path.join(self.agent.data, "keys.next"))

    def rotate(self):
        self.agent.run("keys", "rotate")
        self.rotated += 1

    def seal_next(self):
        seal_month(self, self.province.folder, "JKQ401", MONTHS[self.sealed])
        self.sealed += 1

    def sync(self):
        return ("sync", "--endpoint", self.province.endpoint, "--timeout", "20")

    def sync_until_done(self):
        for _ in range(20):
            try:
                self.killer.run("sync", self.agent, *self.sync())
                return
            except Refused as refused:
                last = refused
        raise last


def kill_server(killer, office):
    """While somebody delivers. Returns how long the restart took."""
    process = office.agent.start(*office.sync())
    time.sleep(max(0.0, killer.moment("sync") - time.monotonic()))
    office.province.stop(signal.SIGKILL)
    killer.counts["serve"] += 1
    end(process, signal.SIGKILL)
    began = time.monotonic()
    office.province.serve()
    return time.monotonic() - began


def set_up_and_enrol(killer, province, number, code):
    """A new machine whose init, and whose approval, are killed until they are through."""
    agent = Program(province.agent_path, os.path.join(province.folder, f"new-{number}"))
    request = os.path.join(agent.data, "enrolment-request.txt")
    keys = os.path.join(agent.data, "keys")
    killer.insist("init", agent, "init", "--zone", code, "--province", province.card(),
                  is_done=lambda: os.path.exists(keys))
    agent.run("doctor")
    before = len(entries(province, "enrolment"))
    province.aggregator.run("enrol", "add", request)
    with open(request, encoding="utf-8") as file:
        device = next(line.split(" = ")[1].strip() for line in file if line.startswith("device"))
    killer.insist("enrol", province.aggregator, "enrol", "approve", device, "--yes",
                  is_done=lambda: len(entries(province, "enrolment")) == before + 1)
    agent.run("sync", "--endpoint", province.endpoint, "--timeout", "20")


def entries(province, kind):
    return [row for row in province.aggregator.rows("journal", "list") if row["kind"] == kind]


def main():
    dice = dice_of(SEED)
    killer, restarts, machines = Killer(dice), [0.0], 0
    province = Province(BUILD, REGISTRY)
    province.serve()
    offices = [Office(killer, province, province.zone(code)) for code in ZONES]
    codes = [row["code"] for row in csv.DictReader(open(REGISTRY, encoding="utf-8-sig")) if row["code"] not in ZONES]
    for office in offices:
        office.sync_until_done()
    while not killer.done():
        office = dice.choice(offices)
        if office.waits_for_new_keys():
            office.sync_until_done()
        if any(killer.wants(name) for name in ("import", "sign", "seal")) and office.sealed < len(MONTHS):
            office.seal_next()
        if dice.random() < ROTATES:
            office.rotate()
        if killer.wants("sync"):
            killer.kill("sync", office.agent, *office.sync())
        if killer.wants("serve"):
            restarts.append(kill_server(killer, office))
        if killer.wants("init") or killer.wants("enrol"):
            set_up_and_enrol(killer, province, machines, codes[machines % len(codes)])
            machines += 1
        if dice.random() < 0.3:
            office.sync_until_done()
    assert len(entries(province, "enrolment")) == machines + len(offices), "a device was enrolled twice"
    report(province, offices, killer, restarts)
    province.close()


def report(province, offices, killer, restarts):
    """Every receipt names an entry of the journal, every sealed statement stands in it once; nobody was shut out."""
    acknowledged, sealed = 0, sum(office.sealed for office in offices)
    rotated = sum(office.rotated for office in offices)
    for office in offices:
        before = {row["statement"] for row in office.rows("receipt", "list")}
        lost = before - {row["statement"] for row in entries(province, "arrival")}
        assert not lost, f"acknowledged and lost: {lost}"
        office.sync_until_done()
        office.agent.run("doctor")
        acknowledged += len(before)
    journal = [row["statement"] for row in entries(province, "arrival")]
    assert len(journal) == len(set(journal)), "a statement stands in the journal twice"
    assert len(journal) == sealed + rotated, f"{len(journal)} in the journal, {sealed} sealed, {rotated} changes of keys"
    assert "suspended" not in province.aggregator.run("enrol", "list"), "a device was suspended for being killed"
    province.aggregator.run("doctor")
    assert max(restarts) <= RESTART_S, f"a restart took {max(restarts):.1f} s"
    counts = ", ".join(f"{name} {count}" for name, count in killer.counts.items())
    print(f"kill -9: {sum(killer.counts.values())} processes, seed {SEED} ({counts}): {sealed} sealed, "
          f"{rotated} changes of keys, {acknowledged} acknowledged before the end, 0 lost, 0 twice, 0 suspended; slowest restart {max(restarts):.2f} s")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""What an earlier release left on disk, under today's programs; and what a newer one would.

    test_stores.py BUILD SOURCE
"""
import hashlib
import os
import subprocess
import sys
import tempfile
import unittest

BUILD, SOURCE = sys.argv[1:3]
SIDES = ("agent", "aggregator")
RELEASES = [int(name.split("-")[1]) for name in os.listdir(os.path.join(SOURCE, "tests", "data"))
            if name.startswith("release-")]
NEWER_FORMAT = "2"
LATE_TABLES = {"agent": "stranded", "aggregator": "second_look"}
WRITING = ("pwrite64", "pwritev", "writev", "write", "fdatasync", "fsync", "ftruncate", "rename")
COMMANDS = {"agent": (("status",), ("doctor",), ("set", "JKQ401", "2021-M12", "A03", "1"), ("sync",)),
            "aggregator": (("status",), ("doctor",), ("journal", "verify"), ("serve", "--listen", "tcp://127.0.0.1:*"))}


def frozen(side, release):
    return os.path.join(SOURCE, "tests", "data", f"release-{release}", f"{side}.txt")


def contents(folder):
    """Of every file but LMDB's lock, which readers write."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            if name != "lock.mdb":
                with open(os.path.join(place, name), "rb") as file:
                    found[os.path.relpath(os.path.join(place, name), folder)] = hashlib.sha256(file.read()).hexdigest()
    return found


class Stores(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix="zonetally-upgrade-")
        self.addCleanup(self.place.cleanup)

    def thaw(self, side, release, *options):
        folder = os.path.join(os.path.realpath(self.place.name), "-".join((side, str(release)) + options))
        subprocess.run([os.path.join(BUILD, "tests", "upgrade_frozen"), "thaw", frozen(side, release), folder, *options],
                       check=True)
        return folder

    def judge(self, side, release, folder):
        command = [os.path.join(BUILD, "tests", f"power_{side}"), "judge", folder, frozen(side, release)]
        judged = subprocess.run(command, capture_output=True, text=True, timeout=300)
        self.assertEqual(judged.returncode, 0, judged.stderr)

    def run_program(self, side, folder, words, under=()):
        data = folder if side == "agent" else os.path.join(folder, "data")
        command = [*under, os.path.join(BUILD, side, f"zonetally-{side}"), "--data", data, *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                              env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})  # not under strace

    def killed_at(self, side, call, number):
        """The first command over an old store dies at its n-th call of this kind. False when there was no such call."""
        folder = self.thaw(side, RELEASES[0], "--without", LATE_TABLES[side])
        strace = ("strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={call}",
                  "-e", f"inject={call}:signal=KILL:when={number}")
        killed = self.run_program(side, folder, ("status",), under=strace).returncode != 0
        self.judge(side, RELEASES[0], folder)
        subprocess.run(["rm", "-r", folder], check=True)
        return killed

    def test_whatever_an_earlier_release_promised_is_there_and_it_goes_on(self):
        for release in RELEASES:
            for side in SIDES:
                with self.subTest(release=release, side=side):
                    self.judge(side, release, self.thaw(side, release))

    def test_a_store_from_before_a_table_was_added_loses_nothing(self):
        for release in RELEASES:
            for side in SIDES:
                with self.subTest(release=release, side=side):
                    self.judge(side, release, self.thaw(side, release, "--without", LATE_TABLES[side]))

    def test_a_kill_at_any_writing_call_of_the_first_opening_loses_nothing(self):
        for side in SIDES:
            kills = 0
            for call in WRITING:
                number = 1
                while self.killed_at(side, call, number):
                    number += 1
                kills += number - 1
            print(f"{side}: killed at each of {kills} calls")
            self.assertGreater(kills, 3)

    def test_a_store_of_a_newer_format_is_refused_in_words_and_left_as_it_is(self):
        for side in SIDES:
            folder = self.thaw(side, RELEASES[-1], "--format", NEWER_FORMAT)
            before = contents(folder)
            for words in COMMANDS[side]:
                with self.subTest(side=side, words=words):
                    said = self.run_program(side, folder, words)
                    self.assertNotEqual(said.returncode, 0)
                    self.assertIn("更新版本的程序", said.stderr)
                    self.assertEqual(contents(folder), before)

    def test_the_same_store_of_our_format_is_taken(self):
        for side in SIDES:
            with self.subTest(side=side):
                said = self.run_program(side, self.thaw(side, RELEASES[-1]), ("doctor",))
                self.assertEqual(said.returncode, 0, said.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

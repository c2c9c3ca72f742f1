#!/usr/bin/env python3
"""Whose crash it was: a library's is put up with when memory runs out, the program's never.

    test_shortage.py BUILD
"""
import os
import signal
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import tape  # noqa: E402

BUILD = sys.argv[1]
CRASHES = {"own": "crash in the program\n", "lent": "crash in the program\n", "library": "crash in a library\n"}


class Crash(unittest.TestCase):
    def test_a_crash_of_the_program_is_not_taken_for_one_of_a_library(self):
        for way, told in CRASHES.items():
            with self.subTest(way=way), tempfile.TemporaryDirectory(prefix="zonetally-shortage-") as folder:
                log = os.path.join(folder, "log")
                done = subprocess.run([tape.program(BUILD, "crasher"), way], check=False, timeout=60, env={
                    **os.environ, "LD_PRELOAD": tape.shortage(BUILD),
                    "ZONETALLY_SHORTAGE": f"library 1000000 once {log}"})
                self.assertEqual(done.returncode, -signal.SIGSEGV)
                with open(log, encoding="ascii") as file:
                    self.assertEqual(file.read(), told)


if __name__ == "__main__":
    tape.end_if_sanitized(BUILD, "shortage")
    unittest.main(argv=sys.argv[:1], verbosity=2)

#!/usr/bin/env python3
"""Every allocation of every step of both sides fails, until the step comes through.

    test_memory.py BUILD [--all]      --all: also for good, from that allocation on
"""
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import tape  # noqa: E402
import test_power  # noqa: E402

BUILD = sys.argv[1]
WHOSE = {"agent": ("own", "library"), "aggregator": ("own", "library"),
         "bundle": ("own",)}  # the libraries it uses take no memory
HOW_LONG = ("once", "for-good") if "--all" in sys.argv else ("once",)


def main():
    tape.end_if_sanitized(BUILD, "memory")
    sound = True
    environment = {**os.environ, "LD_PRELOAD": tape.shortage(BUILD)}
    with tempfile.TemporaryDirectory(prefix="zonetally-memory-", dir=test_power.memory_folder()) as place:
        for side in test_power.SIDES:
            path, folder = test_power.recorded(BUILD, side, place)
            for whose in WHOSE[side]:
                for how_long in HOW_LONG:
                    done = subprocess.run([tape.program(BUILD, side), "starve", path, folder, whose, how_long],
                                          env=environment, stderr=subprocess.DEVNULL)
                    sound = sound and done.returncode == 0
    sys.exit(0 if sound else 1)


if __name__ == "__main__":
    main()

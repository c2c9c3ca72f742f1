#!/usr/bin/env python3
"""Records the work of each side once, and cuts the power everywhere.

    test_power.py BUILD [--side SIDE] [--states N] [--seed N] [--at STATE]
    test_power.py BUILD --controls      each forgotten sync must be noticed

--states counts all sides together. --at replays one state of one side.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import tape  # noqa: E402

MEMORY = "/dev/shm"  # what is judged is content, not the disk of this machine
SIDES = ("agent", "aggregator", "bundle")
FORGETTABLE = ("sync", "meta-sync", "folder-sync", "early-marks")
NOTICED = {"agent": FORGETTABLE, "aggregator": FORGETTABLE,
           "bundle": ("sync", "early-marks")}  # it has no durable writes, and syncs the whole medium
CONTROL_STATES = 600


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--side", choices=SIDES)
    parser.add_argument("--states", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=2016)
    parser.add_argument("--at", type=int)
    parser.add_argument("--forget", choices=FORGETTABLE)
    parser.add_argument("--controls", action="store_true")
    return parser.parse_args()


def memory_folder():
    return MEMORY if os.access(MEMORY, os.W_OK) else None


def recorded(build, side, place):
    """Its tape, and the folder where it was recorded."""
    path, folder = os.path.join(place, side + ".tape"), os.path.join(place, side)
    os.mkdir(folder)
    status, said = tape.record(build, path, folder, [tape.program(build, side), "work", folder])
    if status != 0:
        sys.exit(f"power: {side}: the work could not be recorded: {said}")
    return path, folder


def cut(build, side, path, folder, *options):
    """How many states there were, and whether all went as it should."""
    done = subprocess.run([tape.program(build, side), "cut", path, "--in", folder, *map(str, options)],
                          stdout=subprocess.PIPE, text=True)
    found = re.search(r"(\d+) states in", done.stdout)
    return int(found.group(1)) if found else 0, done.returncode == 0, done.stdout


def run_states(options, sides, place):
    total, sound = 0, True
    extra = [] if options.at is None else ["--at", options.at]
    extra += ["--forget", options.forget] if options.forget else []
    for side in sides:
        path, folder = recorded(options.build, side, place)
        states, good, said = cut(options.build, side, path, folder, "--states", options.states // len(sides),
                                 "--seed", options.seed, *extra)
        print(said, end="", flush=True)
        if not good:
            print(f"power: in whole: ./run.sh power {options.states // len(sides)} --side {side} --seed {options.seed} "
                  "--at STATE, with the number that is named above")
        total, sound = total + states, sound and good
    print(f"power: {total} states, {'all sound' if sound else 'not all sound'}")
    return sound


def run_controls(options, sides, place):
    noticed = 0
    for side in sides:
        path, folder = recorded(options.build, side, place)
        for what in NOTICED[side]:
            _, good, said = cut(options.build, side, path, folder, "--states", CONTROL_STATES, "--seed", options.seed,
                                "--forget", what)
            noticed += good
            print(said.strip().splitlines()[-1] if good else f"power: {side}: nobody noticed: {what}")
    wanted = sum(len(NOTICED[side]) for side in sides)
    print(f"power: {noticed} of {wanted} careless programs noticed")
    return noticed == wanted


def main():
    options = arguments()
    sides = (options.side,) if options.side else SIDES
    with tempfile.TemporaryDirectory(prefix="zonetally-power-", dir=memory_folder()) as place:
        run = run_controls if options.controls else run_states
        sys.exit(0 if run(options, sides, place) else 1)


if __name__ == "__main__":
    main()

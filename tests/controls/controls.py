#!/usr/bin/env python3
"""Negative controls: every seeded bug is noticed by the suite that is there to notice it.

    controls.py BUILD_FOLDER [BUG...]

The build has SEEDED_BUGS=ON. First every suite of rows.txt runs with no bug awake and has to
pass; then each bug is woken alone, and its suite has to fail. Without BUG all of them.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
HEADER = HERE.parent.parent / "common" / "base" / "seeded_bug.h"
ROWS = HERE / "rows.txt"
SUITE_SECONDS = 240
WORKERS = 2
PASSED, FAILED, NOT_RUN = "passed", "failed", "did not run"


def bugs_of(header):
    """The words of SEEDED_BUG_LIST, in its order."""
    return re.findall(r'^\s*BUG\(\w+,\s*"([a-z-]+)"\)', header, re.MULTILINE)


def rows_of(text):
    """(bug, suite) for every suite of every row."""
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        bug, *suites = line.split("#")[0].split() or [None]
        if bug and not suites:
            raise ValueError(f"rows.txt:{number}: no suite has to notice {bug}")
        rows += [(bug, suite) for suite in suites]
    return rows


def mismatches(bugs, rows):
    """What the list of bugs and the table have against each other."""
    rowed = [bug for bug, _ in rows]
    return (
        [f"{bug}: no suite has to notice it, rows.txt has no row" for bug in bugs if bug not in rowed]
        + [f"{bug}: rows.txt has a row, seeded_bug.h has no such bug" for bug in sorted(set(rowed)) if bug not in bugs]
        + [f"{bug}: {suite} twice in rows.txt" for bug, suite in sorted(set(rows)) if rows.count((bug, suite)) > 1]
    )


def run_suite(build, suite, bug):
    """What became of the suite, and what it said."""
    environment = dict(os.environ)
    environment.pop("ZONETALLY_BUG", None)
    if bug:
        environment["ZONETALLY_BUG"] = bug
    command = ["ctest", "--test-dir", str(build), "-R", f"^{re.escape(suite)}$",
               "--no-tests=error", "--output-on-failure", "--timeout", str(SUITE_SECONDS)]
    said = subprocess.run(command, env=environment, text=True, errors="replace", check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return outcome_of(said.returncode, said.stdout), said.stdout


def outcome_of(status, said):
    """A suite that is not there, was not built, or hung has noticed nothing."""
    if status == 0:
        return PASSED
    if re.search(r"No tests were found|\*\*\*Not Run|\*\*\*Timeout|\*\*\*Skipped", said):
        return NOT_RUN
    return FAILED


def judge(jobs, run):
    """Complaints about the jobs, (suite, bug or None): bugs must be noticed, nothing else."""
    complaints = []
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for (suite, bug), (outcome, said) in zip(jobs, pool.map(lambda job: run(*job), jobs)):
            good = outcome == (FAILED if bug else PASSED)
            print(f"{'ok ' if good else 'BAD'}  {bug or '(no bug)':30} {suite:34} {outcome}", flush=True)
            if not good:
                complaints.append(f"{suite} {outcome} with {bug or 'no bug'} awake")
                if not bug or outcome == NOT_RUN:
                    print(said)
    return complaints


def main(arguments):
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    build, chosen = pathlib.Path(arguments[0]).resolve(), arguments[1:]
    bugs = bugs_of(HEADER.read_text(encoding="utf-8"))
    rows = rows_of(ROWS.read_text(encoding="utf-8"))
    complaints = mismatches(bugs, rows)
    complaints += [f"{bug}: no such bug" for bug in chosen if bug not in bugs]
    rows = [row for row in rows if not chosen or row[0] in chosen]
    begun = time.monotonic()

    def run(suite, bug):
        return run_suite(build, suite, bug)

    complaints += judge([(suite, None) for suite in sorted({suite for _, suite in rows})], run)
    complaints += judge([(suite, bug) for bug, suite in rows], run)
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    print(f"{len({bug for bug, _ in rows})} seeded bugs, {len({suite for _, suite in rows})} suites, "
          f"{len(complaints)} complaints, {time.monotonic() - begun:.0f} s")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

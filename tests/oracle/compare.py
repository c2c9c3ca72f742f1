#!/usr/bin/env python3
"""Compares what the aggregator computed with the independent recomputation, figure by figure.

    compare.py INPUT PERIOD INDICATORS.csv REQUIREMENTS.csv

INPUT is the folder of the files that the zones sent in; the other two are what `zonetally-aggregator
indicators` (any scope; several files joined) and `requirements` wrote with --format csv. Exact: numerator and
denominator are compared as fractions, before any rounding. Prints what was compared; status 1 when anything differs.
Standard library only.
"""
import csv
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

RECOMPUTE = Path(__file__).with_name("recompute.py")
NAMES = {"吉林省": "province"}


def recomputed(folder, period, what):
    done = subprocess.run([sys.executable, "-B", RECOMPUTE, folder, period, what], capture_output=True, text=True,
                          check=True)
    return list(csv.DictReader(done.stdout.splitlines()))


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if row.get("indicator") != "indicator"]


def fraction(numerator, denominator):
    return Fraction(int(numerator), int(denominator)) if numerator else None


def compare(name, ours, theirs):
    """Both are dictionaries; every key of the recomputation that the aggregator answered must agree."""
    shared = sorted(set(ours) & set(theirs))
    differing = [key for key in shared if ours[key] != theirs[key]]
    for key in differing[:20]:
        print(f"  {' '.join(key)}: {theirs[key]} computed, {ours[key]} recomputed")
    with_value = sum(1 for key in shared if ours[key] not in (None, "unknown", "not_applicable"))
    print(f"{name}: {len(shared)} compared, {with_value} of them with a value or verdict, {len(differing)} differ")
    return len(differing) if shared else 1


def main(folder, period, indicators, requirements):
    ours = {(row["indicator"], NAMES.get(row["zone_or_group"], row["zone_or_group"])):
            fraction(row["value_numerator"], row["value_denominator"])
            for row in recomputed(folder, period, "--indicators")}
    theirs = {(row["indicator"], row["group"]): fraction(row["numerator"], row["denominator"])
              for row in read(indicators)}
    wrong = compare("indicators", ours, theirs)

    ours = {(row["requirement"], row["zone"], row["row"]): row["verdict"]
            for row in recomputed(folder, period, "--requirements")}
    theirs = {(row["requirement"], row["zone"], row["row"]): row["verdict"] for row in read(requirements)}
    wrong += compare("requirements", ours, theirs)
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))

"""Computes again, with fractions, what the cube computed, and names every difference.

    oracle.py PROGRAM    PROGRAM SEED ZONES prints cases as JSON (cases.c)

Written from the catalogue's README, not from the C code. Python's integers have no end, so
an overflow is believed only where the numbers in hand were long enough for one.
"""

import json
import subprocess
import sys
from fractions import Fraction

ORDER = ["none", "overflow", "division_by_zero", "not_reported", "missing", "not_applicable",
         "no_period", "not_additive"]
FIGURES = {0, 6, 7, 8}
NOT_APPLICABLE = 2
OVERFLOW_BITS = 120
SEEDS = [1, 2, 3, 4]
ZONES = 12


class Absent(Exception):
    def __init__(self, reasons):
        super().__init__(reasons)
        self.reason = min(reasons, key=ORDER.index)


def bits(number):
    return abs(number.numerator).bit_length() + number.denominator.bit_length()


class Case:
    def __init__(self, data):
        self.names = {number: name for name, number in data["operations"].items()}
        self.items = data["items"]
        self.indicators = data["indicators"]
        self.cells = {tuple(c[:4]): (c[4], c[5]) for c in data["cells"]}
        self.zones = sorted({c[0] for c in data["cells"]})
        self.longest = 0

    def cell(self, zone, item, month):
        year, number = divmod(month, 12)
        found = self.cells.get((zone, item, year, number + 1))
        if found is None:
            raise Absent(["no_period" if number == 0 else "not_reported"])
        mantissa, status = found
        if status not in FIGURES:
            raise Absent(["not_applicable" if status == NOT_APPLICABLE else "missing"])
        return Fraction(mantissa, 10 ** self.items[item]["decimals"])

    def terms(self, node, month):
        """The months to add and to take away, or the reason why there are none."""
        years, steps, part, basis = node["shift"]
        cumulative = self.items[node["item"]]["cumulative"]
        before = month + 12 * years
        target = before + steps
        if part:
            target = target // 12 * 12 + part - 1
        elif steps and cumulative:
            if basis == 0 and target // 12 != before // 12:
                raise Absent(["no_period"])
            if basis == 1 and target % 12 in (0, 1):
                raise Absent(["no_period"])
        if cumulative and basis == 1 and target % 12 >= 2:
            return [(target, 1), (target - 1, -1)]
        return [(target, 1)]

    def total(self, zone, item, terms, later=0):
        reasons, sum_ = [], Fraction(0)
        for month, sign in terms:
            try:
                sum_ += sign * self.cell(zone, item, month + later)
            except Absent as absent:
                reasons.append(absent.reason)
        if reasons:
            raise Absent(reasons)
        return sum_

    def read(self, zone, node, month):
        terms = self.terms(node, month)
        base = self.items[node["item"]]["base"]
        if node["shift"][0] == -1 and base >= 0:
            try:
                return self.total(zone, base, terms, 12)
            except Absent:
                pass
        return self.total(zone, node["item"], terms)

    def pair(self, node, month, leaf):
        values, reasons = [], []
        for side in ("left", "right"):
            try:
                values.append(self.value(node[side], month, leaf))
            except Absent as absent:
                values.append(None)
                reasons.append(absent.reason)
        if self.names[node["operation"]] == "divide" and values[1] == 0:
            reasons.append("division_by_zero")
        if reasons:
            raise Absent(reasons)
        self.longest = max(self.longest, bits(values[0]) + bits(values[1]))
        return values

    def value(self, node, month, leaf):
        name = self.names[node["operation"]]
        if name == "constant":
            return Fraction(int(node["numerator"]), int(node["denominator"]))
        if name == "item" or (name == "first_of" and self.is_summable(node)):
            return leaf(node, month)
        if name == "indicator":
            return self.value(self.indicators[node["indicator"]],
                              month + 12 * node["shift"][0] + node["shift"][1], leaf)
        if name in ("negate", "absolute", "scale"):
            inner = self.value(node["left"], month, leaf)
            if name == "scale":
                inner *= Fraction(10) ** node["exponent"]
            self.longest = max(self.longest, bits(inner))
            return {"negate": -inner, "absolute": abs(inner), "scale": inner}[name]
        if name == "first_of":
            return self.first_of(node, month, leaf)
        if name == "if":
            left, right = self.pair(node["left"], month, leaf)
            return self.value(node["right" if left < right else "third"], month, leaf)
        left, right = self.pair(node, month, leaf)
        return {"add": lambda: left + right, "subtract": lambda: left - right,
                "multiply": lambda: left * right, "divide": lambda: left / right,
                "smaller": lambda: min(left, right), "larger": lambda: max(left, right)}[name]()

    def first_of(self, node, month, leaf):
        reasons = []
        for side in ("left", "right"):
            try:
                return self.value(node[side], month, leaf)
            except Absent as absent:
                reasons.append(absent.reason)
        raise Absent(reasons)

    def zone_leaf(self, zone):
        def leaf(node, month):
            if self.names[node["operation"]] == "item":
                return self.read(zone, node, month)
            return self.first_of(node, month, leaf)
        return leaf

    def is_summable(self, node):
        name = self.names[node["operation"]]
        if name in ("add", "subtract", "first_of"):
            return self.is_summable(node["left"]) and self.is_summable(node["right"])
        return name == "item" or (name == "scale" and self.is_summable(node["left"]))

    def leaves(self, node, month, out):
        if not node:
            return
        name = self.names[node["operation"]]
        if name == "indicator":
            self.leaves(self.indicators[node["indicator"]],
                        month + 12 * node["shift"][0] + node["shift"][1], out)
        elif name == "item" or (name == "first_of" and self.is_summable(node)):
            out.append((node, month))
        else:
            for side in ("left", "right", "third"):
                self.leaves(node[side], month, out)

    def group(self, node, month):
        leaves, sums, reasons, included = [], {}, [], 0
        self.leaves(node, month, leaves)
        for zone in self.zones:
            lacking, values, leaf = [], {}, self.zone_leaf(zone)
            for read, at in leaves:
                try:
                    values[id(read), at] = leaf(read, at)
                except Absent as absent:
                    lacking.append(absent.reason)
            reasons += lacking
            if not lacking:
                included += 1
                for key, value in values.items():
                    sums[key] = sums.get(key, 0) + value
        if not included:
            raise Absent(reasons)
        return self.value(node, month, lambda read, at: sums[id(read), at]), included


def compute(case, indicator, zone, month):
    case.longest = 0
    node, at = case.indicators[indicator], 2021 * 12 + month - 1
    try:
        if zone < 0:
            value, included = case.group(node, at)
            return "none", value, included
        return "none", case.value(node, at, case.zone_leaf(zone)), None
    except Absent as absent:
        return absent.reason, None, None


def differences(case, results):
    present = overflows = 0
    for indicator, zone, month, absence, top, bottom, included in results:
        reason, value, count = compute(case, indicator, zone, month)
        where = f"indicator {indicator} zone {zone} month {month}"
        if absence == "overflow":
            overflows += 1
            if case.longest < OVERFLOW_BITS:
                yield f"{where}: overflow of {case.longest} bits"
        elif absence != reason:
            yield f"{where}: {absence}, oracle says {reason}"
        elif absence == "none":
            present += 1
            if Fraction(int(top), int(bottom)) != value:
                yield f"{where}: {top}/{bottom}, oracle says {value}"
            if count is not None and count != included:
                yield f"{where}: {included} zones, oracle says {count}"
    if present < len(results) // 20:
        yield f"only {present} of {len(results)} have a value: the cases say too little"
    print(f"{len(results)} results, {present} values, {overflows} overflows")


def main(program):
    found = 0
    for seed in SEEDS:
        text = subprocess.run([program, str(seed), str(ZONES)], check=True, capture_output=True)
        data = json.loads(text.stdout)
        for difference in differences(Case(data), data["results"]):
            found += 1
            if found <= 20:
                print(f"seed {seed} {difference}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

#!/usr/bin/env python3
"""Recomputes a province's indicators and verdicts from the files that the zones sent in.

    recompute.py INPUT PERIOD [--indicators | --requirements]

INPUT/registry.csv names the zones; INPUT/ZONE/FORM-PERIOD.csv is a return. A table has the columns
代码, 指标, 单位, 数值, 说明 (and 标记); a roster has a header `CODE 名称 [单位]` and one line for each row.

The formulas are written down here once more from the definitions; nothing is read from the catalogue and no
code is shared with the programs: what both sides compute alike was not computed wrongly by accident.
Exact: every figure is a Fraction. None is "no figure"; a condition is True, False or None (unknown).
Standard library only.
"""
import csv
import datetime
import os
import re
import sys
from fractions import Fraction

PROVINCE = "吉林省"
LEVELS = {"国家级": "N", "省级": "P", "工业集中区": "C", "其他产业园区": "O"}
STAGES = {"洽谈": "S1", "签约": "S2", "论证": "S3", "立项": "S4", "供地": "S5", "开工": "S6", "竣工": "S7",
          "投产": "S8", "达产": "S9", "终止": "X"}
ADMITTED = {"S4", "S5", "S6", "S7", "S8", "S9"}
OPINIONS = {"未出具": "NONE", "同意": "AGREE", "有条件同意": "COND", "不同意": "AGAINST"}
FLAGS = {"是": True, "true": True, "1": True, "yes": True, "否": False, "false": False, "0": False, "no": False}
# Not additive over zones: shares of a host that zones have in common, means, scores, counts of kinds.
NOT_ADDITIVE = {"RD07", "RD08", "IE04", "IE08", "EC32", "IN16"}


# ---- reading -----------------------------------------------------------------------------------

def read_number(text):
    """A figure, or None for a status word or an empty cell."""
    text = text.strip().replace(",", "")
    return Fraction(text) if re.fullmatch(r"[+-]?\d+(\.\d+)?", text) else None


def read_flag(text):
    return FLAGS.get(text.strip().lower())


def read_date(text):
    match = re.fullmatch(r"(\d{4})-(\d\d?)-(\d\d?)", text.strip())
    return datetime.date(*map(int, match.groups())) if match else None


def read_code(words):
    """A code of a list, written as the code or as its word; None for anything else."""
    return lambda text: words.get(text.strip(), text.strip() if text.strip() in words.values() else None)


def read_lines(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return [line for line in csv.reader(file) if any(cell.strip() for cell in line)]


def read_table(path):
    return {line[0].strip(): read_number(line[3]) for line in read_lines(path)[1:] if len(line) > 3}


def read_roster(path):
    lines = read_lines(path)
    codes = [(cell.split() or [""])[0] for cell in lines[0]]
    return [dict(zip(codes, line)) for line in lines[1:]]


class Zone:
    """A zone of the register and its returns."""

    def __init__(self, record, folder):
        self.code = record["code"]
        level = record.get("level", "")
        self.level = LEVELS.get(level, level) or None
        self.plate = record.get("plate", "")
        self.prefecture = record.get("prefecture", "")
        self.until = record.get("active_until", "")
        self.tables = {}   # period -> {item: figure}
        self.rosters = {}  # (form, period) -> rows
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            match = re.fullmatch(r"(JKQ\d{3})-(\d{4}(?:-[QM]\d{1,2})?)\.csv", name)
            if match:
                self.take(match.group(1), match.group(2), os.path.join(folder, name))

    def take(self, form, period, path):
        if read_lines(path)[0][0].strip() in ("代码", "code"):
            self.tables.setdefault(period, {}).update(read_table(path))
        else:
            self.rosters[form, period] = read_roster(path)

    def is_active(self, period):
        return not self.until or last_day(period) <= last_day(month_of(self.until))

    def figure(self, item, period):
        """Of the period itself, else of its last part; None when there is none."""
        for part in parts(period):
            if item in self.tables.get(part, {}):
                return self.tables[part][item]
        return None

    def year_before(self, item, period):
        """Last year's figure, on the comparable basis where the zone gave it."""
        comparable = self.figure(item + "B", period)
        return comparable if comparable is not None else self.figure(item, str(int(period[:4]) - 1) + period[4:])

    def rows(self, form, period):
        for part in parts(period):
            if (form, part) in self.rosters:
                return self.rosters[form, part]
        return None


def month_of(text):
    match = re.fullmatch(r"(\d{4})-M?(\d\d?)", text)
    return f"{match.group(1)}-M{int(match.group(2)):02d}" if match else text


def parts(period):
    """The period, then what ends on the same day: 2021, 2021-Q4, 2021-M12."""
    if "-M" in period:
        return [period]
    if "-Q" in period:
        return [period, f"{period[:4]}-M{int(period[6:]) * 3:02d}"]
    return [period, period + "-Q4", period + "-M12"]


def last_day(period):
    month = parts(period)[-1]
    year, number = int(month[:4]), int(month[6:])
    return datetime.date(year + number // 12, number % 12 + 1, 1) - datetime.timedelta(days=1)


# ---- operands: what a zone contributes ----------------------------------------------------------

def item(code):
    return lambda zone, period: zone.figure(code, period)


def before(code):
    return lambda zone, period: zone.year_before(code, period)


def rows_sum(rows, chosen, column):
    """Sum over the chosen rows; None when a choice or a figure is unknown."""
    total = Fraction(0)
    for row in rows:
        choice = chosen(row)
        figure = read_number(row.get(column, "")) if choice else None
        if choice is None or (choice and figure is None):
            return None
        total += figure if choice else 0
    return total


def stage(row):
    return read_code(STAGES)(row.get("RG33", ""))


def is_admitted(row):
    return None if stage(row) is None else stage(row) in ADMITTED


def admitted_sum(column):
    def operand(zone, period):
        rows = zone.rows("JKQ202", period)
        return None if rows is None else rows_sum(rows, is_admitted, column)
    return operand


def three_largest(zone, period):
    rows = zone.rows("JKQ303", period)
    figures = [read_number(row.get("IB05", "")) for row in rows or []]
    if rows is None or None in figures:
        return None
    return sum(sorted(figures, reverse=True)[:3], Fraction(0))


def a_year_later(day):
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def is_approved_in_year(row, end):
    day = read_date(row.get("RG33B", ""))
    return day is not None and day <= end < a_year_later(day)


def is_reviewed(row):
    """True, False or None: five opinions given, delivered to both."""
    opinions = [read_code(OPINIONS)(row.get("RG34" + letter, "")) for letter in "ABCDE"]
    delivered = all(read_date(row.get(code, "")) for code in ("RG35A", "RG35B"))
    if not delivered or "NONE" in opinions:
        return False
    return None if None in opinions else True


def approved_count(reviewed):
    def operand(zone, period):
        rows = zone.rows("JKQ202", period)
        if rows is None:
            return None
        approved = [row for row in rows if is_approved_in_year(row, last_day(period))]
        verdicts = [is_reviewed(row) if reviewed else True for row in approved]
        return None if None in verdicts else Fraction(sum(verdicts))
    return operand


# ---- indicators: operands by name, then a formula over their totals -------------------------------

class Indicator:
    def __init__(self, code, decimals, operands, formula, additive=True):
        self.code, self.decimals, self.operands, self.formula, self.additive = code, decimals, operands, formula, additive


def divide(left, right):
    return None if right == 0 else left / right


def ratio(code, decimals, above, below, factor=1, more_below=None):
    """factor * above / (below + more_below)"""
    operands = [item(above), item(below)] + ([item(more_below)] if more_below else [])
    additive = not {above, below} & NOT_ADDITIVE
    return Indicator(code, decimals, operands, lambda values: divide(values[0] * factor, sum(values[1:])), additive)


def plain(code, decimals, *items):
    return Indicator(code, decimals, [item(one) for one in items], sum, not set(items) & NOT_ADDITIVE)


def growth(code, of):
    def formula(values):
        quotient = divide(values[0], values[1])
        return None if quotient is None else (quotient - 1) * 100
    return Indicator(code, 2, [item(of), before(of)], formula)


def of_operands(code, above, below, factor, additive=True):
    return Indicator(code, 2, [above, below], lambda values: divide(values[0] * factor, values[1]), additive)


INDICATORS = [
    plain("I101", 0, "IB01"), growth("I102", "IB01"), growth("I103", "IB04"), ratio("I104", 2, "IB03", "IB01", 100),
    ratio("I105", 2, "IB07", "IB06", 100), ratio("I106", 2, "IB08", "IB06", 100), plain("I107", 0, "IB10"),
    ratio("I108", 2, "IB10", "IB01", 100), ratio("I109", 2, "IB09", "IB06", 100), growth("I110", "IB12"),
    ratio("I111", 2, "IB13", "IB12", 100), ratio("I112", 2, "IB04", "IB20"), plain("I113", 0, "IB18"),
    plain("I114", 0, "IB21"), plain("I115", 0, "IB22"), plain("I116", 0, "IB11"),
    # The three largest industries of a group are not those of its zones: no value for a group.
    of_operands("I117", three_largest, item("IB05"), 100, False),
    ratio("I201", 2, "IN01", "IB06", 100), plain("I202", 0, "IN02"), ratio("I203", 2, "IN03", "IB05", 100),
    ratio("I204", 2, "IN04", "IB05", 100), plain("I205", 0, "IN05"), plain("I206", 0, "IN06", "IN07"),
    ratio("I207", 2, "IN10", "IB19", 10000), plain("I208", 0, "IN11"), Indicator(
        "I209", 2, [item("IN16")], lambda values: values[0] * 20, False), ratio("I210", 2, "IN12", "IB20", 1000),
    ratio("I301", 2, "BR01", "IB16", 100), plain("I302", 0, "BR02"), plain("I303", 0, "BR03"), plain("I304", 0, "BR04"),
    ratio("I401", 2, "IB01", "RD07", 100), ratio("I402", 2, "IB10", "RD08", 100), plain("I403", 0, "RD01"),
    growth("I404", "RD01"), plain("I405", 0, "RD02"), plain("I406", 0, "RD03"), ratio("I407", 2, "RD05", "RD03", 100),
    plain("I408", 0, "RD06"), plain("I409", 0, "RD09", "RD10"),
    ratio("I501", 4, "EC01", "IB04"), ratio("I502", 4, "EC02", "IB04", 10000), ratio("I503", 4, "EC03", "IB04", 1000),
    ratio("I504", 4, "EC04", "IB04", 1000), ratio("I505", 2, "EC08", "EC07", 100, "EC09"),
    of_operands("I506", admitted_sum("PJ02"), admitted_sum("PJ04"), 1),
    ratio("I507", 2, "EC33", "EC25"), ratio("I508", 2, "IB06", "EC25"), ratio("I509", 2, "IB10", "EC24"),
    ratio("I510", 2, "EC23", "EC22", 100), ratio("I511", 2, "EC24", "EC23", 100), ratio("I512", 2, "EC26", "EC24"),
    ratio("I513", 2, "EC27", "EC25"), ratio("I514", 2, "EC28", "EC23", 100), ratio("I515", 2, "EC30", "EC29", 100),
    ratio("I516", 2, "EC31", "EC29", 100), plain("I517", 0, "EC13"), plain("I518", 0, "EC14"),
    ratio("I601", 2, "IE03", "IE02", 100), plain("I602", 1, "IE04"), ratio("I603", 2, "IE06", "IE05", 100),
    plain("I604", 2, "IE08"), ratio("I605", 2, "IE10", "IE09", 100),
    of_operands("I606", approved_count(True), approved_count(False), 100), plain("I607", 0, "IE07"),
]


def compute(indicator, zones, period, group):
    """(value or None, zones that took part, zones that were to report)."""
    active = [zone for zone in zones if zone.is_active(period)]
    matched = []
    for zone in active:
        values = [operand(zone, period) for operand in indicator.operands]
        if None not in values:
            matched.append(values)
    if not matched or (group and not indicator.additive):
        return None, len(matched), len(active)
    return indicator.formula([sum(column) for column in zip(*matched)]), len(matched), len(active)


def rounded(value, decimals):
    """Half away from zero."""
    scaled = abs(value) * 10 ** decimals
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    digits = str(whole).rjust(decimals + 1, "0")
    sign = "-" if value < 0 and whole else ""
    return sign + (digits[:-decimals] + "." + digits[-decimals:] if decimals else digits)


def scopes(zones):
    for zone in zones:
        yield "zone", zone.code, [zone], False
    for scope in ("level", "plate", "prefecture"):
        for name in sorted({getattr(zone, scope) for zone in zones if getattr(zone, scope)}):
            yield scope, name, [zone for zone in zones if getattr(zone, scope) == name], True
    yield "province", PROVINCE, zones, True


def indicator_lines(zones, period):
    for indicator in INDICATORS:
        for scope, name, members, group in scopes(zones):
            value, included, expected = compute(indicator, members, period, group)
            figures = ["", "", ""] if value is None else [value.numerator, value.denominator,
                                                          rounded(value, indicator.decimals)]
            yield [indicator.code, scope, name, period] + figures + [included, expected]


# ---- requirements ---------------------------------------------------------------------------------

def both(*conditions):
    return False if False in conditions else None if None in conditions else True


def verdict(when, check):
    if when is None:
        return "unknown"
    if not when:
        return "not_applicable"
    return {True: "pass", False: "fail", None: "unknown"}[check]


def compare(left, test, right):
    return None if left is None or right is None else test(left, right)


def at_least(left, right):
    return compare(left, lambda a, b: a >= b, right)


def at_most(left, right):
    return compare(left, lambda a, b: a <= b, right)


def zone_requirements(zone, period):
    """(code, levels it is for or None for all, check)"""
    value = {one.code: compute(one, [zone], period, False)[0] for one in INDICATORS if one.code in ("I105", "I506")}
    leading, areas = zone.figure("IB21", period), zone.figure("IB22", period)
    national, provincial = {"N"}, {"P", "C"}
    yield "R01", national, at_most(leading, 3)
    yield "R02", national, at_least(leading, 3)
    yield "R03", national, at_most(areas, 6)
    yield "R04", national, at_least(value["I105"], 70)
    yield "R05", provincial, both(at_least(leading, 1), at_most(leading, 2))
    yield "R06", provincial, at_most(areas, 3)
    yield "R07", provincial, at_least(value["I105"], 40)
    yield "R12", None, at_most(zone.figure("EC24", period), zone.figure("EC21", period))
    yield "R19", national, at_least(value["I506"], 4000)
    yield "R20", {"P", "C", "O"}, at_least(value["I506"], 2000)


def row_requirements(zone, row):
    """(code, when, check) of one project. Land in 公顷, the rest in 平方米."""
    def figure(code):
        return read_number(row.get(code, ""))

    land = figure("PJ04")
    square = None if land is None or land == 0 else land * 10000

    def share(code):
        part = figure(code)
        return None if square is None or part is None else part / square

    alive = None if stage(row) is None else stage(row) != "X"
    non_productive = read_flag(row.get("RG39A", ""))
    industrial = both(alive, None if non_productive is None else not non_productive)
    money = figure("PJ02")
    intensity = None if square is None or money is None else money / land
    limit = None if zone.level is None else 4000 if zone.level == "N" else 2000
    green = figure("PJ07")
    some_green = both(read_flag(row.get("RG39B", "")), at_most(share("PJ07"), Fraction(15, 100)))
    yield "R21", alive, at_least(intensity, limit)
    yield "R24", industrial, at_least(share("PJ05"), figure("PJ09"))
    yield "R25", industrial, at_least(share("PJ06"), Fraction(40, 100))
    yield "R25b", industrial, at_least(share("PJ06"), Fraction(30, 100))
    yield "R26", industrial, True if green == 0 or some_green else None if green is None or some_green is None else False
    yield "R27", industrial, at_most(share("PJ08"), Fraction(7, 100))


def requirement_lines(zones, period):
    for zone in zones:
        if not zone.is_active(period):
            continue
        for code, levels, check in zone_requirements(zone, period):
            when = True if levels is None else None if zone.level is None else zone.level in levels
            yield [code, zone.code, "", verdict(when, check)]
        rows = zone.rows("JKQ202", period)
        if not rows:
            outcome = "unknown" if rows is None else "not_applicable"
            for code in ("R21", "R24", "R25", "R25b", "R26", "R27"):
                yield [code, zone.code, "", outcome]
        for row in sorted(rows or [], key=lambda one: one.get("RG31", "")):
            for code, when, check in row_requirements(zone, row):
                yield [code, zone.code, row.get("RG31", ""), verdict(when, check)]


def read_zones(folder):
    lines = read_lines(os.path.join(folder, "registry.csv"))
    records = [dict(zip(lines[0], line)) for line in lines[1:]]
    return [Zone(record, os.path.join(folder, record["code"])) for record in records]


def main(arguments):
    options = [one for one in arguments if one.startswith("--")]
    plain_arguments = [one for one in arguments if not one.startswith("--")]
    if len(plain_arguments) != 2 or set(options) - {"--indicators", "--requirements"}:
        sys.stderr.write(__doc__)
        return 2
    folder, period = plain_arguments
    zones = read_zones(folder)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    if "--requirements" not in options:
        writer.writerow(["indicator", "scope", "zone_or_group", "period", "value_numerator", "value_denominator",
                         "rounded", "included", "expected"])
        writer.writerows(indicator_lines(zones, period))
    if "--indicators" not in options:
        writer.writerow(["requirement", "zone", "row", "verdict"])
        writer.writerows(requirement_lines(zones, period))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

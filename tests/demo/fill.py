#!/usr/bin/env python3
"""Fills the agent's own templates for every zone of the register, as a clerk would.

    fill.py TEMPLATES FACTS OUTPUT SEED

TEMPLATES holds FORM-PERIOD.csv as `zonetally-agent template` wrote them. FACTS holds registry.csv,
published.csv, industries.csv and calibration.csv (tests/data/province). What a zone published is entered
as it is; every other figure is made from the seed, within the bounds of calibration.csv, and
marked 合成 (synthetic). Years of which only single figures were published get just these: the rest is
missing, not made up. Standard library only.
"""
import csv
import os
import random
import sys
from decimal import Decimal, ROUND_DOWN, ROUND_HALF_UP

import rosters

YEAR = 2021
SYNTHETIC = "合成"
MISSING = "缺报"

# What an item may not exceed: the balance rules of the catalogue.
AT_MOST = {
    "IB02": lambda f: f["IB01"] - f["IB03"], "IB04": lambda f: f["IB02"], "IB07": lambda f: f["IB06"],
    "IB08": lambda f: f["IB07"], "IB13": lambda f: f["IB12"], "IB14": lambda f: f["IB12"],
    "IN02": lambda f: f["IB15"], "IN03": lambda f: f["IB05"], "IN04": lambda f: f["IB05"],
    "RD04": lambda f: f["RD03"], "RD05": lambda f: f["RD03"], "EC08": lambda f: f["EC07"] + f["EC09"],
    "EC25": lambda f: f["EC24"], "EC24": lambda f: min(f["EC22"], f["EC23"]), "EC23": lambda f: f["EC22"],
    "EC22": lambda f: f["EC21"], "EC27": lambda f: f["EC26"], "EC28": lambda f: f["EC23"],
    "EC30": lambda f: f["EC29"], "EC31": lambda f: f["EC29"], "IE03": lambda f: f["IE02"],
    "IE06": lambda f: f["IE05"], "IE10": lambda f: f["IE09"], "IN16": lambda f: Decimal(5),
}
AT_LEAST = {"IB17": lambda f: f["IB16"], "IB15": lambda f: f["IB17"]}


def read_rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_grid(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def write_grid(path, rows):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\r\n").writerows(rows)


class Bounds:
    """calibration.csv: for an item and a level, of which item, low, typical, high, decimals."""

    def __init__(self, rows):
        self.rows = rows

    def of_level(self, level):
        return {row["item"]: row for row in self.rows if row["level"] in (level, "*")}


def draw(row, dice):
    """Between low and high with the mass near typical."""
    low, typical, high = (float(row[name]) for name in ("low", "typical", "high"))
    return dice.triangular(low, high, typical) if high > low else low


class Zone:
    """One zone's figures of a year. A figure that hangs on another one is made after it."""

    def __init__(self, bounds, published, dice):
        self.bounds = bounds
        self.published = published
        self.dice = dice
        self.figures = {}
        for item in bounds:
            if not item.startswith(("PJ", "LP", "rows")):
                self.make(item)

    def make(self, item):
        if item in self.figures:
            return self.figures[item]
        row = self.bounds[item]
        if item in self.published:
            self.figures[item] = self.published[item]
        elif item == "IB04" and "IB05" in self.published:
            self.keep(item, float(self.published["IB05"]) / draw(self.bounds["IB05"], self.dice))
        else:
            whole = float(self.make(row["of"])) if row["of"] else 1.0
            self.keep(item, whole * draw(row, self.dice))
        return self.figures[item]

    def keep(self, item, value):
        for limit in (AT_MOST, AT_LEAST):
            if item in limit:
                for other in limit_items(item):
                    self.make(other)
        quantum = Decimal(1).scaleb(-int(self.bounds[item]["decimals"] or 0))
        figure = Decimal(repr(value)).quantize(quantum, ROUND_HALF_UP)
        if item in AT_MOST and figure > AT_MOST[item](self.figures):
            figure = AT_MOST[item](self.figures).quantize(quantum, ROUND_DOWN)
        if item in AT_LEAST and figure < AT_LEAST[item](self.figures):
            figure = AT_LEAST[item](self.figures)
        self.figures[item] = figure


class Seen(dict):
    """Notes which figures a limit asks for."""

    def __init__(self):
        super().__init__()
        self.items_asked = []

    def __missing__(self, item):
        self.items_asked.append(item)
        return Decimal(1)


def limit_items(item):
    seen = Seen()
    (AT_MOST.get(item) or AT_LEAST[item])(seen)
    return seen.items_asked


def year_before(zone):
    """Last year's figures: the comparable base where an item has one, else this year's at a common pace."""
    pace = Decimal(repr(round(zone.dice.uniform(0.93, 1.03), 4)))
    earlier = {}
    for item, figure in zone.figures.items():
        exponent = figure.as_tuple().exponent
        quantum = Decimal(1).scaleb(exponent if isinstance(exponent, int) and exponent < 0 else 0)
        earlier[item] = zone.figures.get(item + "B", (figure * pace).quantize(quantum, ROUND_HALF_UP))
        if item.endswith("B") and item[:-1] in zone.figures:
            earlier.pop(item)
    return earlier


def fill_table(template, figures, published, answers):
    """Code, name, unit, figure, note, mark."""
    rows = [["代码", "指标", "单位", "数值", "说明", "标记"]]
    for code, name, unit in (row[:3] for row in template[1:]):
        if code in published:
            rows.append([code, name, unit, published[code], "公开数据", ""])
        elif code in figures:
            rows.append([code, name, unit, figures[code], "", SYNTHETIC])
        elif code in answers:
            rows.append([code, name, unit, answers[code], "", SYNTHETIC])
        else:
            rows.append([code, name, unit, MISSING, "", ""])
    return rows


def fill_roster(template, records):
    """`records`: dictionaries of code to text; what they lack is missing. The mark is the last column."""
    codes = [cell.split(" ")[0] for cell in template[0]]
    rows = [template[0] + ["标记"]]
    for record in records:
        rows.append([record.get(code, MISSING) for code in codes] + [record.get("mark", SYNTHETIC)])
    return rows


def fill_zone(record, forms, facts, output, seed):
    code = record["code"]
    dice = random.Random(f"{seed}/{code}")
    published = facts["published"].get(code, {})
    zone = Zone(facts["bounds"].of_level(record["level"] or "O"), published.get(str(YEAR), {}), dice)
    earlier = year_before(zone)
    answers = rosters.plan_of(zone, dice)

    for name, template in forms.items():
        form, period = name.split("-", 1)
        path = os.path.join(output, code, name + ".csv")
        if template[0][0] == "代码":
            this_year = period.startswith(str(YEAR))
            write_grid(path, fill_table(template, zone.figures if this_year else earlier,
                                        published.get(str(YEAR), {}) if this_year else {}, answers))
        else:
            records = rosters.rows_of(form, code, zone, facts["industries"], dice)
            write_grid(path, fill_roster(template, records))

    for period, figures in published.items():
        if period.isdigit() and period != str(YEAR):
            path = os.path.join(output, code, f"JKQ301-{period}.csv")
            write_grid(path, fill_table(forms[f"JKQ301-{YEAR}"], {}, figures, {}))


def read_facts(folder):
    published = {}
    for row in read_rows(os.path.join(folder, "published.csv")):
        published.setdefault(row["zone"], {}).setdefault(row["period"], {})[row["item"]] = Decimal(row["value"])
    return {
        "published": published,
        "industries": read_rows(os.path.join(folder, "industries.csv")),
        "bounds": Bounds(read_rows(os.path.join(folder, "calibration.csv"))),
    }


def main():
    templates, folder, output, seed = sys.argv[1:5]
    facts = read_facts(folder)
    forms = {name[:-4]: read_grid(os.path.join(templates, name)) for name in sorted(os.listdir(templates))}
    for record in read_rows(os.path.join(folder, "registry.csv")):
        if not record["active_until"]:
            fill_zone(record, forms, facts, output, seed)


if __name__ == "__main__":
    main()

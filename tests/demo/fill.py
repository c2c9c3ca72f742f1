#!/usr/bin/env python3
"""Fills the agent's own templates for every zone of the register, as a clerk would.

    fill.py TEMPLATES FACTS OUTPUT SEED

TEMPLATES holds FORM-PERIOD.csv as `zonetally-agent template` wrote them. FACTS holds registry.csv,
published.csv and industries.csv. What a zone published is entered as it is; every other figure is
made from the seed and marked 合成 (synthetic). Standard library only.

Figures of a zone hang together: each is a share of another one, so that the balance rules hold.
The magnitudes are calibrated on the province's published totals (FACTS/totals.csv): 109 zones with a
product of 7605 亿元 in 2012, of which the value added of industry above scale 4560 亿元.
"""
import csv
import os
import random
import sys
from decimal import Decimal, ROUND_HALF_UP

SYNTHETIC = "合成"
MISSING = "缺报"
YEAR = 2021

# Product of a zone in 万元: drawn between low and high of its level.
PRODUCT = {"N": (1_500_000, 6_000_000), "P": (150_000, 900_000), "C": (60_000, 300_000), "O": (40_000, 200_000)}

# item, of which item, low and high share. Later lines build on earlier ones.
SHARES = [
    ("IB02", "IB01", 0.58, 0.70), ("IB03", "IB01", 0.18, 0.27), ("IB04", "IB02", 0.72, 0.86),
    ("IB05", "IB04", 3.4, 4.6), ("IB06", "IB05", 0.93, 1.01), ("IB07", "IB06", 0.42, 0.88),
    ("IB08", "IB07", 0.45, 0.80), ("IB09", "IB06", 0.03, 0.10), ("IB10", "IB01", 0.08, 0.16),
    ("IB11", "IB10", 0.60, 0.85), ("IB12", "IB01", 0.28, 0.46), ("IB13", "IB12", 0.48, 0.68),
    ("IB14", "IB12", 0.10, 0.25), ("IB16", "IB06", 0.000020, 0.000030), ("IB17", "IB16", 1.6, 2.6),
    ("IB15", "IB17", 4.0, 8.0), ("IB18", "IB16", 0.0, 0.04), ("IB20", "IB06", 0.006, 0.011),
    ("IB19", "IB20", 1.4, 2.0), ("IN01", "IB06", 0.004, 0.030), ("IN02", "IB16", 0.08, 0.30),
    ("IN03", "IB05", 0.10, 0.35), ("IN04", "IB05", 0.08, 0.30), ("IN05", "IN02", 0.1, 0.5),
    ("IN06", "IN02", 0.0, 0.10), ("IN07", "IN02", 0.05, 0.25), ("IN08", "IN07", 8.0, 30.0),
    ("IN10", "IB20", 0.004, 0.020), ("IN09", "IN10", 0.12, 0.22), ("IN11", "IN01", 0.1, 0.4),
    ("IN12", "IB20", 0.01, 0.04), ("IN13", "IB20", 0.0005, 0.002), ("IN14", "IB16", 0.0, 0.05),
    ("IN15", "IB17", 0.02, 0.10), ("BR01", "IB16", 0.05, 0.25), ("BR03", "IN02", 0.0, 0.3),
    ("BR04", "IB16", 0.01, 0.06), ("BR05", "IB16", 0.3, 0.8), ("RD01", "IB01", 0.002, 0.008),
    ("RD02", "IB12", 0.15, 0.40), ("RD03", "IB06", 0.02, 0.12), ("RD04", "RD03", 0.35, 0.75),
    ("RD05", "RD03", 0.05, 0.30), ("RD06", "IB19", 0.02, 0.06), ("RD07", "IB01", 4.0, 9.0),
    ("RD08", "IB10", 4.0, 9.0), ("RD11", "IB19", 1.2, 2.2), ("EC01", "IB04", 0.20, 0.70),
    ("EC02", "IB04", 0.0006, 0.0020), ("EC03", "IB04", 0.00010, 0.00040), ("EC04", "IB04", 0.00020, 0.00080),
    ("EC05", "EC03", 0.05, 0.12), ("EC06", "EC04", 0.8, 1.6), ("EC07", "IB04", 0.02, 0.10),
    ("EC09", "EC07", 0.0, 0.02), ("EC08", "EC07", 0.75, 0.97), ("EC10", "IB16", 0.0, 0.05),
    ("EC11", "IB16", 0.05, 0.25), ("EC12", "EC01", 2.2, 2.8), ("EC25", "IB06", 0.00012, 0.00025),
    ("EC24", "EC25", 1.35, 1.70), ("EC23", "EC24", 1.06, 1.20), ("EC22", "EC23", 1.05, 1.15),
    ("EC21", "EC22", 1.10, 1.60), ("EC27", "EC25", 0.65, 1.05), ("EC26", "EC27", 1.40, 1.80),
    ("EC28", "EC23", 0.0, 0.03), ("EC29", "EC27", 0.02, 0.10), ("EC30", "EC29", 0.3, 0.8),
    ("EC31", "EC29", 0.6, 0.95), ("EC33", "EC25", 1800.0, 5200.0), ("IE05", "IB16", 0.15, 0.40),
    ("IE06", "IE05", 0.5, 0.9), ("IE07", "IB15", 0.05, 0.15), ("IE01", "IB19", 0.001, 0.004),
    ("IE11", "RD11", 0.0001, 0.0004),
]
# item, low, high: not hanging on another one.
RANGES = [
    ("IN16", 2, 5), ("BR02", 0, 2), ("RD09", 0, 2), ("RD10", 0, 1), ("EC13", 0, 0), ("EC14", 0, 0),
    ("EC32", 62, 95), ("IE02", 80, 240), ("IE04", 8, 40), ("IE08", 70, 99), ("IE09", 200, 2000),
]
AFTER = [("IE03", "IE02", 0.7, 1.0), ("IE10", "IE09", 0.5, 1.0)]
BASES = {"IB01B": "IB01", "IB04B": "IB04", "IB05B": "IB05", "IB06B": "IB06", "IB10B": "IB10", "IB12B": "IB12",
         "RD01B": "RD01", "RD02B": "RD02", "RD03B": "RD03"}
WHOLE_MIN = {"IB16": 1, "IB17": 2, "IB15": 5, "IN02": 1, "IE05": 1, "IE06": 1, "IB20": 20, "IB19": 30}


def quantum(text):
    """The template's figures have as many decimals as the item stores."""
    return Decimal(1).scaleb(-int(text))


def rounded(value, decimals):
    return Decimal(repr(value) if isinstance(value, float) else value).quantize(quantum(decimals), ROUND_HALF_UP)


class Zone:
    """One zone's figures of a year, made in the order of the tables above."""

    def __init__(self, record, published, decimals, dice):
        self.record = record
        self.published = published
        self.decimals = decimals
        self.dice = dice
        self.figures = {}

    def put(self, item, value):
        if item in self.published:
            self.figures[item] = self.published[item]
            return
        value = rounded(value, self.decimals.get(item, 0))
        self.figures[item] = max(value, Decimal(WHOLE_MIN.get(item, 0)))

    def fill(self, product):
        self.put("IB01", product)
        for item, of, low, high in SHARES + [("", "", 0, 0)]:
            if item:
                self.put(item, float(self.figures[of]) * self.dice.uniform(low, high))
        self.keep_within_published()
        for item, low, high in RANGES:
            self.put(item, self.dice.uniform(low, high))
        for item, of, low, high in AFTER:
            self.put(item, float(self.figures[of]) * self.dice.uniform(low, high))
        industries = 3 if self.record["level"] == "N" else 1 + int(self.dice.random() * 2)
        self.put("IB21", industries)
        self.put("IB22", industries * 2 if self.record["level"] == "N" else industries + 1)

    def keep_within_published(self):
        """A synthetic figure never contradicts a published one that it hangs on."""
        if "IB05" in self.published and "IB04" not in self.published:
            self.figures["IB04"] = rounded(float(self.figures["IB05"]) * 0.26, 0)
            self.figures["IB04"] = min(self.figures["IB04"], rounded(float(self.figures["IB02"]) * 0.86, 0))
        if "IB16" in self.published:
            self.put("IB17", float(self.figures["IB16"]) * 2)
            self.put("IB15", float(self.figures["IB17"]) * 5)

    def last_year(self):
        """The figures a year before: published growth is not used, what is not known is made."""
        earlier = Zone(self.record, {}, self.decimals, self.dice)
        pace = self.dice.uniform(0.94, 1.12)
        for item, value in self.figures.items():
            whole_stock = item.startswith("EC2") or item in ("IB21", "IB22")
            earlier.put(item, value if whole_stock else float(value) / pace)
        return earlier


def read_rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_template(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def write_form(path, header, rows):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows(rows)


def fill_table(template, zone, earlier, plan, dice):
    """Rows of a table form: code, name, unit, figure, note, mark."""
    rows = []
    for row in template[1:]:
        code, name, unit, note = row[0], row[1], row[2], ""
        if code in zone.published:
            figure, mark, note = zone.published[code], "", "公开数据"
        elif code in BASES:
            figure = earlier.figures[BASES[code]] if earlier else MISSING
            mark = SYNTHETIC if earlier else ""
        elif code in zone.figures:
            figure, mark = zone.figures[code], SYNTHETIC
        else:
            figure, mark = plan_answer(code, plan, dice), SYNTHETIC
        rows.append([code, name, unit, figure, note, mark])
    return rows


def plan_answer(code, plan, dice):
    """Flags, dates and codes of the register form."""
    if code in plan:
        return plan[code]
    return "是" if dice.random() < 0.8 else "否"


def fill_published_only(template, published):
    rows = []
    for row in template[1:]:
        known = row[0] in published
        rows.append([row[0], row[1], row[2], published[row[0]] if known else MISSING, "公开数据" if known else "", ""])
    return rows


def header_codes(template):
    return [cell.split(" ")[0] for cell in template[0]]


def fill_roster(template, records):
    """`records`: one dictionary of code to text for each row; what it lacks is 缺报."""
    codes = header_codes(template)
    return [[record.get(code, MISSING) for code in codes] for record in records]


def main():
    templates, facts, output, seed = sys.argv[1:5]
    import rosters  # beside this file
    registry = read_rows(os.path.join(facts, "registry.csv"))
    published = {}
    for row in read_rows(os.path.join(facts, "published.csv")):
        published.setdefault((row["zone"], row["period"]), {})[row["item"]] = Decimal(row["value"])
    industries = read_rows(os.path.join(facts, "industries.csv"))
    forms = {name[:-4]: read_template(os.path.join(templates, name)) for name in sorted(os.listdir(templates))}
    decimals = read_decimals(os.path.join(facts, "calibration.csv"))

    for record in registry:
        zone_code = record["code"]
        dice = random.Random(f"{seed}/{zone_code}")
        zone = Zone(record, published.get((zone_code, str(YEAR)), {}), decimals, dice)
        low, high = PRODUCT[record["level"] or "O"]
        zone.fill(dice.uniform(low, high))
        earlier = zone.last_year()
        plan = rosters.plan_of(dice)
        for name, template in forms.items():
            form, period = name.split("-", 1)
            path = os.path.join(output, zone_code, name + ".csv")
            if template[0][0] in ("代码", "code"):
                figures, before = (zone, earlier) if period.startswith(str(YEAR)) else (earlier, None)
                header = template[0][:5] + ["标记"]
                write_form(path, header, fill_table(template, figures, before, plan, dice))
            else:
                records = rosters.rows_of(form, zone, industries, dice)
                if records:
                    write_form(path, template[0], fill_roster(template, records))
        for (owner, period), figures in published.items():
            if owner == zone_code and period != str(YEAR) and period.isdigit():
                rows = fill_published_only(forms[f"JKQ301-{YEAR}"], figures)
                path = os.path.join(output, zone_code, f"JKQ301-{period}.csv")
                write_form(path, ["代码", "指标", "单位", "数值", "说明", "标记"], rows)


def read_decimals(path):
    return {row["item"]: int(row["decimals"] or 0) for row in read_rows(path)} if os.path.exists(path) else {}


if __name__ == "__main__":
    main()

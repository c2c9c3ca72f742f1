"""The rows of the ledgers and the answers of the register form, for fill.py. Standard library only."""
from decimal import Decimal, ROUND_DOWN, ROUND_HALF_UP

SYNTHETIC_INDUSTRIES = ["汽车零部件", "农产品加工", "医药健康", "装备制造", "新材料", "食品", "建材", "电子信息", "能源"]
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
STAGES = ["签约", "论证", "立项", "供地", "开工", "竣工", "投产", "达产"]
CLASSES = ["汽车", "石油化工", "农产品加工", "医药健康", "装备制造", "新材料", "新能源"]
OPINIONS = ["RG34A", "RG34B", "RG34C", "RG34D", "RG34E"]


def rounded(value, decimals, rounding=ROUND_HALF_UP):
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding)


def draw(row, dice):
    low, typical, high = (float(row[name]) for name in ("low", "typical", "high"))
    return dice.triangular(low, high, typical) if high > low else low


def credit_code(dice):
    """An invented code with the right check character (GB 32100-2015); 912299 is no issued area."""
    body = "91229999" + "".join(dice.choice(CREDIT_ALPHABET) for _ in range(9))
    total = sum(CREDIT_ALPHABET.index(sign) * weight for sign, weight in zip(body, CREDIT_WEIGHTS))
    return body + CREDIT_ALPHABET[(31 - total % 31) % 31]


def day(dice, year):
    return f"{year}-{1 + int(dice.random() * 12):02d}-{1 + int(dice.random() * 28):02d}"


def yes_or_no(dice, chance):
    return "是" if dice.random() < chance else "否"


def plan_of(zone, dice):
    """Answers of the register form; as many platforms run as the zone's figure IN16 says."""
    running = int(zone.figures["IN16"])
    answers = {f"RG12{letter}": "运行" if place < running else "在建" for place, letter in enumerate("ABCDE")}
    answers.update({"RG11A": "已批准", "RG11I": "2015-03-02", "RG11B": "2015-09-10", "RG11J": "2015-12-18",
                    "RG11C": "2016-06-30", "RG13A": "实施中", "RG13B": "无", "RG13C": "不适用", "RG14A": "管委会运营"})
    for flag in ("RG11D", "RG11E", "RG11F", "RG11G", "RG11H", "RG11K", "RG11L", "RG11M"):
        answers[flag] = yes_or_no(dice, 0.96)
    for flag in ("RG14B", "RG14C", "RG14D", "RG14E", "RG15A", "RG15B", "RG15C", "RG15D"):
        answers[flag] = yes_or_no(dice, 0.4)
    return answers


def make(record, bounds, dice, items):
    """Figures of a row: `items` in an order in which each one's base comes first."""
    for item in items:
        row = bounds[item]
        whole = float(record[row["of"]]) if row["of"] else 1.0
        record[item] = rounded(whole * draw(row, dice), int(row["decimals"] or 0))


def project(number, bounds, dice):
    stage = dice.choice(STAGES)
    reviewed = STAGES.index(stage) >= STAGES.index("立项")
    record = {"RG31": f"P{number:03d}", "RG31B": f"合成项目{number}", "RG32": credit_code(dice),
              "RG36": dice.choice(CLASSES), "RG33": stage, "RG39A": "否",
              "RG33B": day(dice, 2020) if reviewed else "不适用"}
    make(record, bounds, dice, ["PJ01", "PJ02", "PJ03", "PJ04", "PJ05", "PJ06", "PJ07", "PJ08", "PJ09"])
    if dice.random() < 0.8:
        record["PJ07"] = Decimal(0)
    record["PJ06"] = min(record["PJ06"], record["PJ04"] * 10000 - record["PJ07"]).quantize(Decimal("0.01"), ROUND_DOWN)
    record["RG39B"] = "是" if record["PJ07"] else "否"
    for flag, chance in (("RG37A", 0.4), ("RG37B", 0.5), ("RG38A", 0.3)):
        record[flag] = yes_or_no(dice, chance)
    record["RG38B"] = record["RG38A"]
    for opinion in OPINIONS:
        record[opinion] = "同意" if reviewed else "未出具"
    record.update({"RG34F": "2020-04-06", "RG35A": "2020-04-09", "RG35B": "2020-04-10"} if reviewed else
                  {"RG34F": "不适用", "RG35A": "不适用", "RG35B": "不适用"})
    record.update({"RG40A": "通过", "RG40B": "2020-03-16"} if reviewed else {"RG40A": "未审查", "RG40B": "不适用"})
    record.update({"LP09": "不适用", "LP10": "不适用"})
    return record


def parcel(number, bounds, dice):
    record = {"RG51": f"Z{number:03d}", "RG52": "出让", "RG53A": f"城市批次2019-{number}", "RG53B": "工矿仓储用地",
              "RG53C": credit_code(dice), "RG53D": "不适用", "RG53E": "2019-05-20", "RG54A": "2019-11-20",
              "RG54B": "2019-10-15", "RG54C": "2022-11-20", "RG54D": "不适用", "RG55": "不适用", "RG56": "未闲置",
              "RG57": "正常"}
    make(record, bounds, dice, ["LP01", "LP04", "LP02", "LP05", "LP06", "LP07", "LP08", "LP09", "LP10"])
    record["LP03"] = rounded(record["LP01"] * record["LP02"], 2)  # 元/平方米 over 公顷 is 万元
    cheap = record["LP02"] < record["LP04"]
    record.update({"RG37A": "是" if cheap else "否", "RG37B": "是" if cheap else "否"})
    return record


def published_industries(code, industries):
    rows = [row for row in industries if row["zone"] == code]
    return [{"RG08A": row["industry"], "IB05": row["IB05"], "mark": ""} for row in rows]


def synthetic_industries(zone, dice):
    """The zone's output split over its industries; as many lead as the zone's figure IB21 says."""
    count = max(int(draw(zone.bounds["rows JKQ303"], dice)), int(zone.figures["IB21"]) + 1)
    shares = sorted((dice.random() + 0.05 for _ in range(count)), reverse=True)
    names = SYNTHETIC_INDUSTRIES[:]
    dice.shuffle(names)
    leading = int(zone.figures["IB21"])
    rows = []
    for place, share in enumerate(shares[: len(names)]):
        part = Decimal(repr(round(share / sum(shares), 6)))
        rows.append({"RG08A": names[place], "RG08B": "是" if place < leading else "否",
                     "IB05": (zone.figures["IB05"] * part).quantize(Decimal(1), ROUND_DOWN),
                     "IB06": (zone.figures["IB06"] * part).quantize(Decimal(1), ROUND_DOWN)})
    return rows


def rows_of(form, code, zone, industries, dice):
    if form == "JKQ303":
        return published_industries(code, industries) or synthetic_industries(zone, dice)
    maker = {"JKQ202": project, "JKQ203": parcel}[form]
    count = int(draw(zone.bounds[f"rows {form}"], dice))
    return [maker(number + 1, zone.bounds, dice) for number in range(count)]

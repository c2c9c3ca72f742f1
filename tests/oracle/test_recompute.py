"""The recomputation against figures worked out by hand, and the shipped catalogue's weights."""
import os
import re
import sys
import tempfile
import unittest
from fractions import Fraction

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import recompute  # noqa: E402

REGISTRY = """code,name,level,plate,prefecture,active_until
A,甲,N,M,长春市,
B,乙,P,E,延边朝鲜族自治州,
C,丙,C,M,长春市,
D,丁,P,E,延边朝鲜族自治州,2011-08
"""
PROJECTS = ("RG31 项目代码,RG33 项目阶段,RG33B 立项日期,RG39A 非生产类项目,PJ02 固定资产总投资 [万元],"
            "PJ04 项目总用地面积 [公顷],PJ05 计容总建筑面积 [平方米],PJ06 占地 [平方米],PJ07 绿地面积 [平方米],"
            "RG39B 特殊,PJ08 行政 [平方米],PJ09 下限,RG34A a,RG34B b,RG34C c,RG34D d,RG34E e,RG35A f,RG35B g\n")
OPINIONS = "同意,同意,同意,有条件同意,同意,2021-03-12,2021-03-12"


def table(**figures):
    lines = [f"{code},指标,单位,{figure},,合成" for code, figure in figures.items()]
    return "代码,指标,单位,数值,说明,标记\r\n" + "\r\n".join(lines) + "\r\n"


class Recomputation(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.write("registry.csv", REGISTRY)
        self.write("A/JKQ301-2021.csv", table(IB01=1000, IB01B=800, IB06=1000000, IB07=700000, IB21=3, IB22=7,
                                              EC24="10.0001", EC21="10.0000", IE08="90.00", IB05=8311000))
        self.write("A/JKQ303-2021.csv", "RG08A 产业名称,IB05 产值 [万元]\n汽车,4294000\n医药,2200000\n建材,388000\n装备,342000\n")
        self.write("A/JKQ202-2021-M12.csv", PROJECTS
                   + f"P1,立项,2021-03-20,否,40000,10.0000,120000,40000,0,否,7000,1.20,{OPINIONS}\n"
                   + f"P2,S6,2020-12-31,否,30000.00,30.0000,1,89999.99,0.01,否,21000.01,1.20,{OPINIONS}\n"
                   + f"P3,签约,,是,1,10.0000,1,1,1,否,1,1.20,{OPINIONS}\n"
                   + f"P4,终止,2021-05-01,否,1,10.0000,1,1,1,否,1,1.20,缺报,同意,同意,同意,同意,2021-05-02,缺报\n")
        self.write("B/JKQ401-2021-M12.csv", table(IB06=1000000, IB07=399999))
        self.write("B/JKQ402-2021-Q4.csv", table(IB01=500))
        self.write("B/JKQ301-2020.csv", table(IB01=0))
        self.write("C/JKQ301-2021.csv", table(IB01="缺报", IB06=0, IB07=0, IB21=0, IB22=3))
        self.zones = recompute.read_zones(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)

    def indicators(self):
        return {(line[0], line[2]): line[4:] for line in recompute.indicator_lines(self.zones, "2021")}

    def verdicts(self):
        return {tuple(line[:3]): line[3] for line in recompute.requirement_lines(self.zones, "2021")}

    def test_a_share_is_exact_and_rounded_once(self):
        found = self.indicators()
        self.assertEqual(found["I105", "A"], [70, 1, "70.00", 1, 1])
        self.assertEqual(found["I105", "B"], [399999, 10000, "40.00", 1, 1])
        self.assertEqual(found["I117", "A"], [688200, 8311, "82.81", 1, 1])

    def test_a_ratio_of_a_group_is_a_ratio_of_sums_with_its_coverage(self):
        found = self.indicators()
        self.assertEqual(found["I105", "吉林省"], [1099999, 20000, "55.00", 3, 3])
        self.assertEqual(found["I101", "吉林省"], [1500, 1, "1500", 2, 3])
        self.assertEqual(found["I101", "P"], [500, 1, "500", 1, 1])

    def test_growth_takes_the_comparable_basis_and_matched_zones_only(self):
        found = self.indicators()
        self.assertEqual(found["I102", "A"], [25, 1, "25.00", 1, 1])
        self.assertEqual(found["I102", "B"], ["", "", "", 1, 1])
        self.assertEqual(found["I102", "吉林省"], [Fraction(175, 2).numerator, 2, "87.50", 2, 3])

    def test_missing_is_not_zero_and_nothing_is_divided_by_zero(self):
        found = self.indicators()
        self.assertEqual(found["I101", "C"], ["", "", "", 0, 1])
        self.assertEqual(found["I105", "C"], ["", "", "", 1, 1])

    def test_what_is_not_additive_has_no_value_for_a_group(self):
        found = self.indicators()
        self.assertEqual(found["I604", "A"][2], "90.00")
        self.assertEqual(found["I604", "吉林省"][:3], ["", "", ""])

    def test_only_admitted_projects_count_for_the_average(self):
        self.assertEqual(self.indicators()["I506", "A"], [1750, 1, "1750.00", 1, 1])

    def test_reviews_are_counted_over_the_projects_of_the_year(self):
        self.assertEqual(self.indicators()["I606", "A"], [50, 1, "50.00", 1, 1])

    def test_bounds_belong_to_the_good_side(self):
        found = self.verdicts()
        expected = {"R01": "pass", "R02": "pass", "R03": "fail", "R04": "pass", "R05": "not_applicable",
                    "R07": "not_applicable", "R12": "fail", "R19": "fail", "R20": "not_applicable"}
        self.assertEqual({code: found[code, "A", ""] for code in expected}, expected)
        self.assertEqual(found["R07", "B", ""], "fail")
        self.assertEqual(found["R07", "C", ""], "unknown")
        self.assertEqual((found["R05", "C", ""], found["R06", "C", ""]), ("fail", "pass"))

    def test_projects_are_judged_row_by_row(self):
        found = self.verdicts()
        codes = ("R21", "R24", "R25", "R25b", "R26", "R27")
        self.assertEqual([found[code, "A", "P1"] for code in codes], ["pass"] * 6)
        self.assertEqual([found[code, "A", "P2"] for code in codes], ["fail"] * 6)
        self.assertEqual([found[code, "A", "P3"] for code in codes], ["fail"] + ["not_applicable"] * 5)
        self.assertEqual([found[code, "A", "P4"] for code in codes], ["not_applicable"] * 6)
        self.assertEqual(found["R21", "B", ""], "unknown")

    def test_a_merged_zone_is_not_expected(self):
        self.assertNotIn(("R01", "D", ""), self.verdicts())
        self.assertEqual(self.indicators()["I101", "D"], ["", "", "", 0, 0])

    def test_rounding_is_half_away_from_zero(self):
        self.assertEqual(recompute.rounded(Fraction(1, 8), 2), "0.13")
        self.assertEqual(recompute.rounded(Fraction(-1, 8), 2), "-0.13")
        self.assertEqual(recompute.rounded(Fraction(-1, 1000), 2), "0.00")


class Catalogue(unittest.TestCase):
    """R35: six dimensions, each scored, weights of 100 in all."""

    def test_weights_sum_to_100_over_six_dimensions(self):
        path = os.path.join(HERE, "../../common/catalogue/jilin-2016/70-indicators.catalogue")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        weights = {}
        for block in re.split(r"\nindicator ", text)[1:]:
            weight = re.search(r"\bweight (\S+)", block)
            if weight:
                name = re.search(r'dimension "([^"]+)"', block).group(1)
                weights[name] = weights.get(name, 0) + Fraction(weight.group(1))
        self.assertEqual(weights, {"产业基础": 30, "创新能力": 20, "品牌建设": 6, "区域带动": 16, "生态环境": 18,
                                   "投资环境": 10})

    def test_every_indicator_of_the_catalogue_is_recomputed(self):
        path = os.path.join(HERE, "../../common/catalogue/jilin-2016/70-indicators.catalogue")
        with open(path, encoding="utf-8") as file:
            codes = re.findall(r"^indicator (I\d+) ", file.read(), re.M)
        self.assertEqual(codes, [one.code for one in recompute.INDICATORS])


if __name__ == "__main__":
    unittest.main()

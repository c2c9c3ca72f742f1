#!/usr/bin/env python3
"""What people at the province decide reaches the zone, with real processes.

    test_review.py BUILD SOURCE
"""
import os
import sys
import unittest

sys.dont_write_bytecode = True
from province import Program, Province, seal_month  # noqa: E402

BUILD, SOURCE = sys.argv[1:3]
REGISTRY = os.path.join(SOURCE, "tests", "data", "province", "registry.csv")
ZONE, FORM, PERIOD = "22102001", "JKQ401", "2021-M03"


class Review(unittest.TestCase):
    def setUp(self):
        self.province = Province(BUILD, REGISTRY)
        self.province.serve()

    def tearDown(self):
        self.province.close()

    def another_machine(self):
        agent = Program(self.province.agent_path, os.path.join(self.province.folder, "another"))
        agent.run("init", "--zone", ZONE, "--province", self.province.card())
        self.province.aggregator.run("enrol", "add", os.path.join(agent.data, "enrolment-request.txt"))
        self.province.aggregator.run("enrol", "approve", ZONE, "--yes")
        return agent

    def sync(self, agent):
        agent.run("sync", "--endpoint", self.province.endpoint)

    def report(self, agent, value=0):
        seal_month(agent, self.province.folder, FORM, PERIOD, value)
        self.sync(agent)

    def state(self):
        rows = self.province.aggregator.rows("status", "--period", PERIOD)
        return [row["state"] for row in rows if row["zone"] == ZONE and row["form"] == FORM][0]

    def contested(self):
        """Indicators of the province whose figures wait for a decision."""
        return [row["indicator"] for row in self.province.aggregator.rows("indicators", "--period", PERIOD)
                if row["contested"] == "yes"]

    def stages(self, agent):
        return [(row["version"], row["stage"], row["reason"]) for row in agent.rows("history", FORM, PERIOD)]

    def test_a_return_is_sent_back_the_zone_reads_why_and_a_better_one_is_taken(self):
        agent, province = self.province.zone(ZONE), self.province.aggregator
        self.report(agent)
        province.run("returns", "send-back", ZONE, FORM, PERIOD, "--reason", "产值为零，请核实",
                     "--by", "李四", "--yes")
        self.assertEqual(self.state(), "sent-back")

        self.sync(agent)

        self.assertEqual(self.stages(agent), [("1", "sent_back", "产值为零，请核实")])
        self.assertEqual([row["reason"] for row in agent.rows("status")], ["产值为零，请核实"])
        self.report(agent, 1)
        self.assertEqual(self.stages(agent), [("1", "sent_back", "产值为零，请核实"), ("2", "accepted", "")])
        self.assertNotEqual(self.state(), "sent-back")
        province.run("returns", "send-back", ZONE, FORM, PERIOD, "--by", "李四", "--yes", status=2)
        # Nobody is asked whether he is sure before all is said: with no answer it would be status 1.
        province.run("returns", "send-back", ZONE, FORM, PERIOD, "--by", "李四", text="", status=2)
        province.run("returns", "send-back", ZONE, FORM, PERIOD, "--reason", "产值为零，请核实", "--yes", status=2)

    def test_two_machines_contradict_each_other_and_a_person_decides(self):
        first, province = self.province.zone(ZONE), self.province.aggregator
        self.report(first)
        second = self.another_machine()
        self.report(second, 1)
        self.assertEqual(self.state(), "contested")
        listed = province.rows("conflicts", "list")
        self.assertEqual([(row["zone"], row["form"], row["open"]) for row in listed], [(ZONE, FORM, "1")])
        statements = province.rows("conflicts", "show", ZONE, FORM, PERIOD, "--statements")
        self.assertEqual([row["state"] for row in statements], ["counts", "contends"])
        self.assertTrue(all("Anna" in row["signed"] for row in statements))
        differences = province.rows("conflicts", "show", ZONE, FORM, PERIOD)
        self.assertTrue(differences)
        self.assertTrue(all(row["says"] != row["other_says"] for row in differences))
        province.run("conflicts", "show", ZONE, FORM, PERIOD)

        self.assertTrue(self.contested())
        self.assertIn("contested", province.run("indicators", "--period", PERIOD))
        decision = ("conflicts", "resolve", ZONE, FORM, PERIOD, statements[1]["position"],
                    "--reason", "电话核实以第二台为准", "--yes")
        province.run(*decision, status=2)  # whose decision?
        province.run(*decision, "--by", "李四")
        self.assertFalse(self.contested())
        self.assertNotIn("contested", province.run("indicators", "--period", PERIOD))
        decided = province.rows("conflicts", "show", ZONE, FORM, PERIOD, "--statements")
        self.assertEqual([row["decided_by"] for row in decided], ["李四", ""])
        self.assertIn("decided by: 李四", province.run("conflicts", "show", ZONE, FORM, PERIOD))
        self.sync(first)
        self.sync(second)

        self.assertEqual(province.rows("conflicts", "list"), [])
        self.assertNotEqual(self.state(), "contested")
        self.assertEqual(self.stages(first), [("1", "overruled", "电话核实以第二台为准")])
        self.assertEqual(self.stages(second), [("1", "accepted", "电话核实以第二台为准")])
        self.province.stop()
        self.province.serve()
        self.assertEqual(len(province.rows("conflicts", "list", "--all")), 1)
        province.run("doctor")
        first.run("doctor")

    def test_a_zone_takes_a_return_back_and_reports_anew(self):
        agent, province = self.province.zone(ZONE), self.province.aggregator
        self.report(agent)
        agent.run("withdraw", FORM, PERIOD, status=2)  # no reason
        agent.run("withdraw", FORM, PERIOD, "--reason", "重复报送")

        self.sync(agent)

        self.assertEqual(self.stages(agent), [("1", "withdrawn", "")])
        counted = [row["version"] for row in province.rows("status", "--period", PERIOD)
                   if row["zone"] == ZONE and row["form"] == FORM]
        self.assertEqual(counted, ["0"])
        self.report(agent, 1)
        self.assertEqual(self.stages(agent), [("1", "withdrawn", ""), ("2", "accepted", "")])
        self.assertEqual([row["comparison"] for row in province.rows("journal", "list")
                          if row["kind"] == "arrival"][-1], "same")
        province.run("journal", "verify")
        agent.run("doctor")

    def test_the_zone_and_the_province_find_the_same(self):
        agent = self.province.zone(ZONE)
        for month in ("02", "03", "04"):  # the first before the register's record came
            seal_month(agent, self.province.folder, FORM, f"2021-M{month}")
            self.sync(agent)
        seal_month(agent, self.province.folder, FORM, "2021-M05")
        seal_month(agent, self.province.folder, FORM, "2021-M06")
        self.sync(agent)

        compared = [row["comparison"] for row in self.province.aggregator.rows("journal", "list")
                    if row["kind"] == "arrival"]

        self.assertEqual(len(compared), 5)
        self.assertIn(compared[0], ("same", "unknowable"))
        self.assertEqual(compared[1:], ["same"] * 4)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)

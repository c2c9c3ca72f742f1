#!/usr/bin/env python3
"""A zone's machine is lost or restored, and the catalogue moves on, with both programs as real processes.

    test_recovery.py BUILD SOURCE
"""
import os
import re
import shutil
import sys
import unittest

sys.dont_write_bytecode = True
from province import Cable, Province, Refused, seal_month  # noqa: E402

BUILD, SOURCE = sys.argv[1:3]
REGISTRY = os.path.join(SOURCE, "tests", "data", "province", "registry.csv")
CATALOGUE = os.path.join(SOURCE, "common", "catalogue", "jilin-2016")
ZONE, OTHER = "22102001", "22103001"


class Recovery(unittest.TestCase):
    def setUp(self):
        self.province = Province(BUILD, REGISTRY)
        self.province.serve()

    def tearDown(self):
        self.province.close()

    def statements(self):
        return [row for row in self.province.aggregator.rows("journal", "list") if row["kind"] == "arrival"]

    def counted(self, period):
        """The version that counts of the monthly return."""
        return [row["version"] for row in self.province.aggregator.rows("status", "--period", period)
                if row["zone"] == ZONE and row["form"] == "JKQ401" and row["state"] in ("late", "in time")]

    def sync(self, agent, *words, status=0):
        return agent.run("sync", "--endpoint", self.province.endpoint, *words, status=status)

    def recover(self, agent, *words, status=0):
        return agent.run("recover", "--endpoint", self.province.endpoint, *words, status=status)

    def report(self, agent, *periods, value=0):
        for period in periods:
            seal_month(agent, self.province.folder, "JKQ401", period, value)
        self.sync(agent)

    def history(self, agent):
        return sorted((row["form"], row["period"], row["version"], row["stage"]) for row in agent.rows("history"))

    def test_a_lost_disk_costs_only_what_was_never_sent_and_the_report_is_corrected_once(self):
        old = self.province.zone(ZONE)
        cable = Cable(self.province.endpoint)
        self.report(old, "2021-M03", "2021-M06")
        old.run("sync", "--endpoint", cable.endpoint)
        seal_month(old, self.province.folder, "JKQ401", "2021-M09")
        cable.limit, cable.passed = cable.passed - 64, 0  # the greeting arrives, its answer does not
        old.run("sync", "--endpoint", cable.endpoint, "--timeout", "5", status=1)
        before = [row for row in self.history(old) if row[3] != "sealed"]
        receipts = [old.run("receipt", "show", number) for number in (1, 2)]
        shutil.rmtree(old.data)

        fresh = self.province.zone(ZONE, "fresh")
        self.assertIn("reported from another machine", self.sync(fresh))
        said = self.recover(fresh)
        self.assertNotIn("reported from another machine", self.sync(fresh))

        self.assertIn("1 statements had been sealed on the old machine", said)
        self.assertEqual(self.history(fresh), before)
        self.assertEqual(len(receipts), 2)
        seal_month(fresh, self.province.folder, "JKQ401", "2021-M03", 5)
        self.sync(fresh)
        self.assertEqual(self.counted("2021-M03"), ["2"])
        self.assertEqual([row["version"] for row in self.statements() if row["period"] == "2021-M03"], ["1", "2"])
        fresh.run("doctor")
        self.province.aggregator.run("doctor")
        cable.close()

    def test_recovering_again_and_again_over_a_line_that_breaks_converges(self):
        old = self.province.zone(ZONE)
        self.report(old, *(f"2021-M{month:02d}" for month in range(2, 13)))
        whole = self.province.zone(ZONE, "whole")
        self.recover(whole)
        fresh = self.province.zone(ZONE, "fresh")
        cable = Cable(self.province.endpoint)

        for limit in (2000, 20000, 100000, 150000, 200000):
            cable.limit, cable.passed = limit, 0
            try:
                fresh.run("recover", "--endpoint", cable.endpoint, "--timeout", "2")
            except Refused:
                pass
        cable.limit = None
        fresh.run("recover", "--endpoint", cable.endpoint)
        said = fresh.run("recover", "--endpoint", cable.endpoint)

        self.assertIn("0 statements came; the history has 11", said)
        self.assertEqual(self.history(fresh), self.history(whole))
        fresh.run("doctor")
        cable.close()

    def test_a_machine_restored_from_an_old_backup_goes_on_in_a_new_epoch(self):
        agent = self.province.zone(ZONE)
        self.report(agent, "2021-M03")
        backup = agent.data + "-backup"
        shutil.copytree(agent.data, backup)
        self.report(agent, "2021-M06")
        shutil.rmtree(agent.data)
        shutil.copytree(backup, agent.data)
        seal_month(agent, self.province.folder, "JKQ401", "2021-M09")

        self.sync(agent, "--timeout", "10", status=1)
        self.assertEqual(len(self.statements()), 2, "nothing of it was taken")
        self.province.aggregator.run("enrol", "renew", ZONE, "--yes")
        said = self.recover(agent)

        self.assertIn("epoch 2", said)
        self.assertIn("1 statements were sealed here and never reached the province", said)
        self.assertEqual([row[1] for row in self.history(agent)], ["2021-M03", "2021-M06"])
        self.report(agent, "2021-M06", value=3)
        self.report(agent, "2021-M09")
        self.assertEqual(self.counted("2021-M06"), ["2"])
        self.assertEqual(self.counted("2021-M09"), ["1"])
        agent.run("doctor")
        self.province.aggregator.run("doctor")

    def test_another_zone_s_machine_gets_nothing_of_it(self):
        self.report(self.province.zone(ZONE), "2021-M03")
        stranger = self.province.zone(OTHER)

        said = self.recover(stranger)

        self.assertIn("the history has 0", said)

    def edition(self, version):
        folder = os.path.join(self.province.folder, f"catalogue-{version}")
        shutil.copytree(CATALOGUE, folder)
        path = os.path.join(folder, "00-catalogue.catalogue")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(re.sub(r"version \d+", f"version {version}", text, count=1))
        return folder

    def test_a_new_catalogue_reaches_the_zone_and_the_old_one_stays_open_until_it_is_closed(self):
        late, prompt = self.province.zone(ZONE), self.province.zone(OTHER)
        self.sync(late)
        seal_month(late, self.province.folder, "JKQ401", "2021-M03")
        self.province.aggregator.run("catalogue", "adopt", self.edition(2), "--yes")

        self.assertIn("version 2 of the catalogue is in use", self.sync(prompt))
        self.assertIn("version 2", prompt.run("catalogue", "show"))
        self.report(prompt, "2021-M03")
        self.sync(late)

        self.assertEqual([row["verdict"] for row in self.statements()], ["accepted", "accepted"])
        self.assertEqual([row["state"] for row in self.province.aggregator.rows("catalogue", "list")],
                         ["open", "in force"])
        self.province.aggregator.run("catalogue", "adopt", self.edition(1), "--yes", status=1)
        old = self.province.aggregator.rows("catalogue", "list")[0]["digest"]
        self.province.aggregator.run("catalogue", "close", old, "--yes")
        self.province.stop()
        self.province.serve()
        self.assertEqual([row["state"] for row in self.province.aggregator.rows("catalogue", "list")],
                         ["closed", "in force"])
        self.report(late, "2021-M06")
        self.assertEqual(self.statements()[-1]["verdict"], "accepted")
        late.run("doctor")
        self.province.aggregator.run("doctor")

    def test_a_new_machine_knows_the_newest_catalogue_and_takes_no_older_one(self):
        self.report(self.province.zone(ZONE), "2021-M03")
        self.province.aggregator.run("catalogue", "adopt", self.edition(2), "--yes")
        fresh = self.province.zone(ZONE, "fresh")

        self.assertIn("version 2 of the catalogue is in use", self.recover(fresh))

        self.report(fresh, "2021-M06")
        self.assertEqual(self.statements()[-1]["verdict"], "accepted")
        self.assertEqual([row["state"] for row in fresh.rows("catalogue", "list")].count("in use"), 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)

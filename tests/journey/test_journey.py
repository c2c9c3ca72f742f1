#!/usr/bin/env python3
"""Both programs as real processes: from a clerk's file to a receipt and an indicator.

    test_journey.py BUILD SOURCE
"""
import os
import re
import shutil
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
from province import Cable, Program, Province, Refused, seal_month  # noqa: E402

BUILD, SOURCE = sys.argv[1:3]
REGISTRY = os.path.join(SOURCE, "tests", "data", "province", "registry.csv")
ZONE, OTHER = "22102001", "22103001"


class Journey(unittest.TestCase):
    def setUp(self):
        self.province = Province(BUILD, REGISTRY)
        self.province.serve()

    def tearDown(self):
        self.province.close()

    def statements(self):
        return [row for row in self.province.aggregator.rows("journal", "list") if row["kind"] == "arrival"]

    def test_a_return_travels_and_its_receipt_verifies_with_the_public_key_alone(self):
        agent = self.province.zone(ZONE)
        seal_month(agent, self.province.folder, "JKQ401", "2021-M03")

        agent.run("sync", "--endpoint", self.province.endpoint)

        self.assertEqual(len(self.statements()), 1)
        receipt = os.path.join(self.province.folder, "receipt.txt")
        agent.run("receipt", "show", "1", "--output", receipt)
        agent.run("receipt", "verify", receipt, "--province", self.province.card())

    def test_an_altered_receipt_does_not_verify(self):
        agent = self.province.zone(ZONE)
        seal_month(agent, self.province.folder, "JKQ401", "2021-M03")
        agent.run("sync", "--endpoint", self.province.endpoint)
        receipt = os.path.join(self.province.folder, "receipt.txt")
        agent.run("receipt", "show", "1", "--output", receipt)
        with open(receipt, "rb+") as file:
            content = bytearray(file.read())
            content[len(content) // 2] ^= 1
            file.seek(0)
            file.write(content)

        agent.run("receipt", "verify", receipt, "--province", self.province.card(), status=1)

    def test_a_statement_whose_receipt_was_lost_is_sent_again_and_counts_once(self):
        agent = self.province.zone(ZONE)
        cable = Cable(self.province.endpoint)
        agent.run("sync", "--endpoint", cable.endpoint)  # nothing to send: how much a session is
        greeting = cable.passed
        seal_month(agent, self.province.folder, "JKQ401", "2021-M03")
        cable.passed, cable.limit = 0, greeting
        agent.run("sync", "--endpoint", cable.endpoint, "--timeout", "5", status=1)
        self.assertEqual(len(self.statements()), 1, "it arrived, only the answer was lost")
        cable.limit = None

        agent.run("sync", "--endpoint", cable.endpoint)

        self.assertEqual(len(self.statements()), 1)
        self.assertEqual(len(agent.rows("receipt", "list")), 1)
        cable.close()

    def test_a_zone_that_is_not_enrolled_or_was_revoked_does_not_get_in(self):
        agent = self.province.zone(ZONE)
        seal_month(agent, self.province.folder, "JKQ401", "2021-M03")
        self.province.aggregator.run("enrol", "revoke", ZONE, "--reason", "the machine was lost", "--yes")

        agent.run("sync", "--endpoint", self.province.endpoint, "--timeout", "10", status=1)

        self.assertEqual(self.statements(), [])

    def test_nobody_gets_in_by_knocking_wrongly_and_the_enrolled_still_do(self):
        agent, revoked = self.province.zone(ZONE), self.province.zone(OTHER)
        self.province.aggregator.run("enrol", "revoke", OTHER, "--reason", "the machine was lost", "--yes")
        seal_month(agent, self.province.folder, "JKQ401", "2021-M03")
        hostile = os.path.join(BUILD, "tests", "hostile")

        attack = subprocess.run([hostile, self.province.endpoint, self.province.card(), "50",
                                 os.path.join(revoked.data, "keys")], capture_output=True, text=True, timeout=300)

        print(attack.stdout)
        self.assertEqual(attack.returncode, 0, attack.stdout + attack.stderr)
        # The control: with the keys of an enrolled device the same program does get in, and says so.
        control = subprocess.run([hostile, self.province.endpoint, self.province.card(), "1",
                                  os.path.join(agent.data, "keys")], capture_output=True, text=True, timeout=60)
        self.assertEqual(control.returncode, 1, control.stdout)
        agent.run("sync", "--endpoint", self.province.endpoint)
        self.assertEqual(len(self.statements()), 1)

    def standing(self):
        return self.province.aggregator.run("enrol", "list")

    def test_a_copied_installation_cuts_both_holders_off_and_a_new_epoch_goes_on(self):
        agent = self.province.zone(ZONE)
        seal_month(agent, self.province.folder, "JKQ401", "2021-M03")
        agent.run("sync", "--endpoint", self.province.endpoint)
        copy = Program(agent.path, agent.data + "-copy")
        shutil.copytree(agent.data, copy.data)
        agent.run("sync", "--endpoint", self.province.endpoint)
        self.assertNotIn("suspended", self.standing())

        copy.run("sync", "--endpoint", self.province.endpoint, "--timeout", "10", status=1)

        self.assertIn("the session token was shown by two holders", self.standing())
        agent.run("sync", "--endpoint", self.province.endpoint, "--timeout", "10", status=1)
        self.province.stop()
        self.province.serve()
        agent.run("sync", "--endpoint", self.province.endpoint, "--timeout", "10", status=1)
        self.assertEqual([row["kind"] for row in self.province.aggregator.rows("journal", "list")][-1], "suspension")
        self.assertEqual(len(self.statements()), 1, "what was accepted stays")
        self.province.aggregator.run("enrol", "renew", ZONE, "--yes")
        states = {row["epoch"]: row["state"] for row in self.province.aggregator.rows("streams", "list")}
        self.assertEqual(states, {"1": "closed"})
        self.province.aggregator.run("doctor")

    def test_answers_that_are_lost_suspend_nobody(self):
        agent = self.province.zone(ZONE)
        cable = Cable(self.province.endpoint)
        agent.run("sync", "--endpoint", cable.endpoint)
        greeting = cable.passed
        for part in (1, 2, 3, 4, 5, 6, 7):
            cable.passed, cable.limit = 0, greeting * part // 8
            agent.run("sync", "--endpoint", cable.endpoint, "--timeout", "2", status=1)
        cable.limit = None

        agent.run("sync", "--endpoint", cable.endpoint)
        agent.run("sync", "--endpoint", self.province.endpoint)

        self.assertNotIn("suspended", self.standing())
        cable.close()

    def test_keys_change_over_a_line_that_loses_the_receipt(self):
        agent = self.province.zone(ZONE)
        cable = Cable(self.province.endpoint)
        seal_month(agent, self.province.folder, "JKQ401", "2021-M03")
        agent.run("sync", "--endpoint", cable.endpoint)
        cable.passed = 0
        agent.run("sync", "--endpoint", cable.endpoint)
        greeting = cable.passed
        old = os.path.join(self.province.folder, "old-keys")
        shutil.copy(os.path.join(agent.data, "keys"), old)
        agent.run("keys", "rotate")
        cable.passed, cable.limit = 0, greeting
        agent.run("sync", "--endpoint", cable.endpoint, "--timeout", "5", status=1)
        self.assertEqual(len(self.statements()), 2, "the change arrived, only its receipt was lost")
        self.province.stop()
        self.province.serve()

        agent.run("sync", "--endpoint", self.province.endpoint)
        seal_month(agent, self.province.folder, "JKQ401", "2021-M06")
        agent.run("sync", "--endpoint", self.province.endpoint)

        self.assertEqual(len(self.statements()), 3)
        self.assertNotIn("suspended", self.standing())
        agent.run("doctor")
        self.province.aggregator.run("doctor")
        attack = subprocess.run([os.path.join(BUILD, "tests", "hostile"), self.province.endpoint, self.province.card(),
                                 "5", old], capture_output=True, text=True, timeout=120)
        self.assertEqual(attack.returncode, 0, "the old keys get in: " + attack.stdout + attack.stderr)
        cable.close()

    def test_a_zone_enrols_over_the_wire_with_a_one_time_code(self):
        said = self.province.aggregator.run("enrol", "invite", ZONE)
        code = re.search(r"([0-9A-Z]{5}-){3}[0-9A-Z]{5}", said).group(0)
        self.assertIn("invited", self.standing())
        agent = Program(self.province.agent_path, os.path.join(self.province.folder, ZONE))
        misread = code[:-1] + ("0" if code[-1] != "0" else "1")
        agent.run("init", "--zone", ZONE, "--province", self.province.card(), "--code", misread, status=1)

        done = agent.run("init", "--zone", ZONE, "--province", self.province.card(), "--code", code.lower(),
                         "--endpoint", self.province.endpoint)

        fingerprint = re.search(r"(\d{4} ){5}\d{4}", done).group(0)
        self.assertIn(fingerprint, self.standing())
        agent.run("enrol", "--code", code, "--endpoint", self.province.endpoint)  # the same request again
        other = Program(self.province.agent_path, os.path.join(self.province.folder, "other"))
        other.run("init", "--zone", ZONE, "--province", self.province.card())
        other.run("enrol", "--code", code, "--endpoint", self.province.endpoint, status=1)
        agent.run("sync", "--endpoint", self.province.endpoint, "--timeout", "5", status=1)
        self.province.aggregator.run("enrol", "approve", ZONE, "--fingerprint", fingerprint)
        seal_month(agent, self.province.folder, "JKQ401", "2021-M03")
        agent.run("sync", "--endpoint", self.province.endpoint)
        self.assertEqual(len(self.statements()), 1)

    def test_the_province_goes_on_where_it_stopped(self):
        agent = self.province.zone(ZONE)
        seal_month(agent, self.province.folder, "JKQ401", "2021-M03")
        agent.run("sync", "--endpoint", self.province.endpoint)
        self.province.stop()
        self.province.serve()
        seal_month(agent, self.province.folder, "JKQ401", "2021-M06")

        agent.run("sync", "--endpoint", self.province.endpoint)

        self.assertEqual(len(self.statements()), 2)
        self.province.aggregator.run("doctor")
        agent.run("doctor")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)

#!/usr/bin/env python3
"""The aggregator's disk is lost and yesterday's backup comes back: what was acknowledged is sent again by
the agents, every receipt is accounted for, nothing counts twice.

    test_disaster.py BUILD SOURCE [TRANSCRIPT]
"""
import os
import shutil
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
from province import Program, Province, seal_month  # noqa: E402

BUILD, SOURCE = sys.argv[1:3]
TRANSCRIPT = sys.argv[3] if len(sys.argv) > 3 else None
REGISTRY = os.path.join(SOURCE, "tests", "data", "province", "registry.csv")
ZONES = ("22102001", "22103001")
MONTHS = ("2021-M02", "2021-M03", "2021-M04", "2021-M05")


class Drill(unittest.TestCase):
    def setUp(self):
        self.province = Province(BUILD, REGISTRY)
        self.said = []

    def tearDown(self):
        self.province.close()

    def say(self, program, *words, status=0, show=None):
        """Runs a command as a person would, and remembers what was on the screen."""
        done = subprocess.run(program.command(*words), capture_output=True, text=True, timeout=120)
        name = os.path.basename(program.path)
        screen = (done.stdout + done.stderr).replace(self.province.folder, "…")
        line = " ".join(f"'{word}'" if " " in str(word) else str(word) for word in words)
        self.said.append(f"$ {name} {line.replace(self.province.folder, '…')}\n{screen}")
        self.assertEqual(done.returncode, status, screen)
        return done.stdout

    def receipts(self, agent):
        return agent.rows("receipt", "list")

    def counted(self):
        rows = self.province.aggregator.rows("journal", "list")
        return sorted((row["zone"], row["sequence"], row["statement"]) for row in rows if row["kind"] == "arrival")

    def report(self):
        return self.province.aggregator.rows("generation", "report")

    def test_a_lost_disk_a_backup_of_yesterday_and_the_agents(self):
        province, folder = self.province, self.province.folder
        aggregator = province.aggregator
        province.serve()
        agents = [province.zone(zone) for zone in ZONES]
        silent = province.zone("22101003")
        for agent in [*agents, silent]:
            for month in MONTHS[:2]:
                seal_month(agent, folder, "JKQ401", month)
            agent.run("sync", "--endpoint", province.endpoint)

        # Yesterday: a backup while it serves; the agents hear that they are in it.
        medium = os.path.join(folder, "stick-3")
        self.say(aggregator, "backup", "create", "--to", medium, "--medium", "stick 3", "--same-device")
        backup = os.path.join(medium, sorted(os.listdir(medium))[0])
        self.say(aggregator, "backup", "verify", backup)
        for agent in agents:
            self.assertEqual({row["stage"] for row in agent.rows("history")}, {"accepted"})
            agent.run("sync", "--endpoint", province.endpoint)
            self.assertEqual({row["stage"] for row in agent.rows("history")}, {"backed_up"})

        # Today: more is acknowledged, one of the two greets once more; then the disk is gone.
        for agent in [*agents, silent]:
            for month in MONTHS[2:]:
                seal_month(agent, folder, "JKQ401", month)
            agent.run("sync", "--endpoint", province.endpoint)
        agents[0].run("sync", "--endpoint", province.endpoint)
        before = self.counted()
        old_receipts = {}
        for agent in agents:
            for row in self.receipts(agent):
                path = os.path.join(folder, f"{agent.data[-8:]}-{row['sequence']}.txt")
                agent.run("receipt", "show", row["sequence"], "--output", path)
                old_receipts[agent.data[-8:], row["sequence"]] = path
        stages = [[row["stage"] for row in agent.rows("history")] for agent in agents]
        self.assertEqual(stages[0], ["backed_up", "backed_up", "accepted", "accepted"])
        province.stop()
        keys = os.path.join(folder, "keys-in-the-safe")
        shutil.copy(os.path.join(aggregator.data, "keys"), keys)
        shutil.rmtree(aggregator.data)

        # Restored; the signer knows that more was published, and refuses.
        self.say(aggregator, "restore", "--from", backup, "--to", aggregator.data, "--keys", keys)
        self.say(aggregator, "serve", status=1)
        self.say(aggregator, "generation", "open", "--reason", "the disk of the server burnt", "--yes")
        unclaimed = self.report()
        self.assertEqual({row["state"] for row in unclaimed}, {"unclaimed"})
        lost = int(unclaimed[-1]["until"]) - int(unclaimed[0]["position"]) + 1
        self.assertEqual(lost, 7)  # six statements and the record of the backup

        # The agents replay what they hold.
        province.serve()
        for agent in agents:
            self.say(agent, "sync", "--endpoint", province.endpoint)
            self.assertEqual([row["stage"] for row in agent.rows("history")],
                             ["accepted", "accepted", "accepted", "accepted"])
        rows = self.report()
        states = [row["state"] for row in rows for _ in range(int(row["position"]), int(row["until"]) + 1)]
        self.assertEqual(len(states), lost)
        self.assertEqual(states.count("returned"), 4)
        self.assertEqual(states.count("missing"), 0)
        self.assertEqual(states.count("unclaimed"), 3)  # the record, and who was not heard yet
        self.say(aggregator, "generation", "report")
        screen = aggregator.run("generation", "report")
        self.assertIn("22101003", screen)

        self.say(silent, "sync", "--endpoint", province.endpoint)
        states = [row["state"] for row in self.report()]
        self.assertEqual(states.count("returned"), 6)
        self.say(aggregator, "generation", "report")

        # Nothing is lost, nothing counts twice, all receipts ever given verify with the card alone.
        self.assertEqual(self.counted(), before)
        for agent in agents:
            lost_rows = agent.rows("receipt", "lost")
            self.assertEqual([row["state"] for row in lost_rows], ["returned", "returned"])
            for row in self.receipts(agent):
                path = os.path.join(folder, "new-receipt.txt")
                agent.run("receipt", "show", row["sequence"], "--output", path)
                aggregator.run("receipt", "verify", path)
        empty = os.path.join(folder, "empty")
        os.mkdir(empty)
        shutil.copy(province.card(), os.path.join(empty, "province.card"))
        for (zone, sequence), path in old_receipts.items():
            shutil.copy(path, os.path.join(empty, "receipt.txt"))
            for program in (agents[0].path, aggregator.path):
                done = subprocess.run([program, "--data", "nowhere", "receipt", "verify", "receipt.txt", "--card",
                                       "province.card"], cwd=empty, capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 0, f"{zone} {sequence}: {done.stdout}{done.stderr}")
        self.assertEqual(sorted(os.listdir(empty)), ["province.card", "receipt.txt"])

        # The next backup covers them again.
        self.say(aggregator, "backup", "create", "--to", medium, "--medium", "stick 4", "--same-device")
        for agent in agents:
            agent.run("sync", "--endpoint", province.endpoint)
            self.assertEqual({row["stage"] for row in agent.rows("history")}, {"backed_up"})
        self.say(agents[0], "status")
        self.say(aggregator, "journal", "verify")
        self.say(agents[0], "doctor")
        if TRANSCRIPT:
            with open(TRANSCRIPT, "w", encoding="utf-8") as file:
                file.write("\n".join(self.said))

    def test_an_agent_that_is_shown_another_history_stops_and_keeps_both(self):
        province, folder = self.province, self.province.folder
        aggregator = province.aggregator
        province.serve()
        agent = province.zone(ZONES[0])
        province.stop()
        old = os.path.join(folder, "old")
        shutil.copytree(aggregator.data, old)
        shutil.copytree(aggregator.data + "-signer", old + "-signer")
        province.serve()
        seal_month(agent, folder, "JKQ401", MONTHS[0])
        agent.run("sync", "--endpoint", province.endpoint)
        agent.run("sync", "--endpoint", province.endpoint)
        province.stop()

        # An administrator takes data and signer back, and writes something else.
        shutil.rmtree(aggregator.data)
        shutil.rmtree(aggregator.data + "-signer")
        shutil.copytree(old, aggregator.data)
        shutil.copytree(old + "-signer", aggregator.data + "-signer")
        province.zone(ZONES[1])
        province.serve()
        agent.run("sync", "--endpoint", province.endpoint, status=1)

        rows = agent.rows("evidence", "list")
        self.assertEqual([row["kind"] for row in rows], ["broken"])
        seen = os.path.join(folder, "seen")
        agent.run("evidence", "show", "1", "--output", seen)
        self.assertTrue(os.path.exists(seen + ".seen") and os.path.exists(seen + ".shown"))
        self.assertIn("evidence list", agent.run("status"))
        self.assertEqual([row["stage"] for row in agent.rows("history")], ["accepted"])


    def flip(self, path, inside):
        """One bit of what is stored."""
        with open(path, "rb+") as file:
            content = file.read()
            at = content.index(inside)
            file.seek(at)
            file.write(bytes([content[at] ^ 1]))

    def test_a_damaged_store_is_named_put_aside_and_salvaged_and_nothing_need_be_deleted(self):
        province, folder = self.province, self.province.folder
        aggregator = province.aggregator
        province.serve()
        agent = province.zone(ZONES[0])
        seal_month(agent, folder, "JKQ401", MONTHS[0])
        agent.run("sync", "--endpoint", province.endpoint)
        province.stop()
        aggregator.run("journal", "verify")
        aggregator.run("doctor")

        # A zone's request that waits is damaged: put aside, the rest goes on.
        other = Program(province.agent_path, os.path.join(folder, "other"))
        other.run("init", "--zone", ZONES[1], "--province", province.card(), "--label", "a-machine-with-a-name")
        aggregator.run("enrol", "add", os.path.join(other.data, "enrolment-request.txt"))
        store = os.path.join(aggregator.data, "store", "data.mdb")
        self.flip(store, b"a-machine-with-a-name")
        self.say(aggregator, "doctor", status=1)
        self.say(aggregator, "doctor", "--quarantine")
        self.assertEqual(len(os.listdir(os.path.join(aggregator.data, "quarantine"))), 1)
        aggregator.run("doctor")

        # An entry of the journal is damaged: it stays, for others count on it; the rest is saved.
        with open(store, "rb") as file:
            content = file.read()
        device = next(bytes.fromhex(row["device"]) for row in aggregator.rows("journal", "list")
                      if row["kind"] == "arrival")
        self.assertIn(device, content)
        self.flip(store, b"2021-M02")
        self.assertIn("behind them", self.refusal(aggregator, "journal", "verify"))
        self.assertIn("journal", self.refusal(aggregator, "doctor", "--quarantine"))
        saved = os.path.join(folder, "saved")
        self.refusal(aggregator, "doctor", "--salvage", saved)
        self.assertTrue(os.path.getsize(os.path.join(saved, "store", "data.mdb")) > 0)

        # A draft is damaged at the zone: the agent can still be used.
        seal_month(agent, folder, "JKQ401", MONTHS[1])
        agent.run("set", "JKQ401", MONTHS[2], agent.rows("form", "show", "JKQ401")[0]["item"], "1")
        self.flip_last(os.path.join(agent.data, "store", "data.mdb"), MONTHS[2].encode())
        self.refusal(agent, "doctor")
        self.refusal(agent, "doctor", "--quarantine", status=0)
        agent.run("doctor")
        agent.run("status")

    def flip_last(self, path, inside):
        with open(path, "rb+") as file:
            content = file.read()
            at = content.rindex(inside)
            file.seek(at)
            file.write(bytes([content[at] ^ 1]))

    def refusal(self, program, *words, status=1):
        done = subprocess.run(program.command(*words), capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

#!/usr/bin/env python3
"""Delivery by files that somebody carries: both programs as real processes, and no network between them.

    test_stick.py BUILD SOURCE [transcript]

With "transcript" the round trip alone, each command with what it printed: README.md of this folder shows it.
"""
import os
import re
import shutil
import sys
import time
import unittest

sys.dont_write_bytecode = True
from province import Program, Province, WAIT_S, seal_month  # noqa: E402

BUILD, SOURCE = sys.argv[1:3]
REGISTRY = os.path.join(SOURCE, "tests", "data", "province", "registry.csv")
ZONE, OTHER = "22102001", "22103001"


class Told(Program):
    """Writes down what is typed and what is answered, with the folders by name."""

    def __init__(self, program, name, folder):
        super().__init__(program.path, program.data)
        self.name, self.folder = name, folder
        self.lines = []

    def run(self, *words, **options):
        said = super().run(*words, **options)
        typed = f"{self.name}$ {os.path.basename(self.path)} {' '.join(map(str, words))}\n"
        self.lines.append((typed + said).replace(os.path.join(self.folder, "stick"), "/media/stick")
                          .replace(self.folder, "/var/lib/zonetally"))
        return said


class Stick:
    """A province, a zone without a network, and a folder that is carried between them."""

    def __init__(self):
        self.province = Province(BUILD, REGISTRY)
        self.path = os.path.join(self.province.folder, "stick")
        os.mkdir(self.path)
        self.office = self.province.aggregator
        self.agent = self.set_up(ZONE)

    def set_up(self, zone):
        agent = Program(self.province.agent_path, os.path.join(self.province.folder, zone))
        agent.run("init", "--zone", zone, "--province", self.province.card())
        return agent

    def file(self, end, zone=ZONE):
        return os.path.join(self.path, f"{zone}.{end}")

    def seal(self, period, agent=None, value=0):
        seal_month(agent or self.agent, self.province.folder, "JKQ401", period, value)

    def enrol(self):
        """As a zone's first two walks: the request there, the first answer back."""
        self.agent.run("bundle", "export", self.path)
        self.office.run("bundle", "import", self.file("ENR"))
        self.office.run("enrol", "approve", ZONE, "--yes")
        self.office.run("bundle", "export", ZONE, "--to", self.path)
        self.agent.run("bundle", "import", self.file("ACK"))

    def there(self):
        self.agent.run("bundle", "export", self.path)
        return self.office.run("bundle", "import", self.file("SUB"), "--ack", self.path)

    def back(self, status=0):
        return self.agent.run("bundle", "import", self.file("ACK"), status=status)

    def statements(self):
        return [row["statement"] for row in self.office.rows("journal", "list") if row["kind"] == "arrival"]

    def receipts(self, agent=None):
        return [row["statement"] for row in (agent or self.agent).rows("receipt", "list")]


class WithoutNetwork(unittest.TestCase):
    def setUp(self):
        self.stick = Stick()

    def tearDown(self):
        self.stick.province.close()

    def test_a_zone_lives_its_whole_life_by_stick(self):
        stick = self.stick
        stick.enrol()
        stick.seal("2021-M02")
        stick.seal("2021-M03")
        stick.there()
        stick.back()
        self.assertEqual(len(stick.receipts()), 2)
        self.assertEqual(sorted(stick.receipts()), sorted(stick.statements()))

        stick.office.run("returns", "send-back", ZONE, "JKQ401", "2021-M03", "--reason", "a figure of last year",
                         "--by", "李四", "--yes")
        stick.office.run("bundle", "export", ZONE, "--to", stick.path)
        self.assertIn("1 sent back", stick.back())
        stick.seal("2021-M03")
        stick.there()
        stick.back()
        self.assertEqual(len(stick.receipts()), 3)

        stick.agent.run("keys", "rotate")
        stick.there()
        stick.back()
        stick.seal("2021-M04")
        stick.there()
        stick.back()
        self.assertEqual(len(stick.receipts()), 5)
        receipt = os.path.join(stick.province.folder, "receipt.txt")
        stick.agent.run("receipt", "show", "5", "--output", receipt)
        stick.agent.run("receipt", "verify", receipt, "--province", stick.province.card())
        stick.agent.run("doctor")
        stick.office.run("doctor")

    def test_a_newer_catalogue_comes_by_stick(self):
        stick = self.stick
        stick.enrol()
        folder = os.path.join(stick.province.folder, "catalogue")
        shutil.copytree(os.path.join(SOURCE, "common", "catalogue", "jilin-2016"), folder)
        title = os.path.join(folder, "00-catalogue.catalogue")
        with open(title, encoding="utf-8") as file:
            text = file.read()
        with open(title, "w", encoding="utf-8") as file:
            file.write(re.sub(r"version (\d+)", lambda found: f"version {int(found[1]) + 1}", text))
        stick.office.run("catalogue", "adopt", folder, "--yes")
        stick.there()

        self.assertIn("version", stick.back())

        stick.seal("2021-M02")
        stick.there()
        stick.back()
        self.assertEqual(len(stick.receipts()), 1)
        self.assertEqual({row["verdict"] for row in stick.agent.rows("receipt", "list")}, {"accepted"})

    def test_a_lost_machine_is_replaced_by_stick(self):
        stick = self.stick
        stick.enrol()
        stick.seal("2021-M02")
        stick.seal("2021-M03")
        stick.there()
        stick.back()
        before = [row for row in stick.agent.rows("history")]
        shutil.rmtree(stick.agent.data)

        stick.agent = stick.set_up(ZONE)
        stick.agent.run("bundle", "export", stick.path)
        stick.office.run("bundle", "import", stick.file("ENR"))
        stick.office.run("enrol", "approve", ZONE, "--yes")
        stick.agent.run("bundle", "export", stick.path, "--kind", "recover")
        stick.office.run("bundle", "import", stick.file("REC"), "--ack", stick.path)
        answer = stick.file("A02")
        stick.agent.run("bundle", "import", answer)

        self.assertEqual([(row["period"], row["version"], row["stage"]) for row in stick.agent.rows("history")],
                         [(row["period"], row["version"], row["stage"]) for row in before])
        stick.agent.run("bundle", "import", answer)
        stick.seal("2021-M03", value=5)
        stick.agent.run("bundle", "export", stick.path, "--kind", "submit")
        stick.office.run("bundle", "import", stick.file("SUB"), "--ack", stick.path)
        stick.agent.run("bundle", "import", answer)
        self.assertEqual(len(stick.statements()), 3)
        stick.agent.run("doctor")
        stick.office.run("doctor")

    def test_the_newest_stick_alone_is_enough_and_older_ones_do_no_harm(self):
        stick = self.stick
        stick.enrol()
        older = os.path.join(stick.province.folder, "older.SUB")
        stick.seal("2021-M02")
        stick.agent.run("bundle", "export", older)
        stick.seal("2021-M03")

        stick.there()
        said = stick.office.run("bundle", "import", older, "--ack", stick.path)

        self.assertIn("received before", said)
        self.assertEqual(len(stick.statements()), 2)
        stick.back()
        self.assertEqual(len(stick.receipts()), 2)

    def test_a_zone_may_use_the_wire_and_the_stick_in_turns(self):
        stick = self.stick
        stick.enrol()
        stick.province.serve()
        stick.seal("2021-M02")
        stick.agent.run("bundle", "export", stick.path)
        stick.agent.run("sync", "--endpoint", stick.province.endpoint)
        stick.seal("2021-M03")
        stick.office.run("bundle", "import", stick.file("SUB"), "--ack", stick.path)
        stick.back()
        stick.there()
        stick.back()
        stick.agent.run("sync", "--endpoint", stick.province.endpoint)

        self.assertEqual(len(stick.statements()), 2)
        self.assertEqual(len(stick.receipts()), 2)
        stick.agent.run("doctor")

    def test_a_damaged_copy_is_refused_and_the_original_still_good(self):
        stick = self.stick
        stick.enrol()
        stick.seal("2021-M02")
        stick.agent.run("bundle", "export", stick.path)
        with open(stick.file("SUB"), "rb") as file:
            whole = file.read()
        for damaged in (b"", whole[:20], whole[:len(whole) // 3], whole[:-1], whole + b"\0",
                        whole[:300] + bytes([whole[300] ^ 1]) + whole[301:], b"\0" * len(whole)):
            copy = os.path.join(stick.path, "COPY.SUB")
            with open(copy, "wb") as file:
                file.write(damaged)
            stick.office.run("bundle", "import", copy, "--ack", stick.path, status=1)
        self.assertEqual(stick.statements(), [])

        stick.office.run("bundle", "import", stick.file("SUB"), "--ack", stick.path)

        self.assertEqual(len(stick.statements()), 1)

    def test_a_stick_in_the_wrong_hands_is_refused(self):
        stick = self.stick
        stick.enrol()
        stick.seal("2021-M02")
        stick.there()
        other = stick.set_up(OTHER)
        other.run("bundle", "import", stick.file("ACK"), status=1)
        stick.agent.run("bundle", "import", stick.file("SUB"), status=1)
        stick.office.run("bundle", "import", stick.file("ACK"), status=1)
        self.assertEqual(stick.receipts(other), [])

    def test_a_device_nobody_enrolled_gets_nothing_in(self):
        stick = self.stick
        stick.seal("2021-M02")
        stick.agent.run("bundle", "export", stick.path, "--kind", "submit")

        stick.office.run("bundle", "import", stick.file("SUB"), "--ack", stick.path, status=1)

        self.assertEqual(stick.statements(), [])
        self.assertFalse(os.path.exists(stick.file("ACK")))

    def test_a_device_that_was_shut_out_hears_so_by_stick(self):
        stick = self.stick
        stick.enrol()
        stick.seal("2021-M02")
        stick.agent.run("bundle", "export", stick.path)
        stick.office.run("enrol", "revoke", ZONE, "--reason", "the machine was lost", "--yes")

        stick.office.run("bundle", "import", stick.file("SUB"), "--ack", stick.path, status=1)

        self.assertEqual(stick.statements(), [])
        stick.back(status=1)

    def test_a_folder_that_is_watched_answers_what_is_put_there(self):
        stick = self.stick
        stick.enrol()
        folder = os.path.join(stick.province.folder, "dropbox")
        stick.seal("2021-M02")
        stick.agent.run("bundle", "export", stick.path)
        server = stick.office.start("serve", "--dropbox", folder)
        stick.province.server = server
        answer = os.path.join(folder, "answers", f"{ZONE}.ACK")
        limit = time.monotonic() + WAIT_S
        while not os.path.isdir(os.path.join(folder, "refused")) and time.monotonic() < limit:
            time.sleep(0.05)
        shutil.copy(stick.file("SUB"), os.path.join(folder, "POST.SUB.part"))
        os.rename(os.path.join(folder, "POST.SUB.part"), os.path.join(folder, "POST.SUB"))
        while os.path.exists(os.path.join(folder, "POST.SUB")) and time.monotonic() < limit:
            time.sleep(0.05)

        stick.agent.run("bundle", "import", answer)

        self.assertEqual(len(stick.receipts()), 1)
        self.assertEqual(len(os.listdir(os.path.join(folder, "done"))), 1)


def transcript():
    stick = Stick()
    folder = stick.province.folder
    stick.office = Told(stick.office, "province", folder)
    stick.agent = Told(stick.agent, "zone", folder)
    stick.agent.lines = stick.office.lines
    stick.enrol()
    told = len(stick.agent.lines)
    stick.seal("2021-M02")
    del stick.agent.lines[told:]
    stick.agent.lines.append("zone$ # a return is filled in, checked, signed and sealed\n")
    stick.there()
    stick.back()
    stick.office.run("bundle", "import", stick.file("SUB"), "--ack", stick.path)
    stick.agent.run("receipt", "show", "1", "--output", os.path.join(folder, "receipt.txt"))
    stick.agent.run("receipt", "verify", os.path.join(folder, "receipt.txt"))
    stick.province.close()
    print("\n".join(stick.agent.lines))


if __name__ == "__main__":
    if sys.argv[3:] == ["transcript"]:
        transcript()
    else:
        unittest.main(argv=sys.argv[:1], verbosity=2)

#!/usr/bin/env python3
"""Many agents with a backlog each come at once: everything is acknowledged, nothing counts twice,
what is handed in again has the same receipts, and what is in the store is what was acknowledged.

    test_storm.py BUILD SOURCE [AGENTS [EACH]]
"""
import collections
import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
from province import Province  # noqa: E402

BUILD = sys.argv[1]
# More statements than a batch takes: the next batch is looked at beside it.
AGENTS = int(sys.argv[3]) if len(sys.argv) > 3 else 200
EACH = int(sys.argv[4]) if len(sys.argv) > 4 else 12
STORM = os.path.join(BUILD, "tests", "bench", "bench_storm")


def storm(*words):
    done = subprocess.run([STORM, *map(str, words)], capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise AssertionError(f"storm {words}: {done.stdout}{done.stderr}")
    return done.stdout


class Storm(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="zonetally-storm-")
        storm("seal", AGENTS, EACH, self.folder.name)
        self.province = Province(BUILD, os.path.join(self.folder.name, "registry.csv"))
        storm("enrol", AGENTS, self.province.aggregator.data)

    def tearDown(self):
        self.province.close()
        self.folder.cleanup()

    def check(self, kind):
        aggregator = self.province.aggregator
        self.province.serve()
        result = json.loads(storm("zonetally", kind, 1, self.folder.name, self.province.server.pid,
                                  os.path.join(self.province.folder, "ready"), self.province.card(), "repeat"))
        self.assertEqual(result["acknowledged"], AGENTS * EACH)
        self.assertGreaterEqual(result["descriptors"], AGENTS)
        self.province.stop()

        streams = aggregator.rows("streams", "list")
        self.assertEqual([(row["statements"], row["state"]) for row in streams], [(str(EACH), "open")] * AGENTS)
        arrivals = [row for row in aggregator.rows("journal", "list") if row["kind"] == "arrival"]
        self.assertEqual(collections.Counter(row["verdict"] for row in arrivals), {"accepted": AGENTS * EACH})
        self.assertEqual(len({(row["device"], row["sequence"]) for row in arrivals}), AGENTS * EACH)
        aggregator.run("journal", "verify")
        print(f"{kind}: {AGENTS} agents, {AGENTS * EACH} statements acknowledged, proved, and the same once more; "
              f"{result['rate']:,.0f} a second, {result['put_off']} put off")

    def test_everything_is_acknowledged_and_counts_once(self):
        self.check("storm")

    def test_so_it_is_when_all_hand_in_at_the_same_moment(self):
        self.check("backlog")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

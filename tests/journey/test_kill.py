#!/usr/bin/env python3
"""kill -9 of either program at random moments: nothing acknowledged is lost, nothing counts twice.

    test_kill.py BUILD SOURCE [KILLS] [SEED]
"""
import os
import signal
import sys
import time

sys.dont_write_bytecode = True
from province import Province, Refused, dice_of, end, seal_month  # noqa: E402

BUILD, SOURCE = sys.argv[1:3]
KILLS = int(sys.argv[3]) if len(sys.argv) > 3 else 200
SEED = sys.argv[4] if len(sys.argv) > 4 else "2016"
REGISTRY = os.path.join(SOURCE, "tests", "data", "province", "registry.csv")
ZONES = ("22102001", "22103001")
MONTHS = [f"{year}-M{month:02d}" for year in range(2017, 2025) for month in range(2, 13)]


def sync_until_done(province, agent):
    for _ in range(20):
        try:
            agent.run("sync", "--endpoint", province.endpoint, "--timeout", "20")
            return
        except Refused as refused:
            last = refused
    raise last


def waits_for_new_keys(agent):
    """A change of keys without a receipt: nothing is sealed behind it."""
    return os.path.exists(os.path.join(agent.data, "keys.next"))


def kill_during(process, dice, longest_s):
    """Waits a random part of the time, then kills; True when it was still running."""
    limit = time.monotonic() + dice.random() * longest_s
    while time.monotonic() < limit and process.poll() is None:
        time.sleep(0.0005)
    alive = process.poll() is None
    end(process, signal.SIGKILL)
    return alive


def main():
    dice, kills, rotated = dice_of(SEED), {"agent": 0, "aggregator": 0}, 0
    province = Province(BUILD, REGISTRY)
    province.serve()
    agents = [province.zone(code) for code in ZONES]
    sealed = {agent.data: 0 for agent in agents}
    while sum(kills.values()) < KILLS:
        agent = dice.choice(agents)
        if sealed[agent.data] < len(MONTHS) and dice.random() < 0.6 and not waits_for_new_keys(agent):
            seal_month(agent, province.folder, "JKQ401", MONTHS[sealed[agent.data]], value=0)
            sealed[agent.data] += 1
        if dice.random() < 0.1 and not waits_for_new_keys(agent):
            agent.run("keys", "rotate")
            rotated += 1
        process = agent.start("sync", "--endpoint", province.endpoint, "--timeout", "20")
        if dice.random() < 0.5:
            kills["agent"] += kill_during(process, dice, 0.3)
            continue
        time.sleep(dice.random() * 0.3)
        province.stop(signal.SIGKILL)
        kills["aggregator"] += 1
        end(process, signal.SIGKILL)
        province.serve()
    report(province, agents, sealed, rotated, kills)
    province.close()


def report(province, agents, sealed, rotated, kills):
    """Every receipt names an entry of the journal, every sealed statement stands in it once; nobody was shut out."""
    acknowledged = 0
    for agent in agents:
        before = {row["statement"] for row in agent.rows("receipt", "list")}
        journal = [row["statement"] for row in province.aggregator.rows("journal", "list") if row["kind"] == "arrival"]
        lost = before - set(journal)
        assert not lost, f"acknowledged and lost: {lost}"
        sync_until_done(province, agent)
        agent.run("doctor")
        acknowledged += len(before)
    journal = [row["statement"] for row in province.aggregator.rows("journal", "list") if row["kind"] == "arrival"]
    assert len(journal) == len(set(journal)), "a statement stands in the journal twice"
    count = sum(sealed.values()) + rotated
    assert len(journal) == count, f"{len(journal)} in the journal, {count} sealed"
    assert "suspended" not in province.aggregator.run("enrol", "list"), "a device was suspended for being killed"
    province.aggregator.run("doctor")
    print(f"kill -9: {kills['agent']} of agents, {kills['aggregator']} of the aggregator, seed {SEED}: "
          f"{sum(sealed.values())} sealed, {rotated} changes of keys, {acknowledged} acknowledged before the end, "
          f"0 lost, 0 twice, 0 suspended")


if __name__ == "__main__":
    main()

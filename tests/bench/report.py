#!/usr/bin/env python3
"""What the bench measured, as a person reads it.

    report.py flushes CONTENDER TRACE LOAD     a JSON line: calls and flushes per statement
    report.py table RESULTS                    tables from JSON lines, and the ratios as JSON lines
    report.py storm RESULTS                    the same of a storm

Ratios are taken in each round and their median is shown: the rounds of one run were interleaved.
Standard library only.
"""
import collections
import json
import re
import statistics
import sys

CALL = re.compile(r"^\d+\s+(\d+\.\d+)\s+(\w+)\((\d+)?")
OPENED = re.compile(r"O_D?SYNC.*= (\d+)$")
OPENED_PLAIN = re.compile(r"= (\d+)$")
FLUSHES = ("fdatasync", "fsync", "msync", "sync_file_range")
WRITES = ("pwrite64", "pwritev", "writev", "write")


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.startswith("{")]


def count_calls(trace, begin, end):
    """Calls within the time; writes to files opened O_DSYNC or O_SYNC are also flushes."""
    counts, synchronous = collections.Counter(), set()
    with open(trace, encoding="utf-8", errors="replace") as file:
        for line in file:
            call = CALL.match(line)
            if not call:
                continue
            at, name, number = float(call[1]), call[2], call[3]
            if name == "openat":
                opened, plain = OPENED.search(line), OPENED_PLAIN.search(line)
                if opened:
                    synchronous.add(opened[1])
                elif plain:
                    synchronous.discard(plain[1])
            elif begin <= at <= end:
                counts[name] += 1
                if name in WRITES and number in synchronous:
                    counts["synchronous writes"] += 1
    return counts


def print_flushes(contender, trace, load):
    runs = read_lines(load)
    counts, statements = collections.Counter(), 0
    for run in runs:
        counts += count_calls(trace, run["begin"], run["end"])
        statements += run["acknowledged"]
    flushes = sum(counts[name] for name in (*FLUSHES, "synchronous writes"))
    print(json.dumps({"bench": "flushes", "contender": contender, "in_flight": runs[0]["in_flight"],
                      "statements": statements, "flushes": flushes,
                      "per_24_statements": round(24 * flushes / statements, 3),
                      "calls": {name: counts[name] for name in sorted(counts) if name != "write"}}))


def spread(values, form="{:,.0f}"):
    return f"{form} ({form}–{form})".format(statistics.median(values), min(values), max(values))


def by(rows, *names):
    groups = collections.OrderedDict()
    for row in rows:
        groups.setdefault(tuple(row[name] for name in names), []).append(row)
    return groups


def print_row(cells, widths):
    print("  ".join(str(cell).ljust(width) for cell, width in zip(cells, widths)).rstrip())


def print_table(head, rows):
    widths = [max(len(str(row[i])) for row in [head, *rows]) for i in range(len(head))]
    print_row(head, widths)
    print_row(["-" * width for width in widths], widths)
    for row in rows:
        print_row(row, widths)
    print()


def ratios(rows, over, under, field):
    """field of `over` divided by that of `under`, round by round."""
    rounds = collections.defaultdict(dict)
    for row in rows:
        rounds[row["round"]][row["contender"]] = row[field]
    return [one[over] / one[under] for one in rounds.values() if over in one and under in one]


def print_ingest(results):
    rows = [row for row in results if row["bench"] == "ingest" and row["round"] > 0]
    table, lines = [], []
    for (flight,), runs in by(rows, "in_flight").items():
        quotients = ratios(runs, "aggregator", "bare", "rate")
        for (contender,), own in by(runs, "contender").items():
            little = statistics.median(row["little"] for row in own)
            shown = spread(quotients, "{:.2f}") if contender == "aggregator" and quotients else ""
            table.append([flight, contender, spread([row["rate"] for row in own]),
                          spread([row["p50_us"] for row in own]), spread([row["p99_us"] for row in own]),
                          f"{little:.2f}" + ("" if abs(little - 1) <= 0.1 else " DOES NOT HOLD"),
                          sum(row["rejected"] for row in own), shown])
        if quotients:
            lines.append({"bench": "ratio", "what": "rate aggregator / bare", "in_flight": flight,
                          "median": statistics.median(quotients), "rounds": quotients})
    print_table(["in flight", "contender", "acknowledged/s", "p50 us", "p99 us", "rate x latency / K",
                 "rejected", "ratio per round"], table)
    return lines


def print_disk(results):
    cells = collections.Counter()
    bytes_each = {}
    for row in results:
        if row["bench"] == "ingest":
            cells[row["contender"]] += row["acknowledged"] * row["cells"]
            bytes_each[row["contender"]] = row["statement_bytes"] / row["cells"]
    rows, lines = [], []
    for row in results:
        if row["bench"] == "disk" and cells[row["contender"]]:
            each = row["bytes"] / cells[row["contender"]]
            rows.append([row["contender"], f"{row['bytes']:,}", f"{each:.2f}", f"{bytes_each[row['contender']]:.2f}"])
            lines.append({"bench": "ratio", "what": "bytes on disk per cell", "contender": row["contender"],
                          "value": each, "sent": bytes_each[row["contender"]]})
    print_table(["contender", "bytes on disk", "per cell", "sent per cell"], rows)
    return lines


def print_flush_table(results):
    rows = [[row["contender"], row["in_flight"], row["statements"], row["flushes"], row["per_24_statements"],
             ", ".join(f"{name} {count}" for name, count in row["calls"].items())]
            for row in results if row["bench"] == "flushes"]
    if rows:
        print_table(["contender", "in flight", "statements", "flushes", "per 24 statements", "calls"], rows)


def print_recompute(results):
    rows = [row for row in results if row["bench"] == "recompute"]
    table, lines = [], []
    for (zones,), runs in by(rows, "zones").items():
        for (contender,), own in by(runs, "contender").items():
            quotients = ratios(runs, contender, "bound: sums of the columns", "seconds")
            table.append([zones, contender, spread([row["seconds"] for row in own], "{:.4f}"),
                          spread([row["evaluations"] / row["seconds"] for row in own]),
                          f"{own[0]['numbers'] / own[0]['evaluations']:.0%}", spread(quotients, "{:,.1f}")])
            lines.append({"bench": "ratio", "what": f"seconds {contender} / bound", "zones": zones,
                          "median": statistics.median(quotients), "rounds": quotients})
    print_table(["zones", "contender", "seconds", "evaluations/s", "numbers", "time / bound"], table)
    return lines


def print_storm(results):
    """Ours beside each; of a rival that was measured in two ways the better one is its figure."""
    table, lines = [], []
    for (kind,), runs in by([row for row in results if row["bench"] == "storm"], "kind").items():
        for (contender,), own in by(runs, "contender").items():
            quotients = ratios(runs, "zonetally", contender, "rate") if contender != "zonetally" else []
            table.append([kind, contender, spread([row["rate"] for row in own]),
                          *(f"{statistics.median(row[name] for row in own):,.2f}" for name in ("seconds", "entry_seconds")),
                          *(f"{statistics.median(row[name] for row in own):,.0f}" for name in ("p50_ms", "p99_ms", "put_off")),
                          f"{statistics.median(row['server_cpu_s'] for row in own):.1f}",
                          f"{statistics.median(row['memory_kib'] for row in own) / 1024:,.0f}",
                          f"{statistics.median(row['descriptors'] for row in own):,.0f}",
                          spread(quotients, "{:.2f}") if quotients else ""])
        for rival in ("nats", "rabbitmq"):
            medians = {contender: statistics.median(row["rate"] for row in own)
                       for (contender,), own in by(runs, "contender").items() if contender.startswith(rival)}
            best = max(medians, key=medians.get, default=None)
            quotients = ratios(runs, "zonetally", best, "rate")
            if quotients:
                lines.append({"bench": "ratio", "what": f"{kind}: rate zonetally / {best}",
                              "median": statistics.median(quotients), "rounds": quotients})
    print_table(["kind", "contender", "acknowledged/s", "seconds", "entry s", "p50 ms", "p99 ms", "put off",
                 "server CPU s", "server MiB", "descriptors", "ours / this, per round"], table)
    for line in lines:
        print(f"{line['what']}: {spread(line['rounds'], '{:.2f}')}")
    return lines


def print_missing(results):
    for row in results:
        if row["bench"] == "missing":
            print(f"NOT MEASURED: {row['contender']}: {row['why']}\n")


def append(path, lines):
    with open(path, "a", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line) + "\n")


def print_tables(path):
    results = read_lines(path)
    print_missing(results)
    lines = print_ingest(results) + print_disk(results)
    print_flush_table(results)
    lines += print_recompute(results)
    for line in lines:
        print(json.dumps(line))
    append(path, lines)


def print_flush(results):
    times = [row["microseconds"] for row in results if row["bench"] == "flush"]
    if times:
        print(f"a write of 700 bytes that returns when it is on the disk: {spread(times, '{:.0f}')} microseconds\n")


def print_storm_tables(path):
    results = read_lines(path)
    print_missing(results)
    print_flush(results)
    append(path, print_storm(results))


if __name__ == "__main__":
    if sys.argv[1:2] == ["flushes"]:
        print_flushes(*sys.argv[2:5])
    elif sys.argv[1:2] == ["storm"]:
        print_storm_tables(sys.argv[2])
    else:
        print_tables(sys.argv[2])

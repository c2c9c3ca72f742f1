#!/usr/bin/env python3
"""What the disk asks for one message alone: as many appends of a statement's size, each on the disk
when it returns. One JSON line.

    flush.py FOLDER ROUND
"""
import json
import os
import sys
import time

COUNT, SIZE = 1000, 700


def main():
    path = os.path.join(sys.argv[1], "flush")
    file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_SYNC, 0o600)
    begun = time.monotonic()
    for _ in range(COUNT):
        os.write(file, bytes(SIZE))
    seconds = time.monotonic() - begun
    os.close(file)
    os.unlink(path)
    print(json.dumps({"bench": "flush", "round": int(sys.argv[2]), "bytes": SIZE, "microseconds": seconds / COUNT * 1e6}))


if __name__ == "__main__":
    main()

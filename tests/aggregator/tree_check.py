#!/usr/bin/env python3
"""tree_check.py PATHS: every proof the aggregator's tree makes, against the definitions.

Roots, inclusion and consistency paths by RFC 6962, section 2.1, written from its text; nothing but
hashlib. All pairs up to 128, and all positions of trees around the borders of tiles. The
definitions themselves are held against the trees that Certificate Transparency publishes.
"""

import functools
import hashlib
import subprocess
import sys

ALL_PAIRS_TO = 128
BORDERS = [255, 256, 257, 511, 512, 513]

PUBLISHED_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                    "606162636465666768696a6b6c6d6e6f"]
PUBLISHED_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def sha256(data):
    return hashlib.sha256(data).digest()


class Tree:
    def __init__(self, entries):
        self.leaves = [sha256(b"\0" + entry) for entry in entries]
        self.hash = functools.cache(self.hash_of)

    def hash_of(self, first, last):
        """MTH(D[first:last])"""
        if first == last:
            return sha256(b"")
        if last - first == 1:
            return self.leaves[first]
        k = first + split(last - first)
        return sha256(b"\1" + self.hash(first, k) + self.hash(k, last))

    def path(self, m, first, last):
        """PATH(m, D[first:last])"""
        if last - first == 1:
            return []
        k = split(last - first)
        if m < k:
            return self.path(m, first, first + k) + [self.hash(first + k, last)]
        return self.path(m - k, first + k, last) + [self.hash(first, first + k)]

    def subproof(self, m, first, last, whole):
        """SUBPROOF(m, D[first:last], whole)"""
        if m == last - first:
            return [] if whole else [self.hash(first, last)]
        k = split(last - first)
        if m <= k:
            return self.subproof(m, first, first + k, whole) + [self.hash(first + k, last)]
        return self.subproof(m - k, first + k, last, False) + [self.hash(first, first + k)]


def split(size):
    return 1 << (size - 1).bit_length() - 1


def check_ourselves():
    tree = Tree([bytes.fromhex(leaf) for leaf in PUBLISHED_LEAVES])
    for size, root in enumerate(PUBLISHED_ROOTS, start=1):
        assert tree.hash(0, size).hex() == root, size


def main():
    check_ourselves()
    sizes = list(range(1, ALL_PAIRS_TO + 1)) + BORDERS
    tree = Tree([number.to_bytes(4, "big") for number in range(max(sizes))])
    lines = subprocess.run([sys.argv[1], *map(str, sizes)], text=True, capture_output=True,
                           check=True).stdout.splitlines()
    wanted = []
    for size in sizes:
        wanted.append(["root", str(size), tree.hash(0, size).hex()])
        for first in range(size):
            wanted.append(["inclusion", str(first), str(size),
                           *(node.hex() for node in tree.path(first, 0, size))])
            wanted.append(["consistency", str(first + 1), str(size),
                           *(node.hex() for node in tree.subproof(first + 1, 0, size, True))])
    wrong = [line for line, words in zip(lines, wanted) if line.split() != words]
    for line in wrong[:10]:
        print("differs:", line[:200])
    print(f"{len(lines)} roots and proofs of {len(sizes)} trees, {len(wrong)} differ")
    sys.exit(1 if wrong or len(lines) != len(wanted) else 0)


main()

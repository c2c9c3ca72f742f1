"""Compares the reading of figures with an independent one on Python's decimal."""
import random
import re
import subprocess
import sys
from decimal import Decimal, getcontext

getcontext().prec = 200
COUNT = 20000
OK, TOO_PRECISE, TOO_LARGE = 0, 3, 4
FOLD = {chr(0xFF10 + i): str(i) for i in range(10)}
FOLD.update({"．": ".", "，": ",", "－": "-", "＋": "+", "\u2212": "-", "\u200b": "", "\u00a0": " ", "\u3000": " "})
SHAPE = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?\Z")


def expected(cell, exponent, decimals):
    plain = "".join(FOLD.get(c, c) for c in cell).strip(" ")
    if not SHAPE.match(plain):
        return None
    scaled = Decimal(plain.replace(",", "")).scaleb(exponent + decimals)
    if scaled != scaled.to_integral_value():
        return (TOO_PRECISE, 0)
    if not -(2**63) <= scaled < 2**63:
        return (TOO_LARGE, 0)
    return (OK, int(scaled))


def random_cell(dice):
    digits = "".join(dice.choice("0123456789") for _ in range(dice.choice([1, 2, 3, 5, 9, 17, 18, 19, 20])))
    if dice.random() < 0.4:
        digits = re.sub(r"(?<=\d)(?=(\d{%d})+$)" % dice.choice([3, 3, 3, 4]), ",", digits)
    cell = dice.choice(["", "", "-", "+", "\u2212", "－"]) + digits
    if dice.random() < 0.6:
        cell += dice.choice([".", "．"]) + "".join(dice.choice("0001234567") for _ in range(dice.randint(0, 6)))
    if dice.random() < 0.3:
        cell = "".join(chr(0xFF10 + int(c)) if c.isdigit() and c.isascii() else c for c in cell)
    return dice.choice(["", " ", "\u3000", "\u00a0"]) + cell + dice.choice(["", "\u200b", " "])


def main():
    dice = random.Random(8170)
    cases = [(dice.choice([-8, -4, -2, 0, 0, 0, 2, 4, 8]), dice.randint(0, 9), random_cell(dice)) for _ in range(COUNT)]
    lines = "".join(f"{exponent}\t{decimals}\t{cell}\n" for exponent, decimals, cell in cases)
    answers = subprocess.run([sys.argv[1]], input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout.split(b"\n")
    seen = {}
    for (exponent, decimals, cell), answer in zip(cases, answers):
        trouble, second, mantissa = map(int, answer.split())
        actual = (second, mantissa) if trouble == 0 else None
        wanted = expected(cell, exponent, decimals)
        if wanted and wanted[0] != OK and actual and actual[0] in (TOO_PRECISE, TOO_LARGE):
            wanted = actual  # both apply: either may be told
        if actual != wanted:
            sys.exit(f"{cell!r} * 10^{exponent}, {decimals} decimals: {actual}, not {wanted}")
        seen[wanted[0] if wanted else None] = seen.get(wanted[0] if wanted else None, 0) + 1
    if len(answers) != COUNT + 1 or min(seen.get(k, 0) for k in (None, OK, TOO_PRECISE, TOO_LARGE)) < 100:
        sys.exit(f"too few cases of one kind: {seen}")
    print(seen)


main()

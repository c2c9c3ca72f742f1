#!/usr/bin/env python3
"""proof_check.py JUDGE: the proofs once more, written from the standards alone.

Trees and proofs by the definitions of RFC 6962, section 2.1, Ed25519 by RFC 8032, signed
notes by their specification; nothing but hashlib. The judge is the program's verifier: it
must say yes to what is made here, no to each alteration, and what it signs must verify here.
"""

import base64
import hashlib
import random
import subprocess
import sys

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def sha256(data):
    return hashlib.sha256(data).digest()


def recover_x(y, sign):
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - xx) % P:
        return None
    return P - x if x & 1 != sign else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recover_x(BASE_Y, 0), BASE_Y)


def point_add(a, b):
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2 % P
    return ((x1 * y2 + x2 * y1) * pow(1 + k, P - 2, P) % P,
            (y1 * y2 + x1 * x2) * pow(1 - k, P - 2, P) % P)


def point_times(scalar, point):
    total = (0, 1)
    while scalar:
        if scalar & 1:
            total = point_add(total, point)
        point = point_add(point, point)
        scalar >>= 1
    return total


def point_bytes(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def point_of(data):
    number = int.from_bytes(data, "little")
    y = number & (2**255 - 1)
    x = recover_x(y, number >> 255)
    return None if x is None else (x, y)


def secret_of(seed):
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & (2**254 - 8) | 2**254
    return scalar, digest[32:], point_bytes(point_times(scalar, BASE))


def hash_number(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % ORDER


def sign(seed, message):
    scalar, prefix, public = secret_of(seed)
    nonce = hash_number(prefix, message)
    commitment = point_bytes(point_times(nonce, BASE))
    answer = (nonce + hash_number(commitment, public, message) * scalar) % ORDER
    return commitment + answer.to_bytes(32, "little")


def is_signed(public, message, signature):
    key, commitment = point_of(public), point_of(signature[:32])
    answer = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or answer >= ORDER:
        return False
    challenge = hash_number(signature[:32], public, message)
    return point_times(answer, BASE) == point_add(commitment, point_times(challenge, key))


def split(size):
    return 1 << (size - 1).bit_length() - 1


def node(left, right):
    return sha256(b"\x01" + left + right)


def root(leaves):
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node(root(leaves[:k]), root(leaves[k:]))


def path(m, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return path(m, leaves[:k]) + [root(leaves[k:])]
    return path(m - k, leaves[k:]) + [root(leaves[:k])]


def subproof(m, leaves, whole):
    if m == len(leaves):
        return [] if whole else [root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return subproof(m, leaves[:k], whole) + [root(leaves[k:])]
    return subproof(m - k, leaves[k:], False) + [root(leaves[:k])]


def key_id(name, public):
    return sha256(name.encode() + b"\n\x01" + public)[:4]


def b64(data):
    return base64.b64encode(data).decode()


def note(origin, size, digest, seed, public, before="", behind=""):
    text = f"{origin}\n{size}\n{b64(digest)}\n"
    signature = key_id(origin, public) + sign(seed, text.encode())
    return f"{text}\n{before}— {origin} {b64(signature)}\n{behind}".encode()


class Questions:
    def __init__(self):
        self.lines = []
        self.expected = []

    def ask(self, expected, *words):
        self.lines.append(" ".join(w.hex() if isinstance(w, bytes) else str(w) for w in words))
        self.expected.append(expected)

    def put_to(self, judge):
        done = subprocess.run([judge], input="\n".join(self.lines) + "\n", text=True,
                              capture_output=True, check=True)
        return done.stdout.splitlines()


def altered(data, choice):
    position = choice.randrange(len(data))
    return data[:position] + bytes([data[position] ^ 1 << choice.randrange(8)]) + data[position + 1:]


def altered_path(hashes, choice):
    position = choice.randrange(len(hashes))
    return hashes[:position] + [altered(hashes[position], choice)] + hashes[position + 1:]


def ask_about_trees(questions, choice):
    leaves = [sha256(b"\x00" + bytes([i])) for i in range(150)]
    for size in list(range(1, 34)) + [63, 64, 65, 100, 127, 128, 129, 150]:
        tree = leaves[:size]
        whole = root(tree)
        for m in {0, size - 1, size // 2, choice.randrange(size)}:
            hashes = path(m, tree)
            questions.ask("yes", "includes", tree[m], m, size, whole, *hashes)
            questions.ask("no", "includes", altered(tree[m], choice), m, size, whole, *hashes)
            if hashes:
                questions.ask("no", "includes", tree[m], m, size, whole,
                              *altered_path(hashes, choice))
        for m in {1, size, (size + 1) // 2, choice.randrange(1, size + 1)}:
            hashes = subproof(m, tree, True)
            old = root(tree[:m])
            questions.ask("yes", "extends", m, old, size, whole, *hashes)
            questions.ask("no", "extends", m, altered(old, choice), size, whole, *hashes)
            if hashes:
                questions.ask("no", "extends", m, old, size, whole,
                              *altered_path(hashes, choice))
        questions.ask("yes", "extends", 0, root([]), size, whole)


def ask_about_notes(questions, choice):
    origin = "example.org/log"
    for round_number in range(8):
        seed = sha256(bytes([round_number]))
        public = secret_of(seed)[2]
        digest = sha256(seed)
        size = choice.randrange(2**64)
        right = f"yes {size} {digest.hex()}"
        plain = note(origin, size, digest, seed, public)
        witness = f"— witness.example {b64(sha256(b'w') * 3)}\n"
        questions.ask(right, "verify", origin, public, plain)
        questions.ask(right, "verify", origin, public,
                      note(origin, size, digest, seed, public, witness, witness))
        questions.ask("no", "verify", origin, sha256(public), plain)
        questions.ask("no", "verify", "example.org/other", public, plain)
        questions.ask("no", "verify", origin, public, altered(plain, choice))
        questions.ask("no", "verify", origin, public, plain.replace(b"\n\n", b"\n\n\n"))


def check_signed_here(judge, choice):
    origin = "zonetally/jilin"
    for _ in range(4):
        size, digest = choice.randrange(2**64), choice.randbytes(32)
        questions = Questions()
        questions.ask(None, "sign", origin, size, digest)
        key, text = (bytes.fromhex(word) for word in questions.put_to(judge)[0].split())
        body, _, lines = text.decode().partition("\n\n")
        assert body == f"{origin}\n{size}\n{b64(digest)}", body
        dash, name, signature = lines.rstrip("\n").split(" ")
        signature = base64.b64decode(signature, validate=True)
        assert (dash, name) == ("—", origin)
        assert signature[:4] == key_id(origin, key)
        assert is_signed(key, body.encode() + b"\n", signature[4:])
        assert not is_signed(key, body.encode(), signature[4:])


def check_ourselves():
    """RFC 8032, section 7.1, test 2: this file's own Ed25519."""
    seed = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    public = secret_of(seed)[2]
    assert public.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert sign(seed, b"\x72").hex().startswith("92a009a9f0d4cab8720e820b5f642540")
    assert is_signed(public, b"\x72", sign(seed, b"\x72"))


def main():
    choice = random.Random(20160401)
    check_ourselves()
    questions = Questions()
    ask_about_trees(questions, choice)
    ask_about_notes(questions, choice)
    answers = questions.put_to(sys.argv[1])
    assert len(answers) == len(questions.expected), "one answer for each question"
    wrong = [(line, expected, answer) for line, expected, answer
             in zip(questions.lines, questions.expected, answers) if expected != answer]
    for line, expected, answer in wrong[:10]:
        print(f"expected {expected}, got {answer}: {line[:200]}")
    check_signed_here(sys.argv[1], choice)
    print(f"{len(answers)} questions, {len(wrong)} wrong answers")
    sys.exit(1 if wrong else 0)


main()

"""Changes to bytes and texts, as a broken disk, a bad copy or a hostile sender makes them; reproducible by seed."""

import random
import re
import struct
import zlib

HOSTILE = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
"""Numbers at which fields overflow."""

WORDS = (
    *(
        "-1",
        "0",
        "1",
        "2",
        "3",
        "9",
        "17",
        "99",
        "1000000",
        "99999999999",
        "9223372036854775807",
        "9223372036854775808",
    ),
    *(
        "1e999",
        "-inf",
        "inf",
        "nan",
        "0.5",
        "-2.5e-3",
        "start",
        "final",
        "states",
        "---",
        "#",
        "@3",
        "@",
        "*e*",
    ),
    *("<eps>", ";", ".", "-", "/", "$", "x", "7", "\u00e9", "\x00", "\ufeff"),
)
"""Words that a parser of numbers and of graphs may stumble over."""


def mutate_bytes(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """One to eight changes: bits, bytes, numbers, cuts, repetitions, parts of other inputs."""
    out = bytearray(data)
    for _ in range(1 + int(rng.expovariate(0.7))):
        if not out:
            return bytes(out)
        at = rng.randrange(len(out))
        kind = rng.randrange(8)
        if kind == 0:
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            out[at] = rng.randrange(256)
        elif kind == 2:
            form = rng.choice(("<H", ">H", "<I", ">I"))
            number = struct.pack(form, rng.choice(HOSTILE) % (1 << (8 * struct.calcsize(form))))
            out[at : at + len(number)] = number
        elif kind == 3:
            del out[at : at + 1 + int(rng.expovariate(0.05))]
        elif kind == 4:
            piece = out[at : at + 1 + int(rng.expovariate(0.05))]
            out[at:at] = piece * rng.randint(1, 3)
        elif kind == 5:
            del out[at:]
        elif kind == 6:
            other = rng.choice(others)
            start = rng.randrange(len(other) or 1)
            out[at : at + rng.randrange(1, 40)] = other[start : start + rng.randrange(1, 40)]
        else:
            out[at:at] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 8)))
    return bytes(out[:200_000])


def mutate_text(text: str, rng: random.Random, others: list[str]) -> str:
    """One to eight changes: words, lines, characters, parts of other texts."""
    lines = text.split("\n")
    for _ in range(1 + int(rng.expovariate(0.7))):
        at = rng.randrange(len(lines))
        kind = rng.randrange(6)
        words = re.split(r"(\s+)", lines[at])
        if kind <= 1:
            words[rng.randrange(len(words))] = rng.choice(WORDS)
            lines[at] = "".join(words)
        elif kind == 2:
            lines[at] += " " + rng.choice(WORDS)
        elif kind == 3:
            lines.insert(at, rng.choice(rng.choice(others).split("\n")))
        elif kind == 4:
            lines[at : at + 1] = rng.choice(([], [lines[at]] * rng.randint(2, 4)))
            lines = lines or [""]
        else:
            cut = rng.randrange(len(lines[at]) + 1)
            lines[at] = (
                lines[at][:cut]
                + chr(rng.choice((rng.randrange(32, 127), rng.randrange(0xD7FF))))
                + lines[at][cut:]
            )
    return "\n".join(lines)[:20_000]


def mend_png(data: bytes) -> bytes:
    """Right checksums for every chunk, so that a change reaches what reads it."""
    out, at = bytearray(data[:8]), 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        body = data[at + 4 : at + 8 + length]
        out += data[at : at + 4] + body + zlib.crc32(body).to_bytes(4, "big")
        at += 12 + length
    return bytes(out + data[at:])

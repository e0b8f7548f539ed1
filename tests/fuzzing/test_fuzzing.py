"""A short run of each target, and what long runs have found; `make fuzz` is the long one."""

import random

import pytest

from tests.fuzzing.mutate import mend_png, mutate_bytes, mutate_text
from tests.fuzzing.seeds import interlaced
from tests.fuzzing.targets import TARGETS, folder_of_findings, made

COUNTS = {"images": 400, "models": 60, "graphs": 200, "grammars": 200, "records": 1000}
FINDINGS = sorted(folder_of_findings().glob("*-*"))


@pytest.mark.parametrize("name", TARGETS)
def test_only_typed_errors_come_out(name):
    target = TARGETS[name]
    good = target.seeds()
    for number in range(COUNTS[name]):
        target.use(made(target, good, 0, number))


@pytest.mark.parametrize("path", FINDINGS, ids=[path.name for path in FINDINGS])
def test_what_once_did_harm(path):
    kind = path.name.split("-")[0]
    data = path.read_bytes()
    TARGETS[kind].use(data if kind in ("images", "models") else data.decode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("name", TARGETS)
def test_good_inputs_are_used_and_a_run_can_be_repeated(name):
    target = TARGETS[name]
    good = target.seeds()
    for seed in good:
        target.use(seed)
    first = [made(target, good, 3, number) for number in range(20)]
    assert first == [made(target, good, 3, number) for number in range(20)]
    assert len(set(first)) > 10


def test_mutations_change_something():
    rng = random.Random(0)
    data, text = bytes(range(200)), "start 0\n0 1 2 3\nfinal 1"
    assert sum(mutate_bytes(data, rng, [data]) != data for _ in range(100)) > 90
    assert sum(mutate_text(text, rng, [text]) != text for _ in range(100)) > 80


def test_checksums_of_a_png_are_mended():
    good = interlaced()
    assert mend_png(good) == good
    broken = bytearray(good)
    broken[29:33] = b"\0\0\0\0"  # the checksum of its header
    assert mend_png(bytes(broken)) == good

"""Loops say the same, compiled and not."""

import subprocess
import sys

import numpy as np

from segment.cleaning.pipeline import clean

CODE = """
import sys
import importlib.util as u
find = u.find_spec
u.find_spec = lambda name, *a: None if name == 'numba' else find(name, *a)
sys.modules['numba'] = None
import numpy as np
from segment.cleaning.pipeline import clean
ink = clean(np.load(sys.argv[1]))
np.savez(sys.argv[2], gray=ink.gray, to_page=ink.to_page)
"""


def test_without_numba_the_same_ink_is_found(tmp_path):
    page = np.full((50, 120), 210, np.uint8)
    page[44:46] = page[6:8] = page[6:46, 3:5] = 150
    for x in (20, 60, 90):
        page[12:50, x : x + 3] = 60
    page[36:39, 40:43] = 130
    np.save(tmp_path / "page.npy", page)
    subprocess.run(
        [sys.executable, "-c", CODE, tmp_path / "page.npy", tmp_path / "ink.npz"], check=True, timeout=120
    )
    ink = clean(page)
    with np.load(tmp_path / "ink.npz") as plain:
        assert np.array_equal(ink.gray, plain["gray"])
        assert np.array_equal(ink.to_page, plain["to_page"])
    assert not ink.empty

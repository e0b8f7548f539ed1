"""The benchmarks are scripts beside one another: their folder is put on the path."""

import importlib
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
collect_ignore_glob = [] if BENCHMARKS.is_dir() else ["*.py"]


@pytest.fixture(scope="session")
def script():
    """Import a script of the folder by its name."""

    def load(name):
        sys.path.insert(0, str(BENCHMARKS))
        try:
            return importlib.import_module(name)
        finally:
            sys.path.remove(str(BENCHMARKS))

    return load

"""What cannot be collected without an extra: the engine of many machines needs Ray and pyarrow."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("ray") and find_spec("pyarrow") else ["docreader/cluster/*.py"]

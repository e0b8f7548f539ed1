"""Collection of tests: docreader.cluster needs the extra `ray`."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("ray") and find_spec("pyarrow") else ["docreader/cluster/*.py"]

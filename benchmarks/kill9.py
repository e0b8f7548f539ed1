"""kill -9 at random moments of a run, then --resume: the answers must be those of a run that nothing disturbed.

    python benchmarks/kill9.py IMAGES [--limit 500] [--kills 10] [--jobs 2] [decode options ...]

IMAGES is a folder. Each trial is killed when a random number of records is written, some hundredths of a second later,
resumed, and compared record by record: everything but numbers must be equal. Confidences may differ in their
last digits, because images are read in other batches than before; the largest difference is printed.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> int:
    """Run, kill, resume, compare; the exit status says whether all was well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("images", type=Path)
    parser.add_argument("--limit", type=int, default=500)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("options", nargs=argparse.REMAINDER, help="of docreader decode; they come last")
    arguments = parser.parse_args()
    files = sorted(path for path in arguments.images.rglob("*") if path.suffix in (".jpg", ".png", ".tif"))
    files = files[: arguments.limit]
    listed = "\n".join(map(str, files)) + "\n"
    command = [sys.executable, "-m", "docreader", "decode", "-", "--jobs", str(arguments.jobs)]
    command += ["--batch-size", "16", *arguments.options]
    rng = random.Random(0)
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.jsonl"
        seconds = run([*command, "--resume", str(whole)], listed)
        expected = whole.read_bytes()
        print(f"undisturbed: {len(expected.splitlines())} records, {seconds:.1f} s, jobs {arguments.jobs}")
        for trial in range(arguments.kills):
            out = Path(folder) / f"{trial}.jsonl"
            moment = rng.randrange(len(files))
            run([*command, "--resume", str(out)], listed, kill=(out, moment, rng.uniform(0, 0.3)))
            left = out.read_bytes().count(b"\n") if out.exists() else 0
            run([*command, "--resume", str(out)], listed)
            equal, apart = compare(expected, out.read_bytes())
            bad += not equal
            verdict = f"equal (confidences to {apart:.1g})" if equal else "DIFFERENT"
            print(f"killed with {left:3d} records: {verdict}", flush=True)
    print(f"{arguments.kills - bad} of {arguments.kills} equal")
    return int(bad > 0)


def compare(expected: bytes, found: bytes) -> tuple[bool, float]:
    """Whether the records are the same but for numbers, and the largest difference of two confidences."""
    pairs = zip(expected.splitlines(), found.splitlines(), strict=False)
    records = [(json.loads(one), json.loads(other)) for one, other in pairs]
    same = expected.count(b"\n") == found.count(b"\n")
    for one, other in records:
        for name in ("file", "page", "text", "amount", "decision", "reason", "bbox", "error"):
            same = same and one.get(name) == other.get(name)
    apart = max((abs(a.get("confidence", 0) - b.get("confidence", 0)) for a, b in records), default=0.0)
    return same and apart < 1e-3, apart


def run(command: list[str], listed: str, kill: tuple[Path, int, float] | None = None) -> float:
    """Run once; its seconds.

    Args:
        command: what to run.
        listed: its standard input.
        kill: a file, how many lines it must have before the process is killed, and seconds to wait then.
    """
    began = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    assert process.stdin is not None
    process.stdin.write(listed)
    process.stdin.close()
    if kill is not None:
        file, lines, pause = kill
        while process.poll() is None and (not file.exists() or file.read_bytes().count(b"\n") < lines):
            time.sleep(0.01)
        time.sleep(pause)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
    process.wait()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())

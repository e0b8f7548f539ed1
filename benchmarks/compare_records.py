"""Compare the records of two versions: every value must be equal, renamed fields and reasons apart.

    python benchmarks/compare_records.py OLD.jsonl NEW.jsonl

Records of schema 1 are read under the names of schema 2, see CHANGELOG. Prints each record that differs.
"""

import json
import sys
from itertools import zip_longest
from pathlib import Path
from typing import Any

REASONS = {
    "grammar": "no_valid_amount",
    "unsure_point": "ambiguous_decimal_point",
    "no_field": "field_not_found",
    "too_small": "low_resolution",
    "ambiguous_amount": "possible_minus",
}
"""Reasons of schema 1. Those that were split have the name of one of their parts."""

SPLIT = {"single_digit": "field_not_found", "possible_raised_cents": "possible_minus"}
"""Parts of reasons that were one in schema 1."""

ENSEMBLE = ("both", "ensemble")


def upgraded(record: dict[str, Any]) -> dict[str, Any]:
    """Convert a record to a form that both schemas share."""
    shared = {key: value for key, value in record.items() if key not in ("schema", "segments", "characters")}
    found = record.get("characters", record.get("segments"))
    if found is not None:
        shared["characters"] = [
            (one["bbox"], one.get("character", one.get("label")), one["score"]) for one in found
        ]
    reason = REASONS.get(record.get("reason") or "", record.get("reason"))
    shared["reason"] = SPLIT.get(reason or "", reason)
    shared["file"] = Path(record["file"]).name
    if record.get("method") in ENSEMBLE:  # its file was renamed: name and hash differ
        shared |= {"method": "ensemble", "model": None}
    return shared


def read(path: str) -> list[dict[str, Any]]:
    """Read the records of a run."""
    with Path(path).open(encoding="ascii") as lines:
        return [upgraded(json.loads(line)) for line in lines]


def main(old: str, new: str) -> int:
    """Compare two files of records; return the exit status."""
    differing = 0
    pairs = list(zip_longest(read(old), read(new), fillvalue={}))
    for one, other in pairs:
        if one != other:
            differing += 1
            keys = sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
            print(one.get("file"), {key: (one.get(key), other.get(key)) for key in keys})
    print(f"{len(pairs)} records, {differing} differ")
    return int(differing > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

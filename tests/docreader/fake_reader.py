"""A reader that reads text files: fast, without torch, and faulty on demand.

The content of an input is its answers: one line a page, `text confidence`. Words instead of a text: `bad` is a page
that cannot be read, `boom` raises, `die` kills the process, `slow` takes its time, `wait` takes as
long as there is no file `go` beside it.
"""

import os
import signal
import time
from pathlib import Path

from docreader.errors import CalibrationError
from docreader.io.records import Alternative, ErrorRecord, ModelInfo, Reading


class FakeReader:
    def __init__(self, options, pictures=None):
        self.options, self.pictures = options, pictures
        self.threshold = 0.5 if options.reject_below is None else options.reject_below

    def read_batch(self, sources):
        return [self.read(source) for source in sources]

    def read(self, source):
        try:
            lines = Path(source).read_text().splitlines()
        except (OSError, ValueError) as error:
            return [ErrorRecord.of(source, error)]
        if self.pictures is not None:
            (self.pictures / f"{Path(source).name}.png").touch()
        return [self.page(source, number, line) for number, line in enumerate(lines, start=1)] or [
            ErrorRecord.of(source, ValueError("empty"))
        ]

    def page(self, source, number, line):
        text, _, confidence = line.partition(" ")
        if text == "bad":
            return ErrorRecord.of(source, ValueError("a bad page"), number)
        if text == "boom":
            raise RuntimeError("a fault of the program")
        if text == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if text == "slow":
            time.sleep(0.3)
        while text == "wait" and not Path(source).with_name("go").exists():
            time.sleep(0.01)
        value = float(confidence or 1)
        reason = None if value >= self.threshold else "low_confidence"
        return Reading(
            file=source,
            page=number,
            text=text,
            amount=text if text.isdigit() else None,
            currency=None,
            confidence=value,
            decision="accept" if reason is None else "reject",
            reason=reason,
            alternatives=(Alternative("0", "0", 1 - value),),
            method="hos",
            model=ModelInfo(str(self.options.model or "fake"), "1", "f" * 64),
        )


loaded = []
"""The options of each reader that was loaded here."""


def load(options, pictures=None, *, unredacted=False):
    loaded.append(options)
    if options.target_error is not None:
        raise CalibrationError("model fake carries no calibration: choose a threshold with --reject-below")
    return FakeReader(options, pictures)

"""A reading, accepted or rejected for a reason."""

from docreader.io.records import ModelInfo, Reading


def reading(reason: str | None = None, file: str = "a.png") -> Reading:
    return Reading(
        file=file,
        page=1,
        text="12",
        confidence=0.5,
        decision="reject" if reason else "accept",
        reason=reason,
        method="hos",
        model=ModelInfo("m", "1", "0" * 64),
    )

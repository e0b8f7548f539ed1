"""Results made by hand."""

from pathlib import Path

import pytest

from docreader.evaluation.comparison import SampleResult
from docreader.io.ground_truth import LabeledImage
from docreader.io.records import ErrorRecord, Failure, ModelInfo, Reading

MODEL = ModelInfo("m", "1", "0" * 64)


@pytest.fixture(scope="session")
def make_reading():
    """A function that makes a reading."""

    def make(text, confidence=0.9, page=1, amount=None, threshold=0.5, rule=None):
        accepted = rule is None and confidence >= threshold and text != ""
        return Reading(
            file="f",
            page=page,
            text=text,
            amount=amount,
            confidence=confidence,
            decision="accept" if accepted else "reject",
            reason=None if accepted else rule or "low_confidence",
            method="hos",
            model=MODEL,
        )

    return make


@pytest.fixture(scope="session")
def make_item():
    """A function that makes a labeled image."""

    def make(truth, file="a.png", page=1, line=2, **row):
        return LabeledImage(line, file, Path(file), page, truth, {"file": file, "label": truth, **row})

    return make


@pytest.fixture(scope="session")
def make_results(make_item, make_reading):
    """Function from (truth, answer, confidence, rule that rejects it) to results; an answer of None is a failure."""

    def make(*answers, groups=None):
        results = []
        for number, (truth, answer, confidence, *rule) in enumerate(answers):
            group = {} if groups is None else {"group": groups[number]}
            item = make_item(truth, file=f"{number}.png", line=number + 2, **group)
            record = (
                ErrorRecord(file="f", error=Failure("X", "y"))
                if answer is None
                else make_reading(answer, confidence, rule=rule[0] if rule else None)
            )
            results.append(SampleResult(item, truth, answer or "", record))
        return results

    return make

"""Detection of fields that are upside down: a rejected field is read again, turned by half a turn."""

from dataclasses import replace
from typing import Any

import numpy as np

from docreader.pipeline.decision import NO_AMOUNT, Decision
from docreader.pipeline.prepare import PreparedPage
from docreader.recognition.base import Recognizer


def may_be_upside_down(page: PreparedPage, decision: Decision) -> bool:
    """Return whether a page is to be read again: a cut-out field in which probably no amount stands.

    Whole checks are turned by their print, and few clean amounts are rejected that way: the time of reading grows by
    little.
    """
    best = decision.hypotheses[:1]
    return (
        decision.reason is not None
        and not page.is_check
        and len(page.candidates) == 1
        and any(one.no_amount > NO_AMOUNT for one in best)
    )


def turn(page: PreparedPage, recognizer: Recognizer[Any]) -> PreparedPage:
    """Prepare the field of a page again, turned by half a turn. Characters of its readings are not of the page."""
    [only] = page.candidates
    image = np.ascontiguousarray(only.candidate.image[::-1, ::-1])
    candidate = replace(only.candidate, image=image, currency_symbol=None, field_box=None)
    turned = replace(only, candidate=candidate, field=recognizer.prepare(image))
    return replace(page, candidates=(turned,))

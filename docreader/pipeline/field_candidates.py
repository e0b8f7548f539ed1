"""The places on a page where the amount may stand, as parallel branches of one graph (GBL98 sec. X)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import gtn
from docreader.decoding.lattice import numbered
from docreader.decoding.search import Hypothesis
from docreader.recognition.registry import Method
from segment.io.grayscale import GrayImage
from segment.page.analysis import Overview, classify_page, is_page_sized, look
from segment.page.currency_symbol import paint_over, split_currency_symbol
from segment.page.deskew import Upright
from segment.page.field_location import Field, locate_fields
from segment.page.rectify import rectify

CANDIDATE_BEAM = 4.0
"""Places whose location score is this many nats below the best one's are not read: where a printed box stands out,
nothing else is looked at."""

CURRENCY_SYMBOL_BONUS = 3.0
"""What a printed currency sign before a place is worth, nats: next to nothing else on a check has one."""

_LEFT_MARGIN = 0.3
"""Paper that stays before the amount where a sign is left out, in shares of the field's height."""

Box = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class FieldCandidate:
    """One place where the amount may stand.

    Attributes:
        box: x, y, width, height on the page.
        score: log of its probability before anything was read.
        prepared: what the method made of it.
        sign: the currency sign that is printed before the amount, None where none was seen.
        origin: x, y on the page of the picture that was prepared, which begins behind the sign.
    """

    box: Box
    score: float
    prepared: Any
    sign: str | None = None
    origin: tuple[int, int] = (0, 0)


def branches(page: GrayImage, overview: Overview, method: Method) -> list[FieldCandidate]:
    """The places of a whole check that are worth reading, best first, cleaned.

    Places without ink are passed over, unless there are no others: then the best of them stands for all.

    Args:
        page: (H, W) uint8, upright.
        overview: of this page.
        method: what prepares them.
    """
    fields = locate_fields(overview)
    found: list[FieldCandidate] = []
    blank: list[FieldCandidate] = []
    best = fields[0].score if fields else 0.0
    for field in fields:
        if found and field.score < best - CANDIDATE_BEAM:
            break
        place = prepare_branch(page, overview, field, method)
        (blank if place.prepared.empty else found).append(place)
        if len(found) == 1:
            best = field.score
    if not found:
        return blank[:1]
    total = float(np.logaddexp.reduce([branch.score for branch in found]))
    return [replace(branch, score=branch.score - total) for branch in found]


def prepare_branch(page: GrayImage, overview: Overview, field: Field, method: Method) -> FieldCandidate:
    """One place, cleaned. A printed currency sign is no part of the amount: it is left out, and remembered.

    Args:
        page: (H, W) uint8, upright.
        overview: of this page.
        field: the place.
        method: what prepares it.
    """
    field, sign = split_currency_symbol(overview, field)
    x, y, w, h = field.bbox
    left, top, width, height = field.inner
    crop = np.array(page[y : y + h, x : x + w])
    if sign is not None:
        paint_over(crop, (sign.bbox[0] - x, sign.bbox[1] - y, *sign.bbox[2:]))
        end = min(max(left, sign.end), left + width - 1)
        left, width = end, left + width - end
        start = max(x, int(left - _LEFT_MARGIN * height))
        crop, x = np.ascontiguousarray(crop[:, start - x :]), start
    prepared = method.prepare(crop, (left - x, top - y, width, height))
    if sign is None:
        return FieldCandidate(field.bbox, field.score, prepared, None, (x, y))
    return FieldCandidate(field.bbox, field.score + CURRENCY_SYMBOL_BONUS, prepared, sign.kind, (x, y))


def page_kind(page: GrayImage, field: str) -> tuple[str, Overview | None, Upright | None]:
    """What a page shows: amount, check or other; what is needed to tell is given back, as it will be needed again.

    A check that was photographed on a table is laid flat first.

    Args:
        page: (H, W) uint8.
        field: amount or check where it is known, auto to look.

    Returns:
        The kind; the overview of the page, or of the flat check, None where nobody looked; the flat check, None where
        the page is one as it is.
    """
    if field == "amount" or (field == "auto" and not is_page_sized(page)):
        return "amount", None, None
    flat = rectify(page)
    if flat is not None:
        overview = look(flat.image)
        if field == "check" or classify_page(overview) == "check":
            return "check", overview, flat
    overview = look(page)
    return ("check" if field == "check" else classify_page(overview)), overview, None


def join(graphs: gtn.Graph, scores: Sequence[Sequence[float]]) -> gtn.Graph:
    """The interpretation graphs of the branches of each page side by side.

    Args:
        graphs: of all branches of all pages, page after page.
        scores: for each page the location scores of its branches, which every path through them gets.

    Returns:
        A graph for each page. Payloads are those of the branch times the number of branches, plus the branch's.
    """
    joined = []
    first = 0
    for of_page in scores:
        parts = []
        for number, score in enumerate(of_page):
            graph = numbered(graphs[first + number], number, len(of_page))
            parts.append(graph.with_weight(graph.weight, graph.final_weight + score))
        joined.append(gtn.union(parts))
        first += len(of_page)
    return gtn.batch(joined)


def part(answer: Hypothesis, count: int) -> tuple[int, Hypothesis]:
    """The branch of a joined graph through which the best path of an answer goes, and the answer as of that branch.

    Args:
        answer: of a graph that `join` made of `count` branches.
        count: 1 or more.
    """
    if count == 1 or not answer.path:
        return 0, answer
    steps = tuple(step._replace(segment=step.segment // count) for step in answer.path)
    return answer.path[0].segment % count, replace(answer, path=steps)

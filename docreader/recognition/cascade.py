"""Reading in stages: one look at every field, and a closer one where it leaves doubt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gtn
from docreader.decoding.grammar import Grammar
from docreader.decoding.search import Hypothesis

MIN_HYPOTHESES = 5
"""Answers of each stage that are weighed, at least: how sure an answer is must not hang on how many are shown."""

Interpret = Callable[[Sequence[Any]], gtn.Graph]
"""Graphs of what prepared fields may say, on the CPU."""

Join = Callable[[Sequence[Hypothesis], Sequence[Hypothesis], Grammar, int], list[Hypothesis]]
"""One list of at most so many answers from those of the stages before and those of this one."""


@dataclass(frozen=True)
class Pass:
    """One way to look at a field.

    Attributes:
        interpret: What fields may say.
        below: Only fields whose best answer so far is less sure than this are looked at.
        join: How its answers go together with those before; None is that they take their place.
    """

    interpret: Interpret
    below: float = 1.0
    join: Join | None = None


def needs_next_pass(answers: Sequence[Hypothesis], below: float) -> bool:
    """Whether a field needs another look."""
    return not answers or answers[0].posterior < below


def run_cascade(
    stages: Sequence[Pass],
    read: Callable[[Interpret, Sequence[int]], Sequence[Sequence[Hypothesis]]],
    items: int,
    grammar: Grammar,
    count: int,
) -> list[list[Hypothesis]]:
    """What is written in some fields, each looked at until its answer is sure.

    Args:
        stages: The first looks at every field.
        read: The answers to the fields of some numbers, as one stage interprets them.
        items: How many fields there are.
        grammar: What may stand there.
        count: Answers wanted of each.

    Returns:
        Answers of each field, the most probable first; `Hypothesis.stage` says by which stage its path goes.
    """
    found: list[list[Hypothesis]] = [[] for _ in range(items)]
    for number, stage in enumerate(stages):
        asked = [item for item in range(items) if not number or needs_next_pass(found[item], stage.below)]
        if not asked:
            break
        for item, answers in zip(asked, read(stage.interpret, asked), strict=True):
            staged = [replace(answer, stage=number) for answer in answers]
            found[item] = stage.join(found[item], staged, grammar, count) if stage.join else staged
    return found

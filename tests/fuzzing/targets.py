"""What is fuzzed: how inputs of each kind are made, and what is done with them. Only typed errors may come out."""

import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gtn
from docreader.decoding.grammar import load_grammar
from docreader.errors import DocreaderError
from docreader.io.records import from_json
from docreader.pipeline.reader import Reader
from gtn.errors import GtnError
from models.errors import ModelError
from models.files import load_model
from segment.io.pages import Limits, PageFailure, try_pages
from tests.fuzzing import seeds
from tests.fuzzing.mutate import mend_png, mutate_bytes, mutate_text

LIMITS = Limits(max_pixels=4_000_000, max_pages=30)
READ_EVERY = 40
"""Of the pictures that can be decoded, each so many-th is read to the end."""


@dataclass(frozen=True)
class Target:
    """One kind of input.

    Attributes:
        seeds: makes good inputs.
        mutate: makes a bad one of a good one.
        use: does with it what a user would do, and raises only what a user may see.
    """

    seeds: Callable[[], list[Any]]
    mutate: Callable[[Any, random.Random, list[Any]], Any]
    use: Callable[[Any], None]


def mutate_image(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Broken bytes; the checksums of every other PNG are put right."""
    broken = mutate_bytes(data, rng, others)
    return mend_png(broken) if broken.startswith(b"\x89PNG") and rng.random() < 0.5 else broken


class _Images:
    def __init__(self) -> None:
        self.reader: Reader | None = None
        self.decoded = 0

    def __call__(self, data: bytes) -> None:
        for page in try_pages(data, LIMITS):
            if isinstance(page, PageFailure):
                str(page.error)
                continue
            assert page.image.size <= LIMITS.max_pixels
            self.decoded += 1
            if self.decoded % READ_EVERY == 0 and page.image.size < 100_000:
                self.reader = self.reader or Reader.load(grammar="amount", device="cpu")
                [reading] = self.reader.read(page.image)
                assert 0 <= reading.confidence <= 1


def use_model(data: bytes) -> None:
    """Load it as a file."""
    with tempfile.NamedTemporaryFile(suffix=".safetensors") as file:
        file.write(data)
        file.flush()
        try:
            load_model(file.name, kind=("reader", "recognizer"))
        except ModelError as error:
            str(error)


def use_graph(text: str) -> None:
    """Read it both ways; what could be read is written, read again and searched."""
    for read in (gtn.from_text, gtn.from_openfst):
        try:
            graph = read(text)
        except GtnError as error:
            str(error)
            continue
        if graph.num_states < 200 and len(graph) < 20:
            written = gtn.to_text(graph)
            assert gtn.to_text(gtn.from_text(written)) == written
            if len(text) % 8:
                continue
            try:
                gtn.viterbi_score(graph)
                gtn.compose(graph, graph, max_states=2000, max_arcs=20_000)
            except GtnError as error:
                str(error)


def use_grammar(text: str) -> None:
    """Load it as a file."""
    with tempfile.NamedTemporaryFile("wb", suffix=".txt") as file:
        file.write(text.encode("utf-8", "surrogatepass"))
        file.flush()
        try:
            load_grammar(file.name)
        except DocreaderError as error:
            str(error)


def use_record(line: str) -> None:
    """Read it as --resume does."""
    try:
        from_json(line)
    except DocreaderError as error:
        str(error)


TARGETS = {
    "images": Target(lambda: [*seeds.images(), seeds.interlaced()], mutate_image, _Images()),
    "models": Target(seeds.models, mutate_bytes, use_model),
    "graphs": Target(seeds.graphs, mutate_text, use_graph),
    "grammars": Target(seeds.grammars, mutate_text, use_grammar),
    "records": Target(seeds.records, mutate_text, use_record),
}


def made(target: Target, good: list[Any], seed: int, number: int) -> Any:
    """Input `number` of a run: always the same."""
    rng = random.Random(f"{seed}/{number}")
    return target.mutate(rng.choice(good), rng, good)


def folder_of_findings() -> Path:
    """Where inputs lie that once did harm."""
    return Path(__file__).parent / "findings"

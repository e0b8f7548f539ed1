"""Grammar files, and grammars by name."""

import math
import stat
from pathlib import Path

import gtn
from docreader.decoding import alphabet
from docreader.decoding.grammar.builder import GrammarBuilder
from docreader.decoding.grammar.forms import BUILT_IN
from docreader.decoding.grammar.grammar import Grammar
from docreader.decoding.names import SHOWN
from docreader.errors import GrammarError

MAX_FILE_BYTES = 1_000_000
"""Size above which a grammar file is refused, bytes."""


def load_grammar(name: str) -> Grammar:
    """Load a built-in grammar by its name, or a grammar file.

    A file lists one arc a line: source state, target state, character read, character written (``*e*`` for none) and
    optionally a score; a line with a single number names a final state. The first line's source is the start state.
    ``.`` reads a point or comma, ``-`` a dash or filler, ``/`` a slash, ``$`` a currency sign, ``*`` a star, ``x`` a
    letter of "xx" or "no", ``#`` a non-character; lines that begin with ``;`` are comments.

    Args:
        name: One of `docreader.decoding.names.NAMES`, or a path.

    Raises:
        GrammarError: The name is neither, or the file is not a grammar; the message names the line.
    """
    if name in BUILT_IN:
        return BUILT_IN[name]()
    path = Path(name)
    try:
        # checked before it is opened: a pipe would never end, and a device might not
        if not path.is_dir() and not stat.S_ISREG(path.stat().st_mode):
            raise GrammarError(f"grammar file {name} is no file but a pipe, socket or device")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise GrammarError(f"grammar file {name} is larger than {MAX_FILE_BYTES} bytes")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise GrammarError(f"no grammar {name!r}: give {SHOWN}, or a file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise GrammarError(f"cannot read grammar file {name}: {error}") from error
    return Grammar(path.stem, _parse(text, name), currency=None, has_amount=True)


def _parse(text: str, name: str) -> gtn.Graph:
    """Parse the text of a grammar file."""
    builder = GrammarBuilder()
    numbers: dict[str, int] = {}
    for line_number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith(";"):
            continue
        try:
            if len(words) == 1:
                builder.final.append(numbers.setdefault(words[0], len(numbers)))
                continue
            source, target, read, written, *score = words
            if (
                len(score) > 1
                or len(read) > 1
                or read not in alphabet.INPUT_SYMBOLS
                or (written != "*e*" and written not in alphabet.INDEX)
            ):
                raise ValueError(line)
            weight = float(score[0]) if score else 0.0
            if not math.isfinite(weight):
                raise ValueError(line)
        except ValueError as error:
            raise GrammarError(
                f"{name}, line {line_number}: {line!r} is neither 'source target read written [score]' with a "
                f"finite score and characters of {alphabet.INPUT_SYMBOLS} to read and "
                f"{alphabet.ALPHABET} or *e* to write, "
                "nor a final state"
            ) from error
        ends = [numbers.setdefault(word, len(numbers)) for word in (source, target)]
        builder.arc(ends[0], ends[1], read, "" if written == "*e*" else written, weight)
    if not builder.arcs or not builder.final:
        raise GrammarError(f"{name}: a grammar needs at least one arc and one final state")
    builder.states = len(numbers)
    try:
        return builder.build()
    except gtn.GraphError as error:
        raise GrammarError(f"{name}: {error}") from error

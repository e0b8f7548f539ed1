"""Draw the figures of the guide; run it as ``python docs/gtn/make_pictures.py``."""

from __future__ import annotations

from pathlib import Path

import torch

import gtn

FOLDER = Path(__file__).parent / "pictures"
NAMES = ["a", "b", "c", "d"]


def pictures() -> dict[str, str]:
    """Return the SVG text of each figure, by name."""
    a = gtn.from_text("start 0\n0 1 0 0 0.5\n0 1 1 1 1.5\n1 2 2 2 1\n0 2 3 3 1\nfinal 2")
    b = gtn.string_acceptor([0, 2])
    spell = gtn.from_text("start 0\n0 1 0 3 0\n1 2 2 -1 0\n0 2 1 1 -0.5\nfinal 2")
    silent = gtn.concat([gtn.string_acceptor([0]), gtn.string_acceptor([1])])
    lexicon = gtn.lexicon_transducer({0: [[1, 2]], 1: [[1, 3]]})
    segmentation = gtn.from_text("start 0\n0 1 0 0 0 @0\n1 2 1 1 0 @1\n0 2 2 2 0 @2\nfinal 2")
    scores = torch.tensor([[1.0, 0.2], [0.5, 2.0], [0.1, 1.2]])
    read = gtn.interpretation_graph(segmentation, scores)
    useless = gtn.from_text("start 0\n0 1 0 0\n0 2 1 1\n3 1 2 2\nfinal 1")
    drawn = {
        "graph": gtn.to_svg(a, isymbols=NAMES, title="a"),
        "best": gtn.to_svg(a, isymbols=NAMES, highlight="best", title="the best path of a"),
        "string": gtn.to_svg(b, isymbols=NAMES, title="b = string_acceptor([0, 2])"),
        "intersect": gtn.to_svg(gtn.intersect(a, b), isymbols=NAMES, title="intersect(a, b)"),
        "transducer": gtn.to_svg(spell, isymbols=NAMES, title="t, a transducer"),
        "compose": gtn.to_svg(gtn.compose(a, spell), isymbols=NAMES, osymbols=NAMES, title="compose(a, t)"),
        "project": gtn.to_svg(gtn.project_output(spell), isymbols=NAMES, title="project_output(t)"),
        "union": gtn.to_svg(gtn.union([a, b]), isymbols=NAMES, title="union([a, b])"),
        "concat": gtn.to_svg(gtn.concat([a, b]), isymbols=NAMES, title="concat([a, b])"),
        "closure": gtn.to_svg(gtn.closure(b), isymbols=NAMES, title="closure(b)"),
        "reverse": gtn.to_svg(gtn.reverse(a), isymbols=NAMES, title="reverse(a)"),
        "silent": gtn.to_svg(silent, isymbols=NAMES, title="s"),
        "remove": gtn.to_svg(gtn.remove(silent), isymbols=NAMES, title="remove(s)"),
        "useless": gtn.to_svg(useless, isymbols=NAMES, title="u"),
        "trim": gtn.to_svg(gtn.trim(useless), isymbols=NAMES, title="trim(u)"),
        "lexicon": gtn.to_svg(lexicon, isymbols=NAMES, osymbols=["cat", "cow"], title="a lexicon"),
        "linear": gtn.to_svg(
            gtn.linear_graph(torch.zeros(1, 3, 2))[0], isymbols=NAMES, title="linear_graph, 3 time steps"
        ),
        "segmentation": gtn.to_svg(
            segmentation, isymbols=["segment 0", "segment 1", "segment 2"], title="segmentation"
        ),
        "interpretation": gtn.to_svg(read, highlight="best", title="interpretation"),
        "ctc": gtn.to_svg(
            gtn.nn.ctc_graph([[1, 2]])[0], isymbols=["-", "a", "b"], title="ctc_graph([[1, 2]])"
        ),
    }
    return {f"{name}.svg": text for name, text in drawn.items()}


if __name__ == "__main__":
    for name, text in pictures().items():
        (FOLDER / name).write_text(text, encoding="utf-8")

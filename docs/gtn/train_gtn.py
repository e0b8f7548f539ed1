"""Train a small graph transformer network from strings alone, without the positions of the characters.

    python docs/gtn/train_gtn.py

A line consists of the glyphs 0 to 9, each stretched to 3 to 5 columns, with noise and no gaps between them.
Every span of 2 to 6 columns is a candidate segment of the segmentation graph. The recognizer scores each
segment, and the discriminative forward loss (GBL98 sec. VI) trains it through all segmentations of the line, from
the right string alone. It also learns to reject non-characters. Takes less than a minute on a CPU.
"""

from __future__ import annotations

import argparse

import torch
from torch import Tensor, nn

import gtn

ROWS, WIDTH = 7, 5
GLYPHS = [
    "0110 1001 1001 1001 1001 1001 0110",
    "0010 0110 0010 0010 0010 0010 0111",
    "0110 1001 0001 0010 0100 1000 1111",
    "1110 0001 0001 0110 0001 0001 1110",
    "0001 0011 0101 1001 1111 0001 0001",
    "1111 1000 1110 0001 0001 1001 0110",
    "0110 1000 1000 1110 1001 1001 0110",
    "1111 0001 0001 0010 0010 0100 0100",
    "0110 1001 1001 0110 1001 1001 0110",
    "0110 1001 1001 0111 0001 0001 0110",
]


def draw_line(labels: list[int], generator: torch.Generator) -> Tensor:
    """Draw a string, (ROWS, columns): ink is 1, paper 0, with noise."""
    parts = []
    for label in labels:
        glyph = torch.tensor([[float(c) for c in row] for row in GLYPHS[label].split()])
        columns = int(torch.randint(3, 6, (1,), generator=generator))
        parts.append(nn.functional.interpolate(glyph[None], size=columns, mode="linear")[0])
    line = torch.cat(parts, 1)
    return line + 0.3 * torch.randn(line.shape, generator=generator)


def segmentation_graph(line: Tensor, first: int) -> tuple[gtn.Graph, list[Tensor]]:
    """Build the segmentation graph of a line: a state per column border, an arc per span of 2 to 6 columns.

    Args:
        line: (ROWS, columns).
        first: Number of its first segment; the payload of an arc is the number of its segment.

    Returns:
        The graph, and the segments, each (ROWS, WIDTH).
    """
    columns = line.shape[1]
    spans = [(i, j) for i in range(columns) for j in range(i + 2, min(i + 6, columns) + 1)]
    segments = [nn.functional.interpolate(line[None, :, i:j], size=WIDTH, mode="linear")[0] for i, j in spans]
    graph = gtn.Graph.from_arcs(
        [i for i, _ in spans],
        [j for _, j in spans],
        [0] * len(spans),
        num_states=columns + 1,
        final=columns,
        payload=list(range(first, first + len(spans))),
    )
    return graph, segments


def make_batch(size: int, generator: torch.Generator) -> tuple[gtn.Graph, Tensor, list[list[int]]]:
    """Draw lines of 3 to 6 characters: segmentation graphs, segments (N, ROWS * WIDTH) and right strings."""
    graphs, segments, strings = [], [], []
    for _ in range(size):
        length = int(torch.randint(3, 7, (1,), generator=generator))
        strings.append(torch.randint(0, 10, (length,), generator=generator).tolist())
        graph, found = segmentation_graph(draw_line(strings[-1], generator), len(segments))
        graphs.append(graph)
        segments += found
    return gtn.batch(graphs), torch.stack(segments).flatten(1), strings


def make_network() -> gtn.nn.Recognition:
    """Build a recognizer of segments: log scores of the ten characters."""
    recognizer = nn.Sequential(nn.Linear(ROWS * WIDTH, 96), nn.Tanh(), nn.Linear(96, 10))
    return gtn.nn.Recognition(recognizer)


def accuracy(network: gtn.nn.Recognition, generator: torch.Generator, lines: int = 200) -> float:
    """Return the share of new lines that are read correctly."""
    graph, segments, strings = make_batch(lines, generator)
    with torch.no_grad():
        best = gtn.n_best(network(graph, segments), 1).tolist()
    return sum(list(found[0].output) == right for found, right in zip(best, strings, strict=True)) / lines


def train(steps: int, batch_size: int = 32, seed: int = 0) -> list[float]:
    """Train, and print loss and accuracy.

    Returns:
        The accuracy on new lines at the start, every 25 steps, and at the end.
    """
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    network, loss = make_network(), gtn.nn.DiscriminativeForwardLoss()
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    results = [accuracy(network, generator)]
    for step in range(1, steps + 1):
        graph, segments, strings = make_batch(batch_size, generator)
        optimizer.zero_grad()
        value = loss(network(graph, segments), strings)
        value.backward()
        optimizer.step()
        if step % 25 == 0 or step == steps:
            results.append(accuracy(network, generator))
            print(f"step {step:4}   loss {float(value.detach()):7.4f}   accuracy {results[-1]:.3f}")  # noqa: T201
    return results


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=150)
    train(parser.parse_args().steps)

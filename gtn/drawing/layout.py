"""Layered layout (Sugiyama): longest-path layers, barycenter order; for up to some hundred states."""

from __future__ import annotations

import math
from itertools import pairwise

from gtn.drawing.canvas import Canvas, Point
from gtn.drawing.picture import Edge, Picture

RADIUS = 16.0
LINE = 14.0
LETTER = 7.0
GAP = 22.0
SWEEPS = 8


def layered(picture: Picture) -> Canvas:
    """Place states and edges on a canvas, left to right."""
    chains, levels = _chains(picture)
    positions = _positions(picture, chains, levels)
    canvas = Canvas()
    marked_last = sorted(chains.items(), key=lambda item: any(picture.edges[item[0]].marked))
    for number, chain in marked_last:
        edge = picture.edges[number]
        points = [positions[node] for node in chain]
        if chain[0] == ("state", edge.dst) and edge.src != edge.dst:
            points = _bowed(points[::-1])  # a backward arc
        canvas.arrow(points, (_radius(picture, edge.src), _radius(picture, edge.dst)), any(edge.marked))
        _write(canvas, _middle(points), edge)
    for edge in picture.edges:
        if edge.src == edge.dst:
            x, y = positions["state", edge.src]
            canvas.loop((x, y), _radius(picture, edge.src), any(edge.marked))
            _write(canvas, (x, y - 2.6 * RADIUS - LINE * len(edge.labels) / 2), edge)
    for state, name in enumerate(picture.names):
        canvas.state(
            positions["state", state],
            _radius(picture, state),
            name,
            start=picture.start[state],
            final=picture.final[state],
            marked=state in picture.marked,
        )
    if picture.title:
        canvas.title(picture.title)
    return canvas


Node = tuple[str, int] | tuple[str, int, int]
"""A state, or the place where an edge (by number) passes through a layer."""


def _chains(picture: Picture) -> tuple[dict[int, list[Node]], dict[Node, int]]:
    """Route the edges through the layers: the nodes of each edge, and the layer of each node."""
    count = len(picture.names)
    forward = _without_cycles(picture)
    level = [0] * count
    for _ in range(count):
        moved = False
        for src, dst in forward.values():
            if level[dst] < level[src] + 1:
                level[dst], moved = level[src] + 1, True
        if not moved:
            break
    layer: dict[Node, int] = {("state", s): level[s] for s in range(count)}
    chains: dict[int, list[Node]] = {}
    for number, (src, dst) in forward.items():
        chain: list[Node] = [("state", src)]
        for between in range(level[src] + 1, level[dst]):
            node = ("edge", number, between)
            layer[node] = between
            chain.append(node)
        chains[number] = [*chain, ("state", dst)]
    return chains, layer


def _without_cycles(picture: Picture) -> dict[int, tuple[int, int]]:
    """Return the edges as (from, to), those that close a cycle reversed; loops are left out."""
    following: dict[int, list[tuple[int, int]]] = {}
    for number, edge in enumerate(picture.edges):
        if edge.src != edge.dst:
            following.setdefault(edge.src, []).append((number, edge.dst))
    begin = [s for s, start in enumerate(picture.start) if start]
    result: dict[int, tuple[int, int]] = {}
    done: set[int] = set()
    for root in [*begin, *range(len(picture.names))]:
        if root in done:
            continue
        path, on_path = [(root, iter(following.get(root, ())))], {root}
        while path:
            state, rest = path[-1]
            for number, dst in rest:
                result[number] = (dst, state) if dst in on_path else (state, dst)
                if dst not in done and dst not in on_path:
                    path.append((dst, iter(following.get(dst, ()))))
                    on_path.add(dst)
                    break
            else:
                path.pop()
                on_path.discard(state)
                done.add(state)
    return result


def _positions(picture: Picture, chains: dict[int, list[Node]], layer: dict[Node, int]) -> dict[Node, Point]:
    rows: list[list[Node]] = [[] for _ in range(max(layer.values(), default=0) + 1)]
    for node, level in layer.items():
        rows[level].append(node)
    left: dict[Node, list[Node]] = {node: [] for node in layer}
    right: dict[Node, list[Node]] = {node: [] for node in layer}
    for chain in chains.values():
        for a, b in pairwise(chain):
            right[a].append(b)
            left[b].append(a)
    order = {node: float(k) for row in rows for k, node in enumerate(row)}
    for sweep in range(SWEEPS):
        side = left if sweep % 2 == 0 else right
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            weight = {n: sum(order[m] for m in side[n]) / len(side[n]) if side[n] else order[n] for n in row}
            row.sort(key=weight.__getitem__)
            for k, node in enumerate(row):
                order[node] = k - (len(row) - 1) / 2
    height = GAP + max([2 * RADIUS, *(LINE * len(e.labels) for e in picture.edges)])
    widths = [0.0] * len(rows)
    for number, chain in chains.items():
        text = max(len(label) for label in picture.edges[number].labels)
        for node in chain[:-1]:
            widths[layer[node]] = max(widths[layer[node]], LETTER * text)
    x, xs = 0.0, []
    for width in widths:
        xs.append(x)
        x += width + 2 * RADIUS + 2 * GAP
    return {node: (xs[level], order[node] * height) for node, level in layer.items()}


def _radius(picture: Picture, state: int) -> float:
    return max(RADIUS, 4 + LETTER * len(picture.names[state]) / 2)


def _middle(points: list[Point]) -> Point:
    half = (len(points) - 1) / 2
    low, high = points[math.floor(half)], points[math.ceil(half)]
    if low != high:  # off the middle, where lines are most likely to cross
        return (0.55 * low[0] + 0.45 * high[0], 0.55 * low[1] + 0.45 * high[1])
    return low


def _bowed(points: list[Point]) -> list[Point]:
    """Route an arc back below the states, away from the forward arcs."""
    (x0, y0), (x1, y1) = points[0], points[-1]
    deepest = max(y for _, y in points)
    return [(x0, y0), ((x0 + x1) / 2, deepest + 3 * RADIUS), (x1, y1)]


def _write(canvas: Canvas, at: Point, edge: Edge) -> None:
    top = at[1] - LINE * (len(edge.labels) - 1) / 2
    for k, (text, marked) in enumerate(zip(edge.labels, edge.marked, strict=True)):
        canvas.label((at[0], top + k * LINE), text, marked)

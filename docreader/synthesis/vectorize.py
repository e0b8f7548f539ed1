"""Vectorization of digits: from a bitmap to pen strokes.

MNIST digits are 20 pixels high and blur when enlarged. Their skeletons, traced as smooth curves, can be drawn at any
size, slant and pen width.
"""

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d
from skimage.morphology import skeletonize

_GRID = 112  # grid pixels of the longer side of an enlarged bitmap
_LEVEL = 0.43  # ink threshold, as a share of the brightest pixel
_SMOOTH = 3.0  # standard deviation, in steps of one grid pixel, of the smoothing along a stroke
_STEP = 4.0  # grid pixels between the points of a traced stroke
_THICKEST = 7.0  # grid pixels, half the pen's width: thicker digits have lost their loops
_SWELLING = 1.9  # ratio to the median thickness above which a loop is filled
_SHORTEST = 13  # grid pixels: shorter strokes are noise
_MOST = 5  # strokes: a digit with more is faded
_STRAIGHT = -0.35  # two branches at a crossing are one stroke when the cosine between them is below this


@dataclass
class _Edge:
    path: np.ndarray  # (N, 2) float x, y on the grid
    ends: tuple[int, int]  # node numbers


def trace_strokes(bitmap: np.ndarray) -> list[np.ndarray]:
    """Trace the center lines of a digit.

    Args:
        bitmap: (H, W) uint8, 0 paper .. 255 ink.

    Returns:
        One (N, 2) float32 array of x, y for each stroke, in pixels of the bitmap. Empty if the bitmap is blank,
        too thick for a meaningful skeleton, or fragmented.
    """
    scale = _GRID / max(bitmap.shape)
    size = (round(bitmap.shape[1] * scale), round(bitmap.shape[0] * scale))
    gray = cv2.GaussianBlur(cv2.resize(bitmap, size, interpolation=cv2.INTER_CUBIC), (0, 0), 1.6)
    if gray.max() < 32:
        return []
    mask = gray > _LEVEL * float(gray.max())
    # a border of paper: a bitmap full of ink has no distance otherwise
    paper = cv2.copyMakeBorder(mask.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    radius = cv2.distanceTransform(paper, cv2.DIST_L2, 3)[1:-1, 1:-1]
    skeleton: np.ndarray = skeletonize(mask)  # type: ignore[no-untyped-call]
    along = radius[skeleton]
    if along.mean() > _THICKEST or along.max() > _SWELLING * np.median(along):
        return []
    edges, degree, place = _pixel_graph(skeleton)
    edges, nodes, place = _simplify(edges, degree, place, radius)
    strokes = [path for path in _join(edges, nodes, place) if len(path) > _SHORTEST]
    if len(strokes) > _MOST:
        return []
    return [((_smooth(s) + 0.5) / scale - 0.5).astype(np.float32) for s in strokes]


def _pixel_graph(skeleton: np.ndarray) -> tuple[list[_Edge], list[int], list[np.ndarray]]:
    """Split a skeleton at its ends and crossings into edges; a closed ring is an edge from a node to itself."""
    pixels = {(int(y), int(x)) for y, x in np.argwhere(skeleton)}
    near: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for y, x in pixels:
        found = [(y + dy, x) for dy in (-1, 1) if (y + dy, x) in pixels]
        found += [(y, x + dx) for dx in (-1, 1) if (y, x + dx) in pixels]
        for dy, dx in itertools.product((-1, 1), (-1, 1)):
            # a diagonal step beside a corner pixel is the same connection twice
            corner = (y + dy, x) in pixels or (y, x + dx) in pixels
            if (y + dy, x + dx) in pixels and not corner:
                found.append((y + dy, x + dx))
        near[y, x] = found
    node_of = {p: i for i, p in enumerate(sorted(p for p in pixels if len(near[p]) != 2))}
    degree = [len(near[p]) for p in node_of]
    place = [np.array([p[1], p[0]], float) for p in node_of]
    edges: list[_Edge] = []
    visited: set[tuple[int, int]] = set(node_of)

    def walk(start: tuple[int, int], step: tuple[int, int]) -> list[tuple[int, int]]:
        path = [start, step]
        while path[-1] not in node_of and path[-1] != start:
            visited.add(path[-1])
            path.append(next(p for p in near[path[-1]] if p != path[-2]))
        return path

    for pixel in sorted(node_of):
        for step in near[pixel]:
            path = walk(pixel, step)
            # each edge is reached from both of its ends; one direction is enough
            if (path[0], path[1]) <= (path[-1], path[-2]):
                edges.append(_Edge(np.array(path, float)[:, ::-1], (node_of[pixel], node_of[path[-1]])))
    for pixel in sorted(pixels - visited):
        if pixel in visited or len(near[pixel]) != 2:
            continue
        path = walk(pixel, near[pixel][0])
        visited.add(pixel)
        degree.append(2)
        place.append(np.array([pixel[1], pixel[0]], float))
        edges.append(_Edge(np.array(path, float)[:, ::-1], (len(place) - 1, len(place) - 1)))
    return edges, degree, place


def _simplify(
    edges: list[_Edge], degree: list[int], place: list[np.ndarray], radius: np.ndarray
) -> tuple[list[_Edge], list[int], list[np.ndarray]]:
    """Drop spurs, and merge two close forks into one crossing; both are shorter than the stroke width."""
    parent = list(range(len(place)))

    def root(node: int) -> int:
        while parent[node] != node:
            node = parent[node]
        return node

    kept = []
    for edge in edges:
        a, b = edge.ends
        width = max(float(radius[int(place[n][1]), int(place[n][0])]) for n in edge.ends)
        forks = (degree[a] > 2) + (degree[b] > 2)
        if a != b and forks == 2 and len(edge.path) < 1.7 * width:
            parent[root(a)] = root(b)
        elif a != b and forks == 1 and min(degree[a], degree[b]) == 1 and len(edge.path) < 1.2 * width:
            continue
        else:
            kept.append(edge)
    groups: dict[int, list[np.ndarray]] = {}
    for node, where in enumerate(place):
        groups.setdefault(root(node), []).append(where)
    center = {node: np.mean(members, axis=0) for node, members in groups.items()}
    for edge in kept:
        edge.ends = (root(edge.ends[0]), root(edge.ends[1]))
        edge.path[0], edge.path[-1] = center[edge.ends[0]], center[edge.ends[1]]
    return kept, sorted(groups), [center.get(n, place[n]) for n in range(len(place))]


def _join(edges: list[_Edge], nodes: list[int], place: list[np.ndarray]) -> list[np.ndarray]:
    """Join edges into strokes that pass straight through crossings."""
    at: dict[int, list[tuple[int, int]]] = {node: [] for node in nodes}
    for number, edge in enumerate(edges):
        for side in (0, 1):
            at[edge.ends[side]].append((number, side))
    partner: dict[tuple[int, int], tuple[int, int]] = {}
    for node, ends in at.items():
        away = {end: _direction(edges[end[0]].path, end[1], place[node]) for end in ends}
        pairs = sorted(itertools.combinations(ends, 2), key=lambda p: float(away[p[0]] @ away[p[1]]))
        for one, other in pairs:
            straight = float(away[one] @ away[other]) < _STRAIGHT or len(ends) == 2
            if straight and one not in partner and other not in partner:
                partner[one], partner[other] = other, one
    strokes, used = [], set[int]()
    starts = [(n, s) for n in range(len(edges)) for s in (0, 1) if (n, s) not in partner]
    for number, side in starts + [(n, 0) for n in range(len(edges))]:
        if number in used:
            continue
        parts, end = [], (number, side)
        while end[0] not in used:
            used.add(end[0])
            path = edges[end[0]].path
            parts.append(path if end[1] == 0 else path[::-1])
            following = partner.get((end[0], 1 - end[1]))
            if following is None:
                break
            end = following
        strokes.append(np.concatenate([parts[0], *(p[1:] for p in parts[1:])]))
    return strokes


def _direction(path: np.ndarray, side: int, origin: np.ndarray) -> np.ndarray:
    reach = min(9, len(path) - 1)
    vector = (path[reach] if side == 0 else path[-1 - reach]) - origin
    return np.asarray(vector / max(float(np.hypot(*vector)), 1e-6))


def _smooth(path: np.ndarray) -> np.ndarray:
    """Smooth the steps of the pixel grid; end points are fixed and rings stay closed."""
    if len(path) < 4:
        return path
    closed = bool(np.hypot(*(path[0] - path[-1])) < 1.5)
    pad = min(len(path) - 1, int(3 * _SMOOTH))
    if closed:
        padded = np.concatenate([path[-1 - pad : -1], path, path[1 : 1 + pad]])
    else:
        padded = np.concatenate([2 * path[0] - path[pad:0:-1], path, 2 * path[-1] - path[-2 : -2 - pad : -1]])
    smooth = gaussian_filter1d(padded, _SMOOTH, axis=0)[pad : pad + len(path)]
    return resample_polyline(smooth, _STEP)


def resample_polyline(path: np.ndarray, step: float) -> np.ndarray:
    """Resample a polyline to evenly spaced points.

    Args:
        path: Points (N, 2).
        step: Approximate distance of the points, in the units of the path.

    Returns:
        (M, 2) points, M >= 2, with the same first and last point.
    """
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    count = max(2, round(float(length[-1]) / step) + 1)
    where = np.linspace(0.0, length[-1], count)
    return np.stack([np.interp(where, length, path[:, 0]), np.interp(where, length, path[:, 1])], axis=1)

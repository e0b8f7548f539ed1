"""Views of a page: flat scans, screenshots, photographs in perspective; regions go with every warp."""

from dataclasses import dataclass

import cv2
import numpy as np

from docreader.synthesis.paper import grid, mottle

Quad = np.ndarray
"""Corners of a region, (N, 2) float64 x, y in pixels."""


@dataclass(frozen=True)
class Picture:
    """Image in gray with its regions.

    Attributes:
        gray: (H, W) float32, 0 black .. 255 white.
        regions: Kinds and outlines of regions, pixels.
    """

    gray: np.ndarray
    regions: tuple[tuple[str, Quad], ...]

    def mapped(self, gray: np.ndarray, matrix: np.ndarray) -> "Picture":
        """Return another image with the regions mapped by a (3, 3) matrix."""
        return Picture(gray, tuple((kind, transform(quad, matrix)) for kind, quad in self.regions))


def outline(area: tuple[float, float, float, float], scale: float) -> Quad:
    """Return points along the edges of an area in units; enough of them to follow a bend."""
    x, y, w, h = (v * scale for v in area)
    share = np.linspace(0, 1, 5)
    top = np.stack([x + share * w, np.full(5, y)], axis=1)
    return np.concatenate([top, top + np.array([0, h])])


def transform(points: Quad, matrix: np.ndarray) -> Quad:
    """Map points (N, 2) by a (3, 3) matrix."""
    mapped = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:])


def warp(picture: Picture, matrix: np.ndarray, ground: np.ndarray) -> Picture:
    """Map a picture onto a ground.

    Args:
        picture: Picture.
        matrix: (3, 3) from pixels of the picture to pixels of the ground.
        ground: (H, W) float32, visible where the picture is not.
    """
    size = (ground.shape[1], ground.shape[0])
    corners = transform(
        outline((0, 0, picture.gray.shape[1], picture.gray.shape[0]), 1.0)[[0, 4, 9, 5]], matrix
    )
    mask = np.zeros(ground.shape, np.uint8)
    cv2.fillConvexPoly(mask, np.round(corners * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    share = mask.astype(np.float32) / np.float32(255)
    warped = cv2.warpPerspective(
        picture.gray, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return picture.mapped(np.asarray(ground + share * (warped - ground), np.float32), matrix)


def bend(rng: np.random.Generator, picture: Picture) -> Picture:
    """Bend a picture along a wave: rows are shifted up and down, and light changes with the slope."""
    rows, columns = picture.gray.shape
    depth = float(rng.uniform(0.004, 0.02)) * columns
    length, start = float(rng.uniform(0.8, 2.5)) * columns, float(rng.uniform(0, 6.3))
    x, y = grid((rows, columns))
    shift = np.float32(depth) * np.sin(2 * np.pi * x / length + start)
    map_x = np.broadcast_to(x, (rows, columns)).astype(np.float32)
    bent = cv2.remap(
        picture.gray, map_x, (y + shift).astype(np.float32), cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE
    )
    slope = np.cos(2 * np.pi * x / length + start)
    bent *= 1.0 + np.float32(rng.uniform(-0.12, 0.12)) * slope

    def follow(quad: Quad) -> Quad:
        moved = depth * np.sin(2 * np.pi * quad[:, 0] / length + start)
        return np.stack([quad[:, 0], quad[:, 1] - moved], axis=1)

    return Picture(
        np.asarray(bent, np.float32), tuple((kind, follow(quad)) for kind, quad in picture.regions)
    )


def view_flat(rng: np.random.Generator, picture: Picture, width: int) -> Picture:
    """Scan a picture: cut at its edges, or with a margin and slightly askew."""
    rows, columns = picture.gray.shape
    scale = width / columns
    if rng.random() < 0.35:
        size = (width, max(8, round(rows * scale)))
        gray = (
            cv2.resize(picture.gray, size, interpolation=cv2.INTER_AREA)
            if size[0] != columns
            else picture.gray
        )
        return picture.mapped(gray, np.diag([scale, scale, 1.0]))
    left, top, right, foot = rng.normal(0.004, 0.012, 4)
    across = columns * (1 + left + right)
    scale = width / across
    height = max(8, round((rows + columns * (top + foot)) * scale))
    angle = float(rng.normal(0, 0.8) if rng.random() < 0.85 else rng.normal(0, 3))
    turn = np.vstack([cv2.getRotationMatrix2D((columns / 2, rows / 2), angle, scale), [0, 0, 1]])
    turn[:2, 2] += [width / 2 - columns / 2, height / 2 - rows / 2]
    light = float(rng.choice([252.0, 245.0, 230.0, 20.0, 128.0]))
    return warp(picture, turn, np.full((height, width), light, np.float32))


def view_screen(rng: np.random.Generator, picture: Picture, width: int) -> Picture:
    """Show a picture on a plain ground with margins, as in a document or on a screen."""
    rows, columns = picture.gray.shape
    margins = rng.uniform(0.0, 0.22, 4) * rng.choice([0.3, 1.0])
    scale = width / (columns * (1 + margins[0] + margins[1]))
    height = max(8, round((rows + columns * (margins[2] + margins[3])) * scale))
    light = float(rng.choice([255.0, 255.0, 245.0, 225.0, 200.0, 90.0, 25.0]))
    ground = np.full((height, width), light, np.float32)
    for _ in range(int(rng.integers(0, 5))):  # bars and lines of text around it
        y, tall = int(rng.integers(0, height)), int(rng.integers(2, 12))
        start, end = np.sort(rng.integers(0, width, 2))
        cells = np.repeat(rng.random((end - start) // 3 + 1) < 0.7, 3)[: end - start]
        dark = float(rng.uniform(10, 180))
        ground[y : y + tall, start:end] = np.where(cells | (tall > 9), dark, light)
    matrix = np.array(
        [[scale, 0, margins[0] * columns * scale], [0, scale, margins[2] * columns * scale], [0, 0, 1.0]]
    )
    shown = warp(picture, matrix, ground)
    if rng.random() < 0.15:
        _annotate(rng, shown)
    return shown


def _annotate(rng: np.random.Generator, picture: Picture) -> None:
    """Draw rectangles and arrows around some regions, in place, as programs and teachers do."""
    pen = max(1, round(picture.gray.shape[1] / 400))
    for _, quad in picture.regions:
        if rng.random() < 0.25:
            low, high = quad.min(axis=0).astype(int) - 2 * pen, quad.max(axis=0).astype(int) + 2 * pen
            corners = (int(low[0]), int(low[1])), (int(high[0]), int(high[1]))
            cv2.rectangle(picture.gray, *corners, float(rng.uniform(40, 140)), pen)
            if rng.random() < 0.5:
                end = int(high[0] + rng.normal(0, 60)), int(high[1] + rng.normal(0, 60))
                cv2.arrowedLine(picture.gray, end, corners[1], float(rng.uniform(40, 140)), pen)


def view_photo(rng: np.random.Generator, picture: Picture, width: int) -> Picture:
    """Photograph a picture: perspective, background, shadows, at times bent, fingers at an edge."""
    if rng.random() < 0.35:
        picture = bend(rng, picture)
    rows, columns = picture.gray.shape
    aspect = float(rng.choice([4 / 3, 3 / 4, 16 / 9, 9 / 16, 2.0, columns / rows, columns / rows]))
    height = max(8, round(width / aspect))
    share = float(rng.uniform(0.6, 1.04) if rng.random() < 0.85 else rng.uniform(0.35, 0.6))
    span = min(share * width, 0.98 * height * columns / rows)
    size = np.array([span, span * rows / columns])
    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * size
    angle = np.deg2rad(rng.normal(0, 2.5) if rng.random() < 0.85 else rng.normal(0, 10))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = corners @ turn.T + rng.normal(0, float(rng.uniform(0.0, 0.02)), (4, 2)) * span
    slack = np.maximum(np.array([width, height]) - size, 0.0) / 2
    corners += np.array([width, height]) / 2 + slack * rng.uniform(-0.9, 0.9, 2)
    start = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    matrix = cv2.getPerspectiveTransform(start, corners.astype(np.float32))
    ground = background(rng, (height, width))
    mask = np.zeros((height, width), np.uint8)  # shadow of the paper on the ground
    cv2.fillConvexPoly(mask, np.round(corners + rng.uniform(0, 0.015, 2) * width).astype(np.int32), 255)
    soft = cv2.blur(mask, (max(3, width // 60), max(3, width // 60))).astype(np.float32) / np.float32(255)
    ground *= 1.0 - np.float32(rng.uniform(0, 0.5)) * soft
    shot = warp(picture, np.asarray(matrix, np.float64), ground)
    _light(rng, shot.gray)
    if rng.random() < 0.12:
        _fingers(rng, shot.gray)
    return shot


def background(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Make a ground of photographs: plain, wood, cloth, or cluttered with things."""
    light = float(rng.choice([25.0, 60.0, 110.0, 160.0, 205.0, 235.0])) + float(rng.normal(0, 12))
    ground = np.full(shape, light, np.float32)
    kind = rng.random()
    ground += np.float32(rng.uniform(0, 10)) * mottle(rng, shape, 0.3 * shape[1])
    if kind < 0.3:  # wood
        lines = cv2.resize(rng.standard_normal((shape[0] // 3 + 2, 4), np.float32), (shape[1], shape[0]))
        ground += np.float32(rng.uniform(4, 22)) * lines
    elif kind < 0.5:  # cloth
        ground += np.float32(rng.uniform(3, 14)) * mottle(rng, shape, 3.0)
    elif kind < 0.75:  # things and papers
        for _ in range(int(rng.integers(2, 9))):
            middle = int(rng.integers(shape[1])), int(rng.integers(shape[0]))
            size = float(rng.uniform(0.1, 0.9)) * shape[1], float(rng.uniform(0.05, 0.5)) * shape[0]
            box = cv2.boxPoints((middle, size, float(rng.uniform(0, 180)))).astype(np.int32)
            if rng.random() < 0.7:
                cv2.fillConvexPoly(ground, box, float(rng.uniform(15, 245)), cv2.LINE_AA)
            else:
                cv2.ellipse(ground, (middle, size, 0.0), float(rng.uniform(15, 245)), -1)
    return np.asarray(np.clip(ground, 0, 255), np.float32)


def _light(rng: np.random.Generator, gray: np.ndarray) -> None:
    """Light an image unevenly, in place: a fall-off, at times the edge of a shadow or a glare."""
    shape = (gray.shape[0], gray.shape[1])
    x, y = grid(shape)
    slope = rng.normal(0, 0.18, 2)
    gray *= np.clip(1 + slope[0] * (x / shape[1] - 0.5) + slope[1] * (y / shape[0] - 0.5), 0.4, 1.3).astype(
        np.float32
    )
    if rng.random() < 0.3:
        angle = rng.uniform(0, 6.3)
        edge = (x - shape[1] * rng.uniform(0.2, 0.8)) * np.cos(angle) + (
            y - shape[0] * rng.uniform(0.2, 0.8)
        ) * np.sin(angle)
        gray *= 1 - np.float32(rng.uniform(0.1, 0.5)) / (1 + np.exp(-edge / np.float32(rng.uniform(3, 40))))
    if rng.random() < 0.08:
        far = ((x / shape[1] - rng.random()) ** 2 + (y / shape[0] - rng.random()) ** 2).astype(np.float32)
        gray += np.float32(rng.uniform(20, 120)) * np.exp(-far * np.float32(rng.uniform(20, 120)))
    gray *= np.float32(np.clip(rng.normal(0.85, 0.16), 0.35, 1.1))


def _fingers(rng: np.random.Generator, gray: np.ndarray) -> None:
    """Draw fingers that hold the paper at an edge, in place."""
    rows, columns = gray.shape
    tone = float(rng.uniform(60, 190))
    for _ in range(int(rng.integers(1, 4))):
        side = int(rng.integers(3))
        middle = (
            (0, rng.uniform(0, rows)),
            (columns, rng.uniform(0, rows)),
            (rng.uniform(0, columns), rows),
        )[side]
        size = float(rng.uniform(0.1, 0.28)) * columns, float(rng.uniform(0.05, 0.09)) * columns
        angle = float(rng.normal(90 if side == 2 else 0, 20))
        cv2.ellipse(
            gray, ((float(middle[0]), float(middle[1])), size, angle), tone + float(rng.normal(0, 8)), -1
        )


def degrade(rng: np.random.Generator, gray: np.ndarray, *, camera: bool) -> np.ndarray:
    """Degrade an image: blur, tones, noise, lost resolution, JPEG, or two tones alone.

    Args:
        rng: Random generator.
        gray: (H, W) float32, 0..255.
        camera: Whether it is a photograph.

    Returns:
        (H, W) uint8.
    """
    rows, columns = gray.shape
    if rng.random() < 0.2:
        share = float(rng.uniform(0.4, 0.8))
        small = cv2.resize(gray, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        gray = cv2.resize(small, (columns, rows), interpolation=cv2.INTER_LINEAR)
    blur = float(rng.uniform(0.5, 1.6) if camera else rng.uniform(0.2, 0.8)) * columns / 900
    if blur > 0.3:
        gray = cv2.GaussianBlur(gray, (0, 0), blur)
    gray = (gray - 128) * np.float32(rng.uniform(0.7, 1.15)) + np.float32(128 + rng.normal(0, 6))
    amplitude = float(rng.uniform(1, 9) if camera else rng.uniform(0, 5))
    noise = np.frombuffer(rng.bytes(gray.size), np.uint8).reshape(gray.shape).astype(np.float32)
    gray += (noise - np.float32(127.5)) * np.float32(amplitude / 74)
    image: np.ndarray = np.clip(gray, 0, 255).astype(np.uint8)
    if not camera and rng.random() < 0.16:
        return _two_tones(rng, image)
    if rng.random() < 0.02:
        image = np.asarray(255 - image, np.uint8)
    if rng.random() < 0.6:
        _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 92))])
        image = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
    return image


def _two_tones(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Make an image black and white by a threshold of the neighborhood, or of the whole image."""
    if rng.random() < 0.7:
        side = max(11, image.shape[1] // 40) | 1
        depth = float(rng.uniform(14, 32))
        return np.asarray(
            cv2.adaptiveThreshold(image, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, side, depth)
        )
    level = float(np.percentile(image, 50)) * float(rng.uniform(0.6, 0.85))
    return np.asarray(np.where(image > level, 255, 0), np.uint8)

"""Rendering of PDF pages by PDFium (extra `pdf`) at the resolution of the scans embedded in them.

A scan may be one image or many strips; PDFium widens each to whole pixels, which blurs strips that end within one.
"""

from __future__ import annotations

import importlib
import math
import threading
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, BinaryIO

import numpy as np

from segment.errors import (
    DamagedImageError,
    ImageReadError,
    ImageTooLargeError,
    PdfSupportError,
    SegmentError,
    UnsupportedFormatError,
)
from segment.image.arrays import GrayImage
from segment.io.tiff import too_many_pixels

DPI = 200
"""Resolution of pages without a scan: the one at which banks exchange checks (X9.100-181)."""

MAX_DPI = 600
"""Highest resolution of a rendered page."""

_POINTS = 72.0
"""Points per inch; the point is the unit of length of PDF."""

_COVERS = 0.25
"""Share of the page area above which an embedded image is a scan; smaller ones are logos and stamps."""

_ROUNDING = 1e-5
"""Relative error of sizes in points; without it PDFium renders 240.001 pixels as 241, blurred."""

_SQUARE, _MOST_STRETCHED = 1.05, 4.0
"""Ratio of the resolutions of an image up to which its pixels are square; the ratio from which it is no scan's."""

_SAME_RESOLUTION = 0.02
"""Relative difference of the resolutions of strips of one scan."""

_INSIDE = 0.01
"""Distance of the edges of a strip from the pixel grid, pixels, so that PDFium widens it to whole ones."""

_LOCK = threading.RLock()
"""PDFium is not thread-safe."""


@dataclass
class _Scan:
    """Images of one resolution.

    Attributes:
        dpi: Resolution of the largest image, dots per inch.
        covered: Area of all, square points.
        images: Objects of the page.
    """

    dpi: float = 0.0
    covered: float = 0.0
    images: list[Any] = field(default_factory=list)
    largest: float = 0.0

    def add(self, image: Any, covered: float, dpi: float) -> None:
        """Add an image that covers some area."""
        if covered >= self.largest:
            self.largest, self.dpi = covered, dpi
        self.covered += covered
        self.images.append(image)


class Pdf:
    """An open PDF; `decode` renders one page. Must be closed."""

    def __init__(self, file: BinaryIO, max_pages: int, max_pixels: int) -> None:
        """Open a PDF and count its pages without rendering.

        Args:
            file: Seekable file; must stay open as long as the PDF, and is closed by the caller.
            max_pages: Page limit of the file.
            max_pixels: Pixel limit of a page and of each image embedded in it.

        Raises:
            PdfSupportError: pypdfium2 is not installed.
            UnsupportedFormatError: The PDF is encrypted with a password.
            DamagedImageError: The PDF cannot be read or has no pages.
            ImageTooLargeError: The PDF has too many pages.
        """
        self._pdfium = _pdfium()
        self._max_pixels = max_pixels
        file.seek(0)
        with _LOCK:
            try:
                self._document: Any = self._pdfium.PdfDocument(file)
                self.count = len(self._document)
            except self._pdfium.PdfiumError as error:
                if getattr(error, "err_code", None) == self._pdfium.raw.FPDF_ERR_PASSWORD:
                    raise UnsupportedFormatError(
                        "the PDF is protected by a password; save it without one"
                    ) from None
                raise _damaged(error) from None
        if not self.count:
            self.close()
            raise DamagedImageError("the PDF has no pages")
        if self.count > max_pages:
            self.close()
            raise ImageTooLargeError(f"the PDF has {self.count:,} pages", "max_pages", self.count, max_pages)

    def decode(self, index: int) -> tuple[GrayImage, float]:
        """Render one page over white.

        Args:
            index: Page index, from 0.

        Returns:
            The page, rotated as the PDF prescribes, and its resolution in dots per inch.

        Raises:
            DamagedImageError: This page cannot be read.
            ImageTooLargeError: The page or an image embedded in it has too many pixels.
        """
        with _LOCK:
            try:
                return self._render(index)
            except SegmentError:
                raise
            except MemoryError:
                raise ImageReadError("not enough memory to render the page; try fewer --jobs") from None
            except Exception as error:
                raise _damaged(error) from None

    def _render(self, index: int) -> tuple[GrayImage, float]:
        width, height = self._document.get_page_size(index)
        if not (width > 0 and height > 0 and math.isfinite(width * height)):
            raise DamagedImageError(f"the page of the PDF has an invalid size of {width} x {height} points")
        self._check(width, height, 1.0)  # before its content is parsed
        page = self._document[index]
        try:
            scan = self._scan(page, width * height)
            dpi = min(max(scan.dpi, _POINTS), float(MAX_DPI))
            scale = dpi / _POINTS * (1 - _ROUNDING)
            self._check(width, height, scale)
            if len(scan.images) > 1:
                self._align(
                    page, scan.images, math.ceil(width * scale) / width, math.ceil(height * scale) / height
                )
            bitmap = page.render(scale=scale, grayscale=True)
            try:
                rendered = bitmap.to_numpy()
                return np.array(rendered.reshape(rendered.shape[:2]), dtype=np.uint8), dpi
            finally:
                bitmap.close()
        finally:
            page.close()

    def _check(self, width: float, height: float, scale: float) -> None:
        across, down = math.ceil(width * scale), math.ceil(height * scale)
        if across * down > self._max_pixels:
            raise too_many_pixels(across, down, self._max_pixels)

    def _scan(self, page: Any, area: float) -> _Scan:
        """Return the images of one resolution that cover most of the page, if enough for a scan."""
        scans: dict[tuple[int, int], _Scan] = {}
        for image in page.get_objects(filter=[self._pdfium.raw.FPDF_PAGEOBJ_IMAGE]):
            across, down = image.get_px_size()
            if across * down > self._max_pixels:
                raise too_many_pixels(across, down, self._max_pixels)
            if image.level:
                continue  # its bounds are relative to the enclosing form object
            left, bottom, right, top = image.get_bounds()
            covered = (right - left) * (top - bottom)
            matrix = image.get_matrix()
            wide, high = math.hypot(matrix.a, matrix.b), math.hypot(matrix.c, matrix.d)
            if not (covered > 0 and across * down and wide > 0 and high > 0):
                continue
            resolutions = _POINTS * across / wide, _POINTS * down / high
            ratio = max(resolutions) / min(resolutions)
            dpi = _POINTS * math.sqrt(across * down / covered)
            if _SQUARE < ratio <= _MOST_STRETCHED:
                dpi = max(resolutions)
            key = tuple(round(math.log(value) / _SAME_RESOLUTION) for value in resolutions)
            scan = scans.setdefault((key[0], key[1]), _Scan())
            scan.add(image, covered, dpi)
        best = _Scan(float(DPI), _COVERS * area)
        for scan in scans.values():
            if scan.covered >= best.covered:
                best = scan
        return best

    def _align(self, page: Any, images: list[Any], across: float, down: float) -> None:
        """Move the edges of upright images to the pixel grid.

        Args:
            page: Page that has the images.
            images: Strips of a scan.
            across: Scale along a row of the rendered page, pixels per point.
            down: Scale along a column.
        """
        if page.get_rotation() in (90, 270):
            across, down = down, across
        left, bottom, _, _ = page.get_cropbox()
        for image in images:
            matrix = image.get_matrix()
            if max(abs(matrix.b), abs(matrix.c)) > _ROUNDING * max(abs(matrix.a), abs(matrix.d)):
                continue
            x, width = _snap(matrix.e, matrix.a, left, across)
            y, height = _snap(matrix.f, matrix.d, bottom, down)
            image.set_matrix(self._pdfium.PdfMatrix(width, 0, 0, height, x, y))

    def close(self) -> None:
        """Free the document; idempotent."""
        with _LOCK:
            self._document.close()


def _snap(start: float, extent: float, origin: float, scale: float) -> tuple[float, float]:
    """Return start and extent of an interval whose ends are next to the pixel grid, on its inside."""
    first, last = (round((value - origin) * scale) for value in (start, start + extent))
    if first == last:
        return start, extent
    inside = math.copysign(_INSIDE, last - first)
    return origin + (first + inside) / scale, (last - first - 2 * inside) / scale


def _pdfium() -> ModuleType:
    try:
        return importlib.import_module("pypdfium2")
    except ImportError as error:
        raise PdfSupportError("reading PDF requires pypdfium2: pip install 'docreader[pdf]'") from error


def _damaged(error: Exception) -> DamagedImageError:
    return DamagedImageError(f"the PDF is damaged or truncated: {str(error) or type(error).__name__}")

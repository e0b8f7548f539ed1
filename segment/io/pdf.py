"""Pages of a PDF as gray planes, drawn by PDFium (extra `pdf`) at the resolution of the scans that they hold."""

from __future__ import annotations

import importlib
import math
import threading
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
from segment.io.grayscale import GrayImage
from segment.io.tiff import too_many_pixels

DPI = 200
"""Of a page that is no scan: the resolution at which banks exchange checks (X9.100-181)."""

MAX_DPI = 600
_POINTS = 72.0
"""Points in an inch, the unit of a PDF."""

_COVERS = 0.25
"""Share of a page from which on a picture is its scan; smaller ones are logos and stamps."""

_ROUNDING = 1e-5
"""Sizes in points are rounded; PDFium would make a row of 240.001 pixels 241 long, and blur it."""

_LOCK = threading.RLock()
"""PDFium serves one thread at a time."""


class Pdf:
    """An open PDF; `decode` draws one page. Close it."""

    def __init__(self, file: BinaryIO, max_pages: int, max_pixels: int) -> None:
        """Open a PDF and count its pages; none is drawn.

        Args:
            file: seekable; stays open as long as this does, and is the caller's to close.
            max_pages: more are refused.
            max_pixels: of one page, and of any picture on it.

        Raises:
            PdfSupportError: pypdfium2 is not installed.
            UnsupportedFormatError: it wants a password.
            DamagedImageError: it is no PDF that can be read.
            ImageTooLargeError: it has too many pages.
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
                    raise UnsupportedFormatError("the PDF asks for a password; save it without one") from None
                raise _damaged(error) from None
        if not self.count:
            self.close()
            raise DamagedImageError("it is a PDF without pages")
        if self.count > max_pages:
            self.close()
            raise ImageTooLargeError(f"it has {self.count:,} pages", "max_pages", self.count, max_pages)

    def decode(self, index: int) -> tuple[GrayImage, float]:
        """Draw one page on white paper.

        Args:
            index: of the page, from 0.

        Returns:
            The page upright, and the resolution at which it was drawn, dots per inch.

        Raises:
            DamagedImageError: this page cannot be read.
            ImageTooLargeError: it, or a picture on it, has too many pixels.
        """
        with _LOCK:
            try:
                return self._draw(index)
            except SegmentError:
                raise
            except MemoryError:
                raise ImageReadError("there is not enough memory to draw it; fewer --jobs may help") from None
            except Exception as error:
                raise _damaged(error) from None

    def _draw(self, index: int) -> tuple[GrayImage, float]:
        width, height = self._document.get_page_size(index)
        if not (width > 0 and height > 0 and math.isfinite(width * height)):
            raise DamagedImageError(f"the page of the PDF measures {width} x {height} points")
        self._check(width, height, 1.0)  # before its content is parsed
        page = self._document[index]
        try:
            dpi = self._resolution(page, width * height)
            scale = dpi / _POINTS * (1 - _ROUNDING)
            self._check(width, height, scale)
            bitmap = page.render(scale=scale, grayscale=True)
            try:
                drawn = bitmap.to_numpy()
                return np.array(drawn.reshape(drawn.shape[:2]), dtype=np.uint8), dpi
            finally:
                bitmap.close()
        finally:
            page.close()

    def _check(self, width: float, height: float, scale: float) -> None:
        across, down = math.ceil(width * scale), math.ceil(height * scale)
        if across * down > self._max_pixels:
            raise too_many_pixels(across, down, self._max_pixels)

    def _resolution(self, page: Any, area: float) -> float:
        """Dots per inch of the largest picture that covers much of a page, or `DPI`."""
        most, dpi = _COVERS * area, float(DPI)
        for picture in page.get_objects(filter=[self._pdfium.raw.FPDF_PAGEOBJ_IMAGE]):
            across, down = picture.get_px_size()
            if across * down > self._max_pixels:
                raise too_many_pixels(across, down, self._max_pixels)
            if picture.level:
                continue  # its bounds are those within the form that holds it
            left, bottom, right, top = picture.get_bounds()
            covered = (right - left) * (top - bottom)
            if covered >= most and across * down:
                most, dpi = covered, _POINTS * math.sqrt(across * down / covered)
        return min(max(dpi, _POINTS), float(MAX_DPI))

    def close(self) -> None:
        """Free the document; doing so twice does no harm."""
        with _LOCK:
            self._document.close()


def _pdfium() -> ModuleType:
    try:
        return importlib.import_module("pypdfium2")
    except ImportError as error:
        raise PdfSupportError(
            "it is a PDF, and reading PDF needs pypdfium2: pip install 'docreader[pdf]'"
        ) from error


def _damaged(error: Exception) -> DamagedImageError:
    return DamagedImageError(f"the PDF is damaged or truncated: {str(error) or type(error).__name__}")

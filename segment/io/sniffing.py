"""Detection of the format of a file from its first bytes."""

from __future__ import annotations

from segment.errors import DamagedImageError, EmptyImageError, UnsupportedFormatError
from segment.io.tiff import MAGIC

START = 1100
"""Bytes from the start of a file that `sniff` needs: the header of a PDF may follow 1024 others."""

_PDF = b"%PDF-"

_SIGNATURES = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG", _PDF: "PDF"} | dict.fromkeys(
    MAGIC, "TIFF"
)

_CONVERT = "convert it to PNG, JPEG, TIFF or PDF, for example with ImageMagick: magick FILE FILE.png"
_UNPACK = "unpack it and name the images, or pack them as tar"
_EXPORT = "export or print it as PDF"

_UNSUPPORTED: tuple[tuple[bytes, str, str], ...] = (
    (b"GIF8", "a GIF", _CONVERT),
    (b"BM", "a BMP", _CONVERT),
    (b"RIFF", "another RIFF file than WebP", _CONVERT),
    (b"\0\0\0\x0cjP", "a JPEG 2000", _CONVERT),
    (b"\xffO\xffQ", "a JPEG 2000", _CONVERT),
    (b"\0\0\0\x0cJXL ", "a JPEG XL", _CONVERT),
    (b"\xff\x0a", "a JPEG XL", _CONVERT),
    (b"II\xbc", "a JPEG XR", _CONVERT),
    (b"\x97JB2\r\n\x1a\n", "a JBIG2", _CONVERT),
    (b"8BPS", "a Photoshop file", _CONVERT),
    (b"AT&TFORM", "a DjVu", _CONVERT),
    (b"\0\0\1\0", "an icon", _CONVERT),
    (b"\x3a\xde\x68\xb1", "a DCX", _CONVERT),
    *(
        (b"P%d%s" % (kind, space), "a Netpbm image", _CONVERT)
        for kind in range(1, 8)
        for space in (b"\n", b" ")
    ),
    (b"%!PS", "PostScript", "convert it to PDF, for example with Ghostscript: ps2pdf FILE FILE.pdf"),
    (
        b"\xc5\xd0\xd3\xc6",
        "PostScript",
        "convert it to PDF, for example with Ghostscript: ps2pdf FILE FILE.pdf",
    ),
    (b"PK\x03\x04", "a ZIP archive or an office document", f"{_UNPACK}; {_EXPORT}"),
    (b"\xd0\xcf\x11\xe0", "an office document", _EXPORT),
    (b"{\\rtf", "an office document", _EXPORT),
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"BZh", "a bzip2 archive", _UNPACK),
    (b"\xfd7zXZ\0", "an xz archive", _UNPACK),
    (b"7z\xbc\xaf", "a 7z archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"<", "HTML, XML or SVG", _EXPORT),
)
"""Signature, name and way out of formats that are not read."""

_BRANDS = {b"avif": "an AVIF", b"avis": "an AVIF"} | dict.fromkeys(
    (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"), "a HEIC"
)
"""Brands of the ISO base media format that are images."""


def sniff(start: bytes) -> str:
    """Detect the format of a file from its first `START` bytes: "PNG", "JPEG", "TIFF" or "PDF".

    Raises:
        EmptyImageError: There are no bytes.
        DamagedImageError: The file ends within the signature of a format.
        UnsupportedFormatError: The content is of another format.
    """
    if not start:
        raise EmptyImageError("the file is empty")
    for signature, name in _SIGNATURES.items():
        if start.startswith(signature):
            return name
    if any(signature.startswith(start) for signature in _SIGNATURES):
        raise DamagedImageError(f"the file ends after {len(start)} bytes")
    # mail programs and scanners put lines of their own before the header of a PDF
    if _PDF in start:
        return "PDF"
    found = _unsupported(start)
    if found is not None:
        raise UnsupportedFormatError(f"the file is {found[0]}; {found[1]}")
    raise UnsupportedFormatError("the content is not PNG, JPEG, TIFF or PDF")


def is_image(start: bytes) -> bool:
    """Return whether bytes begin an image or a document of any kind, rather than text."""
    if any(start.startswith(signature) for signature in _SIGNATURES):
        return True
    # a list may begin like a signature, and be separated by NUL, but has no empty path
    control = b"\0\0" in start[:32] or any(byte < 32 and byte not in b"\0\t\n\r" for byte in start[:16])
    return _unsupported(start) is not None and control


def _unsupported(start: bytes) -> tuple[str, str] | None:
    """Return name and way out of a format that is not read."""
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "a WebP", _CONVERT
    if start[4:8] == b"ftyp":
        return _BRANDS.get(start[8:12], "a video or an image of an unknown kind"), _CONVERT
    return next(((name, out) for signature, name, out in _UNSUPPORTED if start.startswith(signature)), None)

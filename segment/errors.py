"""The errors that images cause, all derived from SegmentError."""


class SegmentError(ValueError):
    """Base class of every error raised by `segment` for something a user can cause."""


class SettingsError(SegmentError):
    """A setting of how images are made ready has a value that makes no sense."""


class ImageReadError(SegmentError):
    """A source cannot be turned into pixels: base class of the errors of loading."""


class ImageNotFoundError(ImageReadError):
    """There is no file of this name."""


class ImageAccessError(ImageReadError):
    """No readable file: a directory, a pipe, a device, or one without permission."""


class UnsupportedFormatError(ImageReadError):
    """The content is no PNG, JPEG, TIFF or PDF, or a variant of them that cannot be decoded."""


class PdfSupportError(UnsupportedFormatError):
    """It is a PDF, and the package that draws PDF is not installed (extra `pdf`)."""


class DamagedImageError(ImageReadError):
    """The content starts as a PNG, JPEG, TIFF or PDF and then breaks: truncated, or against its own format."""


class EmptyImageError(ImageReadError):
    """The source holds nothing: a file of 0 bytes, an array without pixels."""


class InvalidArrayError(ImageReadError):
    """An array whose shape, type or values are no picture."""


class ImageTooLargeError(ImageReadError):
    """A limit on size is passed. Found from the header, before pixels are decoded.

    Attributes:
        limit: the field of `segment.io.pages.Limits`, such as "max_pixels".
        value: the size found.
        allowed: the limit that it passes.
    """

    def __init__(self, what: str, limit: str, value: int, allowed: int) -> None:
        self.limit, self.value, self.allowed = limit, value, allowed
        option = "--" + limit.replace("_", "-")
        super().__init__(
            f"{what}, more than the {allowed:,} allowed; "
            f"if you trust it, raise the limit with {option} {value} (in Python: Limits({limit}={value}))"
        )

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions pickle as cls(*args), and args holds the message alone; workers send errors home.
        return (_restore_too_large, (str(self), self.limit, self.value, self.allowed))


def _restore_too_large(message: str, limit: str, value: int, allowed: int) -> ImageTooLargeError:
    error = ImageTooLargeError("", limit, value, allowed)
    error.args = (message,)
    return error

"""Errors of image processing, all derived from `SegmentError`."""


class SegmentError(ValueError):
    """Base class of all errors that users of `segment` can cause."""


class SettingsError(SegmentError):
    """A setting of the image processing is out of range or of the wrong type."""


class ImageReadError(SegmentError):
    """An input cannot be decoded to pixels: base class of the errors of `segment.io`."""


class ImageNotFoundError(ImageReadError):
    """The file does not exist."""


class ImageAccessError(ImageReadError):
    """The path is a directory, pipe or device, or the file is not readable."""


class UnsupportedFormatError(ImageReadError):
    """The content is not PNG, JPEG, TIFF or PDF, or is a variant of them that cannot be decoded."""


class PdfSupportError(UnsupportedFormatError):
    """The content is a PDF, and the package that renders PDF is not installed (extra `pdf`)."""


class DamagedImageError(ImageReadError):
    """The content starts as PNG, JPEG, TIFF or PDF, but is truncated or violates the format."""


class EmptyImageError(ImageReadError):
    """The file has 0 bytes, or the array has no pixels."""


class InvalidArrayError(ImageReadError):
    """The shape, type or values of an array do not describe an image."""


class ImageTooLargeError(ImageReadError):
    """The image exceeds a size limit; raised from the header, before pixels are decoded.

    Attributes:
        limit: Field of `segment.io.pages.Limits`, such as "max_pixels".
        value: Size of the image, in the unit of the limit.
        allowed: Value of the limit.
    """

    def __init__(self, what: str, limit: str, value: int, allowed: int) -> None:
        self.limit, self.value, self.allowed = limit, value, allowed
        option = "--" + limit.replace("_", "-")
        super().__init__(
            f"{what}, more than the {allowed:,} allowed; "
            f"if you trust it, raise the limit with {option} {value} (in Python: Limits({limit}={value}))"
        )

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions pickle as cls(*args), and args holds the message alone; workers send errors to the parent.
        return (_restore_too_large, (str(self), self.limit, self.value, self.allowed))


def _restore_too_large(message: str, limit: str, value: int, allowed: int) -> ImageTooLargeError:
    error = ImageTooLargeError("", limit, value, allowed)
    error.args = (message,)
    return error

"""Safetensors files: checked reading, atomic writing, content hash."""

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

import safetensors
import safetensors.torch
from torch import Tensor

from models.errors import ModelNotFoundError, NotAModelFileError

MAX_HEADER = 4_000_000
"""Greatest header size, bytes. Headers of model files have less than 20,000."""

MAX_FILE = 4_000_000_000
"""Greatest file size, bytes."""

DATA_HASH = "data_sha256"
"""Header field with the SHA-256 of the tensor data; optional when a file is read."""


def write_atomically(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file atomically: concurrent readers and crashes find the old content or the new one.

    Args:
        path: Target file; a missing folder is created.
        data: Content.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def canonical(data: bytes) -> bytes:
    """Return the bytes of a safetensors file with a sorted header and the hash of its tensors.

    The order of the library's header differs between processes, and it has no hash.
    """
    length = int.from_bytes(data[:8], "little")
    names = json.loads(data[8 : 8 + length])
    names["__metadata__"][DATA_HASH] = hashlib.sha256(data[8 + length :]).hexdigest()
    header = json.dumps(names, sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + data[8 + length :]


def read(path: Path) -> bytes:
    """Read the bytes of a model file, once for both hashing and loading."""
    if path.is_dir():
        raise ModelNotFoundError(f"{path} is a folder: name the .safetensors file in it")
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise NotAModelFileError(f"{path} is a pipe, socket or device, not a file")
        size = status.st_size
        if size > MAX_FILE:
            raise NotAModelFileError(f"{path} has {size:,} bytes, more than a model file may have")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ModelNotFoundError(
            f"there is no model file {path}: check the path, or leave the option out to use the model "
            "that ships with docreader"
        ) from error
    except OSError as error:
        raise NotAModelFileError(f"{path} cannot be read: {error.strerror}") from error


def read_header(data: bytes) -> dict[str, str]:
    """Read the metadata strings of a safetensors file: eight bytes of header length, then JSON."""
    if len(data) < 8:
        raise NotAModelFileError(f"{len(data)} bytes are no .safetensors file: copy or download it again")
    length = int.from_bytes(data[:8], "little")
    if length > MAX_HEADER:
        raise NotAModelFileError(
            f"this is no .safetensors file, or a damaged one (it claims a header of {length:,} bytes)"
        )
    if 8 + length > len(data):
        raise NotAModelFileError("the file is truncated within its header: copy or download it again")
    try:
        header = json.loads(data[8 : 8 + length].decode())
    except (ValueError, RecursionError) as error:
        raise NotAModelFileError(
            f"this is no .safetensors file: its header is no JSON ({error!s:.80})"
        ) from error
    values = header.get("__metadata__", {}) if isinstance(header, dict) else None
    if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
        raise NotAModelFileError("this is no .safetensors file: its metadata are not strings")
    return values


def read_tensors(data: bytes) -> dict[str, Tensor]:
    """Read the tensors of a safetensors file; the library checks offsets, sizes and element types."""
    try:
        return safetensors.torch.load(data)
    except (safetensors.SafetensorError, KeyError, ValueError) as error:
        raise NotAModelFileError(
            f"the file is truncated or damaged: copy or download it again ({error!s:.120})"
        ) from error


def check_hash(data: bytes, header: Mapping[str, str]) -> None:
    """Verify the hash of the tensor data if the header has one."""
    start = 8 + int.from_bytes(data[:8], "little")
    if DATA_HASH in header and hashlib.sha256(data[start:]).hexdigest() != header[DATA_HASH]:
        raise NotAModelFileError(
            "the weights are not those that were written: copy or download the file again"
        )

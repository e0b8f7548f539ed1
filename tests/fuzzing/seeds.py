"""Small good inputs of every kind, from which the broken ones are made."""

import io
import json
import struct
import tempfile
import zlib
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image

import gtn
from models.files import describe, save_model
from models.lenet5 import LeNet5, LeNet5Config
from models.sdnn import SDNN, SDNNConfig


def field() -> np.ndarray:
    """A field with two digits."""
    image = np.full((32, 56), 225, np.uint8)
    cv2.putText(image, "74", (4, 26), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 40, 2, cv2.LINE_AA)
    return image


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    """A picture as the bytes of a file."""
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def images() -> list[bytes]:
    """PNG, JPEG, TIFF and PDF files in many of the variants that are read."""
    gray = Image.fromarray(field())
    exif = Image.Exif()
    exif[0x0112] = 6
    wide = Image.fromarray(field().astype(np.uint16) * 257)
    clear = gray.convert("RGBA")
    clear.putalpha(Image.fromarray(255 - field()))
    bits = gray.convert("1")
    return [
        encoded(gray, "PNG"),
        encoded(gray.convert("RGB"), "PNG", dpi=(200, 200)),
        encoded(clear, "PNG"),
        encoded(gray.convert("P"), "PNG", transparency=3),
        encoded(bits, "PNG"),
        encoded(wide, "PNG"),
        encoded(gray, "JPEG"),
        encoded(gray.convert("RGB"), "JPEG", exif=exif),
        encoded(gray.convert("RGB"), "JPEG", progressive=True),
        encoded(gray.convert("CMYK"), "JPEG"),
        encoded(gray, "TIFF"),
        encoded(gray, "TIFF", compression="tiff_lzw"),
        encoded(gray.convert("RGB"), "TIFF", compression="tiff_adobe_deflate"),
        encoded(gray.convert("RGB"), "TIFF", compression="jpeg"),
        encoded(bits, "TIFF", compression="group4"),
        encoded(bits, "TIFF", compression="group3"),
        encoded(gray, "TIFF", compression="packbits"),
        encoded(wide, "TIFF"),
        encoded(gray.convert("F"), "TIFF"),
        encoded(gray, "TIFF", save_all=True, append_images=[gray, bits]),
        encoded(gray, "TIFF", big_tiff=True),
        encoded(gray, "PDF"),
    ]


def interlaced() -> bytes:
    """A PNG that claims to be interlaced, which Pillow does not write."""
    chunks = (
        b"IHDR" + struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 1),
        b"IDAT" + zlib.compress(bytes(200)),
        b"IEND",
    )
    framed = (struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


def models() -> list[bytes]:
    """Two small model files."""
    out = []
    with torch.random.fork_rng(), tempfile.TemporaryDirectory() as folder:
        torch.manual_seed(0)
        small = SDNNConfig(maps=(2, 2, 2, 2), refine=0, context=())
        for network, kind in ((SDNN(small), "reader"), (LeNet5(LeNet5Config()), "recognizer")):
            path = Path(folder) / "model.safetensors"
            save_model(path, network, describe(network, kind=kind, name="small", version="1"))
            out.append(path.read_bytes())
    return out


def graphs() -> list[str]:
    """Graphs in our form and in that of OpenFst."""
    lattice = gtn.Graph.from_arcs(
        [0, 0, 1, 2], [1, 2, 3, 3], [3, 4, 5, -1], weight=[0.5, -1.0, 0, 2], num_states=4, final=3
    )
    pair = gtn.batch([lattice, gtn.string_acceptor([1, 2, 3])])
    return [
        gtn.to_text(pair),
        "start 0\n0 1 5 7 -0.25 @3\n1 1 -1 8\nfinal 1 2.5\n",
        "states 5\nstart 0 2\n0 1 a <eps>\nfinal 4\n",
        gtn.to_openfst(lattice),
    ]


def grammars() -> list[str]:
    """Grammar files."""
    return [
        "; tens\n0 1 1 1\n1 1 # *e*\n1 2 0 0\n1 2 5 5 -0.5\n2\n",
        "a b 3 3\nb b . ,\nb c 7 7 0.25\nc a / *e*\nb\nc\n",
    ]


def records() -> list[str]:
    """Lines as `decode --format json` writes them."""
    return [
        json.dumps({"file": "a.png", "page": 1, "error": {"type": "E", "message": "m"}, "schema": 1}),
        json.dumps(
            {
                "file": "a.png",
                "page": 1,
                "text": "7",
                "amount": None,
                "currency": None,
                "confidence": 0.5,
                "decision": "accept",
                "reason": None,
                "bbox": [0, 0, 9, 9],
                "method": "hos",
                "schema": 1,
                "alternatives": [{"text": "1", "amount": None, "confidence": 0.1}],
                "segments": [{"bbox": [1, 2, 3, 4], "label": "7", "score": -0.1}],
                "model": {"name": "m", "version": "1", "sha256": "0"},
            }
        ),
    ]

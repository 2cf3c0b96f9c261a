"""From whatever holds a picture to the bytes of an image file."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path
from typing import Any

from jupyter_runs.errors import InvalidValueError, MissingPathError
from jupyter_runs.journal.errors import shown

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF87a", ".gif"),
    (b"GIF89a", ".gif"),
)
_CHANNELS = {1: 0, 3: 2, 4: 6}  # number of channels -> PNG's colour type
_SHAPES = "height x width, height x width x 3 or height x width x 4"


def image_bytes(name: str, path: Any, plot: Any) -> tuple[bytes, str]:
    """Return an image file's content and suffix.

    Parameters
    ----------
    name
        The metric's name, for messages.
    path
        A file; or, for those who leave the argument's name out, what `plot` may be.
    plot
        A matplotlib figure, axes or module, a PIL image, or an array.

    Raises
    ------
    InvalidValueError
        If not exactly one of both is given, or it holds no image.
    MissingPathError
        If there is no such file.
    """
    if (path is None) == (plot is None):
        given = "neither" if path is None else "both"
        raise InvalidValueError(
            f"{name!r}: log_image takes either path (a file) or plot (a figure, a PIL image or an "
            f"array), and got {given}"
        )
    source = path if path is not None else plot
    if isinstance(source, (str, os.PathLike)):
        return _file(name, Path(os.fspath(source)))
    figure = _figure(name, source)
    if figure is not None:
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", bbox_inches="tight")
        return buffer.getvalue(), ".png"
    if hasattr(source, "save") and hasattr(source, "mode") and hasattr(source, "size"):
        return _pil(source), ".png"
    return _array(name, source), ".png"


def image_suffix(data: bytes) -> str:
    """Return the suffix that fits the content of an image file, ``""`` if it is none we know."""
    for signature, suffix in _SIGNATURES:
        if data.startswith(signature):
            return suffix
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ".webp"
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] == b"<" and b"<svg" in head:
        return ".svg"
    return ""


def _file(name: str, path: Path) -> tuple[bytes, str]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise MissingPathError(f"{name!r}: there is no file {str(path)!r}") from None
    except OSError as error:
        raise InvalidValueError(f"{name!r}: {str(path)!r} can't be read: {error}") from None
    suffix = image_suffix(data)
    if not suffix:
        raise InvalidValueError(
            f"{name!r}: {str(path)!r} is no PNG, JPEG, GIF, WebP or SVG file (it starts with "
            f"{data[:8]!r}); log other files with upload_file"
        )
    return data, suffix


def _figure(name: str, source: Any) -> Any:
    """Return the matplotlib figure that `source` is or stands for, None if it is none."""
    if hasattr(source, "gcf") and hasattr(source, "get_fignums"):
        if not source.get_fignums():
            raise InvalidValueError(
                f"{name!r}: no figure is open in {getattr(source, '__name__', 'pyplot')}; log it "
                "before plt.show(), which closes it in a notebook, or give the figure itself"
            )
        return source.gcf()
    if hasattr(source, "savefig"):
        return source
    figure = getattr(source, "figure", None)  # of axes, or a seaborn grid
    if hasattr(figure, "savefig"):
        return figure
    if getattr(getattr(source, "dtype", None), "kind", "") == "O" and getattr(source, "size", 0):
        return _figure(name, source.flat[0])  # what plt.subplots returns
    return None


def _pil(image: Any) -> bytes:
    buffer = io.BytesIO()
    known = image.mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
    (image if known else image.convert("RGB")).save(buffer, format="PNG")
    return buffer.getvalue()


def _array(name: str, source: Any) -> bytes:
    array = source
    if hasattr(array, "detach"):  # a tensor, maybe on a GPU, maybe with a gradient
        array = array.detach().cpu()
    if hasattr(array, "numpy") and not hasattr(array, "tobytes"):
        array = array.numpy()
    shape = getattr(array, "shape", None)
    if shape is None or not hasattr(array, "tobytes"):
        raise InvalidValueError(
            f"{name!r}: {shown(source)} ({type(source).__name__}) is no image: give a file, a "
            "matplotlib figure, a PIL image, or an array"
        )
    shape = tuple(int(length) for length in shape)
    channels = shape[2] if len(shape) == 3 else 1
    if len(shape) not in (2, 3) or channels not in _CHANNELS or 0 in shape:
        hint = ""
        if len(shape) == 3 and shape[0] in _CHANNELS:
            hint = "; channels come last: transpose it, (channels, height, width) to (height, width, channels)"
        raise InvalidValueError(f"{name!r}: an image is {_SHAPES}, and the shape is {shape}{hint}")
    return _png(_bytes(name, array), shape[1], shape[0], channels)


def _bytes(name: str, array: Any) -> bytes:
    """Return the pixels, one byte each, row by row."""
    kind = array.dtype.kind
    if kind == "b":
        array = array.astype("uint8") * 255
    elif kind in "iu":
        low, high = int(array.min()), int(array.max())
        if low < 0 or high > 255:
            raise InvalidValueError(
                f"{name!r}: whole numbers of an image are from 0 to 255, and there are {low} to {high}"
            )
    elif kind == "f":
        least, most = float(array.min()), float(array.max())
        # written so that NaN, which compares with nothing, is refused as well
        if not (least >= 0.0 and most <= 1.0):
            raise InvalidValueError(
                f"{name!r}: floats of an image are from 0 to 1, and there are {least:g} to {most:g}; "
                "scale it, or give uint8"
            )
        array = (array * 255.0).round()
    else:
        raise InvalidValueError(f"{name!r}: an image is of uint8, bool or float, not {array.dtype}")
    pixels: bytes = array.astype("uint8").tobytes("C")
    return pixels


def _png(pixels: bytes, width: int, height: int, channels: int) -> bytes:
    """Return a PNG file; here, so that no imaging package is needed where a training runs."""
    stride = width * channels
    rows = b"".join(
        b"\0" + pixels[start : start + stride] for start in range(0, stride * height, stride)
    )

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, _CHANNELS[channels], 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 6))
        + chunk(b"IEND", b"")
    )

"""Logged images: their type and size, read from the first bytes."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

from .charts import group_of
from .format import clean
from .model import ImageItem, ImageSeries

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_runs.journal import Metric

MIME = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}
_HEAD = 65536


def image_size(path: Path) -> tuple[int | None, int | None]:
    """Return width and height in pixels, None where the file does not say."""
    try:
        with path.open("rb") as file:
            data = file.read(_HEAD)
        return _measure(data)
    except (OSError, struct.error, ValueError):
        return None, None


def _measure(data: bytes) -> tuple[int | None, int | None]:
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data[:4] == b"GIF8":
        width, height = struct.unpack("<HH", data[6:10])
        return width, height
    if data[:2] == b"\xff\xd8":
        return _jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    found = re.search(rb"<svg\b[^>]*>", data)
    return _svg(found.group().decode("utf-8", "replace")) if found else (None, None)


def _jpeg(data: bytes) -> tuple[int | None, int | None]:
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return None, None


def _webp(data: bytes) -> tuple[int | None, int | None]:
    if data[12:16] == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if data[12:16] == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", data[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _svg(tag: str) -> tuple[int | None, int | None]:
    sides = [
        re.search(rf'\b{side}\s*=\s*["\']\s*([\d.]+)(?:px|pt)?\s*["\']', tag)
        for side in ("width", "height")
    ]
    if all(sides):
        return round(float(sides[0].group(1))), round(float(sides[1].group(1)))  # type: ignore[union-attr]
    box = re.search(
        r'\bviewBox\s*=\s*["\']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)', tag
    )
    return (round(float(box.group(1))), round(float(box.group(2)))) if box else (None, None)


class Gallery:
    """The images of one metric; a file is looked into once."""

    def __init__(self, metric: Metric) -> None:
        self._metric = metric
        self._sizes: dict[Path, tuple[int | None, int | None]] = {}

    def series(self, version: int) -> ImageSeries:
        """Return the images in the order logged."""
        items = []
        for item in self._metric.items():
            if item.path is None:
                continue
            if item.path not in self._sizes:
                self._sizes[item.path] = image_size(item.path)
            width, height = self._sizes[item.path]
            mime = MIME.get(item.path.suffix.lower(), "application/octet-stream")
            items.append(
                ImageItem(
                    item.step, item.time, item.path, width, height, mime, clean(item.description)
                )
            )
        name = self._metric.name
        return ImageSeries(name, group_of(name), tuple(items), version)

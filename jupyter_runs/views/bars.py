"""How far a script is, by the newest progress bar in its log.

Bars as tqdm draws them: ``epoch 2:  42%|████▏     | 420/1000 [00:12<00:17, 34.1it/s, loss=0.3]``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

TAIL = 8192  # bytes of a log in which the newest bar is looked for

# each part is bounded: a log is a stranger's, and may be made to look like the beginning of many bars
_BAR = re.compile(
    r"\d{1,3}%\|[^|\r\n]{0,500}\|\s{0,8}"
    r"(?P<done>\d[\d.]{0,15})(?P<done_scale>[kMGTPEZY]?)"
    r"/(?P<total>\d[\d.]{0,15})(?P<total_scale>[kMGTPEZY]?)\s{0,2}[^\s\[]{0,20}\s{0,2}"
    r"\[(?P<spent>\d[\d:]{0,15})<(?P<left>\d[\d:]{0,15}|\?)"
    r"(?:,\s{0,8}(?P<rate>[^,\]\r\n]{1,40}))?"
)
_COLOURS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_UNIT = re.compile(r"(?:[\d.?]+(?P<each>[^\d.?\s/][^\s/]*)/s|[\d.?]+s/(?P<one>\S+))\s*$")
_SCALE = {scale: 1000.0**power for power, scale in enumerate(("", *"kMGTPEZY"))}


class Bar(NamedTuple):
    """What a bar says; ``spent`` and ``left`` in seconds, ``left`` None where it does not know."""

    done: float
    total: float
    unit: str
    spent: float
    left: float | None


def newest_bar(text: str) -> Bar | None:
    """Return the last bar in the end of a log, None if there is none that tells a total."""
    found = None
    text = _COLOURS.sub("", text)
    for found in _BAR.finditer(text):  # noqa: B007 - the last one is wanted
        pass
    if found is None:
        return None
    try:
        done = float(found["done"]) * _SCALE[found["done_scale"]]
        total = float(found["total"]) * _SCALE[found["total_scale"]]
        spent = _seconds(found["spent"])
        left = None if found["left"] == "?" else _seconds(found["left"])
    except ValueError:  # 1.2.3
        return None
    if not total > 0:
        return None
    scaled = found["done_scale"] or found["total_scale"]
    return Bar(done, total, "" if scaled else _unit(found["rate"] or ""), spent, left)


def _seconds(text: str) -> float:
    """Return ``1:02:03`` or ``02:03`` in seconds."""
    seconds = 0.0
    for part in text.split(":"):
        seconds = seconds * 60 + float(part)
    return seconds


def _unit(rate: str) -> str:
    """Return what is counted: ``batch`` of ``12.1batch/s`` and of ``1.2s/batch``; nothing of ``it``."""
    found = _UNIT.match(rate)
    unit = "" if found is None else found["each"] or found["one"]
    return "" if unit == "it" else unit

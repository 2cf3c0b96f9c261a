"""Where numbers may be stored straight into a mapped file."""

from __future__ import annotations

import os
import platform
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Allocation is a promise here: a store into an allocated page can't fail for want of space.
_PROMISING = frozenset({"ext3", "ext4", "xfs", "tmpfs", "overlay"})
_ORDERED_STORES = frozenset({"x86_64", "AMD64", "i686", "i386"})


def mapping_is_safe(folder: Path) -> bool:
    """Tell whether records may be stored straight into a mapped file in ``folder``.

    ``JUPYTER_RUNS_JOURNAL=write`` says no, ``=map`` says yes. Without it: on Linux, on processors that keep the order
    of stores, on file systems that keep what they have allocated. Never without the GIL: slots are taken under it.
    """
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        return False
    forced = os.environ.get("JUPYTER_RUNS_JOURNAL", "")
    if forced in ("write", "map"):
        return forced == "map" and hasattr(os, "posix_fallocate")
    if not sys.platform.startswith("linux") or platform.machine() not in _ORDERED_STORES:
        return False
    return file_system(folder) in _PROMISING


_kinds: dict[int, str] = {}  # by device


def file_system(folder: Path) -> str:
    """Return the kind of file system that ``folder`` lies on, "" where that can't be told (Linux only)."""
    device = os.stat(folder).st_dev
    if device not in _kinds:
        mount, kind = "", ""
        real = os.path.realpath(folder)
        try:
            with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as lines:
                for line in lines:
                    left, _, right = line.partition(" - ")
                    point = left.split()[4].encode().decode("unicode_escape")
                    inside = real == point or real.startswith(point.rstrip("/") + "/")
                    if inside and len(point) >= len(mount):
                        mount, kind = point, right.split()[0]
        except (OSError, IndexError, UnicodeError):
            pass
        _kinds[device] = kind
    return _kinds[device]

"""What is other in one run than in another: its code, parameters, environment and packages."""

from __future__ import annotations

import difflib
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .jsonable import jsonable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jupyter_runs.journal import RunReader

    from .run_view import RunView

_ID = re.compile(r"[0-9a-f]{32}")  # it stands in a journal, and so comes from strangers
LARGEST = 500_000  # bytes of a file that is compared line by line
MOST_PAIRS = (
    9_000_000  # lines of one times lines of the other: what is left when both ends are the same
)
MOST_TEXT = 2_000_000  # characters of all diffs together
_BROKEN = (OSError, ValueError, RuntimeError, EOFError, NotImplementedError, zlib.error)


def archive_of(view: RunView) -> Path | None:
    """Return the zip file with the code that a run was started from, None where there is none."""
    found = view.reader.facts.get("snapshot")
    if not isinstance(found, str) or not _ID.fullmatch(found):
        return None
    archive = view.folder.path.parent.parent / "snapshots" / f"{found}.zip"
    linked = archive.is_symlink() or archive.parent.is_symlink()
    return archive if archive.is_file() and not linked else None


@dataclass(frozen=True)
class Told:
    """What is compared of a run; ``archive`` is the zip file with its code."""

    archive: Path | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, Any] = field(default_factory=dict)
    packages: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, reader: RunReader, archive: Path | None) -> Told:
        """Return what a run says of itself."""
        owner = reader.writers.get(str(reader.definition.get("owner")), {})
        facts = {**owner, **reader.facts}
        submitted = _mapping(reader.definition.get("definition"))
        git, chosen = _mapping(facts.get("git")), _mapping(submitted.get("environment"))
        known = {
            "python": facts.get("python_version") or facts.get("python"),
            "interpreter": facts.get("executable"),
            "platform": facts.get("platform"),
            "host": facts.get("host"),
            "git commit": git.get("commit"),
            "git branch": git.get("branch"),
            "uncommitted changes": git.get("dirty"),
            "environment": chosen.get("name"),
            "target": reader.definition.get("target"),
            "command": submitted.get("command"),
            **{f"${key}": value for key, value in _mapping(facts.get("environment")).items()},
        }
        return cls(
            archive,
            dict(reader.params),
            {key: value for key, value in known.items() if value is not None},
            _mapping(facts.get("packages")),
        )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def differences(before: Told, after: Told) -> dict[str, Any]:
    """Return what is other in ``after`` than in ``before``, as strict JSON values."""
    return {
        "files": file_changes(before.archive, after.archive),
        "snapshots": {
            "before": before.archive is not None,
            "after": after.archive is not None,
        },
        "params": _changes(before.params, after.params),
        "environment": _changes(before.environment, after.environment),
        "packages": sorted(
            _changes(before.packages, after.packages), key=lambda one: str(one["name"]).lower()
        ),
    }


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what is not the same, by text: NaN equals NaN, 1 is not True; null is what is not there."""
    found = []
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if repr(old) != repr(new) or (name in before) != (name in after):
            found.append({"name": jsonable(name), "before": jsonable(old), "after": jsonable(new)})
    return found


def file_changes(before: Path | None, after: Path | None) -> list[dict[str, Any]]:
    """Return the files that are not the same in two snapshots, and how; none if one of them is not there."""
    if before is None or after is None or before == after:
        return []
    try:
        with zipfile.ZipFile(before) as old, zipfile.ZipFile(after) as new:
            return _compared(old, new)
    except (*_BROKEN, zipfile.BadZipFile):
        return []


def _compared(old: zipfile.ZipFile, new: zipfile.ZipFile) -> list[dict[str, Any]]:
    there = {info.filename: info for info in old.infolist() if not info.is_dir()}
    here = {info.filename: info for info in new.infolist() if not info.is_dir()}
    found, left = [], MOST_TEXT
    for name in sorted({**there, **here}):
        a, b = there.get(name), here.get(name)
        if a is not None and b is not None and (a.CRC, a.file_size) == (b.CRC, b.file_size):
            continue
        change = "added" if a is None else "removed" if b is None else "changed"
        note: str | None = None
        diff: str | None = None
        if left <= 0:
            note = "not shown: there are too many changes"
        else:
            diff, note = _diff(name, _text(old, a), _text(new, b))
            left -= len(diff or "")
        found.append({"name": jsonable(name), "change": change, "diff": diff, "note": note})
    return found


def _text(archive: zipfile.ZipFile, info: zipfile.ZipInfo | None) -> str | None:
    """Return a file's text, None where it is too large, no text, or can't be read."""
    if info is None:
        return ""
    try:
        with archive.open(info) as packed:
            data = packed.read(LARGEST + 1)  # its own word on its size is not taken
    except (*_BROKEN, zipfile.BadZipFile):
        return None
    if len(data) > LARGEST or b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _diff(name: str, old: str | None, new: str | None) -> tuple[str | None, str | None]:
    """Return a unified diff, or why there is none."""
    if old is None or new is None:
        return None, f"no text, or larger than {LARGEST:,} bytes"
    a, b = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if _middle(a, b) * _middle(b, a) > MOST_PAIRS:
        return None, "too many lines differ"
    lines = difflib.unified_diff(a, b, jsonable(f"before/{name}"), jsonable(f"after/{name}"))
    return "".join(_ended(lines)), None


def _middle(a: list[str], b: list[str]) -> int:
    """Return how many lines of ``a`` stand between what both begin and end with."""
    first = next(
        (i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )
    rest = zip(reversed(a[first:]), reversed(b[first:]), strict=False)
    most = min(len(a), len(b)) - first
    last = next((i for i, (x, y) in enumerate(rest) if x != y), most)
    return len(a) - first - last


def _ended(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"

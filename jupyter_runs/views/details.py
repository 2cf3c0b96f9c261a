"""The Details tab: what is known of a run beside what it logged."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import theme
from .format import clean, duration, moment, number, shorten, size
from .model import Head, Section

if TYPE_CHECKING:
    from jupyter_runs.journal import RunReader

_MOST = 500
_Rows = list[tuple[str, Any]]
# ipykernel's own, and those that are named after it
_LAUNCHER = re.compile(r"(?:^|[\\/])(?:\w*kernel_launcher\.py|ipykernel[\\/]__main__\.py)\Z")


def details(reader: RunReader, head: Head) -> list[Section]:
    """Return the sections that have something in them."""
    facts = {**_owner(reader), **reader.facts}
    git = facts.get("git")
    sections = [
        ("Run", _run(reader, head)),
        ("Source", _source(facts, git if isinstance(git, Mapping) else {})),
        ("Submitted", _submitted(reader)),
        ("Machine", _machine(facts)),
        ("Code", _code(facts)),
        ("Parameters", list(reader.params.items())),
        ("Tags", list(reader.tags.items())),
        ("Properties", list(reader.properties.items())),
        ("Files", [(f.name, size(f.size)) for f in reader.files.values()]),
        ("Writers", _writers(reader)),
        ("Environment", sorted(_mapping(facts.get("environment")).items())),
        ("Packages", sorted(_mapping(facts.get("packages")).items(), key=lambda p: p[0].lower())),
        ("Warnings", [(moment(time), text) for time, text in reader.warnings]),
        ("Damage", [("journal", text) for text in reader.damage]),
    ]
    return [Section(title, rows) for title, found in sections if (rows := _texts(found))]


def _texts(rows: _Rows) -> tuple[tuple[str, str], ...]:
    kept = [(shorten(k, 300), _text(v)) for k, v in rows[:_MOST] if v is not None or k]
    if len(rows) > _MOST:
        kept.append(("…", f"and {len(rows) - _MOST:,} more"))
    return tuple(kept)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return clean(value) if isinstance(value, str) else number(value)


def _known(rows: _Rows) -> _Rows:
    return [(label, value) for label, value in rows if value not in (None, "", [], {})]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _owner(reader: RunReader) -> dict[str, Any]:
    """Return what the process that owns the run says of itself."""
    return dict(reader.writers.get(str(reader.definition.get("owner")), {}))


def _run(reader: RunReader, head: Head) -> _Rows:
    rows: _Rows = [
        ("Id", head.id),
        ("Name", head.name),
        ("Number", head.number),
        ("Experiment", head.experiment),
        ("Workspace", head.workspace),
        ("Type", head.type),
        ("Parent", head.parent),
        ("Repeats", reader.properties.get("repeats")),
        ("Creator", reader.definition.get("creator")),
        ("Status", theme.word(head.status)),
        ("Reason", head.reason),
        ("Started", moment(head.started)),
        ("Ended", moment(head.ended)),
        # while it goes on the header counts: here it would be news at each look
        ("Duration", None if head.active else duration(head.elapsed)),
        ("Last heard of", moment(head.updated) if head.active else None),
        ("Last step", head.last_step),
        ("Folder", str(reader.folder.path)),
    ]
    return _known(rows)


def _source(facts: Mapping[str, Any], git: Mapping[str, Any]) -> _Rows:
    dirty = git.get("dirty")
    rows: _Rows = [
        ("Notebook", facts.get("notebook")),
        ("Cell", facts.get("cell")),
        ("Script", facts.get("script")),
        ("Arguments", _arguments(facts.get("argv"))),
        ("Git commit", git.get("commit")),
        ("Git branch", git.get("branch")),
        ("Git repository", git.get("url") or git.get("remote")),
        (
            "Working tree",
            None if dirty is None else "had uncommitted changes" if dirty else "clean",
        ),
        ("Snapshot", facts.get("snapshot")),
        ("Snapshot of", facts.get("snapshot_folder")),
    ]
    return _known(rows)


def _arguments(argv: Any) -> str | None:
    """Return the command line; of a kernel that nobody has given another, None: it says nothing of the run."""
    first = argv[0] if isinstance(argv, (list, tuple)) and argv else None
    started = isinstance(first, str) and _LAUNCHER.search(first)
    return None if started else _joined(argv)


def _submitted(reader: RunReader) -> _Rows:
    """Return what a submitted run was to be run with."""
    told = _mapping(reader.definition.get("definition"))
    if not told:
        return []
    environment = _mapping(told.get("environment"))
    limit = told.get("max_run_duration_seconds")
    rows: _Rows = [
        ("Target", reader.definition.get("target")),
        ("Command", _joined(told.get("command"))),
        ("Interpreter", None if environment else told.get("python")),
        ("Environment", environment.get("name")),
        ("Built as", _mapping(reader.facts.get("interpreter")).get("python")),
        ("Time limit", duration(limit) if isinstance(limit, (int, float)) else None),
        ("Variables", ", ".join(map(str, _mapping(told.get("environment_variables"))))),
        ("Secrets, not kept", _joined(told.get("sealed"))),
    ]
    return _known(rows)


def _code(facts: Mapping[str, Any]) -> _Rows:
    """Return the code that the run is made of, or that started it."""
    rows: _Rows = [
        ("Function", facts.get("function_source")),
        ("Started by the cell", facts.get("cell_source")),
    ]
    return _known(rows)


def _joined(value: Any) -> str | None:
    if isinstance(value, (list, tuple)):
        return " ".join(str(v) for v in value)
    return None if value is None else str(value)


def _machine(facts: Mapping[str, Any]) -> _Rows:
    rows: _Rows = [
        ("Host", facts.get("host")),
        ("Process", str(facts["pid"]) if facts.get("pid") else None),
        ("Python", facts.get("python_version") or facts.get("python")),
        ("Interpreter", facts.get("executable")),
        ("Platform", facts.get("platform")),
        ("Kernel", facts.get("kernel")),
        ("Processors", facts.get("cpus")),
        ("Working folder", facts.get("cwd")),
    ]
    return _known(rows)


def _writers(reader: RunReader) -> _Rows:
    """Tell the processes apart that logged into the run; one alone is told under Machine."""
    if len(reader.writers) < 2:
        return []
    return [(name, _process(facts)) for name, facts in reader.writers.items()]


def _process(facts: Mapping[str, Any]) -> str:
    parts = [str(facts.get("role") or "")]
    if facts.get("rank") is not None:
        parts.append(f"rank {facts['rank']}")
    if facts.get("pid"):
        parts.append(f"process {facts['pid']} on {facts.get('host')}")
    parts.append("closed" if facts.get("closed") else "open")
    return ", ".join(p for p in parts if p)

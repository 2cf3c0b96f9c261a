"""What the index should say, found by reading each run anew."""

from __future__ import annotations

import math
import time

from jupyter_runs.index import Figures, find_runs, workspace_folders
from jupyter_runs.index import nodes as n
from jupyter_runs.index.meaning import flag, is_day, kind_of, number, seconds, span, status
from jupyter_runs.journal import RunReader, read_status


def rows(home):
    """Return what there is to say of all runs, newest first."""
    return [row(folder) for folder in find_runs(workspace_folders(home), include_children=True)]


def row(folder):
    """Return what there is to say of one."""
    reader = RunReader(folder, plain=True)
    reader.poll()
    told, said = read_status(folder, reader), folder.definition
    reader.close()
    return {
        "id": folder.id,
        "workspace": folder.path.parent.parent.name,
        "experiment": said.get("experiment") or "",
        "number": said.get("number"),
        "name": reader.name,
        "type": said.get("type") or "",
        "parent": said.get("parent"),
        "status": told.status,
        "reason": told.reason or told.message,
        "created": said.get("created"),
        "started": told.started,
        "ended": told.ended,
        "target": said.get("target"),
        "creator": said.get("creator"),
        "archived": reader.archived is not None,
        "params": dict(sorted(reader.params.items())),
        "tags": dict(sorted(reader.tags.items())),
        "properties": dict(sorted(reader.properties.items())),
        "metrics": {m.name: figures(m) for m in reader.metrics.values() if m.count},
        "progress": reader.progress and reader.progress._asdict(),
    }


def figures(metric):
    """Find them the long way."""
    values = metric.values() if metric.kind in ("scalar", "list") else []
    numbers = [float(v) for v in values if v is not None and not isinstance(v, str)]
    numbers = [v for v in numbers if not math.isnan(v)]
    return Figures(
        metric.kind,
        metric.count,
        values[-1] if values else None,
        min(numbers) if numbers else None,
        max(numbers) if numbers else None,
    )


def holds(node, row):
    """Tell whether a filter holds for a run, as the language's page says it."""
    if isinstance(node, n.Not):
        return not holds(node.node, row)
    if isinstance(node, n.All):
        return all(holds(part, row) for part in node.nodes)
    if isinstance(node, n.Any):
        return any(holds(part, row) for part in node.nodes)
    there, value = look_up(node.field, row)
    if isinstance(node, n.Has):
        return there and (
            value is True or node.field.name != "archived" or node.field.space != n.RUN
        )
    if not there or value is None or (isinstance(value, float) and math.isnan(value)):
        return False
    if isinstance(node, n.Compare):
        return compare(node.field, node.op, value, node.value)
    if isinstance(node, n.Among):
        return node.negated != any(compare(node.field, "=", value, v) for v in node.values)
    text = (
        as_text(value) if node.field.space != n.METRICS or isinstance(value, (str, bool)) else None
    )
    if text is None:
        return False
    return node.negated != (str(node.value.value).lower() in text.lower())


def look_up(field, row):
    """Return whether a run has something, and what it is."""
    if field.space == n.RUN:
        value = row.get(field.name)
        if field.name == "duration":
            end = time.time() if row["ended"] is None else row["ended"]
            value = None if row["started"] is None else end - row["started"]
        return value is not None, value
    held = row[field.space]
    if field.name not in held:
        return False, None
    if field.space != n.METRICS:
        return True, held[field.name]
    value = getattr(held[field.name], field.part)
    return field.part not in ("min", "max") or value is not None, value


def as_text(value):
    """Return a value as text."""
    return value if isinstance(value, str) else str(value)


def as_number(value, field):
    """Return a value as a number, None where it is none."""
    if isinstance(value, str):
        if field.space in ("tags", "properties"):
            try:
                found = float(value) if value and "_" not in value and len(value) <= 40 else None
            except ValueError:
                return None
            return None if found is None or math.isnan(found) else found
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def compare(field, op, value, told):
    """Compare."""
    kind = kind_of(field)
    if kind == "time":
        begin = seconds(told)
        if is_day(told):
            end = seconds(told, end=True)
            return {
                "=": begin <= value < end,
                "!=": not begin <= value < end,
                "<": value < begin,
                "<=": value < end,
                ">": value >= end,
                ">=": value >= begin,
            }[op]
        return ordered(op, value, begin)
    if kind in ("number", "span", "flag", "status"):
        meant = {"number": number, "span": span, "flag": flag, "status": status}[kind](told)
        return ordered(op, value, meant)
    if kind == "any" and told.kind == "number":
        found = as_number(value, field)
        return op == "!=" if found is None else ordered(op, found, number(told))
    if field.space == n.METRICS and field.part == "last" and not isinstance(value, (str, bool)):
        return op == "!="
    text, other = as_text(value), str(told.value)
    if told.kind == "word" and other.lower() in ("true", "false"):
        return ordered(op, text.lower(), other.lower())
    return ordered(op, text, other)


def ordered(op, one, other):
    """Compare two of a kind."""
    return {
        "=": one == other,
        "!=": one != other,
        "<": one < other,
        "<=": one <= other,
        ">": one > other,
        ">=": one >= other,
    }[op]

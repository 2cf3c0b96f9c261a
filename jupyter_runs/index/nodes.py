"""What a filter says, as a tree; printed, it is a filter again."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Union

RUN, METRICS = "run", "metrics"
SPACES = {
    "metrics": METRICS,
    "metric": METRICS,
    "params": "params",
    "param": "params",
    "tags": "tags",
    "tag": "tags",
    "properties": "properties",
    "property": "properties",
}
PARTS = ("last", "min", "max", "count", "kind")
KEYWORDS = frozenset({"and", "or", "not", "in", "contains"})
_PLAIN = re.compile(r"[^\W\d][\w/@%+-]*\Z")


@dataclass(frozen=True)
class Field:
    """What is looked at: one of a run's own fields, or a metric, param, tag or property of it.

    ``part`` tells which figure of a metric.
    """

    space: str
    name: str
    part: str = ""
    column: int = field(default=0, compare=False, repr=False)

    def __str__(self) -> str:
        if self.space == RUN:
            return self.name
        plain = _PLAIN.match(self.name) and self.name.lower() not in KEYWORDS
        name = self.name if plain else quoted(self.name)
        return f"{self.space}.{name}" + (f".{self.part}" if self.part not in ("", "last") else "")


@dataclass(frozen=True)
class Value:
    """What it is compared with; ``kind`` is ``number``, ``text``, ``word``, ``moment`` or ``span``.

    A word is text without quotes; a moment and a span are kept as they were written.
    """

    kind: str
    value: Union[int, float, str]
    column: int = field(default=0, compare=False, repr=False)

    def __str__(self) -> str:
        if self.kind == "number":
            return repr(self.value)
        return quoted(str(self.value)) if self.kind == "text" else str(self.value)


@dataclass(frozen=True)
class Compare:
    """``field = value`` and the like; false where the run has no such thing."""

    field: Field
    op: str
    value: Value

    def __str__(self) -> str:
        return f"{self.field} {self.op} {self.value}"


@dataclass(frozen=True)
class Among:
    """``field in (value, …)``, or ``not in``; false where the run has no such thing."""

    field: Field
    values: tuple[Value, ...]
    negated: bool = False

    def __str__(self) -> str:
        told = ", ".join(map(str, self.values))
        return f"{self.field} {'not ' if self.negated else ''}in ({told})"


@dataclass(frozen=True)
class Contains:
    """``field contains "text"``, in whatever case; false where the run has no such thing."""

    field: Field
    value: Value
    negated: bool = False

    def __str__(self) -> str:
        return f"{self.field} {'not ' if self.negated else ''}contains {self.value}"


@dataclass(frozen=True)
class Has:
    """A field alone: the run has it."""

    field: Field

    def __str__(self) -> str:
        return str(self.field)


@dataclass(frozen=True)
class Not:
    """The opposite."""

    node: Node

    def __str__(self) -> str:
        return f"not {_grouped(self.node, (All, Any))}"


@dataclass(frozen=True)
class All:
    """Joined by ``and``; nothing at all is always true."""

    nodes: tuple[Node, ...] = ()

    def __str__(self) -> str:
        return " and ".join(_grouped(node, (All, Any)) for node in self.nodes)


@dataclass(frozen=True)
class Any:
    """Joined by ``or``."""

    nodes: tuple[Node, ...]

    def __str__(self) -> str:
        return " or ".join(_grouped(node, (Any,)) for node in self.nodes)


Leaf = Union[Compare, Among, Contains, Has]
Node = Union[Leaf, Not, All, Any]


def joined(kind: type[Union[All, Any]], nodes: list[Node]) -> Node:
    """Return nodes joined; those that are joined in the same way are taken in."""
    if len(nodes) == 1:
        return nodes[0]
    flat: list[Node] = []
    for node in nodes:
        flat += node.nodes if isinstance(node, kind) else [node]
    return kind(tuple(flat))


def depth(node: Node) -> int:
    """Return how deep a tree is."""
    if isinstance(node, Not):
        return 1 + depth(node.node)
    return 1 + max(map(depth, node.nodes), default=0) if isinstance(node, (All, Any)) else 0


def quoted(text: str) -> str:
    """Return text as it is written in a filter."""
    return json.dumps(text, ensure_ascii=False)


def _grouped(node: Node, kinds: tuple[type, ...]) -> str:
    return f"({node})" if isinstance(node, kinds) else str(node)

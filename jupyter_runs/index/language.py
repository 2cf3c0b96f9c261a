"""The language of filters: ``metrics.loss.min < 0.2 and tags.model = "cnn" and not status in (Failed, Canceled)``.

A field is one of a run's own (`FIELDS`), or ``metrics.<name>`` with ``.last`` (what is meant without it), ``.min``, ``.max``,
``.count`` or ``.kind``, ``params.<name>``, ``tags.<name>``, ``properties.<name>``; names with blanks and the like stand in
quotes. Values are numbers, text in quotes, words, times (``2026-01-01``, ``2026-01-01T12:30Z``, ``today``, ``yesterday``; local
where no zone is told) and spans (``90s``, ``2h``). They are joined by ``and``, ``or``, ``not`` and brackets. A field alone asks
whether it is there; a comparison of what is not there is false, also with ``!=``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Optional

from lark import (
    Lark,
    Token,
    Transformer,
    UnexpectedCharacters,
    UnexpectedInput,
    UnexpectedToken,
    v_args,
)

from jupyter_runs.capture.names import did_you_mean
from jupyter_runs.errors import FilterError
from jupyter_runs.index import meaning
from jupyter_runs.index.nodes import (
    KEYWORDS,
    METRICS,
    PARTS,
    RUN,
    SPACES,
    All,
    Among,
    Any,
    Compare,
    Contains,
    Field,
    Has,
    Node,
    Not,
    Value,
    depth,
    joined,
)

LONGEST = 4_000  # characters
DEEPEST = 20

GRAMMAR = r"""
?start: any
?any: all (_OR all)*
?all: one (_AND one)*
?one: _NOT one -> opposite
    | "(" any ")"
    | FIELD -> has
    | FIELD OP value -> compare
    | FIELD NEGATED? _IN "(" value ("," value)* ")" -> among
    | FIELD NEGATED? _CONTAINS value -> contains
value: MOMENT | SPAN | NUMBER | TEXT | WORD

_AND.9: /and(?![\w\/@%+.-])/i
_OR.9: /or(?![\w\/@%+.-])/i
_NOT.9: /not(?![\w\/@%+.-])/i
NEGATED.9: /not(?![\w\/@%+.-])/i
_IN.9: /in(?![\w\/@%+.-])/i
_CONTAINS.9: /contains(?![\w\/@%+.-])/i
OP: /[<>!=]=|[<>=]/
FIELD: /[^\W\d][\w\/@%+-]*(\.([\w\/@%+-]+|"(\\.|[^"\\])*"|'(\\.|[^'\\])*'))*/s
MOMENT.5: /\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?)?(?![\w.])/i
SPAN.4: /\d+(\.\d+)?(ms|[smhdw])(?![\w.])/
NUMBER.3: /[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf)(?![\w.])/i
TEXT: /"(\\.|[^"\\])*"|'(\\.|[^'\\])*'/s
WORD: /[^\W\d][\w\/@%+.-]*/
%ignore /\s+/
"""

_SEGMENT = re.compile(r"\.([\w/@%+-]+|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')", re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_FIELD_HINT = "a field such as status, metrics.loss.min or tags.model"
_HINTS = (
    ("FIELD", _FIELD_HINT),
    ("OP", "=, !=, <, <=, >, >="),
    ("WORD", "a value"),
    ("_IN", "in"),
    ("_CONTAINS", "contains"),
    ("_AND", "and"),
    ("_OR", "or"),
    ("LPAR", "("),
    ("COMMA", "a comma"),
    ("RPAR", ")"),
    ("$END", "the end"),
)


def parse(text: str) -> Node:
    """Return what a filter says; of an empty one, a tree that is always true.

    Raises
    ------
    FilterError
        With the column at which it can't be understood, and what was expected there.
    """
    if not isinstance(text, str):
        raise FilterError(f"a filter is text, not a {type(text).__name__}")
    if len(text) > LONGEST:
        raise FilterError(
            f"a filter has at most {LONGEST:,} characters, this one {len(text):,}", LONGEST + 1
        )
    if not text.strip():
        return All()
    try:
        node: Node = _parser().parse(text)  # type: ignore[assignment]  # lark tells no types
    except UnexpectedInput as error:
        raise _told(text, error) from None
    return node


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", transformer=_Builder())


@v_args(inline=True)
class _Builder(Transformer[Token, Node]):
    """Makes the tree while it is parsed."""

    def any(self, *nodes: Node) -> Node:
        return _shallow(joined(Any, list(nodes)))

    def all(self, *nodes: Node) -> Node:
        return _shallow(joined(All, list(nodes)))

    def opposite(self, node: Node) -> Node:
        return _shallow(Not(node))

    def has(self, token: Token) -> Node:
        return Has(_field(token))

    def compare(self, token: Token, op: Token, value: Value) -> Node:
        field = _field(token)
        same = "=" if op == "==" else str(op)
        meaning.check(field, value, ordered=same not in ("=", "!="))
        return Compare(field, same, value)

    def among(self, token: Token, *rest: object) -> Node:
        field = _field(token)
        values = tuple(value for value in rest if isinstance(value, Value))
        for value in values:
            meaning.check(field, value)
        return Among(field, values, negated=isinstance(rest[0], Token))

    def contains(self, token: Token, *rest: object) -> Node:
        field, value = _field(token), rest[-1]
        assert isinstance(value, Value)
        meaning.check_contains(field, value)
        return Contains(field, value, negated=isinstance(rest[0], Token))

    def value(self, token: Token) -> Value:
        column = (token.start_pos or 0) + 1
        if token.type == "NUMBER":
            return Value("number", _number(token), column)
        if token.type == "TEXT":
            return Value("text", unquoted(token), column)
        if token.type == "MOMENT":
            meaning.moment(str(token), column)
        return Value(token.type.lower(), str(token), column)


def _shallow(node: Node) -> Node:
    if depth(node) > DEEPEST:
        raise FilterError(f"brackets and 'not' go at most {DEEPEST} deep")
    return node


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def unquoted(text: str) -> str:
    """Return what stands in quotes."""
    return _ESCAPE.sub(
        lambda found: (
            chr(int(found[1][1:], 16)) if len(found[1]) == 5 else _ESCAPES.get(found[1], found[1])
        ),
        text[1:-1],
    )


def _field(token: Token) -> Field:
    column, text = (token.start_pos or 0) + 1, str(token)
    head = re.split(r"[.]", text, maxsplit=1)[0]
    segments = [found[1] for found in _SEGMENT.finditer(text, len(head))]
    return field_of(head, segments, column)


def field_of(head: str, segments: list[str], column: Optional[int] = None) -> Field:
    """Return the field of this first word and what follows it.

    Raises
    ------
    FilterError
        If there is no such field.
    """
    at = 0 if column is None else column
    space = SPACES.get(head.lower())
    if head.lower() in KEYWORDS:
        raise FilterError(f"expected {_FIELD_HINT}, found {head!r}", column)
    if space is None:
        if segments or head.lower() not in meaning.FIELDS:
            known = [*meaning.FIELDS, "metrics", "params", "tags", "properties"]
            told = ".".join([head, *segments])
            what = did_you_mean(head, known) if not segments else f"write {_FIELD_HINT}"
            raise FilterError(f"{told[:80]!r} is no field of a run; {what}", column)
        return Field(RUN, head.lower(), column=at)
    names = [unquoted(part) if part[0] in "\"'" else part for part in segments]
    if not names:
        example = "metrics.loss.min" if space == METRICS else f"{space}.name"
        raise FilterError(f"{head} of which name? Write {example}", column)
    if space != METRICS:
        return Field(space, ".".join(names), column=at)
    part = "last"
    if len(names) > 1 and segments[-1] in PARTS:
        part = names.pop()
    return Field(space, ".".join(names), part, column=at)


def _told(text: str, error: UnexpectedInput) -> FilterError:
    """Return the error in words of this language."""
    expected: set[str] = set()
    if isinstance(error, UnexpectedCharacters):
        at, expected = error.pos_in_stream or 0, set(error.allowed or ())
        if text[at] in "\"'":
            return FilterError(f"the text that begins here has no closing {text[at]}", at + 1)
        found = repr(re.split(r"[\s()]", text[at : at + 40], maxsplit=1)[0] or text[at])
    else:
        assert isinstance(error, UnexpectedToken)
        token, expected = error.token, set(error.accepts or error.expected)
        over = token.type == "$END"
        at = len(text.rstrip()) if over else (token.start_pos or 0)
        found = "the end" if over else repr(str(token)[:40])
    hints = [hint for name, hint in _HINTS if name in expected]
    wanted = " or ".join(filter(None, (", ".join(hints[:-1]), *hints[-1:]))) or "something else"
    return FilterError(f"expected {wanted}, found {found}", at + 1)

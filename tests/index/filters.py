"""Filters as hypothesis makes them: trees as a parser would give them."""

from __future__ import annotations

from hypothesis import strategies as st

from jupyter_runs.index.filters import STATUSES
from jupyter_runs.index.nodes import (
    METRICS,
    PARTS,
    RUN,
    All,
    Among,
    Any,
    Compare,
    Contains,
    Field,
    Has,
    Not,
    Value,
    joined,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
names = st.one_of(
    st.sampled_from(["loss", "val/loss", "learning rate", "a.b", "in", "min", "0", 'q"']),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6),
)
words = st.sampled_from(["cnn", "Failed", "true", "false", "cnn.v2", "not", "ünder"])
finite = st.floats(allow_nan=False)
number = st.one_of(st.integers(-(10**20), 10**20), finite).map(lambda n: Value("number", n))
text = texts.map(lambda t: Value("text", t))
word = words.map(lambda w: Value("word", w))
moment = st.sampled_from(
    ["2026-01-01", "1999-12-31T23:59", "2026-02-28 10:00:01.5", "2026-01-01T00:00Z"]
).map(lambda m: Value("moment", m))
day = st.sampled_from(["today", "yesterday"]).map(lambda w: Value("word", w))
span = st.sampled_from(["90s", "1.5h", "20ms", "2d"]).map(lambda s: Value("span", s))
status = st.sampled_from([*STATUSES, "failed"]).map(lambda s: Value("word", s))
flag = st.sampled_from(["true", "false"]).map(lambda w: Value("word", w))

label = st.builds(Field, st.sampled_from(["params", "tags", "properties"]), names)
metric = st.builds(Field, st.just(METRICS), names, st.sampled_from(PARTS[:4]))
last = st.builds(Field, st.just(METRICS), names, st.just("last"))
own = {
    "text": st.sampled_from(["id", "workspace", "experiment", "name", "parent", "reason"]),
    "number": st.just("number"),
    "span": st.just("duration"),
    "time": st.sampled_from(["created", "started", "ended"]),
    "status": st.just("status"),
    "flag": st.just("archived"),
}
anything = st.one_of(number, text, word, moment)
ORDER = ["=", "!=", "<", "<=", ">", ">="]


def of(kind):
    """Fields of a run's own."""
    return st.builds(Field, st.just(RUN), own[kind])


def pairs(fields, values, ops=ORDER):
    """Comparisons of both forms."""
    some = st.lists(values, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Compare, fields, st.sampled_from(ops), values),
        st.builds(Among, fields, some, st.booleans()),
    )


leaves = st.one_of(
    pairs(st.one_of(label, last), anything),
    pairs(metric, number),
    pairs(of("text"), anything),
    pairs(of("number"), number),
    pairs(of("span"), st.one_of(span, number)),
    pairs(
        of("time"), st.one_of(moment, day, st.integers(0, 10**9).map(lambda n: Value("number", n)))
    ),
    pairs(of("status"), status, ["=", "!="]),
    pairs(of("flag"), flag, ["=", "!="]),
    st.builds(Contains, st.one_of(label, last, of("text")), st.one_of(text, word), st.booleans()),
    st.builds(Has, st.one_of(label, metric, of("text"), of("time"), of("flag"))),
)


def trees(inner, most=8):
    """Trees over these."""
    return st.recursive(
        inner,
        lambda nodes: st.one_of(
            nodes.map(Not),
            st.lists(nodes, min_size=2, max_size=3).map(lambda found: joined(All, found)),
            st.lists(nodes, min_size=2, max_size=3).map(lambda found: joined(Any, found)),
        ),
        max_leaves=most,
    )


nodes = trees(leaves)

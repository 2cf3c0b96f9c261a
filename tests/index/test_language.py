"""Filters: what is printed is read again, no text crashes, and errors point at what is wrong."""

from __future__ import annotations

import pytest
from filters import nodes
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_runs.errors import FilterError
from jupyter_runs.index.language import DEEPEST, LONGEST, parse
from jupyter_runs.index.nodes import All, Among, Any, Compare, Contains, Field, Has, Not, Value

_PIECES = """and or not in contains ( ) , . = != < <= == > >= " ' \\ metrics.loss.min tags.model params. status
Failed created 2026-01-01 2026-02-31 today 1e-3 -inf 90s 0.2 name é 😀"""
PIECES = st.sampled_from([*_PIECES.split(), "\n", "\0"])


@settings(deadline=None)
@given(nodes)
def test_what_is_printed_is_read_again(node):
    assert parse(str(node)) == node


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=12).map(" ".join)))
def test_any_text_is_read_or_told_where_it_is_wrong(text):
    try:
        node = parse(text)
    except FilterError as error:
        assert error.column is None or 1 <= error.column <= len(text) + 1
    else:
        assert parse(str(node)) == node


def test_the_example():
    text = (
        'metrics.loss.min < 0.2 and tags.model = "cnn" and not status in (Failed, Canceled)'
        ' or params."learning rate" >= 1e-3 and created > 2026-01-01 and name contains "otter"'
    )
    one = All(
        (
            Compare(Field("metrics", "loss", "min"), "<", Value("number", 0.2)),
            Compare(Field("tags", "model"), "=", Value("text", "cnn")),
            Not(
                Among(Field("run", "status"), (Value("word", "Failed"), Value("word", "Canceled")))
            ),
        )
    )
    other = All(
        (
            Compare(Field("params", "learning rate"), ">=", Value("number", 0.001)),
            Compare(Field("run", "created"), ">", Value("moment", "2026-01-01")),
            Contains(Field("run", "name"), Value("text", "otter")),
        )
    )
    assert parse(text) == Any((one, other))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("metrics.loss", Field("metrics", "loss", "last")),
        ("metric.val/loss.max", Field("metrics", "val/loss", "max")),
        ("metrics.min", Field("metrics", "min", "last")),
        ("metrics.a.b.count", Field("metrics", "a.b", "count")),
        ('metrics."a.min"', Field("metrics", "a.min", "last")),
        ("metrics.'time (s)'.min", Field("metrics", "time (s)", "min")),
        ("params.optimizer.lr", Field("params", "optimizer.lr")),
        ("TAGS.x", Field("tags", "x")),
        ('tags."\\u00e9\\n\\""', Field("tags", 'é\n"')),
        ("Archived", Field("run", "archived")),
    ],
)
def test_fields(text, field):
    assert parse(text) == Has(field)


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_nothing_is_always_true(text):
    assert parse(text) == All()


@pytest.mark.parametrize(
    ("text", "column", "told"),
    [
        ("status = ", 9, "expected a value, found the end"),
        ("metrics.loss 0.2", 14, "expected =, !="),
        ("status in Failed", 11, r"expected \("),
        (
            "status in (Failed, Donne)",
            20,
            "Donne is no status of a run; did you mean 'Canceled'|there",
        ),
        ("tags.a and\n and", 13, "expected a field"),
        ("created > 2026-13-01", 11, "no time of the calendar"),
        ("name = x and created > soon", 24, "no time"),
        ('tags.x = "abc', 10, "no closing"),
        ("statu = Failed", 1, "did you mean 'status'"),
        ("tags.a or metrics > 1", 11, "of which name"),
        ("metrics.loss.min = cnn", 20, "expected a number"),
        ("number = 3 and number contains 3", 16, "no text"),
        ("archived < true", 12, "compare by ="),
        ("status > Failed", 10, "compared by"),
        ("tags.x = 5m", 10, "span of time"),
        ("duration > long", 12, "no span of time"),
        ("tags.a )", 8, "found '\\)'"),
        ("tags.a # 3", 8, "found '#'"),
        ("metrics.loss < 12abc", 16, "expected a value"),
        ("a" * (LONGEST + 1), LONGEST + 1, "at most"),
    ],
)
def test_errors_point_at_the_column(text, column, told):
    with pytest.raises(FilterError, match=told) as caught:
        parse(text)
    assert caught.value.column == column
    assert str(caught.value).startswith(f"column {column}: ")


def test_not_too_deep():
    parse("not " * DEEPEST + "archived")
    parse("(" * 1000 + "archived" + ")" * 1000)
    with pytest.raises(FilterError, match="deep"):
        parse("not " * (DEEPEST + 1) + "archived")


def test_a_filter_is_text():
    with pytest.raises(FilterError, match="text"):
        parse(3)

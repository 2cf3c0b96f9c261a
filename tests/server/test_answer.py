"""What is written once is sent as it was said, and a tag tells when that is something else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_runs.server.answer import Ready, encoded

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False, allow_infinity=False)
)
ROWS = st.dictionaries(
    TEXT | st.just("elapsed"), LEAVES | TEXT | st.lists(LEAVES, max_size=2), max_size=4
)
ITEMS = st.lists(st.tuples(ROWS, st.booleans()), max_size=4)


@given(
    lists=st.dictionaries(TEXT, ITEMS, max_size=2),
    rest=st.dictionaries(TEXT, ROWS | LEAVES, max_size=3),
)
def test_what_is_ready_is_sent_as_it_was_said(lists, rest):
    plain = {**rest, **{key: [row for row, _ in rows] for key, rows in lists.items()}}
    some = {
        **rest,
        **{
            key: [Ready(row) if ready else row for row, ready in rows]
            for key, rows in lists.items()
        },
    }
    text, tag = encoded(some)
    assert json.loads(text) == plain
    assert encoded(some) == (text, tag)


def test_the_tag_tells_of_changes_and_not_of_time_that_passes():
    def tag(name="a", elapsed=1.0, total=1):
        going = {"name": "going on", "elapsed": elapsed}
        return encoded({"runs": [Ready({"name": name}), going], "total": total})[1]

    assert tag() == tag(elapsed=2.0)
    assert len({tag(), tag(name="b"), tag(total=2)}) == 3
    assert encoded({"name": "a", "elapsed": 1.0})[1] == encoded({"name": "a", "elapsed": 2.0})[1]


def test_what_is_no_json_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        Ready({"value": float("nan")})

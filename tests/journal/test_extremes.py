"""The last, least and greatest value of a metric: told while reading, the same as found among all values."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_runs.journal import RunReader, Writer

NAMES = "abc"
SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
value = st.one_of(
    st.floats(),
    st.integers(-(1 << 70), 1 << 70),
    st.booleans(),
    st.none(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=3),
)
doing = st.one_of(
    st.tuples(st.just("log"), st.sampled_from(NAMES), value, st.integers(1, 200)),
    st.tuples(st.just("together"), st.sampled_from(NAMES), st.floats(), st.integers(1, 100)),
    st.tuples(st.just("list"), st.just("l"), st.lists(value, min_size=1, max_size=4), st.just(1)),
    st.tuples(st.just("row"), st.just("r"), st.floats(), st.integers(1, 3)),
    st.tuples(st.just("poll"), st.just(""), st.just(0), st.just(1)),
    st.tuples(st.just("ask"), st.sampled_from(NAMES), st.just(0), st.just(1)),
    st.tuples(st.just("close"), st.just(""), st.just(0), st.just(1)),
)


def write(writer, what, name, given_, times):
    for n in range(times):
        if what == "log":
            writer.log(name, given_)
        elif what == "together":
            writer.log_metrics({name: given_ + n, "also": float(n), "count": n})
        elif what == "list":
            writer.log_list(name, given_)
        elif what == "row":
            writer.log_row(name, {"x": given_, "y": 1})


def least_and_greatest(values):
    """Find them the long way."""
    numbers = []
    for one in values:
        if one is None or isinstance(one, str):
            continue
        try:
            numbers.append(float(one))
        except OverflowError:
            numbers.append(math.inf if one > 0 else -math.inf)
    numbers = [number for number in numbers if not math.isnan(number)]
    return (min(numbers), max(numbers)) if numbers else None


@SETTINGS
@given(script=st.lists(st.tuples(doing, st.integers(0, 1)), max_size=25))
def test_told_as_found(new_folder, exact, script):
    folder = new_folder()
    writers = [Writer(folder, name="main"), Writer(folder, name="other")]
    live = RunReader(folder, extremes=True)
    for (what, name, given_, times), which in script:
        write(writers[which], what, name, given_, times)
        if what == "poll":
            live.poll()
        elif what == "ask" and name in live.metrics:
            live.metrics[name].values()
        elif what == "close":
            writers[which].close()
    live.poll()
    readers = [live]
    for options in ({"extremes": True}, {}, {"plain": True}, {"plain": True, "extremes": True}):
        readers.append(RunReader(folder, **options))
        readers[-1].poll()
    truth = RunReader(folder, plain=True)
    truth.poll()
    for name, metric in truth.metrics.items():
        scalar = metric.kind in ("scalar", "list")
        values = metric.values() if scalar else []
        told = exact(values[-1] if values else None), least_and_greatest(values)
        for reader in readers:
            same = reader.metrics[name]
            assert (exact(same.last), same.extremes) == told, (name, reader)


def test_nothing_is_decoded_for_it(folder):
    writer = Writer(folder, name="main")
    for step in range(1000):
        writer.log_metrics({"loss": 1 / (step + 1), "acc": step / 1000}, step)
    reader = RunReader(folder, extremes=True)
    reader.poll()
    loss = reader.metrics["loss"]
    assert (loss.last, loss.extremes) == (0.001, (0.001, 1.0))
    assert not any(c.loaded for s in reader._sources.values() for c in s.store.columns.values())
    writer.log("loss", 7.0)
    reader.poll()
    assert (loss.last, loss.extremes) == (7.0, (0.001, 7.0))


def test_of_two_writers_time_tells_which_is_last(folder):
    first, second = Writer(folder, name="main"), Writer(folder, name="other")
    first.log("x", 1)
    second.log("x", 2)
    first.log("x", 3.5)
    reader = RunReader(folder, extremes=True)
    reader.poll()
    assert reader.metrics["x"].last == 3.5
    second.log("x", "words")
    reader.poll()
    assert reader.metrics["x"].last == "words"
    assert reader.metrics["x"].extremes == (1.0, 3.5)


def test_what_has_no_numbers(folder):
    writer = Writer(folder, name="main")
    writer.log("nan", math.nan)
    writer.log("none", None)
    writer.log("text", "a")
    writer.log_row("row", {"x": 1, "y": 2})
    reader = RunReader(folder, extremes=True)
    reader.poll()
    assert [m.extremes for m in reader.metrics.values()] == [None] * 4
    assert math.isnan(reader.metrics["nan"].last)
    assert reader.metrics["row"].last is None


def test_archived_and_back(folder):
    writer = Writer(folder, name="main")
    reader = RunReader(folder)
    writer.event("archive")
    reader.poll()
    assert reader.archived == pytest.approx(reader.last_time)
    writer.event("reactivate")
    reader.poll()
    assert reader.archived is None


def test_a_line_in_the_feed_where_one_writes_after_the_end(folder):
    feed = folder.path.parent.parent / "runs.jsonl"

    def lines():
        return [line for line in feed.read_text().splitlines() if folder.id in line]

    Writer(folder, name="main").log("x", 1)
    folder.end("Completed")
    before = lines()
    late = Writer(folder, role="guest")
    late.event("tag", key="k", value=None)
    assert len(lines()) == len(before) + 1
    assert '"what": "changed"' in lines()[-1]
    late.event("tag", key="k2", value=None)
    assert len(lines()) == len(before) + 1

"""Several values stored by one call: the same as one by one, over the ends of pages and segments, whatever their types."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_runs._run.log import RunLogging
from jupyter_runs.journal import RunReader, Writer, writer
from jupyter_runs.journal.layout import SEAL

INT64 = 1 << 63


@pytest.fixture(params=["map", "write"])
def way(request, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", request.param)
    return request.param


def a_run(folder):
    """Return the methods that log, over a writer of this folder."""
    run = RunLogging.__new__(RunLogging)
    run.__dict__["_writer"] = Writer(folder, name="main")
    return run


usual = st.floats() | st.integers(-INT64, INT64 - 1) | st.booleans()
numpys = st.builds(
    lambda kind, value: kind(value),
    st.sampled_from([np.float64, np.float32, np.int64, np.int8, np.uint8, np.bool_]),
    st.integers(0, 100),
) | st.builds(np.uint64, st.integers(0, (1 << 64) - 1))
odd = (
    st.none() | st.text(max_size=3) | st.integers(INT64, 1 << 70) | st.integers(-(1 << 70), -INT64)
)
values = st.one_of(st.floats(), usual, usual, numpys, odd)
steps = st.none() | st.integers(0, 9) | st.booleans() | st.integers(-INT64 + 1, INT64 - 1)
names = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=8, unique=True)
calls = st.one_of(
    st.tuples(st.just("log"), st.tuples(st.sampled_from("abcdefgh"), values), steps),
    st.tuples(
        st.just("log_metrics"),
        names.flatmap(lambda n: st.fixed_dictionaries(dict.fromkeys(n, values))),
        steps,
    ),
    st.tuples(
        st.just("log_row"),
        st.tuples(
            st.sampled_from(["row", "other row"]),
            names.flatmap(lambda n: st.fixed_dictionaries(dict.fromkeys(n, values))),
        ),
        st.none(),
    ),
)


def plain(value):
    """Return the Python value that a journal keeps of a value."""
    return value.item() if isinstance(value, np.generic) else value


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(script=st.lists(st.tuples(calls, st.integers(1, 60)), max_size=12))
def test_every_way_to_log_keeps_every_value(new_folder, exact, way, script):
    folder = new_folder()
    run = a_run(folder)
    scalars: dict[str, list] = {}
    rows: dict[str, list] = {"row": [], "other row": []}
    live = RunReader(folder, plain=True)
    for (what, told, step), times in script:
        for _ in range(times):
            if what == "log_row":
                run.log_row(told[0], **told[1])
                rows[told[0]].append({name: plain(value) for name, value in told[1].items()})
                continue
            if what == "log":
                run.log(*told, step=step)
            else:
                run.log_metrics(told, step)
            for name, value in [told] if what == "log" else told.items():
                whole = None if step is None else int(step)
                scalars.setdefault(name, []).append((plain(value), whole))
        live.poll()
    run._writer.close()
    live.poll()
    for reader in (live, RunReader(folder, plain=True), RunReader(folder)):
        reader.poll()
        assert reader.damage == []
        found = {name: m for name, m in reader.metrics.items() if m.kind == "scalar"}
        assert set(found) == set(scalars)
        for name, expected in scalars.items():
            assert exact(found[name].values()) == exact([value for value, _ in expected])
            assert found[name].steps() == [step for _, step in expected]
        for name, expected in rows.items():
            if expected:
                columns = {
                    c: [cells.get(c) for cells in expected] for cells in expected for c in cells
                }
                assert exact(reader.metrics[name].columns()) == exact(columns)
                assert reader.metrics[name].count == len(expected)


@pytest.mark.parametrize("count", [1, 2, 8, 9, 50, SEAL - 2, SEAL - 1, SEAL, SEAL + 1, 300])
def test_any_number_at_once(folder, way, read, count):
    run = a_run(folder)
    for step in range(200):
        run.log_metrics({f"m{i}": step + i / 1000 for i in range(count)}, step)
        if step % 3 == 0:
            run.log_row("row", **{f"c{i}": step * i for i in range(count)})
    run._writer.close()
    reader = read(folder)
    assert reader.damage == []
    for i in {0, count // 2, count - 1}:
        assert reader.metrics[f"m{i}"].values() == [step + i / 1000 for step in range(200)]
        assert reader.metrics[f"m{i}"].steps() == list(range(200))
        assert reader.metrics["row"].columns()[f"c{i}"] == [s * i for s in range(0, 200, 3)]


def test_threads_that_log_batches(folder, way, read):
    """Each value of each thread once, in order; steps of one thread stay together under its names."""
    run = a_run(folder)
    rounds, threads = 400, 6

    def work(number):
        for step in range(rounds):
            run.log_metrics({f"{number}/{i}": float(step) for i in range(20)}, step)
            run.log_row("rows", thread=number, step=step, value=step / 7)
            run.log("single", float(number), step=step)
            run.log(f"{number}/whole", step)

    working = [threading.Thread(target=work, args=[n]) for n in range(threads)]
    for thread in working:
        thread.start()
    live = RunReader(folder)
    while any(thread.is_alive() for thread in working):
        live.poll()
    for thread in working:
        thread.join()
    run._writer.close()
    live.poll()
    for reader in (live, read(folder)):
        assert reader.damage == []
        for number in range(threads):
            for i in range(20):
                assert reader.metrics[f"{number}/{i}"].values() == [float(s) for s in range(rounds)]
            assert reader.metrics[f"{number}/whole"].values() == list(range(rounds))
        columns = reader.metrics["rows"].columns()
        rows = sorted(zip(columns["thread"], columns["step"], columns["value"]))
        assert rows == [(n, s, s / 7) for n in range(threads) for s in range(rounds)]
        singles = reader.metrics["single"]
        assert sorted(zip(singles.values(), singles.steps())) == [
            (float(n), s) for n in range(threads) for s in range(rounds)
        ]


def test_closing_while_batches_are_logged(folder, way):
    """What comes after a close goes on in a folder of its own: nothing lost, nothing twice, nothing under a wrong name."""
    run = a_run(folder)
    rounds = 3_000
    done = threading.Event()
    logged = []

    def work():
        try:
            for step in range(rounds):
                run.log_metrics({"a": float(step), "b": float(-step), "c": step}, step)
                run.log_row("rows", x=step, y=-step)
                logged.append(step)
        finally:
            done.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not done.wait(0.0005):
        run._writer.close()
    thread.join()
    run._writer.close()
    assert len(logged) == rounds
    reader = RunReader(folder)
    reader.poll()
    assert reader.damage == []
    assert len(reader.writers) > 1
    for name, sign in (("a", 1), ("b", -1), ("c", 1)):
        metric = reader.metrics[name]
        assert sorted(zip(metric.steps(), metric.values())) == [
            (s, sign * s) for s in range(rounds)
        ]
    columns = reader.metrics["rows"].columns()
    assert sorted(zip(columns["x"], columns["y"])) == [(s, -s) for s in range(rounds)]


def test_types_that_alternate_and_shapes_without_number(folder, read, monkeypatch):
    """The fast path's memory is bounded, and what it forgets is only slower."""
    monkeypatch.setattr(writer, "MOST_SHAPES", 5)
    run = a_run(folder)
    for step in range(300):
        run.log_metrics({"loss": step if step % 2 else float(step), f"m{step % 9}": 1.0}, step)
        run.log_row("row", **{f"c{step % 7}": step, "x": float(step)})
    assert len(run._writer._shapes) <= 2 * 5 + 2
    run._writer.close()
    reader = read(folder)
    kinds = [type(value) for value in reader.metrics["loss"].values()]
    assert kinds == [float, int] * 150
    assert reader.metrics["row"].columns()["x"] == [float(s) for s in range(300)]


def test_a_bad_value_among_good_ones_stores_none_of_them(folder, read):
    run = a_run(folder)
    run.log_metrics({"a": 1.0, "b": 2.0}, 0)
    for bad in ({"a": 1.0, "b": object()}, {"a": 1.0, "": 2.0}, {"a": 1.0, "b": [1, 2]}):
        with pytest.raises(ValueError, match="b|empty"):
            run.log_metrics(bad, 1)
    for step in ("1", 1.5, 1 << 64):
        with pytest.raises(ValueError, match="step"):
            run.log_metrics({"a": 1.0, "b": 2.0}, step)
    run.log_row("row", x=1, y=2)
    with pytest.raises(ValueError, match=r"row\.y"):
        run.log_row("row", x=1, y=object())
    run._writer.close()
    reader = read(folder)
    assert reader.metrics["a"].values() == [1.0]
    assert reader.metrics["b"].values() == [2.0]
    assert reader.metrics["row"].columns() == {"x": [1], "y": [2]}


def test_a_batch_that_comes_late_meets_a_closed_map(folder, monkeypatch, read):
    """It has seen where to store; then another thread closes the files; then it stores."""
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", "map")
    run = a_run(folder)
    run.log_metrics({"a": 1.0, "b": 1.0}, 0)
    run.log_row("row", x=1.0)
    run.log("whole", 1)
    late = run._writer.wide
    run._writer.close()
    for again in (
        lambda: run.log_metrics({"a": 2.0, "b": 2.0}, 1),
        lambda: run.log_row("row", x=2.0),
        lambda: run.log("whole", 2),
    ):
        run._writer.wide = late
        again()
    run._writer.close()
    metrics = read(folder).metrics
    assert [metrics[name].values() for name in ("a", "b", "whole")] == [
        [1.0, 2.0],
        [1.0, 2.0],
        [1, 2],
    ]
    assert metrics["row"].columns() == {"x": [1.0, 2.0]}

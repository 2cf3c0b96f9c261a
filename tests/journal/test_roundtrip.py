"""What was logged comes back: each value, its type, its order, by every way of reading."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections import OrderedDict
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_runs.journal import (
    NO_STEP,
    InvalidNameError,
    InvalidValueError,
    KindError,
    RunReader,
    RunsError,
    Writer,
    ledger,
)

# JUPYTER_RUNS_TEST_LONG=10 tries ten times as much
LONG = int(os.environ.get("JUPYTER_RUNS_TEST_LONG", "1"))
EXAMPLES = settings(
    max_examples=60 * LONG,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    derandomize=LONG == 1,  # the same examples each time: never flaky
)

NAMES = st.one_of(
    st.sampled_from(
        ["loss", "acc", "train/loss", "<b>bold</b>", "🦦 otter", "a" * 255, "\ud800x", "..", "∞"]
    ),
    st.text(st.characters(blacklist_categories=["Cc"]), min_size=1, max_size=20).filter(
        lambda name: name.strip()
    ),
)
WHOLE = st.one_of(
    st.integers(-10, 10),
    st.integers(-(1 << 63), (1 << 63) - 1),
    st.sampled_from([1 << 63, -(1 << 63) - 1, 1 << 64, -(10**400), 10**5000]),
    st.integers(),
)
SCALARS = st.one_of(
    WHOLE,
    st.floats(allow_nan=True, allow_infinity=True),
    st.booleans(),
    st.none(),
    st.text(st.characters(), max_size=20),
)
STEPS = st.one_of(st.none(), st.integers(0, 100), st.integers(-(1 << 63) + 1, (1 << 63) - 1))
CELLS = st.dictionaries(st.sampled_from(["x", "y", "z", "ünï", "\udfff"]), SCALARS, min_size=1)
TABLES = st.integers(0, 4).flatmap(
    lambda n: st.dictionaries(
        st.sampled_from(["x", "y", "z"]), st.lists(SCALARS, min_size=n, max_size=n), min_size=1
    )
)
ACTIONS = st.one_of(
    st.tuples(st.just("scalar"), NAMES, SCALARS, STEPS),
    st.tuples(st.just("metrics"), st.dictionaries(NAMES, SCALARS, max_size=4), STEPS),
    st.tuples(st.just("row"), NAMES, CELLS),
    st.tuples(st.just("list"), NAMES, st.lists(SCALARS, max_size=6)),
    st.tuples(st.just("table"), NAMES, TABLES),
    st.tuples(st.just("residuals"), NAMES, st.lists(st.floats(-5, 5), min_size=2, max_size=4)),
    st.tuples(st.just("image"), NAMES, st.binary(max_size=20)),
    st.tuples(st.just("tag"), NAMES, st.text(max_size=5)),
    st.tuples(st.just("poll")),
    st.tuples(st.just("close reader")),
    st.tuples(st.just("close writer")),
)


class Model:
    """What a run should hold, in plain dicts."""

    def __init__(self):
        self.kinds: OrderedDict[str, str] = OrderedDict()
        self.values: dict[str, list] = {}
        self.steps: dict[str, list] = {}

    def add(self, name, kind, value, step=None):
        if self.kinds.setdefault(name, kind) != kind:
            raise KindError(name)
        self.values.setdefault(name, []).append(value)
        self.steps.setdefault(name, []).append(step)

    def metrics(self, mapping, step):
        if any(self.kinds.get(name, "scalar") != "scalar" for name in mapping):
            raise KindError
        for name, value in mapping.items():
            self.add(name, "scalar", value, step)

    def told(self, name):
        kind, values = self.kinds[name], self.values[name]
        if kind == "scalar":
            return values
        if kind == "list":
            return [value for part in values for value in part]
        if kind == "row":
            columns = dict.fromkeys(key for row in values for key in row)
            return {key: [row.get(key) for row in values] for key in columns}
        if kind == "table":
            columns = dict.fromkeys(key for table in values for key in table)
            return {
                key: [
                    cell
                    for table in values
                    for cell in table.get(key, [None] * len(next(iter(table.values()))))
                ]
                for key in columns
            }
        return values


def apply(writer, model, action):
    kind, *rest = action
    if kind == "scalar":
        name, value, step = rest
        model.add(name, "scalar", value, step)
        writer.log(name, value, step=step)
    elif kind == "metrics":
        model.metrics(*rest)
        writer.log_metrics(*rest)
    elif kind == "row":
        model.add(rest[0], "row", rest[1])
        writer.log_row(*rest)
    elif kind == "list":
        model.add(rest[0], "list", rest[1])
        writer.log_list(rest[0], iter(rest[1]))
    elif kind == "table":
        model.add(rest[0], "table", rest[1])
        writer.log_table(*rest)
    elif kind == "residuals":
        data = {"bin_edges": rest[1], "bin_counts": [1] * (len(rest[1]) - 1)}
        model.add(
            rest[0],
            "residuals",
            {"schema_type": "residuals", "schema_version": "1.0.0", "data": data},
        )
        writer.log_body("residuals", rest[0], data)
    elif kind == "image":
        model.add(rest[0], "image", rest[1])
        writer.log_image(rest[0], rest[1], ".png", step=3)
    elif kind == "tag":
        writer.event("tag", key=rest[0], value=rest[1])


def check(reader, model, exact):
    assert list(reader.metrics) == list(model.kinds)
    assert reader.damage == []
    for name, metric in reader.metrics.items():
        wanted = model.told(name)
        assert metric.kind == model.kinds[name]
        if metric.kind in ("scalar", "list"):
            assert exact(metric.values()) == exact(wanted)
            assert metric.count == len(wanted) == len(metric.times())
            if metric.kind == "scalar":
                assert metric.steps() == model.steps[name]
                result = wanted[0] if len(wanted) == 1 else wanted
                assert exact(metric.result()) == exact(result)
        elif metric.kind in ("row", "table"):
            assert exact(metric.columns()) == exact(wanted)
            if metric.kind == "row":
                assert metric.count == len(model.values[name]) == len(metric.times())
        elif metric.kind == "image":
            assert [item.path.read_bytes() for item in metric.items()] == wanted
        else:
            assert exact([item.value for item in metric.items()]) == exact(wanted)


@EXAMPLES
@given(actions=st.lists(ACTIONS, max_size=25), mapped=st.booleans())
def test_any_mixture_comes_back(new_folder, exact, told, actions, mapped):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_RUNS_JOURNAL", "map" if mapped else "write")
        folder, model = new_folder(), Model()
        writer = Writer(folder, name="main")
        live = [RunReader(folder, plain=True), RunReader(folder)]
        for action in actions:
            if action[0] == "poll":
                for reader in live:
                    reader.poll()
            elif action[0] == "close reader":
                live[0].close()
            elif action[0] == "close writer":
                writer.close()
            else:
                conflict = None
                try:
                    apply(_Nothing(), model, action)
                except KindError as error:
                    conflict = error
                if conflict is None:
                    apply(writer, Model(), action)
                else:
                    with pytest.raises(KindError):
                        apply(writer, Model(), action)
        for again in range(2):
            whole = [RunReader(folder, plain=True), RunReader(folder)]
            for reader in (*live, *whole):
                reader.poll()
                check(reader, model, exact)
            answers = [told(reader) for reader in (*live, *whole)]
            assert all(answer == answers[0] for answer in answers)
            if not again:
                writer.close()
                assert all(not reader.poll() or writer for reader in live)


class _Nothing:
    def __getattr__(self, name):
        return lambda *args, **kwargs: None


# -- what stands for a scalar


def numpy_scalars():
    for kind in "?bBhHiIlLqQefdg":
        value = np.dtype(kind).type(1)
        expected = True if kind == "?" else 1.0 if kind in "efdg" else 1
        yield pytest.param(value, expected, id=f"{value.dtype}")
        yield pytest.param(np.array(value), expected, id=f"{value.dtype}-0d")
        yield pytest.param(np.array([value]), expected, id=f"{value.dtype}-1")
        yield pytest.param(np.array([[value]]), expected, id=f"{value.dtype}-1x1")
    yield pytest.param(np.str_("text"), "text", id="str_")
    yield pytest.param(np.uint64((1 << 64) - 1), (1 << 64) - 1, id="largest uint64")
    yield pytest.param(np.float32("nan"), float("nan"), id="float32 nan")
    yield pytest.param(np.float64("-inf"), float("-inf"), id="float64 -inf")
    yield pytest.param(np.ma.masked, None, id="masked")
    yield pytest.param(np.ma.array([5.0], mask=[True]), None, id="masked array")


@pytest.mark.parametrize(("value", "expected"), list(numpy_scalars()))
def test_numpy_scalars(folder, exact, read, value, expected):
    writer = Writer(folder, name="main")
    writer.log("a", value)
    writer.log_row("r", {"x": value})
    writer.log_list("l", [value])
    metrics = read(folder).metrics
    assert exact(metrics["a"].result()) == exact(expected)
    assert exact(metrics["r"].result()) == exact({"x": expected})
    assert exact(metrics["l"].result()) == exact([expected])


def test_what_holds_one_element_is_that_element(folder, exact, read):
    pandas = pytest.importorskip("pandas")
    values = [
        [1.5],
        (2,),
        pandas.Series([3]),
        pandas.Series([4.5], index=["k"]),
        pandas.DataFrame({"only": [5]}),
        pandas.NA,
        pandas.NaT,
        pandas.array([6], dtype="Int64"),
        range(7, 8),
    ]
    writer = Writer(folder, name="main")
    for value in values:
        writer.log("a", value)
    expected = [1.5, 2, 3, 4.5, 5, None, None, 6, 7]
    assert exact(read(folder).metrics["a"].values()) == exact(expected)


def test_polars(folder, exact, read):
    polars = pytest.importorskip("polars")
    writer = Writer(folder, name="main")
    writer.log("a", polars.Series([1.5]))
    writer.log_list("l", polars.Series([1, None]))
    writer.log_table("t", polars.DataFrame({"x": [1, 2], "s": ["a", None]}))
    metrics = read(folder).metrics
    assert exact([m.result() for m in metrics.values()]) == exact(
        [1.5, [1, None], {"x": [1, 2], "s": ["a", None]}]
    )


def test_torch(folder, exact, read):
    torch = pytest.importorskip("torch")
    writer = Writer(folder, name="main")
    for value in (torch.tensor(1.5, requires_grad=True), torch.tensor([2]), torch.tensor(True)):
        writer.log("a", value)
    writer.log("b", torch.tensor(0.1, dtype=torch.bfloat16))
    writer.log_list("l", torch.arange(3))
    metrics = read(folder).metrics
    assert exact(metrics["a"].values()) == exact([1.5, 2, True])
    assert exact(metrics["l"].values()) == exact([0, 1, 2])


# -- what cannot be logged


class Hostile:
    """Lies about itself."""

    @property
    def shape(self):
        raise RuntimeError("device lost")

    def __repr__(self):
        raise RuntimeError("no repr either")


def broken():
    yield 1.0
    raise ZeroDivisionError("in the caller's generator")


BAD_SCALARS = [
    b"bytes", object(), 1j, np.complex128(1), [1, 2], [], {}, {"a": 1}, np.zeros(3), np.zeros(0),
    np.datetime64("2026-01-01T00:00:00", "ns"), np.timedelta64(3, "ns"), [[1]], (x for x in [1]),
    Hostile(), type, Exception("x"),
]  # fmt: skip


@pytest.mark.parametrize("value", BAD_SCALARS, ids=lambda v: type(v).__name__)
def test_a_bad_value_is_one_clear_error(folder, read, value):
    writer = Writer(folder, name="main")
    writer.log("good", 1.0)
    for call in (
        lambda: writer.log("bad", value),
        lambda: writer.log("good", value),
        lambda: writer.log_metrics({"good": 2.0, "bad": value}),
        lambda: writer.log_row("bad", {"x": 1, "column": value}),
        lambda: writer.log_list("bad", [1, value]),
        lambda: writer.log_table("bad", {"x": [1], "column": [value]}),
    ):
        with pytest.raises(InvalidValueError) as caught:
            call()
        assert "bad" in str(caught.value) or "good" in str(caught.value)
    metrics = read(folder).metrics
    assert list(metrics) == ["good"]
    assert metrics["good"].values() == [1.0]


def test_a_huge_fraction_is_refused_by_name(folder):
    from decimal import Decimal
    from fractions import Fraction

    writer = Writer(folder, name="main")
    for value in (Fraction(10**400), Decimal("sNaN")):
        with pytest.raises(InvalidValueError, match="'a'"):
            writer.log("a", value)


BAD_NAMES = ["", " ", "a" * 256, "a\nb", "\0", "\x7f", None, 5, b"a", ["a"], {"a": 1}, ("a",)]


@pytest.mark.parametrize("name", BAD_NAMES, ids=repr)
def test_a_bad_name_is_one_clear_error(folder, read, name):
    writer = Writer(folder, name="main")
    writer.log("good", 1.0)
    calls = [
        lambda: writer.log(name, 1.0),
        lambda: writer.log(name, "text"),
        lambda: writer.log_row(name, {"x": 1}),
        lambda: writer.log_list(name, [1]),
        lambda: writer.log_table(name, {"x": [1]}),
        lambda: writer.log_image(name, b"", ".png"),
        lambda: writer.log_body("residuals", name, {"bin_edges": [0, 1], "bin_counts": [1]}),
    ]
    if not isinstance(name, (list, dict)):
        calls.append(lambda: writer.log_metrics({"good": 2.0, name: 1.0}))
        calls.append(lambda: writer.log_row("r", {name: 1}))
    for call in calls:
        with pytest.raises(InvalidNameError):
            call()
    metrics = read(folder).metrics
    assert list(metrics) == ["good"]
    assert metrics["good"].values() == [1.0]


@pytest.mark.parametrize(
    "step", ["3", 1.5, float("nan"), float("inf"), 1 << 63, -(1 << 63), [1, 2], b""]
)
def test_a_bad_step_is_one_clear_error(folder, step):
    writer = Writer(folder, name="main")
    with pytest.raises(InvalidValueError, match="step"):
        writer.log("a", 1.0, step=step)
    with pytest.raises(InvalidValueError, match="step"):
        writer.log_metrics({"a": 1.0}, step=step)


@pytest.mark.parametrize("step", [3, 3.0, np.int32(3), np.array(3), np.float32(3)])
def test_whole_steps_of_any_type(folder, read, step):
    Writer(folder, name="main").log("a", 1.0, step=step)
    assert read(folder).metrics["a"].steps() == [3]


@pytest.mark.parametrize(
    ("table", "named"),
    [
        ({"long": [1, 2], "short": [1]}, "'short' has 1"),
        ({}, "column"),
        ([1, 2], "table"),
        ("text", "table"),
        ({"x": np.zeros((2, 2))}, "x"),
        ({"x": np.array(["2026"], "M8[ns]")}, "times"),
    ],
)
def test_a_bad_table_says_what_is_wrong(folder, table, named):
    with pytest.raises(InvalidValueError, match=named):
        Writer(folder, name="main").log_table("t", table)


def test_a_generator_that_fails_is_told_with_its_own_error(folder):
    with pytest.raises(InvalidValueError, match="in the caller's generator") as caught:
        Writer(folder, name="main").log_list("l", broken())
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_refused_batch_claims_no_names(folder, read):
    writer = Writer(folder, name="main")
    writer.log_list("taken", [1])
    with pytest.raises(KindError, match="'taken' was logged as a list before"):
        writer.log_metrics({"free": 1.0, "taken": 2.0})
    writer.log_list("free", [3])
    assert read(folder).metrics["free"].values() == [3]


def test_kinds_hold_across_processes_and_lose_nothing(folder, read):
    one, other = Writer(folder, name="main"), Writer(folder, role="guest")
    one.log("a", 1.0)
    one.log_row("r", {"x": 1})
    with pytest.raises(KindError, match="scalar"):
        other.log_list("a", [1])
    with pytest.raises(KindError, match="row"):
        other.log("r", 1.0)
    other.log("a", 2.0)
    other.log_row("r", {"x": 2})
    reader = read(folder)
    assert reader.metrics["a"].values() == [1.0, 2.0]
    assert reader.metrics["r"].columns() == {"x": [1, 2]}


def test_a_table_without_rows_keeps_its_columns(folder, read):
    writer = Writer(folder, name="main")
    writer.log_table("t", {"x": []})
    assert read(folder).metrics["t"].columns() == {"x": []}
    writer.log_table("t", {"y": [1]})
    assert read(folder).metrics["t"].columns() == {"x": [None], "y": [1]}


# -- order


def test_several_writers_are_ordered_by_time(folder, read, exact):
    writers = [Writer(folder, name=f"w{i}") for i in range(3)]
    expected = []
    for i in range(400):
        value = [float(i), i, f"text {i}", 10**30 + i][i % 4]
        writers[(i * 7) % 3].log("a", value)
        expected.append(value)
    assert exact(read(folder).metrics["a"].values()) == exact(expected)


def test_a_clock_that_is_set_does_not_change_the_order(folder, read, monkeypatch):
    ahead = 0.0
    clock = SimpleNamespace(monotonic=time.monotonic, time=lambda: time.time() + ahead)
    monkeypatch.setattr(ledger, "time", clock)
    writer, other = Writer(folder, name="a"), Writer(folder, name="b")
    other.log("a", -1.0)
    for i in range(500):
        ahead = 1e-3 * i if i % 2 else -5.0
        writer.log("a", i if i % 3 else f"{i}")
        pack, take, target, series, now, offset, mark = writer.hot
        try:
            pack(target, take(), i + 0.5, NO_STEP, now() + offset, series["a"], mark)
        except (StopIteration, KeyError):
            writer.log("a", i + 0.5)
        if i % 7 == 0:
            writer.keep(sync=False)
    values = [float(value) for value in read(folder).metrics["a"].values()]
    assert values == sorted(values)
    times = read(folder).metrics["a"].times()
    assert times == sorted(times)


def test_the_order_of_metrics_does_not_depend_on_the_reading(folder, told):
    live = RunReader(folder, plain=True)
    first, second = Writer(folder, name="z-first"), Writer(folder, name="a-second")
    for i, name in enumerate(["m", "b", "z", "a"]):
        (first, second)[i % 2].log(name, 1.0)
        if i != 2:
            live.poll()
    whole = RunReader(folder)
    whole.poll()
    live.poll()
    assert list(live.metrics) == list(whole.metrics) == ["m", "b", "z", "a"]
    assert told(live) == told(whole)


def test_two_processes_that_choose_one_name_at_once(folder, read, monkeypatch):
    one, other = Writer(folder, name="b"), Writer(folder, name="a")
    monkeypatch.setattr(Writer, "_kind_elsewhere", lambda self, name: None)
    live = RunReader(folder)
    one.log("x", 1.0)
    live.poll()
    other.log_list("x", [2])
    live.poll()
    assert {n: m.result() for n, m in live.metrics.items()} == {"x": 1.0, "x (list)": [2]}
    assert {n: m.result() for n, m in read(folder).metrics.items()} == {"x": 1.0, "x (list)": [2]}


def test_the_first_param_stands_whatever_was_read_first(folder, read):
    one, other = Writer(folder, name="z"), Writer(folder, name="a")
    one.event("param", key="lr", value=0.1)
    other.event("param", key="lr", value=0.2)
    one.event("warning", text="first")
    other.event("warning", text="second")
    one.event("warning", text="third")
    reader = read(folder)
    assert reader.params == {"lr": 0.1}
    assert [text for _, text in reader.warnings] == ["first", "second", "third"]


def test_large_bodies_go_to_files(folder, read, exact):
    writer = Writer(folder, name="main")
    big = [i * 0.5 for i in range(20_000)]
    writer.log_list("l", big)
    writer.log_table("t", {"x": big, "s": ["é\ud800"] * len(big)})
    writer.log_body("predictions", "p", {
        "bin_averages": big, "bin_errors": big, "bin_counts": big, "bin_edges": big,
    })  # fmt: skip
    writer.log("s", "x" * 100_000)
    metrics = read(folder).metrics
    assert metrics["l"].values() == big
    assert exact(metrics["t"].columns()) == exact({"x": big, "s": ["é\ud800"] * len(big)})
    assert metrics["p"].result()["data"]["bin_edges"] == big
    assert metrics["s"].result() == "x" * 100_000
    assert len(list(folder.payload.iterdir())) == 3


# -- threads and processes


def test_threads_and_processes_at_once(folder, read, exact):
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=log_as, args=(folder.path, f"p{i}")) for i in range(2)]
    for child in children:
        child.start()
    writer = Writer(folder, name="main")
    threads = [threading.Thread(target=log_some, args=(writer, f"t{i}")) for i in range(4)]
    for thread in threads:
        thread.start()
    live = RunReader(folder)
    while any(part.is_alive() for part in (*threads, *children)):
        live.poll()
        threading.Event().wait(0.01)
    for part in (*threads, *children):
        part.join()
    assert [child.exitcode for child in children] == [0, 0]
    live.poll()
    for reader in (live, read(folder)):
        metrics = reader.metrics
        for who in ("p0", "p1", "t0", "t1", "t2", "t3"):
            assert exact(metrics[f"{who}/mixed"].values()) == exact([mixed(i) for i in range(300)])
            assert metrics[f"{who}/row"].columns() == {"x": list(range(300)), "y": [0.5] * 300}
        everybody = sorted(metrics["everybody"].values())
        assert everybody == sorted(float(i) for i in range(300) for _ in range(6))
        assert reader.damage == []


def mixed(i):
    return [i, i / 2, bool(i % 3), None, f"text {i}", 10**20 + i][i % 6]


def log_some(writer, who):
    for i in range(300):
        writer.log(f"{who}/mixed", mixed(i), step=i)
        writer.log("everybody", float(i))
        writer.log_row(f"{who}/row", {"x": i, "y": 0.5})


def log_as(path, who):
    from jupyter_runs.journal import RunFolder

    writer = Writer(RunFolder(path), role="guest")
    log_some(writer, who)
    writer.close()


def test_every_error_of_ours_is_one_family():
    from jupyter_runs.journal import errors

    kinds = [v for v in vars(errors).values() if isinstance(v, type) and issubclass(v, Exception)]
    assert all(issubclass(k, (RunsError, UserWarning)) for k in kinds)
    assert all(isinstance(k.http_status, int) for k in kinds if issubclass(k, RunsError))

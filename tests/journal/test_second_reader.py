"""What FORMAT.md says is enough to read a run: a reader written from it alone gives what the library gives."""

from __future__ import annotations

import importlib.util
import json
import math
import os
import random
import signal
import struct
import subprocess
import sys
import threading
import time
import warnings
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_runs import Experiment, Run, Workspace

pd = pytest.importorskip("pandas")

HERE = Path(__file__).parent
_spec = importlib.util.spec_from_file_location("second_reader", HERE / "second_reader.py")
second = importlib.util.module_from_spec(_spec)
# a NamedTuple looks its module up
sys.modules["second_reader"] = second
_spec.loader.exec_module(second)

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")

few = settings(
    deadline=None,
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def experiment(home):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_RUNS_HOME", str(home))
        patch.delenv("JUPYTER_RUNS_RUN_DIR", raising=False)
        yield Experiment(Workspace(), "second")


@pytest.fixture
def start(experiment):
    """Start a run; what a test leaves open is ended."""
    runs = []

    def make():
        runs.append(experiment.start_logging(snapshot_directory=None, outputs=False))
        return runs[-1]

    yield make
    for run in runs:
        if run.get_status() == "Running":
            run.cancel()


# -- what both say --


def shown(metric):
    """Return a metric in the shape of ``get_metrics``."""
    values = [record.value for record in metric.records]
    if metric.kind == "list":
        return values
    if metric.kind == "table" or (metric.kind == "row" and len(values) > 1):
        columns = list(dict.fromkeys(column for row in values for column in row))
        return {column: [row.get(column) for row in values] for column in columns}
    return values[0] if len(values) == 1 else values


def same_cell(ours, theirs):
    """Compare a cell of a frame, in which a missing one is NaN and ints may have become floats."""
    if ours is None or (isinstance(ours, float) and math.isnan(ours)):
        return pd.isna(theirs)
    return ours == theirs or float(ours) == theirs


def agree(run, exact, problems=None):
    """Compare the second reader's answer with the library's, and return it."""
    ours = second.read(run.folder, problems)
    theirs = run.get_metrics()
    assert {name: exact(shown(metric)) for name, metric in ours.items()} == {
        name: exact(value) for name, value in theirs.items()
    }
    for name, metric in ours.items():
        frame = run.get_metric_frame(name)
        assert len(frame) == len(metric.records)
        if metric.kind in ("row", "table"):
            if not metric.records:
                continue
            wanted = shown(metric)
            for column in frame.columns:
                cells = wanted[column] if isinstance(wanted[column], list) else [wanted[column]]
                assert all(map(same_cell, cells, frame[column])), column
            assert list(frame.columns) == list(wanted)
            continue
        assert exact(frame["value"].tolist()) == exact([record.value for record in metric.records])
        steps = [None if pd.isna(step) else step for step in frame["step"]]
        assert steps == [record.step for record in metric.records]
        # a float of today is 0.24 µs wide
        assert all(
            abs(moment.timestamp() - record.time) < 1e-6
            for moment, record in zip(frame["time"], metric.records)
        )
    return ours


# -- what is logged --

texts = st.text(st.characters(codec="utf-8"), max_size=8)
values = st.one_of(
    st.integers(-(2**70), 2**70),
    st.sampled_from([2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**2000, -(2**2500), 2**53 + 1]),
    st.floats(),
    st.booleans(),
    st.none(),
    texts,
)
steps = st.none() | st.integers(-(2**63) + 1, 2**63 - 1)
columns = st.sampled_from(["x", "y", "$", "é"])


@st.composite
def tables(draw):
    names = draw(st.lists(columns, min_size=1, unique=True))
    count = draw(st.integers(1, 3))
    return {name: draw(st.lists(values, min_size=count, max_size=count)) for name in names}


# a name is of one kind
calls = st.one_of(
    st.tuples(st.just("log"), st.sampled_from("ab"), values, steps),
    st.tuples(
        st.just("log_metrics"), st.dictionaries(st.sampled_from("abc"), values, min_size=1), steps
    ),
    st.tuples(
        st.just("log_row"),
        st.sampled_from(["r", "s"]),
        st.dictionaries(columns, values, min_size=1),
    ),
    st.tuples(st.just("log_list"), st.sampled_from(["k", "l"]), st.lists(values, max_size=4)),
    st.tuples(st.just("log_table"), st.sampled_from(["t", "u"]), tables()),
)


def call(run, what, *arguments):
    if what == "log":
        name, value, step = arguments
        run.log(name, value, step=step)
    elif what == "log_row":
        name, cells = arguments
        run.log_row(name, **cells)
    else:
        getattr(run, what)(*arguments)


# -- one writer --


@few
@given(st.lists(calls, max_size=30), st.sampled_from(["map", "write"]), st.booleans())
def test_any_sequence(experiment, exact, sequence, way, ended):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_RUNS_JOURNAL", way)
        run = experiment.start_logging(snapshot_directory=None, outputs=False)
        for what in sequence:
            call(run, *what)
        if not ended:
            agree(run, exact)
        run.complete()
        problems = []
        agree(run, exact, problems)
        assert problems == []


def test_more_than_one_segment(start, exact):
    run = start()
    chance = random.Random(1)
    for number in range(100_000):
        run.log("loss", number * 0.5, step=number)
        if chance.random() < 0.01:
            run.log("loss", f"text {number}")
            run.log_row("r", x=number, y=chance.choice([True, 0.5, "text", 2**80]))
    problems = []
    agree(run, exact, problems)
    run.complete()
    ours = agree(run, exact, problems)
    assert problems == []
    assert len(ours["loss"].records) > 100_000
    assert len(list(Path(run.folder).glob("journal/*/scalars-*.bin"))) > 2


def test_bodies_too_large_for_a_line(start, exact):
    run = start()
    run.log_list("l", [0.5, "text", 2**80, math.nan] * 5_000)
    run.log_table("t", {"x": list(range(20_000)), "$": [None] * 20_000})
    run.log_list("l", [1])
    assert list((Path(run.folder) / "payload").iterdir())
    agree(run, exact)


def test_threads(start, exact):
    run = start()

    def work(number):
        for step in range(500):
            run.log("loss", number, step=step)
            run.log_row("r", x=number, y=step)
            if step % 50 == 0:
                run.log("loss", "text", step=step)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(agree(run, exact)["r"].records) == 2_000


# -- several writers --


def in_a_fork(work, *arguments):
    """Run something in a forked child, which ends without any goodbye."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            work(*arguments)
        code = 0
    finally:
        os._exit(code)


@forks
@few
@given(st.lists(st.tuples(st.integers(0, 2), calls), min_size=1, max_size=25))
def test_writers_that_take_turns(experiment, exact, sequence):
    """Three processes log in the drawn order, each waiting for its turn."""
    run = experiment.start_logging(snapshot_directory=None, outputs=False)
    turns = [os.pipe() for _ in range(2)]
    done = os.pipe()

    def serve(number):
        while True:
            try:
                call(run, *sequence[os.read(turns[number][0], 1)[0]][1])
            except BaseException:
                os.write(done[1], b"!")
                raise
            os.write(done[1], b".")

    children = [in_a_fork(serve, number) for number in range(2)]
    try:
        for index, (who, what) in enumerate(sequence):
            if who == 2:
                call(run, *what)
            else:
                os.write(turns[who][1], bytes([index]))
                assert os.read(done[0], 1) == b"."
        agree(run, exact)
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        for end in (*turns[0], *turns[1], *done):
            os.close(end)
    agree(run, exact)
    run.complete()
    agree(run, exact)


GUEST = """
import sys
from jupyter_runs import Experiment, Run, Workspace
run = Run(Experiment(Workspace(), "second"), sys.argv[1])
for number in range(2000):
    run.log("loss", number, step=number)
    run.log_row("r", x=number, guest=True)
run.log("loss", "goodbye")
run.log_list("l", ["guest"])
"""


def test_a_guest_logs_at_the_same_time(start, exact, home):
    run = start()
    guest = subprocess.Popen(
        [sys.executable, "-c", GUEST, run.id],
        env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
    )
    while guest.poll() is None:
        run.log("loss", 0.5)
        run.log_row("r", x=0.5)
        time.sleep(0.001)
    assert guest.returncode == 0
    run.log_list("l", ["owner"])
    ours = agree(run, exact)
    assert {len({record.writer for record in metric.records}) for metric in ours.values()} == {2}


@forks
@pytest.mark.parametrize("moment", [0, 1, 7, 150, 3000])
def test_a_writer_that_is_killed(start, exact, moment):
    run = start()
    told = os.pipe()

    def work():
        for number in range(10**9):
            run.log("loss", number)
            run.log_row("r", x=number, y="text" if number % 10 == 5 else 0.5)
            if number % 7 == 3:
                run.log("loss", "text")
            if number == moment:
                os.write(told[1], b".")

    child = in_a_fork(work)
    os.close(told[1])
    # nothing comes where the child has died by itself
    assert os.read(told[0], 1) == b"."
    os.kill(child, signal.SIGKILL)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    os.close(told[0])
    ours = agree(run, exact)
    kept = [record.value for record in ours["loss"].records if record.value != "text"]
    assert kept == list(range(len(kept)))
    assert len(kept) > moment
    assert len(ours["r"].records) > moment


# -- what chance seldom makes: written here, as the page says --


def line(**event):
    return json.dumps({"t": 1.0, **event}).encode() + b"\n"


def segment(*records, number=0, first=0, mark=7):
    """Return an open segment; a record is (slot, value, time, id) and perhaps the number of a row."""
    size = min(4096 << number, 2**20)
    data = bytearray(size)
    struct.pack_into("<8sHHIQQI", data, 0, b"JRUNSNUM", 1, 0, number, size, first, mark)
    struct.pack_into("<I", data, 60, zlib.crc32(data[:60]))
    for slot, value, when, series, *number_of_row in records:
        (step,) = number_of_row or (-(2**63),)
        struct.pack_into("<dqdII", data, slot * 32, value, step, when, series, mark)
    return bytes(data)


def sealed_page(data, mark=7, spoilt=0):
    """Return a segment of one page with its seal; that of one whose writer died on the way has no mark."""
    body, slots = data[:4064], range(2, 127)
    marks = [slot for slot in slots if body[slot * 32 + 28 : slot * 32 + 32] != bytes(4)]
    bits = sum(1 << slot for slot in marks).to_bytes(16, "little")
    seal = struct.pack("<II16s", zlib.crc32(body) ^ spoilt, len(marks), bits)
    return body + seal + struct.pack("<II", zlib.crc32(seal), mark)


LOSS = line(e="scalar", id=1, name="loss", description="")
ROWS = line(e="rows", name="r", columns=["x", "y"], ids=[1, 2], description="")
HELD = segment((2, 0.0, 20.0, 1), (4, 1.0, 10.0, 1))


def text(value, at, t=1.0):
    return line(e="value", t=t, id=1, value=value, step=None, at=at)


def row(value, at):
    return line(e="row", name="r", row=9, values={"x": value}, at=at)


# what writers leave, and what is to be read: of each writer its lines and its segments
CRAFTED = {
    "one writer's points by place": ([([LOSS], [HELD])], {"loss": [0.0, 1.0]}),
    "several writers' points by time": (
        [([LOSS], [HELD]), ([LOSS], [segment((2, 2.0, 15.0, 1))])],
        {"loss": [1.0, 2.0, 0.0]},
    ),
    "equal times": (
        [([LOSS], [segment((2, 1.0, 9.0, 1))]), ([LOSS, text("a", 2, 9.0)], [])],
        {"loss": [1.0, "a"]},
    ),
    "places of values": (
        [([LOSS, text("b", 3), text("c", 4), text("a", 0), text("d", 4), text("e", 99)], [HELD])],
        {"loss": ["a", 0.0, "b", "c", "d", 1.0, "e"]},
    ),
    "places in a second segment": (
        [
            (
                [LOSS, text("b", 130), text("a", 127), text("c", 131)],
                [HELD, segment((2, 2.0, 30.0, 1), number=1, first=128)],
            )
        ],
        {"loss": [0.0, 1.0, "a", "b", 2.0, "c"]},
    ),
    "an interrupted segment": (
        [([LOSS], [segment(), segment((2, 2.0, 30.0, 1), number=1)])],
        {"loss": 2.0},
    ),
    "an empty one": ([([LOSS], [b"", segment((2, 2.0, 30.0, 1), number=1)])], {"loss": 2.0}),
    "a row lies where its first column does": (
        [([ROWS, row("a", 2), row("b", 4), row("c", 5)], [segment((2, 2.0, 9.0, 2, 0), (4, 1.0, 9.0, 1, 0))])],
        {"r": {"x": ["a", "b", 1.0, "c"], "y": [None, None, 2.0, None]}},
    ),
    "an interrupted row": (
        [([ROWS], [segment((2, 1.0, 9.0, 1, 0), (3, 3.0, 9.0, 1, 1), (4, 4.0, 9.0, 2, 1))])],
        {"r": {"x": 3.0, "y": 4.0}},
    ),
    "names without points": ([([LOSS, ROWS], [])], {}),
    "a name of two kinds": (
        [([line(e="list", t=2.0, name="loss", count=1, value=[5])], []), ([LOSS], [HELD])],
        {"loss": [0.0, 1.0], "loss (list)": [5]},
    ),
    "lines that make no sense": (
        [([LOSS, b'{"e":"va~\n', b"null\n", line(e="new"), b"\n", text("a", 9), b'{"e":'], [HELD])],
        {"loss": [0.0, 1.0, "a"]},
    ),
    "a header that does not fit": (
        [([LOSS], [HELD[:20] + b"x" + HELD[21:], segment((2, 2.0, 30.0, 1), number=1, first=128)])],
        {"loss": 2.0},
    ),
    "a sealed page": ([([LOSS], [sealed_page(HELD)])], {"loss": [0.0, 1.0]}),
    "a seal without its mark": ([([LOSS], [sealed_page(HELD, mark=0)])], {"loss": [0.0, 1.0]}),
    "a seal of another segment": ([([LOSS], [sealed_page(HELD, mark=8)])], {}),
    "a page that does not fit its seal": ([([LOSS], [sealed_page(HELD, spoilt=1)])], {}),
    "a later version": ([([line(e="writer", format=2), LOSS], [HELD])], {}),
    "a payload that is gone": ([([line(e="list", name="l", count=1, payload="x.json")], [])], {"l": []}),
}  # fmt: skip


@pytest.mark.parametrize(("writers", "wanted"), CRAFTED.values(), ids=CRAFTED)
def test_what_the_page_says(start, exact, writers, wanted):
    run = start()
    for index, (lines, segments) in enumerate(writers):
        name = f"guest-{index}-0000"
        folder = Path(run.folder) / "journal" / name
        folder.mkdir(parents=True)
        hello = line(e="writer", format=1, name=name, role="guest", pid=1)
        (folder / "events.jsonl").write_bytes(
            b"".join(lines if b'"format"' in lines[0] else [hello, *lines])
        )
        for number, data in enumerate(segments):
            (folder / f"scalars-{number:04}.bin").write_bytes(data)
    ours = {name: shown(metric) for name, metric in second.read(run.folder).items()}
    assert exact(ours) == exact(run.get_metrics()) == exact(wanted)


@pytest.fixture(scope="module")
def sealed(experiment):
    """A run that has ended: each page has its seal."""
    run = experiment.start_logging(snapshot_directory=None, outputs=False)
    for number in range(200):
        run.log("loss", number)
        run.log_row("r", x=number, y=0.5)
        if number % 20 == 7:
            run.log("loss", "text")
    run.complete()
    return run


@few
@given(
    st.dictionaries(st.floats(0, 1, exclude_max=True), st.integers(1, 255), min_size=1, max_size=4)
)
def test_bytes_that_a_disk_has_changed(experiment, sealed, exact, changes):
    """A seal vouches for its page: what does not fit is left out, all else is there."""
    files = sorted(Path(sealed.folder).glob("journal/*/scalars-*.bin"))
    before = [file.read_bytes() for file in files]
    whole = bytearray(b"".join(before))
    for part, change in changes.items():
        whole[int(part * len(whole))] ^= change
    try:
        for file, data in zip(files, before):
            file.write_bytes(whole[: len(data)])
            del whole[: len(data)]
        problems = []
        # a handle of its own: what another one has read before the damage, it keeps
        agree(Run(experiment, sealed.id), exact, problems)
        assert problems
    finally:
        for file, data in zip(files, before):
            file.write_bytes(data)

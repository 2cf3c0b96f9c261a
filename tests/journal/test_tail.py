"""Reading while it is written: holes, seals at any moment, lines that are torn, versions to come."""

from __future__ import annotations

import json
import os
import random
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_runs.journal import NO_STEP, RunReader, Writer, tail

LONG = int(os.environ.get("JUPYTER_RUNS_TEST_LONG", "1"))


class Threads:
    """Threads of one writer that can stop between taking a slot and filling it."""

    def __init__(self, writer):
        self.writer = writer
        self.logged: list[float] = []
        self.waiting: list[tuple] = []
        self.next = 0.0

    def log(self, count=1):
        for _ in range(count):
            self.next += 1.0
            self.writer.log("a", self.next)
            self.logged.append(self.next)

    def take(self):
        pack, take, target, series, clock, ahead, mark = self.writer.hot
        try:
            slot = take()
        except StopIteration:
            return
        self.next += 1.0
        value = (target, slot, self.next, NO_STEP, clock() + ahead, series["a"], mark)
        self.waiting.append((pack, value))

    def fill(self, index):
        if self.waiting:
            pack, value = self.waiting.pop(index % len(self.waiting))
            try:
                pack(*value)
            except ValueError:  # the map was closed in between
                self.writer.log("a", value[2])
            self.logged.append(value[2])

    def do(self, what, number):
        if what == "log":
            self.log(number)
        elif what == "take":
            for _ in range(number % 5):
                self.take()
        else:
            self.fill(number)


DOING = st.lists(
    st.tuples(st.sampled_from(["log", "log", "take", "take", "fill"]), st.integers(1, 130)),
    max_size=12,
)


@settings(
    max_examples=150 * LONG,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=LONG == 1,
)
@given(between=st.lists(DOING, max_size=5), during=DOING, leave=st.booleans())
def test_threads_may_stop_anywhere_and_polls_may_come_at_any_moment(
    new_folder, between, during, leave
):
    """Writers act before each single read of a poll: nothing is lost, nothing comes twice, nothing is called damaged."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_RUNS_JOURNAL", "map")
        folder = new_folder()
        threads = Threads(Writer(folder, name="main"))
        threads.log()
        queue: list = []
        read = tail.Segment.read

        def reading(self, size, offset):
            if queue:
                threads.do(*queue.pop(0))
            return read(self, size, offset)

        patch.setattr(tail.Segment, "read", reading)
        live = [RunReader(folder, plain=True), RunReader(folder)]
        for doing in between:
            for action in doing:
                threads.do(*action)
            for reader in live:
                queue += during
                reader.poll()
                values = reader.metrics["a"].values()
                assert set(values) <= set(threads.logged)
                assert len(values) == len(set(values))
        queue.clear()
        for reader in live:  # what had been logged by now is there, also behind holes
            reader.poll()
            assert set(reader.metrics["a"].values()) == set(threads.logged)
        while threads.waiting and not leave:
            threads.fill(0)
        threads.writer.close()
        while threads.waiting and not leave:
            threads.fill(0)
        threads.writer.close()
        whole = [RunReader(folder, plain=True), RunReader(folder)]
        for reader in (*live, *whole):
            reader.poll()
            assert sorted(reader.metrics["a"].values()) == sorted(threads.logged)
            assert reader.damage == []
        order = whole[0].metrics["a"].values()
        assert all(reader.metrics["a"].values() == order for reader in (*live, *whole))


def test_a_hole_is_filled_long_after(folder, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", "map")
    threads = Threads(Writer(folder, name="main"))
    threads.log()
    for _ in range(130):
        threads.take()
        threads.log(40)
    readers = [RunReader(folder, plain=True), RunReader(folder)]
    for reader in readers:
        reader.poll()
        assert set(reader.metrics["a"].values()) == set(threads.logged)
    while threads.waiting:
        threads.fill(random.randrange(200))
        for reader in readers:
            assert reader.poll()
    for reader in readers:
        assert reader.metrics["a"].values() == [float(i) for i in range(1, int(threads.next) + 1)]
    threads.log(200)
    assert not threads.writer._scalars._unsealed


def test_a_closed_reader_goes_on_and_keeps_its_holes(folder, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", "map")
    threads = Threads(Writer(folder, name="main"))
    threads.log()
    reader = RunReader(folder)
    for _ in range(20):
        threads.take()
        threads.log(100)
        reader.poll()
        reader.close()
        threads.fill(0)
    reader.poll()
    assert len(reader.metrics["a"].values()) == len(threads.logged)
    held = Path("/proc/self/fd")
    before = len(list(held.iterdir())) if held.is_dir() else 0
    many = [RunReader(folder) for _ in range(50)]
    for one in many:
        one.poll()
        one.close()
    if before:
        assert len(list(held.iterdir())) <= before


def test_a_poll_with_nothing_new_says_so(folder, way):
    writer = Writer(folder, name="main")
    writer.log("a", 1.0)
    reader = RunReader(folder)
    assert reader.poll()
    version, metric_version = reader.version, reader.metrics["a"].version
    assert not reader.poll()
    assert reader.version == version
    writer.log("b", 1)
    assert reader.poll()
    assert reader.metrics["a"].version == metric_version
    assert reader.metrics["b"].version == reader.version == version + 1
    writer.close()
    reader.poll()
    assert not reader.poll()


def test_a_run_that_is_still_empty_or_gone(folder, tmp_path):
    from jupyter_runs.journal import RunNotFoundError

    reader = RunReader(folder)
    assert not reader.poll()
    assert reader.metrics == {}
    with pytest.raises(RunNotFoundError, match="no run"):
        RunReader(tmp_path / "nothing").poll()


# -- events


def test_a_torn_last_line_is_not_there_yet(folder, read):
    writer = Writer(folder, name="main")
    writer.log("s", "one")
    path = folder.journal / "main" / "events.jsonl"
    line = b'{"e":"value","t":1.5,"id":1,"value":"two","step":null,"at":0}\n'
    live = RunReader(folder)
    live.poll()
    for cut in range(1, len(line)):
        with path.open("ab") as file:
            file.write(line[cut - 1 : cut])
        assert not live.poll()
        assert read(folder).metrics["s"].values() == ["one"]
    with path.open("ab") as file:
        file.write(line[-1:])
    assert live.poll()
    for reader in (live, read(folder)):
        assert reader.metrics["s"].values() == ["one", "two"]
        assert reader.damage == []


@pytest.mark.parametrize("end", [1, 20, -2, -1])
def test_a_line_that_was_cut_by_a_full_disk_does_not_spoil_the_next(folder, read, monkeypatch, end):
    writer = Writer(folder, name="main")
    writer.log("s", "one")
    real, cuts = os.write, iter([end, 0])

    def full(fd, data):
        cut = next(cuts, None)
        if cut is None:
            return real(fd, data)
        if not cut:
            raise OSError(28, "no space")
        return real(fd, data[:cut])

    monkeypatch.setattr(os, "write", full)
    with pytest.warns(UserWarning, match="not all could be stored"):
        writer.log("s", "two")
    monkeypatch.undo()
    writer._retry_at = 1e-9
    writer.log("s", "three")
    reader = read(folder)
    assert reader.metrics["s"].values() == ["one", "three"]
    assert len(reader.damage) == 1
    assert [text for _, text in reader.warnings] == [
        "1 values could not be stored and are missing before this moment"
    ]


def test_lines_of_a_kind_to_come_are_skipped(folder, read):
    writer = Writer(folder, name="main")
    writer.log("a", 1.0)
    writer.event("hologram", name=["of", "another", "shape"], step="x", id=None)
    writer.log("a", 2.0)
    reader = read(folder)
    assert reader.metrics["a"].values() == [1.0, 2.0]
    assert reader.damage == []


def test_a_later_format_is_left_alone_and_told(folder, read):
    writer = Writer(folder, name="main")
    writer.log("a", 1.0)
    writer.close()
    path = folder.journal / "main" / "events.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"format":1', b'"format":2'))
    reader = read(folder)
    assert reader.metrics == {}
    assert "later version" in reader.damage[0]
    assert not reader.poll()


# -- damage


def closed_run(folder, count=3_000):
    writer = Writer(folder, name="main")
    for i in range(count):
        writer.log("a", float(i), step=i)
    writer.close()
    return sorted((folder.journal / "main").glob("*.bin"))


def with_crc(raw):
    return raw[:60] + struct.pack("<I", zlib.crc32(raw[:60])) + raw[64:]


def test_a_segment_of_a_later_version(folder, read):
    paths = closed_run(folder)
    raw = paths[1].read_bytes()
    paths[1].write_bytes(with_crc(raw[:8] + struct.pack("<H", 2) + raw[10:]))
    reader = read(folder)
    lost = set(range(3_000)) - set(reader.metrics["a"].steps())
    assert len(lost) == 125 + 127
    assert any("version 2" in text and paths[1].name in text for text in reader.damage)


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("how", ["missing", "header", "empty", "cut", "zero page", "swapped"])
def test_a_damaged_segment_is_told_and_the_others_are_read(folder, read, number, how):
    paths = closed_run(folder, 7_500)
    assert len(paths) == 6
    path, raw = paths[number], paths[number].read_bytes()
    if how == "missing":
        path.unlink()
    elif how == "header":
        path.write_bytes(raw[:20] + bytes([raw[20] ^ 1]) + raw[21:])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "cut":
        path.write_bytes(raw[: len(raw) - 2048])
    elif how == "zero page":
        path.write_bytes(raw[:-4096] + bytes(4096))
    else:
        path.write_bytes(paths[(number + 1) % 6].read_bytes())
    reader = read(folder)
    metric = reader.metrics["a"]
    assert metric.values() == [float(step) for step in metric.steps()]
    lost = 7_500 - len(metric.values())
    assert (0 if how == "cut" and number == 5 else 1) <= lost <= 127 * len(raw) // 4096
    assert reader.damage
    assert all(path.name in text for text in reader.damage)
    live = RunReader(folder, plain=True)  # says nothing of it twice
    for _ in range(3):
        live.poll()
    assert live.damage == reader.damage


def test_a_journal_without_its_names_says_what_it_leaves_out(folder, read):
    closed_run(folder)
    path = folder.journal / "main" / "events.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    reader = read(folder)
    assert reader.metrics == {}
    assert any("series 1" in text and "3,000 values" in text for text in reader.damage)


def guarded(paths):
    """Return the steps that stand in a page with a seal of its own, in the segments as they were written."""
    found: dict[tuple[int, int], set[int]] = {}
    for number, path in enumerate(paths):
        raw = path.read_bytes()
        mark = raw[32:36]
        for slot in range(2, len(raw) // 32):
            if raw[slot * 32 + 28 : slot * 32 + 32] == mark and slot % 128 != 127:
                step = struct.unpack_from("<q", raw, slot * 32 + 8)[0]
                found.setdefault((number, slot // 128), set()).add(step)
    return found


def test_damage_never_invents_a_value(new_folder):
    """Sealed parts: what is read was logged, what is missing is told, both readers say the same."""
    folder = new_folder()
    paths = closed_run(folder, 700)
    originals = [path.read_bytes() for path in paths]
    steps_of = guarded(paths)
    logged = {i: float(i) for i in range(700)}
    chance = random.Random(5)
    told = 0
    for _ in range(500 * LONG):
        open_pages = []  # the seal itself was wiped out
        for number, (path, raw) in enumerate(zip(paths, originals)):
            damaged = damage(bytearray(raw), chance)
            path.write_bytes(damaged)
            open_pages += [
                (number, page)
                for page in range(len(raw) // 4096)
                if len(damaged) < (page + 1) * 4096
                or not any(damaged[page * 4096 + 4064 + 24 : (page + 1) * 4096])
            ]
        answers = []
        for plain in (True, False):
            reader = RunReader(folder, plain=plain)
            reader.poll()
            metric = reader.metrics["a"]
            pairs = list(zip(metric.steps(), metric.values()))
            made_up = [pair for pair in pairs if pair not in logged.items()]
            doubtful = set().union(*(steps_of[page] for page in open_pages))
            if made_up:
                assert doubtful
                assert any("no seal" in text or "cut short" in text for text in reader.damage)
                assert len(made_up) <= len(doubtful)
            else:
                assert len(set(pairs)) == len(pairs) or doubtful
            assert len(pairs) == 700 or reader.damage
            answers.append((pairs, reader.damage))
        assert answers[0] == answers[1]
        told += bool(answers[0][1])
    assert told > 100


def test_a_line_that_gives_a_row_a_lone_value_is_damage(folder):
    writer = Writer(folder, name="main")
    writer.log_row("r", {"x": 1.0})
    writer.log("s", 2**70)  # no number of 8 bytes: its value stands in a line
    writer.close()
    lines = folder.journal / "main" / "events.jsonl"
    told = [json.loads(line) for line in lines.read_text().splitlines()]
    (rows,) = [event for event in told if event["e"] == "rows"]
    for event in told:
        if event["e"] == "value":
            event["id"] = rows["ids"][0]
    lines.write_text("".join(json.dumps(event) + "\n" for event in told))
    reader = RunReader(folder)
    reader.poll()
    assert reader.metrics["r"].result() == {"x": 1.0}
    assert reader.metrics["s"].result() == []
    assert "is no scalar's" in reader.damage[0]


def test_a_segment_cut_within_a_seal_is_told(folder, read):
    paths = closed_run(folder)
    for path in (paths[1], paths[-1]):
        path.write_bytes(path.read_bytes()[:-3])
    reader = read(folder)
    assert reader.metrics["a"].values() == [float(i) for i in range(3_000)]
    assert len(reader.damage) == 2
    assert all("no seal" in text for text in reader.damage)


def damage(raw, chance):
    """Flip bits, write garbage and zeros over parts, cut off the end."""
    for _ in range(chance.choice([0, 1, 1, 2, 8])):
        what, at = chance.random(), chance.randrange(len(raw))
        if what < 0.7:
            raw[at] ^= 1 << chance.randrange(8)
        elif what < 0.85:
            size = chance.choice([1, 40, 600, 4096])
            raw[at : at + size] = chance.randbytes(len(raw[at : at + size]))
        else:
            size = chance.choice([32, 512, 4096])
            raw[at : at + size] = bytes(len(raw[at : at + size]))
    if chance.random() < 0.05:
        del raw[chance.randrange(len(raw)) :]
    return raw


# -- strangers


def use_everything(reader):
    """Ask for all that a view may ask for."""
    for metric in reader.metrics.values():
        assert isinstance(metric.name, str)
        assert metric.count >= 0
        assert metric.first_time <= metric.last_time
        assert isinstance(metric.is_numeric(), bool)
        assert metric.version
        repr(metric)
        metric.result()
        if metric.kind in ("scalar", "list"):
            assert len(metric.values()) == len(metric.steps()) == len(metric.times())
            metric.arrays()
        elif metric.kind in ("row", "table"):
            assert len({len(column) for column in metric.columns().values()}) <= 1
            metric.column_arrays()
            metric.times()
        else:
            for item in metric.items():
                if item.path is not None:
                    assert item.path.parent == reader.folder.payload
                    assert item.path.name not in ("", "..", ".")
        _ = metric.last_step
    assert all(isinstance(text, str) for text in reader.damage)
    json.dumps([reader.damage, list(reader.writers), reader.name])
    _ = reader.last_step, reader.last_time, reader.tags, reader.files


EVIL = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([-1, 0, 1, 2, 1 << 28, 1 << 63, 10**30, 10**400, -(1 << 63)]),
    st.floats(allow_nan=False),
    st.sampled_from([{"$": "nan"}, {"$": []}, {"$": {}}, {"$": "0x"}, {"$": "0x1f"}, {"$": [1]}]),
    st.sampled_from(
        ["a", "../../etc/passwd", "..", "", "/etc/passwd", "x\0.png", "ok.json", "\ud800"]
    ),
)
DEEP = st.recursive(
    EVIL,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
)
KINDS = [
    "writer",
    "scalar",
    "value",
    "rows",
    "row",
    "list",
    "table",
    "image",
    "confusion_matrix",
    "residuals",
    "tag",
    "untag",
    "property",
    "param",
    "file",
    "progress",
    "facts",
    "warning",
    "status",
    "rename",
    "close",
    "other",
]
FIELDS = [
    "name",
    "id",
    "ids",
    "columns",
    "values",
    "value",
    "payload",
    "step",
    "at",
    "count",
    "description",
    "key",
    "size",
    "sha256",
    "done",
    "total",
    "unit",
    "text",
    "status",
    "format",
    "row",
]
LINE = st.builds(
    lambda kind, t, fields, name: json.dumps({"e": kind, "t": t, **fields, **name}).encode(),
    st.sampled_from(KINDS),
    st.one_of(st.just(5.0), st.integers(), st.floats(), DEEP),
    st.dictionaries(st.sampled_from(FIELDS), DEEP, max_size=8),
    st.sampled_from(
        [{}, {"name": "a", "id": 1}, {"name": "b", "ids": [1, 2], "columns": ["x", "y"]}]
    ),
)
HOSTILE = st.lists(
    st.one_of(
        LINE,
        st.binary(max_size=40),
        st.sampled_from(
            [b"[" * 100_000, b"{}", b"null", b'{"e":"scalar","t":NaN}', b"\xff\xfe", b'"e"']
        ),
        st.just(b'{"e":"scalar","t":1,"id":1,"name":"a"}'),
        st.just(b'{"e":"value","t":1e400,"id":1,"at":0,"value":1}'),
    ),
    max_size=12,
)


@settings(
    max_examples=300 * LONG,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=LONG == 1,
)
@given(lines=HOSTILE, records=st.binary(max_size=320), sealed=st.booleans())
def test_a_journal_from_a_stranger_never_crashes_the_reader(new_folder, lines, records, sealed):
    from jupyter_runs.journal import read_status
    from jupyter_runs.journal.layout import Header, marks_of, seal

    folder = new_folder()
    place = folder.journal / "main"
    place.mkdir()
    (place / "events.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    records += bytes(-len(records) % 32)
    body = b"".join(
        records[i : i + 24]
        + struct.pack("<I", (records[i + 24] & 15) << 28 | 1)
        + struct.pack("<I", 77)
        for i in range(0, len(records), 32)
    )
    page = (Header(0, 4096, 0, 77).pack() + body).ljust(4064, b"\0")
    ending = seal(page, marks_of(77, 2), 0, only_full=False) if sealed else bytes(32)
    (place / "scalars-0000.bin").write_bytes(page + (ending or bytes(32)))
    for plain in (True, False):
        reader = RunReader(folder, plain=plain)
        for _ in range(2):
            reader.poll()
            if not plain:
                use_everything(reader)
            reader.close()
        read_status(folder, reader)
    read_status(folder)
    writer = Writer(folder, role="guest")
    writer.log("a new name", 1.0)
    writer.close()


@settings(
    max_examples=200 * LONG,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=LONG == 1,
)
@given(events=st.binary(max_size=300), numbers=st.binary(max_size=300), end=st.binary(max_size=60))
def test_arbitrary_bytes(new_folder, events, numbers, end):
    from jupyter_runs.journal import read_status

    folder = new_folder()
    place = folder.journal / "main"
    place.mkdir()
    (place / "events.jsonl").write_bytes(events)
    (place / "scalars-0000.bin").write_bytes(numbers)
    (place / "scalars-0001.bin").write_bytes(b"JRUNSNUM" + numbers)
    (folder.control / "end").write_bytes(end)
    (folder.control / "cancel").write_bytes(end)
    for plain in (True, False):
        reader = RunReader(folder, plain=plain)
        reader.poll()
        use_everything(reader)
    read_status(folder)


@pytest.mark.parametrize(
    "end",
    [
        {"status": ["Completed"]},
        {"status": "Completed", "time": "now", "message": ["x"], "code": 5},
        {"status": "Completed", "time": 10**400},
        {"status": "Exploded"},
        {},
        [],
    ],
)
def test_an_odd_end(folder, end):
    from jupyter_runs.journal import read_status

    (folder.control / "end").write_text(json.dumps(end))
    status = read_status(folder)
    assert status.message is None or isinstance(status.message, str)
    assert status.status in ("Completed", "NotStarted")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "..", "", ".", "link", "pipe", "a\0b", 5, None]
)
def test_a_payload_outside_is_not_read(folder, read, name, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text('{"value": ["secret"]}')
    folder.payload.mkdir()
    (folder.payload / "link").symlink_to(secret)
    os.mkfifo(folder.payload / "pipe")
    writer = Writer(folder, name="main")
    writer.event("list", name="l", count=1, payload=name)
    writer.event("image", name="i", payload=name)
    writer.event("table", name="t", count=1, payload=name)
    metrics = read(folder).metrics
    for metric in metrics.values():
        assert "secret" not in str(metric.result())
    if "i" in metrics:
        for item in metrics["i"].items():
            assert item.path is None or item.path.parent == folder.payload
            assert item.path is None or name in ("link", "pipe")


@pytest.mark.parametrize("kind", ["pipe", "folder", "link", "socket"])
def test_odd_files_do_not_hold_up_a_reader(folder, read, kind, tmp_path):
    import socket

    from jupyter_runs.journal import read_status

    place = folder.journal / "main"
    place.mkdir()
    for name in (
        "events.jsonl",
        "scalars-0000.bin",
        "alive",
        "../../control/end",
        "../../control/cancel",
    ):
        path = place / name
        if kind == "pipe":
            os.mkfifo(path)
        elif kind == "folder":
            path.mkdir()
        elif kind == "link":
            path.symlink_to("/dev/zero")
        else:
            with socket.socket(socket.AF_UNIX) as server:
                server.bind(os.path.relpath(path))
    reader = read(folder)
    assert reader.metrics == {}
    assert read_status(folder).status == "NotStarted"

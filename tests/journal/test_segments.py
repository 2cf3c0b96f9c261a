"""The bytes on the disk, against FORMAT.md: read here by its words alone, without the package's own reader."""

from __future__ import annotations

import json
import struct
import zlib

import pytest

from jupyter_runs.journal import NO_STEP, RunReader, Writer, keeper, ledger, scalars


def by_the_format(place):
    """Return the records of a closed writer as (place, type, series, value, step, time)."""
    found, first = [], 0
    for number, path in enumerate(sorted(place.glob("scalars-*.bin"))):
        assert path.name == f"scalars-{number:04d}.bin"
        raw = path.read_bytes()
        magic, version, flags, told, size, start, mark, crc = struct.unpack(
            "<8sHHIQQI24xI", raw[:64]
        )
        assert (magic, version, flags, told) == (b"JRUNSNUM", 1, 0, number)
        assert size == min(4096 << number, 1 << 20)
        assert start == first
        assert mark
        assert crc == zlib.crc32(raw[:60])
        assert raw[36:60] == bytes(24)
        assert len(raw) % 4096 == 0
        assert 0 < len(raw) <= size
        first += size // 32
        for page in range(len(raw) // 4096):
            body, seal = raw[page * 4096 : page * 4096 + 4064], raw[page * 4096 + 4064 :][:32]
            page_crc, count, bitmap, own, seal_mark = struct.unpack("<II16sII", seal)
            assert page_crc == zlib.crc32(body)
            assert own == zlib.crc32(seal[:24]) ^ page
            assert seal_mark == mark
            committed = 0
            for slot in range(2 if page == 0 else 0, 127):
                record = body[slot * 32 : slot * 32 + 32]
                bits, step, time, word, seen = struct.unpack("<8sqdII", record)
                assert (bitmap[slot // 8] >> slot % 8 & 1) == (seen == mark)
                if seen != mark:
                    assert record[28:] == bytes(4)
                    continue
                committed += 1
                kind, series = word >> 28, word & (1 << 28) - 1
                value = struct.unpack("<d" if kind == 0 else "<q", bits)[0]
                found.append((start + page * 128 + slot, kind, series, value, step, time))
            assert count == committed
    return found


def test_each_record_stands_where_the_format_says(folder, way):
    writer = Writer(folder, name="main")
    values = [1.5, -7, True, None, (1 << 63) - 1, float("inf")]
    for i in range(5_000):
        writer.log("abc"[i % 3], values[i % 6], step=i if i % 2 else None)
    writer.close()
    records = by_the_format(folder.journal / "main")
    assert len(records) == 5_000
    assert [r[0] for r in records] == sorted({r[0] for r in records})
    for i, (_, kind, series, value, step, _) in enumerate(records):
        logged = values[i % 6]
        assert kind == [0, 1, 2, 3, 1, 0][i % 6]
        assert series == i % 3 + 1
        assert value == (0 if logged is None else logged)
        assert step == (i if i % 2 else -(1 << 63))
    times = [r[5] for r in records]
    assert times == sorted(times)


def test_events_are_strict_json_a_line_each(folder):
    writer = Writer(folder, name="main")
    writer.log("nan", "text\n\u2028\ud800")
    writer.log_list("l", [float("nan"), float("inf"), float("-inf"), 10**3000, {}.get("x")])
    writer.event("facts", odd={"$": "mine"}, deep={"a": [float("nan")]})
    writer.close()

    def refuse(constant):
        raise AssertionError(constant)

    raw = (folder.journal / "main" / "events.jsonl").read_bytes()
    assert raw.isascii()
    assert raw.endswith(b"\n")
    lines = [json.loads(line, parse_constant=refuse) for line in raw.splitlines()]
    assert [line["e"] for line in lines] == ["writer", "scalar", "value", "list", "facts", "close"]
    assert lines[3]["value"][:3] == [{"$": "nan"}, {"$": "inf"}, {"$": "-inf"}]
    times = [line["t"] for line in lines]
    assert times == sorted(times)
    reader = RunReader(folder)
    reader.poll()
    assert reader.facts["odd"] == {"$": "mine"}


def test_a_run_without_numbers_has_no_segment(folder):
    writer = Writer(folder, name="main")
    writer.log("s", "text")
    writer.close()
    assert not list((folder.journal / "main").glob("*.bin"))


def test_a_tiny_run_is_small_and_a_closed_one_cut(folder, way):
    writer = Writer(folder, name="main")
    for i in range(10):
        writer.log("a", float(i))
    writer.close()
    held = sum(p.stat().st_blocks * 512 for p in folder.path.rglob("*") if p.is_file())
    assert held <= 24 * 1024
    for i in range(100_000):
        writer.log("a", float(i))
    writer.close()
    sizes = sum(p.stat().st_size for p in folder.path.rglob("*.bin"))
    assert sizes <= 33 * 100_010 + 4096


def test_an_open_segment_is_allocated_for_real(folder, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", "map")
    writer = Writer(folder, name="main")
    for i in range(1_000):
        writer.log("a", float(i))
    for path in (folder.journal / "main").glob("*.bin"):
        assert path.stat().st_blocks * 512 >= path.stat().st_size
    writer.close()


def test_a_bad_value_on_the_fast_path_leaves_a_void(folder, monkeypatch, read):
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", "map")
    writer = Writer(folder, name="main")
    writer.log("a", 0.0)
    for i in range(1, 400):
        pack, take, target, series, clock, ahead, mark = writer.hot
        try:
            slot = take()
        except StopIteration:
            writer.log("a", float(i))
            continue
        with pytest.raises(struct.error):
            pack(target, slot, "text", NO_STEP, clock() + ahead, series["a"], mark)
        writer.void(slot, target)
        writer.log("a", float(i))
    reader = read(folder)
    assert reader.metrics["a"].values() == [float(i) for i in range(400)]
    place = folder.journal / "main"
    writer.close()
    assert sum(1 for r in by_the_format(place) if r[1] == 15) == pytest.approx(396, abs=6)
    reader = read(folder)
    assert reader.metrics["a"].values() == [float(i) for i in range(400)]
    assert reader.damage == []


def test_a_void_behind_a_change_of_segments_lets_the_page_be_sealed(folder, monkeypatch, read):
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", "map")
    writer = Writer(folder, name="main")
    writer.log("a", 0.0)
    target, slot = writer.hot[2], writer.hot[1]()
    for i in range(1, 1_000):
        writer.log("a", float(i))
    assert writer.hot[2] is not target
    writer.void(slot, target)
    for i in range(1_000, 3_000):
        writer.log("a", float(i))
    assert not writer._scalars._unsealed
    assert read(folder).metrics["a"].values() == [float(i) for i in range(3_000)]


def test_a_segment_left_behind_by_an_interrupt_is_passed_over(folder, way, read, monkeypatch):
    """Ctrl-C between making a segment and taking it into use: the next try finds its name taken."""
    writer = Writer(folder, name="main")
    finish = scalars.Scalars._finish_page
    interrupts = iter([True, True])

    def interrupted(self, segment, page):
        if (page + 1) * 4096 >= segment.header.size and next(interrupts, False):
            raise KeyboardInterrupt
        finish(self, segment, page)

    monkeypatch.setattr(scalars.Scalars, "_finish_page", interrupted)
    live = RunReader(folder)
    logged = []
    for i in range(3_000):
        try:
            writer.log("a", float(i))
            logged.append(float(i))
        except KeyboardInterrupt:
            pass
        if i % 100 == 0:
            live.poll()
    assert len(logged) == 2_998
    writer.close()
    live.poll()
    for reader in (live, read(folder)):
        assert reader.metrics["a"].values() == logged
        assert reader.damage == []


def test_a_signal_that_logs_while_the_segment_changes(folder, way, read, monkeypatch):
    writer = Writer(folder, name="main")
    finish = scalars.Scalars._finish_page
    inside = []

    def signalled(self, segment, page):
        finish(self, segment, page)
        if (page + 1) * 4096 >= segment.header.size and not inside:
            inside.append(1)
            for i in range(300):
                writer.log("handler", float(i))

    monkeypatch.setattr(scalars.Scalars, "_finish_page", signalled)
    live = RunReader(folder)
    for i in range(3_000):
        writer.log("a", float(i))
        if i % 10 == 0:
            live.poll()
    writer.close()
    live.poll()
    for reader in (live, read(folder)):
        assert reader.metrics["a"].values() == [float(i) for i in range(3_000)]
        assert reader.metrics["handler"].values() == [float(i) for i in range(300)]
        assert reader.damage == []


def test_an_interrupt_while_a_name_is_new_does_not_mix_names(folder, read, monkeypatch):
    writer = Writer(folder, name="main")
    put, put_all = Writer._put, Writer._put_all

    def interrupted(self, *args):
        monkeypatch.setattr(Writer, "_put", put)
        monkeypatch.setattr(Writer, "_put_all", put_all)
        raise KeyboardInterrupt

    write = Writer._write

    def after_writing(self, event):
        write(self, event)
        monkeypatch.setattr(Writer, "_write", write)
        raise KeyboardInterrupt

    for method, stop in (("_put", interrupted), ("_write", after_writing)):
        monkeypatch.setattr(Writer, method, stop)
        with pytest.raises(KeyboardInterrupt):
            writer.log(f"first{method}", 1.0)
        writer.log(f"second{method}", 2.0)
        writer.log(f"first{method}", 3.0)
        monkeypatch.setattr(Writer, method.replace("_put", "_put_all"), stop)
        with pytest.raises(KeyboardInterrupt):
            writer.log_row(f"row{method}", {"x": 1, "y": 2})
        writer.log_row(f"row{method}", {"x": 3, "y": 4})
    reader = read(folder)
    assert reader.damage == []
    for method in ("_put", "_write"):
        assert reader.metrics[f"first{method}"].values() == [3.0]
        assert reader.metrics[f"second{method}"].values() == [2.0]
        assert reader.metrics[f"row{method}"].columns() == {"x": [3], "y": [4]}


def test_a_writer_takes_no_folder_that_is_there(folder, read, monkeypatch):
    """Four random characters are few: chance gives them twice to a process that opens and closes a run often."""
    names = iter([f"guest-{i}" for i in (1, 1, 1, 2, 1, 2, 3, 4)])
    monkeypatch.setattr(ledger, "new_writer_name", lambda role: next(names))
    writer = Writer(folder, role="guest")
    for i in range(3):
        writer.log("a", float(i))
        writer.close()
    assert sorted(path.name for path in folder.journal.iterdir()) == [
        "guest-1",
        "guest-2",
        "guest-3",
    ]
    reader = read(folder)
    assert reader.damage == []
    assert reader.metrics["a"].values() == [0.0, 1.0, 2.0]


def test_closing_twice_and_logging_after_it(folder, read):
    writer = Writer(folder, name="main")
    writer.close()
    writer.log("a", 1.0)
    writer.close()
    writer.close()
    writer.log("a", 2.0)
    writer.flush()
    assert writer in keeper.open_writers()
    writer.close()
    assert writer not in keeper.open_writers()
    reader = read(folder)
    assert reader.metrics["a"].values() == [1.0, 2.0]
    assert len(reader.writers) == 2
    assert all(facts["closed"] for facts in reader.writers.values())

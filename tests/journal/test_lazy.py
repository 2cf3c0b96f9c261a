"""Decoded when asked for: the same as read at once, whenever that is; and no more memory than what is asked for."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_runs.journal import RunReader, Writer, fast, fast_counts, pages
from jupyter_runs.journal.layout import PAGE, SLOT

NAMES = "abcdef"


@pytest.fixture(autouse=True)
def _large(monkeypatch):
    """Few records are decoded all at once: here none are few."""
    monkeypatch.setattr(fast, "LITTLE", 0)


doing = st.one_of(
    st.tuples(st.just("log"), st.sampled_from(NAMES), st.integers(1, 300)),
    st.tuples(st.just("together"), st.sampled_from(NAMES), st.integers(1, 200)),
    st.tuples(st.just("row"), st.sampled_from("rs"), st.integers(1, 100)),
    st.tuples(st.just("text"), st.sampled_from(NAMES), st.integers(1, 3)),
    st.tuples(st.just("poll"), st.just(""), st.just(0)),
    st.tuples(st.just("ask"), st.sampled_from([*NAMES, "r", "s"]), st.just(0)),
    st.tuples(st.just("load"), st.sampled_from([*NAMES, "r", "s"]), st.just(0)),
    st.tuples(st.just("release"), st.just(""), st.just(0)),
    st.tuples(st.just("close"), st.just(""), st.just(0)),
)


def numbers(metric):
    """Return all that a metric tells."""
    if metric.kind == "row":
        return metric.columns(), metric.times()
    return metric.values(), metric.steps(), metric.times()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(script=st.lists(st.tuples(doing, st.integers(0, 1)), max_size=30))
def test_whenever_it_is_decoded_it_is_the_same(new_folder, exact, script):
    folder = new_folder()
    writers = [Writer(folder, name="main"), Writer(folder, name="other")]
    live, count = RunReader(folder), 0
    for (what, name, times), which in script:
        writer = writers[which]
        for _ in range(times):
            count += 1
            if what == "log":
                writer.log(name, count if count % 7 == 0 else float(count), step=count)
            elif what == "together":
                writer.log_metrics({name: float(count), "always": count / 3}, count)
            elif what == "row":
                writer.log_row(name, {"x": count, "y": count / 2})
            elif what == "text":
                writer.log(name, f"text {count}")
        metric = live.metrics.get(name)
        if what == "poll":
            live.poll()
        elif what == "ask" and metric is not None:
            numbers(metric)
        elif what == "load":
            live.load([] if metric is None else [metric])
        elif what == "release":
            live.release()
        elif what == "close":
            writer.close()
    live.poll()
    whole, plain = RunReader(folder), RunReader(folder, plain=True)
    for reader in (whole, plain):
        reader.poll()
    assert list(live.metrics) == list(whole.metrics) == list(plain.metrics)
    for name, metric in live.metrics.items():
        told = metric.count, metric.first_time, metric.last_time, metric.last_step
        for other in (whole, plain):
            same = other.metrics[name]
            assert (same.count, same.first_time, same.last_time, same.last_step) == told
        only = [RunReader(folder, names=[name], plain=p) for p in (False, True)]
        for reader in only:
            reader.poll()
            assert list(reader.metrics) == [name]
        expected = exact(list(numbers(metric)))
        for reader in (whole, plain, *only):
            assert exact(list(numbers(reader.metrics[name]))) == expected
            assert reader.damage == []
        assert (metric.count, metric.first_time, metric.last_time, metric.last_step) == told


def test_what_is_damaged_between_counting_and_decoding_is_told(folder):
    writer = Writer(folder, name="main")
    for step in range(2_000):
        writer.log_metrics({"a": float(step), "b": float(-step)}, step)
    writer.close()
    reader = RunReader(folder)
    reader.poll()
    assert reader.damage == []
    path = folder.journal / "main" / "scalars-0003.bin"
    raw = bytearray(path.read_bytes())
    raw[4 * PAGE + 20 * SLOT] ^= 1
    path.write_bytes(raw)
    values = reader.metrics["a"].values()
    lost = sorted({float(step) for step in range(2_000)} - set(values))
    assert 60 <= len(lost) <= 64  # half a page
    assert lost == [lost[0] + i for i in range(len(lost))]
    assert any("scalars-0003.bin" in text for text in reader.damage)
    assert reader.metrics["a"].count == len(values)


@pytest.mark.parametrize("few", [False, True])
def test_what_is_released_takes_no_memory_and_is_read_again(folder, few, monkeypatch):
    monkeypatch.setattr(fast, "LITTLE", few << 20)
    writer, values = Writer(folder, name="main"), [float(step) for step in range(30_000)]
    for step in values:
        writer.log("a", step, step=int(step))
    reader = RunReader(folder)
    reader.poll()
    tracemalloc.start()
    assert len(reader.metrics["a"].arrays().value) == len(values)
    held, _ = tracemalloc.get_traced_memory()
    reader.release()
    left, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert left < held / 50
    assert (reader.metrics["a"].count, reader.metrics["a"].last) == (len(values), values[-1])
    writer.log("a", -1.0, step=len(values))
    writer.close()
    reader.poll()
    assert reader.metrics["a"].values() == [*values, -1.0]
    assert reader.damage == []


def test_many_series_beside_each_other(folder):
    writer = Writer(folder, name="main")
    for step in range(500):
        writer.log_metrics({f"m{i}": step * 1000.0 + i for i in range(2 * fast.APART)}, step)
    writer.close()
    reader = RunReader(folder)
    reader.poll()
    reader.load(reader.metrics.values())
    for i in range(2 * fast.APART):
        assert reader.metrics[f"m{i}"].values() == [step * 1000.0 + i for step in range(500)]


def test_ids_too_large_to_be_counted_are_read_all_the_same(folder, monkeypatch):
    monkeypatch.setattr(fast_counts, "COUNTED", 8)
    writer = Writer(folder, name="main")
    reader, plain = RunReader(folder), RunReader(folder, plain=True)
    for step in range(300):
        writer.log_metrics({f"m{i}": step / (i + 1) for i in range(20)}, step)
        if step == 150:
            reader.poll()
            reader.release()
    writer.close()
    reader.poll()
    plain.poll()
    for name, metric in reader.metrics.items():
        same = plain.metrics[name]
        assert (metric.count, metric.last, metric.last_step) == (300, same.last, 299)
        assert numbers(metric) == numbers(same)


def test_files_that_are_gone_when_they_are_asked_for(folder):
    writer = Writer(folder, name="main")
    for step in range(1_000):
        writer.log("a", float(step))
    reader = RunReader(folder)
    reader.poll()
    reader.close()
    for path in (folder.journal / "main").glob("*.bin"):
        path.unlink()
    assert reader.metrics["a"].values() == []
    assert any("cannot be read again" in text for text in reader.damage)
    writer.close()


@pytest.mark.parametrize("plain", [False, True])
def test_one_of_many_needs_the_memory_of_one(folder, plain):
    writer = Writer(folder, name="main")
    for step in range(2_000):
        writer.log_metrics({f"m{i}": float(step) for i in range(200)}, step)
    writer.close()
    for chosen in (["m7"], None):  # 12.8 MB of files, 66 kB of numbers asked for
        tracemalloc.start()
        reader = RunReader(folder, names=chosen, plain=plain and chosen is not None)
        reader.poll()
        assert reader.metrics["m7"].values() == [float(step) for step in range(2_000)]
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 6 << 20


def test_a_made_up_series_costs_no_memory(folder):
    """Records name series by 28 bits: a stranger's may name any."""
    writer = Writer(folder, name="main")
    writer._last_id = (1 << 28) - 40
    for step in range(500):
        writer.log_metrics({f"m{i}": float(step) for i in range(20)}, step)
    writer.close()
    tracemalloc.start()
    reader = RunReader(folder)
    reader.poll()
    assert reader.metrics["m19"].values() == [float(step) for step in range(500)]
    assert reader.metrics["m19"].count == 500
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 8 << 20


@pytest.mark.parametrize("plain", [False, True])
def test_an_interrupted_poll_is_begun_anew(folder, plain, monkeypatch):
    """Ctrl-C in a cell that reads: the next one reads all."""
    writer = Writer(folder, name="main")
    for step in range(3_000):
        writer.log("a", float(step))
    reader = RunReader(folder, plain=plain)
    store = type(next(iter([reader._store()])))
    add = store.add

    def interrupted(self, pieces):
        next(pieces)
        next(pieces)
        monkeypatch.setattr(store, "add", add)
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "add", interrupted)
    with pytest.raises(KeyboardInterrupt):
        reader.poll()
    reader.poll()
    assert reader.metrics["a"].values() == [float(step) for step in range(3_000)]


def test_a_writer_that_leaves_slots_behind_says_so(folder, monkeypatch):
    """A reader that waits in a segment with free slots hears that numbers go to the next one."""
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", "map")
    writer = Writer(folder, name="main")
    writer.log("a", 0.0)
    reader = RunReader(folder)
    reader.poll()
    for _ in range(124):
        writer.hot[1]()  # a thread that took the rest of the first segment, and was interrupted
    for step in range(1, 10):
        writer.log("a", float(step))
        reader.poll()
        assert reader.metrics["a"].values() == [float(i) for i in range(step + 1)]
    lines = (folder.journal / "main" / "events.jsonl").read_text()
    assert lines.count('"e":"segment"') == 1
    assert reader.damage == []


@pytest.mark.parametrize("plain", [False, True])
def test_a_poll_ends_beside_a_writer_that_is_faster(folder, plain, monkeypatch):
    """Each time the reader looks, there is more than it has just read."""
    writer = Writer(folder, name="main")
    looks = 0

    def more():
        nonlocal looks
        looks += 1
        assert looks < 200
        for _ in range(2_000 if looks < 100 else 0):
            writer.log("a", 1.0)

    for name in ("read", "read_into"):
        method = getattr(pages.Segment, name)

        def reading(self, *args, method=method):
            more()
            return method(self, *args)

        monkeypatch.setattr(pages.Segment, name, reading)
    more()
    reader = RunReader(folder, plain=plain)
    before = writer.position
    reader.poll()
    assert looks < 90
    assert reader.metrics["a"].count >= before * 0.9 - 128
    while reader.poll():
        pass
    assert set(reader.metrics["a"].values()) == {1.0}
    looks = 150
    reader.poll()
    assert reader.metrics["a"].count == 2_000 * 99


def test_one_that_is_asked_for_by_name_goes_on_beyond_the_room_there_was(folder):
    writer = Writer(folder, name="main")
    for step in range(300):
        writer.log_metrics({"a": float(step), "b": 0.0}, step)
    reader = RunReader(folder, names=["a"])
    reader.poll()
    for step in range(300, 9_000):
        writer.log("a", float(step), step=step)
        if step % 1_000 == 0:
            reader.poll()
    writer.close()
    reader.poll()
    assert reader.metrics["a"].values() == [float(step) for step in range(9_000)]
    assert reader.metrics["a"].last_step == 8_999

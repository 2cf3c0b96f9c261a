"""Numbers at the edge, bit for bit: NaN with payload and sign, signalling NaN, -0.0, subnormals, infinities."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_runs._run.log import RunLogging
from jupyter_runs.journal import RunFolder, RunReader, Writer

np = pytest.importorskip("numpy")

EDGES = [
    0x7FF8000000000000,  # the NaN of most machines
    0xFFF8000000000000,  # negative
    0x7FF8000000000001,
    0xFFFFFFFFFFFFFFFF,
    0x7FFDEADBEEFCAFE5,
    0x7FF0000000000001,  # signalling
    0xFFF7FFFFFFFFFFFF,
    0x7FF0000000000000,  # inf
    0xFFF0000000000000,
    0x8000000000000000,  # -0.0
    0x0000000000000000,
    0x0000000000000001,  # the smallest subnormal
    0x800FFFFFFFFFFFFF,
    0x7FEFFFFFFFFFFFFF,  # the largest
]


def number(bits):
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def bits_of(value):
    return struct.unpack("<Q", struct.pack("<d", value))[0]


class Training(RunLogging):
    """What a run is to its training, around a writer."""

    def __init__(self, folder):
        self._writer = Writer(folder, name="main")


@pytest.fixture(params=["map", "write"])
def run(request, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNS_JOURNAL", request.param)
    return Training(RunFolder.create(tmp_path, "run", {"owner": "main"}))


def read(run):
    for plain in (True, False):
        reader = RunReader(run._writer.folder, plain=plain)
        reader.poll()
        assert reader.damage == []
        yield reader.metrics


def test_every_door_keeps_every_bit(run):
    for again in range(20):
        for at, bits in enumerate(EDGES):
            run.log("one", number(bits), step=at)
            run.log("numpy", np.array(bits, dtype=np.uint64).view(np.float64)[()], step=at)
            run.log_metrics({"m": number(bits), "n": again, "o": number(bits ^ 1 << 63)}, step=at)
            run.log_row("row", x=number(bits), y=number(bits))
    for closed in (False, True):
        if closed:
            run._writer.close()
        wanted = EDGES * 20
        for metrics in read(run):
            assert list(map(bits_of, metrics["one"].values())) == wanted
            assert list(map(bits_of, metrics["numpy"].values())) == wanted
            assert list(map(bits_of, metrics["m"].values())) == wanted
            assert list(map(bits_of, metrics["o"].values())) == [b ^ 1 << 63 for b in wanted]
            columns = metrics["row"].columns()
            assert list(map(bits_of, columns["x"])) == wanted
            assert list(map(bits_of, columns["y"])) == wanted
        arrays = metrics["one"].arrays()
        assert np.ascontiguousarray(arrays.value).view(np.uint64).tolist() == wanted


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(patterns=st.lists(st.integers(0, (1 << 64) - 1), min_size=1, max_size=300))
def test_any_bits(run, patterns):
    name = f"m{run._writer.position}"
    for bits in patterns:
        run.log(name, number(bits))
    for metrics in read(run):
        assert list(map(bits_of, metrics[name].values())) == patterns


def test_lists_are_text_and_keep_no_payload(run):
    """FORMAT.md: JSON writes every NaN as ``{"$": "nan"}``; all else is kept to the bit."""
    run.log_list("l", [number(bits) for bits in EDGES])
    for metrics in read(run):
        for bits, value in zip(EDGES, metrics["l"].values()):
            wanted = number(bits)
            assert math.isnan(value) if math.isnan(wanted) else bits_of(value) == bits

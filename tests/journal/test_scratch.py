"""Buffers that are used again: whole pages of memory, and each process has its own."""

from __future__ import annotations

import os

import numpy as np
import pytest

from jupyter_runs.journal import scratch


@pytest.fixture(autouse=True)
def _none(monkeypatch):
    monkeypatch.setattr(scratch, "_spare", [])


def test_a_buffer_begins_with_a_page_and_is_used_again():
    first = scratch.borrow(100_000)
    at = np.frombuffer(first, np.uint8).ctypes.data
    assert at % 4096 == 0
    assert len(first) >= 100_000
    scratch.give_back(first)
    assert np.frombuffer(scratch.borrow(50_000), np.uint8).ctypes.data == at


def test_of_two_that_are_lent_each_is_another():
    scratch.give_back(scratch.borrow(4096))
    one, two = scratch.borrow(4096), scratch.borrow(4096)
    one[0], two[0] = 1, 2
    assert (one[0], two[0]) == (1, 2)


def test_only_few_and_none_that_is_large_are_kept():
    for size in (0, 4096, 1 << 24, 8192, 4096, 8192):
        scratch.give_back(scratch.borrow(size))
    buffers = [scratch.borrow(4096) for _ in range(4)]
    for buffer in buffers:
        scratch.give_back(buffer)
    assert len(scratch._spare) == 2
    assert max(map(len, scratch._spare)) <= 1 << 21


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_what_a_forked_process_reads_does_not_show_here():
    buffer = scratch.borrow(4096)
    buffer[:5] = b"mine."
    pid = os.fork()
    if not pid:
        buffer[:5] = b"other"
        os._exit(0)
    os.waitpid(pid, 0)
    assert bytes(buffer[:5]) == b"mine."

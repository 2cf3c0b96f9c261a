"""What the tests of crashes share."""

from __future__ import annotations

import contextlib

import pytest

from jupyter_runs.journal import keeper


@pytest.fixture(autouse=True)
def _closed():
    """Close what a test leaves open: a writer holds its files for its process's life."""
    before = set(keeper.open_writers())
    yield
    for writer in set(keeper.open_writers()) - before:
        with contextlib.suppress(UserWarning):
            writer.close()

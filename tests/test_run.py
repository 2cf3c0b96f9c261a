"""The test command's own preparations."""

from __future__ import annotations

import os
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest


@pytest.fixture
def run():
    return SimpleNamespace(**runpy.run_path(str(Path(__file__).parent / "run.py")))


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine whose PATH is one empty folder, and where Playwright has no browser either."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JUPYTER_RUNS_CHROMIUM", raising=False)
    monkeypatch.setattr("chromium._playwrights_own", lambda: None)
    return tmp_path


def command(folder, name, script="exit 0"):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_chromium_is_the_one_named_then_that_on_path_then_playwrights(run, bare, monkeypatch):
    assert run.find_chromium() is None
    monkeypatch.setattr("chromium._playwrights_own", lambda: "/theirs")
    assert run.find_chromium() == "/theirs"
    on_path = command(bare, "chromium-browser")
    assert run.find_chromium() == on_path
    monkeypatch.setenv("JUPYTER_RUNS_CHROMIUM", command(bare, "mine"))
    assert run.find_chromium() == str(bare / "mine")


def test_apt_installs_it_where_it_may(run, bare, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    browser = command(bare, "chromium.off")
    command(
        bare,
        "apt-get",
        f'[ "$2" = update ] || {os.path.realpath("/bin/mv")} {browser} {bare}/chromium',
    )
    assert run.install_chromium() == str(bare / "chromium")


@pytest.mark.parametrize("user", [0, 1000])
def test_what_is_missing_is_one_line(run, bare, monkeypatch, user):
    monkeypatch.setattr(os, "geteuid", lambda: user)
    command(bare, "apt-get", "exit 100")
    with pytest.raises(LookupError, match="no Chromium") as caught:
        run.install_chromium()
    assert "\n" not in str(caught.value)

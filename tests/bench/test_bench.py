"""The bench runs, and says what it is asked to; how fast anything is, no test says."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import types
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def test_rows_are_told_beside_their_floors(tmp_path):
    command = [
        sys.executable,
        str(HERE / "run.py"),
        "--quick",
        "--only",
        "import,a point,ten points,idle",
    ]
    done = subprocess.run(
        check=False,
        args=[*command, "--json", str(tmp_path / "told.json")],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "bytes a point" in done.stdout
    told = json.loads((tmp_path / "told.json").read_text())
    assert {"processor", "cores", "python", "load"} <= set(told["machine"])
    rows = {row["name"]: row for row in told["rows"]}
    assert set(rows) == {"import", "bytes a point", "ten points", "idle poll of 64"}
    for row in rows.values():
        assert row["ours"] > 0
        assert row["floor"] > 0
        assert row["met"] in (True, False)
    assert rows["bytes a point"]["met"]  # no matter of speed
    assert rows["ten points"]["met"]


def test_an_unknown_row_is_an_error_that_names_the_rows():
    command = [sys.executable, str(HERE / "run.py"), "--only", "no such row"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "log median" in done.stderr


@pytest.fixture
def peer(tmp_path, monkeypatch):
    """The adapter, over a stand-in of what the other bench gives it."""

    class Base:
        def __init__(self, root):
            self.root = Path(root)
            self.root.mkdir(parents=True, exist_ok=True)

    package = types.ModuleType("adapters")
    package.Base = Base
    package.__path__ = [str(HERE / "adapters")]
    monkeypatch.setitem(sys.modules, "adapters", package)
    spec = importlib.util.spec_from_file_location(
        "adapters.jupyter_runs", HERE / "adapters" / "jupyter_runs.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Peer(tmp_path / "store")


def test_the_adapter_logs_and_reads_back(peer):
    peer.start("r0")
    for i in range(100):
        peer.log("loss", i * 0.5, i)
        peer.log_dict({"a": float(i), "b": 1.0}, i)
    peer.finish()
    assert list(peer.read("r0", "loss")) == [i * 0.5 for i in range(100)]
    assert peer.list_runs() == [("r0", "r0", "Completed", {"loss": 49.5, "a": 99.0, "b": 1.0})]

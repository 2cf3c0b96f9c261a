"""What the writing side keeps to: the standard library, Python 3.9, nothing of the other rooms."""

from __future__ import annotations

import ast
import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

JOURNAL = Path(importlib.import_module("jupyter_runs.journal").__file__).parent
MODULES = sorted(JOURNAL.glob("*.py"))

LOG_EVERYTHING = """
import sys, tempfile
before = set(sys.modules)
from jupyter_runs.journal import RunFolder, Writer
folder = RunFolder.create(tempfile.mkdtemp(), "run", {"owner": "main"})
writer = Writer(folder, name="main")
writer.log("a", 1.0, step=1)
writer.log("a", "text")
writer.log_metrics({"b": 2, "c": None})
writer.log_row("r", {"x": 1})
writer.log_row("r", {"x": "text"})
writer.log_list("l", range(10_000))
writer.log_table("t", {"x": [1], "y": ["b"]})
writer.log_image("i", b"...", ".png")
writer.log_body("residuals", "s", {"bin_edges": [0, 1], "bin_counts": [1]})
writer.event("tag", key="k", value="v")
writer.flush()
writer.close()
written = set(sys.modules)
from jupyter_runs.journal import RunReader, read_status
reader = RunReader(folder, plain=True)
reader.poll()
assert reader.metrics["a"].values() == [1.0, "text"], reader.metrics["a"].values()
assert read_status(folder).status == "Running"
print(sorted(m.split(".")[0] for m in set(sys.modules) - before if m.split(".")[0] not in sys.stdlib_module_names))
print(sorted(m for m in written if m.startswith("jupyter_runs.")))
"""


def test_writing_and_plain_reading_need_the_standard_library_alone():
    done = subprocess.run(
        [sys.executable, "-S", "-c", LOG_EVERYTHING],
        env={"PYTHONPATH": str(JOURNAL.parent.parent), "TMPDIR": "/tmp"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    foreign, ours = (ast.literal_eval(line) for line in done.stdout.splitlines())
    assert set(foreign) <= {"jupyter_runs"}
    assert not [name for name in ours if not name.startswith("jupyter_runs.journal")]
    readers = {
        "status",
        "reader",
        "facts",
        "metrics",
        "fast",
        "fast_column",
        "tail",
        "pages",
        "columns",
        "checks",
    }
    assert not {name.rsplit(".", 1)[1] for name in ours if "." in name} & readers


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.stem)
def test_it_is_python_3_9(module):
    tree = ast.parse(module.read_text(encoding="utf-8"), feature_version=(3, 9))
    futures = [n for n in tree.body if isinstance(n, ast.ImportFrom) and n.module == "__future__"]
    assert futures, "annotations are evaluated without it"
    for node in ast.walk(tree):
        assert not isinstance(node, getattr(ast, "Match", ())), "3.10 has match, 3.9 has not"
        if isinstance(node, ast.Call):
            newer = {keyword.arg for keyword in node.keywords} & {"slots", "kw_only", "strict"}
            assert not newer, f"line {node.lineno}: {newer} is newer than 3.9"


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.stem)
def test_it_imports_nothing_of_the_other_rooms(module):
    allowed = set(sys.stdlib_module_names) | (
        {"numpy"} if module.stem in ("fast", "fast_column", "fast_counts", "metrics") else set()
    )
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert {alias.name.split(".")[0] for alias in node.names} <= allowed, node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level <= 1, f"line {node.lineno} reaches out of the room"
            if node.level == 0:
                assert node.module.split(".")[0] in allowed, node.lineno


def interpreters():
    found = [*Path.home().glob(".pyenv/versions/3.9*/bin/python3.9"), shutil.which("python3.9")]
    return [str(path) for path in found if path and Path(path).is_file()]


def test_an_interpreter_as_old_as_3_9_runs_it():
    for python in interpreters():
        program = LOG_EVERYTHING.replace("sys.stdlib_module_names", "()")
        done = subprocess.run(
            [python, "-S", "-c", program],
            env={"PYTHONPATH": str(JOURNAL.parent.parent), "TMPDIR": "/tmp"},
            capture_output=True,
            text=True,
            check=False,
        )
        if "No module named" in done.stderr or "not installed" in done.stderr:
            continue
        assert done.returncode == 0, done.stderr
        return
    pytest.skip("no Python 3.9 here")


def test_the_door_gives_what_it_names():
    from jupyter_runs import journal

    for name in journal.__all__:
        assert getattr(journal, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        _ = journal.nothing

"""What importing costs, and what it drags in: looked at in a fresh interpreter."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

import jupyter_runs

WRITERS = (
    "errors",
    "layout",
    "values",
    "events",
    "mapping",
    "batch",
    "segments",
    "scalars",
    "recorder",
    "ledger",
    "writer",
    "keeper",
    "alive",
    "folder",
)


def fresh(code: str, *flags: str) -> str:
    """Run code in a new interpreter; return what it prints."""
    command = [sys.executable, *flags, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def imported_by(statement: str) -> set[str]:
    """Return the names of all modules that a statement imports."""
    code = (
        "import sys; before = set(sys.modules)\n"
        f"{statement}\n"
        "import json; print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    return set(json.loads(fresh(code)))


def foreign(modules: set[str]) -> set[str]:
    """Return those which are neither ours nor the standard library's."""
    tops = {name.partition(".")[0] for name in modules}
    return {top for top in tops - {"jupyter_runs"} if top not in sys.stdlib_module_names}


def test_importing_the_package_imports_nothing_else_of_it():
    assert {m for m in imported_by("import jupyter_runs") if "jupyter_runs" in m} == {
        "jupyter_runs"
    }


@pytest.mark.parametrize("module", WRITERS)
def test_writers_need_the_standard_library_alone(module):
    modules = imported_by(f"import jupyter_runs.journal.{module}")
    assert f"jupyter_runs.journal.{module}" in modules
    assert foreign(modules) == set()


def test_writers_work_without_site_packages(tmp_path):
    """As lent to an interpreter that has nothing of ours: a copy of the folder on its path."""
    (tmp_path / "jupyter_runs").symlink_to(next(iter(jupyter_runs.__path__)))
    code = f"""
import sys; sys.path.insert(0, {str(tmp_path)!r})
import jupyter_runs
from pathlib import Path
from jupyter_runs.journal import RunFolder, Writer
folder = RunFolder.create(Path({str(tmp_path / "ws")!r}), "r1", {{
    "id": "r1", "experiment": "e", "number": 1, "name": "n", "parent": None,
    "type": "interactive", "creator": "me", "created": 0.0, "owner": "w",
}})
writer = Writer(folder, name="w"); writer.log("loss", 0.5); writer.close()
print(jupyter_runs.VERSION, len(list(folder.journal.rglob("events.jsonl"))))
"""
    assert fresh(code, "-I", "-S").split() == ["0+unknown", "1"]


LENT = """
import sys
from jupyter_runs import start_logging
run = start_logging(snapshot_directory=None)
run.log("a", 1.5)
run.log("a", 2)
run.log_row("r", x=1, y="z")
run.tag("k", "v")
run.complete()
print([run.get_metrics(), run.get_status(), "numpy" in sys.modules])
"""


@pytest.mark.parametrize("version", ["python3.9", "python3"])
def test_a_bare_interpreter_can_be_lent_the_training_side(tmp_path, version):
    found = shutil.which(version)
    if not found or subprocess.run([found, "-c", ""], check=False, capture_output=True).returncode:
        pytest.skip(f"there is no {version}")
    (tmp_path / "jupyter_runs").symlink_to(next(iter(jupyter_runs.__path__)))
    home = {"PYTHONPATH": str(tmp_path), "JUPYTER_RUNS_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [found, "-S", "-c", LENT],
        cwd=tmp_path,
        env={**os.environ, **home},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    last = done.stdout.splitlines()[-1]
    assert last == "[{'a': [1.5, 2], 'r': {'x': 1, 'y': 'z'}}, 'Completed', False]"


def test_a_training_script_never_imports_what_draws():
    modules = imported_by("from jupyter_runs import Workspace, Experiment, Run, start_logging")
    assert not modules & {"numpy", "ipywidgets", "bqplot", "pandas", "matplotlib", "jupyter_server"}


def test_the_server_never_imports_widgets():
    modules = imported_by("import jupyter_runs.server.app, jupyter_runs.server.table")
    assert not modules & {"ipywidgets", "bqplot", "jupyter_runs.widgets"}


@pytest.mark.parametrize("name", jupyter_runs.__all__)
def test_every_public_name_is_there(name):
    assert getattr(jupyter_runs, name) is getattr(jupyter_runs, name)
    assert name in dir(jupyter_runs)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        jupyter_runs.nonsense  # noqa: B018
    with pytest.raises(ImportError):
        from jupyter_runs import nonsense  # noqa: F401


def test_the_version_is_that_of_the_package():
    from importlib.metadata import version

    assert version("jupyter-runs") == jupyter_runs.VERSION == jupyter_runs.__version__

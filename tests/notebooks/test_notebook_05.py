"""Notebook 05, executed: code of that SDK as people wrote it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

# names that come with one of the table
PARTS = {
    "DEFAULT_CPU_IMAGE",
    "DEFAULT_GPU_IMAGE",
    "ComputeTargetException",
    "DockerSection",
    "LocalCompute",
    "PipelineRun",
    "PythonSection",
    "RunEnvironmentException",
    "ScriptRun",
    "StepRun",
    "VERSION",
    "WorkspaceException",
    "get_run",
}
NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "05-from-azureml.ipynb"


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The notebook, executed in a folder and a home of its own."""
    folder = tmp_path_factory.mktemp("azureml")
    shutil.copy(NOTEBOOK, folder)
    notebook = nbformat.read(folder / NOTEBOOK.name, as_version=4)
    env = {
        **os.environ,
        "JUPYTER_RUNS_HOME": str(folder / "home"),
        "PYTHONPATH": str(NOTEBOOK.parents[1]),
    }
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    client.execute(env=env)
    return {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}


def said(outputs) -> str:
    return "".join(out.text for out in outputs if out.output_type == "stream")


def test_it_says_what_its_words_say(executed):
    assert "azureml.* is jupyter_runs from here on" in said(executed["load"])
    assert said(executed["log"]).startswith("old-work\tmy-group\twesteurope\n")
    shown = [out for out in executed["log"] if out.output_type == "display_data"]
    assert "application/vnd.jupyter-runs+json" in shown[0].data
    assert said(executed["submit"]).endswith("Completed 0.01\n")
    assert "did you mean 'Experiment'?" in said(executed["advice"])
    (names,) = [out for out in executed["names"] if out.output_type == "execute_result"]
    assert "<th style='text-align: left'>azureml.core</th>" in names.data["text/html"]
    assert "Workspace" in names.data["text/plain"]


LIST = """
import json
from jupyter_runs.azureml import offered
print(json.dumps([(row.module, list(row.offered), list(row.not_offered)) for row in offered()]))
"""


@pytest.fixture(scope="module")
def offered():
    """Module, names that are offered, names that are not; told by another process: the import changes what submits mean."""
    program = [sys.executable, "-c", LIST]
    done = subprocess.run(program, cwd=NOTEBOOK.parents[1], capture_output=True, check=True)
    return json.loads(done.stdout)


def rows() -> list[tuple[set[str], bool]]:
    """The names in each row of the notebook's table, and whether it says that they are offered."""
    (table,) = (
        cell.source
        for cell in nbformat.read(NOTEBOOK, as_version=4).cells
        if cell.source.startswith("## What there is")
    )
    found = []
    for line in table.splitlines():
        if line.startswith("| `"):
            first, second = line.strip("|").split(" | ", 1)
            found.append((set(re.findall(r"`(\w+)`", first)), not second.startswith("not offered")))
    return found


def test_its_table_is_true(offered):
    kinds = {}
    for _, names, absent in offered:
        kinds.update(dict.fromkeys(absent, False))
        kinds.update(dict.fromkeys(names, True))
    told = rows()
    assert len(told) > 12
    for names, whether in told:
        assert {name: kinds[name] for name in names} == dict.fromkeys(names, whether)


def test_its_table_is_complete(offered):
    told = set().union(*(names for names, _ in rows()))
    for module, names, _ in offered:
        family = (
            module == "azureml.exceptions"  # rows that stand for several names
            or "hyperdrive" in module
            or module in ("azureml.core.authentication", "azureml.core.runconfig")
        )
        if not family and module.startswith(("azureml.core", "azureml.pipeline")):
            left = set(names) - told - PARTS
            assert not left, module

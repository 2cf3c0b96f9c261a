"""Notebook 05, executed: code of that SDK as people wrote it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

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

"""Executed by nbclient, as `nbconvert --execute` does: what stays in the notebook."""

from __future__ import annotations

import json

import nbclient
import nbformat
import pytest

SETUP = """
from jupyter_runs import Experiment, RunDetails, Workspace, compare
experiment = Experiment(Workspace.from_config(), 'executed')
run = experiment.start_logging(name='<b>x</b>', snapshot_directory=None)
for i in range(3000):
    run.log('loss', i % 7, step=i)
"""


@pytest.fixture
def execute(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))

    def run(*cells):
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(c) for c in (SETUP, *cells)]
        )
        client = nbclient.NotebookClient(
            notebook,
            timeout=120,
            kernel_name="python3",
            resources={"metadata": {"path": str(tmp_path)}},
        )
        return client.execute()

    return run


def picture(notebook, cell):
    outputs = [o for o in notebook.cells[cell].outputs if o.output_type == "display_data"]
    assert len(outputs) == 1
    return outputs[0].data


def test_a_run_that_ends_in_a_later_cell_is_shown_as_it_ended(execute):
    notebook = execute(
        "RunDetails(run).show()", "run.log('late', 42)", "run.complete()", "print('more')"
    )
    data = picture(notebook, 1)
    assert "application/vnd.jupyter.widget-view+json" not in data  # nbconvert would prefer it
    assert "Completed" in data["text/html"]
    assert "late" in data["text/html"]
    assert "<b>x</b>" not in data["text/html"]
    assert "<script" not in data["text/html"]
    for cell in (2, 3):
        assert notebook.cells[cell].outputs == []
    assert "".join(part.text for part in notebook.cells[4].outputs) == "more\n"


def test_a_run_that_goes_on_is_shown_as_of_the_last_cell_that_changed_it(execute):
    notebook = execute("RunDetails(run).show()", "run.log('late', 42)")
    assert "late" in picture(notebook, 1)["text/html"]


def test_ten_widgets_save_in_well_under_a_megabyte(execute):
    notebook = execute(
        *["RunDetails(run).show()"] * 8, "experiment.show()", "compare([run])", "run.complete()"
    )
    assert len(json.dumps(notebook)) < 600_000
    assert "widgets" not in notebook.metadata
    assert all("Completed" in picture(notebook, cell)["text/html"] for cell in range(1, 11))

"""Notebook 04, run from top to bottom: its environment is really built, and its script really trains in it.

CIFAR-10 is not to be had in tests, so that the script takes its digits.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAME = "04-train-a-script"
RUN_MIME = "application/vnd.jupyter-runs+json"
FILES = ["data.py", "model.py", "train.py"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The notebook and what it needs, away from the tree: it leaves things beside itself."""
    place = tmp_path_factory.mktemp("notebook-04")
    shutil.copy(ROOT / "notebooks" / f"{NAME}.ipynb", place)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "notebooks" / "cifar10", place / "cifar10", ignore=ignored)
    return place


@pytest.fixture(scope="module")
def notebook(demo, training, folder, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in training.variables.items():
            patch.setenv(name, value)
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        return asyncio.run(demo.execute(folder / f"{NAME}.ipynb"))


@pytest.fixture
def run(notebook, training, monkeypatch):
    """The run that the notebook submitted, as another process sees it."""
    from jupyter_runs import Experiment, Workspace

    monkeypatch.setenv("JUPYTER_RUNS_HOME", str(training.home))
    (run,) = Experiment(Workspace(), NAME).get_runs()
    return run


def text(notebook, cell_id):
    (cell,) = [cell for cell in notebook.cells if cell.id == cell_id]
    return "".join(out.text for out in cell.outputs if out.output_type == "stream")


def test_nothing_went_wrong(notebook):
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error", output
            if output.get("name") == "stderr":  # where everything ends with its surroundings
                assert "submitted runs outlive the kernel" in output.text


def test_by_hand_it_prints_what_it_would_log(notebook):
    said = text(notebook, "hand")
    assert "CIFAR-10 can't be downloaded" in said
    assert "1,498 pictures to learn from, 299 to test on, 100 batches" in said
    assert re.findall(r"scalar loss \(step (\d+)\)", said) == ["25", "50", "75", "100"]
    assert "progress 100 of 100 batches" in said


def test_the_loss_falls(run, notebook):
    assert run.get_status() == "Completed"
    losses = run.get_metrics("loss")["loss"]
    assert len(losses) == 40
    assert losses[-1] < 0.8 * losses[0]
    assert run.get_metric_frame("loss")["step"].tolist() == list(range(25, 1001, 25))
    accuracy = run.get_metrics("test accuracy")["test accuracy"]
    assert accuracy > 0.9
    assert f"Completed: the loss went from {losses[0]:.3f}" in text(notebook, "came")


def test_what_was_printed_is_the_log_and_was_streamed(run, notebook):
    log = (run.folder / "logs" / "70_driver_log.txt").read_text()
    assert len(re.findall(r"^batch [\d,]+: loss \d", log, re.MULTILINE)) == 40
    streamed = text(notebook, "wait")
    assert log in streamed
    assert streamed.rstrip().endswith("Status: Completed")


def test_it_ran_in_the_environment_that_was_built(run, notebook):
    from jupyter_runs.jobs.build import builds

    (built,) = builds(run.experiment.workspace.folder / "environments")
    assert built.names == ["cifar10"]
    python = text(notebook, "build").splitlines()[-1]
    assert Path(python).is_relative_to(built.folder)
    definition = run.get_details()["runDefinition"]
    assert definition["environment"]["name"] == "cifar10"
    assert definition["arguments"] == ["--batches", "1000"]


def test_the_weights_come_with_it_and_the_pictures_do_not(run, folder, tmp_path):
    assert run.get_file_names() == ["logs/70_driver_log.txt", "outputs/model.pt"]
    assert (folder / "outputs" / "cifar10.pt").stat().st_size > 50_000
    with zipfile.ZipFile(run.restore_snapshot(path=str(tmp_path))) as snapshot:
        assert sorted(snapshot.namelist()) == FILES


def test_the_picture_shows_how_it_ended(notebook):
    (cell,) = [cell for cell in notebook.cells if cell.id == "submit"]
    (bundle,) = [out.data for out in cell.outputs if RUN_MIME in out.get("data", {})]
    assert "Completed" in bundle["text/html"]
    assert "Chart of loss: 40 points" in bundle["text/html"]

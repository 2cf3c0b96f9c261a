"""The notebooks as committed are clean; executed, they hold what their words say."""

from __future__ import annotations

import math
import re
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
NAMES = ("01-first-run", "02-what-you-can-log", "03-live")
ALL = (*NAMES, "04-train-a-script", "05-from-azureml")  # the last two have test files of their own
RUN_MIME = "application/vnd.jupyter-runs+json"
WIDGET_MIME = "application/vnd.jupyter.widget-view+json"


def outputs(notebook, cell_id):
    (cell,) = [cell for cell in notebook.cells if cell.id == cell_id]
    return cell.outputs


def text(notebook, cell_id):
    return "".join(out.text for out in outputs(notebook, cell_id) if out.output_type == "stream")


# -- as committed -----------------------------------------------------------------------------


def test_these_are_all_the_notebooks():
    assert sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")) == sorted(ALL)


@pytest.mark.parametrize("name", ALL)
def test_committed_without_outputs(name):
    path = NOTEBOOKS / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert path.read_text().endswith("}\n")
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags"}
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@pytest.mark.parametrize("name", ALL)
def test_links_between_notebooks_lead_somewhere(name):
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    words = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    for target in re.findall(r"\]\(([^)#]+)\)", words):
        assert "://" in target or (NOTEBOOKS / target).is_file(), target


# -- executed ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_nothing_went_wrong(executed, name):
    for cell in executed.notebooks[name].cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error", output
            assert output.get("name") != "stderr", output.text


def test_together_they_save_under_a_megabyte(executed):
    sizes = {name: path.stat().st_size for name, path in executed.paths.items()}
    assert sum(sizes.values()) < 1_000_000, sizes


@pytest.mark.parametrize("name", NAMES)
def test_no_widget_state_is_needed(executed, name):
    assert "widgets" not in executed.notebooks[name].metadata


@pytest.mark.parametrize(
    ("name", "cell", "status"),
    [
        ("01-first-run", "show", "Completed"),
        ("01-first-run", "details", "Completed"),
        ("02-what-you-can-log", "show", "Completed"),
        ("03-live", "watch", "Completed"),
    ],
)
def test_the_picture_is_part_of_the_output(executed, name, cell, status):
    bundles = [out.data for out in outputs(executed.notebooks[name], cell) if "data" in out]
    (bundle,) = [data for data in bundles if RUN_MIME in data]
    assert WIDGET_MIME not in bundle  # with nobody there, a page would prefer a dead widget
    picture = bundle["text/html"]
    assert status in picture  # the last state: also where the run went on after the cell
    assert "Running" not in picture
    assert len(picture.encode()) < 100_000
    assert "<script" not in picture
    assert not re.search(r"""(src|href)\s*=\s*["']?https?:""", picture)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", bundle[RUN_MIME]["run_id"])


def test_first_run(executed, home):
    from jupyter_runs import Experiment, Workspace

    notebook = executed.notebooks["01-first-run"]
    runs = list(Experiment(Workspace.from_config(), "01-first-run").get_runs())
    assert len(runs) == 21
    assert {run.get_status() for run in runs} == {"Completed"}
    assert sorted(run.number for run in runs) == list(range(1, 22))

    sweep = [run for run in runs if "sweep" in run.get_tags()]
    assert len(sweep) == 20
    alphas = sorted(run.get_metrics()["alpha"] for run in sweep)
    assert alphas[0] == 0.001
    assert alphas[-1] == 10
    best = min(sweep, key=lambda run: run.get_metrics()["mse"])
    assert [run.id for run in runs if "best" in run.get_tags()] == [best.id]
    assert f"20 runs; the best is run {best.number}" in text(notebook, "best")
    assert 2500 < best.get_metrics()["mse"] < 3700
    for run in runs:
        assert "outputs/ridge.joblib" in run.get_file_names()


def test_each_model_is_the_one_of_its_run(executed, home, tmp_path):
    import joblib

    from jupyter_runs import Experiment, Workspace

    for run in Experiment(Workspace.from_config(), "01-first-run").get_runs():
        path = tmp_path / f"{run.id}.joblib"
        run.download_file("outputs/ridge.joblib", str(path))
        assert joblib.load(path).alpha == run.get_metrics()["alpha"]


def test_what_you_can_log_is_read_back_by_another_process(executed, home):
    from jupyter_runs import Experiment, Workspace

    (run,) = Experiment(Workspace.from_config(), "02-what-you-can-log").get_runs()
    assert run.get_status() == "Completed"
    metrics = run.get_metrics()

    assert metrics["answer"] == 42
    assert type(metrics["answer"]) is int
    assert metrics["very large"] == 2**80
    assert metrics["accuracy"] == 0.9375
    assert metrics["converged"] is True
    assert metrics["early stop at"] is None
    assert metrics["model"] == "gradient boosting, 200 trees"
    assert math.isnan(metrics["not a number"])
    assert metrics["no bound"] == math.inf

    assert metrics["Sigmoid"] == [1 / (1 + math.exp(-x)) for x in range(-10, 10)]
    assert metrics["Fibonacci"] == [0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89]
    assert len(metrics["train/loss"]) == len(metrics["valid/loss"]) == 100
    gaps = metrics["with gaps"]
    assert math.isnan(gaps[2])
    assert gaps[5] == math.inf
    assert gaps[7] is None
    assert metrics["phase"] == ["loading", "warming up", "training", "cooling down"]
    assert len(metrics["long walk"]) == 120_000
    assert max(metrics["long walk"]) == 25.0

    assert set(metrics["Cosine"]) == {"angle", "cosine"}
    assert len(metrics["Cosine"]["angle"]) == 20
    assert metrics["Cosine"]["cosine"][0] == pytest.approx(math.cos(-5))
    assert len(metrics["Sine"]["sine"]) == 41
    assert list(metrics["Growth"]) == ["day", "linear", "squares", "roots"]

    assert metrics["<b>x</b>"] == 1.5
    assert metrics["a/b"] == 2.5
    assert len(metrics["a/b series"]) == 20

    assert run.get_tags() == {"quality": "a good one", "data": "digits", "team": "blue"}
    assert run.get_properties()["data version"] == "2026-11"
    assert {"outputs/notes.txt", "reports/summary.txt"} <= set(run.get_file_names())

    steps = run.get_metric_frame("train/loss")["step"].tolist()
    assert steps == list(range(100))


def test_live(executed, home):
    from jupyter_runs import Experiment, Workspace

    (run,) = Experiment(Workspace.from_config(), "03-live").get_runs()
    metrics = run.get_metrics()
    assert len(metrics["train loss"]) == 760
    assert len(metrics["test accuracy"]) == 40
    assert metrics["test accuracy"][-1] > 0.9 > metrics["test accuracy"][0]
    words = text(executed.notebooks["03-live"], "wait")
    assert words.startswith("Completed: 40 rounds")
    so_far = int(re.search(r"([\d,]+) steps", text(executed.notebooks["03-live"], "meanwhile"))[1])
    assert 0 < so_far < 760  # the thread was at work while this cell looked

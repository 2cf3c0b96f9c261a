from __future__ import annotations

import io
import json
import math
import subprocess
import sys
import warnings

import pytest

from jupyter_runs._run import at_exit
from jupyter_runs.errors import (
    InvalidNameError,
    InvalidValueError,
    KindError,
    MissingPackageError,
    NotFoundError,
    RunsWarning,
)
from jupyter_runs.run import Run

np = pytest.importorskip("numpy")
Image = pytest.importorskip("PIL.Image")

MATRIX = {"class_labels": ["cat", "dog"], "matrix": [[5, 1], [0, 6]]}


class TestGetMetrics:
    """Every row of the table in the contract."""

    def test_scalar(self, run):
        run.log("a", 0.5)
        assert run.get_metrics() == {"a": 0.5}
        run.log("a", 0.25)
        assert run.get_metrics() == {"a": [0.5, 0.25]}

    def test_list(self, run):
        run.log_list("l", (i * i for i in range(4)))
        run.log_list("one", [1])
        run.log_list("none", [])
        assert run.get_metrics() == {"l": [0, 1, 4, 9], "one": [1], "none": []}

    def test_row(self, run):
        run.log_row("r", x=1, y=0.4)
        assert run.get_metrics() == {"r": {"x": 1, "y": 0.4}}
        run.log_row("r", x=2)
        run.log_row("r", y="three", z=True)
        assert run.get_metrics() == {
            "r": {"x": [1, 2, None], "y": [0.4, None, "three"], "z": [None, None, True]}
        }

    def test_table(self, run):
        run.log_table("t", {"x": [1, 2], "y": ["a", None]})
        assert run.get_metrics() == {"t": {"x": [1, 2], "y": ["a", None]}}
        with pytest.raises(InvalidValueError, match="y"):
            run.log_table("bad", {"x": [1, 2], "y": [1]})

    def test_frames(self, run):
        pandas = pytest.importorskip("pandas")
        polars = pytest.importorskip("polars")
        run.log_table("pd", pandas.DataFrame({"x": [1, 2]}))
        run.log_table("pl", polars.DataFrame({"x": [1, 2]}))
        assert run.get_metrics() == {"pd": {"x": [1, 2]}, "pl": {"x": [1, 2]}}

    def test_by_name(self, run):
        run.log("a", 1)
        run.log("b", 2)
        assert run.get_metrics("a") == {"a": 1}
        assert run.get_metrics(name="c") == {}

    def test_recursive(self, run):
        run.log("a", 1)
        assert run.get_metrics(recursive=True) == {run.id: {"a": 1}}

    def test_types_come_back(self, run):
        values = [1, 1.0, True, None, "s", 10**30, -0.0, math.inf, -math.inf, math.nan]
        for value in values:
            run.log("v", value)
        back = run.get_metrics()["v"]
        assert [type(value) for value in back] == [type(value) for value in values]
        assert repr(back) == repr(values)

    def test_an_int_then_floats_then_strings(self, run):
        for value in (1, 2.5, "x"):
            run.log("m", value)
        assert run.get_metrics()["m"] == [1, 2.5, "x"]

    def test_single_elements_are_scalars(self, run):
        for value in (np.float32(0.5), np.array(3), np.array([True]), [7]):
            run.log("v", value)
        assert run.get_metrics()["v"] == [0.5, 3, True, 7]
        with pytest.raises(InvalidValueError, match="log_list"):
            run.log("v", [1, 2])

    def test_a_kind_that_changes_is_an_error_and_nothing_is_lost(self, run):
        run.log("a", 1)
        with pytest.raises(KindError, match="'a'"):
            run.log_row("a", x=1)
        assert run.get_metrics() == {"a": 1}

    def test_log_metrics(self, run):
        run.log_metrics({"a": 1, "b": 2.0}, step=3)
        with pytest.raises(InvalidValueError):
            run.log_metrics({"a": 2, "b": object()})
        assert run.get_metrics() == {"a": 1, "b": 2.0}

    @pytest.mark.parametrize(
        "name", ["train/loss", "MAP@k", "time (s)", "🦦", "<b>x</b>", "x" * 250]
    )
    def test_any_name(self, run, name):
        run.log(name, 1)
        run.log_row(name + "r", **{name: 1})
        assert run.get_metrics() == {name: 1, name + "r": {name: 1}}

    @pytest.mark.parametrize("name", ["", None, 3, "a\nb", "x" * 256])
    def test_bad_names(self, run, name):
        with pytest.raises(InvalidNameError):
            run.log(name, 1)
        assert run.get_metrics() == {}

    def test_special_kinds(self, run):
        run.log_confusion_matrix("c", MATRIX)
        run.log_confusion_matrix(
            "json",
            json.dumps(
                {"schema_type": "confusion_matrix", "schema_version": "1.0.0", "data": MATRIX}
            ),
        )
        metrics = run.get_metrics()
        assert metrics["c"] == metrics["json"]
        assert metrics["c"]["data"]["matrix"] == [[5, 1], [0, 6]]
        residuals = {"bin_edges": [0, 1], "bin_counts": [3]}
        run.log_residuals("r", residuals)
        run.log_predictions(
            "p", {"bin_averages": [1], "bin_errors": [1], "bin_counts": [1], "bin_edges": [0, 1]}
        )
        run.log_accuracy_table("t", {
            "probability_tables": [[[1, 1, 0, 0]]], "precision_tables": [[[1, 1, 0, 0]]],
            "probability_thresholds": [0.5], "precision_thresholds": [0.5], "class_labels": ["a"],
        })  # fmt: skip
        assert run.get_metrics("r")["r"]["data"] == residuals
        with pytest.raises(InvalidValueError, match="no JSON"):
            run.log_residuals("bad", "{")


class TestFrame:
    def test_scalars(self, run):
        pandas = pytest.importorskip("pandas")
        run.log("a", 1.5, step=10)
        run.log("a", 2.5)
        run.log("a", math.nan, step=2**60 + 1)
        frame = run.get_metric_frame("a")
        assert list(frame.columns) == ["step", "time", "value"]
        assert frame["step"].tolist() == [10, pandas.NA, 2**60 + 1]
        assert frame["value"].tolist()[:2] == [1.5, 2.5]
        assert frame["time"].is_monotonic_increasing
        assert abs(frame["time"][0].timestamp() - run._folder.definition["created"]) < 60

    def test_types(self, run):
        pytest.importorskip("pandas")
        run.log_list("ints", [1, 2])
        run.log_list("mixed", [1, "a", None, 2.5])
        assert run.get_metric_frame("ints")["value"].dtype == "int64"
        assert run.get_metric_frame("mixed")["value"].tolist() == [1, "a", None, 2.5]

    def test_rows_and_tables(self, run):
        pytest.importorskip("pandas")
        run.log_row("r", x=1, y=2)
        run.log_table("t", {"x": [1, 2]})
        assert run.get_metric_frame("r").to_dict("list") == {"x": [1], "y": [2]}
        assert run.get_metric_frame("t").to_dict("list") == {"x": [1, 2]}

    def test_errors(self, run, monkeypatch):
        pytest.importorskip("pandas")
        run.log("loss", 1)
        run.log_confusion_matrix("c", MATRIX)
        with pytest.raises(NotFoundError, match="did you mean 'loss'"):
            run.get_metric_frame("los")
        with pytest.raises(InvalidValueError, match="confusion matrix"):
            run.get_metric_frame("c")
        monkeypatch.setitem(sys.modules, "pandas", None)
        with pytest.raises(MissingPackageError, match="pip install pandas"):
            run.get_metric_frame("loss")


class TestProgress:
    def test_kept(self, run):
        run.progress(np.int64(3), 10, "epochs")
        with run._reading() as reader:
            progress = reader.progress
        assert (progress.done, progress.total, progress.unit) == (3, 10, "epochs")
        run.progress(4.5)

    @pytest.mark.parametrize(
        "bad", [(-1,), ("x",), (None,), (1, -1), (math.nan,), (True,), (1, math.inf)]
    )
    def test_bad(self, run, bad):
        with pytest.raises(InvalidValueError, match="progress"):
            run.progress(*bad)


def test_guests_log_into_the_same_run(ws, exp, run, script):
    run.log("a", 1)
    done = script(f"""
        from jupyter_runs.workspace import Workspace
        from jupyter_runs.run import Run
        run = Run(Workspace().experiments["exp"], {run.id!r})
        assert run.get_metrics() == {{"a": 1}}
        run.log("a", 2)
        run.tag("seen", "by guest")
        assert run.get_status() == "Running"
    """)
    assert done.wait() == ""
    run.log("a", 3)
    assert run.get_metrics() == {"a": [1, 2, 3]}
    assert run.get_tags() == {"seen": "by guest"}
    assert run.get_status() == "Running"
    assert Run(exp, run.id).get_metrics() == {"a": [1, 2, 3]}


def test_the_disk_is_no_reason_to_stop_a_training(run):
    run.log("a", 1.0)
    import shutil

    shutil.rmtree(run.folder)
    with pytest.warns(RunsWarning):  # noqa: PT031
        for _ in range(3):
            run.log("b", 1.0)
            run.log_row("r", x=1)
            run.upload_file("outputs/x", io.BytesIO(b"x"))
            run.tag("t")
        run.complete()


def test_a_disk_that_is_full_at_the_start(exp, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("jupyter_runs._run.start.take_number", full)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with exp.start_logging(params={"lr": 1}) as run:
            run.log("a", 1.0)
            run.tag("t")
    assert "can't be stored" in str(caught[0].message)
    assert {warning.category for warning in caught} == {RunsWarning}
    assert run not in at_exit.open_runs()
    assert list(exp.get_runs()) == []
    assert run.number is None
    assert run._repr_html_()


def test_python_39_needs_nothing_of_ours(tmp_path):
    import shutil
    from pathlib import Path

    old = next(Path("/root/.pyenv/versions").glob("3.9.*/bin/python"), None) or shutil.which(
        "python3.9"
    )
    if old is None:
        pytest.skip("no Python 3.9 here")
    code = """
import sys
import warnings
sys.path.insert(0, sys.argv[1])
from jupyter_runs import start_logging
with start_logging(name="old", params={"lr": 0.1}) as run:
    run.log("a", 1.0); run.log("a", 2); run.log_row("r", x=1); run.log_list("l", [1])
    run.tag("t", 1); run.progress(1, 2)
    print("hello")
assert run.get_metrics() == {"a": [1.0, 2], "r": {"x": 1}, "l": [1]}, run.get_metrics()
assert run.get_status() == "Completed", run.get_details()
assert run.get_details()["logFiles"]
print(sorted(m for m in sys.modules if m in ("numpy", "pandas", "IPython", "pathspec")))
"""
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [old, "-I", "-c", code, root], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"

from __future__ import annotations

import re
import shutil
import sys
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_runs._numbers import _taken, take_number
from jupyter_runs.capture.names import check_experiment_name, experiment_name_from
from jupyter_runs.errors import (
    ActiveRunsError,
    ExperimentNameError,
    ExperimentNotFoundError,
    FilterError,
    InvalidNameError,
    InvalidPathError,
    InvalidValueError,
    MissingPathError,
    RunExistsError,
)
from jupyter_runs.experiment import Experiment
from jupyter_runs.run import Run


def start(exp, **options):
    return exp.start_logging(snapshot_directory=None, **options)


class TestNames:
    @given(st.text())
    def test_taken_or_refused_with_a_way_out(self, name):
        try:
            checked = check_experiment_name(name)
        except ExperimentNameError as error:
            offered = re.search(r"try '(.*)'$", str(error)).group(1)
            assert check_experiment_name(offered) == offered
        else:
            assert re.fullmatch(r"[A-Za-z0-9][\w-]{0,254}", checked)
            assert "/" not in checked

    @given(st.text())
    def test_any_text_makes_a_name(self, text):
        name = experiment_name_from(text)
        assert check_experiment_name(name) == name

    @pytest.mark.parametrize("name", ["", "a b", "_a", "a/b", "a\n", "x" * 256, "..", None, 3, "é"])
    def test_bad(self, ws, name):
        with pytest.raises(ExperimentNameError):
            Experiment(ws, name)

    @pytest.mark.parametrize("name", ["a", "1st", "x" * 255, "a-b_c", "modèle", "a中文"])
    def test_good(self, ws, name):
        assert Experiment(ws, name).name == name
        assert list(ws.experiments) == [name]

    def test_a_workspace_is_needed(self):
        with pytest.raises(InvalidValueError, match="Workspace"):
            Experiment("default", "x")


class TestNumbers:
    def test_one_two_three(self, exp):
        assert [start(exp).number for _ in range(3)] == [1, 2, 3]

    def test_never_used_again(self, exp):
        run = start(exp)
        run.complete()
        shutil.rmtree(run.folder)
        assert start(exp).number == 2

    def test_the_hint_is_only_a_hint(self, tmp_path):
        for wanted in range(1, 40):
            assert take_number(tmp_path, "x") == wanted
        _taken.clear()  # another process
        assert take_number(tmp_path, "x") == 40
        for lie in (b"7", b"100000", b"-3", b"rubbish", b""):
            _taken.clear()
            (tmp_path / "numbers.hint").write_bytes(lie)
            before = max(int(p.name) for p in (tmp_path / "numbers").iterdir())
            assert take_number(tmp_path, "x") == before + 1

    def test_many_processes_at_once(self, exp, script):
        text = """
            from jupyter_runs.workspace import Workspace
            from jupyter_runs.experiment import Experiment
            exp = Experiment(Workspace(), "exp")
            for _ in range(20):
                exp.start_logging(snapshot_directory=None).complete()
        """
        scripts = [script(text, f"s{i}.py") for i in range(4)]
        for each in scripts:
            output = each.wait()
            assert each.process.returncode == 0, output
        assert sorted(run.number for run in exp.get_runs()) == list(range(1, 81))


class TestStartLogging:
    def test_bad_input_makes_nothing(self, exp):
        for options, error in [
            ({"name": ""}, InvalidNameError),
            ({"name": "a\nb"}, InvalidNameError),
            ({"name": "x" * 256}, InvalidNameError),
            ({"run_id": "../x"}, InvalidPathError),
            ({"run_id": ""}, InvalidPathError),
            ({"params": 3}, InvalidValueError),
            ({"params": {"": 3}}, InvalidNameError),
            ({"outputs": 3}, InvalidValueError),
        ]:
            with pytest.raises(error):
                start(exp, **options)
        with pytest.raises(MissingPathError, match="nowhere"):
            exp.start_logging(snapshot_directory="nowhere")
        assert list(exp.get_runs()) == []
        assert start(exp).number == 1

    def test_an_id_is_unique(self, exp):
        start(exp, run_id="mine")
        with pytest.raises(RunExistsError, match="mine"):
            start(exp, run_id="mine")

    def test_names_are_made(self, exp):
        run = start(exp)
        assert re.fullmatch(r"[a-z]+-[a-z]+", run.name)
        assert run.id.startswith(run.name)

    def test_any_name_is_shown_as_given(self, exp):
        run = start(exp, name='<b>x</b> / "λ" 🦦')
        assert run.name == '<b>x</b> / "λ" 🦦'
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", run.id)


class TestGetRuns:
    @pytest.fixture
    def runs(self, exp):
        runs = [start(exp, name=f"r{i}") for i in range(6)]
        runs[1].tag("good")
        runs[2].tag("good", "very")
        runs[3].set_tags({"good": 3, "other": None})
        runs[4].add_properties({"k": "v"})
        runs[5].complete()
        runs[4].fail("x")
        return runs

    def test_newest_first(self, exp, runs):
        assert [run.number for run in exp.get_runs()] == [6, 5, 4, 3, 2, 1]

    @pytest.mark.parametrize(
        ("wanted", "numbers"),
        [
            ({"tags": "good"}, [4, 3, 2]),
            ({"tags": {"good": "very"}}, [3]),
            ({"tags": {"good": 3}}, [4]),
            ({"tags": {"good": None}}, [2]),
            ({"tags": ["good", "other"]}, [4]),
            ({"tags": {}}, [6, 5, 4, 3, 2, 1]),
            ({"properties": {"k": "v"}}, [5]),
            ({"properties": "k"}, [5]),
            ({"properties": {"k": "w"}}, []),
            ({"status": "Completed"}, [6]),
            ({"status": "failed"}, [5]),
            ({"status": ["Completed", "Running"], "tags": "good"}, [4, 3, 2]),
            ({"type": "interactive"}, [6, 5, 4, 3, 2, 1]),
            ({"type": "azureml.scriptrun"}, []),
            ({"include_children": True, "status": "Completed"}, [6]),
        ],
    )
    def test_filters(self, exp, runs, wanted, numbers):
        assert [run.number for run in exp.get_runs(**wanted)] == numbers
        assert [run.number for run in Run.list(exp, **wanted)] == numbers

    @pytest.mark.parametrize(
        "wanted", [{"status": "Done"}, {"tags": 3}, {"tags": [1]}, {"type": 3}, {"status": 5}]
    )
    def test_filters_that_make_no_sense_fail_at_the_call(self, exp, wanted):
        with pytest.raises((FilterError, TypeError)):
            exp.get_runs(**wanted)

    def test_other_experiments_runs_are_not_in_it(self, ws, exp, runs):
        other = start(Experiment(ws, "other"))
        assert list(Experiment(ws, "other").get_runs()) == [other]

    def test_lazy(self, exp, runs):
        found = exp.get_runs()
        assert next(found).number == 6
        shutil.rmtree(runs[4].folder)
        assert next(found).number in (5, 4)

    def test_a_run_copied_in_is_found(self, exp, runs):
        target = runs[0].folder.with_name("copied")
        shutil.copytree(runs[0].folder, target)
        assert len(list(exp.get_runs())) == 7


class TestTags:
    def test_kept_across_processes(self, ws, exp, script):
        exp.tag("a")
        exp.set_tags({"b": 2, "c": True})
        exp.remove_tags(["c", "never-there"])
        assert Experiment(ws, "exp").tags == {"a": None, "b": "2"}
        done = script("""
            from jupyter_runs.workspace import Workspace
            Workspace().experiments["exp"].tag("from", "elsewhere")
        """)
        assert done.wait() == ""
        assert exp.tags["from"] == "elsewhere"

    def test_bad_keys(self, exp):
        for key in ("", None, "a\nb"):
            with pytest.raises(InvalidNameError):
                exp.tag(key)
        assert exp.tags == {}


class TestLife:
    def test_archive_and_reactivate(self, ws, exp):
        exp.archive()
        assert isinstance(exp.archived_time, datetime)
        assert list(ws.experiments) == []
        assert Experiment.list(ws) == []
        assert Experiment.list(ws, view_type="ArchivedOnly") == [exp]
        assert Experiment.list(ws, view_type="All") == [exp]
        exp.reactivate()
        assert exp.archived_time is None
        assert Experiment.list(ws) == [exp]
        with pytest.raises(InvalidValueError, match="ActiveOnly"):
            Experiment.list(ws, view_type="Everything")

    def test_list_by_tags_and_name(self, ws, exp):
        other = Experiment(ws, "other")
        other.tag("k", "v")
        assert Experiment.list(ws) == [exp, other]
        assert Experiment.list(ws, tags={"k": "v"}) == [other]
        assert Experiment.list(ws, tags="k") == [other]
        assert Experiment.list(ws, tags={"k": "w"}) == []
        assert Experiment.list(ws, experiment_name="exp") == [exp]

    def test_delete_keeps_numbers_and_moves_runs(self, ws, exp):
        exp.tag("t")
        run = start(exp)
        with pytest.raises(ActiveRunsError, match=run.id):
            exp.delete()
        run.complete()
        exp.delete()
        assert list(ws.experiments) == []
        assert not run.folder.exists()
        (trash,) = (ws.folder / "trash").iterdir()
        assert (trash / "runs" / run.id / "run.json").exists()
        again = Experiment(ws, "exp")
        assert again.tags == {}
        assert list(again.get_runs()) == []
        assert start(again).number == 2

    def test_delete_by_id_as_in_that_sdk(self, ws, exp):
        Experiment.delete(ws, exp.id)
        assert list(ws.experiments) == []
        with pytest.raises(ExperimentNotFoundError):
            Experiment.delete(ws, "nope")


def test_html(exp):
    assert "No runs yet" in exp._repr_html_()
    run = start(exp, name="<b>bold</b>", params={"<i>": "<script>"})
    for value in (3.0, 2.0, 1.0):
        run.log("<u>loss</u>", value)
    html = exp._repr_html_()
    assert "svg" in html  # the sparkline
    assert "Running" in html
    assert "<b>bold" not in html
    assert "<script>" not in html
    assert "<u>loss" not in html
    assert "Open in the portal" not in html  # no server answers
    assert "jupyter runs portal" in html


def test_html_of_what_cannot_be_shown(exp, monkeypatch):
    monkeypatch.setitem(sys.modules, "jupyter_runs.views", None)
    assert exp._repr_html_().startswith("<pre>Experiment(name=&#x27;exp&#x27;")


def test_repr(exp):
    assert repr(exp) == "Experiment(name='exp', workspace='default')"
    assert exp.get_portal_url() == ""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_runs._settings import _data_dir_by_rule, home_dir, jupyter_data_dir
from jupyter_runs.capture.names import check_workspace_name
from jupyter_runs.errors import (
    ActiveRunsError,
    InvalidValueError,
    MissingPathError,
    RunNotFoundError,
    WorkspaceExistsError,
    WorkspaceNameError,
    WorkspaceNotFoundError,
    WorkspaceUnusableError,
)
from jupyter_runs.experiment import Experiment
from jupyter_runs.workspace import Workspace


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_default_needs_no_set_up_and_says_where_it_lies(home, capsys):
    ws = Workspace.from_config()
    assert ws.name == "default"
    assert ws.folder == home / "default"
    assert str(home / "default") in capsys.readouterr().out
    Workspace.from_config()
    assert capsys.readouterr().out == ""  # once is enough


def test_folders_are_private_unless_they_were_there(home, tmp_path):
    Workspace()
    assert mode(home) == 0o700
    assert mode(home / "default") == 0o700
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    shared.chmod(0o755)
    Workspace.create("ours", shared)
    assert mode(shared) == 0o755


def test_home_without_the_variable_is_in_jupyters_data_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("JUPYTER_RUNS_HOME")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    assert home_dir() == tmp_path / "data" / "runs"
    monkeypatch.delenv("JUPYTER_DATA_DIR")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert home_dir() == tmp_path / "xdg" / "jupyter" / "runs"
    assert _data_dir_by_rule() == jupyter_data_dir()


def test_a_home_that_cannot_be_written_to(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("JUPYTER_RUNS_HOME", str(tmp_path / "file" / "runs"))
    with pytest.raises(WorkspaceUnusableError, match="JUPYTER_RUNS_HOME"):
        Workspace()


def test_names_of_the_cloud_are_str(ws):
    for text in (ws.name, ws.location, ws.subscription_id, ws.resource_group, ws.id):
        assert isinstance(text, str)
        assert text


def test_create_get_list(home):
    made = Workspace.create("alpha", subscription_id="123")
    assert Workspace.get("alpha") == made
    assert made.subscription_id == "123"
    with pytest.raises(WorkspaceExistsError, match="exist_ok=True"):
        Workspace.create("alpha")
    assert Workspace.create("alpha", exist_ok=True).id == made.id
    Workspace.create("beta")
    (home / "not-a-workspace").mkdir()
    assert list(Workspace.list()) == ["alpha", "beta"]
    assert Workspace.list()["alpha"] == [made]


def test_a_workspace_that_is_not_there_is_an_error_with_near_names(ws):
    Workspace.create("production")
    with pytest.raises(WorkspaceNotFoundError, match="did you mean 'production'"):
        Workspace.get("prodution")
    assert WorkspaceNotFoundError.http_status == 404


@given(st.text())
def test_a_name_is_taken_or_refused_by_name(name):
    try:
        assert check_workspace_name(name) == name
    except WorkspaceNameError as error:
        assert repr(name)[:20] in str(error)
    else:
        assert name.isascii()
        assert "/" not in name
        assert not name.startswith(".")


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\n", "-a", None, 7, "a" * 101, "é"])
def test_bad_names(name):
    with pytest.raises(WorkspaceNameError):
        Workspace.create(name)


class TestFromConfig:
    def config(self, path: Path, **content: object) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))

    def test_the_nearest_folder_wins_and_in_it_our_own_file(self):
        here = Path.cwd()
        self.config(here / "config.json", workspace_name="far")
        below = here / "a" / "b"
        below.mkdir(parents=True)
        os.chdir(below)
        assert Workspace.from_config().name == "far"
        self.config(here / "a" / ".azureml" / "config.json", workspace_name="azure")
        assert Workspace.from_config().name == "azure"
        self.config(here / "a" / "config.json", workspace_name="plain")
        assert Workspace.from_config().name == "azure"
        self.config(here / "a" / ".jupyter_runs" / "config.json", workspace_name="ours")
        assert Workspace.from_config().name == "ours"

    def test_a_config_of_the_cloud_opens_a_workspace_of_that_name(self):
        self.config(
            Path(".azureml/config.json"),
            subscription_id="s-1",
            resource_group="group",
            workspace_name="team",
        )
        ws = Workspace.from_config()
        assert (ws.name, ws.subscription_id, ws.resource_group) == ("team", "s-1", "group")

    def test_a_config_json_of_something_else_is_passed_over(self):
        Path("config.json").write_text('{"model_type": "bert"}')
        assert Workspace.from_config().name == "default"
        Path("config.json").write_text("{torn")
        assert Workspace.from_config().name == "default"

    def test_our_own_file_must_be_right(self):
        self.config(Path(".jupyter_runs/config.json"), name="x")
        with pytest.raises(InvalidValueError, match="workspace_name"):
            Workspace.from_config()
        Path(".jupyter_runs/config.json").write_text("{torn")
        with pytest.raises(InvalidValueError, match=r"config\.json can't be read"):
            Workspace.from_config()

    def test_a_path_that_is_not_there(self):
        with pytest.raises(MissingPathError, match="nowhere"):
            Workspace.from_config("nowhere")

    def test_write_config_comes_back(self, tmp_path):
        there = Workspace.create("w", tmp_path / "elsewhere")
        there.write_config()
        assert Workspace.from_config() == there
        Workspace.create("home-one").write_config(tmp_path / "project", "dev.json")
        written = tmp_path / "project" / ".jupyter_runs" / "dev.json"
        assert json.loads(written.read_text()) == {"workspace_name": "home-one"}
        assert Workspace.from_config(written).name == "home-one"

    def test_a_location_is_relative_to_the_project(self):
        self.config(Path(".jupyter_runs/config.json"), workspace_name="w", location="runs")
        assert Workspace.from_config().folder == Path.cwd() / "runs" / "w"


class TestExperiments:
    def test_dict_like(self, ws):
        Experiment(ws, "b")
        Experiment(ws, "a")
        assert list(ws.experiments) == ["a", "b"]
        assert len(ws.experiments) == 2
        assert ws.experiments["a"] == Experiment(ws, "a")
        assert "c" not in ws.experiments
        assert ws.experiments.get("c") is None

    def test_a_missing_one_is_a_key_error_with_near_names(self, ws):
        Experiment(ws, "diabetes")
        with pytest.raises(KeyError, match="did you mean 'diabetes'"):
            ws.experiments["diabetis"]

    def test_looking_makes_none(self, ws):
        with pytest.raises(KeyError):
            ws.experiments["new"]
        assert list(ws.experiments) == []


class TestRuns:
    def test_get_run(self, ws, run):
        assert ws.get_run(run.id) == run

    @pytest.mark.parametrize("run_id", ["nope", "", "../x", "a/b", None, 3])
    def test_a_run_that_is_not_there(self, ws, run_id):
        with pytest.raises(RunNotFoundError):
            ws.get_run(run_id)

    def test_near_ids_are_told(self, ws, exp):
        exp.start_logging(run_id="epoch-run-1", snapshot_directory=None)
        with pytest.raises(RunNotFoundError, match="epoch-run-1"):
            ws.get_run("epoch-run-2")


def test_details(ws, exp):
    details = ws.get_details()
    assert details["name"] == "default"
    assert details["experiments"] == ["exp"]
    json.dumps(details)


def test_delete_moves_to_the_trash_and_refuses_while_runs_go_on(home):
    ws = Workspace.create("gone")
    run = Experiment(ws, "e").start_logging(snapshot_directory=None)
    with pytest.raises(ActiveRunsError, match=run.id):
        ws.delete()
    run.complete()
    ws.delete()
    assert not (home / "gone").exists()
    assert len(list((home / ".trash").iterdir())) == 1
    assert "gone" not in Workspace.list()


def test_html(ws, exp):
    assert "exp" in ws._repr_html_()
    assert "<pre>" not in ws._repr_html_()
    assert repr(ws).startswith("Workspace(name='default'")

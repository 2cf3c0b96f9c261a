from __future__ import annotations

import json
import shutil

import pytest

from jupyter_runs.errors import FilterError
from jupyter_runs.index import RunFilter, find_runs, workspace_folders
from jupyter_runs.journal import RunFolder, Writer


@pytest.fixture
def make(tmp_path):
    """Make a run's folder."""

    def make(run_id, *, workspace="w", created=0.0, tags=(), end=None, **definition):
        folder = RunFolder.create(
            tmp_path / workspace, run_id, {"experiment": "e", "created": created, **definition}
        )
        writer = Writer(folder, role="guest")
        for tag in tags:
            writer.event("tag", key=tag, value=None)
        writer.close()
        if end:
            folder.end(end)
        return folder

    return make


def ids(*args, **wanted):
    return [folder.id for folder in find_runs(*args, **wanted)]


def test_newest_first_whatever_the_names(make, tmp_path):
    make("b", created=1.0)
    make("a", created=3.0)
    make("c", created=2.0)
    assert ids(tmp_path / "w") == ["a", "c", "b"]
    make("d", created=4.0)
    assert ids(tmp_path / "w") == ["d", "a", "c", "b"]


def test_made_at_the_same_moment_the_number_counts(make, tmp_path):
    for number in (9, 10, 11):
        make(f"r{number}", number=number)
    assert ids(tmp_path / "w") == ["r11", "r10", "r9"]


def test_several_workspaces(make, tmp_path):
    make("a", workspace="one", created=1.0)
    make("b", workspace="two", created=2.0)
    make("c", workspace="one", created=3.0)
    (tmp_path / "not-one").mkdir()
    (tmp_path / ".trash").mkdir()
    folders = workspace_folders(tmp_path)
    assert [folder.name for folder in folders] == ["one", "two"]
    assert ids(folders) == ["c", "b", "a"]
    assert workspace_folders(tmp_path / "nowhere") == []
    assert ids(tmp_path / "nowhere") == []


def test_pages(make, tmp_path):
    for i in range(5):
        make(f"r{i}", created=float(i))
    assert ids(tmp_path / "w", after="r3") == ["r2", "r1", "r0"]
    assert ids(tmp_path / "w", after="gone") == []


def test_children_only_when_asked_for(make, tmp_path):
    make("p", created=1.0)
    make("c1", created=2.0, parent="p")
    make("g", created=3.0, parent="c1")
    assert ids(tmp_path / "w") == ["p"]
    assert ids(tmp_path / "w", include_children=True) == ["g", "c1", "p"]
    assert ids(tmp_path / "w", parent="p") == ["c1"]


def test_experiment_type_status_tags(make, tmp_path):
    make("a", created=1.0, experiment="x", type="t", tags=["k"], end="Completed")
    make("b", created=2.0, experiment="y")
    assert ids(tmp_path / "w", experiment="x") == ["a"]
    assert ids(tmp_path / "w", type="t") == ["a"]
    assert ids(tmp_path / "w", status="Completed") == ["a"]
    assert ids(tmp_path / "w", tags="k") == ["a"]
    assert ids(tmp_path / "w", tags="k", status="Failed") == []


def test_what_is_no_run_or_damaged_is_passed_over(make, tmp_path):
    make("good")
    runs = tmp_path / "w" / "runs"
    (runs / "empty").mkdir()
    (runs / "file").write_text("x")
    for name, text in [("torn", '{"id": '), ("list", "[]"), ("binary", "\0")]:
        (runs / name).mkdir()
        (runs / name / "run.json").write_text(text)
    assert ids(tmp_path / "w") == ["good"]


def test_a_definition_from_a_stranger(make, tmp_path):
    make("good", created=1.0)
    odd = make("odd", created=2.0)
    (odd.path / "run.json").write_text(
        json.dumps({"id": 3, "created": "soon", "number": "x", "experiment": ["e"], "parent": None})
    )
    assert ids(tmp_path / "w") == ["good", "odd"]


def test_a_run_deleted_and_made_again(make, tmp_path):
    first = make("a", experiment="x")
    assert ids(tmp_path / "w", experiment="x") == ["a"]
    shutil.rmtree(first.path)
    assert ids(tmp_path / "w") == []
    make("b")
    make("a", experiment="y")
    assert ids(tmp_path / "w", experiment="y") == ["a"]
    assert ids(tmp_path / "w", experiment="x") == []


def test_deleted_while_we_look(make, tmp_path):
    for i in range(3):
        make(f"r{i}", created=float(i), tags=["k"])
    found = find_runs(tmp_path / "w", tags="k")
    assert next(found).id == "r2"
    shutil.rmtree(tmp_path / "w" / "runs" / "r1")
    assert [folder.id for folder in found] == ["r0"]


def test_bad_filters_fail_at_the_call(tmp_path):
    with pytest.raises(FilterError, match="'Donne' is no status of a run; there are NotStarted"):
        find_runs(tmp_path, status="Donne")
    with pytest.raises(FilterError, match="dict"):
        RunFilter(tags=3)
    with pytest.raises(TypeError):
        find_runs(tmp_path, colour="red")

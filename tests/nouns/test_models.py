"""Models: registered from runs and from files, found again, copied, deleted."""

from __future__ import annotations

import pytest

from jupyter_runs import Model
from jupyter_runs.errors import (
    FileInRunError,
    FileNotInRunError,
    InvalidNameError,
    InvalidValueError,
    MissingPathError,
    ModelNotFoundError,
)


@pytest.fixture
def weights(tmp_path):
    """A file to register."""
    file = tmp_path / "weights.pt"
    file.write_text("weights")
    return file


def test_a_runs_file_becomes_version_after_version(run, ws, weights, tmp_path):
    run.upload_file("outputs/model.pt", weights)
    first = run.register_model("cnn", "outputs/model.pt", tags={"kind": 1}, properties={"f": 0.5})
    second = run.register_model(
        "cnn", "outputs/model.pt", description="again", model_framework="PyTorch"
    )
    assert (first.name, first.version, first.id) == ("cnn", 1, "cnn:1")
    assert (first.tags, first.properties) == ({"kind": "1"}, {"f": "0.5"})
    assert (second.version, second.description, second.run_id) == (2, "again", run.id)
    assert second.run == run
    assert Model(ws, "cnn") == second == ws.models["cnn"]
    assert Model(ws, "cnn", version=1) == Model(ws, "cnn:1") == first
    assert list(ws.models) == ["cnn"]
    assert second.path.read_text() == "weights"
    copy = second.download(tmp_path / "here")
    assert copy == str(tmp_path / "here" / "model.pt")
    with pytest.raises(FileInRunError, match="exist_ok=True"):
        second.download(tmp_path / "here")
    second.download(tmp_path / "here", exist_ok=True)
    assert Model.get_model_path("cnn", 1, ws) == str(first.path)


def test_a_folder_is_a_model_too(run, ws, tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(name)
        run.upload_file(f"outputs/both/{name}.txt", tmp_path / f"{name}.txt")
    model = run.register_model("both", "outputs/both")
    assert sorted(file.name for file in model.path.iterdir()) == ["a.txt", "b.txt"]
    target = model.download(tmp_path / "copy")
    assert target == str(tmp_path / "copy" / "both")


def test_a_file_that_the_run_lacks_is_an_error_that_lists_those_it_has(run, weights):
    run.upload_file("outputs/model.pt", weights)
    with pytest.raises(
        FileNotInRunError, match=r"did you mean 'outputs/model.pt'\?; its files: outputs/model.pt"
    ):
        run.register_model("cnn", "outputs/modle.pt")
    with pytest.raises(FileNotInRunError, match="has no file 'cnn'"):
        run.register_model("cnn")


def test_files_from_anywhere(ws, weights, tmp_path):
    model = Model.register(ws, weights, "cnn", tags={"a": None})
    assert model.run is None
    with pytest.raises(MissingPathError, match="no/such"):
        Model.register(ws, tmp_path / "no/such", "cnn")
    for name in ("", "a/b", "../a", "a b", 5, "a" * 256):
        with pytest.raises(InvalidNameError):
            Model.register(ws, weights, name)


def test_what_is_not_there_is_said_with_what_is(ws, weights):
    with pytest.raises(ModelNotFoundError, match="there are none yet"):
        Model(ws, "cnn")
    Model.register(ws, weights, "cnn")
    with pytest.raises(ModelNotFoundError, match="did you mean 'cnn'"):
        Model(ws, "cn")
    with pytest.raises(ModelNotFoundError, match="has no version 7; versions: 1"):
        Model(ws, "cnn", version=7)
    with pytest.raises(InvalidValueError, match="by its name"):
        Model(ws, 5)


def test_they_are_found_by_tags_and_runs(run, ws, weights):
    run.upload_file("outputs/m", weights)
    for kind in ("x", "y"):
        run.register_model("m", "outputs/m", tags={"kind": kind, kind: None})
    Model.register(ws, weights, "other", tags={"kind": "x"})
    assert [model.id for model in Model.list(ws)] == ["m:2", "m:1", "other:1"]
    assert [model.id for model in Model.list(ws, latest=True)] == ["m:2", "other:1"]
    assert [model.id for model in Model.list(ws, tags={"kind": "x"})] == ["m:1", "other:1"]
    assert [model.id for model in Model.list(ws, tags=[["kind", "y"], "y"])] == ["m:2"]
    assert [model.id for model in Model.list(ws, run_id=run.id)] == ["m:2", "m:1"]
    assert Model(ws, "m", tags={"kind": "x"}).version == 1


def test_tags_change_and_versions_are_never_used_again(ws, weights):
    model = Model.register(ws, weights, "m", tags={"a": 1})
    model.add_or_update_tag("b", 2)
    model.add_tags({"c": None})
    model.remove_tags(["a"])
    model.update(description="new")
    again = Model(ws, "m")
    assert (again.tags, again.description) == ({"b": "2", "c": None}, "new")
    again.delete()
    assert list(ws.models) == []
    assert Model.register(ws, weights, "m").version == 2
    assert len(list((ws.folder / "trash").iterdir())) == 1

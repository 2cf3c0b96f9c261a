"""Runs below runs: made, found, ended with their parent."""

from __future__ import annotations

import json
import shutil

import pytest

from jupyter_runs import Run
from jupyter_runs.errors import FilterError, InvalidValueError, RunsWarning
from jupyter_runs.journal import Children, RunFolder


def ids(runs):
    return [run.id for run in runs]


class TestMaking:
    def test_a_child_is_an_ordinary_run(self, run):
        with run.child_run("one") as child:
            child.log("loss", 0.5)
        assert child.get_status() == "Completed"
        assert child.name == "one"
        assert child.parent == run
        assert child.experiment == run.experiment
        assert child.number == run.number + 1
        assert child._definition("parent") == run.id
        assert run.get_status() == "Running"

    def test_it_takes_up_nothing_of_the_parents_files(self, run):
        child = run.child_run()
        (run.folder.parents[3] / "work" / "outputs" / "model.bin").write_bytes(b"x")
        child.complete()
        run.complete()
        assert child.get_file_names() == []
        assert run.get_file_names() == ["outputs/model.bin"]

    def test_several_with_a_tag_that_tells_them_apart(self, run):
        children = run.create_children(tag_key="fold", tag_values=[1, "two", None])
        assert [child.get_tags()["fold"] for child in children] == ["1", "two", None]
        assert len(run.create_children(count=2)) == 2
        assert run.create_children(count=0) == []
        assert len(list(run.get_children())) == 5

    @pytest.mark.parametrize(
        ("given", "told"),
        [
            ({}, "how many"),
            ({"count": -1}, "-1"),
            ({"count": "3"}, "'3'"),
            ({"tag_key": "a"}, "go together"),
            ({"tag_values": [1]}, "go together"),
            ({"tag_key": "a", "tag_values": "abc"}, "'abc'"),
            ({"count": 3, "tag_key": "a", "tag_values": [1]}, "1 tag_values for 3"),
        ],
    )
    def test_what_makes_no_sense_makes_no_run(self, run, given, told):
        with pytest.raises(InvalidValueError, match=told):
            run.create_children(**given)
        assert list(run.get_children()) == []

    def test_outside_of_any_run(self, capsys):
        offline = Run.get_context()
        child = offline.child_run()
        child.log("loss", 1.0)
        child.complete()
        assert offline.get_metrics(recursive=True)[child.id] == {"loss": 1.0}


class TestFinding:
    def test_newest_first_and_only_its_own(self, exp, run):
        other = exp.start_logging(snapshot_directory=None)
        mine = [run.child_run() for _ in range(3)]
        grandchild = mine[0].child_run()
        other.child_run()
        assert ids(run.get_children()) == ids(reversed(mine))
        assert ids(run.get_children(recursive=True)) == ids([grandchild, *reversed(mine)])
        assert run.id in ids(exp.get_runs())
        assert mine[0].id not in ids(exp.get_runs())
        assert mine[0].id in ids(exp.get_runs(include_children=True))

    def test_filters(self, run):
        a, b = run.create_children(tag_key="fold", tag_values=["a", "b"])
        b.add_properties({"kind": "last"})
        b.complete()
        deep = a.child_run()
        deep.tag("fold", "b")
        assert ids(run.get_children(tags={"fold": "b"})) == [b.id]
        assert ids(run.get_children(tags={"fold": "b"}, recursive=True)) == [deep.id, b.id]
        assert ids(run.get_children(properties="kind")) == [b.id]
        assert ids(run.get_children(status="Running")) == [a.id]
        assert ids(run.get_children(type="interactive")) == [b.id, a.id]
        assert ids(run.get_children(type="script")) == []
        with pytest.raises(FilterError):
            run.get_children(status="Donne")

    def test_metrics_of_all(self, run):
        run.log("a", 1)
        child = run.child_run()
        child.log("a", 2)
        grandchild = child.child_run()
        grandchild.log("b", 3)
        assert run.get_metrics(recursive=True) == {
            run.id: {"a": 1},
            child.id: {"a": 2},
            grandchild.id: {"b": 3},
        }
        assert run.get_metrics("b", recursive=True)[grandchild.id] == {"b": 3}
        assert ids(run.get_children()) == [child.id]

    def test_the_hint_names_them_without_a_look_at_other_runs(self, run):
        made = ids(run.create_children(count=3))
        hint = Children(run._folder)
        assert [folder.id for folder in hint.folders()] == made
        made += ids([run.child_run()])
        assert [folder.id for folder in hint.folders()] == made

    def test_a_child_that_was_copied_in_is_found_and_hinted_at(self, run):
        child = run.child_run()
        child.complete()
        (run.folder / "children.jsonl").unlink()
        assert Children(run._folder).folders() == []
        assert ids(run.get_children()) == [child.id]
        assert [folder.id for folder in Children(run._folder).folders()] == [child.id]

    def test_a_hint_is_checked(self, exp, run):
        child, gone = run.child_run(), run.child_run()
        stranger = exp.start_logging(snapshot_directory=None)
        gone.complete()
        shutil.rmtree(gone.folder)
        with (run.folder / "children.jsonl").open("ab") as file:
            for name in (stranger.id, run.id, "../x", 7, child.id):
                file.write(json.dumps({"run": name}).encode() + b"\n")
            file.write(b'[1]\nnonsense\n{"run": "half')
        assert [folder.id for folder in Children(run._folder).folders()] == [child.id]
        assert ids(run.get_children()) == [child.id]

    def test_a_circle_ends(self, ws, run):
        for name, parent in (("a", "b"), ("b", "a"), ("own", "own")):
            RunFolder.create(ws.folder, name, {"experiment": "exp", "parent": parent})
        assert set(ids(ws.get_run("a").get_children(recursive=True))) == {"b"}
        assert ids(ws.get_run("own").get_children(recursive=True)) == []


class TestEnding:
    def test_completed_with_the_parent(self, run):
        child = run.child_run()
        grandchild = child.child_run()
        run.complete()
        assert {r.get_status() for r in (run, child, grandchild)} == {"Completed"}

    @pytest.mark.parametrize("end", ["cancel", "fail"])
    def test_canceled_with_the_parent(self, run, end):
        child = run.child_run()
        grandchild = child.child_run()
        done = run.child_run()
        done.complete()
        getattr(run, end)()
        assert child.get_status() == grandchild.get_status() == "Canceled"
        assert done.get_status() == "Completed"
        why = "its parent was canceled" if end == "cancel" else "its parent failed"
        assert child.get_details()["reason"] == why

    def test_an_exception_in_the_block(self, run):
        with pytest.raises(ZeroDivisionError), run:
            child = run.child_run()
            1 / 0  # noqa: B018
        assert run.get_status() == "Failed"
        assert child.get_status() == "Canceled"

    def test_a_child_that_was_asked_to_cancel_is_canceled(self, run):
        child = run.child_run()
        child._folder.request_cancel("someone")
        run.complete()
        assert child.get_status() == "Canceled"

    def test_a_cancel_reaches_what_others_run(self, ws, run):
        driven = RunFolder.create(
            ws.folder,
            "driven",
            {"experiment": "exp", "parent": run.id, "driver": "d", "owner": "d"},
        )
        run.cancel()
        assert driven.cancel_requested
        assert driven.ended is None  # its driver says when

    def test_what_others_run_goes_on_when_the_parent_completes(self, ws, run):
        driven = RunFolder.create(
            ws.folder,
            "driven",
            {"experiment": "exp", "parent": run.id, "driver": "d", "owner": "d"},
        )
        run.complete()
        assert driven.cancel_requested is driven.ended is None

    def test_a_parent_that_had_ended(self, run):
        child = run.child_run()
        run._folder.end("Canceled")
        with pytest.warns(RunsWarning, match="Canceled already"):
            run.complete()
        assert child.get_status() == "Canceled"

    def test_with_the_script(self, script, ws, tmp_path):
        done = script(
            f"""
            from jupyter_runs import Experiment, Workspace
            run = Experiment(Workspace(), "exp").start_logging(run_id="parent", snapshot_directory=None)
            child = run.child_run()
            child.log("loss", 1)
            open({str(tmp_path / "id")!r}, "w").write(child.id)
            """
        )
        assert "already" not in done.wait()
        child = ws.get_run((tmp_path / "id").read_text())
        assert (child.get_status(), child.parent.get_status()) == ("Completed", "Completed")
        assert not child.get_details()["warnings"]

    def test_with_a_script_that_a_driver_runs(self, script, ws, run, tmp_path):
        done = script(
            f"""
            import os
            os.environ["JUPYTER_RUNS_RUN_DIR"] = {str(run.folder)!r}
            from jupyter_runs import Run
            children = Run.get_context().create_children(2)
            children[0].log("loss", 1)
            """
        )
        assert "Traceback" not in done.wait()
        children = list(run.get_children())
        assert {child.get_status() for child in children} == {"Completed"}
        assert not children[0].get_details()["warnings"]
        assert run.get_status() == "Running"  # its driver says when

    def test_with_the_process(self, script, ws, run, tmp_path):
        done = script(
            f"""
            import os, time
            os.environ["JUPYTER_RUNS_RUN_DIR"] = {str(run.folder)!r}
            from jupyter_runs import Run
            child = Run.get_context().child_run()
            child.log("loss", 1, step=7)
            open({str(tmp_path / "ready")!r}, "w")
            time.sleep(60)
            """
        )
        done.wait_for(tmp_path / "ready")
        done.process.kill()
        done.process.wait()
        (child,) = run.get_children()
        assert child.get_status() == "Failed"
        assert "last point at step 7" in child.get_details()["reason"]

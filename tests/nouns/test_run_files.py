from __future__ import annotations

import io
import os
import threading
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_runs._run.files import checked_name
from jupyter_runs.errors import (
    FileInRunError,
    FileNotInRunError,
    InvalidPathError,
    InvalidValueError,
    MissingPathError,
    RunsWarning,
    SnapshotNotFoundError,
    SnapshotTooLargeError,
)
from jupyter_runs.run import Run


def write(name: str, text: str = "x") -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


class TestUpload:
    def test_files_streams_text(self, exp, run, tmp_path):
        told = run.upload_file("outputs/model.pkl", str(write("m", "model")))
        path = str(run.folder / "outputs" / "model.pkl")
        assert told.serialize() == {"name": "outputs/model.pkl", "path": path, "size": 5}
        run.upload_file("best.csv", write("b", "a,b"))
        run.upload_file("outputs/bytes", io.BytesIO(b"\x00\xff"))
        run.upload_file("logs/deep/text.log", io.StringIO("é"))
        guest = Run(exp, run.id)
        assert guest.get_file_names() == [
            "best.csv", "logs/deep/text.log", "outputs/bytes", "outputs/model.pkl",
        ]  # fmt: skip
        assert (run.folder / "outputs" / "model.pkl").read_text() == "model"
        for name in guest.get_file_names():
            guest.download_file(name, tmp_path / "d" / name)
        assert (tmp_path / "d" / "outputs/bytes").read_bytes() == b"\x00\xff"
        assert (tmp_path / "d" / "logs/deep/text.log").read_text(encoding="utf-8") == "é"
        with run._reading() as reader:
            assert reader.files["best.csv"].size == 3

    def test_the_same_name_again(self, run):
        run.upload_file("outputs/a", io.BytesIO(b"one"))
        run.upload_file("outputs/a", io.BytesIO(b"one"))
        with pytest.raises(FileInRunError, match="overwrite=True"):
            run.upload_file("outputs/a", io.BytesIO(b"two"))
        assert (run.folder / "outputs/a").read_bytes() == b"one"
        run.upload_file("outputs/a", io.BytesIO(b"two"), overwrite=True)
        assert (run.folder / "outputs/a").read_bytes() == b"two"
        with run._reading() as reader:
            assert reader.files["outputs/a"].size == 3

    def test_a_file_where_a_folder_is_needed(self, run):
        run.upload_file("outputs/a", io.BytesIO(b"x"))
        with pytest.raises(FileInRunError, match="outputs/a/b"):
            run.upload_file("outputs/a/b", io.BytesIO(b"x"))
        run.upload_file("outputs/d/e", io.BytesIO(b"x"))
        with pytest.raises(FileInRunError, match="folder"):
            run.upload_file("outputs/d", io.BytesIO(b"x"))

    @pytest.mark.parametrize(
        "name",
        ["../x", "/etc/x", "outputs/../../x", "a\\..\\x", "C:/x", "", ".", "outputs", "a\0b", "a\nb",
         "run.json", "RUN.JSON", "journal/x", "control/end", "payload/x", "./control/end", ".hidden",
         "x/../run.json", None, 3, "x" * 300, "a/" + "x" * 300],
    )  # fmt: skip
    def test_hostile_names(self, run, name):
        before = sorted(run.folder.rglob("*"))
        with pytest.raises(InvalidPathError):
            run.upload_file(name, io.BytesIO(b"evil"))
        assert sorted(run.folder.rglob("*")) == before

    def test_links_that_lead_out(self, run, tmp_path):
        (run.folder / "outputs").mkdir()
        (run.folder / "outputs" / "out").symlink_to(tmp_path)
        for name in ("outputs/out/x", "outputs/out"):
            with pytest.raises((InvalidPathError, FileInRunError)):
                run.upload_file(name, io.BytesIO(b"evil"))
        assert not (tmp_path / "x").exists()

    @settings(deadline=None, max_examples=150)
    @given(st.text())
    def test_any_name_is_inside_or_refused(self, name):
        try:
            plain = checked_name(name)
        except InvalidPathError:
            return
        path = Path("/base", plain)
        assert Path("/base") in path.parents
        assert ".." not in path.parts
        assert plain.split("/")[0].lower() not in ("run.json", "journal", "control", "payload")

    def test_what_is_missing(self, run):
        with pytest.raises(MissingPathError, match="nowhere"):
            run.upload_file("outputs/x", "nowhere")
        Path("folder").mkdir()
        with pytest.raises(MissingPathError, match="upload_folder"):
            run.upload_file("outputs/x", "folder")
        with pytest.raises(InvalidValueError, match="path or something to read"):
            run.upload_file("outputs/x", 3)
        assert run.get_file_names() == []

    def test_several(self, run):
        write("a")
        write("b")
        run.upload_files(["outputs/a", "outputs/b"], ["a", "b"])
        assert run.get_file_names() == ["outputs/a", "outputs/b"]
        with pytest.raises(InvalidValueError, match="2 and 1"):
            run.upload_files(["c", "d"], ["a"])
        with pytest.raises(MissingPathError):
            run.upload_files(["c", "d"], ["a", "nowhere"])
        assert "c" not in run.get_file_names()

    def test_a_folder(self, run, tmp_path):
        write("src/a")
        write("src/b/c")
        (Path("src") / "link").symlink_to(tmp_path)
        run.upload_folder("outputs/src", "src")
        assert run.get_file_names() == ["outputs/src/a", "outputs/src/b/c"]
        with pytest.raises(MissingPathError):
            run.upload_folder("x", "nowhere")

    def test_a_stream_that_breaks_leaves_nothing(self, run):
        class Broken(io.RawIOBase):
            def read(self, size=-1):
                raise ValueError("broken")

        with pytest.raises(ValueError, match="broken"):
            run.upload_file("outputs/x", Broken())
        assert run.get_file_names() == []
        assert list((run.folder / "outputs").iterdir()) == []

    def test_threads_with_one_name(self, run):
        errors, barrier = [], threading.Barrier(8)

        def work(i):
            barrier.wait()
            try:
                run.upload_file("outputs/x", io.BytesIO(bytes([i % 2]) * 100_000))
            except FileInRunError as error:
                errors.append(error)

        threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(errors) == 4
        content = (run.folder / "outputs" / "x").read_bytes()
        assert content in (b"\0" * 100_000, b"\1" * 100_000)


class TestDownload:
    @pytest.fixture(autouse=True)
    def files(self, run):
        for name in ("outputs/a.txt", "outputs/sub/b.txt", "logs/l.txt"):
            run.upload_file(name, io.BytesIO(name.encode()))

    def test_where_to(self, run, tmp_path):
        run.download_file("outputs/a.txt")
        assert Path("a.txt").read_text() == "outputs/a.txt"
        run.download_file("outputs/a.txt", tmp_path)
        assert (tmp_path / "a.txt").exists()
        run.download_file("./outputs/a.txt", f"{tmp_path}/new/")
        assert (tmp_path / "new" / "a.txt").exists()

    def test_missing_lists_near_names(self, run):
        with pytest.raises(FileNotInRunError, match=r"'outputs/a\.txt'"):
            run.download_file("outputs/a.tx")
        with pytest.raises(FileNotInRunError, match="begins with 'output/'"):
            run.download_files("output/")

    @pytest.mark.parametrize(
        "name", ["run.json", "../../workspace.json", "journal/x", "/etc/passwd"]
    )
    def test_only_files_of_the_run(self, run, name):
        with pytest.raises(InvalidPathError):
            run.download_file(name)

    def test_many(self, run, tmp_path):
        run.download_files("outputs", tmp_path / "one")
        found = sorted(
            p.relative_to(tmp_path / "one").as_posix() for p in (tmp_path / "one").rglob("*.txt")
        )
        assert found == ["outputs/a.txt", "outputs/sub/b.txt"]
        run.download_files("outputs", tmp_path / "two", append_prefix=False)
        assert (tmp_path / "two" / "sub" / "b.txt").exists()
        run.download_files(output_directory=tmp_path / "three")
        assert (tmp_path / "three" / "logs" / "l.txt").exists()

    def test_a_file_that_was_put_there_by_hand_is_a_file(self, run):
        (run.folder / "outputs" / "by-hand").write_text("x")
        assert "outputs/by-hand" in run.get_file_names()


class TestCollection:
    """`complete` takes up what is new or changed in ./outputs and ./logs."""

    def test_new_and_changed_only(self, exp):
        write("outputs/old", "same")
        write("outputs/changes", "before")
        run = exp.start_logging(snapshot_directory=None)
        write("outputs/new/deep", "n")
        write("outputs/changes", "afterwards")
        write("logs/train.log", "l")
        run.complete()
        assert run.get_file_names() == ["logs/train.log", "outputs/changes", "outputs/new/deep"]
        assert (run.folder / "outputs" / "changes").read_text() == "afterwards"

    def test_outputs_is_made(self, exp):
        exp.start_logging(snapshot_directory=None)
        assert Path("outputs").is_dir()
        assert not Path("logs").exists()

    def test_another_folder_or_none(self, exp):
        one = exp.start_logging(outputs="results", snapshot_directory=None)
        none = exp.start_logging(outputs=False, snapshot_directory=None)
        write("results/r")
        write("outputs/o")
        write("logs/l")
        one.complete()
        none.complete()
        assert one.get_file_names() == ["logs/l", "outputs/r"]
        assert none.get_file_names() == []

    def test_the_folder_at_the_start_counts(self, exp, tmp_path):
        run = exp.start_logging(snapshot_directory=None)
        write("outputs/x")
        os.chdir(tmp_path)
        run.complete()
        assert run.get_file_names() == ["outputs/x"]

    def test_what_was_uploaded_stands(self, run):
        run.upload_file("outputs/a", write("outputs/a", "one"))
        write("outputs/a", "two!")
        with pytest.warns(RunsWarning, match="outputs/a was not taken up"):
            run.complete()
        assert run.get_status() == "Completed"
        assert (run.folder / "outputs" / "a").read_text() == "one"
        assert len(run.get_details()["warnings"]) == 1

    def test_two_runs_one_after_the_other(self, exp):
        first = exp.start_logging(snapshot_directory=None)
        write("outputs/model", "1")
        first.complete()
        second = exp.start_logging(snapshot_directory=None)
        write("outputs/model", "2!")
        second.complete()
        third = exp.start_logging(snapshot_directory=None)
        third.complete()
        assert (first.folder / "outputs/model").read_text() == "1"
        assert (second.folder / "outputs/model").read_text() == "2!"
        assert third.get_file_names() == []

    def test_thousands_of_files(self, exp):
        for i in range(1100):
            write(f"outputs/{i}", "x")
        run = exp.start_logging(snapshot_directory=None)
        write("outputs/5000", "new")
        run.complete()
        assert run.get_file_names() == ["outputs/5000"]

    def test_failed_runs_too(self, run):
        write("outputs/last")
        run.fail("x")
        assert run.get_file_names() == ["outputs/last"]


class TestSnapshots:
    def test_taken_in_the_background(self, exp, tmp_path):
        write("train.py", "lr = 1")
        run = exp.start_logging()
        snapshot = run.get_snapshot_id()
        path = run.restore_snapshot(path=tmp_path / "there")
        assert path == str(tmp_path / "there" / f"{snapshot}.zip")
        assert zipfile.ZipFile(path).read("train.py") == b"lr = 1"
        run.complete()
        assert Run(exp, run.id).get_snapshot_id() == snapshot

    def test_over_the_limit_is_one_warning_and_the_run_goes_on(self, exp, monkeypatch):
        monkeypatch.setenv("JUPYTER_RUNS_SNAPSHOT_MAX_MB", "0.001")
        write("data/big.bin", "x" * 5000)
        with pytest.warns(RunsWarning, match="no snapshot was taken") as caught:  # noqa: PT031
            run = exp.start_logging()
            run.log("a", 1)
            run.complete()
        assert len(caught) == 1
        (warning,) = run.get_details()["warnings"]
        assert "data/" in warning["message"]
        assert run.get_snapshot_id() is None
        assert run.get_status() == "Completed"

    def test_by_hand(self, run, tmp_path, monkeypatch):
        write("src/a.py")
        snapshot = run.take_snapshot("src")
        assert run.get_snapshot_id() == snapshot
        assert zipfile.ZipFile(run.restore_snapshot(snapshot, tmp_path)).namelist() == ["a.py"]
        monkeypatch.setenv("JUPYTER_RUNS_SNAPSHOT_MAX_FILES", "0")
        with pytest.raises(SnapshotTooLargeError, match=r"a\.py"):
            run.take_snapshot("src")
        with pytest.raises(MissingPathError):
            run.take_snapshot("nowhere")

    @pytest.mark.parametrize("snapshot", ["nope", "../workspace", "/etc/passwd", "a/b"])
    def test_no_such(self, run, snapshot):
        with pytest.raises(SnapshotNotFoundError):
            run.restore_snapshot(snapshot)
        with pytest.raises(SnapshotNotFoundError):
            run.restore_snapshot()

    def test_facts(self, exp):
        with exp.start_logging() as run:
            pass
        facts = run.get_details()["facts"]
        assert facts["packages"]
        assert facts["argv"]
        assert facts["snapshot"] == run.get_snapshot_id()

    def test_git(self, exp):
        import shutil
        import subprocess

        if shutil.which("git") is None:
            pytest.skip("git is not installed")
        write("train.py", "lr = 1\n")
        git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
        for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
            subprocess.run([*git, *arguments], check=True)
        write("train.py", "lr = 2\n")
        with exp.start_logging() as run:
            pass
        facts = run.get_details()["facts"]["git"]
        assert facts["dirty"] is True
        assert len(facts["commit"]) == 40
        assert "+lr = 2" in (run.folder / facts["diff"]).read_text()

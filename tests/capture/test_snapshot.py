from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_runs._settings import SnapshotLimits, snapshot_limits
from jupyter_runs.capture.snapshot import extract_snapshot, list_entries, take_snapshot
from jupyter_runs.errors import InvalidPathError, MissingPathError, SnapshotTooLargeError

LIMITS = SnapshotLimits(300_000_000, 2000)


def fill(folder: Path, *names: str) -> Path:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"content of {name}")
    return folder


def names(folder: Path) -> list[str]:
    return [entry.name for entry in list_entries(folder, LIMITS)]


@pytest.fixture
def src(tmp_path):
    folder = tmp_path / "src"
    folder.mkdir()
    return folder


class TestWhatIsTaken:
    def test_everything_but_what_no_one_means(self, src):
        fill(src, "train.py", "a/b/c.txt", ".hidden", "outputs/old.pkl")
        fill(src, ".git/config", "__pycache__/x.pyc", ".ipynb_checkpoints/n.ipynb")
        fill(src, "venv/pyvenv.cfg", "venv/lib/big.so", ".env", "a/.env.local", "node_modules/x")
        assert names(src) == [".hidden", "a/b/c.txt", "outputs/old.pkl", "train.py"]

    def test_gitignore_nested_and_negated(self, src):
        fill(
            src, "a.log", "keep.log", "build/x", "sub/a.log", "sub/data/big", "sub/data/ok", "x.py"
        )
        (src / ".gitignore").write_text("*.log\n!keep.log\n/build/\n# no comment\n\n")
        (src / "sub" / ".gitignore").write_text("data/*\n!data/ok\n!a.log\n")
        assert names(src) == [
            ".gitignore", "keep.log", "sub/.gitignore", "sub/a.log", "sub/data/ok", "x.py",
        ]  # fmt: skip

    def test_amlignore_stands_instead_of_gitignore(self, src):
        fill(src, "a.log", "b.dat", "sub/c.log")
        (src / ".gitignore").write_text("*.log")
        (src / ".amlignore").write_text("*.dat")
        assert names(src) == [".amlignore", ".gitignore", "a.log", "sub/c.log"]

    def test_links_that_lead_out_are_not_followed(self, src, tmp_path):
        fill(tmp_path, "secret.txt", "elsewhere/x")
        fill(src, "own.txt")
        (src / "out").symlink_to(tmp_path / "secret.txt")
        (src / "away").symlink_to(tmp_path / "elsewhere")
        (src / "in").symlink_to(src / "own.txt")
        (src / "loop").symlink_to(src / "loop")
        assert names(src) == ["in", "own.txt"]

    def test_what_is_no_file_is_passed_over(self, src):
        fill(src, "x")
        os.mkfifo(src / "pipe")
        assert names(src) == ["x"]

    def test_the_store_itself_is_left_out(self, src):
        fill(src, "x")
        store = src / "runs" / "default" / "snapshots"
        one = take_snapshot(src, store, LIMITS)
        assert take_snapshot(src, store, LIMITS) == one

    def test_a_name_that_is_no_text_is_passed_over(self, src):
        fill(src, "x")
        (src / os.fsdecode(b"\xff\xfe")).write_text("?")
        take_snapshot(src, src.parent / "store", LIMITS)
        assert names(src) == ["x"]

    def test_no_folder(self, src):
        with pytest.raises(MissingPathError, match="nowhere"):
            list_entries(src / "nowhere", LIMITS)


class TestLimits:
    def test_too_many_bytes_names_the_largest(self, src):
        fill(src, "small.py")
        (src / "data").mkdir()
        (src / "data" / "big.bin").write_bytes(b"x" * 3_000_000)
        (src / "weights.pt").write_bytes(b"x" * 1_000_000)
        store = src.parent / "store"
        with pytest.raises(SnapshotTooLargeError) as caught:
            take_snapshot(src, store, SnapshotLimits(2_000_000, 100))
        text = str(caught.value)
        assert text.index("data/ (3.0 MB in 1 files)") < text.index("weights.pt (1.0 MB")
        assert ".amlignore" in text
        assert not store.exists()  # before anything was copied

    def test_too_many_files(self, src):
        fill(src, *(f"many/{i}" for i in range(30)), "x")
        with pytest.raises(SnapshotTooLargeError, match=r"many/ \(.* in 30 files\)"):
            take_snapshot(src, src.parent / "store", SnapshotLimits(10**9, 20))

    def test_a_huge_folder_is_not_walked_to_its_end(self, src):
        fill(src, *(f"d/{i}" for i in range(300)))
        with pytest.raises(SnapshotTooLargeError, match="more than"):
            list_entries(src, SnapshotLimits(10**9, 2))

    @settings(deadline=None, max_examples=30)
    @given(st.lists(st.integers(0, 50), max_size=8), st.integers(0, 150), st.integers(0, 8))
    def test_never_over_and_never_refused_under(self, tmp_path_factory, sizes, size, files):
        folder = tmp_path_factory.mktemp("p")
        for i, length in enumerate(sizes):
            (folder / str(i)).write_bytes(b"x" * length)
        fits = sum(sizes) <= size and len(sizes) <= files
        if fits:
            assert len(list_entries(folder, SnapshotLimits(size, files))) == len(sizes)
        else:
            with pytest.raises(SnapshotTooLargeError):
                list_entries(folder, SnapshotLimits(size, files))

    def test_settings(self, tmp_path, monkeypatch):
        monkeypatch.delenv("JUPYTER_RUNS_SNAPSHOT_MAX_MB", raising=False)
        assert snapshot_limits(tmp_path) == LIMITS
        (tmp_path / "workspace.json").write_text(
            '{"settings": {"snapshot_max_mb": 1.5, "snapshot_max_files": "many"}}'
        )
        assert snapshot_limits(tmp_path) == (1_500_000, 2000)
        monkeypatch.setenv("JUPYTER_RUNS_SNAPSHOT_MAX_MB", "7")
        monkeypatch.setenv("JUPYTER_RUNS_SNAPSHOT_MAX_FILES", "70")
        assert snapshot_limits(tmp_path) == (7_000_000, 70)
        monkeypatch.setenv("JUPYTER_RUNS_SNAPSHOT_MAX_MB", "nan")
        assert snapshot_limits(tmp_path).size == 1_500_000


class TestIds:
    def test_the_same_content_is_the_same_snapshot_kept_once(self, src, tmp_path):
        fill(src, "a", "b/c")
        other = fill(tmp_path / "other", "a", "b/c")
        store = tmp_path / "store"
        one = take_snapshot(src, store, LIMITS)
        assert take_snapshot(other, store, LIMITS) == one
        assert [file.name for file in store.iterdir()] == [f"{one}.zip"]

    def test_a_change_is_another(self, src, tmp_path):
        fill(src, "a")
        one = take_snapshot(src, tmp_path / "s", LIMITS)
        (src / "a").write_text("other")
        two = take_snapshot(src, tmp_path / "s", LIMITS)
        (src / "a").chmod(0o755)
        assert len({one, two}) == 2

    def test_an_empty_folder_has_one_too(self, src, tmp_path):
        snapshot = take_snapshot(src, tmp_path / "s", LIMITS)
        assert zipfile.ZipFile(tmp_path / "s" / f"{snapshot}.zip").namelist() == []

    def test_one_that_was_deleted_is_taken_again(self, src, tmp_path):
        fill(src, "a")
        one = take_snapshot(src, tmp_path / "s", LIMITS)
        (tmp_path / "s" / f"{one}.zip").unlink()
        assert take_snapshot(src, tmp_path / "s", LIMITS) == one
        assert (tmp_path / "s" / f"{one}.zip").exists()


FILE = st.text(st.characters(codec="utf-8", exclude_characters="/\\\0", exclude_categories=["C"]), min_size=1, max_size=20)  # fmt: skip


class TestExtract:
    @settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    @given(st.dictionaries(FILE.filter(lambda n: n not in (".", "..", ".env", ".gitignore", ".amlignore") and not n.startswith(".env.") and not (len(n) > 1 and n[1] == ":")), st.binary(max_size=2000), max_size=5))  # fmt: skip
    def test_what_went_in_comes_out(self, tmp_path_factory, files):
        folder = tmp_path_factory.mktemp("p")
        src = folder / "src"
        src.mkdir()
        for name, content in files.items():
            (src / name).write_bytes(content)
        found = {file.name: file.read_bytes() for file in src.iterdir()}
        snapshot = take_snapshot(src, folder / "store", LIMITS)
        extract_snapshot(folder / "store" / f"{snapshot}.zip", folder / "out")
        kept = {file.name: file.read_bytes() for file in (folder / "out").iterdir()}
        kept_names = {entry.name for entry in list_entries(src, LIMITS)}
        assert kept == {name: content for name, content in found.items() if name in kept_names}

    def test_executables_stay_so(self, src, tmp_path):
        fill(src, "run.sh", "x")
        (src / "run.sh").chmod(0o755)
        snapshot = take_snapshot(src, tmp_path / "s", LIMITS)
        extract_snapshot(tmp_path / "s" / f"{snapshot}.zip", tmp_path / "out")
        assert (tmp_path / "out" / "run.sh").stat().st_mode & stat.S_IXUSR
        assert not (tmp_path / "out" / "x").stat().st_mode & stat.S_IXUSR

    @pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "..\\x", "C:/x", "a/\x01"])
    def test_zip_slip(self, tmp_path, name):
        archive = tmp_path / "bad.zip"
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("good", "g")
            file.writestr(zipfile.ZipInfo(name), "bad")
        with pytest.raises(InvalidPathError):
            extract_snapshot(archive, tmp_path / "out")
        assert list((tmp_path / "out").iterdir()) == []
        assert not (tmp_path / "x").exists()

    def test_links_in_an_archive_are_refused(self, tmp_path):
        archive = tmp_path / "bad.zip"
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr(info, "/etc/passwd")
        with pytest.raises(InvalidPathError, match="not a file"):
            extract_snapshot(archive, tmp_path / "out")

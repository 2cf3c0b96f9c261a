"""A file below a folder is opened, and nothing else, whatever the name and whatever lies there."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_runs.journal import InvalidPathError, open_below


@pytest.fixture
def place(tmp_path):
    """A folder with files and links, beside something that is not to be read."""
    root = tmp_path / "root"
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "b" / "c.txt").write_text("inside")
    (root / "top.txt").write_text("inside")
    (tmp_path / "secret").write_text("outside")
    (root / "link").symlink_to(tmp_path / "secret")
    (root / "up").symlink_to("..")
    (root / "a" / "same").symlink_to("b")
    os.mkfifo(root / "pipe")
    return root


def open_files():
    """Paths of the files this process has open; none where the system does not tell."""
    opened = Path("/proc/self/fd")
    for entry in opened.iterdir() if opened.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):  # the listing's own
            yield str(entry.readlink())


def read(root, name):
    with os.fdopen(open_below(root, name), "rb") as file:
        return file.read().decode()


@pytest.mark.parametrize("name", ["a/b/c.txt", "top.txt", "./top.txt", "a//b/c.txt"])
def test_files_are_opened(place, name):
    assert read(place, name) == "inside"


@pytest.mark.parametrize(
    "name", ["link", "up/secret", "a/same/c.txt", "pipe", "a", "none", "top.txt/x"]
)
def test_what_is_no_file_is_not(place, name):
    with pytest.raises((FileNotFoundError, InvalidPathError)):
        open_below(place, name)
    assert not [target for target in open_files() if target.startswith(str(place))]


def test_the_folder_itself_may_be_a_link(place, tmp_path):
    (tmp_path / "other").symlink_to(place)
    assert read(tmp_path / "other", "top.txt") == "inside"


PARTS = st.sampled_from(
    [
        "a",
        "b",
        "c.txt",
        "top.txt",
        "..",
        ".",
        "",
        "link",
        "up",
        "secret",
        "same",
        "root",
        "\0",
        "\\",
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(PARTS, max_size=7))
def test_nothing_outside_is_ever_read(place, parts):
    try:
        assert read(place, "/".join(parts)) == "inside"
    except (FileNotFoundError, InvalidPathError):
        pass

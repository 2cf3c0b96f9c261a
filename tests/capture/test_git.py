from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from jupyter_runs.capture.git import git_state

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def repo(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / "repo"
    folder.mkdir()

    def git(*arguments):
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], cwd=folder, check=True,
            capture_output=True,
        )  # fmt: skip

    git("init", "-q", "-b", "main")
    (folder / "train.py").write_text("lr = 1\n")
    (folder / ".env").write_text("A=1\n")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    git("remote", "add", "origin", "https://me:hush@example.org/x.git")
    return folder, git


def test_clean(repo):
    folder, _ = repo
    (folder / "new.txt").write_text("untracked")
    state = git_state(folder)
    assert len(state.commit) == 40
    assert (state.branch, state.dirty, state.diff) == ("main", False, None)
    assert state.remote == "https://example.org/x.git"
    assert state.root == str(folder)


def test_dirty_without_secrets(repo):
    folder, _ = repo
    (folder / "train.py").write_text("lr = 2\n")
    (folder / ".env").write_text("A=hush\n")
    (folder / "sub").mkdir()
    state = git_state(folder / "sub")
    assert state.dirty
    assert b"+lr = 2" in state.diff
    assert b"hush" not in state.diff


def test_detached(repo):
    folder, git = repo
    git("checkout", "-q", "--detach")
    assert git_state(folder).branch is None


def test_a_repository_cannot_have_programs_run(repo, tmp_path):
    folder, git = repo
    evil = tmp_path / "evil.sh"
    evil.write_text(f"#!/bin/sh\ntouch {tmp_path}/pwned\n")
    evil.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "diff.x.textconv", "diff.x.command"):
        git("config", key, str(evil))
    (folder / ".gitattributes").write_text("* diff=x\n")
    (folder / "train.py").write_text("lr = 3\n")
    (tmp_path / "pwned").unlink(missing_ok=True)  # `git config` itself may have
    assert git_state(folder).diff
    assert not (tmp_path / "pwned").exists()


def test_no_repository(tmp_path):
    assert git_state(tmp_path) is None


def test_no_git(repo, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert git_state(repo[0]) is None

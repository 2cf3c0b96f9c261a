"""Which commit a run started from, and what had been changed since."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Optional, Union

from jupyter_runs.capture.secrets import clean_url

if TYPE_CHECKING:
    from jupyter_runs.journal import RunFolder, Writer

TIMEOUT = 10.0  # seconds; a repository on a slow disk is not worth more
LONGEST_DIFF = 1_000_000  # bytes
# names of files that hold secrets by custom, and so are kept out of the diff
_PRIVATE = (":(exclude,glob)**/.env", ":(exclude,glob)**/.env.*", ":(exclude,glob)**/.envrc")


class GitState(NamedTuple):
    """A working tree as it stood.

    ``diff`` is what differs from the commit in tracked files, or None if nothing does.
    """

    commit: str
    branch: Optional[str]
    remote: Optional[str]
    root: str
    dirty: bool
    diff: Optional[bytes]


def git_state(folder: Path) -> Optional[GitState]:
    """Return the state of the git working tree around `folder`, None if there is none."""
    top = _git(folder, "rev-parse", "--show-toplevel", "HEAD")
    if top is None:
        return None
    root, _, commit = top.decode("utf-8", "replace").strip().partition("\n")
    branch = _text(_git(folder, "symbolic-ref", "--short", "-q", "HEAD"))
    remote = _text(_git(folder, "config", "--get", "remote.origin.url"))
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    dirty = bool(changed and changed.strip())
    diff = None
    if dirty:
        # no external programs: a repository may name some to be run on its files
        diff = _git(
            Path(root), "diff", "--no-ext-diff", "--no-textconv", "HEAD", "--", ".", *_PRIVATE
        )
        if diff is not None and len(diff) > LONGEST_DIFF:
            diff = diff[:LONGEST_DIFF] + b"\n[cut: the diff is longer than 1 MB]\n"
    return GitState(
        commit, branch, clean_url(remote) if remote else None, root, dirty, diff or None
    )


def capture_git(run: RunFolder, code: Union[str, os.PathLike[str]], writer: Writer) -> None:
    """Note with a run the state of the git working tree around a folder, if there is one."""
    state = git_state(Path(code))
    if state is None:
        return
    facts = {key: value for key, value in state._asdict().items() if key != "diff"}
    if state.diff is not None:
        run.payload.mkdir(exist_ok=True)
        (run.payload / "git.diff").write_bytes(state.diff)
        facts["diff"] = "payload/git.diff"
    writer.event("facts", git=facts)


def _text(output: Optional[bytes]) -> Optional[str]:
    return (output or b"").decode("utf-8", "replace").strip() or None


def _git(folder: Path, *arguments: str) -> Optional[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment["GIT_OPTIONAL_LOCKS"] = "0"  # never hold up a git that the person runs
    environment["GIT_TERMINAL_PROMPT"] = "0"
    try:
        done = subprocess.run(
            ["git", "-c", "core.fsmonitor=false", *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None

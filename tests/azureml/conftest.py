"""What runs old code: a process of its own, in which nothing but the first line is ours."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def old(tmp_path):
    """Run old code as a script; return what it printed."""
    work = tmp_path / "tutorial"
    (work / "src").mkdir(parents=True)

    def run(text: str, *, fails: bool = False, name: str = "control.py", **variables: str) -> str:
        (work / name).write_text(textwrap.dedent(text))
        done = subprocess.run(
            [sys.executable, "-m", "jupyter_runs.azureml", name],
            cwd=work,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "JUPYTER_RUNS_HOME": str(tmp_path / "home"),
                **variables,
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + (done.stderr if fails else "")

    run.work = work
    return run

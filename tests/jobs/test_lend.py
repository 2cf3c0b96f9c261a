"""An environment that was built is used by hand as well."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import jupyter_runs
from jupyter_runs import Environment, Workspace

WHERE = "import jupyter_runs; print(jupyter_runs.__file__)"


def imported(python, **more) -> subprocess.CompletedProcess:
    # -E: nothing comes by PYTHONPATH
    return subprocess.run(
        [python, "-E", "-c", WHERE], capture_output=True, text=True, check=False, **more
    )


def test_what_is_built_imports_this_package(capsys, tmp_path):
    workspace = Workspace()
    built = Environment("empty").build(workspace, show_output=False)
    assert "creating a virtual environment" in capsys.readouterr().out
    place = imported(built.python, cwd=tmp_path).stdout.strip()
    assert Path(place).samefile(jupyter_runs.__file__)
    # and it is us alone: what lies beside us here was built for another Python
    others = subprocess.run(
        [built.python, "-E", "-c", "import numpy"], capture_output=True, check=False
    )
    assert b"ModuleNotFoundError" in others.stderr

    again = Environment("of-another-name").build(workspace)
    assert (again.python, again.reused) == (built.python, True)
    assert capsys.readouterr().out == ""


def test_nothing_is_put_into_what_is_a_persons_own(tmp_path):
    own = tmp_path / "own"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(own)], check=True)
    environment = Environment("own")
    environment.python.user_managed_dependencies = True
    environment.python.interpreter_path = str(own / "bin" / "python")
    built = environment.build(Workspace())
    assert "ModuleNotFoundError" in imported(built.python, cwd=tmp_path).stderr

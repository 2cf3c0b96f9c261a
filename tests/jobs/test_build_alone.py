"""What a driver imports needs the standard library alone, of any Python that we can be lent to."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import jupyter_runs
from jupyter_runs.jobs.build import pythons
from jupyter_runs.jobs.environment import Environment

PREPARING = """
import sys
before = set(sys.modules)
sys.path.insert(0, sys.argv[1])
import io, json
from pathlib import Path
from jupyter_runs.jobs.build import BuildError, Canceled, Interpreter, prepare
found = prepare(json.loads(sys.argv[2]), Path("none"), io.BytesIO(), lambda: False, print)
print(json.dumps([found.python, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


@pytest.mark.parametrize("python", pythons.find(sys.executable), ids=lambda each: each.shown)
def test_building_needs_nothing_of_ours_installed(python, tmp_path):
    (tmp_path / "jupyter_runs").symlink_to(next(iter(jupyter_runs.__path__)))
    environment = Environment("mine")
    environment.python.user_managed_dependencies = True
    definition = json.dumps(environment.to_dict())
    done = subprocess.run(
        [python.path, "-I", "-S", "-c", PREPARING, str(tmp_path), definition],
        check=True,
        capture_output=True,
        text=True,
    )
    found, modules = json.loads(done.stdout)
    assert found == sys.executable
    foreign = set(modules) - set(sys.stdlib_module_names) - {"jupyter_runs", "__main__"}
    assert foreign == set()


def test_a_session_that_submits_nothing_imports_no_yaml():
    code = "import sys; from jupyter_runs import Environment; print('yaml' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert printed.stdout.split() == [b"False"]

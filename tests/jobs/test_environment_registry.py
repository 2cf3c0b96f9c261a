"""Registered environments and their versions, and those that come with the package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_runs import Environment
from jupyter_runs.errors import EnvironmentNotFoundError, InvalidValueError

ROOT = Path(__file__).parents[2]
CURATED = ["AzureML-Minimal", "AzureML-PyTorch-CPU", "AzureML-Scikit-learn", "AzureML-Tutorial"]


def of(*packages: str, name: str = "mine") -> Environment:
    made = Environment(name)
    for package in packages:
        made.python.conda_dependencies.add_pip_package(package)
    return made


def test_versions_count_up_and_the_same_definition_is_the_same_version(ws):
    first = of("six").register(ws)
    assert (first.name, first.version) == ("mine", "1")
    assert of("six", "numpy").register(ws).version == "2"
    assert of("six").register(ws).version == "1"
    assert of("six", name="other").register(ws).version == "1"
    named = of("six")
    named.environment_variables["A"] = "1"
    assert named.register(ws).version == "3"
    assert named.version == "3"

    assert Environment.get(ws, "mine").environment_variables == {"A": "1"}
    assert Environment.get(ws, "mine", 1).to_dict() == first.to_dict()
    assert Environment.get(ws, name="mine", version="2").python.conda_dependencies.pip_packages == [
        "six",
        "numpy",
    ]
    # one that was got can be changed and registered again
    assert Environment.get(ws, "mine", 2).register(ws).version == "2"


def test_a_workspace_lists_its_own_and_the_curated_ones(ws):
    assert list(ws.environments) == CURATED
    of("six").register(ws)
    of("numpy").register(ws)
    assert set(Environment.list(ws)) == {"mine", *CURATED}
    assert len(ws.environments) == 5
    assert ws.environments["mine"].version == "2"
    assert "mine" in ws.environments
    assert "AzureML-Tutorial" in ws.environments
    assert "nothing" not in ws.environments


def test_what_is_not_there_says_what_is(ws):
    of("six").register(ws)
    with pytest.raises(EnvironmentNotFoundError, match="did you mean 'mine'"):
        Environment.get(ws, "mime")
    with pytest.raises(KeyError, match="AzureML-Tutorial"):
        ws.environments["AzureML-Tutorail"]
    with pytest.raises(EnvironmentNotFoundError, match="no version 7; there are 1"):
        Environment.get(ws, "mine", 7)
    assert EnvironmentNotFoundError.http_status == 404


def test_a_damaged_version_is_named(ws):
    of("six").register(ws)
    (ws.folder / "environments" / "mine" / "1.json").write_text("{")
    with pytest.raises(InvalidValueError, match=r"1\.json"):
        Environment.get(ws, "mine")
    assert of("six").register(ws).version == "2"


@pytest.mark.parametrize("name", CURATED)
def test_curated_ones_can_be_cloned_and_made_one_s_own(ws, name):
    curated = Environment.get(workspace=ws, name=name)
    assert (curated.name, curated.version) == (name, "1")
    mine = curated.clone("mine")
    assert mine.definition_hash == curated.definition_hash
    mine.python.conda_dependencies.add_pip_package("six")
    assert mine.register(ws).version == "1"


REGISTERING = """
import sys
from jupyter_runs import Environment, Workspace
for number in range(10):
    made = Environment("mine")
    made.environment_variables["N"] = f"{sys.argv[1]}-{number}"
    print(made.register(Workspace()).version)
    same = Environment("same")
    assert same.register(Workspace()).version == "1"
"""


def test_processes_that_register_at_once_get_versions_of_their_own(ws):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", REGISTERING, str(number)], stdout=subprocess.PIPE, text=True
        )
        for number in range(4)
    ]
    printed = [process.communicate()[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    assert sorted(int(version) for each in printed for version in each) == list(range(1, 41))
    assert not list((ws.folder / "environments" / "mine").glob(".*"))

"""Real virtual environments, filled by the real pip from a folder of packages made by hand."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from building import gone, pip_environment, wait_until

from jupyter_runs.errors import BuildError
from jupyter_runs.jobs.build import Canceled, builds, definition_hash, remove_build
from jupyter_runs.jobs.build import venv as venv_builder
from jupyter_runs.jobs.build.place import Place
from jupyter_runs.jobs.build.pythons import Python, find
from jupyter_runs.jobs.conda_dependencies import CondaDependencies
from jupyter_runs.jobs.environment import Environment

pytestmark = pytest.mark.usefixtures("wheels", "no_conda")


def left_over(store):
    """Return what lies among the built environments but locks."""
    built = store / "built"
    return sorted(each.name for each in built.iterdir() if each.suffix != ".lock")


def output_of(found, code):
    command = [found.python, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_built_once_and_reused(tried, wheels, store, ws):
    wheels.add("tiny", "1.5", requires=("smaller>=1",))
    wheels.add("smaller")
    environment = pip_environment("tiny", "azureml-sdk[automl]", "azureml-dataprep")
    found = tried(environment)
    assert (found.kind, found.reused) == ("venv", False)
    assert output_of(
        found, "import tiny, smaller, sys; print(tiny.version, *sys.version_info[:2])"
    ) == (f"1.5 {sys.version_info[0]} {sys.version_info[1]}")
    assert found.variables["VIRTUAL_ENV"] == str(Path(found.python).parents[1])
    assert found.variables["PATH"].split(os.pathsep)[0] == str(Path(found.python).parent)
    assert "installing 1 package with pip" in tried.phases
    assert "azureml-sdk stands for jupyter_runs" in tried.log
    assert "azureml-dataprep is not offered here" in tried.log
    assert "Successfully installed" in tried.log
    assert left_over(store) == [definition_hash(environment.to_dict())]

    log, phases = tried.log, list(tried.phases)
    other = environment.clone("other")
    other.environment_variables["A"] = "1"
    again = tried(other)
    assert again == found._replace(reused=True)
    assert (tried.log, tried.phases) == (log, phases)

    (made,) = builds(store)
    assert (made.kind, made.names) == ("venv", ["tried"])
    assert made.size > 100_000
    assert made.last_used >= made.built

    # a workspace that was moved: a virtual environment knows where it lies
    moved = store.with_name("moved")
    shutil.copytree(store, moved, symlinks=True)
    assert Place(moved, made.hash).complete() is None
    assert Place(store, made.hash).complete() is not None
    remove_build(store, made.hash)
    assert (builds(store), left_over(store)) == ([], [])


def test_packages_of_elsewhere_do_not_shine_through(tried, wheels, tmp_path, monkeypatch):
    wheels.add("tiny")
    (tmp_path / "elsewhere" / "tiny-9.dist-info").mkdir(parents=True)
    metadata = tmp_path / "elsewhere" / "tiny-9.dist-info" / "METADATA"
    metadata.write_text("Metadata-Version: 2.1\nName: tiny\nVersion: 9\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("PIP_USER", "1")
    found = tried(pip_environment("tiny"))
    monkeypatch.delenv("PYTHONPATH")
    assert output_of(found, "import tiny; print(tiny.version)") == "1.0"


def test_pip_s_constraints_hold_and_a_conflict_is_told(tried, wheels, tmp_path, store, monkeypatch):
    wheels.add("tiny", "1.0")
    wheels.add("tiny", "2.0")
    (tmp_path / "constraints.txt").write_text("tiny<2\n")
    monkeypatch.setenv("PIP_CONSTRAINT", str(tmp_path / "constraints.txt"))
    with pytest.raises(BuildError) as caught:
        tried(pip_environment("tiny==2.0"))
    assert str(caught.value).startswith("pip: Cannot install tiny==2.0")
    assert "\n" not in str(caught.value)
    assert "The user requested (constraint) tiny<2" in caught.value.details
    assert tried.log.rstrip().endswith(f"failed: {caught.value}")
    assert left_over(store) == []


def test_what_can_not_be_had_is_named_and_nothing_is_left(tried, store):
    with pytest.raises(
        BuildError, match="^pip: No matching distribution found for nowhere$"
    ) as caught:
        tried(pip_environment("nowhere"))
    assert "ERROR: No matching distribution found for nowhere" in caught.value.details
    assert "ERROR: No matching distribution found for nowhere" in tried.log
    assert left_over(store) == []


def test_two_at_once_build_once(slow, builder, tried, store):
    environment = pip_environment("slow")
    first = builder(environment)
    wait_until(lambda: slow.started, "the build")
    second = builder(environment)
    assert second.stdout.readline() == "waiting for another run that builds the same environment\n"
    slow.go()
    ends = [each.communicate()[0].splitlines()[-1] for each in (first, second)]
    python = str(store / "built" / environment.definition_hash / "bin" / "python")
    assert ends == [f"built {python}", f"reused {python}"]
    assert slow.builds == 1
    assert tried(environment).reused


def test_a_builder_killed_midway_leaves_nothing_in_the_way(slow, builder, tried, store):
    environment = pip_environment("slow")
    first = builder(environment)
    wait_until(lambda: slow.started, "the build")
    assert left_over(store)
    first.send_signal(signal.SIGKILL)
    wait_until(lambda: all(map(gone, slow.pids)), "the end of what it had started")
    slow.go()
    found = tried(environment)
    assert not found.reused
    assert output_of(found, "import slow; print(slow.version)") == "1.0"
    assert left_over(store) == [environment.definition_hash]


def test_canceled_midway_all_of_it_is_gone(slow, tried, store):
    environment = pip_environment("slow")
    with pytest.raises(Canceled):
        tried(environment, canceled=lambda: slow.started)
    assert all(map(gone, slow.pids))
    assert left_over(store) == []
    with Place(store, environment.definition_hash).held():
        pass  # nobody holds it


def test_canceled_while_it_waits_for_another(tried, store):
    environment = pip_environment("nowhere")
    waiting = "waiting for another run that builds the same environment"
    with Place(store, environment.definition_hash).held(), pytest.raises(Canceled):
        tried(environment, canceled=lambda: waiting in tried.phases)
    assert tried.phases == [waiting]
    assert tried.log == ""
    assert left_over(store) == []


def test_what_is_being_built_is_not_removed(store):
    with Place(store, "0" * 20).held(), pytest.raises(BlockingIOError, match="is being built"):
        remove_build(store, "0" * 20)


def test_an_environment_whose_python_is_gone_is_built_anew(tried, store):
    environment = Environment("bare")
    first = tried(environment)
    Path(first.python).unlink()
    second = tried(environment)
    assert (second.python, second.reused) == (first.python, False)
    assert output_of(second, "print(1)") == "1"


def test_a_store_that_can_not_be_written_to(tried, store):
    store.write_text("a file in the way")
    with pytest.raises(BuildError, match="can't be built in"):
        tried(Environment("bare"))


# -- conda's specifications where there is no conda


def test_twins_are_built_as_a_virtual_environment_and_the_log_says_so(tried, wheels):
    wheels.add("torch", "2.1.3")
    wheels.add("six", "1.0")
    environment = Environment("tried")
    environment.python.conda_dependencies = CondaDependencies.create(
        conda_packages=["pytorch=2.1", "cpuonly", "pip"],
        pip_packages=["six"],
        python_version="3.6.2",
    )
    found = tried(environment)
    assert output_of(found, "import torch, six; print(torch.version, six.version)") == "2.1.3 1.0"
    assert "no conda here: from PyPI, in a virtual environment: torch==2.1.*" in tried.log
    assert "cpuonly is conda's own: left out" in tried.log
    assert "Python 3.6.2 was asked for, and runs need 3.9 or newer; Python 3." in tried.log
    assert "installing 2 packages with pip" in tried.phases


def test_a_package_without_a_twin_says_what_to_install(tried, store):
    environment = Environment("tried")
    environment.python.conda_dependencies = CondaDependencies.create(
        conda_packages=["numpy", "r-base=4.1", "scipy=1.1|1.2"]
    )
    with pytest.raises(BuildError) as caught:
        tried(environment)
    assert str(caught.value).startswith("'r-base=4.1', 'scipy=1.1|1.2': no twin on PyPI is known")
    assert "install conda, mamba or micromamba" in str(caught.value)
    assert left_over(store) == []


def test_where_the_nearest_python_finds_nothing_the_submitter_s_own_is_tried(
    tried, wheels, monkeypatch
):
    """Old definitions pin old Pythons, for which a registry may have nothing any more."""
    others = [each for each in find() if each.version[:2] != sys.version_info[:2]]
    if not others:
        pytest.skip("this machine has one Python only")
    oldest = min(others, key=lambda each: each.version)
    ours = Python(os.path.realpath(sys.executable), sys.version_info[:3])
    monkeypatch.setattr(venv_builder, "find", lambda _: [oldest, ours])
    tag = f"{sys.version_info[0]}{sys.version_info[1]}"
    wheel = wheels.add("tiny")
    wheel.rename(wheel.with_name(f"tiny-1.0-py{tag}-none-any.whl"))
    pinned = f"{oldest.version[0]}.{oldest.version[1]}.99"
    found = tried(pip_environment("tiny", python=pinned))
    assert output_of(found, "import sys; print(*sys.version_info[:2], sep='')") == tag
    assert (
        f"not with Python {oldest.shown} (pip: No matching distribution found for tiny)"
        in tried.log
    )


def test_a_python_version_that_can_not_be_compared(tried):
    with pytest.raises(BuildError, match=r"python=3\.9\|3\.10"):
        tried(pip_environment(python="3.9|3.10"))


# -- nothing to build


def test_a_person_s_own_interpreter(tried, monkeypatch, tmp_path):
    environment = Environment("mine")
    environment.python.user_managed_dependencies = True
    found = tried(environment)
    assert (found.python, found.kind) == (sys.executable, "user-managed")
    environment.python.interpreter_path = "python3"
    assert tried(environment).python == shutil.which("python3")

    environment.python.interpreter_path = str(tmp_path / "nowhere" / "python")
    with pytest.raises(BuildError, match="there is no interpreter '.*nowhere/python'"):
        tried(environment)
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho it is broken >&2\nexit 3\n")
    broken.chmod(0o755)
    environment.python.interpreter_path = str(broken)
    with pytest.raises(BuildError, match="can't be run: it is broken"):
        tried(environment)
    broken.write_text("no program")
    with pytest.raises(BuildError, match="can't be run"):
        tried(environment)
    assert tried.log == ""


def test_containers_are_refused(tried, monkeypatch, tmp_path):
    environment = Environment("contained")
    environment.docker.enabled = True
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match="no docker or podman on PATH"):
        tried(environment)
    (tmp_path / "podman").write_text("")
    (tmp_path / "podman").chmod(0o755)
    with pytest.raises(BuildError, match="not offered yet .*podman"):
        tried(environment)


def test_built_from_a_notebook(ws, wheels, capsys):
    wheels.add("tiny")
    found = pip_environment("tiny").build(ws)
    assert output_of(found, "import tiny; print(tiny.version)") == "1.0"
    printed = capsys.readouterr().out
    assert "installing 1 package with pip …" in printed
    assert "Successfully installed tiny-1.0" in printed
    assert builds(ws.folder / "environments")


# -- versions that this Python can't have any more


def of_another_python(wheel):
    """Make a wheel one that no Python here can have."""
    wheel.rename(wheel.with_name(wheel.name.replace("py3-none", "py27-none")))


def test_a_pin_that_can_not_be_had_gets_the_nearest_newer_one_and_says_so(tried, wheels):
    of_another_python(wheels.add("tiny", "1.2"))
    for version in ("1.0", "1.10", "1.9", "2.0rc1"):
        wheels.add("tiny", version)
    wheels.add("pinned", "1.0")
    wheels.add("pinned", "2.0")
    environment = pip_environment("tiny==1.2", "pinned==1.0")
    found = tried(environment)
    said = f"tiny==1.2 can't be had for Python {sys.version.split()[0]}: tiny==1.9 stands for it"
    assert output_of(found, "import tiny, pinned; print(tiny.version, pinned.version)") == "1.9 1.0"
    assert found.warnings == (said,)
    assert said in tried.log
    assert tried(environment) == found._replace(reused=True)  # told whoever uses it again, too


def test_a_nearest_one_that_does_not_fit_the_others_gives_way_to_the_newest(tried, wheels):
    of_another_python(wheels.add("tiny", "1.2"))
    wheels.add("tiny", "1.3", text="raise ValueError('built for another smaller')")
    wheels.add("tiny", "1.4", text="raise ValueError('built for another smaller')")
    wheels.add("tiny", "2.0")
    found = tried(pip_environment("tiny==1.2"))
    assert output_of(found, "import tiny; print(tiny.version)") == "2.0"
    assert found.warnings[0].endswith(": the newest tiny stands for it")
    assert "tiny can not be imported: ValueError: built for another smaller" in tried.log


def test_a_version_above_all_there_are_is_an_error(tried, wheels, store):
    wheels.add("tiny", "1.0")
    with pytest.raises(BuildError, match=r"^pip: No matching distribution found for tiny==99$"):
        tried(pip_environment("tiny==99"))
    assert left_over(store) == []

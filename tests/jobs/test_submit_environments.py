"""Submitted scripts in environments that are built for them."""

from __future__ import annotations

import json
import sys

import pytest
from building import pip_environment
from submitting import done, log_of, of_this_test, wait_for

from jupyter_runs import Environment
from jupyter_runs.errors import BuildError

SAY = "import sys, tried; print(tried.version, sys.prefix != sys.base_prefix)\nfrom jupyter_runs import Run\nRun.get_context().log('a', 1)"


def test_a_script_runs_in_an_environment_built_for_it_once(exp, source, wheels):
    wheels.add("tried")
    environment = pip_environment("tried")
    environment.environment_variables = {"PLAIN": "x", "MY_TOKEN": "s3cr3t"}
    runs = [exp.submit(source(SAY, environment=environment)) for _ in range(2)]
    for run in runs:
        assert done(run, 120)["status"] == "Completed", run.get_details()["error"]
        assert log_of(run) == "1.0 True\n"
        assert run.get_metrics() == {"a": 1}
    built = [run for run in runs if (run.folder / "logs" / "20_image_build_log.txt").exists()]
    assert len(built) == 1
    assert "built in" in (built[0].folder / "logs" / "20_image_build_log.txt").read_text()
    given = runs[0].get_environment()
    assert given.name == "tried"
    assert list(given.python.conda_dependencies.pip_packages) == ["tried"]
    told = json.loads((runs[0].folder / "run.json").read_text())["definition"]
    assert told["environment"]["environment_variables"] == {"PLAIN": "x", "MY_TOKEN": None}
    assert "s3cr3t" not in (runs[0].folder / "run.json").read_text()


def test_a_specification_that_can_not_be_met_fails_with_its_reason(exp, source, wheels, tmp_path):
    spec = tmp_path / "env.yml"
    spec.write_text("dependencies:\n  - python\n  - pip:\n    - not-there==9.9\n")
    environment = Environment.from_conda_specification("bad", spec)
    run = exp.submit(source(SAY, environment=environment))
    error = done(run, 120)["error"]["error"]
    assert error["code"] == "BuildError"
    assert "not-there==9.9" in error["message"]
    assert "not-there" in error["details"]
    assert "not-there" in (run.folder / "logs" / "20_image_build_log.txt").read_text()


def test_cancel_while_it_is_built(exp, source, slow, home):
    run = exp.submit(source(SAY, environment=pip_environment("slow")))
    wait_for(lambda: slow.started, "the build", 120)
    assert run.get_status() == "Preparing"
    assert run._folder.stage["text"]
    run.cancel()
    assert done(run)["status"] == "Canceled"
    assert len(of_this_test(home)) <= 1
    # nothing half-made is left: the next one builds
    slow.go()
    again = exp.submit(
        source("import slow; print(slow.version)", environment=pip_environment("slow"))
    )
    assert done(again, 120)["status"] == "Completed", again.get_details()["error"]


def test_an_interpreter_that_a_person_keeps(exp, source):
    environment = Environment("mine")
    environment.python.user_managed_dependencies = True
    environment.python.interpreter_path = sys.executable
    run = exp.submit(source("import sys; print(sys.executable)", environment=environment))
    assert done(run)["status"] == "Completed"
    assert log_of(run).strip() == sys.executable
    environment.python.interpreter_path = "/no/such/python"
    missing = exp.submit(source("print(1)", environment=environment))
    assert "/no/such/python" in done(missing)["error"]["error"]["message"]


def test_what_a_run_without_one_was_run_by(exp, source):
    run = exp.submit(source("print(1)"))
    found = run.get_environment()
    assert found.python.user_managed_dependencies
    assert found.python.interpreter_path == sys.executable
    done(run)


def test_containers_are_refused_at_the_call(exp, source):
    environment = Environment("boxed")
    environment.docker.enabled = True
    with pytest.raises(BuildError, match="docker.enabled"):
        exp.submit(source("print(1)", environment=environment))
    assert not list(exp.get_runs())

"""Pipelines: order, what steps pass on, failures, parameters; and runs that are submitted from runs."""

from __future__ import annotations

import os
import signal
import textwrap

import pytest
from submitting import done, log_of, wait_for

from jupyter_runs import ComputeTarget, LocalCompute, RunConfiguration, ScriptRunConfig
from jupyter_runs.errors import InvalidValueError, NotFoundError
from jupyter_runs.jobs.pipeline import (
    CommandStep,
    ExecutePythonScript,
    Pipeline,
    PipelineData,
    PipelineParameter,
    PythonScriptStep,
    StepSequence,
)


@pytest.fixture
def script(source):
    """Write a script; return its path."""

    def write(name: str, text: str):
        path = source.folder / name
        path.write_text(textwrap.dedent(text))
        return path

    return write


def step(script, name, text="", **more):
    path = script(f"{name}.py", text)
    return PythonScriptStep(path.name, name=name, source_directory=path.parent, **more)


def test_files_are_passed_on_in_the_order_that_they_give(exp, script):
    data = PipelineData("prepared")
    train = step(
        script,
        "train",
        "import sys; print(open(sys.argv[1] + '/x.txt').read(), sys.argv[2:])\n"
        "from jupyter_runs import Run\nrun = Run.get_context()\nrun.log('loss', 0.5)\nrun.parent.log('best', 0.5)",
        arguments=[data, "--lr", PipelineParameter("lr", 0.1)],
        inputs=[data],
    )
    prepare = step(
        script,
        "prepare",
        "import sys; open(sys.argv[1] + '/x.txt', 'w').write('ready')",
        arguments=[data],
        outputs=[data],
    )
    run = exp.submit(Pipeline(exp.workspace, [train, prepare]), pipeline_parameters={"lr": 0.3})
    details = done(run)
    assert details["status"] == "Completed", log_of(run)
    assert (run.type, details["params"]) == ("pipeline", {"lr": 0.3})
    children = {child.name: child for child in run.get_children()}
    assert set(children) == {"train", "prepare"}
    assert log_of(children["train"]) == "ready ['--lr', '0.3']\n"
    assert children["train"].get_metrics() == {"loss": 0.5}
    assert children["train"].get_details()["params"] == {"lr": 0.3}
    assert run.get_metrics() == {"best": 0.5}
    assert [child.number for child in (run, children["prepare"], children["train"])] == [1, 2, 3]


def test_a_step_that_fails_fails_the_pipeline_and_skips_what_needs_it(exp, script):
    data = PipelineData("d")
    bad = step(script, "bad", "raise ValueError('no')", arguments=[data], outputs=[data])
    needs = step(script, "needs", "print(1)", arguments=[data], inputs=[data])
    run = exp.submit(Pipeline(exp.workspace, [needs, bad]))
    details = done(run)
    assert details["status"] == "Failed"
    assert details["error"]["error"]["message"] == "step 'bad' failed: ValueError: no"
    children = {child.name: child for child in run.get_children()}
    assert children["bad"].get_status() == "Failed"
    assert children["needs"].get_status() == "Canceled"
    assert children["needs"]._status().message == "skipped, since step 'bad' failed"


def test_independent_steps_run_at_once_as_there_are_places(exp, script):
    ComputeTarget.create(exp.workspace, "two", LocalCompute.provisioning_configuration(max_nodes=2))
    text = "import os, sys, time\nopen(sys.argv[1] + '/' + sys.argv[2], 'w').close()\nwhile len(os.listdir(sys.argv[1])) < 2: time.sleep(0.01)"
    data = PipelineData("both")
    steps = [
        step(script, name, text, arguments=[data, name], compute_target="two") for name in "ab"
    ]
    run = exp.submit(Pipeline(exp.workspace, steps))
    assert done(run)["status"] == "Completed"  # each waits for the other


def test_steps_of_one_configuration_and_in_a_sequence(exp, script):
    shared = RunConfiguration(environment=None)
    first = CommandStep("echo first", source_directory=script("a.py", "").parent, runconfig=shared)
    config = ScriptRunConfig(first.config.source_directory, command=["echo", "second"])
    second = CommandStep(name="second", runconfig=config, params={"lr": "0.1"})
    ComputeTarget.create(exp.workspace, "other", LocalCompute.provisioning_configuration())
    third = step(script, "third", "print('third')", runconfig=shared, compute_target="other")
    run = exp.submit(Pipeline(exp.workspace, [StepSequence([third, second, first])]))
    assert done(run)["status"] == "Completed", log_of(run)
    steps = list(run.get_steps())
    assert [log_of(each) for each in steps] == ["third\n", "second --lr 0.1\n", "first\n"]
    assert [each.get_details()["target"] for each in steps] == ["other", "local", "local"]
    assert [each.name for each in steps] == ["third", "second", "echo"]
    assert run.find_step_run("echo") == [steps[2]]
    assert (steps[0].get_job_log(), steps[0].get_outputs()) == ("third\n", {})
    with pytest.raises(NotFoundError, match="hands on nothing called 'x'"):
        steps[0].get_output_data("x")


def test_waiting_for_a_pipeline_may_end_before_it(exp, script):
    run = exp.submit(
        Pipeline(exp.workspace, [step(script, "long", "import time; time.sleep(600)")])
    )
    assert run.wait_for_completion(timeout_seconds=0.1)["status"] not in ("Completed", "Failed")
    run.cancel()
    assert run.wait_for_completion(timeout_seconds=60)["status"] == "Canceled"


def test_cancel_takes_its_steps_along(exp, script):
    run = exp.submit(
        Pipeline(exp.workspace, [step(script, "long", "import time; time.sleep(600)")])
    )
    (child,) = wait_for(lambda: list(run.get_children()))
    wait_for(lambda: child.get_status() == "Running")
    run.cancel()
    assert done(run)["status"] == "Canceled"
    assert done(child)["status"] == "Canceled"


def test_a_pipeline_whose_driver_is_killed_takes_its_steps_along(exp, script):
    run = exp.submit(
        Pipeline(exp.workspace, [step(script, "long", "import time; time.sleep(600)")])
    )
    (child,) = wait_for(lambda: list(run.get_children()))
    wait_for(lambda: child.get_status() == "Running")
    with run._reading() as reader:
        os.kill(int(reader.writers[run._definition("owner")]["pid"]), signal.SIGKILL)
    assert done(run)["error"]["error"]["code"] == "ProcessGone"
    assert done(child)["status"] == "Canceled"


def test_frames_go_from_one_azureml_main_to_the_next(exp, script):
    pd = pytest.importorskip("pandas")
    double = ExecutePythonScript(
        script(
            "double.py",
            """
            import pandas as pd

            def azureml_main(dataframe1=None, dataframe2=None):
                assert dataframe2 is None
                return dataframe1 * 2,
            """,
        ),
        inputs=[pd.DataFrame({"AUC": [0.4]})],
    )
    log = ExecutePythonScript(
        script(
            "log.py",
            """
            from jupyter_runs import Run

            def azureml_main(dataframe1=None, dataframe2=None):
                run = Run.get_context()
                run.log(name="auc", value=dataframe1["AUC"])
                run.parent.log(name="auc", value=dataframe1["AUC"])
                return dataframe1, dataframe2
            """,
        ),
        inputs=[double.outputs[0], pd.DataFrame({"x": [1, 2]})],
    )
    run = exp.submit(Pipeline(exp.workspace, [log, double]))
    details = done(run)
    children = {child.name: child for child in run.get_children()}
    assert details["status"] == "Completed", [log_of(child) for child in children.values()]
    assert children["log.py"].get_metrics() == run.get_metrics() == {"auc": 0.8}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1", "defines no function azureml_main"),
        (
            "def azureml_main(a=None, b=None):\n    return 5",
            "a tuple of at most two pandas frames, not 5",
        ),
        ("def azureml_main(a=None, b=None):\n    raise KeyError('AUC')", "KeyError: 'AUC'"),
    ],
)
def test_a_script_of_frames_that_is_none(exp, script, text, said):
    pytest.importorskip("pandas")
    run = exp.submit(Pipeline(exp.workspace, [ExecutePythonScript(script("bad.py", text))]))
    assert done(run)["status"] == "Failed"
    (child,) = run.get_children()
    assert said in child.get_details()["error"]["error"]["message"]
    if "raise" in text:  # the person's own code, and none of ours above it
        assert "jupyter_runs/jobs" not in child.get_details()["error"]["error"]["details"]


def test_pipelines_that_make_no_sense(exp, script):
    ws = exp.workspace
    one, two = step(script, "one"), step(script, "two")
    with pytest.raises(InvalidValueError, match="needs a step"):
        Pipeline(ws, [])
    with pytest.raises(InvalidValueError, match="made of steps, not of 5"):
        Pipeline(ws, [5])
    with pytest.raises(InvalidValueError, match="two steps are called 'one'"):
        Pipeline(ws, [one, step(script, "one")])
    one.run_after(two)
    assert Pipeline(ws, [one, two])._in_order() == [two, one]
    two.run_after(one)
    with pytest.raises(InvalidValueError, match="wait for each other in a circle: 'one', 'two'"):
        Pipeline(ws, [one, two])
    with pytest.raises(InvalidValueError, match="has no parameter 'lr'; it has: it has none"):
        exp.submit(Pipeline(ws, [step(script, "three")]), pipeline_parameters={"lr": 1})
    with pytest.raises(InvalidValueError, match="has no parameter 'lr'; it has: it has none"):
        exp.submit(Pipeline(ws, [step(script, "three")]), pipeline_params={"lr": 1})
    with pytest.raises(InvalidValueError, match="submit has no parameter 'parameters' for a pipel"):
        exp.submit(Pipeline(ws, [step(script, "three")]), parameters={"lr": 1})
    with pytest.raises(InvalidValueError, match="reads 'nothing', which no step of the pipeline"):
        Pipeline(ws, [step(script, "four", inputs=[PipelineData("nothing")])])
    with pytest.raises(InvalidValueError, match="needs a command"):
        CommandStep(name="five")
    with pytest.raises(InvalidValueError, match="at most, and 3 were given"):
        ExecutePythonScript(script("s.py", ""), inputs=[1, 2, 3])
    with pytest.raises(InvalidValueError, match="submit has no parameter 'speed'"):
        exp.submit(one.config, speed=1)


def test_a_run_that_a_script_submits_outlives_that_script(exp, source):
    (source.folder / "inner.py").write_text("import time; time.sleep(0.5); print('inner')")
    outer = exp.submit(
        source(
            """
            from jupyter_runs import Run, ScriptRunConfig, ComputeTarget, LocalCompute
            run = Run.get_context()
            ComputeTarget.create(run.workspace, "inner", LocalCompute.provisioning_configuration())
            run.submit_child(ScriptRunConfig(".", "inner.py", compute_target="inner"))
            """
        )
    )
    assert done(outer)["status"] == "Completed", log_of(outer)
    (inner,) = outer.get_children()
    assert done(inner)["status"] == "Completed", inner._status()
    assert log_of(inner) == "inner\n"
    assert outer.get_details()["warnings"] == []

"""What of that SDK stands for something here, what is refused, and how that is said."""

from __future__ import annotations

import json


def test_what_was_made_in_the_cloud_has_something_that_stands_for_it(old):
    (old.work / "src" / "train.py").write_text("print('trained')")
    out = old(
        """
        from azureml.core import Environment, Experiment, ScriptRunConfig, Workspace
        from azureml.core.runconfig import DockerConfiguration, MpiConfiguration
        ws = Workspace.get(name="contoso", subscription_id="0-1", resource_group="rg")
        assert Workspace("0-1", "rg", "contoso") == ws
        print(ws.name, ws.subscription_id, ws.resource_group, list(Workspace.list("0-1", resource_group="rg")))
        env = Environment.get(ws, "AzureML-sklearn-0.24-ubuntu18.04-py37-cpu")
        assert Environment.get(ws, "azureml-minimal").name == ws.environments["AzureML-Minimal"].name
        print(env.name, env.python.conda_dependencies.serialize_to_string().count("scikit-learn"))

        src = ScriptRunConfig("src", command=["echo a && echo b"], compute_target="gpu-cluster",
                              distributed_job_config=MpiConfiguration(),
                              docker_runtime_config=DockerConfiguration(use_docker=True))
        run = Experiment(ws, "e").submit(src)
        run.wait_for_completion(show_output=True)
        print(run.get_details()["warnings"])

        own = Environment("own")
        own.docker.enabled = True
        own.docker.base_image = "mcr.example/image"
        own.python.user_managed_dependencies = True
        run = Experiment(ws, "e").submit(ScriptRunConfig("src", "train.py", compute_target="gpu-cluster", environment=own))
        run.wait_for_completion(show_output=True)
        print(run.get_environment().docker.base_image, run.get_details()["warnings"], own.docker.enabled)
        """
    )
    assert "'contoso' is a workspace of this machine now" in out
    assert "contoso 0-1 rg ['contoso']" in out
    assert "'AzureML-Scikit-learn' stands for it, with the versions that PyPI has today" in out
    assert "AzureML-Scikit-learn 1" in out
    said = "[{'message': \"a container was asked for: runs of 'gpu-cluster' have their environment here, and none\"}]"
    assert "a\nb\n\nRunId" in out
    assert f"\n{said}\n" in out
    assert f"mcr.example/image {said} True" in out


def test_what_is_refused_says_what_to_do_instead(old):
    out = old(
        """
        from azureml.core import (Dataset, Environment, Experiment, Model, Run, ScriptRunConfig, Workspace)
        from azureml.core.authentication import TokenAuthentication
        from azureml.core.runconfig import DockerConfiguration, PyTorchConfiguration
        from azureml.data.datapath import DataPath
        from azureml.exceptions import AzureMLException, WebserviceException
        from azureml.opendatasets import MNIST
        from azureml.pipeline.core import Pipeline, PipelineEndpoint, Schedule
        from azureml.pipeline.steps import HyperDriveStep, ParallelRunStep, PythonScriptStep
        from azureml.telemetry import set_diagnostics_collection
        from azureml.train.automl import AutoMLConfig
        from azureml.train.automl.run import AutoMLRun
        from azureml.train.dnn import TensorFlow
        set_diagnostics_collection(send_diagnostics=True)
        ws = Workspace.from_config()
        open("src/train.py", "w").close()
        exp = Experiment(ws, "e")
        step = PythonScriptStep("train.py", source_directory="src")
        contained = ScriptRunConfig("src", "train.py", docker_runtime_config=DockerConfiguration(use_docker=True))
        for call in (
            lambda: Model.deploy(ws, "service", [], None),
            lambda: Environment.from_dockerfile("e", "FROM x"),
            lambda: Environment.get(ws, "AzureML-TensorFlow-2.3-GPU"),
            lambda: Pipeline(ws, [step]).publish(name="p"),
            lambda: ScriptRunConfig("src", "train.py", distributed_job_config=PyTorchConfiguration(process_count=4)),
            lambda: exp.submit(contained),
            lambda: Run.get_context().get_secret(name="s"),
            lambda: Run.get_context().input_datasets["mnist"],
            lambda: TokenAuthentication(get_token_for_audience=None).get_token("arm"),
            lambda: ws.get_mlflow_tracking_uri(),
            lambda: MNIST.get_file_dataset(),
            lambda: DataPath(datastore=None),
            lambda: HyperDriveStep(name="h"),
            lambda: ParallelRunStep(name="p"),
            lambda: AutoMLConfig(task="regression"),
            lambda: TensorFlow(source_directory="."),
            lambda: Schedule.create(ws),
        ):
            try:
                call()
            except AzureMLException as error:
                print(f"{isinstance(error, WebserviceException)} {error}")
        print(hasattr(Run.get_context(), "get_secret"), list(exp.get_runs()))
        """
    )
    said = out.splitlines()[-18:]
    for line, (refused, text) in zip(
        said,
        [
            (True, "does not offer Model.deploy: nothing is deployed from here"),
            (
                True,
                "does not offer Environment.from_dockerfile('e', …): runs are not in containers",
            ),
            (
                False,
                "'AzureML-TensorFlow-2.3-GPU' was kept in the cloud; here there are AzureML-Mini",
            ),
            (
                True,
                "does not offer Pipeline.publish, a service of Azure; submit the pipeline itself",
            ),
            (
                True,
                "does not offer runs of several processes (PyTorchConfiguration(process_count=4",
            ),
            (False, "docker.enabled is set, and "),
            (
                True,
                "does not offer run.get_secret, a service of Azure; os.environ has the variables",
            ),
            (
                True,
                "does not offer run.input_datasets, a service of Azure; give the script the paths",
            ),
            (True, "does not offer TokenAuthentication.get_token: there is nothing to log in to"),
            (True, "does not offer a tracking server of MLflow; log with run.log"),
            (True, "does not offer MNIST.get_file_dataset, a service of Azure"),
            (True, "does not offer DataPath, a service of Azure; give paths of this machine"),
            (
                True,
                "does not offer HyperDriveStep, a service of Azure; submit the HyperDriveConfig",
            ),
            (True, "does not offer ParallelRunStep, a service of Azure; use PythonScriptStep, and"),
            (True, "does not offer AutoMLConfig, a service of Azure; use a library for it"),
            (
                True,
                "does not offer TensorFlow, a service of Azure; use ScriptRunConfig, which that",
            ),
            (True, "does not offer Schedule.create, a service of Azure; let cron or a CI start"),
        ],
        strict=False,
    ):
        assert line.startswith(f"{refused} "), line
        assert text in line
    assert said[-1] == "False []"


def test_the_names_by_which_old_code_catches(old):
    out = old(
        """
        from azureml._common.exceptions import AzureMLException as Base
        from azureml.core.compute_target import ComputeTargetException
        from azureml.core.run import RunEnvironmentException
        from azureml.exceptions import *
        from azureml.core import ComputeTarget, Experiment, Model, Run, ScriptRunConfig, Workspace
        ws = Workspace.from_config()
        exp = Experiment(ws, "e")
        run = exp.start_logging(display_name="shown")
        run.add_properties({"author": "ada"})
        def bad():
            open("src/bad.py", "w").write("raise ValueError('no')")
            exp.submit(ScriptRunConfig("src", "bad.py")).wait_for_completion()
        for kind, call in (
            (ComputeTargetException, lambda: ComputeTarget(workspace=ws, name="nowhere")),
            (RunEnvironmentException, lambda: Run.get_context(allow_offline=False)),
            (ModelNotFoundException, lambda: Model(ws, "nowhere")),
            (ModelPathNotFoundException, lambda: Model.register(ws, "nowhere.pkl", "m")),
            (UserErrorException, lambda: Experiment(ws, "no name")),
            (UserErrorException, lambda: run.add_properties({"author": "bob"})),
            (ServiceException, lambda: ws.get_run("nowhere")),
            (WorkspaceException, lambda: Workspace.get("nowhere")),
            (ActivityFailedException, bad),
        ):
            try:
                call()
            except AuthenticationException:
                print("nobody logs in")
            except kind as error:
                print(kind.__name__, isinstance(error, Base))
        run.complete()
        print(run.display_name)
        """
    )
    told = [line for line in out.splitlines() if line.endswith("True")]
    assert len(told) == 9, out
    assert "nobody logs in" not in out
    assert out.endswith("shown\n")


def test_a_run_configuration_goes_into_a_file_and_comes_back(old):
    (old.work / ".azureml").mkdir()
    (old.work / ".azureml" / "conda.yml").write_text(
        "dependencies:\n- python=3.6.2\n- pip:\n  - six\n"
    )
    (old.work / ".azureml" / "theirs.runconfig").write_text(
        """
script: train.py
arguments: ['--rate', 0.1]
target: cpu-cluster
framework: Python
communicator: None
nodeCount: 1
environment:
  name: project
  environmentVariables: {EXAMPLE: "1"}
  python:
    userManagedDependencies: false
    interpreterPath: python
    condaDependenciesFile: .azureml/conda.yml
  docker: {enabled: false, baseImage: some/image}
  spark: {repositories: []}
history: {outputCollection: true}
"""
    )
    out = old(
        """
        import json
        from azureml.core import RunConfiguration, ScriptRunConfig
        from azureml.core.conda_dependencies import CondaDependencies
        from azureml.core.runconfig import RunConfiguration as Same
        assert Same is RunConfiguration
        theirs = RunConfiguration.load(path=".", name="theirs")
        env = theirs.environment
        print(json.dumps([theirs.script, theirs.arguments, theirs.target, env.name, env.environment_variables,
                          env.python.conda_dependencies.as_dict(), env.docker.base_image]))
        mine = RunConfiguration(conda_dependencies=CondaDependencies.create(pip_packages=["six"]))
        mine.target = "local"
        mine.history.output_collection = False
        mine.environment_variables = {"MY_TOKEN": "hidden", "A": "b"}
        mine.save(path=".", name="mine")
        again = RunConfiguration.load(".", "mine")
        assert again.environment.to_dict() == mine.environment.to_dict()
        assert again.environment_variables == {"A": "b"}
        RunConfiguration().save(name="bare")
        assert RunConfiguration.load(name="bare").chosen_environment() is None
        print(ScriptRunConfig("src", run_config=theirs).arguments)
        """
    )
    told = json.loads(out.splitlines()[0])
    assert told == [
        "train.py",
        ["--rate", 0.1],
        "cpu-cluster",
        "project",
        {"EXAMPLE": "1"},
        {"channels": [], "dependencies": ["python=3.6.2", {"pip": ["six"]}]},
        "some/image",
    ]
    assert "hidden" not in (old.work / ".azureml" / "mine.runconfig").read_text()


def test_a_designers_script_in_a_pipeline(old):
    (old.work / "src" / "execute.py").write_text(
        "def azureml_main(dataframe1 = None, dataframe2 = None):\n"
        "    print(f'Input #1: {dataframe1}')\n"
        "    from azureml.core import Run\n"
        "    run = Run.get_context()\n"
        "    run.log(name='Mean_Absolute_Error', value=dataframe1['Mean_Absolute_Error'])\n"
        "    run.parent.log(name='Mean_Absolute_Error', value=dataframe1['Mean_Absolute_Error'])\n"
        "    return dataframe1,\n"
    )
    out = old(
        """
        import pandas
        from azureml.core import Experiment, RunConfiguration, Workspace
        from azureml.core.compute import AmlCompute, ComputeTarget
        from azureml.data import OutputFileDatasetConfig
        from azureml.pipeline.core import Pipeline, PipelineRun, StepRun
        from azureml.pipeline.steps import CommandStep, ExecutePythonScript, PythonScriptStep
        ws = Workspace.from_config()
        open("src/evaluate.py", "w").write("import sys; open(sys.argv[1] + '/result.txt', 'w').write('done')")
        shared = RunConfiguration()
        shared.environment.docker.enabled = True
        result = OutputFileDatasetConfig(name="result", destination=(None, "x")).as_upload()
        evaluate = PythonScriptStep("evaluate.py", name="evaluate", arguments=[result], source_directory="src",
                                    compute_target="cpu-cluster", runconfig=shared)
        show = CommandStep(["ls", result.as_input("read")], name="show", source_directory="src",
                           compute_target="other", runconfig=shared)
        script = ExecutePythonScript("src/execute.py", [pandas.DataFrame({"Mean_Absolute_Error": [0.25]})], name="log")
        run = Experiment(ws, "designer").submit(Pipeline(workspace=ws, steps=[[show, script], evaluate]))
        assert [each.id for each in Experiment(ws, "designer").get_runs(type="azureml.PipelineRun")] == [run.id]
        assert isinstance(run, PipelineRun)
        run.wait_for_completion(show_output=True, timeout_seconds=100)
        print(run.get_metrics(), run.get_status(), run.find_step_run("log")[0].get_metrics())
        steps = {step.name: step for step in run.get_steps()}
        assert all(isinstance(step, StepRun) for step in steps.values())
        print(sorted(steps), steps["show"].get_job_log(), steps["evaluate"].get_outputs())
        output = steps["evaluate"].get_output_data("result")
        print(output.get_port_data_reference().download("downloaded"), open("downloaded/result.txt").read())
        print([steps[name].get_details()["target"] for name in ("evaluate", "show")], run.find_step_run("nothing"))
        print(run.get_details()["warnings"])
        """
    )
    assert "{'Mean_Absolute_Error': 0.25} Completed {'Mean_Absolute_Error': 0.25}" in out
    assert "['evaluate', 'log', 'show'] result.txt\n" in out
    assert "1 done" in out
    assert "['cpu-cluster', 'other'] []" in out
    assert "runs of 'cpu-cluster' have their environment here, and none" in out

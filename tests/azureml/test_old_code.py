"""Code as people wrote it for that SDK, in processes of its own: nothing but the first line is ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_a_control_script_and_its_training_script(old):
    (old.work / "src" / "train.py").write_text(
        "from azureml.core import Run\n"
        "from azureml.core.run import Run as Same\n"
        "run = Run.get_context()\n"
        "assert run is Same.get_context()\n"
        "for i in range(3):\n    run.log('loss', 1 / (i + 1))\n"
        "run.parent\nprint('Finished Training')\n"
    )
    out = old(
        """
        from azureml.core import Workspace
        from azureml.core import Experiment
        from azureml.core import Environment
        from azureml.core import ScriptRunConfig

        if __name__ == "__main__":
            ws = Workspace.from_config()
            experiment = Experiment(workspace=ws, name='day1-experiment-train')
            config = ScriptRunConfig(source_directory='src', script='train.py', compute_target='cpu-cluster')
            env = Environment(name='own')
            env.python.user_managed_dependencies = True
            config.run_config.environment = env
            run = experiment.submit(config)
            aml_url = run.get_portal_url()
            print('url', aml_url)
            run.wait_for_completion(show_output=True)
            print(run.get_status(), run.get_metrics(), list(ws.compute_targets))
        """
    )
    assert "'cpu-cluster' is a queue of this machine now, with one place" in out
    assert "Finished Training" in out
    assert "Completed {'loss': [1.0, 0.5, 0.3333333333333333]} ['local', 'cpu-cluster']" in out


def test_interactive_logging_as_the_article_has_it(old):
    out = old(
        """
        import azureml.core
        from azureml.core import Experiment, Workspace, Run
        from azureml.core.authentication import InteractiveLoginAuthentication
        print("SDK version:", azureml.core.VERSION)
        ws = Workspace.create(name="mine", subscription_id="sub", resource_group="group", location="eastus2",
                              create_resource_group=True, exist_ok=True, auth=InteractiveLoginAuthentication())
        print(ws.name, ws.resource_group, ws.location, ws.subscription_id, sep='\\t')
        assert Workspace(subscription_id="sub", resource_group="group", workspace_name="mine") == ws
        exp = Experiment(workspace=ws, name='test_experiment')
        run = exp.start_logging()
        run.log("test-val", 10)
        run.log_list("l", [1, 2])
        run.log_row("r", x=1, y=0.4)
        run.complete()
        print(run.get_metrics(), run.get_status())
        print(ws.datastores, ws.datasets, ws.webservices)
        """
    )
    assert "mine\tgroup\teastus2\tsub" in out
    assert "{'test-val': 10, 'l': [1, 2], 'r': {'x': 1, 'y': 0.4}} Completed" in out


def test_compute_is_made_where_it_is_not_there(old):
    out = old(
        """
        from azureml.core import Workspace
        from azureml.core.compute import ComputeTarget, AmlCompute
        from azureml.core.compute_target import ComputeTargetException
        from azureml.core.runconfig import RunConfiguration, DEFAULT_CPU_IMAGE
        from azureml.core.conda_dependencies import CondaDependencies
        ws = Workspace.from_config()
        try:
            target = ComputeTarget(workspace=ws, name="cpu-cluster")
        except ComputeTargetException:
            config = AmlCompute.provisioning_configuration(vm_size='STANDARD_D2_V2', max_nodes=4,
                                                           idle_seconds_before_scaledown=2400)
            target = ComputeTarget.create(ws, "cpu-cluster", config)
        target.wait_for_completion(show_output=True)
        print(target.max_nodes, target.get_status()["vm_size"])
        rc = RunConfiguration()
        rc.target = target
        assert rc.chosen_environment() is None
        rc.environment.docker.base_image = DEFAULT_CPU_IMAGE
        rc.environment.python.conda_dependencies = CondaDependencies.create(pip_packages=["six"])
        print(rc.chosen_environment().name)
        """
    )
    assert "4 STANDARD_D2_V2" in out


def test_what_is_not_offered_says_so_at_the_call_and_not_at_the_import(old):
    out = old(
        """
        from azureml.core import Dataset, Datastore, Workspace
        from azureml.core.webservice import AciWebservice, Webservice
        from azureml.core.model import InferenceConfig, Model
        from azureml.exceptions import WebserviceException, AzureMLException
        for call in (lambda: Dataset.get_by_name(1, "x"), lambda: AciWebservice.deploy_configuration(cpu_cores=1),
                     lambda: InferenceConfig(entry_script="x"), lambda: Workspace.from_config().get_default_datastore()):
            try:
                call()
            except WebserviceException as error:
                assert isinstance(error, AzureMLException)
                print(error)
        """
    )
    assert (
        "does not offer Dataset.get_by_name, a service of Azure; read your files with pandas" in out
    )
    assert "does not offer AciWebservice.deploy_configuration" in out
    assert "does not offer InferenceConfig" in out
    assert "does not offer Datastore" in out


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("from azureml.core import Experimnet", "did you mean 'Experiment'?"),
        ("from azureml.core import RunDetails", "it is in 'azureml.widgets'"),
        ("import azureml.coer", "did you mean 'core'?"),
        ("import azureml.cor", "did you mean 'core'?"),
        ("import azureml.core; azureml.core.Experimnt", "did you mean 'Experiment'?"),
        ("import azureml.widgets; azureml.widgets.RunDetail", "did you mean 'RunDetails'?"),
        ("from azureml.core import Datset", "did you mean 'Dataset' (which is not offered)?"),
        ("from azureml.core import AutoMLConfig", "it is in 'azureml.train.automl' (which is not"),
        (
            "from azureml.core import Telescope",
            "it is misspelt, or a part of that SDK which has no",
        ),
        ("import azureml.contrib.telescope", "does not offer azureml.contrib.telescope"),
    ],
)
def test_a_name_that_is_not_there_is_helped(old, line, text):
    assert text in old(line, fails=True)


def test_every_name_of_the_table_is_there(old):
    out = old(
        """
        import importlib
        from jupyter_runs.azureml.names import MODULES
        for module, names in MODULES.items():
            found = importlib.import_module(module)
            for name in names:
                getattr(found, name)
            assert set(names) <= set(dir(found))
        from azureml.core import *
        print(Workspace, "all there")
        """
    )
    assert "all there" in out


def test_the_real_sdk_goes_first_unless_ours_is_asked_for(old, tmp_path):
    real = tmp_path / "real"
    (real / "azureml" / "core").mkdir(parents=True)
    (real / "azureml" / "core" / "__init__.py").write_text("REAL = True")
    info = real / "azureml_core-1.60.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: azureml-core\nVersion: 1.60\n")
    code = (
        "import jupyter_runs.azureml as ours; from azureml.core import REAL; print(REAL); "
        "ours.install(); from azureml.core import Run; print(Run.__module__)"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            code,
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(real), str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.splitlines()[0] == "True", done.stderr
    assert done.stdout.splitlines()[-1] == "jupyter_runs.run"


def test_a_submitted_script_with_the_real_sdk_gets_the_real_one(old, tmp_path):
    real = tmp_path / "real"
    (real / "azureml" / "core").mkdir(parents=True)
    (real / "azureml" / "core" / "__init__.py").write_text("REAL = True")
    (old.work / "src" / "train.py").write_text("from azureml.core import REAL\nprint('real', REAL)")
    out = old(
        """
        from azureml.core import Workspace, Experiment, ScriptRunConfig
        run = Experiment(Workspace.from_config(), "e").submit(ScriptRunConfig("src", "train.py"))
        run.wait_for_completion(show_output=True)
        """,
        PYTHONPATH=os.pathsep.join([str(ROOT), str(real)]),
    )
    assert "real True" in out


def test_run_history_goes_to_tensorboard(old):
    pytest.importorskip("tensorboardX")
    out = old(
        """
        from azureml.core import Experiment, Workspace
        from azureml.tensorboard.export import export_to_tensorboard
        from azureml.tensorboard import Tensorboard
        exp = Experiment(Workspace.from_config(), "tb")
        root = exp.start_logging()
        for alpha in (0.1, 0.2):
            with root.child_run("alpha") as child:
                child.log("mse", alpha); child.log("mse", alpha / 2)
                child.log_row("pair", x=1, y=2.5); child.log("text", "no number")
        root.complete()
        folders = export_to_tensorboard(root, "logs-of-runs")
        print(len(folders))
        import glob
        print(sum(b"mse" in open(f, "rb").read() for f in glob.glob("logs-of-runs/*/*")))
        """
    )
    assert out.endswith("3\n2\n")

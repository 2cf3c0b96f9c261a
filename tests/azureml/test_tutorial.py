"""A tutorial's folder as people have it: a specification with old pins, a training script, a control script, a cluster."""

from __future__ import annotations

import os

import pytest
from building import Wheels

from jupyter_runs.jobs.build.conda import find_tool

TRAIN = """
import torch
import torchvision

from model import Net
from azureml.core import Run

run = Run.get_context()

if __name__ == "__main__":
    net = Net()
    for epoch in range(2):
        loss = torch.loss(epoch)
        run.log('loss', loss)
        print(f'epoch={epoch + 1}: loss {loss:.2f}')
    print('Finished Training')
"""
CONTROL = """
from azureml.core import Workspace
from azureml.core import Experiment
from azureml.core import Environment
from azureml.core import ScriptRunConfig

if __name__ == "__main__":
    ws = Workspace.from_config()
    experiment = Experiment(workspace=ws, name='day1-experiment-train')
    config = ScriptRunConfig(source_directory='src', script='train.py', compute_target='cpu-cluster')

    env = Environment.from_conda_specification(name='pytorch-env', file_path='.azureml/pytorch-env.yml')
    config.run_config.environment = env

    run = experiment.submit(config)

    aml_url = run.get_portal_url()
    print(aml_url)
"""
WATCH = """
from azureml.core import Experiment, Workspace
ws = Workspace.from_config()
run = next(Experiment(ws, 'day1-experiment-train').get_runs())
run.wait_for_completion(show_output=True)
print(ws.name, run.get_metrics(), run.get_details()['target'], run.get_details()['warnings'])
"""
SPECIFICATION = """
name: pytorch-env
channels:
    - defaults
    - pytorch
dependencies:
    - python=3.6.2
    - pytorch
    - torchvision
    - pip
    - pip:
        - azureml-sdk
"""


@pytest.fixture
def only_wheels(tmp_path):
    """Variables by which pip knows a folder of small packages and nothing else; the folder."""
    wheels = Wheels(tmp_path / "wheels")
    told = {name: "" for name in os.environ if name.startswith("PIP_")}
    told |= {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1"}
    return wheels, {**told, "PIP_FIND_LINKS": str(wheels.folder)}


@pytest.mark.skipif(find_tool() is not None, reason="conda would build it, from its own channels")
def test_the_control_script_and_the_cluster_and_the_old_python(old, only_wheels):
    wheels, variables = only_wheels
    wheels.add("torch", "2.1", text="def loss(epoch): return 1 / (epoch + 1)")
    wheels.add("torchvision")
    (old.work / ".azureml").mkdir()
    (old.work / ".azureml" / "config.json").write_text(
        '{"subscription_id": "0-1", "resource_group": "rg", "workspace_name": "tutorial-ws"}'
    )
    (old.work / ".azureml" / "pytorch-env.yml").write_text(SPECIFICATION)
    (old.work / "src" / "model.py").write_text("class Net:\n    pass\n")
    (old.work / "src" / "train.py").write_text(TRAIN)
    out = old(CONTROL, name="04-run-pytorch.py", **variables)
    assert "'cpu-cluster' is a queue of this machine now" in out
    out = old(WATCH, **variables)
    assert "Python 3.6.2 was asked for" in out
    assert "azureml-sdk stands for jupyter_runs" in out
    assert "Finished Training" in out
    assert out.endswith("tutorial-ws {'loss': [1.0, 0.5]} cpu-cluster []\n")

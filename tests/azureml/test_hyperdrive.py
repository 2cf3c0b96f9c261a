"""Sweeps as people wrote them for that SDK, in processes of their own."""

from __future__ import annotations

import pytest

TRAIN = """
import argparse
from azureml.core.run import Run

parser = argparse.ArgumentParser()
parser.add_argument('--kernel', type=str, default='linear')
parser.add_argument('--penalty', type=float, default=1.0)
parser.add_argument('--data', type=str)
args = parser.parse_args()
run = Run.get_context()
run.log('Kernel type', str(args.kernel))
run.log('Penalty', float(args.penalty))
run.log('Accuracy', 0.9 + args.penalty / 100 + (0.01 if args.kernel == 'rbf' else 0))
"""


@pytest.fixture(autouse=True)
def train(old):
    """The script that is tried."""
    (old.work / "src" / "train.py").write_text(TRAIN)


def test_a_sweep_over_a_grid_and_what_is_asked_of_it(old):
    out = old(
        """
        import json
        from azureml.core import Workspace, Experiment, ScriptRunConfig
        from azureml.train.hyperdrive.run import HyperDriveRun
        from azureml.train.hyperdrive.runconfig import HyperDriveConfig
        from azureml.train.hyperdrive.sampling import GridParameterSampling
        from azureml.train.hyperdrive import PrimaryMetricGoal
        from azureml.train.hyperdrive.parameter_expressions import choice

        ws = Workspace.from_config()
        src = ScriptRunConfig(source_directory='src', script='train.py', arguments=['--data', 'a b'],
                              compute_target='cpu-cluster')
        param_sampling = GridParameterSampling({
            "--kernel": choice('linear', 'rbf'),
            "--penalty": choice(0.5, 1, 1.5),
        })
        config = HyperDriveConfig(run_config=src, hyperparameter_sampling=param_sampling,
                                  primary_metric_name='Accuracy', primary_metric_goal=PrimaryMetricGoal.MAXIMIZE,
                                  max_total_runs=12, max_concurrent_runs=4)
        hyperdrive_run = Experiment(workspace=ws, name='train-hyperdrive').submit(config)
        hyperdrive_run.wait_for_completion(show_output=True)
        assert hyperdrive_run.get_status() == "Completed"
        best_run = hyperdrive_run.get_best_run_by_primary_metric()
        print(best_run.get_details()['runDefinition']['arguments'])
        print(best_run.get_metrics()['Accuracy'], len(hyperdrive_run.get_metrics()))
        first = hyperdrive_run.get_children_sorted_by_primary_metric(top=1)[0]
        assert first['run_id'] == best_run.id and first['status'] == 'Completed'
        print(json.loads(first['hyperparameters']), first['best_primary_metric'])
        again = HyperDriveRun(Experiment(ws, 'train-hyperdrive'), hyperdrive_run.id)
        assert again.get_best_run_by_primary_metric() == best_run
        assert isinstance(ws.get_run(hyperdrive_run.id), HyperDriveRun)
        assert best_run.parent.type == 'hyperdrive' and type(best_run) is not HyperDriveRun
        """
    )
    assert "['--data', 'a b', '--kernel', 'rbf', '--penalty', '1.5']" in out
    assert "0.925 6" in out
    assert "{'--kernel': 'rbf', '--penalty': 1.5} 0.925" in out


def test_random_sampling_with_a_policy(old):
    out = old(
        """
        from azureml.core import Workspace, Experiment, ScriptRunConfig
        from azureml.train.hyperdrive import (BanditPolicy, HyperDriveConfig, PrimaryMetricGoal,
                                              RandomParameterSampling, choice, uniform)
        ws = Workspace.from_config()
        sampling = RandomParameterSampling({'kernel': choice(['linear', 'rbf']), 'penalty': uniform(0.5, 1.5)})
        policy = BanditPolicy(evaluation_interval=2, slack_factor=0.1)
        config = HyperDriveConfig(sampling, 'Accuracy', PrimaryMetricGoal.from_str('MAXIMIZE'), 3,
                                  run_config=ScriptRunConfig('src', 'train.py'), policy=policy)
        run = Experiment(ws, 'e').submit(config, tags={'why': 'test'})
        run.wait_for_completion(raise_on_error=True)
        print(run.status, run.tags, len(list(run.get_children())))
        for child in run.get_children():
            assert 0.5 <= child.get_metrics()['Penalty'] <= 1.5
        """
    )
    assert "Completed {'why': 'test'} 3" in out


def test_what_is_not_offered_says_so(old):
    out = old(
        """
        from azureml.core import ScriptRunConfig
        from azureml.train.hyperdrive import *
        from azureml.exceptions import AzureMLException
        sampling = RandomParameterSampling({'lr': loguniform(-6, -1)})
        for given in ({}, {'estimator': object()}, {'run_config': 3}):
            try:
                HyperDriveConfig(sampling, 'loss', PrimaryMetricGoal.MINIMIZE, 3, **given)
            except AzureMLException as error:
                print(error)
        """
    )
    assert "needs run_config=ScriptRunConfig" in out
    assert "does not offer HyperDriveConfig(estimator=…); use run_config" in out
    assert "a sweep runs a ScriptRunConfig, not 3" in out

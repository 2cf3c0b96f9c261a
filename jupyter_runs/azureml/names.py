"""Which names of that SDK there are, and where ours are that stand for them."""

from __future__ import annotations

from difflib import get_close_matches

ROOT = "azureml"
_OURS = "jupyter_runs"
_HERE = "jupyter_runs.azureml"


def _table(module: str, names: str) -> dict[str, str]:
    return {name: f"{module}:{name}" for name in names.split()}


def _no(names: str) -> dict[str, str]:
    return {name: f"{_HERE}.absent:{name}" for name in names.split()}


_WORKSPACE = _table(f"{_HERE}.workspace", "Workspace")
_EXPERIMENT = _table(f"{_OURS}.experiment", "Experiment")
_RUN = {**_table(f"{_OURS}.run", "Run"), "_OfflineRun": f"{_HERE}.run:OfflineRun"}
_ENVIRONMENT = _table(f"{_OURS}.jobs.environment", "Environment")
_CONDA = _table(f"{_OURS}.jobs.conda_dependencies", "CondaDependencies")
_CONFIG = _table(f"{_HERE}.config", "ScriptRunConfig RunConfiguration")
_COMPUTE = {
    **_table(f"{_OURS}.jobs.compute", "ComputeTarget LocalCompute"),
    **_table(f"{_HERE}.compute", "AmlCompute"),
}
_RUN_OF_SWEEP = _table(f"{_OURS}.jobs.sweep_run", "HyperDriveRun")
_SWEEP = _table(f"{_HERE}.hyperdrive", "HyperDriveConfig PrimaryMetricGoal")
_SPACES = _table(
    f"{_OURS}.jobs.spaces",
    "choice lognormal loguniform normal qlognormal qloguniform qnormal quniform randint uniform",
)
_SAMPLING = _table(
    f"{_HERE}.hyperdrive",
    "BayesianParameterSampling GridParameterSampling HyperParameterSampling RandomParameterSampling",
)
_POLICIES = {
    **_table(
        f"{_OURS}.jobs.policies",
        "BanditPolicy MedianStoppingPolicy NoTerminationPolicy TruncationSelectionPolicy",
    ),
    "EarlyTerminationPolicy": f"{_OURS}.jobs.policies:Policy",
}
_MODEL = _table(f"{_OURS}.model", "Model")
_ERRORS = _table(
    f"{_HERE}.exceptions",
    "AzureMLException UserErrorException ActivityFailedException ComputeTargetException "
    "ExperimentExecutionException ExperimentNotFoundException ModelNotFoundException "
    "ProjectSystemException RunEnvironmentException SnapshotException WebserviceException "
    "WorkspaceException",
)
_IMAGES = _table(f"{_HERE}.config", "DEFAULT_CPU_IMAGE DEFAULT_GPU_IMAGE DockerConfiguration")
_VERSION = {"VERSION": "jupyter_runs:VERSION"}

MODULES: dict[str, dict[str, str]] = {
    ROOT: {},
    "azureml.core": {
        **_WORKSPACE,
        **_EXPERIMENT,
        "Run": _RUN["Run"],
        **_ENVIRONMENT,
        "ScriptRunConfig": _CONFIG["ScriptRunConfig"],
        "RunConfiguration": _CONFIG["RunConfiguration"],
        "ComputeTarget": _COMPUTE["ComputeTarget"],
        **_MODEL,
        **_CONDA,
        **_VERSION,
        **_no("Dataset Datastore Keyvault LinkedService Webservice Image"),
    },
    "azureml.core.workspace": {**_WORKSPACE, "WorkspaceException": _ERRORS["WorkspaceException"]},
    "azureml.core.experiment": _EXPERIMENT,
    "azureml.core.run": _RUN,
    "azureml.core.environment": {**_ENVIRONMENT, **_CONDA, **_IMAGES},
    "azureml.core.conda_dependencies": _CONDA,
    "azureml.core.model": {**_MODEL, **_no("InferenceConfig")},
    "azureml.core.compute": {
        **_COMPUTE,
        **_no("AksCompute ComputeInstance DataFactoryCompute RemoteCompute"),
    },
    "azureml.core.compute_target": {"ComputeTargetException": _ERRORS["ComputeTargetException"]},
    "azureml.core.runconfig": {
        "RunConfiguration": _CONFIG["RunConfiguration"],
        **_CONDA,
        **_IMAGES,
    },
    "azureml.core.script_run_config": {"ScriptRunConfig": _CONFIG["ScriptRunConfig"]},
    "azureml.core.authentication": _table(
        f"{_HERE}.authentication",
        "AzureCliAuthentication InteractiveLoginAuthentication MsiAuthentication "
        "ServicePrincipalAuthentication TokenAuthentication",
    ),
    "azureml.core.dataset": _no("Dataset"),
    "azureml.core.datastore": _no("Datastore"),
    "azureml.core.webservice": _no("AciWebservice AksWebservice LocalWebservice Webservice"),
    "azureml.data": {},
    "azureml.data.data_reference": _no("DataReference"),
    "azureml.widgets": _table(f"{_OURS}.widgets", "RunDetails"),
    "azureml.tensorboard": _table(f"{_HERE}.tensorboard", "Tensorboard export_to_tensorboard"),
    "azureml.tensorboard.export": _table(f"{_HERE}.tensorboard", "export_to_tensorboard"),
    "azureml.exceptions": _ERRORS,
    "azureml.pipeline": {},
    "azureml.pipeline.core": _table(
        f"{_OURS}.jobs.pipeline", "Pipeline PipelineData PipelineParameter"
    ),
    "azureml.pipeline.core.graph": _table(f"{_OURS}.jobs.pipeline", "PipelineParameter"),
    "azureml.pipeline.steps": _table(
        f"{_OURS}.jobs.pipeline", "ExecutePythonScript PythonScriptStep"
    ),
    "azureml.train": {},
    "azureml.train.automl": _no("AutoMLConfig"),
    "azureml.train.estimator": _no("Estimator"),
    "azureml.train.hyperdrive": {
        **_SWEEP,
        **_SPACES,
        **_SAMPLING,
        **_POLICIES,
        **_RUN_OF_SWEEP,
    },
    "azureml.train.hyperdrive.parameter_expressions": _SPACES,
    "azureml.train.hyperdrive.policy": _POLICIES,
    "azureml.train.hyperdrive.run": _RUN_OF_SWEEP,
    "azureml.train.hyperdrive.runconfig": {
        **_SWEEP,
        "HyperDriveRunConfig": _SWEEP["HyperDriveConfig"],
    },
    "azureml.train.hyperdrive.sampling": _SAMPLING,
}

_ELSEWHERE = {name: module for module, names in MODULES.items() for name in names}


def advice(module_name: str, name: str) -> str:
    """Return what to say of a name or module that is not there: misspelt, elsewhere, or not offered."""
    begin = f"jupyter_runs offers nothing called {name!r} under {module_name!r}"
    if name in _ELSEWHERE:
        return f"{begin}: it is in {_ELSEWHERE[name]!r}"
    below = [m[len(module_name) + 1 :] for m in MODULES if m.startswith(f"{module_name}.")]
    there = [*MODULES.get(module_name, {}), *below]
    near = get_close_matches(name, there, 1) or get_close_matches(name, _ELSEWHERE, 1)
    if near:
        where = "" if near[0] in there else f" of {_ELSEWHERE[near[0]]!r}"
        return f"{begin}: did you mean {near[0]!r}{where}?"
    return f"{begin}: it is a part of that SDK which has no meaning on one machine, or is not offered yet"

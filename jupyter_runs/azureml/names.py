"""Which names of that SDK there are, and where ours are that stand for them."""

from __future__ import annotations

from difflib import get_close_matches

from jupyter_runs.azureml.not_offered import NOT_OFFERED, PARTS, is_absent

ROOT = "azureml"
_OURS = "jupyter_runs"
_HERE = "jupyter_runs.azureml"


def _one(table: dict[str, str], names: str) -> dict[str, str]:
    return {name: table[name] for name in names.split()}


def _table(module: str, names: str) -> dict[str, str]:
    return {name: f"{module}:{name}" for name in names.split()}


_WORKSPACE = _table(f"{_HERE}.workspace", "Workspace")
_EXPERIMENT = _table(f"{_OURS}.experiment", "Experiment")
_RUN = _table(f"{_OURS}.run", "Run")
_RUNS = {**_table(f"{_HERE}.run", "ScriptRun get_run"), "_OfflineRun": f"{_HERE}.run:OfflineRun"}
_ENVIRONMENT = _table(f"{_HERE}.environment", "Environment")
_CONDA = _table(f"{_OURS}.jobs.conda_dependencies", "CondaDependencies")
_CONFIG = _table(f"{_HERE}.config", "ScriptRunConfig RunConfiguration")
_SECTIONS = _table(
    f"{_HERE}.sections",
    "AmlComputeConfiguration DEFAULT_CPU_IMAGE DEFAULT_GPU_IMAGE DockerConfiguration HistoryConfiguration "
    "MpiConfiguration ParallelTaskConfiguration PyTorchConfiguration TensorflowConfiguration",
)
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
_MODEL = _table(f"{_HERE}.model", "Model")
_ERRORS = _table(
    f"{_HERE}.exceptions",
    "ActivityCanceledException ActivityFailedException AuthenticationException AzureMLException "
    "ComputeTargetException DatasetTimestampMissingError DiscoveryUrlNotFoundException "
    "ExperimentExecutionException ExperimentNotFoundException ImageException ModelNotFoundException "
    "ModelPathNotFoundException OptionalDependencyMissingException ProjectSystemException "
    "RunConfigurationException RunEnvironmentException ServiceException SnapshotException TrainingException "
    "UserAuthenticationException UserErrorException WebserviceException WorkspaceException",
)
_PIPELINE = _table(f"{_OURS}.jobs.pipeline", "Pipeline PipelineData PipelineParameter StepSequence")
_STEPS = _table(f"{_OURS}.jobs.pipeline", "CommandStep ExecutePythonScript PythonScriptStep")
_PIPELINE_RUNS = _table(f"{_OURS}.jobs.pipeline_run", "PipelineRun StepRun")
_FOLDERS = {"OutputFileDatasetConfig": f"{_OURS}.jobs.pipeline:OutputFolder"}
_VERSION = {"VERSION": "jupyter_runs:VERSION"}

_OFFERED: dict[str, dict[str, str]] = {
    ROOT: {},
    "azureml._common.exceptions": _ERRORS,
    "azureml._restclient.exceptions": _one(_ERRORS, "ServiceException"),
    "azureml.core": {
        **_WORKSPACE,
        **_EXPERIMENT,
        **_RUN,
        **_one(_RUNS, "ScriptRun get_run"),
        **_ENVIRONMENT,
        **_CONFIG,
        **_one(_COMPUTE, "ComputeTarget"),
        **_MODEL,
        **_CONDA,
        **_VERSION,
    },
    "azureml.core.workspace": {**_WORKSPACE, **_one(_ERRORS, "WorkspaceException")},
    "azureml.core.experiment": _EXPERIMENT,
    "azureml.core.run": {**_RUN, **_RUNS, **_one(_ERRORS, "RunEnvironmentException")},
    "azureml.core.script_run": _one(_RUNS, "ScriptRun"),
    "azureml.core.environment": {
        **_ENVIRONMENT,
        **_CONDA,
        **_one(_SECTIONS, "DEFAULT_CPU_IMAGE DEFAULT_GPU_IMAGE"),
        **_table(f"{_OURS}.jobs.environment", "DockerSection PythonSection"),
    },
    "azureml.core.conda_dependencies": _CONDA,
    "azureml.core.model": _MODEL,
    "azureml.core.compute": {**_COMPUTE, **_one(_ERRORS, "ComputeTargetException")},
    "azureml.core.compute.amlcompute": _one(_COMPUTE, "AmlCompute"),
    "azureml.core.compute.compute": _one(_COMPUTE, "ComputeTarget"),
    "azureml.core.compute_target": _one(_ERRORS, "ComputeTargetException"),
    "azureml.core.runconfig": {
        **_one(_CONFIG, "RunConfiguration"),
        **_CONDA,
        **_SECTIONS,
    },
    "azureml.core.script_run_config": _one(_CONFIG, "ScriptRunConfig"),
    "azureml.core.authentication": _table(
        f"{_HERE}.authentication",
        "AzureCliAuthentication InteractiveLoginAuthentication MsiAuthentication "
        "ServicePrincipalAuthentication TokenAuthentication",
    ),
    "azureml.data": _FOLDERS,
    "azureml.data.output_dataset_config": _FOLDERS,
    "azureml.widgets": _table(f"{_OURS}.widgets", "RunDetails"),
    "azureml.telemetry": _table(f"{_HERE}.telemetry", "set_diagnostics_collection"),
    "azureml.tensorboard": _table(f"{_HERE}.tensorboard", "Tensorboard export_to_tensorboard"),
    "azureml.tensorboard.export": _table(f"{_HERE}.tensorboard", "export_to_tensorboard"),
    "azureml.exceptions": _ERRORS,
    "azureml.pipeline.core": {**_PIPELINE, **_PIPELINE_RUNS},
    "azureml.pipeline.core.graph": _one(_PIPELINE, "PipelineData PipelineParameter"),
    "azureml.pipeline.core.pipeline": _one(_PIPELINE, "Pipeline"),
    "azureml.pipeline.core.run": _PIPELINE_RUNS,
    "azureml.pipeline.steps": _STEPS,
    "azureml.pipeline.steps.python_script_step": _one(_STEPS, "PythonScriptStep"),
    "azureml.train.hyperdrive": {
        **_SWEEP,
        **_SPACES,
        **_SAMPLING,
        **_POLICIES,
        **_RUN_OF_SWEEP,
    },
    "azureml.train.hyperdrive.parameter_expressions": _SPACES,
    "azureml.train.hyperdrive.policy": _POLICIES,
    "azureml.train.hyperdrive.run": {**_RUN_OF_SWEEP, **_one(_SWEEP, "PrimaryMetricGoal")},
    "azureml.train.hyperdrive.runconfig": {
        **_SWEEP,
        "HyperDriveRunConfig": _SWEEP["HyperDriveConfig"],
    },
    "azureml.train.hyperdrive.sampling": _SAMPLING,
}


def _all() -> dict[str, dict[str, str]]:
    every: dict[str, dict[str, str]] = {}
    for module in sorted({*_OFFERED, *NOT_OFFERED}):
        parts = module.split(".")
        for length in range(1, len(parts)):  # packages that hold nothing but modules
            every.setdefault(".".join(parts[:length]), {})
        every[module] = {**NOT_OFFERED.get(module, {}), **_OFFERED.get(module, {})}
    return every


MODULES = _all()
# of several modules the one that is there for it: `azureml.core` rather than `azureml._common`
_ELSEWHERE = {
    name: module
    for module in sorted(MODULES, key=lambda module: (module.count("._"), -module.count(".")))
    for name in MODULES[module]
    if name[0] != "_" and "._" not in module
}


def advice(module_name: str, name: str) -> str:
    """Return what to say of a name or module that is not there: elsewhere, not offered, or misspelt."""
    begin = f"jupyter_runs has nothing called {name!r} under {module_name!r}"
    if name in _ELSEWHERE:
        return f"{begin}: it is in {_ELSEWHERE[name]!r}{_whether_offered(_ELSEWHERE[name], name)}"
    part = next((p for p in PARTS if f"{module_name}.{name}.".startswith(f"{p}.")), None)
    if part is not None:
        return f"jupyter_runs does not offer {module_name}.{name}: nothing of {part!r} has a place on one machine"
    prefix = f"{module_name}."
    below = [
        module[len(prefix) :].partition(".")[0] for module in MODULES if module.startswith(prefix)
    ]
    there = dict.fromkeys([*MODULES.get(module_name, {}), *below])
    near = get_close_matches(name, there, 1)
    if near:
        return f"{begin}: did you mean {near[0]!r}{_whether_offered(module_name, near[0])}?"
    near = get_close_matches(name, _ELSEWHERE, 1)
    if near:
        where = _ELSEWHERE[near[0]]
        return f"{begin}: did you mean {near[0]!r} of {where!r}{_whether_offered(where, near[0])}?"
    return f"{begin}: it is misspelt, or a part of that SDK which has no meaning on one machine"


def _whether_offered(module: str, name: str) -> str:
    return " (which is not offered)" if is_absent(MODULES[module].get(name, "")) else ""

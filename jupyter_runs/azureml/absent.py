"""What that SDK has and this machine does not: one clear error at the call, none at the import."""

from __future__ import annotations

from typing import Any

from jupyter_runs.errors import NotOfferedError

_FILES = "nothing is deployed from here; model.download() gives the files"
_SCRIPT = "use ScriptRunConfig, which that SDK itself has put in its place"
_PATHS = "give paths of this machine"
# by what a name holds; the first that fits
_WHY = {
    "Parallel": "use PythonScriptStep, and several of them for several parts",
    "HyperDriveStep": "submit the HyperDriveConfig itself",
    "AutoML": "use a library for it, and log its trials as child runs",
    "Step": "use PythonScriptStep or CommandStep",
    "Datastore": _PATHS,
    "DataReference": _PATHS,
    "DataPath": _PATHS,
    "Data": "read your files with pandas or torch, and log what they were with run.log_params",
    "Keyvault": "put secrets into variables: they reach submitted scripts, and are never stored",
    "Webservice": _FILES,
    "InferenceConfig": _FILES,
    "Image": _FILES,
    "Estimator": _SCRIPT,
    "TensorFlow": _SCRIPT,
    "PyTorch": _SCRIPT,
    "SKLearn": _SCRIPT,
    "Chainer": _SCRIPT,
    "Published": "submit the Pipeline itself",
    "Schedule": "let cron or a CI start the script that submits",
    "Endpoint": "submit the Pipeline itself",
    "Compute": "a target of this machine is made with LocalCompute or AmlCompute",
}


class _Absent(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):  # of Python, or of IPython when it shows the class
            raise AttributeError(name)
        raise cls._error(name)

    def __call__(cls, *_: Any, **__: Any) -> Any:
        raise cls._error("")

    def _error(cls, name: str) -> NotOfferedError:
        return not_offered(cls.__name__, name)


def not_offered(noun: str, member: str = "") -> NotOfferedError:
    """Return the error that says that something is not offered, and what to do instead."""
    key = next((key for key in _WHY if key in noun), "")
    way = f"; {_WHY[key]}" if key else ""
    called = f"{noun}.{member}" if member else noun
    return NotOfferedError(f"jupyter_runs does not offer {called}, a service of Azure{way}")


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    found = _Absent(name, (), {"__doc__": "Not offered on this machine."})
    globals()[name] = found
    return found

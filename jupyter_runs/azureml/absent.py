"""What that SDK has and this machine does not: one clear error at the call, none at the import."""

from __future__ import annotations

from typing import Any

from jupyter_runs.errors import NotOfferedError

_WHY = {
    "Dataset": "read your files with pandas or torch, and log what they were with run.log_params",
    "Datastore": "give paths of this machine",
    "DataReference": "give paths of this machine as arguments",
    "Keyvault": "put secrets into variables: they reach submitted scripts, and are never stored",
    "Webservice": "nothing is deployed from here; model.download() gives the files",
    "InferenceConfig": "nothing is deployed from here; model.download() gives the files",
    "AutoMLConfig": "use a library for it, and log its trials as child runs",
    "Estimator": "use ScriptRunConfig, which that SDK itself has put in its place",
}


class _Absent(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise cls._error(name)

    def __call__(cls, *_: Any, **__: Any) -> Any:
        raise cls._error("")

    def _error(cls, name: str) -> NotOfferedError:
        key = next((key for key in _WHY if key in cls.__name__), "")
        way = f"; {_WHY[key]}" if key else ""
        called = f"{cls.__name__}.{name}" if name else cls.__name__
        return NotOfferedError(f"jupyter_runs does not offer {called}, a service of Azure{way}")


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    found = _Absent(name, (), {"__doc__": "Not offered on this machine."})
    globals()[name] = found
    return found

"""`Model` as that SDK calls it: what is registered is ours, what is deployed is not offered."""

from __future__ import annotations

from typing import Any, NoReturn

from jupyter_runs import model as ours
from jupyter_runs.errors import NotOfferedError


class Model(ours.Model):
    """A registered model, in one of its versions."""

    class Framework:
        """Names of frameworks, kept with a model."""

        CUSTOM = "Custom"
        ONNX = "Onnx"
        SCIKITLEARN = "ScikitLearn"
        TENSORFLOW = "TensorFlow"
        TFKERAS = "TfKeras"
        PYTORCH = "PyTorch"
        MULTI = "Multi"

    @staticmethod
    def deploy(*_: Any, **__: Any) -> NoReturn:
        """Not offered."""
        _refuse("deploy")

    @staticmethod
    def package(*_: Any, **__: Any) -> NoReturn:
        """Not offered."""
        _refuse("package")

    @staticmethod
    def profile(*_: Any, **__: Any) -> NoReturn:
        """Not offered."""
        _refuse("profile")


def _refuse(name: str) -> NoReturn:
    raise NotOfferedError(
        f"jupyter_runs does not offer Model.{name}: nothing is deployed from here; model.download() gives the files"
    )

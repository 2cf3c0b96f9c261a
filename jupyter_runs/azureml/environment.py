"""`Environment` as that SDK calls it: its curated names, and what it made of images."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn, Optional, Union

from jupyter_runs.errors import EnvironmentNotFoundError, NotOfferedError
from jupyter_runs.jobs import environment as ours
from jupyter_runs.jobs import registry
from jupyter_runs.jobs.curated import CURATED

if TYPE_CHECKING:
    from jupyter_runs.workspace import Workspace

# what a curated name of that SDK is about, and which of ours is about the same
_STANDS_FOR = {
    "sklearn": "AzureML-Scikit-learn",
    "scikit": "AzureML-Scikit-learn",
    "pytorch": "AzureML-PyTorch-CPU",
    "acpt": "AzureML-PyTorch-CPU",
    "minimal": "AzureML-Minimal",
    "tutorial": "AzureML-Tutorial",
}


class Environment(ours.Environment):
    """An environment that scripts run in."""

    @staticmethod
    def get(
        workspace: Workspace, name: str, version: Union[str, int, None] = None
    ) -> ours.Environment:
        """Return an environment; for a curated one of that SDK the one here that is about the same, and say so."""
        return ours.Environment.get(workspace, name, version)

    @classmethod
    def from_docker_image(cls, name: str, image: str, **_: Any) -> NoReturn:
        """Not offered."""
        _refuse(f"from_docker_image({name!r}, {image!r})")

    @classmethod
    def from_dockerfile(cls, name: str, dockerfile: Any, **_: Any) -> NoReturn:  # noqa: ARG003 - as that SDK has it
        """Not offered."""
        _refuse(f"from_dockerfile({name!r}, …)")

    @classmethod
    def from_docker_build_context(cls, name: str, *_: Any, **__: Any) -> NoReturn:
        """Not offered."""
        _refuse(f"from_docker_build_context({name!r}, …)")


def _refuse(call: str) -> NoReturn:
    raise NotOfferedError(
        f"jupyter_runs does not offer Environment.{call}: runs are not in containers here; "
        "Environment.from_conda_specification and .from_pip_requirements make one of packages"
    )


def stand_in_for_curated() -> None:
    """From now on a curated environment of that SDK is found by its old name."""
    registry.on_unknown = _stand_in


_told: set[str] = set()


def _stand_in(name: str) -> Optional[str]:
    if not re.match(r"(azureml|microsoft)\b", name, re.IGNORECASE):
        return None
    exact = next((each for each in CURATED if each.lower() == name.lower()), None)
    found = exact or next(
        (stands for word, stands in _STANDS_FOR.items() if word in name.lower()), None
    )
    if found is None:
        known = ", ".join(CURATED)
        raise EnvironmentNotFoundError(
            f"the curated environment {name!r} was kept in the cloud; here there are {known}. "
            "Environment.from_pip_requirements(name, file) makes one of the packages that the script needs"
        )
    if exact is None and name not in _told:
        _told.add(name)
        print(  # noqa: T201 - for the person
            f"{name!r} was kept in the cloud: {found!r} stands for it, with the versions that PyPI has today"
        )
    return found

"""How ``import azureml.core`` finds ours: a finder that makes modules from a table of names."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
from importlib.util import spec_from_loader
from types import ModuleType
from typing import TYPE_CHECKING, Any, Optional

from jupyter_runs.azureml.names import MODULES, ROOT, advice

if TYPE_CHECKING:
    from collections.abc import Sequence


class Names(ModuleType):
    """A module whose names are looked up in the table, each when it is first asked for."""

    def __getattr__(self, name: str) -> Any:
        where = MODULES[self.__name__].get(name)
        if where is not None:
            module, _, attribute = where.partition(":")
            found = getattr(importlib.import_module(module), attribute)
        elif f"{self.__name__}.{name}" in MODULES:
            found = importlib.import_module(f"{self.__name__}.{name}")
        elif name.startswith("__"):
            raise AttributeError(name)
        else:
            raise AttributeError(advice(self.__name__, name))
        setattr(self, name, found)
        return found

    def __dir__(self) -> list[str]:
        below = {
            name[len(self.__name__) + 1 :].partition(".")[0]
            for name in MODULES
            if name.startswith(f"{self.__name__}.")
        }
        return sorted({*super().__dir__(), *MODULES[self.__name__], *below})


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules of the table."""

    def find_spec(
        self,
        fullname: str,
        path: Optional[Sequence[str]] = None,  # noqa: ARG002 - as it is called
        target: Optional[ModuleType] = None,  # noqa: ARG002 - as it is called
    ) -> Optional[importlib.machinery.ModuleSpec]:
        """Return the spec of one of our modules; an error that helps for others below ``azureml``."""
        if fullname in MODULES:
            return spec_from_loader(fullname, self, origin="jupyter_runs", is_package=True)
        if fullname.startswith(f"{ROOT}."):
            parent, _, name = fullname.rpartition(".")
            # without the name in it: `from azureml.core import …` would swallow it, and say less
            raise ModuleNotFoundError(advice(parent, name))
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Return a module with nothing in it yet."""
        return Names(spec.name, f"{spec.name}, offered by jupyter_runs on this machine.")

    def exec_module(self, module: ModuleType) -> None:
        """Tell ``import *`` what there is."""
        module.__all__ = [name for name in MODULES[module.__name__] if name[0] != "_"]  # type: ignore[attr-defined]  # modules have one


_finder = Finder()


def installed() -> bool:
    """Tell whether ``azureml`` is ours."""
    return _finder in sys.meta_path


def real_sdk() -> bool:
    """Tell whether the real SDK is installed."""
    try:
        from importlib.metadata import distribution

        distribution("azureml-core")
    except Exception:
        return False
    return True


def install(*, step_back: bool = False) -> bool:
    """Make the names under ``azureml`` importable.

    Parameters
    ----------
    step_back
        Do nothing where the real SDK is installed.

    Returns
    -------
    bool
        Whether they are ours now.
    """
    if installed():
        return True
    if step_back and real_sdk():
        return False
    for name in [name for name in sys.modules if name == ROOT or name.startswith(f"{ROOT}.")]:
        if not isinstance(sys.modules[name], Names):
            del sys.modules[name]
    sys.meta_path.insert(0, _finder)
    import urllib.request  # noqa: F401 - old code says `import urllib`: importing that SDK brought the rest

    from jupyter_runs.azureml import compute, environment

    compute.make_unknown_targets()
    environment.stand_in_for_curated()
    return True

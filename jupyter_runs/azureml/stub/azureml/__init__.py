"""What ``import azureml`` finds in a submitted script: the real SDK where it is installed, else ours."""

import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path

_lent = Path(__file__).parents[1].resolve()
_others = [entry for entry in sys.path if Path(entry or ".").resolve() != _lent]
_spec = PathFinder.find_spec("azureml", _others)
if _spec is None or PathFinder.find_spec("azureml.core", _spec.submodule_search_locations) is None:
    from jupyter_runs.azureml import finder

    finder.install()
    _spec = finder.Finder().find_spec("azureml")
assert _spec is not None
_module = module_from_spec(_spec)
sys.modules["azureml"] = _module
if _spec.loader is not None:  # None: a namespace, which has nothing in it
    _spec.loader.exec_module(_module)

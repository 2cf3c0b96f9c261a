"""One run's folder: written with the standard library alone, read from where a reader last stopped.

The other rooms use what is named here, and nothing beside it. The names are resolved when first used: a script that
only logs never loads the reader.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .batch import FEW as FEW
    from .children import Children as Children
    from .children import note_children as note_children
    from .errors import InvalidNameError as InvalidNameError
    from .errors import InvalidPathError as InvalidPathError
    from .errors import InvalidValueError as InvalidValueError
    from .errors import KindError as KindError
    from .errors import RunExistsError as RunExistsError
    from .errors import RunNotFoundError as RunNotFoundError
    from .errors import RunsError as RunsError
    from .errors import RunsWarning as RunsWarning
    from .errors import shown as shown
    from .facts import FileEntry as FileEntry
    from .facts import Progress as Progress
    from .folder import SYSTEM as SYSTEM
    from .folder import TERMINAL as TERMINAL
    from .folder import RunFolder as RunFolder
    from .folder import check_run_id as check_run_id
    from .folder import open_below as open_below
    from .folder import read_json as read_json
    from .folder import safe_path as safe_path
    from .folder import write_new as write_new
    from .layout import NO_STEP as NO_STEP
    from .metrics import Arrays as Arrays
    from .metrics import Item as Item
    from .metrics import Metric as Metric
    from .reader import RunReader as RunReader
    from .status import Status as Status
    from .status import read_status as read_status
    from .values import Scalar as Scalar
    from .values import check_name as check_name
    from .values import scalar as scalar
    from .writer import Writer as Writer
    from .writer import new_writer_name as new_writer_name
    from .writer import pulse as pulse

_HOME = {
    "batch": "FEW",
    "children": "Children note_children",
    "errors": (
        "InvalidNameError InvalidPathError InvalidValueError KindError RunExistsError "
        "RunNotFoundError RunsError RunsWarning shown"
    ),
    "folder": "SYSTEM TERMINAL RunFolder check_run_id open_below read_json safe_path write_new",
    "layout": "NO_STEP",
    "metrics": "Arrays Item Metric",
    "facts": "FileEntry Progress",
    "reader": "RunReader",
    "status": "Status read_status",
    "values": "Scalar check_name scalar",
    "writer": "Writer new_writer_name pulse",
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names.split()}

__all__ = list(_MODULE_OF)  # a list, made from the table above


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(f".{module}", __name__), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return list(__all__)

"""Which notebook, cell or script this code runs in."""

from __future__ import annotations

import os
import sys
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any, Optional

from jupyter_runs.capture.names import experiment_name_from

LONGEST_CELL = 20_000  # characters
_NOTEBOOKS = (".ipynb", ".md", ".py", ".qmd", ".rmd", ".r")  # jupytext opens scripts as notebooks


def shell() -> Optional[Any]:
    """Return IPython's shell if this is one; never imports IPython."""
    ipython = sys.modules.get("IPython")
    if ipython is None:
        return None
    try:
        return ipython.get_ipython()
    except Exception:
        return None  # half-imported


def in_kernel() -> bool:
    """Tell whether this process is a Jupyter kernel."""
    return "ipykernel" in sys.modules and getattr(shell(), "kernel", None) is not None


def in_session() -> bool:
    """Tell whether a person types into this process: a kernel, IPython, or Python's own prompt."""
    return shell() is not None or hasattr(sys, "ps1") or bool(sys.flags.interactive)


def notebook_path() -> Optional[str]:
    """Return the path of the notebook that this kernel serves, as far as it was told.

    JupyterLab and Notebook name it in ``JPY_SESSION_NAME``, Visual Studio Code in a variable of
    the notebook. A kernel started by nbconvert is told nothing.
    """
    if not in_kernel():
        return None  # a script started from a notebook inherits the notebook's variables
    namespace = getattr(shell(), "user_ns", {})
    for candidate in (namespace.get("__vsc_ipynb_file__"), os.environ.get("JPY_SESSION_NAME")):
        if isinstance(candidate, str) and candidate.lower().endswith(_NOTEBOOKS):
            return candidate
    return None


def script_path() -> Optional[str]:
    """Return the path of the script that this process runs, None at a prompt or in a kernel."""
    if in_session():
        return None
    main = sys.modules.get("__main__")
    path = getattr(main, "__file__", None)
    return path if isinstance(path, str) else None


def cell_id() -> Optional[str]:
    """Return the id of the notebook cell that is being executed, where the front end tells it."""
    current = shell()
    kernel = getattr(current, "kernel", None)
    if kernel is None:
        return None
    try:
        metadata = kernel.get_parent("shell").get("metadata", {})
    except Exception:
        return None  # kernels differ in what they keep of the request
    found = metadata.get("cellId") if isinstance(metadata, dict) else None
    return found if isinstance(found, str) else None


def kernel_id() -> Optional[str]:
    """Return the kernel's id, as the Jupyter server calls it."""
    kernel = getattr(shell(), "kernel", None)
    file = getattr(getattr(kernel, "parent", None), "connection_file", None)
    if not isinstance(file, str):
        return None
    stem = PurePath(file).stem
    return stem[len("kernel-") :] if stem.startswith("kernel-") else None


def default_experiment_name() -> str:
    """Return the name of the experiment for a run whose maker named none.

    The notebook's name; for a script its stem (for ``python -m package`` the package's name);
    else ``default``.
    """
    path = notebook_path()
    if path is not None:
        return experiment_name_from(_stem(path))
    if in_session():
        return "default"
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    if spec is not None and getattr(spec, "name", None):
        parts = str(spec.name).split(".")
        return experiment_name_from(
            parts[-2] if parts[-1] == "__main__" and len(parts) > 1 else parts[-1]
        )
    script = script_path()
    return experiment_name_from(_stem(script)) if script else "default"


def _stem(path: str) -> str:
    # VS Code on Windows hands over a path with backslashes
    return (PureWindowsPath(path) if "\\" in path else PurePosixPath(path)).stem


def cell_source() -> dict[str, str]:
    """Return the source of the cell that is being executed, ``{}`` where there is none, or it holds too much."""
    namespace = getattr(shell(), "user_ns", {})
    inputs = namespace.get("In") if in_kernel() else None
    source = inputs[-1] if isinstance(inputs, list) and inputs else None
    if not isinstance(source, str) or not source or len(source) > LONGEST_CELL:
        return {}
    return {"cell_source": source}


def where_am_i() -> dict[str, Any]:
    """Return what a run keeps of where it was started: notebook, cell, kernel, or script."""
    if in_kernel():
        found = {"notebook": notebook_path(), "cell": cell_id(), "kernel": kernel_id()}
    else:
        found = {"script": script_path()}
    return {name: value for name, value in found.items() if value}

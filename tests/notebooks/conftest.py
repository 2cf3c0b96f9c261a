"""The first three notebooks, executed once in real kernels for all tests of this room."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
NAMES = ("01-first-run", "02-what-you-can-log", "03-live")


def _load_demo() -> Any:
    spec = importlib.util.spec_from_file_location("notebooks_demo", NOTEBOOKS / "demo.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def demo() -> Any:
    """notebooks/demo.py as a module: the tests execute notebooks as the demo does."""
    return _load_demo()


@dataclass
class Executed:
    home: Path
    folder: Path
    notebooks: dict[str, Any]
    paths: dict[str, Path]


@pytest.fixture(scope="session")
def executed(demo: Any, tmp_path_factory: pytest.TempPathFactory) -> Executed:
    base = tmp_path_factory.mktemp("notebooks")
    folder, home = base / "notebooks", base / "home"
    shutil.copytree(
        NOTEBOOKS,
        folder,
        ignore=shutil.ignore_patterns("executed", "outputs", "logs", ".ipynb_checkpoints"),
    )

    async def all_at_once() -> list[Any]:
        return await asyncio.gather(*(demo.execute(folder / f"{name}.ipynb") for name in NAMES))

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_RUNS_HOME", str(home))
        patch.setenv("IPYTHONDIR", str(base / "ipython"))  # nobody's profile has a say in it
        patch.delenv("MPLBACKEND", raising=False)
        notebooks = dict(zip(NAMES, asyncio.run(all_at_once()), strict=True))

    paths = {}
    for name, notebook in notebooks.items():
        paths[name], _ = demo.save(notebook, base / "executed" / f"{name}.ipynb")
    return Executed(home, folder, notebooks, paths)


@pytest.fixture
def home(executed: Executed, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This process reads the runs that the kernels wrote."""
    monkeypatch.setenv("JUPYTER_RUNS_HOME", str(executed.home))
    monkeypatch.chdir(executed.folder)
    return executed.home


@pytest.fixture(scope="session")
def clean_environment() -> dict[str, str]:
    """What a person's shell has; coverage and pytest have nothing to say in a child."""
    return {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}

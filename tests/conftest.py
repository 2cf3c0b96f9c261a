"""What all tests share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
BROWSER = HERE / "browser"


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nobody's own cache folder is used."""
    before = os.environ.get("JUPYTER_RUNS_CACHE")
    os.environ["JUPYTER_RUNS_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["JUPYTER_RUNS_CACHE"]
    else:
        os.environ["JUPYTER_RUNS_CACHE"] = before


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what needs a browser last: it is slow, and Playwright keeps an event loop running."""
    items.sort(key=lambda item: BROWSER in item.path.parents)


@dataclass
class Training:
    """Where notebook 04 is run: a home, and the variables of its kernel."""

    home: Path
    variables: dict[str, str]


@pytest.fixture(scope="session")
def training(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Training]:
    """One home for all that run notebook 04: its environment, a gigabyte, is built once and not kept."""
    base = tmp_path_factory.mktemp("training")
    paths = [str(HERE / "torchvision_here"), os.environ.get("PYTHONPATH", "")]
    variables = {
        "JUPYTER_RUNS_HOME": str(base / "home"),
        "XDG_CACHE_HOME": str(base / "cache"),  # nobody's pictures are used, or replaced
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }
    yield Training(base / "home", variables)
    shutil.rmtree(base / "home", ignore_errors=True)

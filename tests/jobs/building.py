"""Packages made by hand, and builders in processes of their own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import textwrap
import time
import zipfile
from pathlib import Path

import pytest

from jupyter_runs.jobs import build
from jupyter_runs.jobs.environment import Environment
from jupyter_runs.workspace import Workspace

ROOT = Path(__file__).parents[2]

# a build backend in the package's own tree, so that nothing has to be fetched to build it
BACKEND = """
import os, signal, subprocess, sys, time, zipfile
from pathlib import Path

signs = Path({signs!r})

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    with open(signs / "builds", "a") as file:
        file.write("one\\n")
    ignoring = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    child = None if (signs / "go").exists() else subprocess.Popen([sys.executable, "-c", ignoring])
    if child is not None:
        (signs / "part").write_text(f"{{os.getpid()}} {{child.pid}}")
        (signs / "part").rename(signs / "started")
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while not (signs / "go").exists():
            time.sleep(0.02)
        child.kill()
        child.wait()
    name = "slow-1.0-py3-none-any.whl"
    with zipfile.ZipFile(Path(wheel_directory) / name, "w") as wheel:
        for path, text in {files!r}.items():
            wheel.writestr(path, text)
    return name
"""


@pytest.fixture
def ws():
    """The default workspace."""
    return Workspace()


@pytest.fixture
def store(tmp_path):
    """A folder for environments."""
    return tmp_path / "environments"


@pytest.fixture
def no_conda(monkeypatch):
    """A machine without conda, mamba and micromamba."""
    monkeypatch.setattr(build, "find_tool", lambda: None)


def wheel_files(name: str, version: str = "1.0", requires: tuple[str, ...] = ()) -> dict[str, str]:
    """Return what a wheel of one module holds."""
    info = f"{name}-{version}.dist-info"
    needed = "".join(f"Requires-Dist: {each}\n" for each in requires)
    return {
        f"{name}.py": f"version = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needed}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }


class Wheels:
    """A folder of packages which is all that pip knows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def add(
        self, name: str, version: str = "1.0", requires: tuple[str, ...] = (), text: str = ""
    ) -> Path:
        """Add a wheel of one module, which may hold some more text."""
        path = self.folder / f"{name}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as wheel:
            for inner, body in wheel_files(name, version, requires).items():
                wheel.writestr(inner, body + text if inner == f"{name}.py" else body)
        return path


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    """Pip's whole world: a folder, told by pip's own variables."""
    made = Wheels(tmp_path / "wheels")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(made.folder))
    return made


class Slow:
    """A package whose build stands still until it is told to go on."""

    def __init__(self, wheels: Wheels, signs: Path) -> None:
        self.signs = signs
        signs.mkdir()
        backend = BACKEND.format(signs=str(signs), files=wheel_files("slow"))
        project = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        about = "Metadata-Version: 2.1\nName: slow\nVersion: 1.0\n"
        files = {"backend.py": backend, "pyproject.toml": project, "PKG-INFO": about}
        with tarfile.open(wheels.folder / "slow-1.0.tar.gz", "w:gz") as archive:
            for name, text in files.items():
                entry = tarfile.TarInfo(f"slow-1.0/{name}")
                entry.size = len(text.encode())
                archive.addfile(entry, io.BytesIO(text.encode()))

    @property
    def started(self) -> bool:
        """Whether its build has begun, and stands."""
        return (self.signs / "started").exists()

    @property
    def pids(self) -> list[int]:
        """The build's process, and one that it started, which ignores TERM."""
        return [int(each) for each in (self.signs / "started").read_text().split()]

    @property
    def builds(self) -> int:
        """How often it was built."""
        return len((self.signs / "builds").read_text().split())

    def go(self) -> None:
        """Let its builds go on, this one and later ones."""
        (self.signs / "go").touch()


@pytest.fixture
def slow(wheels, tmp_path):
    """A package that takes as long to build as the test wants."""
    made = Slow(wheels, tmp_path / "signs")
    yield made
    made.go()


def pip_environment(*requirements: str, python: str | None = None) -> Environment:
    """Return an environment of these packages."""
    made = Environment("tried")
    for each in requirements:
        made.python.conda_dependencies.add_pip_package(each)
    if python is not None:
        made.python.conda_dependencies.set_python_version(python)
    return made


class Tried:
    """One call of `prepare`, and what it said."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.phases: list[str] = []
        self._log = io.BytesIO()

    @property
    def log(self) -> str:
        """The build's log so far."""
        return self._log.getvalue().decode()

    def __call__(self, environment: Environment, canceled=lambda: False) -> build.Interpreter:
        definition = environment.to_dict()
        return build.prepare(definition, self.store, self._log, canceled, self.phases.append)


@pytest.fixture
def tried(store):
    """Prepare an environment in the test's own store."""
    return Tried(store)


BUILDER = """
import io, json, sys
from pathlib import Path
from jupyter_runs.jobs.build import prepare
phase = lambda text: print(text, flush=True)
found = prepare(json.loads(sys.argv[1]), Path(sys.argv[2]), io.BytesIO(), lambda: False, phase)
print("reused" if found.reused else "built", found.python, flush=True)
"""


@pytest.fixture
def builder(store, tmp_path):
    """Start `prepare` in a process of its own; killed at the end of the test if need be."""
    import json

    script = tmp_path / "builder.py"
    script.write_text(textwrap.dedent(BUILDER))
    started = []

    def start(environment: Environment) -> subprocess.Popen[str]:
        started.append(
            subprocess.Popen(
                [sys.executable, str(script), json.dumps(environment.to_dict()), str(store)],
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.wait()
        each.stdout.close()


def wait_until(holds, what: str, timeout: float = 120) -> None:
    """Wait until a condition holds."""
    until = time.monotonic() + timeout
    while not holds():
        assert time.monotonic() < until, f"{what} did not come about"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    """Tell whether a process has ended, even if nobody has asked for its exit code yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True

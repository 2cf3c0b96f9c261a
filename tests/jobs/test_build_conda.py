"""Conda: the real one where there is one, else what it is told by a stand-in at its edge."""

from __future__ import annotations

import bz2
import hashlib
import io
import json
import os
import shlex
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from building import gone, wait_until

from jupyter_runs.errors import BuildError, EnvironmentNotFoundError
from jupyter_runs.jobs.build import Canceled, conda
from jupyter_runs.jobs.build.conda import find_environment, find_tool
from jupyter_runs.jobs.conda_dependencies import CondaDependencies
from jupyter_runs.jobs.environment import Environment

REAL = os.environ.get("JUPYTER_RUNS_TEST_CONDA") or find_tool()


@pytest.fixture(autouse=True)
def machine(monkeypatch, tmp_path):
    """A machine and a person that know nothing of conda yet."""
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    (tmp_path / "person").mkdir()
    for name in [name for name in os.environ if name.startswith(("CONDA_", "MAMBA_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(conda.shutil, "which", which := _Which(tmp_path / "bin"))
    return which


class _Which:
    """Finds what is in one folder, and what has a path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def __call__(self, name: str) -> str | None:
        path = Path(name) if os.sep in name else self.folder / name
        if name in {"bash", "sh"}:
            return f"/bin/{name}" if os.access(f"/bin/{name}", os.X_OK) else None
        opt = Path("/opt") in path.parents  # a real one, where its installers put it
        return str(path) if os.access(path, os.X_OK) and not opt else None

    def add(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o755)
        return path


def of(*packages: str, pip: tuple[str, ...] = (), python: str | None = None) -> Environment:
    made = Environment("tried")
    made.python.conda_dependencies = CondaDependencies.create(
        conda_packages=packages, pip_packages=pip, python_version=python
    )
    return made


def make_prefix(prefix: Path) -> Path:
    """Make what looks like a conda environment whose Python is this one."""
    (prefix / "conda-meta").mkdir(parents=True)
    (prefix / "bin").mkdir()
    (prefix / "bin" / "python").symlink_to(sys.executable)
    return prefix


# -- the stand-in: notes what it is told, and makes something that looks like an environment

STAND_IN = f"""#!/bin/sh
printf '%s\\n' "$@" > "$0.told"
env > "$0.env"
while [ $# -gt 0 ]; do
  case "$1" in --prefix) prefix=$2;; --file) cp "$2" "$0.yml";; esac
  shift
done
mkdir -p "$prefix/bin" "$prefix/conda-meta"
ln -s {shlex.quote(sys.executable)} "$prefix/bin/python"
"""


@pytest.mark.parametrize(
    ("name", "verb"),
    [("conda", ["env", "create"]), ("mamba", ["env", "create"]), ("micromamba", ["create"])],
)
def test_what_each_tool_is_told(machine, tried, store, name, verb):
    tool = machine.add(name, STAND_IN)
    environment = of("pytorch", "pip", pip=("azureml-sdk", "six==1.16.0"), python="3.6.2")
    environment.python.conda_dependencies.add_channel("pytorch")
    found = tried(environment)

    folder = store / "built" / environment.definition_hash
    assert found.python == str(folder / "bin" / "python")
    assert (found.kind, found.variables["CONDA_PREFIX"]) == ("conda", str(folder))
    told = Path(f"{tool}.told").read_text().split("\n")[:-1]
    assert told == [*verb, "--prefix", str(folder), "--file", str(folder.with_suffix(".yml"))]
    assert json.loads(Path(f"{tool}.yml").read_text()) == {
        "name": "environment",
        "channels": ["pytorch"],
        "dependencies": ["python=3.9", "pip", "pytorch", {"pip": ["six==1.16.0"]}],
    }
    assert "CONDA_ALWAYS_YES=true" in Path(f"{tool}.env").read_text().split("\n")
    assert f"installing 3 packages with {name}" in tried.phases
    assert "Python 3.6.2 was asked for, and runs need 3.9 or newer" in tried.log
    assert not folder.with_suffix(".yml").exists()
    assert tried(environment).reused


def test_pip_s_packages_alone_need_no_conda(machine, tried, wheels):
    machine.add("conda", "#!/bin/sh\nexit 9\n")
    wheels.add("six")
    assert tried(of(pip=("six",))).kind == "venv"


def test_a_tool_that_fails_leaves_nothing_half_made(machine, tried, store):
    machine.add("mamba", STAND_IN + "echo 'PackagesNotFoundError: not there' >&2\nexit 1\n")
    with pytest.raises(BuildError, match="^mamba: PackagesNotFoundError: not there$") as caught:
        tried(of("nowhere"))
    assert "PackagesNotFoundError" in caught.value.details
    assert [each.suffix for each in (store / "built").iterdir()] == [".lock"]


def test_an_environment_without_python_is_none(machine, tried):
    machine.add("conda", "#!/bin/sh\nexit 0\n")
    with pytest.raises(BuildError, match="without Python"):
        tried(of("r-base"))


def test_a_canceled_tool_is_gone_with_all_it_started(machine, tried, store):
    machine.add("conda", "#!/bin/sh\ntrap '' TERM\nsleep 600 &\necho $$ $! > \"$0.pids\"\nwait\n")
    pids = machine.folder / "conda.pids"
    with pytest.raises(Canceled):
        tried(of("numpy"), canceled=lambda: pids.exists() and bool(pids.read_text().split()[1:]))
    wait_until(lambda: all(gone(int(pid)) for pid in pids.read_text().split()), "the end of both")
    assert [each.suffix for each in (store / "built").iterdir()] == [".lock"]


def test_the_tool_that_an_activated_shell_noted(machine, monkeypatch, tmp_path):
    assert find_tool() is None
    usual = tmp_path / "person" / "miniforge3" / "bin" / "conda"
    usual.parent.mkdir(parents=True)
    usual.write_text("")
    usual.chmod(0o755)
    assert find_tool() == str(usual)
    noted = machine.add("noted", "")
    monkeypatch.setenv("CONDA_EXE", str(noted))
    assert find_tool() == str(noted)
    micromamba = machine.add("micromamba", "")
    assert find_tool() == str(micromamba)


# -- environments that there are already


def test_an_existing_environment_is_found_by_name_and_by_path(monkeypatch, tmp_path, tried):
    noted = make_prefix(tmp_path / "root" / "envs" / "noted")
    (tmp_path / "person" / ".conda").mkdir()
    (tmp_path / "person" / ".conda" / "environments.txt").write_text(f"/gone\n{noted}\n")
    root = make_prefix(tmp_path / "root")
    monkeypatch.setenv("CONDA_PREFIX", str(root))
    listed = make_prefix(tmp_path / "more" / "listed")
    monkeypatch.setenv("CONDA_ENVS_PATH", str(tmp_path / "more"))

    assert find_environment("noted") == noted
    assert find_environment("base") == root
    assert find_environment("listed") == listed
    assert find_environment(str(noted)) == noted
    with pytest.raises(
        EnvironmentNotFoundError, match=r"'nowhere': there are .*noted \("
    ) as caught:
        Environment.from_existing_conda_environment("mine", "nowhere")
    assert str(root) in str(caught.value)

    environment = Environment.from_existing_conda_environment("mine", "noted")
    found = tried(environment)
    assert found.python == str(noted / "bin" / "python")
    assert found.kind == "existing-conda"
    assert found.variables["CONDA_PREFIX"] == str(noted)
    assert found.variables["CONDA_DEFAULT_ENV"] == "noted"
    assert found.variables["PATH"].startswith(f"{noted}/bin{os.pathsep}")
    assert Environment.from_dict(environment.to_dict()).to_dict() == environment.to_dict()

    (noted / "bin" / "python").unlink()
    with pytest.raises(BuildError, match="has no Python"):
        tried(environment)
    (noted / "conda-meta").rmdir()
    with pytest.raises(BuildError, match="there is no conda environment 'noted'"):
        tried(environment)


def test_an_environment_is_activated_as_conda_would(tmp_path, tried):
    prefix = make_prefix(tmp_path / "envs" / "active")
    state = {"env_vars": {"CONFIGURED": "by a person"}}
    (prefix / "conda-meta" / "state").write_text(json.dumps(state))
    scripts = prefix / "etc" / "conda" / "activate.d"
    scripts.mkdir(parents=True)
    (scripts / "data.sh").write_text(
        'export PKG_DATA="$CONDA_PREFIX/share/two lines"\necho said\nexport PATH="$PATH:/pkg"\n'
    )
    found = tried(Environment.from_existing_conda_environment("mine", str(prefix)))
    assert found.variables["CONFIGURED"] == "by a person"
    assert found.variables["PKG_DATA"] == f"{prefix}/share/two lines"
    assert found.variables["PATH"] == f"{prefix}/bin:{os.environ['PATH']}:/pkg"
    assert set(found.variables) - {"CONFIGURED", "PKG_DATA", "PATH"} == {
        "CONDA_DEFAULT_ENV",
        "CONDA_PREFIX",
    }
    (scripts / "broken.sh").write_text("exit 3\n")
    again = tried(Environment.from_existing_conda_environment("mine", str(prefix)))
    assert again.variables["CONFIGURED"] == "by a person"
    assert "PKG_DATA" not in again.variables


def test_environments_that_only_the_tool_knows(machine, tmp_path):
    far = make_prefix(tmp_path / "far" / "envs" / "distant")
    machine.add("conda", f"#!/bin/sh\necho '{json.dumps({'envs': [str(far)]})}'\n")
    assert find_environment("distant") == far
    machine.add("conda", "#!/bin/sh\necho nonsense\n")
    with pytest.raises(EnvironmentNotFoundError, match="no conda environment is known"):
        find_environment("distant")


# -- the real one, with a channel made by hand


class Channel:
    """A channel of packages that hold a file or two."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._packages: dict[str, dict] = {}
        (folder / "noarch").mkdir(parents=True)

    def add(self, name: str, version: str, files: dict[str, str], depends: tuple[str, ...] = ()):
        index = {
            "name": name,
            "version": version,
            "build": "0",
            "build_number": 0,
            "depends": list(depends),
            "noarch": "generic",
            "subdir": "noarch",
        }
        about = [
            {
                "_path": path,
                "path_type": "hardlink",
                "sha256": hashlib.sha256(text.encode()).hexdigest(),
                "size_in_bytes": len(text),
            }
            for path, text in files.items()
        ]
        inner = {
            **files,
            "info/index.json": json.dumps(index),
            "info/files": "\n".join(files),
            "info/paths.json": json.dumps({"paths": about, "paths_version": 1}),
        }
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for path, text in inner.items():
                entry = tarfile.TarInfo(path)
                entry.size, entry.mode = len(text.encode()), 0o755
                archive.addfile(entry, io.BytesIO(text.encode()))
        data = bz2.compress(packed.getvalue())
        file = f"{name}-{version}-0.tar.bz2"
        (self.folder / "noarch" / file).write_bytes(data)
        hashes = {each: hashlib.new(each, data).hexdigest() for each in ("md5", "sha256")}
        self._packages[file] = {**index, **hashes, "size": len(data)}
        repodata = {"info": {"subdir": "noarch"}, "packages": self._packages, "repodata_version": 1}
        (self.folder / "noarch" / "repodata.json").write_text(json.dumps(repodata))


@pytest.fixture
def channel(machine, tmp_path, monkeypatch):
    """A channel with a Python, which is the one that runs the tests, and the real tool."""
    if REAL is None:
        pytest.skip("neither conda, mamba nor micromamba is installed")
    name = Path(REAL).stem
    machine.add(name, f'#!/bin/sh\nexec {shlex.quote(REAL)} "$@"\n')
    monkeypatch.setenv("CONDA_PKGS_DIRS", str(tmp_path / "packages"))
    monkeypatch.setenv("CONDA_ADD_PIP_AS_PYTHON_DEPENDENCY", "false")
    monkeypatch.setenv("MAMBA_ROOT_PREFIX", str(tmp_path / "root"))
    made = Channel(tmp_path / "channel")
    version = ".".join(map(str, sys.version_info[:3]))
    python = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n'
    made.add("python", version, {"bin/python": python})
    made.add("tiny", "1.5", {"share/tiny.txt": "tiny"}, depends=("python",))
    return made


def test_built_by_the_real_tool_and_reused(channel, tried, store):
    environment = of("tiny=1.5", python=f"{sys.version_info[0]}.{sys.version_info[1]}")
    environment.python.conda_dependencies.add_channel(channel.folder.as_uri())
    found = tried(environment)
    folder = Path(found.variables["CONDA_PREFIX"])
    assert folder == store / "built" / environment.definition_hash
    assert (found.kind, found.reused) == ("conda", False)
    assert (folder / "share" / "tiny.txt").read_text() == "tiny"
    assert subprocess.run([found.python, "-c", ""], check=True).returncode == 0
    assert "tiny" in tried.log
    assert tried(environment) == found._replace(reused=True)
    # what we built is nobody's by name, though conda notes it
    with pytest.raises(EnvironmentNotFoundError):
        find_environment(folder.name)


def test_what_the_real_tool_can_not_find_is_named(channel, tried, store):
    environment = of("tiny", "nowhere")
    environment.python.conda_dependencies.add_channel(channel.folder.as_uri())
    with pytest.raises(BuildError, match="nowhere") as caught:
        tried(environment)
    assert "\n" not in str(caught.value)
    assert [each.suffix for each in (store / "built").iterdir()] == [".lock"]

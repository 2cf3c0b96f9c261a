"""What the README says can be pasted, and works."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import nbformat
import pytest
import tomllib
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_the_first_lines_work_when_pasted(demo, tmp_path, monkeypatch):
    """All Python blocks, one after the other, in a notebook; the first is the ten lines.

    A block that begins with the name of a file is that file.
    """
    code = []
    for block in blocks("python"):
        name = re.match(r"# (\S+\.py)\n", block)
        if name:
            (tmp_path / name[1]).parent.mkdir(exist_ok=True)
            (tmp_path / name[1]).write_text(block)
        else:
            code.append(block)
    assert 5 <= len(code[0].strip().splitlines()) <= 12
    path = tmp_path / "pasted.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(block) for block in code]), path)
    monkeypatch.setenv("JUPYTER_RUNS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    executed = asyncio.run(demo.execute(path))
    bundles = [out.data for cell in executed.cells for out in cell.outputs if "data" in out]
    assert "Completed" in "".join(data.get("text/html", "") for data in bundles)

    from jupyter_runs import Experiment, Workspace

    runs = list(Experiment(Workspace.from_config(path=str(tmp_path)), "pasted").get_runs())
    assert runs
    assert all(run.get_status() == "Completed" for run in runs)
    assert len(runs[-1].get_metrics("loss")["loss"]) == 200
    (submitted,) = [run for run in runs if run.type == "script"]
    assert submitted.get_metrics("loss")["loss"] == [0.95**step for step in range(100)]


def test_commands_exist():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    scripts = project["tool"]["hatch"]["envs"]["default"]["scripts"]
    for command in re.findall(r"hatch run ([\w-]+)", README):
        assert command in scripts, command


def test_the_commands_stand_above_the_fold():
    above = README[:2500]
    assert "pip install hatch && hatch run demo" in above
    assert "pip install hatch && hatch run test" in above
    assert "notebooks/images/run-details.png" in above
    assert above.index("start_logging") < 2500


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(name):
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", (ROOT / name).read_text(encoding="utf-8")):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_settings_are_real():
    """Each environment variable that the README names is read somewhere in the package."""
    sources = "".join(path.read_text() for path in (ROOT / "jupyter_runs").rglob("*.py"))
    for name in set(re.findall(r"\bJUPYTER_RUNS_\w+", README)):
        assert name in sources, name


def test_the_picture_is_light():
    assert (ROOT / "notebooks" / "images" / "run-details.png").stat().st_size < 200_000


def test_the_version_is_in_the_changelog():
    import json

    version = json.loads((ROOT / "labextension" / "package.json").read_text())["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()

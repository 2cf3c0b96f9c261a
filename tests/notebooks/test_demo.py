"""``hatch run demo`` does the job, ends by itself and says what came of it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "notebooks" / "demo.py"


def run_demo(environment, tmp_path, *arguments):
    home = tmp_path / "home"
    return subprocess.run(
        [sys.executable, str(DEMO), "--into", str(tmp_path / "executed"), *map(str, arguments)],
        env={
            **environment,
            "JUPYTER_RUNS_HOME": str(home),
            "IPYTHONDIR": str(tmp_path / "ipython"),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture
def away(tmp_path):
    """A copy of the first notebook: what it leaves beside itself is not to lie in the tree."""
    (tmp_path / "work").mkdir()
    copy = tmp_path / "work" / "01-first-run.ipynb"
    copy.write_bytes((ROOT / "notebooks" / "01-first-run.ipynb").read_bytes())
    return copy


def test_demo(clean_environment, tmp_path, away):
    first = run_demo(clean_environment, tmp_path, "--notebook", away)
    assert first.returncode == 0, first.stdout + first.stderr
    said = first.stdout
    assert "Traceback" not in first.stderr

    cells = [(int(a), int(b)) for a, b in re.findall(r"cell +(\d+) of (\d+)", said)]
    assert [number for number, _ in cells] == list(range(1, cells[0][1] + 1))
    assert len(re.findall(r"^ +run \d+ ", said, re.MULTILINE)) == 21
    assert "21 runs in experiment 01-first-run" in said
    best = re.search(r"The best: run (\d+), (\w+-\w+), alpha ([\d.]+), .* error ([\d.]+)", said)
    assert 2500 < float(best[4]) < 3700
    assert "hatch run lab" in said

    runs = Path(re.search(r"run folders +(.+)", said)[1])
    assert runs.is_relative_to(tmp_path / "home")
    assert len(list(runs.iterdir())) == 21
    notebook = nbformat.read(tmp_path / "executed" / "01-first-run.ipynb", as_version=4)
    assert any(cell.get("outputs") for cell in notebook.cells)
    page = (tmp_path / "executed" / "01-first-run.html").read_text()
    assert '<script src="http' not in page
    assert page.count('class="jupyter-runs-picture"') == 2

    # again: told apart from what was there before
    again = run_demo(clean_environment, tmp_path, "--notebook", away)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "21 runs in experiment 01-first-run" in again.stdout
    assert len(list(runs.iterdir())) == 42


def test_where_the_demo_writes_is_ignored_by_git():
    written = [
        "notebooks/executed/01-first-run.ipynb",
        "notebooks/executed/01-first-run.html",
        "notebooks/outputs/ridge.joblib",
        "notebooks/logs/x.txt",
    ]
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    ignored = subprocess.run(
        ["git", "check-ignore", *written], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ignored.stdout.split() == written


def test_an_error_in_the_notebook_is_told(clean_environment, tmp_path):
    broken = tmp_path / "broken.ipynb"
    cells = [new_code_cell("print('fine')"), new_code_cell("1 / 0")]
    nbformat.write(new_notebook(cells=cells), broken)
    result = run_demo(clean_environment, tmp_path, "--notebook", broken)
    assert result.returncode == 1
    assert "A cell of broken.ipynb failed" in result.stdout
    assert "ZeroDivisionError: division by zero" in result.stdout
    assert "\x1b" not in result.stdout
    assert "Traceback" not in result.stderr
    kept = nbformat.read(tmp_path / "executed" / "broken.ipynb", as_version=4)
    assert kept.cells[0].outputs[0].text == "fine\n"


def test_a_kernel_that_dies_is_told(clean_environment, tmp_path):
    deadly = tmp_path / "deadly.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("import os; os._exit(3)")]), deadly)
    result = run_demo(clean_environment, tmp_path, "--notebook", deadly)
    assert result.returncode == 1
    assert "The kernel died while it ran deadly.ipynb" in result.stdout
    assert "Traceback" not in result.stderr


def test_the_kernel_is_this_interpreter(demo, tmp_path, monkeypatch):
    """Whatever kernel named python3 is installed for the user."""
    import asyncio
    import json

    bad = tmp_path / "data" / "kernels" / "python3"
    bad.mkdir(parents=True)
    spec = {"argv": ["/nowhere/python", "-f", "{connection_file}"], "display_name": "x"}
    (bad / "kernel.json").write_text(json.dumps({**spec, "language": "python"}))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    path = tmp_path / "which.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("import sys; print(sys.executable)")]), path)
    executed = asyncio.run(demo.execute(path))
    assert executed.cells[0].outputs[0].text.strip() == sys.executable

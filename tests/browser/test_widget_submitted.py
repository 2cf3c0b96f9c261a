"""A submitted script, watched from a notebook: live while the kernel is busy, after it was restarted, and canceled."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

SCRIPT = """
import math, os, sys, time
from jupyter_runs import Run

run = Run.get_context()
print("started with", sys.argv[1:])
for step in range(100_000):
    run.log("loss", 2 * math.exp(-step / 60) + 0.05 * math.sin(step), step=step)
    run.progress(step, 100_000, "steps")
    if step % 20 == 0:
        print("step", step, flush=True)
    time.sleep(0.01)
"""
SUBMIT = """
import os, time, pathlib
from jupyter_runs import Experiment, RunDetails, ScriptRunConfig, Workspace
pathlib.Path("src").mkdir(exist_ok=True)
pathlib.Path("src/train.py").write_text(SCRIPT)
ws = Workspace.from_config()
run = Experiment(ws, "submitted").submit(ScriptRunConfig("src", "train.py", ["--lr", "0.1"]))
details = RunDetails(run, interval=1).show()
"""
BUSY = """
while not os.path.exists("enough"):
    time.sleep(0.01)
"""


@pytest.fixture
def shown(lab):
    """A notebook whose second cell shows a submitted run."""
    lab.hide_sidebars()
    lab.set_width(1400, 1400)
    lab.new_notebook(
        f"SCRIPT = {SCRIPT!r}",
        SUBMIT,
        BUSY,
        "from jupyter_runs import Run, RunDetails, Workspace\nrun = next(iter(Workspace.from_config().experiments['submitted'].get_runs()))\n"
        "RunDetails(run, interval=1).show()",
        "run.cancel()",
    )
    lab.run_cell(0)
    lab.run_cell(1)
    curve_of(lab, 1).wait_for(state="attached")
    yield lab
    lab.run_cell(4)


def root_of(lab, cell):
    return lab.output_of(cell).locator(".jpr-root")


def curve_of(lab, cell):
    title = lab.page.locator(".jpr-card-title:text-is('loss')")
    return root_of(lab, cell).locator(".jpr-card").filter(has=title).locator("path.line").last


def test_it_moves_while_the_kernel_is_busy(shown):
    lab = shown
    lab.run_cell(2, wait=False)
    before = curve_of(lab, 1).get_attribute("d")
    expect(curve_of(lab, 1)).not_to_have_attribute("d", before)
    expect(root_of(lab, 1).locator(".jpr-pill")).to_contain_text("Running")
    assert lab.is_busy()
    lab.screenshot("submitted-running", root_of(lab, 1))
    lab.set_theme("dark")
    lab.screenshot("submitted-running-dark", root_of(lab, 1))
    (lab.server.root / "enough").touch()
    lab.wait_idle()


def test_it_is_picked_up_by_a_new_kernel(shown):
    lab = shown
    lab.shutdown_kernel()
    lab.reload()
    lab.run_cell(3)
    curve_of(lab, 3).wait_for(state="attached")
    before = curve_of(lab, 3).get_attribute("d")
    expect(curve_of(lab, 3)).not_to_have_attribute("d", before)
    expect(root_of(lab, 3).locator(".jpr-pill")).to_contain_text("Running")
    lab.screenshot("submitted-picked-up", root_of(lab, 3))


def test_its_log_grows_and_the_button_cancels_it(shown):
    lab = shown
    root = root_of(lab, 1)
    root.get_by_role("tab", name=re.compile("Logs")).click()
    expect(root.locator(".jpr-log")).to_contain_text("--lr")
    lab.screenshot("submitted-logs", root)
    root.get_by_role("button", name=re.compile("Cancel")).click()
    expect(root.locator(".jpr-pill")).to_contain_text("Canceled")
    lab.screenshot("submitted-canceled", root)

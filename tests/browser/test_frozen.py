"""A kernel that answers nothing, or is stopped or killed: panel and page of its runs stay live, for they ask the server."""

from __future__ import annotations

import os
import signal

from playwright.sync_api import expect

RUN = """
import ctypes, os, threading
from pathlib import Path
from jupyter_runs import Experiment, Run, Workspace
def train():
    run = Run.get_context()
    for step in range(400):
        run.log("loss", 1 / (1 + step), step=step)
    run.progress(1, 4)
    begun.set()
    threading.Event().wait()
begun = threading.Event()
run = Experiment(Workspace.get(), "frozen").submit(train)
begun.wait()
print(os.getpid())
"""
# without the GIL being let go of: no thread of the kernel runs, the one of the run no more than the one that answers
FREEZE = """
Path("frozen").touch()
ctypes.PyDLL(None).sleep(3600)
"""


def test_a_run_stays_live_while_its_kernel_is_frozen_and_is_told_dead_when_it_is_killed(lab):
    panel = lab.open_sidebar()
    lab.new_notebook(RUN, FREEZE)
    lab.run_cell(0)
    kernel = int(lab.outputs_json(0)[0]["text"])
    row = panel.locator(".jp-Runs-row")
    expect(row).to_contain_text("Running")
    lab.run_cell(1, wait=False)
    url = lab.server.url("files/frozen", token=lab.server.token)
    lab.page.wait_for_function("url => fetch(url).then(told => told.ok)", arg=url)
    goes_on(lab, row.locator(".jp-Runs-elapsed"))
    row.click()  # what was never open before is there too
    page = lab.page.locator(".jp-Runs-page:not(.lm-mod-hidden)")
    expect(page.locator("h1")).to_have_text("frozen / run 1")
    expect(page.locator(".jp-Runs-pill")).to_have_text("Running")
    expect(page.locator(".jp-Runs-head progress")).to_have_attribute("value", "0.25")
    goes_on(lab, page.locator(".jp-Runs-head-facts"))
    page.get_by_role("tab", name="Metrics").click()
    expect(page.locator("[data-chart=loss] canvas")).to_be_visible()
    lab.screenshot("frozen")

    os.kill(kernel, signal.SIGSTOP)
    goes_on(lab, page.locator(".jp-Runs-head-facts"))
    goes_on(lab, row.locator(".jp-Runs-elapsed"))
    expect(row).to_contain_text("Running")  # it is there, and may go on

    os.kill(kernel, signal.SIGKILL)
    expect(row).to_contain_text("Failed")
    expect(row).to_contain_text("ended without completing")
    expect(page.locator(".jp-Runs-pill")).to_have_text("Failed")
    expect(page).to_contain_text("ended without completing")
    lab.screenshot("frozen-killed")
    assert lab.errors == []


def goes_on(lab, time):
    """See that a time goes on, and the server answers meanwhile."""
    with lab.page.expect_response("**/jupyter-runs/api/**") as told:
        expect(time).not_to_have_text(time.inner_text())
    assert told.value.ok or told.value.status == 304

"""The sidebar in a real JupyterLab."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

START = """
from jupyter_runs import Experiment, Workspace, start_logging
run = start_logging(name="brave-otter", snapshot_directory=None)
run.log("loss", 1.5)
run.progress(1, 4)
"""


def test_a_run_shows_up_moves_on_and_ends_while_one_watches(lab):
    panel = lab.open_sidebar()
    expect(panel).to_contain_text("No runs yet")
    lab.screenshot("sidebar-empty", panel)
    lab.new_notebook(
        START,
        "run.log('loss', 0.25)\nwhile not run.id.startswith('never'):\n    pass",
        "run.log('loss', 0.125); run.complete()",
        "other = start_logging(name='<b>x</b>'); other.fail('no such alpha')",
        path="train-within-notebook.ipynb",
    )
    lab.run_cell(0)
    row = panel.locator(".jp-Runs-row")
    expect(row).to_contain_text("run 1 · brave-otter")
    expect(row).to_contain_text("Running")
    expect(row).to_contain_text("loss 1.5")
    expect(row.locator("progress")).to_have_attribute("value", "0.25")
    expect(panel.locator("h3")).to_have_text("train-within-notebook")
    expect(panel.locator(".jp-Runs-summary")).to_have_text("1 running")
    lab.run_cell(1, wait=False)  # the server is asked, so a busy kernel hides nothing
    expect(row).to_contain_text("loss 0.25")
    assert lab.is_busy()
    lab.execute("notebook:interrupt-kernel")
    lab.wait_idle()
    lab.run_cell(2)
    expect(row).to_contain_text("Completed")
    expect(row).to_contain_text("loss 0.125")
    lab.run_cell(3)
    expect(row.first).to_contain_text("run 2 · <b>x</b>")
    expect(row.first).to_contain_text("no such alpha")
    assert panel.locator("b").count() == 0
    lab.set_theme("dark")
    lab.screenshot("sidebar-dark", panel)
    lab.set_theme("light")
    lab.screenshot("sidebar-light")
    assert lab.errors == []


def test_a_killed_kernel_is_told_within_15_seconds(lab):
    panel = lab.open_sidebar()
    lab.new_notebook(START, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    lab.run_cell(0)
    row = panel.locator(".jp-Runs-row")
    expect(row).to_contain_text("Running")
    lab.run_cell(1, wait=False)
    expect(row).to_contain_text("Failed", timeout=15_000)
    expect(row).to_contain_text("ended without completing")


def test_the_list_is_not_asked_for_while_the_sidebar_is_hidden(lab):
    asked = []
    lab.page.on("request", lambda request: asked.append(request.url))

    def polls():
        # the status bar asks for a few of the newest, now and then
        return [url for url in asked if "/jupyter-runs/" in url and "limit=50" not in url]

    lab.open_sidebar()
    with lab.page.expect_response("**/jupyter-runs/api/runs*"):
        pass
    lab.hide_sidebars()
    lab.page.clock.install()
    before = len(polls())
    lab.page.clock.fast_forward(60_000)
    lab.page.evaluate("() => fetch('.')")
    assert len(polls()) == before


@pytest.mark.parametrize("base_url", ["/user/ada/"])
def test_it_works_under_a_base_url(start_lab_server, open_lab, base_url):
    lab = open_lab(start_lab_server(base_url=base_url))
    expect(lab.open_sidebar()).to_contain_text("No runs yet")


def test_a_server_that_answers_no_more_is_told_and_the_runs_stay(lab):
    row = {"id": "r1", "workspace": "default", "experiment": "e", "number": 1, "name": "otter"}
    row |= {"status": "Completed", "active": False, "reason": None, "elapsed": 1, "metrics": []}
    body = json.dumps({"runs": [{**row, "progress": None}], "next": None})
    lab.page.route("**/jupyter-runs/api/runs*", lambda route: route.fulfill(body=body))
    panel = lab.open_sidebar()
    expect(panel.locator(".jp-Runs-row")).to_contain_text("run 1 · otter")
    lab.page.unroute_all()
    lab.page.route("**/jupyter-runs/api/runs*", lambda route: route.abort())
    expect(panel.get_by_role("alert")).to_contain_text("does not answer")
    expect(panel.locator(".jp-Runs-row")).to_be_visible()
    lab.page.unroute_all()
    panel.get_by_role("button", name="Refresh").click()
    expect(panel.get_by_role("alert")).to_have_count(0)
    expect(panel).to_contain_text("No runs yet")


def test_a_run_s_page_leads_to_lab_and_lab_to_the_page(lab):
    lab.new_notebook(START, "start_logging(name='second')\nprint(run.get_portal_url())")
    lab.run_all()
    url = lab.outputs_json(1)[0]["text"].strip()
    assert lab.server.token not in url
    lab.page.goto(url)
    with lab.page.context.expect_page() as opened:
        lab.page.get_by_role("button", name="↗ JupyterLab").click()
    row = opened.value.locator("#jupyter-runs-panel .jp-Runs-row[aria-current]")
    expect(row).to_contain_text("run 1 · brave-otter")
    row.click()
    with lab.page.context.expect_page() as again:
        opened.value.get_by_role("button", name="↗ Browser tab").click()
    expect(again.value.locator("main h1")).to_contain_text("run 1")
    assert again.value.url.partition("/jupyter-runs")[2] == url.partition("/jupyter-runs")[2]


def test_the_menu_opens_runs_and_experiments_in_browser_tabs(lab):
    panel = lab.open_sidebar()
    lab.new_notebook(START, path="train.ipynb")
    lab.run_cell(0)
    for where, title in ((".jp-Runs-row", "train / run 1"), (".jp-Runs-heading", "train")):
        panel.locator(where).click(button="right")
        with lab.page.context.expect_page() as opened:
            lab.page.locator(".lm-Menu-itemLabel", has_text="Open in a browser tab").click()
        expect(opened.value.locator("main h1")).to_have_text(title)
        opened.value.close()
    assert lab.errors == []


def test_a_search_that_finds_nothing_shows_what_can_be_asked(lab):
    panel = lab.open_sidebar()
    lab.new_notebook(START + "run.fail('no such alpha')", path="train.ipynb")
    lab.run_cell(0)
    rows = panel.locator(".jp-Runs-row")
    expect(rows.locator(".jp-Runs-when")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    expect(panel.get_by_label("by experiment")).to_be_checked()
    box = panel.get_by_role("searchbox")
    box.fill("last week")
    examples = panel.locator(".jp-Runs-examples")
    expect(examples).to_contain_text("Words are searched for")
    expect(panel.get_by_label("by experiment")).to_be_disabled()
    lab.screenshot("sidebar-nothing-fits", panel)
    for text in examples.get_by_role("button").all_inner_texts():
        with lab.page.expect_response("**/jupyter-runs/api/runs?*") as answer:
            box.fill(f"{text} and name = nobody")
        assert answer.value.ok, text
    expect(panel).to_contain_text("No run fits")
    examples.get_by_role("button", name="status = Failed").click()
    expect(box).to_have_value("status = Failed")
    expect(rows).to_contain_text("no such alpha")
    box.fill("status = ")
    expect(panel.get_by_role("alert")).to_contain_text("column")
    expect(examples).to_be_visible()
    assert lab.errors == []

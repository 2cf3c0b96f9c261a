"""Who does not see, or does not use a mouse: panel, pages and widget, looked over by axe-core, and gone through by keys."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

RUNS = """
import math
from pathlib import Path
from PIL import Image
from jupyter_runs import ComputeTarget, Experiment, LocalCompute, RunDetails, Workspace
workspace = Workspace.get()
ComputeTarget.create(workspace, "two", LocalCompute.provisioning_configuration(max_nodes=2))
experiment = Experiment(workspace, "cifar10")
Path("train.py").write_text("print('source')")
Image.new("RGB", (40, 30), "#884422").save("seen.png")
Path("weights.txt").write_text("w" * 2000)
def train(name, rate):
    params = {"lr": rate, **{f"p{k}": k for k in range(30)}}
    run = experiment.start_logging(name=name, params=params, snapshot_directory=".", outputs=False)
    for i in range(100):
        losses = {"loss": math.exp(-i * rate), "val/loss": math.exp(-i * rate / 2)}
        run.log_metrics(losses, step=i)
        run.log_row("curve", x=i, y=i * i)
    run.log("best", 0.5)
    run.log("note", "warm")
    run.log_image("samples", path="seen.png")
    run.log_confusion_matrix("taken for", {
        "schema_type": "confusion_matrix", "schema_version": "v1",
        "data": {"class_labels": ["cat", "dog"], "matrix": [[9, 1], [2, 8]]},
    })
    run.tag("model", "cnn")
    run.upload_file("outputs/weights.txt", "weights.txt")
    run.progress(1, 4)
    return run
first = train("wise-crane", 0.01)
for k in range(2):
    with first.child_run(f"trial-{k}") as child:
        child.log("mse", 3 - k)
first.complete()
second = train("calm-lynx", 0.02)
second.fail("no such alpha", "ValueError")
third = train("brave-otter", 0.03)
"""
PANEL = "#jupyter-runs-panel"
PAGE = ".jp-Runs-page:not(.lm-mod-hidden)"
# not ours, and not to be changed from outside: bqplot's drawing, whose chart has a title, and the handle of
# ipywidgets' slider, which has a label beside it
NOT_OURS = (".bqplot", ".noUi-handle")


@pytest.fixture
def ran(lab):
    """JupyterLab with runs that have all there is to see, and the sidebar open."""
    lab.open_sidebar()
    lab.new_notebook(RUNS, "RunDetails(first).show()")
    lab.run_cell(0)
    expect(lab.page.locator(f"{PANEL} .jp-Runs-row")).to_have_count(3)
    return lab


def look_over(lab, what, *, without=()):
    """Look for what keeps somebody out: serious and critical findings."""
    lab.page.mouse.move(0, 0)  # the colours of what the pointer is on fade in
    context = {"include": [[what]], "exclude": [[one] for one in without]}
    found = Axe().run(lab.page, context, {"resultTypes": ["violations"]})
    told = [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found.response["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
    assert told == []


def opened(lab, **args):
    """Open a page, and wait for what it has to say."""
    lab.execute("jupyter-runs:open-page", **args)
    page = lab.page.locator(PAGE)
    expect(page.locator("h1")).to_be_visible()
    return page


def ids(lab):
    """Return the addresses of the runs, by their names."""
    runs = lab.server.request("jupyter-runs/api/runs")["runs"]
    return {run["name"]: (run["workspace"], run["id"]) for run in runs}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(ran, theme):
    ran.set_theme(theme)
    ran.run_cell(1)
    expect(ran.output_of(1).locator(".jpr-root svg").first).to_be_attached()
    look_over(ran, PANEL)
    look_over(ran, ".jp-NotebookPanel .jpr-root", without=NOT_OURS)
    runs = ids(ran)
    for name, (workspace, run) in runs.items():
        page = opened(ran, kind="run", workspace=workspace, id=run)
        for tab in page.get_by_role("tab").all():
            tab.click()
            expect(page.get_by_role("tabpanel")).not_to_contain_text("Loading")
            look_over(ran, PAGE)
        assert page.get_by_role("tab").count() > 4, name
    compared = [f"{workspace}/{run}" for workspace, run in runs.values()]
    for args in (
        {"kind": "compare", "runs": compared[:2]},
        {"kind": "experiment", "workspace": "default", "experiment": "cifar10"},
        {"kind": "compute"},
        {"kind": "trash"},
    ):
        page = opened(ran, **args)
        look_over(ran, PAGE)
        for tab in page.get_by_role("tab").all()[1:]:
            tab.click()
            expect(page.get_by_role("tabpanel")).not_to_contain_text("Loading")
            look_over(ran, PAGE)
    assert ran.errors == []


def test_keys_lead_from_the_panel_to_a_page_a_comparison_and_the_trash(ran):
    press = ran.page.keyboard.press
    tree = ran.page.get_by_role("tree", name="Runs")
    tree.focus()
    press("Home")
    press("ArrowDown")
    press("ArrowDown")
    row = tree.get_by_role("treeitem", name="calm-lynx")
    expect(row).to_have_attribute("aria-selected", "true")
    ring = "node => getComputedStyle(node).outlineStyle + getComputedStyle(node).boxShadow"
    assert row.evaluate(ring) != "nonenone"
    press("Enter")
    page = ran.page.locator(PAGE)
    expect(page.locator("h1")).to_have_text("cifar10 / run 4")  # children have numbers too
    expect(page).to_be_focused()
    tabbed(ran, page.get_by_role("tab", name="Details"))
    press("ArrowRight")
    chosen = page.get_by_role("tab", name="Metrics")
    expect(chosen).to_be_focused()
    expect(chosen).to_have_attribute("aria-selected", "true")
    assert chosen.evaluate(ring) != "nonenone"
    expect(page.get_by_role("tabpanel", name="Metrics")).to_be_visible()
    asked_again(ran)
    expect(chosen).to_be_focused()  # what comes new takes the keys from nobody
    press("End")
    expect(page.get_by_role("tab", name="Snapshot")).to_be_focused()

    tree.focus()
    press("Space")
    press("ArrowDown")
    press("Shift+ArrowUp")
    asked_again(ran)
    expect(tree).to_be_focused()
    tabbed(ran, ran.page.get_by_role("button", name="Compare 2 runs"))
    press("Enter")
    expect(page.locator("h1")).to_have_text("2 runs beside each other")
    tabbed(ran, page.get_by_role("tab", name="Charts"))

    tree.focus()
    press("Escape")
    press("Home")
    press("ArrowDown")
    press("ArrowDown")
    press("Delete")
    tabbed(ran, ran.page.locator(".jp-Dialog .jp-mod-warn"))
    press("Enter")
    expect(row).to_have_count(0)
    ran.execute("jupyter-runs:open-trash")
    tabbed(ran, page.get_by_role("button", name="Restore"))
    press("Enter")
    expect(row).to_be_visible()
    assert ran.errors == []


def tabbed(lab, wanted):
    """Go on by the Tab key until something has the keyboard."""
    expect(wanted).to_be_visible()
    for _ in range(60):
        if wanted.evaluate("node => node === document.activeElement"):
            return
        lab.page.keyboard.press("Tab")
    raise AssertionError("the Tab key does not lead there")


def asked_again(lab):
    """Wait until the panel has asked the server once more."""
    with lab.page.expect_response("**/jupyter-runs/api/runs?*"):
        pass

"""The pages of runs in a real JupyterLab: a run's, a comparison, an experiment's, the trash; and runs in cells."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

RUNS = """
import math
from pathlib import Path
from jupyter_runs import Experiment, Workspace
experiment = Experiment(Workspace.get(), "cifar10")
def train(name, rate, points=400):
    run = experiment.start_logging(name=name, params={"lr": rate}, snapshot_directory=".", outputs=False)
    for i in range(points):
        run.log("loss", math.exp(-i * rate), step=i)
        run.log("accuracy", 1 - math.exp(-i * rate), step=i)
    run.log("<b>best</b>", 0.5)
    return run
Path("train.py").write_text("print('source')")
first = train("wise-crane", 0.01)
first.complete()
"""
SECOND = """
Path("train.py").write_text("print('another source')")
second = train("brave-otter", 0.02, points=20_000)
for k in range(3):
    child = second.child_run(f"trial-{k}")
    child.log("mse", 3 - k)
    child.complete()
Path("weights.txt").write_text("w" * 2000)
second.upload_file("outputs/weights.txt", "weights.txt")
second.progress(1, 4)
"""


@pytest.fixture
def ran(lab):
    """JupyterLab with one run that is over and one that goes on, and the sidebar open."""
    lab.open_sidebar()
    lab.new_notebook(RUNS, SECOND, "second.complete()", "first.id, second.id")
    lab.run_cell(0)
    lab.run_cell(1)
    return lab


def page_of(lab):
    return lab.page.locator(".jp-Runs-page:not(.lm-mod-hidden)")


def row(lab, text):
    return lab.page.locator("#jupyter-runs-panel .jp-Runs-row", has_text=text)


def tab(lab, name):
    page_of(lab).get_by_role("tab", name=name).click()


def smoothed(response):
    body = response.request.post_data_json if response.url.endswith("/charts") else None
    return body is not None and body["options"]["smoothing"] == 0.9


def opened(lab):
    return lab.page.evaluate("[...jupyterapp.shell.widgets('main')].map(w => w.title.label)")


def test_a_click_opens_the_page_of_a_run_that_follows_it_to_its_end(ran):
    row(ran, "brave-otter").click()
    page = page_of(ran)
    expect(page.locator("h1")).to_have_text("cifar10 / run 2")
    expect(page.locator(".jp-Runs-pill")).to_have_text("Running")
    expect(page.locator(".jp-Runs-head progress")).to_have_attribute("value", "0.25")
    expect(page.locator(".jp-Runs-plot canvas")).to_have_count(2)
    ran.screenshot("run-page")
    ran.page.evaluate(
        "() => jupyterapp.shell.activateById([...jupyterapp.shell.widgets('main')][0].id)"
    )
    ran.run_cell(2)
    row(ran, "brave-otter").click()  # the page that is there, and no second one
    expect(page.locator(".jp-Runs-pill")).to_have_text("Completed")
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    assert opened(ran) == ["test.ipynb", "cifar10 / run 2"]
    ran.execute("application:close")
    expect(page).to_have_count(0)
    row(ran, "brave-otter").click()  # what was closed can be opened again
    expect(page.locator(".jp-Runs-pill")).to_have_text("Completed")
    ran.set_theme("dark")
    ran.screenshot("run-page-dark")
    ran.set_width(420)
    ran.hide_sidebars()
    ran.screenshot("run-page-narrow")
    assert ran.errors == []


def test_each_tab_has_what_it_says(ran):
    row(ran, "brave-otter").click()
    page = page_of(ran)
    tab(ran, "Metrics")
    expect(page.locator(".jp-Runs-tile")).to_contain_text("<b>best</b>")
    expect(page.locator(".jp-Runs-badge").first).to_contain_text("of 20,000 drawn")
    tab(ran, "Child runs")
    expect(page.locator("tr", has=ran.page.locator(".jp-Runs-best"))).to_contain_text("trial-2")
    tab(ran, "Outputs")
    expect(page.locator(".jp-Runs-source")).to_contain_text("wwww")
    tab(ran, "Snapshot")
    page.get_by_role("button", name="train.py").click()
    expect(page.locator(".jp-Runs-source")).to_contain_text("another source")
    page.locator("select").select_option(label="run 1 · wise-crane")
    expect(page.get_by_text("+print('another source')", exact=True)).to_be_visible()
    ran.screenshot("run-page-diff")
    assert ran.errors == []


def test_a_zoom_fetches_the_exact_points_and_smoothing_draws_two_lines(ran):
    row(ran, "brave-otter").click()
    tab(ran, "Metrics")
    page = page_of(ran)
    card = page.locator("[data-chart=loss]")
    expect(card.locator(".jp-Runs-badge")).to_contain_text("drawn")
    plot = card.locator(".jp-Runs-plot")
    plot.hover()
    expect(card.locator(".jp-Runs-tip")).to_contain_text("step")
    box = plot.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 40
    ran.page.mouse.move(x, y)
    ran.page.mouse.down()
    ran.page.mouse.move(x + 10, y)
    ran.page.mouse.move(x + 20, y)
    ran.page.mouse.up()
    expect(card.locator(".jp-Runs-badge")).to_contain_text("exact")
    card.get_by_role("button", name="Zoom out").click()
    expect(card.locator(".jp-Runs-badge")).to_contain_text("drawn")
    plot.focus()
    ran.page.keyboard.press("+")
    expect(card.get_by_role("button", name="Zoom out")).to_be_visible()
    ran.page.keyboard.press("0")
    expect(card.get_by_role("button", name="Zoom out")).to_have_count(0)
    with ran.page.expect_response(smoothed):  # a run that goes on is asked for all the time
        page.locator("input[type=range]").fill("0.9")
    assert ran.errors == []


def test_marked_runs_are_compared_and_the_layout_is_there_after_a_reload(ran):
    ran.save()
    row(ran, "brave-otter").click(modifiers=["Control"])
    row(ran, "wise-crane").click(modifiers=["Control"])
    ran.page.get_by_role("button", name="Compare 2 runs").click()
    page = page_of(ran)
    expect(page.locator("[data-chart=loss] .jp-Runs-key")).to_have_count(2)
    ran.screenshot("compare-page")
    tab(ran, "Parameters and metrics")
    expect(page.locator("tr", has_text="lr")).to_contain_text("0.02")
    tab(ran, "Code and environment")
    # the notebook may be in the snapshot too
    expect(page.get_by_text("+print('another source')", exact=True)).to_be_visible()
    ran.page.locator(".jp-Runs-heading").hover()
    ran.page.locator(".jp-Runs-heading button").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    tab(ran, "Charts")
    expect(page.locator("[data-chart=loss] canvas")).to_be_visible()
    ran.screenshot("experiment-page")

    def saves(told):
        return (
            told.request.method == "PUT"
            and "/api/workspaces/" in told.url
            and "jupyter-runs-compute" in (told.request.post_data or "")
        )

    with ran.page.expect_response(saves):  # the layout is saved a moment after it was changed
        ran.execute("jupyter-runs:open-compute")
        before = opened(ran)
    ran.reload(save=False)
    assert opened(ran) == before
    assert ran.errors == []


def test_a_deleted_run_comes_back_and_then_goes_for_good(ran):
    ran.run_cell(2)
    row(ran, "wise-crane").click(button="right")
    ran.page.locator(".lm-Menu-itemLabel", has_text="Delete").click()
    ran.page.locator(".jp-Dialog .jp-mod-warn").click()
    expect(row(ran, "wise-crane")).to_have_count(0)
    ran.execute("jupyter-runs:open-trash")
    page = page_of(ran)
    page.get_by_role("button", name="Restore").click()
    expect(page).to_contain_text("The trash is empty")
    expect(row(ran, "wise-crane")).to_be_visible()
    row(ran, "wise-crane").click()
    ran.page.keyboard.press("Delete")
    ran.page.locator(".jp-Dialog .jp-mod-warn").click()
    expect(row(ran, "wise-crane")).to_have_count(0)
    ran.execute("jupyter-runs:open-trash")
    page.get_by_role("button", name="Empty the trash").click()
    ran.page.locator(".jp-Dialog .jp-mod-warn").click()
    expect(page).to_contain_text("The trash is empty")
    assert not list((ran.server.home / "default" / "trash").glob("*/*"))
    assert ran.errors == []


def test_the_notebook_that_made_a_run_is_shown_as_cells_and_no_tab_moves(ran):
    row(ran, "wise-crane").click()
    page = page_of(ran)
    expect(page.get_by_role("tab", name="Snapshot")).to_be_visible()
    places = "tabs => tabs.map(tab => tab.getBoundingClientRect().left)"
    before = page.get_by_role("tab").evaluate_all(places)
    tab(ran, "Snapshot")
    expect(page.get_by_role("tab", name="Snapshot")).to_have_attribute("aria-selected", "true")
    assert page.get_by_role("tab").evaluate_all(places) == before
    page.get_by_role("button", name="test.ipynb").click()
    cells = page.locator(".jp-Runs-cells")
    expect(cells.get_by_label("Cell 1")).to_contain_text("from jupyter_runs import Experiment")
    expect(cells).not_to_contain_text("cell_type")
    ran.screenshot("run-notebook-cells")
    assert ran.errors == []


def test_a_run_is_dragged_into_a_notebook_and_shown_there_when_its_kernel_is_gone(ran):
    start, cell = row(ran, "brave-otter").bounding_box(), ran.cell(3).bounding_box()
    mouse = ran.page.mouse
    mouse.move(start["x"] + 60, start["y"] + 20)
    mouse.down()
    mouse.move(start["x"] + 80, start["y"] + 30, steps=3)
    mouse.move(cell["x"] + 200, cell["y"] + 10, steps=6)
    mouse.up()
    expect(ran.cell(4)).to_be_visible()
    ran.run_cell(3)
    expect(ran.output_of(3).locator(".jpr-root")).to_be_visible()
    ran.save()
    ran.shutdown_kernel()
    ran.reload(kernel=False, save=False)
    attached = ran.output_of(3).locator(".jp-Runs-attached")
    expect(attached.locator("h1")).to_have_text("cifar10 / run 2")
    attached.locator(".jp-Runs-grid").scroll_into_view_if_needed()
    expect(attached.locator(".jp-Runs-plot canvas")).to_have_count(2)
    ran.screenshot("run-attached")
    assert ran.errors == []


def test_a_comparison_goes_on_without_a_run_that_was_deleted(ran):
    ran.run_cell(2)
    row(ran, "brave-otter").click(modifiers=["Control"])
    row(ran, "wise-crane").click(modifiers=["Control"])
    ran.page.get_by_role("button", name="Compare 2 runs").click()
    page = page_of(ran)
    expect(page.locator("[data-chart=loss] .jp-Runs-key")).to_have_count(2)
    (first,) = (ran.server.home / "default" / "runs").glob("wise-crane-*")
    ran.server.request(f"jupyter-runs/api/runs/default/{first.name}/trash", "POST")
    expect(page.get_by_role("alert")).to_contain_text("there is no run 'wise-crane-")
    page.get_by_role("button", name="Go on without it").click()
    expect(page.locator("h1")).to_have_text("1 run")
    expect(page.locator(".jp-Runs-chip")).to_contain_text("brave-otter")
    expect(page.locator("[data-chart=loss] canvas")).to_be_visible()
    assert ran.errors == []

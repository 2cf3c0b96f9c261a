"""Names changed where they stand; runs and experiments off the lists, and back."""

from __future__ import annotations

from playwright.sync_api import expect

RUNS = """
from jupyter_runs import Experiment, Workspace
for name in ("cifar10", "digits"):
    with Experiment(Workspace.get(), name).start_logging(name=f"of-{name}", outputs=False) as run:
        run.log("loss", 1.0)
"""


def page_of(lab):
    return lab.page.locator(".jp-Runs-page:not(.lm-mod-hidden)")


def choose(lab, of, label):
    of.click(button="right")
    lab.page.locator(".lm-Menu-itemLabel").get_by_text(label, exact=True).click()


def test_a_run_is_renamed_and_archived_on_its_page_and_found_among_the_archived(lab):
    panel = lab.open_sidebar()
    lab.new_notebook(RUNS)
    lab.run_cell(0)
    rows = panel.locator(".jp-Runs-row")
    rows.filter(has_text="of-digits").click()
    page = page_of(lab)
    page.get_by_role("button", name="of-digits, rename").click()
    page.get_by_label("Name of the run").fill("<b>best</b>")
    page.get_by_label("Name of the run").press("Enter")
    expect(page.get_by_role("button", name="<b>best</b>, rename")).to_be_visible()
    expect(rows.filter(has_text="<b>best</b>")).to_be_visible()
    page.get_by_role("button", name="Archive", exact=True).click()
    expect(page.locator(".jp-Runs-label")).to_have_text("archived")
    lab.screenshot("run-archived")
    expect(rows.filter(has_text="<b>best</b>")).to_have_count(0)
    panel.get_by_label("archived").check()
    expect(rows.filter(has_text="<b>best</b>")).to_be_visible()
    expect(rows).to_have_count(1)
    lab.screenshot("sidebar-archived")
    choose(lab, rows, "Unarchive")
    expect(panel).to_contain_text("Nothing is archived")
    panel.get_by_label("archived").uncheck()
    expect(rows).to_have_count(2)
    assert lab.errors == []


def test_an_experiment_is_archived_from_its_heading_and_put_back_on_its_page(lab):
    panel = lab.open_sidebar()
    lab.new_notebook(RUNS)
    lab.run_cell(0)
    rows = panel.locator(".jp-Runs-row")
    expect(rows).to_have_count(2)
    choose(lab, panel.locator(".jp-Runs-heading", has_text="cifar10"), "Archive the experiment")
    expect(rows).to_have_count(1)
    panel.get_by_label("archived").check()
    expect(rows.filter(has_text="of-cifar10")).to_be_visible()
    choose(lab, panel.locator(".jp-Runs-heading", has_text="cifar10"), "Open the experiment")
    page = page_of(lab)
    expect(page.locator(".jp-Runs-label")).to_have_text("archived")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_role("columnheader", name="Started")).to_be_visible()
    page.get_by_role("button", name="Unarchive").click()
    expect(page.get_by_role("button", name="Archive", exact=True)).to_be_visible()
    expect(panel).to_contain_text("Nothing is archived")
    assert lab.errors == []


def test_what_is_archived_from_the_list_says_so_is_not_counted_and_comes_back(lab):
    panel = lab.open_sidebar()
    lab.new_notebook(RUNS, RUNS)
    lab.run_all()
    rows = panel.locator(".jp-Runs-row")
    heading = panel.locator(".jp-Runs-heading", has_text="digits")
    expect(heading).to_contain_text("2")
    choose(lab, rows.filter(has_text="of-digits").first, "Archive")
    told = lab.page.locator(".Toastify__toast", has_text="The run is archived.")
    expect(heading).to_contain_text("1")
    expect(rows).to_have_count(3)
    told.get_by_role("button", name="Undo").click()
    expect(heading).to_contain_text("2")
    expect(rows).to_have_count(4)
    assert lab.errors == []

"""A run once more: its code copied, and submitted anew from its page and from its widget."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

SUBMIT = """
import pathlib
from jupyter_runs import Experiment, RunDetails, ScriptRunConfig, Workspace
pathlib.Path("src").mkdir(exist_ok=True)
pathlib.Path("src/train.py").write_text("import sys; print('given', sys.argv[1:])")
config = ScriptRunConfig("src", "train.py", ["data.csv", "--lr", "0.1", "--note", "two <b>words</b>"])
run = Experiment(Workspace.get(), "sweeps").submit(config, name="first")
run.wait_for_completion()
"""


@pytest.fixture
def submitted(lab):
    """JupyterLab with a script that has been submitted, and has ended."""
    lab.open_sidebar()
    lab.new_notebook(SUBMIT, "RunDetails(run, interval=1).show()")
    lab.run_cell(0)
    return lab


def page_of(lab):
    return lab.page.locator(".jp-Runs-page:not(.lm-mod-hidden)")


def test_a_script_is_submitted_anew_from_its_page_and_opened(submitted):
    lab = submitted
    lab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lab.page.locator("#jupyter-runs-panel .jp-Runs-row", has_text="first").click()
    page = page_of(lab)
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_label("--note", exact=True)).to_have_value("two <b>words</b>")
    page.get_by_role("button", name="Copy code").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert '"two <b>words</b>"' in lab.page.evaluate("() => navigator.clipboard.readText()")
    lab.screenshot("run-again")
    page.get_by_label("--lr", exact=True).fill("0.5")
    page.get_by_role("textbox", name="Name").fill("second")
    page.get_by_role("button", name="Submit anew").click()
    expect(page.locator("h1")).to_have_text("sweeps / run 2")
    expect(page.locator(".jp-Runs-pill")).to_have_text("Completed")
    log = page.locator(".jp-Runs-log-lines")
    expect(log).to_have_text("given ['data.csv', '--lr', '0.5', '--note', 'two <b>words</b>']")
    expect(page.locator("dd", has_text="first-").get_by_role("button")).to_be_visible()
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_label("--lr", exact=True)).to_have_value("0.5")
    lab.set_theme("dark")
    lab.set_width(420)
    lab.hide_sidebars()
    lab.screenshot("run-again-narrow-dark")
    lab.page.keyboard.press("Escape")
    expect(page.get_by_label("--lr", exact=True)).to_have_count(0)
    assert lab.errors == []


def test_it_is_submitted_anew_from_its_widget_too(submitted):
    lab = submitted
    lab.hide_sidebars()
    lab.set_width(1100, 1300)
    lab.run_cell(1)
    root = lab.output_of(1).locator(".jpr-root").first
    root.get_by_role("button", name="Run again").click()
    expect(root.locator(".jpr-again-code pre")).to_contain_text('"two <b>words</b>"')
    root.get_by_label("--lr").fill("0.5")
    root.get_by_label("--lr").press("Tab")
    lab.screenshot("widget-again", of=root)
    root.get_by_role("button", name="Leave argument 1 out", exact=True).click()
    expect(root.get_by_role("button", name="Leave --lr out", exact=True)).to_be_focused()
    expect(root.get_by_label("argument 1")).to_have_count(0)
    root.get_by_role("button", name="Submit anew").click()
    new = root.locator(".jpr-below .jpr-root")
    expect(new.locator(".jpr-title")).to_have_text("sweeps / run 2")
    expect(new.locator(".jpr-pill")).to_contain_text("Completed")
    new.get_by_role("tab", name="Details").click()
    expect(new.get_by_text("train.py --lr 0.5 --note two <b>words</b>")).to_be_visible()
    lab.set_theme("dark")
    lab.set_width(420, 1300)
    lab.screenshot("widget-again-narrow-dark")
    root.get_by_role("button", name="Run again").first.click()
    expect(new).to_have_count(0)
    assert lab.errors == []

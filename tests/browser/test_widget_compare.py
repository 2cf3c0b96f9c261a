"""`experiment.show()` and `compare(runs)` in a page."""

from __future__ import annotations

from playwright.sync_api import expect

SETUP = """
import math
from jupyter_runs import Experiment, Workspace, compare
experiment = Experiment(Workspace.from_config(), 'sweep')
runs = []
for k in [3, 1, 2]:
    run = experiment.start_logging(name=f'<b>n{k}</b>', params={'alpha': k}, snapshot_directory=None)
    for i in range(50):
        run.log('loss', k * math.exp(-i / 20), step=i)
    run.log('mse', 10.0 * k)
    run.complete()
    runs.append(run)
"""
NEW = "late = experiment.start_logging(name='late-one', params={'alpha': 9}, snapshot_directory=None)\nlate.log('mse', 1.0)"


def column(root, place):
    return root.locator(f".jpr-runs-table tbody tr td:nth-child({place})").all_inner_texts()


def test_table_and_curves(lab):
    lab.hide_sidebars()
    lab.set_width(1400, 1600)
    lab.new_notebook(SETUP, "experiment.show()", "compare(runs)", NEW)
    for index in range(3):
        lab.run_cell(index)
    shown = lab.output_of(1).locator(".jpr-root")
    chosen = lab.output_of(2).locator(".jpr-root")
    for root in (shown, chosen):
        expect(
            root.locator(".jpr-card .curve path.line").nth(3)
        ).to_be_attached()  # the frame, and three runs
        expect(root.locator(".jpr-runs-table tbody tr")).to_have_count(3)
        expect(root).to_contain_text("<b>n1</b>")
        assert root.evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    assert column(chosen, 5) == ["3", "1", "2"]
    chosen.get_by_role("button", name="alpha").click()
    assert column(chosen, 5) == ["1", "2", "3"]
    chosen.get_by_role("button", name="alpha").click()
    assert column(chosen, 5) == ["3", "2", "1"]
    expect(chosen.locator("td", has_text="★")).to_have_count(2)  # least loss, least mse
    shown.get_by_role("button", name="mse").click()
    lab.run_cell(3)
    expect(shown.locator(".jpr-runs-table tbody tr")).to_have_count(4, timeout=2500)
    expect(shown.locator(".jpr-runs-table tbody tr").first).to_contain_text(
        "late-one"
    )  # still by mse
    lab.screenshot("widget-experiment", shown)
    lab.screenshot("widget-compare", chosen)
    assert lab.errors == []


def test_a_chart_whose_facts_come_after_its_card_has_ticks_that_fit(lab):
    lab.hide_sidebars()
    lab.new_notebook(
        SETUP,
        "shown = compare(runs)\nshown.widget\nknown = shown._stage.charts\n"
        "shown._stage.charts = {}\nshown.show()",
        "shown._stage.charts = known",
    )
    lab.run_cell(0)
    lab.run_cell(1)
    card = lab.output_of(1).locator(".jpr-card", has_text="loss")
    ticks = card.locator(".axis .tick")
    expect(ticks.nth(15)).to_be_attached()  # bqplot's own
    lab.run_cell(2)
    expect(ticks.nth(10)).not_to_be_attached()
    assert lab.errors == []

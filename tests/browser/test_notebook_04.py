"""Notebook 04 in real JupyterLab, cell by cell: a script is submitted, and its loss falls in the widget."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from labdriver import LabServer
from playwright.sync_api import expect

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOK = NOTEBOOKS / "04-train-a-script.ipynb"

# the line of the chart of that name, as bqplot's model has it
LINE = r"""async title => {
  const walk = widget => widget._manager?.promise
    ?? [...widget.children?.() ?? []].map(walk).find(found => found);
  const panel = [...window.jupyterapp.shell.widgets('main')].find(w => w.isVisible && w.content);
  const manager = await walk(panel.content);
  const models = await Promise.all(Object.values(manager._models));
  const stage = models.find(model => model.get('charts') && model.get('body'));
  for (const card of panel.content.node.querySelectorAll('.jpr-card')) {
    if (card.querySelector('.jpr-card-title')?.textContent === title) {
      const id = /jpr-card-(\d+)/.exec(card.className)[1];
      const line = stage.get('charts')[id].lines[0];
      const model = await manager.get_model(line.models[0]);
      return [Array.from(model.get('x')), Array.from(model.get('y'))];
    }
  }
  return [[], []];
}"""


@pytest.fixture
def lab(training, tmp_path, open_lab):
    """A JupyterLab in the home that has the notebook's environment, once it was built."""
    server = LabServer(tmp_path / "lab")
    server.home = training.home
    server.env.update(training.variables)
    server.start()
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(NOTEBOOKS / "cifar10", server.root / "cifar10", ignore=ignored)
    lab = open_lab(server, 1240, 1200)
    yield lab
    lab.page.goto("about:blank")
    server.stop()


def test_the_loss_of_a_submitted_script_falls_in_the_widget(lab):
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    index = {cell.id: place for place, cell in enumerate(cells)}
    lab.open_notebook(NOTEBOOK)
    lab.hide_sidebars()
    lab.run_cell(index["script"])
    lab.run_cell(index["environment"])
    lab.run_cell(index["build"], timeout=400)
    expect(lab.output_of(index["build"])).to_contain_text("environments/built")
    lab.run_cell(index["hand"], timeout=120)
    expect(lab.output_of(index["hand"])).to_contain_text("progress 100 of 100 batches")

    lab.run_cell(index["submit"])  # returns while the script has hardly begun
    output = lab.output_of(index["submit"])
    output.scroll_into_view_if_needed()
    expect(output).to_contain_text("Running")
    expect(output).to_contain_text(re.compile(r"\d+ of 1,000 batches"))
    expect(output).to_contain_text("left")
    early = points(lab, 2)
    lab.screenshot("notebook-04-page")
    lab.screenshot("notebook-04-running", of=output.locator(".jpr-root"))

    lab.run_cell(index["wait"], timeout=120)
    expect(lab.output_of(index["wait"])).to_contain_text("Status: Completed")
    lab.run_cell(index["came"])
    expect(lab.output_of(index["came"])).to_contain_text("outputs/model.pt")
    expect(output).to_contain_text("Completed")
    expect(output).to_contain_text("1,000 of 1,000 batches")

    steps, losses = points(lab, 40)
    assert steps == list(range(25, 1001, 25))
    assert losses[: len(early[1])] == early[1]
    assert losses[-1] < 0.8 * losses[0]
    for theme in ("light", "dark"):
        lab.set_theme(theme)
        lab.page.mouse.move(0, 0)
        output.scroll_into_view_if_needed()
        lab.screenshot(f"notebook-04-{theme}", of=output.locator(".jpr-root"))
    output.get_by_role("tab", name="Logs").click()
    expect(output).to_contain_text("batch 1,000: loss")
    assert lab.errors == []


def points(lab, count):
    """The steps and values of the chart of the loss, once it has so many."""
    badge = lab.page.locator(".jpr-card").filter(has_text="loss").locator(".jpr-badge").first
    expect(badge).to_have_text(re.compile(r"^\d+ points"))
    for _ in range(120):
        found = lab.page.evaluate(LINE, "loss")
        if len(found[0]) >= count:
            return found
        lab.page.wait_for_timeout(250)
    raise AssertionError(f"{len(found[0])} points of {count}")

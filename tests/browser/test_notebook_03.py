"""Notebook 03 in real JupyterLab: the widget lives while a thread trains.

Its screenshot `run-details` is the README's picture (``notebooks/images/run-details.png``).
"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from playwright.sync_api import expect

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "03-live.ipynb"


def test_the_widget_lives_while_a_thread_trains(lab):
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    index = {cell.id: place for place, cell in enumerate(cells)}
    lab.set_width(1240, 1200)
    lab.open_notebook(NOTEBOOK)
    lab.hide_sidebars()
    for name in ("seconds", "data", "train"):
        lab.run_cell(index[name])
    lab.run_cell(index["watch"])  # returns while the thread is at work
    output = lab.output_of(index["watch"])
    output.scroll_into_view_if_needed()

    expect(output).to_contain_text("Running")
    expect(output).to_contain_text(re.compile(r"[1-9]\d? of 40 rounds"))
    first = points(output, "train loss")
    expect(output).to_contain_text(re.compile(r"2\d of 40 rounds"))
    expect(output).to_contain_text("left")
    assert points(output, "train loss") > first > 0
    lab.page.mouse.move(0, 0)
    lab.screenshot("run-details", of=output.locator(".jpr-root"))

    lab.run_cell(index["meanwhile"])
    lab.run_cell(index["wait"])
    expect(output).to_contain_text("Completed")
    expect(output).to_contain_text("40 of 40 rounds")
    assert points(output, "train loss") == 760
    assert points(output, "test accuracy") == 40
    lab.screenshot("notebook-03", of=output)
    assert lab.errors == []


def points(output, title):
    """How many points the badge of a chart names."""
    here = output.page.locator(f".jpr-card-title:text-is('{title}')")
    card = output.locator(".jpr-card").filter(has=here)
    badge = card.locator(".jpr-badge")
    expect(badge).to_have_text(re.compile(r"^\d+ points"))
    return int(badge.inner_text().split()[0])

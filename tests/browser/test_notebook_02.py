"""Notebook 02 in real JupyterLab: each chart is in the page, with its points and its extremes.

What is drawn is asked of the page: bqplot's models for the values, the SVG paths for the points.
What it should be is computed here, not read by our own code.
"""

from __future__ import annotations

import math
from pathlib import Path

import nbformat
import numpy as np
from playwright.sync_api import expect

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "02-what-you-can-log.ipynb"

# From each card to the models of its lines, through the widget manager of the page.
CHARTS = r"""async index => {
  const walk = widget => widget._manager?.promise
    ?? [...widget.children?.() ?? []].map(walk).find(found => found);
  const panel = [...window.jupyterapp.shell.widgets('main')].find(w => w.isVisible && w.content);
  const cell = panel.content.widgets[index];
  const manager = await walk(cell);
  const models = await Promise.all(Object.values(manager._models));
  const stage = models.find(model => model.get('charts') && model.get('body'));
  const plain = values => Array.from(values ?? [], v => (Number.isFinite(v) ? v : null));
  const result = {};
  for (const card of cell.node.querySelectorAll('.jpr-card:not(.jpr-image-card)')) {
    const id = /jpr-card-(\d+)/.exec(card.className)[1];
    const lines = [];
    for (const line of stage.get('charts')[id]?.lines ?? []) {
      const model = await manager.get_model(line.models[0]);
      lines.push({
        label: line.label, marks: line.marks, x: plain(model.get('x')), y: plain(model.get('y')),
      });
    }
    const paths = [...card.querySelectorAll('path.line')].map(path => path.getAttribute('d') ?? '');
    result[card.querySelector('.jpr-card-title').textContent] = {
      lines,
      drawn: paths.map(d => (d.match(/[ML]/g) ?? []).length).filter(count => count),
      badge: card.querySelector('.jpr-badge')?.textContent ?? '',
    };
  }
  return result;
}"""


def cell_index(cell_id):
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    return next(index for index, cell in enumerate(cells) if cell.id == cell_id)


SHOW = cell_index("show")


def walk_of_the_notebook():
    signal = np.cumsum(np.random.default_rng(7).normal(size=120_000)) / 100
    signal[77_777] = 25.0
    return signal


DAYS = np.arange(30.0)
STEPS = np.arange(100.0)
EXPECTED = {
    "Sigmoid": [(np.arange(20), 1 / (1 + np.exp(-np.arange(-10.0, 10.0))))],
    "train/loss": [(STEPS, 2 * np.exp(-STEPS / 30) + 0.10)],
    "valid/loss": [(STEPS, 2 * np.exp(-STEPS / 35) + 0.22)],
    "train/accuracy": [(STEPS, 1 - 0.9 * np.exp(-STEPS / 25))],
    "with gaps": [(np.arange(9), np.array([1, 0.8, np.nan, 0.6, 0.5, np.nan, 0.4, np.nan, 0.3]))],
    "Fibonacci": [(np.arange(12), np.array([0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89.0]))],
    "Cosine": [(np.linspace(-5, 5, 20), np.cos(np.linspace(-5, 5, 20)))],
    "Sine": [(np.linspace(-5, 5, 41), np.sin(np.linspace(-5, 5, 41)))],
    "Growth": [(DAYS, DAYS * 2), (DAYS, DAYS**2 / 10), (DAYS, 10 * np.sqrt(DAYS))],
    "<b>x</b> series": [(np.arange(20), (np.arange(20.0) - 10) ** 2)],
    "a/b series": [(np.arange(20), np.arange(20.0) * (19 - np.arange(20.0)))],
}


def test_notebook_02(lab):
    """Run from top to bottom once, then looked at; three kernels for three looks would be slow."""
    lab.set_width(1400, 3000)  # all charts in sight: those out of sight may come later
    lab.open_notebook(NOTEBOOK)
    lab.hide_sidebars()
    lab.run_all(timeout=120)
    lab.output_of(SHOW).scroll_into_view_if_needed()
    expect(lab.output_of(SHOW).locator(".jpr-card .bqplot path.line").first).to_be_attached()
    more = lab.output_of(SHOW).locator(".jpr-more:visible")  # not before: until then all are "more"
    if more.count():
        more.click()
    found = charts_when_drawn(lab)
    lab.screenshot("notebook-02", of=lab.output_of(SHOW))
    check_points_and_extremes(found)
    check_the_spike(found["long walk"])
    check_names_and_tiles(lab.output_of(SHOW))
    check_the_matrix(lab.output_of(SHOW))
    check_the_other_tabs(lab, lab.output_of(SHOW))
    assert lab.errors == []


def charts_when_drawn(lab):
    """The charts, once each line is drawn; waits for nothing else."""

    def complete(found):
        return set(EXPECTED) <= set(found) and all(
            len(found[name]["drawn"]) >= len(lines) for name, lines in EXPECTED.items()
        )

    for _ in range(60):
        found = lab.page.evaluate(CHARTS, SHOW)
        if complete(found):
            return found
        lab.page.wait_for_timeout(250)
    return found  # the test says what is missing


def check_points_and_extremes(found):
    assert set(found) == {*EXPECTED, "long walk", "phase", "digits"}
    for name, lines in EXPECTED.items():
        chart = found[name]
        assert len(chart["lines"]) == len(lines), name
        for got, (x, y) in zip(chart["lines"], lines, strict=True):
            np.testing.assert_allclose(got["x"], x, rtol=1e-12, err_msg=name)
            values = np.array([math.nan if v is None else v for v in got["y"]])
            np.testing.assert_allclose(values, y, rtol=1e-12, err_msg=name)
        # in the SVG: one corner of the path for each point that is a number
        points = sorted(int(np.isfinite(y).sum()) for _, y in lines)
        assert sorted(chart["drawn"])[-len(points) :] == points, name

    marks = [(x, text) for x, text in found["with gaps"]["lines"][0]["marks"]]
    assert [x for x, _ in marks] == [2, 5, 7]
    assert marks[0][1] == "NaN"
    assert marks[1][1] == "∞"
    assert [line["label"] for line in found["Growth"]["lines"]] == ["linear", "squares", "roots"]

    badges = {name: chart["badge"] for name, chart in found.items()}
    assert badges["Cosine"] == "20 rows"
    assert badges["Fibonacci"] == "list of 12"
    assert badges["Sigmoid"] == "20 points"


def check_the_spike(chart):
    signal = walk_of_the_notebook()
    x = np.array(chart["lines"][0]["x"])
    y = np.array(chart["lines"][0]["y"])
    assert 1400 <= len(x) == len(y) <= 1500
    assert chart["badge"].startswith(f"{len(x):,} of 120,000 drawn")
    assert max(chart["drawn"]) == len(x)
    assert y.max() == 25.0
    assert x[y.argmax()] == 77_777
    assert y.min() == signal.min()
    assert (x[0], x[-1]) == (0, 119_999)
    # every point that is drawn was logged
    np.testing.assert_array_equal(y, signal[x.astype(int)])


def check_names_and_tiles(output):
    names = output.locator(".jpr-tile span").all_inner_texts()
    tiles = dict(zip(names, output.locator(".jpr-tile b").all_inner_texts(), strict=True))
    assert tiles["<b>x</b>"] == "1.5"
    assert tiles["a/b"] == "2.5"
    assert tiles["answer"] == "42"
    assert tiles["not a number"] == "NaN"
    assert tiles["no bound"] == "∞"
    assert tiles["model"] == "gradient boosting, 200 trees"
    titles = output.locator(".jpr-card-title").all_inner_texts()
    assert "<b>x</b> series" in titles
    assert "a/b series" in titles
    # taken for markup, the name would have become an element: nowhere a <b> that holds just x
    assert "x" not in output.locator("b").all_inner_texts()
    expect(output).to_contain_text("Completed")
    expect(output).to_contain_text("cooling down")


def check_the_matrix(output):
    counts = [int(text) for text in output.locator(".jpr-matrix tbody td").all_inner_texts()]
    assert len(counts) == 100
    assert sum(counts) == 899
    assert sum(counts[::11]) > 600  # the diagonal


def check_the_other_tabs(lab, output):
    output.get_by_role("tab", name="Images").click()
    pictures = output.locator(".jpr-image-card img:visible")
    expect(pictures).to_have_count(2)
    sizes = pictures.evaluate_all("images => images.map(i => [i.naturalWidth, i.naturalHeight])")
    assert [96, 96] in sizes
    assert all(width > 0 for width, _ in sizes)
    lab.screenshot("notebook-02-images", of=output)
    output.get_by_role("tab", name="Outputs").click()
    expect(output.get_by_text("summary.txt").first).to_be_visible()
    lab.screenshot("notebook-02-outputs", of=output)
    output.get_by_role("tab", name="Details").click()
    expect(output.get_by_text("a good one").first).to_be_visible()
    lab.screenshot("notebook-02-details", of=output)

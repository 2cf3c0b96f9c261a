"""Zooming in the real widget: the badge tells, the points are those of the part, the spike is seen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

SETUP = """
import math
from jupyter_runs import Experiment, RunDetails, Workspace
run = Experiment(Workspace.from_config(), 'long').start_logging(snapshot_directory=None)
for i in range(120_000):
    run.log('loss', 5.0 if i == 65_432 else math.sin(i / 9000), step=i)
run.flush()
RunDetails(run).show()
"""
SPIKE = 65_432
BADGE = re.compile(r"^[\d,]+ of [\d,]+ (in view|drawn) · zoom for exact$")

# the corners of the line (the other path is the invisible one that holds the axes), in pixels of the plot
CORNERS = """card => {
  const paths = [...card.querySelectorAll('.curve path.line')].map(
    path => (path.getAttribute('d') ?? '').match(/-?[\\d.e-]+,-?[\\d.e-]+/g) ?? []);
  const longest = paths.reduce((a, b) => (b.length > a.length ? b : a));
  const area = card.querySelector('.plotarea_events').getBoundingClientRect();
  return [longest.map(corner => corner.split(',').map(Number)), area.width, area.height];
}"""

WITHIN = """card => card.querySelector('.plotarea_events').getBoundingClientRect().right
  <= card.getBoundingClientRect().right"""


@pytest.fixture
def shown(lab):
    lab.hide_sidebars()
    lab.set_width(1400, 1000)
    lab.new_notebook(SETUP)
    lab.run_cell(0)
    card = lab.output_of(0).locator(".jpr-card")
    card.locator(".curve path.line").first.wait_for(state="attached")
    return lab, card


def drag(lab, card, start, end):
    """Draw a box over a part of the plot, given as fractions of its width."""
    card.scroll_into_view_if_needed()
    box = card.locator(".plotarea_events").bounding_box()
    y = box["y"] + box["height"] / 2
    mouse = lab.page.mouse
    mouse.move(box["x"] + start * box["width"], y)
    mouse.down()
    mouse.move(box["x"] + (start + end) / 2 * box["width"], y)
    mouse.move(box["x"] + end * box["width"], y)
    mouse.up()


def numbers(badge):
    return [int(n.replace(",", "")) for n in re.findall(r"[\d,]*\d", badge)]


def test_each_zoom_draws_its_own_points_and_says_so(shown):
    lab, card = shown
    badge = card.locator(".jpr-badge")
    expect(badge).to_have_text(BADGE)
    some, total = numbers(badge.inner_text())
    assert total == 120_000
    assert 500 <= some <= 1500
    low, high, level = 0.0, 119_999.0, 0
    tall = card.bounding_box()["height"]
    while True:
        said = badge.inner_text()
        corners, width, height = card.evaluate(CORNERS)
        # the spike reaches nearly to the top of the plot, and nothing else does
        assert min(y for _, y in corners) < 0.1 * height
        assert card.bounding_box()["height"] == tall  # nothing jumps when the words change
        lab.screenshot(f"zoom-{level}", card)
        if not BADGE.match(said):
            break
        share = (SPIKE - low) / (high - low)
        start, end = max(0.0, share - 0.07), min(1.0, share + 0.06)
        low, high = low + start * (high - low), low + end * (high - low)
        drag(lab, card, start, end)
        expect(badge).not_to_have_text(said)
        level += 1
        assert level < 6
    assert level >= 2
    inside = numbers(said)[0]
    assert said == f"{inside:,} points in view · exact"
    assert abs(inside - (high - low)) < 0.02 * (high - low) + 3  # a pixel or so
    # one corner for each point, and one more on each side, outside of the plot
    assert len(corners) == inside + 2
    assert sum(1 for x, _ in corners if 0 <= x <= width) == inside
    assert sum(1 for _, y in corners if y < 0.1 * height) == 1
    lab.screenshot("zoom-light-1400")
    lab.set_theme("dark")
    lab.set_width(500, 1000)
    lab.page.wait_for_function(WITHIN, arg=card.element_handle())
    lab.screenshot("zoom-dark-500")
    whole = f"{some:,} of 120,000 drawn · zoom for exact"
    card.get_by_text("Reset zoom").click()
    expect(badge).to_have_text(whole)
    plot = card.locator(".jpr-plot")
    plot.press("+")
    expect(badge).to_contain_text("in view")
    plot.press("-")  # no further out than all there is
    expect(badge).to_have_text(whole)
    expect(card.get_by_text("Reset zoom")).to_be_hidden()
    plot.press("-")
    expect(badge).to_have_text(whole)
    assert lab.errors == []

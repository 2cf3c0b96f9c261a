"""``nbconvert --to html`` of the executed notebooks shows the pictures with the network off."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from chromium import chromium

BROWSER = Path(__file__).resolve().parents[1] / "browser"
PICTURE = ".jupyter-runs-picture"
SEEN = """picture => {
  const box = picture.getBoundingClientRect();
  const charts = [...picture.querySelectorAll('svg, img')].filter(chart => {
    const size = chart.getBoundingClientRect();
    const there = chart.tagName === 'svg' || (chart.complete && chart.naturalWidth > 0);
    return there && size.width > 100 && size.height > 50;
  });
  return [box.width, box.height, charts.length];
}"""


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser):
    """A page without a network: whatever is asked of one fails."""
    context = browser.new_context(offline=True, viewport={"width": 1100, "height": 900})
    context.route(re.compile("^https?:"), lambda route: route.abort())
    yield context.new_page()
    context.close()


def as_nbconvert_makes_it(path, tmp_path):
    from nbconvert import HTMLExporter

    html, _ = HTMLExporter().from_filename(str(path))
    page = tmp_path / f"{path.stem}.html"
    page.write_text(html, encoding="utf-8")
    return page


@pytest.mark.parametrize(
    ("name", "pictures", "charts"),
    [("01-first-run", 2, 2), ("02-what-you-can-log", 1, 12), ("03-live", 1, 6)],
)
def test_pictures_are_seen_with_the_network_off(executed, page, tmp_path, name, pictures, charts):
    page.goto(as_nbconvert_makes_it(executed.paths[name], tmp_path).as_uri())
    found = page.locator(PICTURE)
    assert found.count() == pictures
    seen = 0
    for index in range(pictures):
        picture = found.nth(index)
        assert picture.is_visible()
        width, height, there = picture.evaluate(SEEN)
        assert width > 500
        assert height > 80
        seen += there
        (BROWSER / "screenshots").mkdir(exist_ok=True)
        picture.screenshot(path=BROWSER / "screenshots" / f"nbconvert-{name}-{index}.png")
    assert seen >= charts
    broken = page.locator(f"{PICTURE} img").evaluate_all(
        "images => images.filter(image => !image.complete || !image.naturalWidth).length"
    )
    assert broken == 0


def test_names_are_shown_as_text(executed, page, tmp_path):
    page.goto(as_nbconvert_makes_it(executed.paths["02-what-you-can-log"], tmp_path).as_uri())
    picture = page.locator(PICTURE)
    assert "<b>x</b>" in picture.inner_text()
    assert "a/b" in picture.inner_text()


def test_the_page_of_the_demo_asks_for_nothing(executed, page, demo):
    """The page that the demo writes beside the notebook doesn't even try."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    path = executed.paths["01-first-run"].with_suffix(".html")
    page.goto(path.as_uri())
    page.wait_for_load_state("load")
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert page.locator(PICTURE).count() == 2

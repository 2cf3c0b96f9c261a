"""What JupyterLab's pages take in a real Chromium; rows are left out where there is none."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import homes
import runs
from timing import Pair

sys.path.insert(0, str(Path(__file__).parent.parent / "browser"))

POLLS = 10_000
WARM = 1_000  # of these, before the heap is looked at
PANEL = "#jupyter-runs-panel"
PAGE = ".jp-Runs-page:not(.lm-mod-hidden)"

# what is timed is timed in the page: the way to a browser and back is none of it
HELPERS = """
window.bench = {
  frame: () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))),
  async until(met, act) {
    const start = performance.now();
    await act();
    while (!met()) {
      if (performance.now() - start > 60_000) { throw new Error(`never: ${met}`); }
      await new Promise(requestAnimationFrame);
    }
    await bench.frame();
    return performance.now() - start;
  },
  gaps: [],
  watch() {
    let last = performance.now();
    bench.gaps = [];
    bench.watching = true;
    const look = now => {
      bench.gaps.push(now - last);
      last = now;
      if (bench.watching) { requestAnimationFrame(look); }
    };
    requestAnimationFrame(now => { last = now; requestAnimationFrame(look); });
  },
  type(input, text) {
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
    set.call(input, text);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  },
  drawn: count => {
    const plots = [...document.querySelectorAll('PAGE .jp-Runs-plot canvas')];
    const waiting = [...document.querySelectorAll('PAGE [aria-busy=true]')];
    return plots.length >= count
      && !waiting.some(node => node.getBoundingClientRect().top < window.innerHeight);
  }
};
""".replace("PAGE", PAGE)


@contextmanager
def lab(folder: Path, home: Path, cache: Path):
    """Give JupyterLab on a home, in a browser."""
    from chromium import chromium, find_chromium
    from labdriver import Lab, LabServer

    if find_chromium() is None:
        yield None
        return
    server = LabServer(folder)
    server.home = home
    server.env |= {"JUPYTER_RUNS_HOME": str(home), "JUPYTER_RUNS_CACHE": str(cache)}
    server.start()
    try:
        with chromium() as browser:
            context = browser.new_context(viewport={"width": 1400, "height": 900})
            context.set_default_timeout(120_000)
            context.add_init_script(HELPERS)
            yield Lab(context.new_page(), server)
    finally:
        server.stop()


def until(page: Any, met: str, act: str) -> float:
    """Return the seconds from an act to the frame after something holds."""
    return page.evaluate(f"bench.until(() => {met}, async () => {{ {act} }})") / 1000


def settle(page: Any) -> None:
    """Wait until the server has read all runs, and what was made anew is on the disk."""
    url = "jupyterapp.serviceManager.serverSettings.baseUrl + 'jupyter-runs/api/runs?limit=1'"
    page.wait_for_function(f"() => fetch({url}).then(a => a.json()).then(a => !a.behind)")
    page.wait_for_timeout(3_000)


def show(panel: str) -> str:
    """Open a sidebar."""
    return f"jupyterapp.shell.activateById('{panel}')"


def panel(place: Path) -> dict[str, Pair]:
    """Open, scroll and filter a panel of 10,000 runs, some of which go on."""
    home = place / "panel"
    if not home.exists():
        homes.many(home, "many", homes.KINDS)
    repetition = place / f"panel-{os.getpid()}"
    going_on = homes.going_on(home, "many", homes.KINDS)
    with going_on, lab(repetition, home, repetition / "cache") as seen:
        if seen is None:
            return {}
        page = seen.page
        rows = f"document.querySelectorAll('{PANEL} .jp-Runs-row').length > 5"
        cold = until(page, rows, show("jupyter-runs-panel"))
        settle(page)
        page.reload()
        page.wait_for_function("window.jupyterapp !== undefined")
        page.evaluate("jupyterapp.restored.then(() => undefined)")
        page.wait_for_selector("#jupyterlab-splash", state="detached")
        page.evaluate("jupyterapp.shell.activateById('filebrowser')")
        outline = "document.querySelector('#table-of-contents').offsetHeight > 0"
        floor = until(page, outline, show("table-of-contents"))
        warm = until(page, rows, show("jupyter-runs-panel"))
        gap, gap_floor = scrolled(page, f"{PANEL} .jp-Runs-tree"), scrolled_plain(page)
        answer, answer_floor = filtered(page)
    return {
        "panel, cold": (cold, floor),
        "panel": (warm, floor),
        "panel, scrolled": (gap, gap_floor),
        "panel, filtered": (answer, answer_floor),
    }


def scrolled(page: Any, where: str) -> float:
    """Return the longest that a frame took in 200 turns of the wheel."""
    page.locator(where).hover()
    page.evaluate("bench.watch()")
    for number in range(200):
        page.mouse.wheel(0, 120 if number % 50 < 40 else -300)
    page.evaluate("bench.watching = false; bench.frame()")
    return page.evaluate("Math.max(...bench.gaps)") / 1000


def scrolled_plain(page: Any) -> float:
    """Return the same of a page with nothing but text."""
    other = page.context.new_page()
    other.set_content("<div id=tall>" + "<p>text</p>" * 10_000 + "</div>")
    other.evaluate(HELPERS)
    found = scrolled(other, "body")
    other.close()
    return found


def filtered(page: Any) -> Pair:
    """Return what it takes from the last key of a filter to what fits, and a way to the server and back."""
    texts = ('tags.model = "cnn" and metrics.loss.last < 0.2', "wise", "params.p7 > 100")
    total = f"document.querySelector('{PANEL} .jp-Runs-sieve-row .jp-Runs-dim')?.textContent"
    took = []
    for text in texts:
        page.evaluate(f"window.total = {total}")
        took.append(
            until(
                page,
                f"{total} !== window.total",
                f"bench.type(document.querySelector('{PANEL} input[type=search]'), {text!r})",
            )
        )
    url = "jupyterapp.serviceManager.serverSettings.baseUrl + 'api/status'"
    floor = until(page, "true", f"await fetch({url})")
    return max(took), floor


# polls as fast as they can be answered: what the server said first is said again, each time with other numbers
REPLAYED = """
async ([from, to]) => {
  const settings = jupyterapp.serviceManager.serverSettings;
  const { pulse } = [...jupyterapp.shell.widgets('left')].find(w => w.id === 'jupyter-runs-panel').model;
  const moves = new Set(['elapsed', 'version', 'updated', 'last', 'text', 'total']);
  const vary = (value, by) => {
    for (const key in value) {
      const one = value[key];
      if (one && typeof one === 'object') {
        vary(one, by);
      } else if (moves.has(key)) {
        value[key] = typeof one === 'number' ? one + by : `${by}`;
      }
    }
    return value;
  };
  window.asked ??= settings.fetch;
  window.told ??= new Map();
  let number = 0;
  settings.fetch = async request => {
    if (!request.url.includes('/jupyter-runs/api/')) { return asked(request); }
    const body = request.method === 'POST' ? await request.clone().text() : '';
    const key = request.url + body.replace(/"known".*/, '');
    if (!told.has(key)) { told.set(key, await (await asked(request)).text()); }
    const answer = JSON.stringify(vary(JSON.parse(told.get(key)), number));
    return new Response(answer, { headers: { ETag: `"${number}"` } });
  };
  for (number = from; number < to; number += 1) {
    const wanted = [...pulse.asked.keys()].filter(source => source.wanted);
    await Promise.all(wanted.map(source => pulse.refresh(source)));
    if (number % 10 === 0) { await bench.frame(); }
  }
  settings.fetch = asked;
}
"""


def polled(place: Path) -> dict[str, Pair]:
    """Return by how much the heap grows while panel and page of a run that goes on are asked for 10,000 times."""
    home = place / "panel"
    if not home.exists():
        homes.many(home, "many", homes.KINDS)
    repetition = place / f"polls-{os.getpid()}"
    going_on = homes.going_on(home, "many", homes.KINDS)
    with going_on as writers, lab(repetition, home, repetition / "cache") as seen:
        if seen is None:
            return {}
        page = seen.page
        seen.open_sidebar()
        page.wait_for_selector(f"{PANEL} .jp-Runs-row")
        run = f"workspace: 'many', id: '{writers[-1].folder.id}', tab: 'metrics'"
        act = f"jupyterapp.commands.execute('jupyter-runs:open-page', {{kind: 'run', {run}}})"
        until(page, "bench.drawn(4)", act)
        page.evaluate(REPLAYED, [0, WARM])
        before = heap(page)
        page.evaluate(REPLAYED, [WARM, POLLS])
        after = heap(page)
    return {"heap": (max(0.0, after - before), before)}


def heap(page: Any) -> float:
    """Return the bytes that the page holds."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    for _ in range(3):  # what the first leaves to be finalized goes with the next
        session.send("HeapProfiler.collectGarbage")
    used = float(session.send("Runtime.getHeapUsage")["usedSize"])
    session.detach()
    return used


def opened(place: Path) -> dict[str, Pair]:
    """Compare 50 runs, open an experiment of 10,000 and a run of 100 long metrics."""
    home = place / "pages"
    if not home.exists():
        homes.many(home, "one", 1)
        homes.curves(home, "curves", "loss")
        homes.curves(home, "two", "loss", "acc")
    run = runs.many_metrics(home, 100, 100_000)
    repetition = place / f"pages-{os.getpid()}"
    with lab(repetition, home, repetition / "cache") as seen:
        if seen is None:
            return {}
        page = seen.page
        seen.open_sidebar()
        page.wait_for_selector(f"{PANEL} .jp-Runs-row")
        settle(page)
        seen.hide_sidebars()
        opens = "jupyterapp.commands.execute('jupyter-runs:open-page', {})"
        curves, two = (
            [f"{place}/run-{number:06d}" for number in range(homes.COMPARED)]
            for place in ("curves", "two")
        )
        table = f"document.querySelectorAll('{PAGE} tbody tr').length > 50"
        found = {
            "compare": until(
                page, "bench.drawn(1)", opens.format(f"{{kind: 'compare', runs: {curves}}}")
            ),
            "compare, two": until(
                page, "bench.drawn(2)", opens.format(f"{{kind: 'compare', runs: {two}}}")
            ),
            "experiment": until(
                page,
                table,
                opens.format(
                    "{kind: 'experiment', workspace: 'one', experiment: 'experiment-000'}"
                ),
            ),
            "run": until(
                page,
                "bench.drawn(4)",
                opens.format(
                    f"{{kind: 'run', workspace: 'bench', id: '{run.id}', tab: 'metrics'}}"
                ),
            ),
        }
        floor = until(page, f"document.querySelector('{PAGE} h1')", opens.format("{kind: 'trash'}"))
    return {name: (seconds, floor) for name, seconds in found.items()}

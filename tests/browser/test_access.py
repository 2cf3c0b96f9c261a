"""For whoever has no mouse, or hears the pages: axe-core on each of them, and the whole way by keys alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from portaldriver import Portal, Training

AXE = Path(__file__).parents[2] / "labextension" / "node_modules" / "axe-core" / "axe.min.js"
# `main` of the web page has all of a page; JupyterLab's own parts are JupyterLab's to judge
CHECK = """async where => {
  const { violations } = await axe.run(where, { resultTypes: ['violations'] });
  return violations.filter(one => ['serious', 'critical'].includes(one.impact)).flatMap(
    one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`)
  );
}"""
RUNS = """
from io import BytesIO
from pathlib import Path
from jupyter_runs import Experiment, Workspace
Path('train.py').write_text("print('source')")
def start(name, rate):
    run = experiment.start_logging(name=name, params={'lr': rate, 'act': '<b>relu</b>'}, snapshot_directory='.', outputs=False)
    run.set_tags({'model': 'cnn', 'best': None})
    for step in range(30): run.log('loss', rate / (step + 1), step=step)
    run.log('quality', rate)
    run.log_row('waves', sine=0.1, cosine=0.9); run.log_row('waves', sine=0.2, cosine=0.8)
    run.log_confusion_matrix('confusion', {'class_labels': ['red', 'white'], 'matrix': [[41, 6], [8, 39]]})
    run.log_table('results', {'fold': ['a', 'b'], 'score': [0.61, 0.63]})
    for step in range(2): run.log_image('samples', plot=np.full((8, 8, 3), 90 * step, 'uint8'), step=step)
    (run.folder / 'logs').mkdir(exist_ok=True)
    (run.folder / 'logs' / 'train.txt').write_text('epoch 1\\n' * 200)
    run.upload_file('outputs/notes.txt', BytesIO(b'note ' * 2000))
    return run
import numpy as np
experiment = Experiment(Workspace.get(), 'cifar10')
old, busy, bad, gone = (start(name, rate) for name, rate in (
    ('wise-crane', 0.01), ('brave-otter', 0.02), ('sad-finch', 0.03), ('lost-hare', 0.04)))
for k in range(2):
    with busy.child_run(f'trial-{k}') as child: child.log('mse', 3 - k)
busy.progress(1, 4)
old.complete(); gone.complete()
bad.fail('RuntimeError: out of memory', error_code='ExitCode1')
"""
RUN_TABS = ("Details", "Metrics", "Images", "Child runs", "Outputs + logs", "Snapshot")
COMPARE_TABS = ("Charts", "Parameters and metrics", "Images", "Code and environment")


def load_axe(page):
    if not AXE.is_file():
        pytest.fail(f"{AXE} is not there: `cd labextension && jlpm install` brings it")
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text())


def checked(page, where, told):
    """Fail with what axe-core finds serious in a part of the page, once it holds still."""
    expect(
        page.locator(where).locator("[aria-busy=true]:visible, .jp-Runs-note:text-is('Loading…')")
    ).to_have_count(0)
    load_axe(page)
    assert page.evaluate(CHECK, where) == [], told


@pytest.fixture
def fed(lab_server):
    """Run ids by name, of a process that trains in a server's folder: over, going on, failed, and one in the trash."""
    training = Training(lab_server)
    training.do(f"exec({RUNS!r})")
    ids = dict(
        zip(
            ("old", "busy", "bad", "gone"),
            training.do("print(old.id, busy.id, bad.id, gone.id)").split(),
        )
    )
    lab_server.request(f"jupyter-runs/api/runs/default/{ids['gone']}/trash", "POST")
    yield ids
    training.end()
    lab_server.clear()


def page_of(lab):
    return lab.page.locator(".jp-Runs-page:not(.lm-mod-hidden)")


def pages_of(ids):
    """What pages there are: their arguments in JupyterLab, their address, a word of their title, their tabs."""
    two = [f"default/{ids[one]}" for one in ("old", "busy")]
    run = {"kind": "run", "workspace": "default"}
    experiment = {"kind": "experiment", "workspace": "default", "experiment": "cifar10"}
    compared = "&".join("run=" + one.replace("/", "%2F") for one in two)
    return [
        (run | {"id": ids["busy"]}, f"workspaces/default/runs/{ids['busy']}", "run 2", RUN_TABS),
        (run | {"id": ids["bad"]}, f"workspaces/default/runs/{ids['bad']}", "run 3", ()),
        (experiment, "workspaces/default/experiments/cifar10", "cifar10", ("Runs", "Charts")),
        ({"kind": "compare", "runs": two}, f"compare?{compared}", "2 runs", COMPARE_TABS),
        ({"kind": "compute"}, "compute", "Compute", ()),
        ({"kind": "trash"}, "trash", "Trash", ()),
    ]


def look_at(page, where, told, tabs):
    """Check a page that is open, each of its tabs."""
    expect(page.locator(where).locator("h1")).to_contain_text(told)
    for name in tabs:
        page.locator(where).get_by_role("tab", name=name).click()
        checked(page, where, f"{told}, {name}")
    if not tabs:
        checked(page, where, told)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_is_found_in_lab(lab, fed, theme):
    lab.set_theme(theme)
    panel = lab.open_sidebar()
    expect(panel.locator(".jp-Runs-row")).to_have_count(3)
    panel.locator(".jp-Runs-tree").focus()
    lab.page.keyboard.press("ArrowDown")
    lab.page.keyboard.press("ArrowDown")
    checked(lab.page, "#jupyter-runs-panel", "panel")
    for args, _, told, tabs in pages_of(fed):
        lab.execute("jupyter-runs:open-page", **args)
        look_at(lab.page, ".jp-Runs-page:not(.lm-mod-hidden)", told, tabs)
    assert lab.errors == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_is_found_in_the_web_page(browser, lab_server, fed, theme):
    portal = Portal(browser, lab_server, color_scheme=theme)
    portal.log_in()
    for _, path, told, tabs in [({}, "", "Experiments", ()), *pages_of(fed)]:
        portal.goto(path)
        expect(portal.page.locator("nav .jp-Runs-row")).to_have_count(3)
        look_at(portal.page, "#jp-portal", told, tabs)
    assert portal.errors == []
    portal.context.close()


def test_from_the_list_to_a_run_and_back_by_keys_alone(lab, fed):
    panel = lab.open_sidebar()
    keys, page = lab.page.keyboard.press, lab.page
    tree = panel.get_by_role("tree")
    row = lambda text: panel.locator(".jp-Runs-row", has_text=text)  # noqa: E731
    expect(row("sad-finch")).to_be_visible()
    panel.get_by_role("searchbox").focus()
    for _ in range(4):  # order, by experiment, archived, the list
        keys("Tab")
    expect(tree).to_be_focused()
    keys("ArrowDown")
    expect(row("sad-finch")).to_have_attribute("aria-selected", "true")
    expect(row("sad-finch")).to_have_css("outline-style", "solid")  # one sees where the keys are
    keys("ArrowDown")
    keys("Enter")
    expect(page_of(lab)).to_be_focused()
    expect(page_of(lab).locator("h1")).to_have_text("cifar10 / run 2")
    for _ in range(20):
        keys("Tab")
        if page.evaluate("document.activeElement.role") == "tab":
            break
    tab = page_of(lab).get_by_role("tab", name="Details")
    expect(tab).to_be_focused()
    expect(tab).to_have_css("outline-style", "solid")
    keys("ArrowRight")
    expect(page_of(lab).get_by_role("tab", name="Metrics")).to_be_focused()
    expect(page_of(lab).locator("[data-chart=loss] canvas")).to_be_visible()
    # marked and compared
    lab.execute("jupyter-runs:show-panel")
    expect(tree).to_be_focused()
    keys("Home")
    keys("ArrowDown")
    keys("Shift+ArrowDown")
    page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name="Compare 2 runs")).to_be_focused()
    keys("Enter")
    expect(page_of(lab).locator("h1")).to_have_text("2 runs beside each other")
    expect(page_of(lab)).to_be_focused()
    # the menu, renamed
    tree.focus()
    keys("Escape")
    keys("End")
    keys("Shift+F10")
    menu = page.get_by_role("menu").filter(has_text="Rename…")
    expect(menu).to_be_visible()
    keys("Escape")
    expect(menu).to_have_count(0)
    expect(tree).to_be_focused()
    keys("Shift+F10")
    expect(menu).to_be_visible()
    keys("r")
    keys("Enter")
    field = page.locator(".jp-Dialog input")
    expect(field).to_be_focused()
    page.keyboard.type("calm-heron")
    keys("Enter")
    expect(row("calm-heron")).to_be_visible()
    expect(tree).to_be_focused()
    keys("F2")
    expect(field).to_have_value("calm-heron")
    keys("Escape")
    expect(tree).to_be_focused()
    # deleted, and back; keys stay where the run was
    keys("Delete")
    expect(page.locator(".jp-Dialog .jp-mod-warn")).to_be_focused()
    keys("Enter")
    expect(row("calm-heron")).to_have_count(0)
    expect(tree).to_be_focused()
    expect(row("brave-otter")).to_have_attribute("data-focused", "true")
    keys("Control+z")
    expect(row("calm-heron")).to_be_visible()
    # the menu of an experiment
    keys("Home")
    keys("ContextMenu")
    expect(page.get_by_role("menuitem", name="Open")).not_to_have_count(0)
    keys("Escape")
    expect(tree).to_be_focused()
    assert lab.errors == []


def test_a_page_that_was_closed_opens_again(lab, fed):
    row = lab.open_sidebar().locator(".jp-Runs-row", has_text="wise-crane")
    row.click()
    expect(page_of(lab).locator("h1")).to_have_text("cifar10 / run 1")
    tab = lab.page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab", has_text="run 1")
    tab.locator(".lm-TabBar-tabCloseIcon").click()
    expect(lab.page.locator(".jp-Runs-page")).to_have_count(0)
    row.click()
    expect(page_of(lab).locator("h1")).to_have_text("cifar10 / run 1")
    expect(
        row.locator("xpath=ancestor::*[@role='tree']")
    ).to_be_focused()  # a click leaves the keys in the list


WIDGET = """
from jupyter_runs import RunDetails, Workspace
RunDetails(Workspace.get().get_run({id!r})).show()
"""


def test_nothing_serious_is_found_in_the_widget(lab, fed):
    lab.hide_sidebars()
    lab.new_notebook(WIDGET.format(id=fed["busy"]))
    lab.run_all()
    root = lab.output_of(0).locator(".jpr-root")
    expect(root.locator(".jpr-plot .axis .tick").first).to_be_attached()
    load_axe(lab.page)
    for theme in ("light", "dark"):
        if theme == "dark":
            lab.set_theme(theme)
        # bqplot's own drawings, in colours of Lab's theme; ipywidgets gives the handle of its slider no name
        where = {"include": [".jpr-root"], "exclude": [[".jpr-plot svg"], [".noUi-handle"]]}
        assert lab.page.evaluate(CHECK, where) == [], theme

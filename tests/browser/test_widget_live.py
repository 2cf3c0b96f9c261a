"""The widget while things go on: a busy kernel, renewed pictures, a reload, a kernel that is gone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

SETUP = """
import math, os, time
from jupyter_runs import Experiment, RunDetails, Workspace
run = Experiment(Workspace.from_config(), 'live').start_logging(snapshot_directory=None)
for i in range(400):
    run.log('loss', 1 + math.sin(i / 20), step=i)
    run.log_row('pair', x=i, a=math.sin(i / 30), b=math.cos(i / 30))
(run.folder / 'logs').mkdir(exist_ok=True)
(run.folder / 'logs' / 'driver.txt').write_text(''.join(f'line {i}\\n' for i in range(400)))
run.flush()
"""
SHOW = "RunDetails(run).show()"
BUSY = """
end = time.time() + 90
i = 400
while not os.path.exists('enough') and time.time() < end:
    run.log('loss', 1 + math.sin(i / 20), step=i)
    i += 1
    spin = time.time() + 0.05
    while time.time() < spin:
        math.sqrt(i)
"""


@pytest.fixture
def shown(lab):
    """A notebook that shows a run with two charts and a log."""
    lab.hide_sidebars()
    lab.set_width(1400, 1400)
    lab.new_notebook(
        SETUP,
        SHOW,
        BUSY,
        "run.log('late', 42)",
        "run.complete()",
        "run.log('loss', 9.0, step=500)",
    )
    lab.run_cell(0)
    lab.run_cell(1)
    root_of(lab).locator(".bqplot .curve path.line").first.wait_for(state="attached")
    return lab


def root_of(lab, cell=1):
    return lab.output_of(cell).locator(".jpr-root")


def card(lab, title):
    return (
        root_of(lab)
        .locator(".jpr-card")
        .filter(has=lab.page.locator(f".jpr-card-title:text-is('{title}')"))
    )


def plot_box(lab, title):
    plot = card(lab, title).locator(".plotarea_events")
    plot.scroll_into_view_if_needed()
    return plot.bounding_box()


def drag(lab, title, start, end):
    """Draw a box over a part of a plot, given as fractions of its width."""
    box = plot_box(lab, title)
    y = box["y"] + box["height"] / 2
    mouse = lab.page.mouse
    mouse.move(box["x"] + start * box["width"], y)
    mouse.down()
    mouse.move(box["x"] + (start + end) / 2 * box["width"], y + 2)
    mouse.move(box["x"] + end * box["width"], y + 3)
    mouse.up()


def x_labels(lab, title):
    # by their place: what else bqplot marks them with is not the same after it has drawn them anew
    ticks = card(lab, title).locator(".axis .tick:is([transform$=', 0)'], [transform$=',0)']) text")
    return ticks.all_text_contents()


def enough(lab):
    """Let the busy cell end."""
    (lab.server.root / "enough").touch()


def tab(lab, name):
    return root_of(lab).get_by_role("tab", name=name)


def test_moves_while_the_main_thread_is_busy(shown):
    lab = shown
    badge = card(lab, "loss").locator(".jpr-badge")
    expect(badge).to_have_text("400 points")
    line = card(lab, "loss").locator("path.line").last
    before = line.get_attribute("d")
    lab.run_cell(2, wait=False)
    expect(badge).not_to_have_text("400 points")
    expect(line).not_to_have_attribute("d", before)
    assert lab.is_busy()
    # what the browser does alone
    tab(lab, "Logs").click()
    expect(root_of(lab).locator(".jpr-log")).to_be_visible()
    expect(root_of(lab).locator(".jpr-log")).to_contain_text("line 399")
    tab(lab, "Metrics").click()
    card(lab, "pair").get_by_role("button", name="a", exact=True).click()
    expect(card(lab, "pair").get_by_role("button", name="a", exact=True)).to_have_attribute(
        "aria-pressed", "false"
    )
    drag(lab, "loss", 0.2, 0.5)
    expect(card(lab, "loss").get_by_text("Reset zoom")).to_be_visible()
    assert "0" not in x_labels(lab, "loss")
    box = plot_box(lab, "pair")
    lab.page.mouse.move(box["x"] + 80, box["y"] + 40)
    lab.page.mouse.move(box["x"] + 100, box["y"] + 40)
    expect(card(lab, "pair").locator(".jpr-tip")).to_contain_text("b")
    # what needs the kernel is there, where it hears beside the main thread (a subshell), or says so
    busy = root_of(lab).locator("p.jpr-busy:visible")
    exact = card(lab, "loss").get_by_text("in view · exact")
    expect(busy.or_(exact).first).to_be_visible()
    assert lab.is_busy()
    enough(lab)
    lab.wait_idle()
    expect(root_of(lab).get_by_text("The kernel is busy")).to_be_hidden()
    expect(badge).to_contain_text("in view · exact")
    assert lab.errors == []


def test_a_change_in_the_same_kernel_shows_within_about_a_second(shown):
    lab = shown
    lab.page.wait_for_timeout(1500)  # past the first look, so that only the next one can show it
    lab.run_cell(3)
    expect(root_of(lab).locator(".jpr-tile", has_text="late")).to_contain_text("42", timeout=1500)
    lab.run_cell(4)
    expect(root_of(lab).locator(".jpr-pill")).to_have_text("✓ Completed", timeout=1500)
    assert lab.outputs_json(4) == []  # nothing lands in a cell that it has nothing to do with


WATCH = """
() => {
  const root = document.querySelector('.jpr-root');
  root.dataset.first = 'yes';
  window.missed = 0;
  const look = () => {
    if (!document.querySelector('.jpr-root[data-first]')) window.missed += 1;
    requestAnimationFrame(look);
  };
  look();
}
"""


@pytest.mark.parametrize("extension", ["with our extension", "where Lab draws outputs anew"])
def test_a_renewed_picture_costs_nothing_that_was_set(shown, extension):
    lab = shown
    if (
        "anew" in extension
    ):  # as in places that do not have it: VS Code, a Lab that only has ipywidgets
        lab.page.evaluate(
            """() => {
              for (const panel of window.jupyterapp.shell.widgets('main')) {
                panel.content?.rendermime?.removeMimeType('application/vnd.jupyter-runs+json');
              }
            }"""
        )
        lab.run_cell(1)
        expect(lab.output_of(1).locator(".jp-Runs-output")).to_have_count(0)
        root_of(lab).locator(".bqplot .curve path.line").first.wait_for(state="attached")

    def picture():
        return lab.outputs_json(1)[0]["data"]["text/html"]

    drag(lab, "loss", 0.25, 0.5)
    expect(card(lab, "loss").locator(".jpr-badge")).to_contain_text("in view · exact")
    labels = x_labels(lab, "loss")
    card(lab, "pair").get_by_role("button", name="a", exact=True).click()
    root_of(lab).get_by_placeholder("Find a metric…").fill("o")
    expect(card(lab, "pair")).to_have_count(0)
    tab(lab, "Logs").click()
    log = root_of(lab).locator(".jpr-log")
    expect(log).to_contain_text("line 399")
    log.evaluate("node => { node.scrollTop = -300; }")
    notebook = lab.page.locator(".jp-WindowedPanel-outer").first
    scrolled = notebook.evaluate("node => node.scrollTop")
    lab.page.evaluate(WATCH)
    before = picture()
    lab.run_cell(4)  # the end of the run renews the picture
    lab.page.wait_for_function("b => jr.outputs(1)[0].data['text/html'] !== b", arg=before)
    lab.page.wait_for_function(
        "() => document.querySelector('.jpr-pill').textContent.includes('Completed')"
    )
    lab.page.wait_for_timeout(500)  # give a flash the time to be seen
    assert lab.page.evaluate("window.missed") == 0
    assert root_of(lab).get_attribute("data-first") == "yes"
    assert root_of(lab).count() == 1
    expect(tab(lab, "Logs")).to_have_attribute("aria-selected", "true")
    assert log.evaluate("node => node.scrollTop") == -300
    assert abs(notebook.evaluate("node => node.scrollTop") - scrolled) < 2
    tab(lab, "Metrics").click()
    expect(root_of(lab).get_by_placeholder("Find a metric…")).to_have_value("o")
    root_of(lab).get_by_placeholder("Find a metric…").fill("")
    assert x_labels(lab, "loss") == labels
    expect(card(lab, "pair").get_by_role("button", name="a", exact=True)).to_have_attribute(
        "aria-pressed", "false"
    )
    assert lab.errors == []


def test_keys_reach_everything(shown):
    lab = shown
    press = lab.page.keyboard.press
    tab(lab, "Metrics").focus()
    press("ArrowRight")
    expect(tab(lab, "Logs")).to_be_focused()
    expect(root_of(lab).locator(".jpr-log")).to_be_visible()
    press("Home")
    expect(card(lab, "loss")).to_be_visible()
    plot = card(lab, "loss").locator(".jpr-plot")
    plot.focus()
    press("ArrowRight")
    tip = card(lab, "loss").locator(".jpr-tip")
    expect(tip).to_contain_text("step 20")
    first = tip.inner_text()
    press("ArrowRight")
    expect(tip).not_to_have_text(first)
    labels = x_labels(lab, "loss")
    press("+")
    expect(card(lab, "loss").locator(".jpr-badge")).to_contain_text("in view · exact")
    assert x_labels(lab, "loss") != labels
    press("0")
    expect(card(lab, "loss").locator(".jpr-badge")).to_have_text("400 points")
    assert x_labels(lab, "loss") == labels
    key = card(lab, "pair").get_by_role("button", name="a", exact=True)
    key.focus()
    press("Enter")
    expect(key).to_have_attribute("aria-pressed", "false")
    assert (
        lab.outputs_json(1)[0]["output_type"] == "display_data"
    )  # no key was a shortcut of the notebook's
    assert lab.errors == []


def test_comes_back_after_a_reload_as_it_was(shown):
    lab = shown
    drag(lab, "loss", 0.25, 0.5)
    expect(card(lab, "loss").locator(".jpr-badge")).to_contain_text("in view · exact")
    labels = x_labels(lab, "loss")
    card(lab, "pair").get_by_role("button", name="a", exact=True).click()
    tab(lab, "Logs").click()
    lab.reload()
    root_of(lab).wait_for()
    expect(tab(lab, "Logs")).to_have_attribute("aria-selected", "true")
    expect(root_of(lab).locator(".jpr-log")).to_contain_text("line 399")
    tab(lab, "Metrics").click()
    expect(card(lab, "loss").get_by_text("Reset zoom")).to_be_visible()
    assert x_labels(lab, "loss") == labels
    expect(card(lab, "pair").get_by_role("button", name="a", exact=True)).to_have_attribute(
        "aria-pressed", "false"
    )
    lab.run_cell(3)
    expect(root_of(lab).locator(".jpr-tile", has_text="late")).to_contain_text("42")
    assert lab.errors == []


def test_the_picture_stands_when_the_kernel_is_gone(shown):
    lab = shown
    lab.run_cell(4)
    expect(root_of(lab).locator(".jpr-pill")).to_have_text("✓ Completed")
    lab.page.wait_for_function("() => jr.outputs(1)[0].data['text/html'].includes('Completed')")
    saved = lab.save().read_bytes()
    assert len(saved) < 120_000
    data = lab.outputs_json(1)[0]["data"]
    assert data["application/vnd.jupyter-runs+json"]["version"] == 1
    assert data["application/vnd.jupyter-runs+json"]["run_id"]
    lab.shutdown_kernel()
    for kernel in (False, True):  # without a kernel, and with a new one that knows nothing
        lab.reload(kernel=kernel, save=False)
        output = lab.output_of(1)
        expect(output.locator(".jp-Runs-picture")).to_be_visible()
        expect(output).to_contain_text("live / run 1")
        expect(output).to_contain_text("Completed")
        expect(output.get_by_text("model not found")).to_be_hidden()
        expect(output.get_by_text("Loading widget")).to_be_hidden()
        lab.screenshot(f"widget-kernel-gone-{'new' if kernel else 'none'}", output)


def test_a_kernel_that_is_restarted_leaves_no_wreck(shown):
    lab = shown
    lab.cell(4).locator(".cm-content").fill("run.experiment.show()")
    lab.run_cell(4)
    expect(root_of(lab, 4)).to_be_visible()
    # a kernel that is still starting can't be ended at once: the answer to the restart is waited for too
    with (
        lab.page.expect_response("**/api/kernels/*/restart*"),
        lab.page.expect_response("**/jupyter-runs/api/runs/default/*"),
    ):
        lab.page.evaluate("() => { void jr.execute('kernelmenu:restart') }")
        lab.page.locator(".jp-Dialog .jp-mod-accept").click()
    attached = lab.output_of(1).locator(".jp-Runs-attached")
    expect(attached.locator("h1")).to_have_text("live / run 1")
    expect(root_of(lab)).to_be_hidden()
    table = root_of(lab, 4)  # no run: there is nothing to put in its place, and one line says so
    said = "e => getComputedStyle(e, '::before').content"
    lab.page.wait_for_function(
        "e => e.classList.contains('jupyter-widgets-disconnected')", arg=table.element_handle()
    )
    assert "The kernel has ended" in table.evaluate(said)
    assert table.locator(".jupyter-widgets-disconnected").first.evaluate(said) == "none"
    lab.screenshot("widget-kernel-restarted", lab.output_of(4))
    assert lab.errors == []


def test_the_picture_stands_while_a_busy_kernel_cannot_answer(shown):
    lab = shown
    lab.save()
    lab.run_cell(2, wait=False)
    lab.page.reload()
    lab.page.wait_for_function("window.jupyterapp !== undefined")
    output = lab.page.locator(".jp-Notebook-cell").nth(1).locator(".jp-Cell-outputArea")
    expect(output.locator(".jp-Runs-picture")).to_be_visible()
    expect(output).to_contain_text("live / run 1")
    enough(lab)
    expect(output.locator(".jpr-root")).to_be_visible()
    expect(output.locator(".jp-Runs-picture")).to_be_hidden()

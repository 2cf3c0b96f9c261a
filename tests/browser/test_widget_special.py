"""Special charts, children, logs and a cancel in a real Lab: pictures to judge by eye, and what can be judged without one."""

from __future__ import annotations

import re

from playwright.sync_api import expect

SETUP = """
import numpy as np
from jupyter_runs import Experiment, Workspace, RunDetails
experiment = Experiment(Workspace.from_config(), 'wines')
rng = np.random.default_rng(1)
"""

SPECIAL = """
run = experiment.start_logging(name='fair-judge', snapshot_directory=None)
true = rng.integers(0, 3, 900)
scores = rng.normal(0, 1, (900, 3)); scores[np.arange(900), true] += (2.2, 1.4, 0.9)[0]
scores[:, 2] += rng.normal(0, 1.4, 900)
scores = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
def tables(thresholds, k):
    is_k = true == k
    return [[int((is_k & (p := scores[:, k] >= t)).sum()), int((~is_k & p).sum()), int((~is_k & ~p).sum()), int((is_k & ~p).sum())] for t in thresholds]
even = np.linspace(0, 1, 101)
run.log_accuracy_table('accuracy', {
    'probability_tables': [tables(even, k) for k in range(3)], 'percentile_tables': [tables(np.quantile(scores[:, k], even), k) for k in range(3)],
    'probability_thresholds': even, 'percentile_thresholds': even, 'class_labels': ['red', '<b>rosé</b>', 'white']})
y = rng.normal(50, 12, 4000); predicted = y * 0.9 + 5 + rng.normal(0, 4, 4000)
counts, edges = np.histogram(predicted - y, bins=24)
run.log_residuals('residuals', {'bin_edges': edges, 'bin_counts': counts})
edges = np.linspace(10, 90, 21); at = np.digitize(y, edges) - 1
run.log_predictions('predictions', {'bin_edges': edges, 'bin_counts': [int((at == i).sum()) for i in range(20)],
    'bin_averages': [predicted[at == i].mean() if (at == i).any() else 0 for i in range(20)],
    'bin_errors': [predicted[at == i].std() if (at == i).any() else 0 for i in range(20)]})
run.log_confusion_matrix('confusion', {'class_labels': ['red', 'rosé', 'white'], 'matrix': [[41, 6, 2], [8, 39, 2], [1, 2, 46]]})
for i in range(60): run.log('loss', 3 / (i + 3))
run.log('r2', 0.87)
run.complete()
RunDetails(run).show()
"""


# whether the special plots have taken the width of their cards
FITS = """root => [...root.querySelectorAll('.jpr-card-y ~ .jpr-plot .plotarea_events')].every(plot => {
  const right = plot.closest('.jpr-card').getBoundingClientRect().right;
  return plot.getBoundingClientRect().right < right;
})"""


def test_special_charts(lab):
    lab.hide_sidebars()
    lab.new_notebook(SETUP, SPECIAL)
    lab.run_all()
    root = lab.output_of(1).locator(".jpr-root")
    expect(root.locator(".jpr-card")).to_have_count(6)
    expect(root).to_contain_text("<b>rosé</b> · AUC")
    expect(root.locator(".jpr-guide")).to_have_count(3)
    for width in (500, 1400):
        lab.set_width(width, 2600)
        for theme in ("light", "dark"):
            lab.set_theme(theme)
            root.page.wait_for_function(FITS, arg=root.element_handle())
            lab.screenshot(f"special-{theme}-{width}", root)
        assert root.evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    bars = root.locator(".jpr-card", has=lab.page.get_by_text("residuals", exact=True))
    bars.scroll_into_view_if_needed()
    box = bars.locator(".plotarea_events").bounding_box()
    for x in (100, 120):
        lab.page.mouse.move(box["x"] + x, box["y"] + 60)
    expect(bars.locator(".jpr-tip")).to_contain_text(" to ")
    lab.screenshot("special-tip", bars)
    assert lab.errors == []


CHILDREN = """
run = experiment.start_logging(name='wide-search', snapshot_directory=None)
children = run.create_children(tag_key='lr', tag_values=[0.3, 0.1, 0.03, 0.01])
for child, rate in zip(children, [0.3, 0.1, 0.03, 0.01]):
    child.log_params({'depth': int(10 * rate) + 1})
    for i in range(80): child.log('loss', abs(rate - 0.09) + 3 / (i + 1))
    child.log('accuracy', 0.9 - rate)
    run.log('best loss', 1 - rate)
children[0].complete(); children[1].complete(); children[2].fail('ValueError: <i>nan</i>')
RunDetails(run, interval=1).show()
"""


def test_children(lab):
    lab.hide_sidebars()
    lab.new_notebook(SETUP, CHILDREN, "children[3].log('news', 7)", "run.complete()")
    lab.run_cell(0)
    lab.run_cell(1)
    root = lab.output_of(1).locator(".jpr-root").first
    root.get_by_role("tab", name="Children").click()
    table = root.locator("table[data-sort=children]")
    expect(table.locator("tbody tr")).to_have_count(4)
    expect(root.locator(".jpr-lead")).to_contain_text("has the lowest loss")
    table.get_by_role("button", name="lr", exact=True).click()
    expect(table.locator("tbody tr").first).to_contain_text("0.01")
    table.locator("tbody tr").first.locator(".jpr-open").click()
    child = root.locator(".jpr-root")
    expect(child.locator(".jpr-card")).to_have_count(1)
    expect(table.locator("tbody tr").first).to_have_class("jpr-opened")
    lab.run_cell(2)
    expect(child).to_contain_text("news")  # live
    child.get_by_role("tab", name="Details").click()  # the tabs of each are its own
    expect(child.get_by_text("Processors").first).to_be_visible()
    expect(table).to_be_visible()
    child.get_by_role("tab", name="Metrics").click()
    for width in (500, 1400):
        lab.set_width(width, 1500)
        for theme in ("light", "dark"):
            lab.set_theme(theme)
            lab.page.wait_for_timeout(500)
            lab.screenshot(f"children-{theme}-{width}", root)
        assert root.evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    lab.run_cell(3)
    expect(table.locator("tbody tr").first).to_contain_text("Completed")
    table.locator("tbody tr").first.locator(".jpr-open").click()
    expect(child).to_have_count(0)
    assert lab.errors == []


CANCEL = """
run = experiment.start_logging(name='long-way', snapshot_directory=None)
run.log('loss', 1.0)
RunDetails(run, interval=1).show()
"""
BUSY = """
import pathlib, time
while not pathlib.Path('go').exists(): time.sleep(0.05)
"""


def test_cancel_says_when_it_will_be_heard(lab):
    lab.hide_sidebars()
    lab.new_notebook(SETUP, CANCEL, BUSY, "run.complete()")
    lab.run_cell(0)
    lab.run_cell(1)
    root = lab.output_of(1).locator(".jpr-root")
    expect(root.locator(".jpr-tile")).to_be_visible()
    lab.run_cell(2, wait=False)
    lab.page.wait_for_timeout(300)
    assert lab.is_busy()
    root.locator(".jpr-cancel").click()
    # where the kernel hears beside the main thread (a subshell), it is asked at once
    waits = root.get_by_role("button", name="Heard when the cell is done")
    asked = root.get_by_text("■ Canceling…", exact=True)
    expect(waits.or_(asked).first).to_be_visible()
    lab.screenshot("cancel-busy", root)
    (lab.server.root / "go").touch()
    expect(root.locator(".jpr-cancel")).to_have_text("■ Canceling…")
    expect(root.locator(".jpr-cancel.jpr-asked")).to_have_count(0)
    lab.screenshot("cancel-asked", root)
    lab.run_cell(3)
    expect(root.locator(".jpr-pill")).to_contain_text("Canceled")
    assert lab.errors == []


LOGS = """
run = experiment.start_logging(name='many-lines', snapshot_directory=None)
logs = run.folder / 'logs'; logs.mkdir()
def write(text, name='70_driver_log.txt'):
    with (logs / name).open('a') as file: file.write(text)
write('Collecting torch\\nInstalled 3 packages\\n', '20_image_build_log.txt')
write(''.join(f'epoch 1, batch {i}: loss {2 - i / 9000:.3f}\\n' for i in range(9000)))
write('\\x1b[32mvalidation\\x1b[0m <b>begins</b>\\n')
def bar(done): write(f'\\r epoch 2: {done // 10:3d}%|{"█" * (done // 50):20s}| {done}/1000 [00:12<01:17, 34.1batch/s]')
for done in range(0, 430, 10): bar(done)
RunDetails(run, interval=1).show()
"""
LOG_FAILED = """
write('\\nTraceback (most recent call last):\\n  File "train.py", line 41, in <module>\\n    loss.backward()\\n\\x1b[31mRuntimeError\\x1b[0m: CUDA out of memory\\n')
run.fail('RuntimeError: CUDA out of memory', error_code='ExitCode1')
"""


def test_a_time_left_that_has_run_out_is_told_no_more(lab):
    lab.hide_sidebars()
    lab.new_notebook(SETUP, LOGS.replace("interval=1)", "interval=1000)"))
    lab.run_cell(0)
    lab.run_cell(1)
    left = lab.output_of(1).locator("[data-jpr=left]")
    expect(left).to_have_text(re.compile(r"about \d+ s left"))
    # time goes by a thousand times as fast: the kernel may say once more how long it takes
    lab.page.evaluate(
        "() => { const now = Date.now, at = now(); Date.now = () => at + 1000 * (now() - at); }"
    )
    expect(left).to_have_text("")
    assert lab.errors == []


def test_logs_and_a_failure(lab):
    lab.hide_sidebars()
    lab.new_notebook(SETUP, LOGS, "bar(990)", LOG_FAILED)
    lab.run_cell(0)
    lab.run_cell(1)
    root = lab.output_of(1).locator(".jpr-root")
    expect(root).to_contain_text("420 of 1,000 batch")
    expect(root.locator("[data-jpr=left]")).to_be_visible()
    root.get_by_role("tab", name="Logs").click()
    log = root.locator(".jpr-log")
    expect(log).to_contain_text("42%|████████ ")
    expect(log).not_to_contain_text(" 41%|")
    assert log.evaluate("node => node.scrollTop") == 0  # at its end
    follow = root.get_by_role("button", name="Follow")
    expect(follow).to_be_hidden()
    log.hover()
    lab.page.mouse.wheel(0, -4000)
    expect(follow).to_be_visible()
    lab.run_cell(2)
    expect(log).to_contain_text("99%|")
    assert log.evaluate("node => node.scrollTop") < -1000  # who has scrolled up stays there
    lab.screenshot("logs-up", root)
    follow.click()
    expect(follow).to_be_hidden()
    for theme in ("light", "dark"):
        lab.set_theme(theme)
        lab.screenshot(f"logs-{theme}-1400", root)
    lab.set_width(500, 1200)
    lab.screenshot("logs-dark-500", root)
    lab.run_cell(3)
    expect(root.get_by_role("alert")).to_contain_text("CUDA out of memory")
    expect(root.locator(".jpr-tail")).to_contain_text("loss.backward()")
    for theme in ("light", "dark"):
        lab.set_theme(theme)
        lab.screenshot(f"failed-{theme}-500", root)
    assert root.evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    assert lab.errors == []

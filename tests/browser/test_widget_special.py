"""Special charts, children, logs and a cancel in a real Lab: pictures to judge by eye, and what can be judged without one."""

from __future__ import annotations

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
            expect(root.locator(".jpr-plot .axis .tick").first).to_be_attached()
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

"""A sweep in a real Lab: pictures to judge by eye, and what can be judged without one."""

from __future__ import annotations

from playwright.sync_api import expect

SWEEP = """
from pathlib import Path
from jupyter_runs import Experiment, RunDetails, ScriptRunConfig, Workspace
from azureml.train.hyperdrive import *
Path('src').mkdir(exist_ok=True)
Path('src/train.py').write_text('''
import argparse, math
from azureml.core import Run
parser = argparse.ArgumentParser()
parser.add_argument('--lr', type=float)
parser.add_argument('--batch-size', type=int)
parser.add_argument('--optimizer')
args = parser.parse_args()
run = Run.get_context()
for epoch in range(5):
    run.log('quality', 0.9 - abs(math.log10(args.lr) + 2) * 0.1 - args.batch_size / 1000 - 0.2 / (epoch + 1))
run.log('seconds', args.batch_size / 7)
''')
config = HyperDriveConfig(
    run_config=ScriptRunConfig('src', 'train.py'),
    hyperparameter_sampling=RandomParameterSampling(
        {'--lr': loguniform(-9, -1), '--batch-size': choice(16, 32, 64, 128), '--optimizer': choice('sgd', 'adam')}, seed=4),
    primary_metric_name='quality', primary_metric_goal=PrimaryMetricGoal.MAXIMIZE,
    max_total_runs=12, max_concurrent_runs=4)
run = Experiment(Workspace.from_config(), 'sweeps').submit(config)
RunDetails(run, interval=1).show()
"""


def test_a_sweep(lab):
    lab.hide_sidebars()
    lab.new_notebook("%load_ext jupyter_runs.azureml", SWEEP)
    lab.run_cell(0)
    lab.run_cell(1)
    root = lab.output_of(1).locator(".jpr-root").first
    expect(root).to_contain_text("Completed", timeout=60_000)
    cards = root.locator(".jpr-card")
    expect(cards.first).to_contain_text("quality · runs")
    expect(cards.first).to_contain_text("best so far")
    drawn = root.locator(".jpr-card-of-parallel")
    expect(drawn.locator("img")).to_be_visible()
    expect(drawn).to_contain_text("12 runs, a line each")
    for width in (500, 1400):
        lab.set_width(width, 1300)
        for theme in ("light", "dark"):
            lab.set_theme(theme)
            lab.page.wait_for_timeout(500)
            lab.screenshot(f"sweep-{theme}-{width}", root)
        assert root.evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    root.get_by_role("tab", name="Children").click()
    expect(root.locator(".jpr-lead")).to_contain_text("has the highest quality")
    expect(root.locator("table[data-sort=children] tbody tr")).to_have_count(12)
    lab.screenshot("sweep-children", root)
    assert lab.errors == []

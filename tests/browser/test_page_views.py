"""What pages draw beside curves: sweeps, pipelines, special charts, logs as a terminal, runs beside each other."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

SWEEP = """
from pathlib import Path
from jupyter_runs import Experiment, ScriptRunConfig, Workspace
from azureml.train.hyperdrive import *
Path('src').mkdir()
Path('src/train.py').write_text('''
import sys
from azureml.core import Run
run = Run.get_context()
for value in (0.1, float(sys.argv[2]), 0.2):
    run.log('quality', value)
''')
config = HyperDriveConfig(
    run_config=ScriptRunConfig('src', 'train.py'),
    hyperparameter_sampling=GridParameterSampling({'--rate': choice(0.3, 0.9, 0.6)}),
    primary_metric_name='quality', primary_metric_goal=PrimaryMetricGoal.MAXIMIZE,
    max_total_runs=3, max_concurrent_runs=3)
run = Experiment(Workspace.get(), 'sweeps').submit(config)
run.wait_for_completion()
"""
PIPELINE = """
from pathlib import Path
from jupyter_runs import Experiment, Workspace
from jupyter_runs.jobs.pipeline import Pipeline, PipelineData, PythonScriptStep
Path('steps').mkdir()
Path('steps/prepare.py').write_text("raise SystemExit('no data')")
Path('steps/train.py').write_text("print(1)")
data = PipelineData('data')
steps = [
    PythonScriptStep('train.py', name='train', source_directory='steps', arguments=[data], inputs=[data]),
    PythonScriptStep('prepare.py', name='prepare', source_directory='steps', arguments=[data], outputs=[data]),
]
run = Experiment(Workspace.get(), 'pipes').submit(Pipeline(Workspace.get(), steps))
run.wait_for_completion(raise_on_error=False)
"""
SPECIAL = """
import os, time
from jupyter_runs import start_logging
run = start_logging(name='judge', outputs=False, snapshot_directory=None)
run.log_confusion_matrix('confusion', {'class_labels': ['<i>red</i>', 'white'], 'matrix': [[41, 6], [8, 39]]})
run.log_residuals('residuals', {'bin_edges': [-2, -1, 0, 1, 2], 'bin_counts': [1, 5, 6, 2]})
run.log_predictions('predictions', {
    'bin_edges': [0, 1, 2, 3], 'bin_averages': [0.6, 1.4, 2.6], 'bin_errors': [0.1, 0.2, 0.1], 'bin_counts': [3, 4, 5]})
table = [[9, 8, 2, 1], [7, 2, 8, 3], [2, 0, 10, 8]]
run.log_accuracy_table('accuracy', {
    'probability_tables': [table], 'percentile_tables': [table], 'probability_thresholds': [0.1, 0.5, 0.9],
    'percentile_thresholds': [0.1, 0.5, 0.9], 'class_labels': ['yes']})
logs = run.folder / 'logs'
logs.mkdir(exist_ok=True)
log = open(logs / 'train.txt', 'w', buffering=1, newline='')
log.write('begin\\n\\repoch 1/9\\n\\rbatch  7/50\\x1b[A')
"""
BARS = r"""
log.write('\repoch 2/9\n\rbatch 31/50\x1b[A')
"""
END = r"""
log.write('\repoch 9/9\n\rbatch 50/50\x1b[A\n\n\x1b[32mdone <b>well</b>\x1b[0m\n')
run.complete()
"""
RUNS = """
import numpy as np
from jupyter_runs import Experiment, Workspace
for k, rate in enumerate((0.001, 0.1, 0.01)):
    with Experiment(Workspace.get(), 'tries').start_logging(
            name=f'try-{k}', params={'lr': rate, 'act': 'relu' if k else '<b>'}, outputs=False, snapshot_directory=None) as run:
        run.log('loss', rate if k < 2 else float('nan'))
        for step in ((0, 10), (0, 5), ())[k]:
            run.log_image('samples', plot=np.full((8, 8, 3), 40 + 20 * step, 'uint8'), step=step)
"""


def page_of(lab):
    return lab.page.locator(".jp-Runs-page:not(.lm-mod-hidden)")


def open_run(lab, name=None):
    """Open the page of the newest run without a parent, or of the one of a name."""
    runs = lab.server.request("jupyter-runs/api/runs")["runs"]
    run = next(one for one in runs if name in (None, one["name"]))
    lab.execute("jupyter-runs:open-page", kind="run", workspace=run["workspace"], id=run["id"])
    return page_of(lab)


def tab(lab, name):
    page_of(lab).get_by_role("tab", name=name).click()


def test_a_sweep_has_its_charts_and_its_best_run(lab):
    pytest.importorskip("optuna")
    lab.new_notebook("%load_ext jupyter_runs.azureml", SWEEP)
    lab.run_all()
    page = open_run(lab)
    tab(lab, "Child runs")
    best = page.locator("tr", has=lab.page.locator(".jp-Runs-best"))
    expect(best).to_contain_text("0.9")
    tab(lab, "Metrics")
    plot = page.locator(".jp-Runs-parallel svg")
    expect(page.locator("[data-chart='quality · runs']")).to_contain_text("best so far")
    expect(plot).to_contain_text("rate")
    lab.screenshot("page-sweep")
    plot.focus()
    lab.page.keyboard.press("ArrowDown")  # the best
    lab.page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("sweeps / run")
    expect(page.locator("dt", has_text="Parent")).to_be_visible()
    expect(page.locator("dd", has_text="0.9").first).to_be_visible()
    assert lab.errors == []


def test_the_steps_of_a_pipeline(lab):
    lab.new_notebook(PIPELINE)
    lab.run_all()
    page = open_run(lab)
    tab(lab, "Steps")
    rows = page.locator("tbody tr")
    expect(rows.nth(0)).to_contain_text("prepare")
    expect(rows.nth(0)).to_contain_text("Failed")
    expect(rows.nth(1)).to_contain_text("Canceled")
    lab.screenshot("page-steps")
    rows.nth(0).get_by_role("button", name="prepare").click()
    expect(page.locator(".jp-Runs-log-lines")).to_contain_text("no data")
    assert lab.errors == []


def test_special_charts_and_a_log_with_bars_below_each_other(lab):
    lab.new_notebook(SPECIAL, BARS, END)
    lab.run_cell(0)
    page = open_run(lab)
    log = page.locator(".jp-Runs-log-lines")
    expect(log).to_have_text("begin\nepoch 1/9\nbatch  7/50")
    lab.page.evaluate("jupyterapp.shell.activateById([...jupyterapp.shell.widgets('main')][0].id)")
    lab.run_cell(1)
    open_run(lab)
    expect(log).to_have_text("begin\nepoch 2/9\nbatch 31/50")
    lab.page.evaluate("jupyterapp.shell.activateById([...jupyterapp.shell.widgets('main')][0].id)")
    lab.run_cell(2)
    open_run(lab)
    expect(log).to_have_text("begin\nepoch 9/9\nbatch 50/50\ndone <b>well</b>\n")
    tab(lab, "Metrics")
    expect(page.locator(".jp-Runs-matrix td")).to_contain_text(["", "41", "6", "8", "39"])
    expect(page.locator("[data-chart=confusion]")).to_contain_text("<i>red</i>")
    for chart, words in {"residuals": "14 residuals", "predictions": "12 values"}.items():
        expect(page.locator(f"[data-chart={chart}]")).to_contain_text(words)
    expect(page.locator(".jp-Runs-card", has_text="ROC")).to_contain_text("AUC")
    expect(page.locator(".jp-Runs-card", has_text="precision-recall")).to_contain_text("AUC")
    lab.screenshot("page-special")
    assert lab.errors == []


def test_runs_are_lines_over_their_parameters_and_have_their_images_beside_each_other(lab):
    lab.new_notebook(RUNS)
    lab.run_all()
    runs = lab.server.request("jupyter-runs/api/runs")["runs"][::-1]
    names = [f"{run['workspace']}/{run['id']}" for run in runs]
    lab.execute("jupyter-runs:open-page", kind="compare", runs=names)
    page = page_of(lab)
    plot = page.locator(".jp-Runs-parallel svg")
    expect(plot).to_contain_text("<b>")
    expect(plot).to_contain_text("1 NaN")
    expect(page.get_by_text("1 run has no finite value of it.")).to_be_visible()
    box = plot.bounding_box()
    x, top = box["x"] + 64, box["y"]  # the first axis
    lab.page.mouse.move(x, top + 25)
    lab.page.mouse.down()
    lab.page.mouse.move(x, top + 60)
    lab.page.mouse.move(x, top + 80)
    lab.page.mouse.up()
    lab.page.mouse.move(x, top - 60)
    expect(page.get_by_text("1 run of 3 goes through.")).to_be_visible()
    lab.screenshot("page-parallel")
    page.get_by_role("button", name="Show all").click()
    # the same by keys
    axes = plot.get_by_role("slider")
    plot.focus()
    lab.page.keyboard.press("Tab")
    expect(axes.first).to_be_focused()
    expect(page.get_by_text("Up and Down move")).to_be_visible()
    lab.screenshot("page-parallel-keys")
    lab.page.keyboard.press("ArrowDown")
    expect(page.get_by_text("2 runs of 3 go through.")).to_be_visible()
    lab.page.keyboard.press("Shift+ArrowUp")
    expect(page.get_by_text("1 run of 3 goes through.")).to_be_visible()
    expect(axes.first).to_have_attribute("aria-valuetext", re.compile("1 run of 3"))
    lab.page.keyboard.press("ArrowRight")
    expect(axes.nth(1)).to_be_focused()
    lab.set_theme("dark")
    lab.screenshot("page-parallel-keys-dark")
    axes.nth(1).focus()
    lab.page.keyboard.press("Escape")
    expect(axes.first).to_have_attribute("aria-valuetext", "all")
    tab(lab, "Images")
    shown = page.locator("figure")
    expect(shown.nth(0)).to_contain_text("try-0")
    expect(shown.nth(1)).to_contain_text("of step 5")
    expect(shown.nth(2)).to_contain_text("none yet")
    page.get_by_label("Step of samples").fill("0")
    expect(page.locator(".jp-Runs-images-step")).to_contain_text("step 0")
    expect(page.locator("figure img")).to_have_count(2)
    assert lab.page.evaluate(
        "Promise.all([...document.querySelectorAll('.jp-Runs-images img')].map(i => i.decode().then(() => i.naturalWidth)))"
    ) == [8, 8]
    lab.screenshot("page-images")
    assert lab.errors == []

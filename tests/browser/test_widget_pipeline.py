"""A pipeline in a real Lab: the table of its steps, and one of them opened by a click."""

from __future__ import annotations

from playwright.sync_api import expect

PIPELINE = """
from pathlib import Path
import pandas
from azureml.core import Experiment, Workspace
from azureml.pipeline.core import Pipeline, PipelineData
from azureml.pipeline.steps import ExecutePythonScript, PythonScriptStep
from azureml.widgets import RunDetails
Path('steps').mkdir(exist_ok=True)
Path('steps/prepare.py').write_text("import sys; open(sys.argv[1] + '/rows.txt', 'w').write('12')")
Path('steps/train.py').write_text('''
import sys
from azureml.core import Run
run = Run.get_context()
for epoch in range(10):
    run.log('loss', 1 / (epoch + 1))
run.parent.log('loss at the end', 1 / 10)
print('trained on', open(sys.argv[1] + '/rows.txt').read(), 'rows')
''')
Path('steps/evaluate.py').write_text('''
def azureml_main(dataframe1=None, dataframe2=None):
    from azureml.core import Run
    Run.get_context().log(name='Mean_Absolute_Error', value=dataframe1['Mean_Absolute_Error'])
    return dataframe1,
''')
Path('steps/publish.py').write_text("raise OSError('nobody answers')")
rows = PipelineData('rows')
prepare = PythonScriptStep('prepare.py', name='prepare', arguments=[rows], outputs=[rows], source_directory='steps')
train = PythonScriptStep('train.py', name='train', arguments=[rows], inputs=[rows], source_directory='steps')
evaluate = ExecutePythonScript('steps/evaluate.py', [pandas.DataFrame({'Mean_Absolute_Error': [0.25]})], name='evaluate')
publish = PythonScriptStep('publish.py', name='publish', source_directory='steps')
publish.run_after(train)
report = PythonScriptStep('publish.py', name='report', source_directory='steps')
report.run_after(publish)
run = Experiment(Workspace.from_config(), 'pipelines').submit(Pipeline(Workspace.from_config(), [report, publish, evaluate, train, prepare]))
RunDetails(run).show()
"""


def test_a_pipeline(lab):
    lab.hide_sidebars()
    lab.new_notebook("%load_ext jupyter_runs.azureml", PIPELINE)
    lab.run_cell(0)
    lab.run_cell(1)
    root = lab.output_of(1).locator(".jpr-root").first
    expect(root).to_contain_text("step 'publish' failed: OSError: nobody answers", timeout=60_000)
    # what a pipeline is about stands first: its steps, in their order
    expect(root.locator(".jpr-tabs").first.locator(".mod-active")).to_have_text("Steps")
    steps = root.locator("table[data-sort=children]").first.locator("tbody tr")
    expect(steps).to_have_count(5)
    expect(steps.last).to_contain_text("report")
    expect(steps.last).to_contain_text("Canceled")
    for width in (500, 1400):
        lab.set_width(width, 1300)
        for theme in ("light", "dark"):
            lab.set_theme(theme)
            lab.page.wait_for_timeout(500)
            lab.screenshot(f"pipeline-{theme}-{width}", root)
        assert root.evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    steps.filter(has_text="train").get_by_role("button").first.click()
    below = root.locator(".jpr-below").first
    expect(below).to_contain_text("Completed")
    expect(below.locator(".jpr-card").first).to_contain_text("loss")
    below.get_by_role("tab", name="Logs").click()
    expect(below).to_contain_text("trained on 12 rows")
    lab.screenshot("pipeline-step", root)
    assert lab.errors == []

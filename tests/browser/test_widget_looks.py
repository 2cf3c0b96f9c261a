"""How the widget looks: pictures to judge by eye, and what can be judged without one."""

from __future__ import annotations

from playwright.sync_api import expect

SETUP = """
import math, random, numpy as np
from jupyter_runs import Experiment, Workspace, RunDetails
experiment = Experiment(Workspace.from_config(), 'cifar10')
random.seed(1)
"""

EMPTY = "run = experiment.start_logging(name='calm-heron', snapshot_directory=None)\nRunDetails(run).show()"

BUSY = """
run = experiment.start_logging(name='brave-otter', snapshot_directory=None)
run.log_params({'lr': 0.001, 'batch': 64})
run.set_tags({'model': 'cnn', 'Best Run': None})
for name, value in {'alpha': 0.4, 'mse': 3295.741, 'best accuracy': 0.6174, 'model': 'cnn-small', 'seed': 1337}.items():
    run.log(name, value)
for i in range(6000):
    run.log('loss', 1.2 + 2.2 * math.exp(-i / 1500) + random.gauss(0, 0.08), step=i * 20)
for i in range(620):
    run.log('accuracy', 0.6 * (1 - math.exp(-i / 150)) + random.gauss(0, 0.012), step=i * 200)
    run.log('lr', 0.0005 * (1 + math.cos(i / 620 * math.pi)), step=i * 200)
for i in range(20):
    run.log_row('Cosine Wave', angle=-5 + i / 2, cosine=math.cos(-5 + i / 2))
run.log_list('Fibonacci', [0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89])
for i in range(200):
    run.log_row('system / utilisation', seconds=i * 10, GPU=65 + 25 * math.sin(i / 9) + random.gauss(0, 4), CPU=40 - 12 * math.sin(i / 12) + random.gauss(0, 3))
for i, v in enumerate([0.5, float('nan'), 0.7, float('inf'), 0.6, 0.4, float('-inf'), 0.3, 0.35, 0.2]):
    run.log('holes', v, step=i)
run.log_confusion_matrix('confusion', {'schema_type': 'confusion_matrix', 'schema_version': '1.0.0', 'data': {
    'class_labels': ['cat', 'dog', 'frog', 'truck'], 'matrix': [[41, 6, 2, 1], [8, 39, 2, 1], [1, 2, 46, 1], [0, 1, 1, 48]]}})
run.log_table('results', {'fold': ['a', 'b', 'c'], 'score': [0.61, 0.63, 0.6], 'note': ['ok', '<b>best</b>', 'ok']})
for i, text in enumerate(['warm-up done', 'lr halved', 'plateau']):
    run.log('phase', text, step=i)
run.log('<b>x</b>', 1.0); run.log('<b>x</b>', 2.0)
image = np.zeros((120, 160, 3), np.uint8)
for i in range(3):
    image[..., i % 3] = np.linspace(0, 255, 160).astype(np.uint8)
    run.log_image('samples', plot=image)
run.progress(7260, 12500, 'batches')
(run.folder / 'logs').mkdir(exist_ok=True)
(run.folder / 'logs' / '70_driver_log.txt').write_text(''.join(f'epoch=2, batch= {i}: loss {2 - i / 9000:.3f}\\n' for i in range(0, 9000, 20)))
(run.folder / 'logs' / 'user_log.txt').write_text('hello\\n')
from io import BytesIO
run.upload_file('model.bin', BytesIO(bytes(120_000)))
run.upload_file('notes/readme.txt', BytesIO(b'hello'))
run.flush()
RunDetails(run).show()
"""

FAILED = """
run = experiment.start_logging(name='calm-finch', snapshot_directory=None)
for i in range(50):
    run.log('loss', 3 / (i + 1), step=i * 64)
(run.folder / 'logs').mkdir(exist_ok=True)
(run.folder / 'logs' / '70_driver_log.txt').write_text('''epoch=1, batch= 2000: loss 2.19
  File "train.py", line 41, in <module>
    loss.backward()
RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB
''')
run.fail('RuntimeError: CUDA out of memory, train.py line 41', error_code='ExitCode1')
RunDetails(run).show()
"""

HUNDRED = """
run = experiment.start_logging(name='many-things', snapshot_directory=None)
for k in range(100):
    name = f'layer{k % 10}/weight norm {k}' if k < 80 else f'metric-{k}'
    for i in range(150):
        run.log(name, math.sin(i / (5 + k)) + k, step=i)
run.flush()
RunDetails(run).show()
"""

STATES = {"empty": EMPTY, "busy": BUSY, "failed": FAILED, "hundred": HUNDRED}


# the titles of cards that do not lie within the widget
WITHIN = """root => {
  const all = root.getBoundingClientRect();
  return [...root.querySelectorAll('.jpr-card')].filter(card => {
    const box = card.getBoundingClientRect();
    return box.width && (box.left < all.left || box.right > all.right + 1);
  }).map(card => card.textContent);
}"""


def test_looks_right_in_each_state(lab):
    lab.hide_sidebars()
    lab.new_notebook(SETUP, *STATES.values())
    lab.run_all()
    for width, height in ((500, 4000), (1400, 2400)):  # pictures hold all but the hundred
        lab.set_width(width, height)
        for index, state in enumerate(STATES, start=1):
            check(lab, index, state, width)
            for theme in ("light", "dark"):
                lab.set_theme(theme)
                lab.screenshot(
                    f"widget-{state}-{theme}-{width}", lab.output_of(index).locator(".jpr-root")
                )
    assert lab.errors == []


def check(lab, index, state, width):
    root = lab.output_of(index).locator(".jpr-root")
    expect(root).to_be_visible()
    root.scroll_into_view_if_needed()
    cards = root.locator(".jpr-grid:not(.jpr-gallery) .jpr-card")
    if state == "empty":
        expect(root).to_contain_text("Nothing logged yet")
        expect(cards).to_have_count(0)
    if state == "failed":
        expect(root.get_by_role("alert")).to_contain_text("CUDA out of memory")
        expect(root.locator(".jpr-tail")).to_contain_text("loss.backward()")
    if state == "busy":
        expect(cards.locator(".jpr-card-title")).to_have_count(11)
        titles = [text.strip() for text in cards.locator(".jpr-card-title").all_inner_texts()]
        for name in (
            "loss",
            "Fibonacci",
            "Cosine Wave",
            "confusion",
            "results",
            "phase",
            "<b>x</b>",
        ):
            assert name in titles
        expect(root.locator(".jpr-tile")).to_have_count(5)
    if state == "hundred" and width > 1000:  # they come as one scrolls
        lab.page.wait_for_function(
            """root => {
              root.querySelector('.jpr-more').scrollIntoView({block: 'center'});
              return root.querySelectorAll('.jpr-card').length === 100;
            }""",
            arg=root.element_handle(),
            polling=200,
            timeout=60_000,
        )
    assert root.evaluate(WITHIN) == [], f"{state} at {width}: cards stick out"
    overflow = root.evaluate("node => node.scrollWidth - node.clientWidth")
    assert overflow <= 0, f"{state} at {width}: {overflow} px too wide"
    curves = root.locator(".jpr-plot")
    expect(root.locator(".jpr-plot .axis .tick")).not_to_have_count(0) if curves.count() else None

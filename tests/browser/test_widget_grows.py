"""A line that grows while it is watched: its new end is put behind the points that the page has."""

from __future__ import annotations

from playwright.sync_api import expect

SETUP = """
import math
from jupyter_runs import Experiment, RunDetails, Workspace
run = Experiment(Workspace.from_config(), 'grows').start_logging(snapshot_directory=None)
def log(begin, end):
    for i in range(begin, end):
        run.log_row('loss', step=i, a=math.sin(i / 100), b=math.cos(i / 100))
log(0, 800)
details = RunDetails(run)
details.show()
"""
# how many corners the drawn line has, and where it ends, as a share of the plot's height
LINE = """card => {
  const paths = [...card.querySelectorAll('.curve path.line')].map(
    path => (path.getAttribute('d') ?? '').match(/-?[\\d.e-]+,-?[\\d.e-]+/g) ?? []);
  const longest = paths.reduce((a, b) => (b.length > a.length ? b : a));
  const area = card.querySelector('.plotarea_events').getBoundingClientRect();
  const [x, y] = longest.at(-1).split(',').map(Number);
  return [longest.length, x / area.width, y / area.height];
}"""
LISTEN = """() => {
  window.grown = [];
  const socket = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  socket.anyMessage.connect((_, { msg, direction }) => {
    if (direction === 'recv' && msg.header.msg_type === 'comm_msg') {
      const { method, content } = msg.content.data;
      if (method === 'custom') window.grown.push(content.kind);
    } else if (direction === 'send' && msg.header.msg_type === 'comm_msg') {
      const { method, content, state } = msg.content.data;
      if (method === 'custom') window.grown.push(content.kind);
      if (method === 'update') window.grown.push(...Object.keys(state));
    }
  });
}"""
# as if the page had missed a message
MISSED = """
line = next(iter(details._metrics._cards['loss']._drawn.values())).line
with details._lock:  # its own thread draws too
    line._quiet = True
    line.x, line.y = [*line.x, 1e6], [*line.y, 1e6]
    line._quiet = False
log(850, 900); run.flush(); details._act(details._look)
"""


def expect_drawn(lab, card, points):
    """Wait until the line has so many corners; it ends where the last value is."""
    count = f"([card, points]) => ({LINE})(card)[0] === points"
    lab.page.wait_for_function(count, arg=[card.element_handle(), points])
    _, x, y = card.evaluate(LINE)
    assert abs(x - 1) < 0.01
    assert 0 <= y <= 1


def test_new_ends_are_drawn_and_a_page_that_lost_points_asks_for_all(lab):
    lab.new_notebook(
        SETUP,
        "log(800, 850); run.flush(); details._act(details._look)",
        MISSED,
    )
    lab.run_cell(0)
    card = lab.output_of(0).locator(".jpr-card")
    badge = card.locator(".jpr-badge")
    expect(badge).to_have_text("800 rows")
    lab.page.evaluate(LISTEN)
    lab.run_cell(1)
    expect(badge).to_have_text("850 rows")
    expect_drawn(lab, card, 850)
    assert "grow" in lab.page.evaluate("window.grown")
    assert "resend" not in lab.page.evaluate("window.grown")
    lab.run_cell(2)
    expect(badge).to_have_text("900 rows")
    lab.page.wait_for_function("() => window.grown.includes('resend')")
    expect_drawn(lab, card, 900)
    card.get_by_role("button", name="a", exact=True).click()  # sends what the page itself has set
    lab.page.wait_for_function("() => window.grown.includes('visible')")
    assert not {"x", "y"} & set(lab.page.evaluate("window.grown"))
    assert lab.errors == []

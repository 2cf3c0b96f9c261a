"""What the browser tells of runs while its tab is hidden."""

from __future__ import annotations

from playwright.sync_api import expect

from jupyter_runs.journal import RunFolder

# a browser without a window has no notifications, and no tab to hide
BROWSER = """
window.told = [];
window.asked = 0;
window.Notification = class {
  static permission = 'default';
  static async requestPermission() { window.asked += 1; return (this.permission = 'granted'); }
  constructor(text) { window.told.push(text); }
};
window.hide = hidden => {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  Object.defineProperty(document, 'visibilityState', { value: hidden ? 'hidden' : 'visible', configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
};
"""
START = """
import time
from jupyter_runs import start_logging
run = start_logging(name='long <b>one</b>', outputs=False, snapshot_directory=None)
run.log('loss', 1.0)
print(run.folder)
"""


def test_the_end_of_a_run_is_told_while_the_tab_is_hidden(lab):
    lab.new_notebook(START)
    lab.page.evaluate(BROWSER)
    lab.run_cell(0)
    folder = lab.outputs_json(0)[0]["text"].split()[-1]
    expect(lab.page.locator(".jp-Runs-statusItem")).to_contain_text("1 running")
    assert lab.page.evaluate("window.asked") == 0
    lab.execute("jupyter-runs:notify-hidden")
    assert lab.page.evaluate("[window.asked, window.Notification.permission]") == [1, "granted"]
    lab.page.evaluate(
        "jupyterapp.serviceManager.settings.fetch('jupyter-runs:plugin').then(s => window.kept = s.raw)"
    )
    lab.page.wait_for_function("window.kept?.includes('browserNotifications')")
    lab.page.evaluate("""async () => {
      const s = jupyterapp.serviceManager.settings;
      await s.save('jupyter-runs:plugin', '{"browserNotifications": true, "notifyAfterSeconds": 0}');
    }""")
    lab.reload(save=False)
    lab.page.evaluate(BROWSER + "window.Notification.permission = 'granted';")
    expect(lab.page.locator(".jp-Runs-statusItem")).to_contain_text("1 running")
    lab.page.clock.install()
    lab.page.evaluate("window.hide(true)")
    RunFolder(folder).end("Failed", code="ProcessGone", message="it was <i>killed</i>")
    lab.page.clock.fast_forward(16_000)
    lab.page.wait_for_function("window.told.length > 0")
    (text,) = lab.page.evaluate("window.told")
    assert "long <b>one</b>" in text
    assert "Failed" in text
    assert lab.page.evaluate("window.asked") == 0
    assert lab.errors == []

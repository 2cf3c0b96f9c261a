"""A real JupyterLab, and hands to drive it: what the browser tests share.

Nothing here retries or sleeps for luck: each step waits for the thing that it needs.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Error, Locator, Page

SCREENSHOTS = Path(__file__).parent / "screenshots"
SETTINGS = {
    # every cell stays in the page, so that a test can look at each
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


class LabServer:
    """A JupyterLab of its own: port, token, settings, notebooks and runs in a temporary folder.

    Parameters
    ----------
    folder
        Empty folder; gets ``notebooks/`` (the server's root), ``runs/`` (``JUPYTER_RUNS_HOME``,
        also of the kernels), ``server.log`` and Jupyter's own folders.
    base_url
        Where Lab is mounted, as behind a proxy.
    """

    def __init__(self, folder: Path, *, base_url: str = "/") -> None:
        self.folder = folder
        self.root = folder / "notebooks"
        self.home = folder / "runs"
        self.log = folder / "server.log"
        self.token = secrets.token_hex(16)
        self.base_url = base_url
        self.env = self._environment()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, timeout: float = 60) -> None:
        """Start, and return once the server answers."""
        self.root.mkdir(parents=True)
        self._write_settings()
        self.port = _free_port()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command(),
                cwd=self.root,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + timeout
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"The server did not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.05)

    def _command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "jupyterlab", "--no-browser"),
            f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0",
            "--ServerApp.ip=127.0.0.1",
            "--ServerApp.allow_root=True",
            f"--ServerApp.base_url={self.base_url}",
            f"--IdentityProvider.token={self.token}",
            f"--ServerApp.root_dir={self.root}",
            "--LabApp.expose_app_in_browser=True",
        ]

    def stop(self) -> None:
        """Stop the server and its kernels."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def url(self, path: str = "", **query: str) -> str:
        """Return the address of a page or endpoint, e.g. ``url("api/kernels")``."""
        address = f"http://127.0.0.1:{self.port}{self.base_url}{path}"
        return f"{address}?{urllib.parse.urlencode(query)}" if query else address

    def request(self, path: str, method: str = "GET", **query: str) -> Any:
        """Call the server's REST API; return the decoded JSON (None where there is none)."""
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(self.url(path, **query), headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def clear(self) -> None:
        """End all kernels and forget notebooks, runs and settings (the theme is one)."""
        for session in self.request("api/sessions"):
            self.request(f"api/sessions/{session['id']}", "DELETE")
        for kernel in self.request("api/kernels"):
            self.request(f"api/kernels/{kernel['id']}", "DELETE")
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.rmtree(self.folder / "settings")
        self._write_settings()
        for entry in self.root.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()

    def _write_settings(self) -> None:
        for name, settings in SETTINGS.items():
            path = self.folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(settings))

    def _answers(self) -> bool:
        try:
            self.request("api/status")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
        return True

    def _environment(self) -> dict[str, str]:
        # a token of the surrounding shell would let requests in, a config change what is tested
        env = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "JPY_"))}
        return {
            **env,
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "JUPYTER_DATA_DIR": str(self.folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.folder / "runtime"),
            "JUPYTER_PREFER_ENV_PATH": "1",
            "JUPYTERLAB_SETTINGS_DIR": str(self.folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self.folder / "workspaces"),
            "JUPYTER_RUNS_HOME": str(self.home),
            "IPYTHONDIR": str(self.folder / "ipython"),
        }


class Lab:
    """One page with JupyterLab in it.

    Attributes
    ----------
    page
        Playwright's page, for whatever has no method here.
    server
        The `LabServer` behind it; ``server.root`` and ``server.home`` are its folders.
    errors
        Uncaught errors of the page so far.
    """

    def __init__(self, page: Page, server: LabServer) -> None:
        self.page = page
        self.server = server
        self.errors: list[str] = []
        self.path: str | None = None
        page.on("pageerror", self._note)
        page.on("dialog", lambda dialog: dialog.accept())  # "leave page?" upon reload
        page.add_init_script(JS_HELPERS)
        self._workspace = f"test-{secrets.token_hex(4)}"
        self._load(self.server.url(f"lab/workspaces/{self._workspace}", token=server.token))

    def _note(self, error: Error) -> None:
        stack = error.stack or str(error)
        # ipywidgets' own: it asks for the kernel of a notebook that was opened without one
        if not ("(reading 'kernel')" in stack and "@jupyter-widgets/jupyterlab-manager" in stack):
            self.errors.append(stack)

    def _load(self, url: str | None) -> None:
        self.page.goto(url) if url else self.page.reload()
        self.page.wait_for_function("window.jupyterapp !== undefined", timeout=60_000)
        self.page.evaluate("() => window.jupyterapp.restored.then(() => undefined)")
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")

    # -- notebooks ---------------------------------------------------------------------------

    def new_notebook(self, *cells: str, path: str = "test.ipynb", kernel: bool = True) -> str:
        """Write a notebook with these code cells and open it; return its path."""
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        target = self.server.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, target)
        return self.open_notebook(path, kernel=kernel)

    def open_notebook(self, path: str | Path, *, kernel: bool = True) -> str:
        """Open a notebook and wait for its kernel; one from elsewhere is copied into the root.

        Parameters
        ----------
        path
            Relative to the server's root, or absolute (then copied).
        kernel
            False: open it without a kernel, as after "shut down all".
        """
        if Path(path).is_absolute():
            shutil.copy(path, self.server.root / Path(path).name)
            path = Path(path).name
        self.path = str(path)
        self.page.evaluate("([p, k]) => jr.open(p, k)", [self.path, kernel])
        if kernel:
            self.page.wait_for_function("() => jr.connected()", timeout=60_000)
        return self.path

    def run_cell(self, index: int, *, wait: bool = True, timeout: float = 60) -> None:
        """Run one cell; with ``wait`` return when the kernel is done with it."""
        self.page.evaluate("i => jr.run(i)", index)
        if wait:
            self.wait_idle(timeout)

    def run_all(self, timeout: float = 180) -> None:
        """Run every cell and wait for the last."""
        self.page.evaluate("() => jr.runAll()")
        self.wait_idle(timeout)

    def wait_idle(self, timeout: float = 60) -> None:
        """Wait until no cell runs or waits, and the kernel is idle."""
        self.page.wait_for_function("() => jr.idle()", timeout=timeout * 1000)

    def is_busy(self) -> bool:
        """Tell whether a cell runs or waits."""
        return not self.page.evaluate("() => jr.idle()")

    def cell(self, index: int) -> Locator:
        """Return the whole cell."""
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-cell").nth(
            index
        )

    def output_of(self, index: int) -> Locator:
        """Return the output area of a cell."""
        return self.cell(index).locator(".jp-Cell-outputArea")

    def outputs_json(self, index: int) -> list[dict[str, Any]]:
        """Return a cell's outputs as they would be saved."""
        return self.page.evaluate("i => jr.outputs(i)", index)

    def save(self) -> Path:
        """Save the notebook; return the file."""
        self.page.evaluate("() => jr.save()")
        return self.server.root / str(self.path)

    def shutdown_kernel(self) -> None:
        """Shut the notebook's kernel down, as the menu does."""
        self.page.evaluate("() => jr.shutdown()")

    def reload(self, *, kernel: bool = True, save: bool = True) -> None:
        """Reload the page and open the notebook again (on the kernel that it has)."""
        path = self.path
        if save and path:
            self.save()
        if kernel:
            self._load(None)
        else:  # without the saved layout, which would open the notebook with a new kernel
            self._load(self.server.url(f"lab/workspaces/{self._workspace}", reset=""))
        if path:
            self.open_notebook(path, kernel=kernel)

    # -- looks -------------------------------------------------------------------------------

    def set_theme(self, theme: str) -> None:
        """Switch to ``light`` or ``dark`` and wait until the page has it."""
        name = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}[theme]
        self.page.evaluate("t => jr.execute('apputils:change-theme', {theme: t})", name)
        self.page.wait_for_selector(f'body[data-jp-theme-name="{name}"]', state="attached")

    def set_width(self, width: int, height: int = 900) -> None:
        """Resize the window."""
        self.page.set_viewport_size({"width": width, "height": height})

    def hide_sidebars(self) -> None:
        """Give the notebook the whole window."""
        self.page.evaluate("() => jr.collapse()")

    def screenshot(self, name: str, of: Locator | None = None, *, full: bool = False) -> Path:
        """Take a picture of the page or of one element into the git-ignored folder."""
        SCREENSHOTS.mkdir(exist_ok=True)
        path = SCREENSHOTS / (re.sub(r"[^\w.-]+", "-", name) + ".png")
        if of is not None:
            of.screenshot(path=path, animations="disabled")
        else:
            self.page.screenshot(path=path, full_page=full, animations="disabled")
        return path

    # -- anything else -----------------------------------------------------------------------

    def execute(self, command: str, **arguments: Any) -> None:
        """Execute one of JupyterLab's commands and wait for it."""
        self.page.evaluate("([c, a]) => jr.execute(c, a)", [command, arguments])

    def open_sidebar(self) -> Locator:
        """Show the runs sidebar; return it."""
        self.page.evaluate("() => { window.jupyterapp.shell.activateById('jupyter-runs-panel') }")
        panel = self.page.locator("#jupyter-runs-panel")
        panel.wait_for()
        return panel


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# Through Lab's own objects, because clicking cells is flaky.
JS_HELPERS = """
window.jr = (() => {
  const app = () => window.jupyterapp;
  const panel = () => {
    for (const widget of app().shell.widgets('main')) {
      if (widget.isVisible && widget.sessionContext && widget.content.activeCellIndex !== undefined) {
        return widget;
      }
    }
    throw new Error('no notebook is open');
  };
  const execute = async (command, args) => { await app().commands.execute(command, args); };
  // a cell that was asked to run counts as running before the kernel has heard of it
  let pending = 0;
  const track = promise => {
    pending += 1;
    promise.catch(() => undefined).then(() => { pending -= 1; });
  };
  return {
    execute,
    async open(path, kernel) {
      const preference = kernel ? undefined
        : { shouldStart: false, autoStartDefault: false, canStart: true };
      const widget = await app().commands.execute('docmanager:open', {
        path, factory: 'Notebook', kernelPreference: preference
      });
      await widget.context.ready;
      await widget.revealed;
      app().shell.activateById(widget.id);
    },
    connected() {
      const kernel = panel().sessionContext.session?.kernel;
      return kernel?.connectionStatus === 'connected' && kernel.status === 'idle';
    },
    run(index) {
      const notebook = panel().content;
      notebook.activeCellIndex = index;
      notebook.deselectAll();
      track(app().commands.execute('notebook:run-cell'));
    },
    runAll() { track(app().commands.execute('notebook:run-all-cells')); },
    idle() {
      const cells = [...panel().content.widgets].filter(cell => cell.model.type === 'code');
      return pending === 0 && panel().sessionContext.session?.kernel?.status === 'idle'
        && cells.every(cell => cell.model.executionState !== 'running'
          && cell.promptNode.textContent !== '[*]:');
    },
    outputs(index) { return panel().content.widgets[index].model.outputs.toJSON(); },
    async save() { await panel().context.save(); },
    async shutdown() { await panel().sessionContext.shutdown(); },
    collapse() { app().shell.collapseLeft(); app().shell.collapseRight(); },
  };
})();
"""

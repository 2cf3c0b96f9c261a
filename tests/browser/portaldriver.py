"""The web page of runs as a person has it: `jupyter runs portal`, a browser tab, and a process that trains."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from labdriver import SCREENSHOTS, LabServer
from playwright.sync_api import Browser, Page

# a browser says of itself that an answer was 404; the page says it in words
NOT_FOUND = "the server responded with a status of 404"
TRAINING = """
import sys
for line in sys.stdin:
    exec(line)
    print("done", flush=True)
"""


class PortalServer(LabServer):
    """What ``jupyter runs portal`` starts; parameters as `LabServer`."""

    def _command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "jupyter_runs.cli", "portal", "--no-browser"),
            *("--port", str(self.port)),
        ]

    def _write_settings(self) -> None:
        super()._write_settings()
        folder = self.folder / "config"
        folder.mkdir(exist_ok=True)
        told = {
            "ServerApp": {
                "allow_root": True,
                "base_url": self.base_url,
                "ip": "127.0.0.1",
                "port_retries": 0,
            },
            "IdentityProvider": {"token": self.token},
        }
        (folder / "jupyter_server_config.json").write_text(json.dumps(told))


class Training:
    """A process that logs what it is told to, line by line."""

    def __init__(self, server: LabServer) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", TRAINING],
            cwd=server.root,
            env=server.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.do("from jupyter_runs import Experiment, Run, Workspace")
        self.do("experiment = Experiment(Workspace.get(), 'cifar10')")

    def do(self, line: str) -> str:
        """Execute a line, and return what it printed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        said = []
        while (told := self._process.stdout.readline()) not in ("done\n", ""):
            said.append(told)
        assert told, "the process has ended"
        return "".join(said).strip()

    def start(self, name: str, variable: str = "run", points: int = 0, rate: float = 0.01) -> str:
        """Start a run with so many points of a loss; return the address of its page."""
        self.do(
            f"{variable} = experiment.start_logging(name={name!r}, params={{'lr': {rate}}}, "
            "snapshot_directory=None, outputs=False)"
        )
        self.do(f"for i in range({points}): {variable}.log('loss', (1 - {rate}) ** i, step=i)")
        return self.do(f"print({variable}.get_portal_url())")

    def end(self) -> None:
        """End the process, and its runs with it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


class Portal:
    """One browser tab; what goes wrong in it is noted.

    Attributes
    ----------
    page
        Playwright's page.
    errors
        Uncaught errors, and what the console says of errors, so far.
    foreign
        Addresses of other servers that something was asked of.
    """

    def __init__(self, browser: Browser, server: LabServer, **options: Any) -> None:
        self.server = server
        options.setdefault("viewport", {"width": 1400, "height": 900})
        self.context = browser.new_context(**options)
        self.context.set_default_timeout(30_000)
        self.errors: list[str] = []
        self.foreign: list[str] = []
        self.page = self.new_page()

    def new_page(self) -> Page:
        """Open another tab."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(error.stack or str(error)))
        page.on(
            "console",
            lambda told: (
                self.errors.append(told.text)
                if told.type == "error" and NOT_FOUND not in told.text
                else None
            ),
        )
        page.on(
            "request",
            lambda request: (
                None
                if re.match(r"http://127\.0\.0\.1:|data:|blob:", request.url)
                else self.foreign.append(request.url)
            ),
        )
        return page

    def log_in(self) -> None:
        """Log in, as with the link that the server prints."""
        self.page.goto(self.server.url("jupyter-runs/", token=self.server.token))

    def goto(self, path: str = "") -> None:
        """Go to an address below ``jupyter-runs/``."""
        self.page.goto(self.server.url("jupyter-runs/" + path))

    def screenshot(self, name: str) -> Path:
        """Take a picture into the git-ignored folder."""
        SCREENSHOTS.mkdir(exist_ok=True)
        path = SCREENSHOTS / (re.sub(r"[^\w.-]+", "-", name) + ".png")
        self.page.screenshot(path=path, animations="disabled")
        return path

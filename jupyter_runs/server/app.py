"""The extension itself: its settings, and what the handlers share."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from tornado.ioloop import PeriodicCallback
from traitlets import Int, Unicode

from . import page
from .activity import EVERY, Activity, mark
from .shared import Shared
from .table import routes


class RunsApp(ExtensionApp):
    """Runs over HTTP, under ``<base_url>jupyter-runs/``.

    Each setting below can be given on the command line (``--RunsApp.page_size=100``) or in
    ``jupyter_server_config.py`` (``c.RunsApp.page_size = 100``).
    """

    name = "jupyter_runs"

    home = Unicode(
        "",
        config=True,
        help="""Folder that holds the workspaces. Empty: JUPYTER_RUNS_HOME of the server's
        environment, else ``runs/`` in Jupyter's data folder, as for kernels.""",
    )
    page_size = Int(
        50, min=1, config=True, help="How many runs are answered when a request does not say."
    )
    max_page_size = Int(500, min=1, config=True, help="The most runs that one request may ask for.")
    max_compared_runs = Int(
        100, min=1, config=True, help="The most runs that are laid beside each other."
    )
    max_body_bytes = Int(
        1_000_000, min=1000, config=True, help="The largest JSON that a request may send."
    )
    max_zip_bytes = Int(
        4_000_000_000,
        min=0,
        config=True,
        help="How large the files of a run may be together to be sent as one zip file.",
    )
    max_shown_bytes = Int(
        20_000_000,
        min=0,
        config=True,
        help="The largest file of a snapshot that is sent by itself.",
    )
    kept_runs = Int(
        128,
        min=1,
        config=True,
        help="""How many runs are kept in memory as they were last read, so that the next look at
        them costs what is new.""",
    )
    workers = Int(
        4,
        min=1,
        config=True,
        help="""Threads that read run folders, so that a slow disk never stops the server's event
        loop. One run is read by one of them at a time.""",
    )

    @property
    def limits(self) -> dict[str, int]:
        """The settings that bound what may be asked for, by name."""
        return {
            "page_size": min(self.page_size, self.max_page_size),
            "max_page_size": self.max_page_size,
            "max_compared_runs": self.max_compared_runs,
            "max_zip_bytes": self.max_zip_bytes,
            "max_shown_bytes": self.max_shown_bytes,
            "kept_runs": self.kept_runs,
        }

    def initialize_settings(self) -> None:
        """Make what the handlers share."""
        self.pool = ThreadPoolExecutor(self.workers, thread_name_prefix="jupyter-runs")
        self.shared = Shared(self.home or None, self.limits)
        self._looks: PeriodicCallback | None = None

    def initialize_handlers(self) -> None:
        """Mount the endpoints, and the web page below them."""
        self.handlers.extend(routes(self))
        self.handlers.extend(page.routes(self.has_lab))

    async def _start_jupyter_server_extension(self, serverapp: Any) -> None:  # noqa: ARG002 - as it is called
        """Begin to look which runs are active."""
        self.activity = Activity(self.home or None)
        self._looks = PeriodicCallback(self._look, EVERY * 1000)
        self._looks.start()
        self.pool.submit(self.shared.listing.begin)
        await self._look()

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            mark(self.settings, *await loop.run_in_executor(self.pool, self.activity.look))
        except Exception as error:
            self.log.warning("active runs can't be looked for: %s", error)

    def has_lab(self) -> bool:
        """Tell whether this server also serves JupyterLab."""
        manager = getattr(self.serverapp, "extension_manager", None)
        return manager is not None and bool(manager.extension_apps.get("jupyterlab"))

    async def stop_extension(self) -> None:
        """Let go of the threads; what they read needs no closing."""
        if self._looks is not None:
            self._looks.stop()
        self.pool.shutdown(wait=False, cancel_futures=True)

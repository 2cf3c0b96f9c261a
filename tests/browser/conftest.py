"""Fixtures of the browser tests: a real JupyterLab in a headless Chromium.

`lab` is all that most tests need::

    def test_something(lab):
        lab.new_notebook("print('hello')")
        lab.run_cell(0)
        expect(lab.output_of(0)).to_contain_text("hello")
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chromium import chromium
from labdriver import Lab, LabServer
from playwright.sync_api import Browser, expect

expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """One JupyterLab for the whole session; `lab` clears it after each test."""
    server = LabServer(tmp_path_factory.mktemp("lab"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def start_lab_server(tmp_path: Path) -> Iterator[Callable[..., LabServer]]:
    """Start further servers, e.g. ``start_lab_server(base_url="/user/ada/")``."""
    servers: list[LabServer] = []

    def start(**options: str) -> LabServer:
        server = LabServer(tmp_path / f"lab-{len(servers)}", **options)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole session."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def open_lab(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Lab]]:
    """Open JupyterLab of a server in a fresh browser profile; a failed test leaves a picture."""
    labs: list[Lab] = []

    def open_(server: LabServer, width: int = 1400, height: int = 900) -> Lab:
        context = browser.new_context(viewport={"width": width, "height": height})
        context.set_default_timeout(30_000)
        labs.append(Lab(context.new_page(), server))
        return labs[-1]

    yield open_
    report = getattr(request.node, "report", None)
    for number, lab in enumerate(labs):
        if report is not None and report.failed:
            lab.screenshot(f"failed-{request.node.name}-{number}")
        lab.page.context.close()


@pytest.fixture
def lab(lab_server: LabServer, open_lab: Callable[..., Lab]) -> Iterator[Lab]:
    """JupyterLab with no notebooks and no runs."""
    lab = open_lab(lab_server)
    yield lab
    lab.page.goto("about:blank")  # let go of the kernels before they are ended
    lab_server.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Let fixtures know how the test went."""
    report = yield
    if report.when == "call":
        item.report = report
    return report

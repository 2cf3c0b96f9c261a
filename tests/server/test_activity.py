"""Active runs count as activity; forgotten ones do not."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

import pytest

from jupyter_runs.journal import RunFolder, new_writer_name
from jupyter_runs.server.activity import Activity, mark


def test_what_counts_is_what_works(make_run, home):
    submitted, writer = make_run("submitted", driver=True, target="local")
    writer.event("facts", kernel="kernel-1")
    function, writer = make_run("function", stoppable=True)
    writer.event("facts", kernel="kernel-2")
    _, writer = make_run("forgotten")
    writer.event("facts", kernel="kernel-3")
    activity = Activity()
    assert activity.look() == (2, {"kernel-1", "kernel-2"})
    submitted.end("Completed")
    assert activity.look() == (1, {"kernel-2"})
    function.end("Failed")
    assert activity.look() == (0, set())


def test_one_that_waits_counts_too(home):
    folder = RunFolder.create(
        home / "default",
        "waiting",
        {
            "experiment": "e",
            "driver": True,
            "target": "local",
            "status": "Queued",
            "owner": new_writer_name("driver"),
        },
    )
    assert Activity().look() == (1, set())
    folder.end("Canceled")
    assert Activity().look() == (0, set())


@pytest.fixture
def jp_server_config():
    """Our extension, and a kernel that may be culled."""
    return {"ServerApp": {"jpserver_extensions": {"jupyter_runs": True}}}


async def test_the_server_and_the_kernel_are_marked(jp_serverapp, jp_fetch, make_run):
    kernels = jp_serverapp.kernel_manager
    kernel_id = await kernels.start_kernel()
    try:
        long_ago = datetime.now(timezone.utc) - timedelta(days=1)
        kernels.get_kernel(kernel_id).last_activity = long_ago
        _, writer = make_run("submitted", driver=True, target="local")
        writer.event("facts", kernel=kernel_id)
        before = time.time()
        mark(jp_serverapp.web_app.settings, *Activity().look())
        assert kernels.get_kernel(kernel_id).last_activity.timestamp() >= before
        assert jp_serverapp.web_app.last_activity().timestamp() >= before
        assert "jupyter_runs" in jp_serverapp.web_app.settings["last_activity_times"]
    finally:
        await kernels.shutdown_kernel(kernel_id, now=True)

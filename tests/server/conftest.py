"""Runs to be listed, and a Jupyter Server to list them."""

from __future__ import annotations

import base64
import itertools
import json
import re
from typing import Any, NamedTuple
from urllib.parse import unquote, urlencode

import pytest
from jsonschema import Draft202012Validator

# not as a plugin: its autouse fixtures would make a server and a loop for every test there is
from pytest_jupyter.jupyter_server import *  # noqa: F403

from jupyter_runs._settings import SnapshotLimits
from jupyter_runs.capture.snapshot import take_snapshot
from jupyter_runs.journal import RunFolder, Writer
from jupyter_runs.server.schemas import whole
from jupyter_runs.server.table import ENDPOINTS, _pattern


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home of runs."""
    monkeypatch.setenv("JUPYTER_RUNS_HOME", str(tmp_path / "runs"))
    return tmp_path / "runs"


@pytest.fixture
def make_run(home):
    """Make runs, each created a second after the last; returns the folder and its open writer."""
    clock = itertools.count(1_700_000_000)
    writers = []

    def make(run_id, *, workspace="default", experiment="diabetes", **more):
        definition = {
            "id": run_id,
            "experiment": experiment,
            "number": len(writers) + 1,
            "name": "brave-otter",
            "parent": None,
            "type": "interactive",
            "creator": "ada",
            "created": float(next(clock)),
            "owner": "main-1",
            **more,
        }
        folder = RunFolder.create(home / workspace, run_id, definition)
        writers.append(Writer(folder, name="main-1"))
        return folder, writers[-1]

    yield make
    for writer in writers:
        writer.close()


class Answer(NamedTuple):
    """What the server has answered."""

    status: int
    json: Any
    headers: Any
    body: bytes


@pytest.fixture
def jp_server_config(home):
    """Our extension alone."""
    return {"ServerApp": {"jpserver_extensions": {"jupyter_runs": True}}}


@pytest.fixture
def extension(jp_serverapp):
    """The extension in the server."""
    (found,) = jp_serverapp.extension_manager.extension_apps["jupyter_runs"]
    return found


@pytest.fixture
def api(jp_serverapp, http_server_client, jp_base_url, jp_auth_header):
    """Ask for a raw path below ``jupyter-runs/api/``; what is answered must be as the document has it."""

    async def ask(method, path, body=None, *, headers=None, raw=None, **query):
        url = f"{jp_base_url}jupyter-runs/api/{path}"
        if query:
            url += "?" + urlencode(query, doseq=True)
        data = raw if raw is not None else None if body is None else json.dumps(body)
        told = {**jp_auth_header, **(headers or {})}
        found = await http_server_client.fetch(
            url,
            method=method,
            headers=told,
            body=data,
            allow_nonstandard_methods=True,
            raise_error=False,
            follow_redirects=False,
            request_timeout=60,
        )
        assert found.code < 500, found.body
        is_json = found.headers.get("Content-Type") == "application/json"
        answer = json.loads(found.body) if is_json and found.body else None
        if "jupyter-runs" in url:
            check(method, path, found.code, found.headers, answer)
        return Answer(found.code, answer, found.headers, found.body)

    return ask


def check(method, path, status, headers, answer):
    """Hold an answer against the endpoint's own words."""
    assert headers["X-Content-Type-Options"] == "nosniff"
    endpoint = next(
        (
            one
            for one in ENDPOINTS
            if one.method == method
            and re.fullmatch(_pattern(one.path) + "/?", unquote(path).partition("?")[0])
        ),
        None,
    )
    if status in (200, 206) and endpoint is not None and isinstance(endpoint.answer, dict):
        Draft202012Validator(whole(endpoint.answer)).validate(answer)
    elif status >= 400:
        assert isinstance(answer["message"], str)
        known = {400, 403, 404, 405, 413, *(endpoint.refusals if endpoint else ())}
        assert status in known, (status, answer)


@pytest.fixture
def full_run(make_run, snap):
    """A run that has one of everything, in workspace ``default``; ended."""
    folder, writer = make_run("full")
    for step in range(3000):
        writer.log("train/loss", 1 / (step + 1), step=step)
    writer.log("accuracy", 0.75)
    writer.log("note", "warm")
    for step in range(3):
        writer.log_row("sine", {"x": step, "y": step * 2.0})
    writer.log_list("values", [1.0, float("nan"), 3.0])
    writer.log_table("table", {"a": [1, 2], "b": ["x", "y"], "c": [0.5, 0.25]})
    matrix = {"class_labels": ["a", "b"], "matrix": [[3, 1], [0, 4]]}
    schema = {"schema_type": "confusion_matrix", "schema_version": "1.0.0", "data": matrix}
    writer.log_body("confusion_matrix", "confusion", schema)
    writer.log_image("picture <b>/1", PNG, ".png", step=1)
    writer.log_image("picture <b>/1", SVG, ".svg", step=2)
    writer.event("tag", key="model", value="cnn")
    writer.event("tag", key="bare", value=None)
    writer.event("param", key="lr", value=0.1)
    writer.event("param", key="act", value="relu")
    writer.event("progress", done=3, total=4, unit="epochs")
    writer.event("facts", packages={"numpy": "2.0"}, environment={"A": "1"})
    for name, text in (
        ("outputs/model.bin", b"\0\1\2" * 1000),
        ("outputs/deep/er/report.html", b"<script>alert(1)</script>"),
        ("outputs/picture.svg", SVG),
        ("outputs/notes.txt", "grüße\n".encode()),
        ("logs/user_log.txt", b"".join(b"line %d\n" % i for i in range(5000))),
    ):
        path = folder.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    snapshot = snap({"train.py": "print(1)\n", "data/x.csv": "a,b\n"})
    writer.event("facts", snapshot=snapshot)
    writer.close()
    folder.end("Completed", by="ada")
    return folder


@pytest.fixture
def snap(home):
    """Take snapshots of files; returns the id."""

    def snap(files):
        source = home.parent / f"code-{len(list(home.parent.iterdir()))}"
        for name, text in files.items():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_text(text)
        return take_snapshot(source, home / "default" / "snapshots", SnapshotLimits(10**8, 1000))

    return snap


PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
)

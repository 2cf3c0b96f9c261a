"""The document says what the server does: strangers' requests are made from it, and their answers held against it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import negative_data_rejection, positive_data_acceptance

from jupyter_runs.journal import RunFolder, Writer
from jupyter_runs.server.table import ENDPOINTS

EXAMPLES = int(os.environ.get("JUPYTER_RUNS_TEST_REQUESTS", "10"))  # for each endpoint
RUNS = 20
TOKEN = "secret-of-the-test"
LONGEST = 60_000  # tornado itself hangs up at a longer address


async def test_the_document_has_each_endpoint_and_no_other(api, jp_base_url):
    found = (await api("GET", "openapi.json")).json
    assert found["openapi"] == "3.1.0"
    assert found["servers"] == [{"url": f"{jp_base_url}jupyter-runs/api"}]
    told = {(m.upper(), path[1:]) for path, of in found["paths"].items() for m in of}
    assert told == {(one.method, one.path) for one in ENDPOINTS}
    ids = [of[m]["operationId"] for of in found["paths"].values() for m in of]
    assert len(set(ids)) == len(ids)
    refs = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(found)))
    assert refs == set(found["components"]["schemas"])


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A real Jupyter server with some runs, under a base URL; its address."""
    place = tmp_path_factory.mktemp("served")
    home = place / "runs"
    for i in range(RUNS):
        definition = {"experiment": "e", "number": i, "created": 1.7e9 + i, "owner": "main-1"}
        folder = RunFolder.create(home / "default", f"r{i}", definition)
        writer = Writer(folder, name="main-1")
        for step in range(20):
            writer.log("train/loss", 1 / (step + 1), step=step)
        writer.close()
        folder.end("Completed")
        folder.logs.mkdir()
        (folder.logs / "a.txt").write_text("a\n" * 100)
        folder.outputs.mkdir()
        (folder.outputs / "a.txt").write_text("a\n" * 100)
    variables = {
        **os.environ,
        "JUPYTER_RUNS_HOME": str(home),
        "JUPYTER_RUNTIME_DIR": str(place / "runtime"),
        "JUPYTER_CONFIG_DIR": str(place / "config"),
        "JUPYTER_TOKEN": TOKEN,
    }
    command = [
        *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", "--port=0"),
        f"--ServerApp.root_dir={place}",
        "--ServerApp.base_url=/user/ada/",
        "--ServerApp.jpserver_extensions={'jupyter_runs': True}",
    ]
    log = place / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=variables)
    try:
        yield _address(process, log), log
    finally:
        process.terminate()
        process.wait(30)


def _address(process, log):
    while process.poll() is None:
        found = re.search(r"http://(?:localhost|127\.0\.0\.1):(\d+)/user/ada/", log.read_text())
        if found:
            address = f"http://127.0.0.1:{found[1]}/user/ada/jupyter-runs/api"
            try:
                with urllib.request.urlopen(_asked(f"{address}/health"), timeout=5):
                    return address
            except OSError:
                continue
    raise AssertionError(log.read_text())


def _asked(url):
    return urllib.request.Request(url, headers={"Authorization": f"token {TOKEN}"})


@pytest.fixture(scope="module")
def document(server):
    headers = {"Authorization": f"token {TOKEN}"}
    return schemathesis.openapi.from_url(f"{server[0]}/openapi.json", headers=headers)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}")
def test_what_is_answered_is_as_the_document_says(document, server, endpoint, mode):
    operation = document[f"/{endpoint.path}"][endpoint.method]

    real = mode is GenerationMode.POSITIVE

    @given(case=operation.as_strategy(generation_mode=mode), which=st.integers(0, RUNS))
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    def ask(case, which):
        if real and which < RUNS:  # else nearly all would be of runs that there are not
            known = {"workspace": "default", "run": f"r{which}", "key": "train/loss"}
            known["path"] = "a.txt" if "logs" in endpoint.path else "outputs/a.txt"
            case.path_parameters = {name: known.get(name, "0") for name in endpoint.names}
            if endpoint.path == "compare":
                case.query["run"] = [f"default/r{which}"]
        sent = case.as_transport_kwargs(base_url=server[0])
        url = requests.Request("GET", sent["url"], params=sent.get("params")).prepare().url
        assume(len(url) < LONGEST)
        # what is well-formed may still be refused: a filter in no language, a page that there is not
        left_out = [positive_data_acceptance]
        # JupyterLab puts the time behind addresses; the header with the token is ours in any case
        more = set(case.query or ()) - {param.name for param in endpoint.query}
        wrong = {where.value for where, told in case.meta.components.items() if told.mode is mode}
        if more or not wrong & {"query", "path", "body"}:
            left_out.append(negative_data_rejection)
        case.call_and_validate(
            headers={"Authorization": f"token {TOKEN}"}, excluded_checks=left_out
        )

    ask()


def test_nothing_went_wrong_in_the_server(server):
    log = server[1].read_text()
    assert "Traceback" not in log, log[log.index("Traceback") - 500 :][:3000]

from __future__ import annotations

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from jupyter_runs import portal


class Fake(ThreadingHTTPServer):
    """A server that answers one thing, and remembers what it was asked."""

    def __init__(self, status=200, body=None, location=None):
        asked = self.asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append((self.path, self.headers["Authorization"]))
                self.send_response(status)
                if location:
                    self.send_header("Location", location)
                self.end_headers()
                self.wfile.write(b"<html>" if body is None else json.dumps(body).encode())

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/user/ada/"
        threading.Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture
def fake():
    servers = []

    def make(*args, **kwargs):
        servers.append(Fake(*args, **kwargs))
        return servers[-1]

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def running(monkeypatch):
    """Say which servers run; entries are what Jupyter's own files hold."""
    pytest.importorskip("jupyter_server")
    found = []
    monkeypatch.setattr("jupyter_server.serverapp.list_running_servers", lambda: iter(found))
    monkeypatch.delenv("JPY_PARENT_PID", raising=False)
    portal.forget()
    yield lambda *servers: (found.clear(), found.extend(servers), portal.forget())
    portal.forget()


OURS = {"name": "jupyter-runs", "version": "1", "page": "jupyter-runs"}


def test_no_server_no_address(running):
    assert portal.portal_base() is None


def test_the_address_is_that_of_a_page_and_carries_no_token(running, fake):
    server = fake(body=OURS)
    running({"url": server.url, "token": "s3cret", "pid": 1})
    assert portal.portal_base() == server.url + "jupyter-runs"
    assert server.asked == [("/user/ada/jupyter-runs/api/health", "token s3cret")]


def test_the_answer_is_kept_for_a_while(running, fake, monkeypatch):
    server = fake(body=OURS)
    running({"url": server.url})
    now = [1000.0]
    monkeypatch.setattr(portal.time, "monotonic", lambda: now[0])
    portal.forget()
    portal.portal_base()
    now[0] += 29
    portal.portal_base()
    assert len(server.asked) == 1
    now[0] += 2
    portal.portal_base()
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404},
        {"status": 403},
        {"status": 500, "body": OURS},
        {"body": None},
        {"body": []},
        {"body": {}},
        {"body": {**OURS, "page": None}},
    ],
)
def test_a_server_without_our_extension_or_page_is_none(running, fake, answer):
    running({"url": fake(**answer).url})
    assert portal.portal_base() is None


def test_the_token_follows_no_redirect(running, fake):
    other = fake(body=OURS)
    running({"url": fake(status=302, location=other.url).url, "token": "s3cret"})
    assert portal.portal_base() is None
    assert other.asked == []


def test_a_silent_server_is_not_waited_for(running):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        running({"url": f"http://127.0.0.1:{silent.getsockname()[1]}/"})
        start = time.monotonic()
        assert portal.portal_base() is None
        assert time.monotonic() - start < 1


def test_the_server_that_started_the_kernel_comes_first(running, fake, monkeypatch):
    mine, other = fake(body=OURS), fake(body=OURS)
    running({"url": other.url, "pid": 7}, {"url": mine.url, "pid": 4711})
    monkeypatch.setenv("JPY_PARENT_PID", "4711")
    assert portal.portal_base() == mine.url + "jupyter-runs"
    assert other.asked == []


@pytest.mark.parametrize(
    "entry", [{}, {"url": None}, {"url": "file:///etc/"}, {"url": "http+unix://x"}]
)
def test_entries_that_are_no_web_address_are_passed_over(running, entry):
    running(entry)
    assert portal.portal_base() is None


def test_files_that_jupyter_cannot_read_are_no_reason_to_fail(running, monkeypatch):
    def broken():
        raise PermissionError("no")
        yield

    monkeypatch.setattr("jupyter_server.serverapp.list_running_servers", broken)
    assert portal.portal_base() is None

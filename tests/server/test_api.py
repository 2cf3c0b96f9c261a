from __future__ import annotations

import json
import threading

import pytest
from tornado.httpclient import HTTPClientError

from jupyter_runs import VERSION
from jupyter_runs.errors import KindError
from jupyter_runs.server.listing import Page


@pytest.fixture
def refused(jp_fetch):
    """Ask for what must be refused; return status and message."""

    async def refused(*parts, **options):
        with pytest.raises(HTTPClientError) as caught:
            await jp_fetch("jupyter-runs", "api", *parts, **options)
        body = json.loads(caught.value.response.body)
        return caught.value.code, body["message"]

    return refused


async def test_health_names_the_version(jp_fetch):
    answer = json.loads((await jp_fetch("jupyter-runs", "api", "health")).body)
    assert (answer["name"], answer["version"]) == ("jupyter-runs", VERSION)


async def test_the_newest_runs_are_answered(jp_fetch, make_run):
    make_run("r1")
    make_run("r2")
    answer = await jp_fetch("jupyter-runs", "api", "runs", params={"limit": "1"})
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    body = json.loads(answer.body)
    assert [run["id"] for run in body["runs"]] == ["r2"]
    answer = await jp_fetch("jupyter-runs", "api", "runs", params={"after": body["next"]})
    assert [run["id"] for run in json.loads(answer.body)["runs"]] == ["r1"]


@pytest.mark.parametrize("limit", ["0", "-1", "501", "ten", "1e2", "", " ", "٣", "9" * 400, "%s%d"])
async def test_a_bad_limit_is_a_clear_400(refused, limit):
    status, message = await refused("runs", params={"limit": limit})
    assert status == 400
    assert message.startswith("limit=")
    assert message.endswith("is not a whole number from 1 to 500.")
    assert len(message) < 120


@pytest.mark.parametrize("after", ["../../etc/passwd", "a/b", "<b>", "x" * 101, "a\x00b", "%s"])
async def test_a_bad_cursor_is_a_clear_400(refused, after):
    status, message = await refused("runs", params={"after": after})
    assert status == 400
    assert "after" in message


@pytest.mark.parametrize("endpoint", ["runs", "health"])
async def test_nothing_without_a_token(refused, endpoint):
    status, _ = await refused(endpoint, headers={"Authorization": "token wrong"})
    assert status == 403


async def test_other_methods_are_refused_in_json(refused):
    assert await refused("runs", method="PUT", body="{}") == (405, "Method Not Allowed")


async def test_the_status_of_an_error_is_that_of_its_class(refused, extension, monkeypatch):
    def page(query):
        raise KindError("'loss' is a list: 100 %")

    monkeypatch.setattr(extension.shared.listing, "page", page)
    assert await refused("runs") == (409, "'loss' is a list: 100 %")


async def test_a_fault_of_ours_tells_strangers_nothing(refused, extension, monkeypatch):
    def page(query):
        raise RuntimeError("secret path /home/ada")

    monkeypatch.setattr(extension.shared.listing, "page", page)
    status, message = await refused("runs")
    assert status == 500
    assert message == "The server could not answer; its log says why."


async def test_folders_are_read_off_the_event_loop(jp_fetch, extension, monkeypatch):
    threads = []

    def page(query):
        threads.append(threading.current_thread())
        return Page([], None, 0, 0)

    monkeypatch.setattr(extension.shared.listing, "page", page)
    await jp_fetch("jupyter-runs", "api", "runs")
    assert threads[0] is not threading.main_thread()
    assert threads[0].name.startswith("jupyter-runs")


async def test_polling_does_not_keep_an_idle_server_alive(jp_fetch, jp_serverapp):
    before = jp_serverapp.web_app.settings.get("api_last_activity")
    await jp_fetch("jupyter-runs", "api", "runs")
    assert jp_serverapp.web_app.settings.get("api_last_activity") == before


class TestSettings:
    @pytest.fixture
    def jp_server_config(self, home, tmp_path):
        return {
            "ServerApp": {"jpserver_extensions": {"jupyter_runs": True}},
            "RunsApp": {"home": str(tmp_path / "elsewhere"), "page_size": 9, "max_page_size": 2},
        }

    async def test_they_are_followed(self, jp_fetch, refused, make_run):
        make_run("r1")
        answer = await jp_fetch("jupyter-runs", "api", "runs")
        assert json.loads(answer.body)["runs"] == []
        status, message = await refused("runs", params={"limit": "3"})
        assert (status, message[-7:]) == (400, "1 to 2.")

"""The web page that shows runs: who gets it, what it may do, and that it works wherever it is mounted."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_runs.server import page

BUILT = page.is_built()
needs_build = pytest.mark.skipif(not BUILT, reason="the web page is not built: jlpm build")

KNOWN = [
    "",
    "/",
    "/compute",
    "/trash",
    "/compare?run=default/r1",
    "/workspaces/default",
    "/workspaces/default/",
    "/workspaces/default/runs/r_1",
    "/workspaces/default/runs/r_1/?tab=metrics",
    "/workspaces/default/experiments/e",
    "/workspaces/a%20b%2Fc/runs/%3Cb%3E",
]
UNKNOWN = [
    "/nonsense",
    "/workspaces",
    "/workspaces/default/runs",
    "/workspaces/default/others/x",
    "//evil.example/runs/x",
    "/workspaces/default/runs/x/y",
    "/%E0%A4%A",
    "/%ff",
    "/compare/x",
]


class Parts(HTMLParser):
    """What a document loads, and what it says in scripts."""

    def __init__(self, text):
        super().__init__()
        self.loaded, self.handlers, self.scripts = [], [], []
        self._script = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.handlers += [name for name in told if name.startswith("on") or name == "style"]
        if tag in ("script", "link", "img") and (where := told.get("src") or told.get("href")):
            self.loaded.append(where)
        self._script = told.get("type", "") if tag == "script" and "src" not in told else None

    def handle_data(self, data):
        if self._script is not None:
            self.scripts.append((self._script, data))

    def handle_endtag(self, tag):
        self._script = None


@pytest.fixture
def built(monkeypatch, tmp_path):
    """A page that is built, whether or not the real one is."""
    for part in page.PARTS:
        (tmp_path / part).write_text(f"/* {part} */")
    monkeypatch.setattr(page, "STATIC", tmp_path)
    return tmp_path


@pytest.fixture
def ask(built, http_server_client, jp_base_url, jp_auth_header, jp_serverapp):
    """Ask for an address below the base URL."""

    async def ask(path, *, method="GET", token=True, **headers):
        return await http_server_client.fetch(
            jp_base_url + path,
            method=method,
            headers={**(jp_auth_header if token else {}), **headers},
            raise_error=False,
            follow_redirects=False,
            allow_nonstandard_methods=True,
        )

    return ask


@pytest.mark.parametrize("path", KNOWN)
async def test_each_address_gives_the_document(ask, path):
    answer = await ask("jupyter-runs" + path)
    assert answer.code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"


@pytest.mark.parametrize("path", UNKNOWN)
async def test_an_unknown_address_is_told_as_such_by_a_page(ask, path):
    answer = await ask("jupyter-runs" + path)
    assert answer.code == 404
    assert b"jp-portal" in answer.body  # which says so, and leads back


async def test_its_headers_are_strict(ask):
    answer = await ask("jupyter-runs/")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'self'"
    assert not any("unsafe" in value for value in policy.values())


async def test_requests_can_show_that_they_come_from_it(ask):
    cookies = (await ask("jupyter-runs/")).headers.get_list("Set-Cookie")
    assert any(cookie.startswith("_xsrf=") for cookie in cookies)


@pytest.mark.parametrize("path", [*KNOWN, *UNKNOWN, "/static/portal.js", "/static/none.js"])
async def test_the_login_comes_first(ask, path):
    answer = await ask("jupyter-runs" + path, token=False)
    assert answer.code == 302
    assert urlsplit(answer.headers["Location"]).path.endswith("/login")
    assert b"jp-portal" not in answer.body


async def test_a_token_in_the_address_is_not_kept_there(ask, jp_auth_header, jp_base_url):
    token = jp_auth_header["Authorization"].split()[-1]
    path = "jupyter-runs/workspaces/a%20b/runs/x"
    answer = await ask(f"{path}?tab=metrics&token={token}&x=%26", token=False)
    assert answer.code == 302
    where = urljoin(f"http://x{jp_base_url}{path}", answer.headers["Location"])
    assert where == f"http://x{jp_base_url}{path}?tab=metrics&x=%26"
    assert any("username-" in one for one in answer.headers.get_list("Set-Cookie"))
    for address in ("jupyter-runs?token=", "jupyter-runs//evil.example?token="):
        answer = await ask(address + token, token=False)
        assert urlsplit(urljoin(f"http://x{jp_base_url}", answer.headers["Location"])).netloc == "x"


async def test_the_document_has_no_token_and_no_script_of_its_own(ask, jp_auth_header):
    token = jp_auth_header["Authorization"].split()[-1].encode()
    answer = await ask("jupyter-runs/workspaces/<script>alert(1)/runs/x")
    assert token not in answer.body
    assert b"alert" not in answer.body
    parts = Parts(answer.body.decode())
    assert parts.handlers == []
    assert [kind for kind, _ in parts.scripts] == ["application/json"]


def up(path, relative):
    """Resolve ``../`` as browsers do, to whom an empty segment is one."""
    parts = path.split("/")[:-1]
    for _ in range(relative.count("../")):
        parts.pop()
    return "/".join(parts) + "/"


@given(
    rest=st.text(alphabet="abc/%-", max_size=30).map(lambda text: "jupyter-runs" + text),
    prefix=st.sampled_from(["", "/p", "/a/b"]),
    base=st.sampled_from(["/", "/user/ada/"]),
)
def test_its_parts_are_found_wherever_it_is_mounted(rest, prefix, base):
    handler = page.PageHandler.__new__(page.PageHandler)
    handler.request = type("Request", (), {"path": base + rest})
    handler.application = type("Application", (), {"settings": {"base_url": base}})
    # the browser also sees what a proxy has put before it
    assert up(prefix + base + rest, handler._root()) == prefix + base


async def test_its_parts_are_there_and_kept_by_version(ask, jp_base_url):
    address = jp_base_url + "jupyter-runs/workspaces/default/runs/x"
    answer = await ask(address[len(jp_base_url) :])
    loaded = [part for part in Parts(answer.body.decode()).loaded if not part.startswith("data:")]
    assert len(loaded) == 3
    for part in loaded:
        assert not urlsplit(part).netloc
        where = urljoin(address, part)
        sent = await ask(where[len(jp_base_url) :])
        assert sent.code == 200
        assert sent.headers["X-Content-Type-Options"] == "nosniff"
        assert "max-age" in sent.headers["Cache-Control"]
        assert "javascript" in sent.headers["Content-Type"] or "css" in sent.headers["Content-Type"]
    plain = await ask("jupyter-runs/static/portal.js")
    assert plain.headers["Cache-Control"] == "no-cache"
    again = await ask("jupyter-runs/static/portal.js", **{"If-None-Match": plain.headers["Etag"]})
    assert again.code == 304


async def test_what_is_built_anew_has_another_version(ask, built):
    def versions(answer):
        return re.findall(r"v=([\w-]+)", answer.body.decode())

    before = versions(await ask("jupyter-runs/"))
    (built / "portal.js").write_text("/* another, longer one */")
    after = versions(await ask("jupyter-runs/"))
    assert [a == b for a, b in zip(before, after)] == [True, True, False]


@pytest.mark.parametrize(
    "path",
    [
        "../page.py",
        "..%2Fpage.py",
        "%2e%2e/page.py",
        "..%5Cpage.py",
        "%2Fetc%2Fpasswd",
        "/etc/passwd",
        "portal.js/../../page.py",
        "portal.js%00",
        "",
        ".",
        "..",
        "sub/portal.js",
        "none.js",
    ],
)
async def test_nothing_else_is_served(ask, built, path):
    (built.parent / "page.py").write_text("secret")
    (built / "sub").mkdir()
    (built / "sub" / "portal.js").write_text("secret")
    answer = await ask("jupyter-runs/static/" + path)
    assert answer.code in (403, 404)
    assert b"secret" not in answer.body
    assert b"root:" not in answer.body


async def test_errors_are_plain_words_and_never_tell_the_token(ask, built, jp_auth_header):
    (built / "portal.js").unlink()
    answer = await ask("jupyter-runs/")
    assert answer.code == 503
    assert b"jlpm build" in answer.body
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert jp_auth_header["Authorization"].split()[-1].encode() not in answer.body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_it_is_only_to_be_looked_at(ask, method):
    assert (await ask("jupyter-runs/", method=method)).code in (403, 405)


async def test_the_api_stays_what_it_is(ask, api, make_run, built):
    make_run("r1")
    assert (await api("GET", "health")).json["page"] == "jupyter-runs"
    assert (await api("GET", "none")).status == 404
    refused = await ask("jupyter-runs/api/runs", token=False)
    assert (refused.code, list(json.loads(refused.body))) == (403, ["message"])
    (built / "portal.js").unlink()
    assert (await api("GET", "health")).json["page"] is None  # no link leads to what is not there


@needs_build
def test_the_real_bundle_loads_nothing_from_elsewhere():
    for part in page.PARTS:
        text = (page.STATIC / part).read_text()
        assert not re.search(r"""(?:src|href|url\(|import\()\s*[=(]?\s*["']?https?://""", text)

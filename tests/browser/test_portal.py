"""The web page of runs, without JupyterLab around it: a real server, a real process that trains, a real browser."""

from __future__ import annotations

import http.client
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect
from portaldriver import Portal, PortalServer, Training


@pytest.fixture(scope="session")
def portal_server(tmp_path_factory):
    server = PortalServer(tmp_path_factory.mktemp("portal"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def training(portal_server):
    process = Training(portal_server)
    yield process
    process.end()
    portal_server.clear()


@pytest.fixture
def tab(browser, portal_server, request):
    """Open tabs, each with a browser profile of its own; nothing may go wrong in them."""
    tabs = []

    def open_(path="", *, log_in=True, server=portal_server, **options):
        tabs.append(Portal(browser, server, **options))
        if log_in:
            tabs[-1].log_in()
        if path is not None:
            tabs[-1].goto(path)
        return tabs[-1]

    yield open_
    report = getattr(request.node, "report", None)
    for number, one in enumerate(tabs):
        if report is not None and report.failed:
            one.screenshot(f"failed-{request.node.name}-{number}")
        one.context.close()
    for one in tabs:
        assert one.errors == []
        assert one.foreign == []


def row(portal, text):
    return portal.page.locator("nav .jp-Runs-row", has_text=text)


def main(portal):
    return portal.page.get_by_role("main")


def crumbs(portal):
    return portal.page.get_by_role("navigation", name="Where you are").get_by_role("link")


def test_the_login_comes_first_and_leads_to_the_run(tab, training, portal_server):
    url = training.start("brave-otter")
    portal = tab(None, log_in=False)
    portal.page.goto(url)
    assert "/login" in portal.page.url
    portal.page.locator("#password_input").fill(portal_server.token)
    portal.page.locator("#login_submit").click()
    expect(main(portal).locator("h1")).to_have_text("cifar10 / run 1")
    assert portal.page.url == url
    assert portal_server.token not in portal.page.content()


def test_a_link_with_a_token_opens_without_keeping_it(tab, training, portal_server):
    url = training.start("brave-otter")
    portal = tab(None, log_in=False)
    portal.page.goto(f"{url}?token={portal_server.token}&tab=metrics")
    expect(main(portal).locator("h1")).to_have_text("cifar10 / run 1")
    assert portal.page.url == f"{url}?tab=metrics"


def test_a_run_is_followed_to_its_end_and_is_there_after_a_reload(tab, training):
    url = training.start("brave-otter", points=3)
    assert re.fullmatch(
        r"http://(127\.0\.0\.1|localhost):\d+/jupyter-runs/workspaces/default/runs/[\w-]+", url
    )
    portal = tab(url.partition("/jupyter-runs/")[2])
    page = portal.page
    expect(page).to_have_title("run 1 · cifar10 · default · Runs")
    expect(main(portal).locator(".jp-Runs-pill")).to_have_text("Running")
    expect(row(portal, "brave-otter")).to_have_attribute("aria-current", "true")
    training.do("run.progress(1, 4)")
    training.do("run.log('loss', 0.125, step=3)")
    expect(main(portal).locator(".jp-Runs-head progress")).to_have_attribute("value", "0.25")
    expect(row(portal, "brave-otter")).to_contain_text("loss 0.125")
    expect(main(portal).locator(".jp-Runs-plot canvas")).to_have_count(1)
    page.get_by_role("tab", name="Metrics").click()
    expect(page).to_have_url(re.compile(r"\?tab=metrics$"))
    page.reload()
    expect(page.get_by_role("tab", name="Metrics")).to_have_attribute("aria-selected", "true")
    expect(main(portal).locator("[data-chart=loss] canvas")).to_be_visible()
    portal.screenshot("portal-run")
    training.do("run.complete()")
    expect(main(portal).locator(".jp-Runs-pill")).to_have_text("Completed")
    page.go_back()
    expect(page.get_by_role("tab", name="Details")).to_have_attribute("aria-selected", "true")
    expect(main(portal).locator(".jp-Runs-pill")).to_have_text("Completed")


def test_each_page_has_an_address_and_back_leads_where_one_was(tab, training):
    training.start("brave-otter", points=2)
    portal = tab()
    page = portal.page
    expect(main(portal).locator("h1")).to_have_text("Experiments")
    main(portal).get_by_role("link", name="cifar10").click()
    expect(main(portal).locator("h1")).to_have_text("cifar10")
    main(portal).get_by_role("button", name="run 1").click()
    expect(crumbs(portal)).to_have_text(["default", "cifar10", "run 1"])
    crumbs(portal).get_by_text("default").click()
    expect(main(portal).locator("h1")).to_have_text("default")
    page.get_by_role("link", name="Compute").click()
    expect(main(portal).locator("h1")).to_have_text("Compute")
    page.get_by_role("link", name="Trash").click()
    expect(main(portal)).to_contain_text("The trash is empty")
    ways = ["compute", "workspaces/default", "runs/", "experiments/cifar10", "jupyter-runs/"]
    for end, title in zip(ways, ("Compute", "default", "cifar10 / run 1", "cifar10", "Experi")):
        page.go_back()
        expect(page).to_have_url(re.compile(re.escape(end)))
        expect(main(portal).locator("h1")).to_contain_text(title)
    page.go_forward()
    expect(main(portal).locator("h1")).to_have_text("cifar10")


def test_marked_runs_are_compared_at_an_address_of_their_own(tab, training):
    for name, rate in (("wise-crane", 0.01), ("brave-otter", 0.02)):
        training.start(name, points=50, rate=rate)
        training.do("run.complete()")
    portal = tab()
    row(portal, "wise-crane").click(modifiers=["Control"])
    row(portal, "brave-otter").click(modifiers=["Control"])
    portal.page.get_by_role("button", name="Compare 2 runs").click()
    keys = main(portal).locator("[data-chart=loss] .jp-Runs-key")
    expect(keys).to_have_count(2)
    portal.screenshot("portal-compare")
    url = portal.page.url
    assert url.count("run=default%2F") == 2
    portal.page.reload()
    expect(keys).to_have_count(2)
    main(portal).get_by_role("button", name="Take").first.click()
    expect(main(portal).locator("h1")).to_have_text("1 run")
    portal.page.go_back()
    expect(keys).to_have_count(2)
    assert portal.page.url == url


def test_the_menu_does_what_lab_s_does_and_can_be_undone(tab, training):
    training.start("brave-otter")
    training.do("run.complete()")
    portal = tab()
    page = portal.page
    row(portal, "brave-otter").click(button="right")
    page.get_by_role("menuitem", name="Tag…").click()
    page.get_by_role("textbox", name="Tag a run").fill("model: cnn")
    portal.screenshot("portal-question")
    page.keyboard.press("Enter")
    expect(row(portal, "brave-otter")).to_contain_text("cnn")
    # the same by keys alone
    page.get_by_role("tree").press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+F10")
    expect(page.get_by_role("menuitem", name="Open", exact=True)).to_be_focused()
    portal.screenshot("portal-menu")
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Rename a run").fill("<b>calm</b>")
    page.keyboard.press("Enter")
    expect(row(portal, "<b>calm</b>")).to_be_visible()
    row(portal, "calm").click(button="right")
    with portal.context.expect_page() as opened:
        page.get_by_role("menuitem", name="Open in a browser tab").click()
    expect(opened.value.locator("main h1")).to_have_text("cifar10 / run 1")
    opened.value.close()
    row(portal, "calm").click()
    page.get_by_role("tree").press("Delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(row(portal, "calm")).to_have_count(0)
    expect(main(portal).locator("h1")).to_have_text("Experiments")  # the run's page is no more
    page.get_by_role("button", name="Undo").click()
    expect(row(portal, "calm")).to_be_visible()


def test_keys_of_the_list_rename_delete_and_take_back(tab, training):
    for name in ("wise-crane", "brave-otter"):
        training.start(name)
        training.do("run.complete()")
    portal = tab()
    page = portal.page
    tree, dialog = page.get_by_role("tree"), page.get_by_role("dialog")
    expect(row(portal, "wise-crane")).to_be_visible()
    tree.focus()
    page.keyboard.press("End")
    expect(row(portal, "wise-crane")).to_have_attribute("data-focused", "true")
    page.keyboard.press("F2")
    name = page.get_by_role("textbox", name="Rename a run")
    expect(name).to_have_value("wise-crane")
    expect(name).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(tree).to_be_focused()
    page.keyboard.press("F2")
    name.fill("calm-heron")
    page.keyboard.press("Enter")
    expect(row(portal, "calm-heron")).to_be_visible()
    expect(tree).to_be_focused()
    page.keyboard.press("Delete")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()  # what is lost is chosen
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(row(portal, "calm-heron")).to_have_count(0)
    expect(tree).to_be_focused()
    expect(row(portal, "brave-otter")).to_have_attribute("data-focused", "true")
    page.keyboard.press("Control+z")
    expect(row(portal, "calm-heron")).to_be_visible()
    page.keyboard.press("Control+z")  # nothing more to take back
    expect(row(portal, "calm-heron")).to_be_visible()


def test_an_experiment_has_a_menu_at_its_heading(tab, training):
    training.start("brave-otter")
    training.do("run.complete()")
    portal = tab()
    page = portal.page
    heading = page.locator("nav .jp-Runs-heading", has_text="cifar10")
    menu = page.get_by_role("menu", name="cifar10")
    heading.click(button="right")
    portal.screenshot("portal-menu-experiment")
    with portal.context.expect_page() as opened:
        menu.get_by_role("menuitem", name="Open in a browser tab").click()
    expect(opened.value.locator("main h1")).to_have_text("cifar10")
    opened.value.close()
    # by keys alone
    page.get_by_role("tree").press("Home")
    page.keyboard.press("Shift+F10")
    expect(menu.get_by_role("menuitem", name="Open the experiment")).to_be_focused()
    page.keyboard.press("Enter")
    expect(main(portal).locator("h1")).to_have_text("cifar10")
    heading.click(button="right")
    menu.get_by_role("menuitem", name="Archive the experiment").click()
    expect(heading).to_have_count(0)
    portal.screenshot("portal-all-archived")
    page.get_by_role("button", name="Show what is archived").click()
    expect(row(portal, "brave-otter")).to_be_visible()
    heading.click(button="right")
    menu.get_by_role("menuitem", name="Unarchive the experiment").click()
    expect(page.locator("nav.jp-Runs-sidebar")).to_contain_text("Nothing is archived")
    page.get_by_label("archived").uncheck()
    expect(row(portal, "brave-otter")).to_be_visible()


def test_a_run_is_cancelled_and_tagged_on_its_page(tab, training):
    url = training.start("brave-otter")
    portal = tab(url.partition("/jupyter-runs/")[2])
    main(portal).get_by_role("button", name="Cancel").click()
    expect(main(portal).locator(".jp-Runs-pill")).to_have_text(re.compile("Cancel"))
    assert training.do("print(run.get_status())").startswith("Cancel")
    main(portal).get_by_role("button", name="+ add").click()
    main(portal).get_by_role("textbox", name="New tag").fill("quality: good")
    portal.page.keyboard.press("Enter")
    expect(main(portal).locator(".jp-Runs-chip")).to_have_text("quality: good×")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("workspaces/default/runs/none", "no run 'none'"),
        ("workspaces/none/runs/none", "no workspace 'none'"),
        ("workspaces/none", "“none”"),
        ("workspaces/default/experiments/none", "“none”"),
        ("compare?run=default/none", "no run 'none'"),
        ("<script>alert(1)</script>", "no page at this address"),
        ("workspaces/default/runs/%E0%A4%A", "no page at this address"),
    ],
)
def test_what_is_not_there_is_told_and_leads_back(tab, training, path, told):
    training.start("brave-otter")
    portal = tab(path)
    expect(main(portal).get_by_role("alert")).to_contain_text(told)
    main(portal).get_by_role("button", name="All experiments").click()
    expect(main(portal).get_by_role("link", name="cifar10")).to_be_visible()


def test_light_and_dark_are_as_the_system_has_it_or_as_chosen(tab, training):
    training.start("brave-otter", points=20)
    portal = tab(color_scheme="dark")
    body = portal.page.locator("body")
    expect(body).to_have_css("background-color", "rgb(33, 33, 33)")
    row(portal, "brave-otter").click()
    expect(main(portal).locator(".jp-Runs-plot canvas")).to_be_visible()
    portal.screenshot("portal-dark")
    portal.page.get_by_role("button", name="Colours").click()
    expect(body).to_have_css("background-color", "rgb(255, 255, 255)")
    portal.page.reload()
    expect(body).to_have_css("background-color", "rgb(255, 255, 255)")
    portal.page.get_by_role("button", name="Colours: light").click()
    portal.page.get_by_role("button", name="Colours: dark").click()
    expect(body).to_have_css("background-color", "rgb(33, 33, 33)")
    portal.page.emulate_media(color_scheme="light")
    expect(body).to_have_css("background-color", "rgb(255, 255, 255)")


def test_a_phone_s_width_is_enough(tab, training):
    training.start("brave-otter", points=20)
    portal = tab(viewport={"width": 360, "height": 740})
    page = portal.page
    expect(main(portal).locator("h1")).to_have_text("Experiments")
    expect(page.get_by_role("tree")).to_have_count(0)
    page.get_by_role("button", name="Show the list of runs").click()
    row(portal, "brave-otter").click()
    expect(main(portal).locator("h1")).to_have_text("cifar10 / run 1")
    expect(page.get_by_role("tree")).to_have_count(0)  # it has done what it was there for
    expect(main(portal).locator(".jp-Runs-plot canvas")).to_be_visible()
    portal.screenshot("portal-narrow")
    for path in ("", "compute", "trash", "workspaces/default/experiments/cifar10"):
        portal.goto(path)
        expect(main(portal).locator("h1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_list_can_be_folded_away_and_stays_so(tab, training):
    training.start("brave-otter")
    portal = tab(viewport={"width": 2500, "height": 1300})
    page = portal.page
    expect(row(portal, "brave-otter")).to_be_visible()
    page.get_by_role("button", name="Hide the list of runs").click()
    expect(page.get_by_role("tree")).to_have_count(0)
    page.reload()
    expect(main(portal).get_by_role("link", name="cifar10")).to_be_visible()
    expect(page.get_by_role("tree")).to_have_count(0)
    portal.screenshot("portal-wide")


def test_it_is_reached_by_keys_alone(tab, training):
    training.start("brave-otter")
    portal = tab()
    page = portal.page
    expect(row(portal, "brave-otter")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(main(portal)).to_be_focused()
    page.get_by_role("tree").focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(main(portal).locator("h1")).to_have_text("cifar10 / run 1")
    for role in ("banner", "main"):
        expect(page.get_by_role(role)).to_have_count(1)


def test_nothing_is_asked_while_the_tab_is_hidden(tab, training):
    training.start("brave-otter")
    portal = tab(None)
    asked = []
    portal.page.on("request", lambda request: asked.append(request.url))
    portal.page.clock.install()
    portal.goto()
    expect(row(portal, "brave-otter")).to_be_visible()
    with portal.page.expect_request("**/jupyter-runs/api/runs*"):
        portal.page.clock.fast_forward(10_000)
    set_visibility = """state => {
        Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
    }"""
    portal.page.evaluate(set_visibility, "hidden")
    with portal.page.expect_response("**/jupyter-runs/api/runs*"):
        portal.page.clock.fast_forward(10_000)  # once more, as what is hidden may come back at once
    for _ in range(3):
        portal.page.evaluate("() => fetch('.')")
        before = len([url for url in asked if "/api/" in url])
        portal.page.clock.fast_forward(60_000)
    portal.page.evaluate("() => fetch('.')")
    assert len([url for url in asked if "/api/" in url]) == before
    portal.page.evaluate(set_visibility, "visible")
    with portal.page.expect_request("**/jupyter-runs/api/runs*"):
        portal.page.clock.fast_forward(60_000)


def test_no_runs_yet_says_how_to_make_one(tab, portal_server):
    portal_server.clear()
    portal = tab()
    expect(portal.page.get_by_text("No runs yet")).to_be_visible()
    expect(main(portal)).to_contain_text("as soon as they have runs")
    portal.screenshot("portal-empty")


@pytest.fixture
def proxied(portal_server):
    """Address of a proxy that puts ``/deep/er`` before all addresses, and takes it off again."""

    class Proxy(ThreadingHTTPServer):
        request_queue_size = 128  # a page asks for much at once

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self):
            server = http.client.HTTPConnection("127.0.0.1", portal_server.port)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = self.path.removeprefix("/deep/er")
            server.request(self.command, path, body, dict(self.headers))
            answer = server.getresponse()
            data = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "content-length"):
                    self.send_header(name, value)
            if answer.status != 304:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
            server.close()

        do_GET = do_POST = forward  # noqa: N815 - as the base class calls them

        def log_message(self, *_):
            pass

    proxy = Proxy(("127.0.0.1", 0), Handler)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{proxy.server_port}/deep/er/jupyter-runs"
    proxy.shutdown()
    proxy.server_close()


def test_it_works_behind_a_proxy_s_prefix(tab, training, portal_server, proxied):
    url = training.start("brave-otter", points=3)
    portal = tab(None, log_in=False)
    portal.page.goto(f"{proxied}?token={portal_server.token}")
    expect(portal.page).to_have_url(proxied)
    row(portal, "brave-otter").click()
    expect(portal.page).to_have_url(proxied + url.partition("/jupyter-runs")[2])
    portal.page.reload()
    main(portal).get_by_role("button", name="Cancel").click()  # a POST, which shows the cookie
    expect(main(portal).locator(".jp-Runs-pill")).to_have_text(re.compile("Cancel"))


def test_it_works_under_a_base_url(browser, tab, tmp_path):
    server = PortalServer(tmp_path / "under", base_url="/user/ada%40b/")
    server.start()
    training = Training(server)
    try:
        url = training.start("brave-otter", points=3)
        assert "/user/ada%40b/jupyter-runs/workspaces/" in url
        portal = tab(None, server=server)
        portal.page.goto(url)
        main(portal).get_by_role("button", name="Cancel").click()
        expect(main(portal).locator(".jp-Runs-pill")).to_have_text(re.compile("Cancel"))
        portal.page.get_by_role("link", name="Runs").click()
        expect(portal.page).to_have_url(re.compile("/user/ada%40b/jupyter-runs/$"))
    finally:
        training.end()
        server.stop()

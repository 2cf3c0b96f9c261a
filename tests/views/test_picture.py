"""The static picture and the HTML reprs: small, whole, escaped, nothing to load."""

from __future__ import annotations

import math
import re
import time
import uuid
from html.parser import HTMLParser
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_runs.views import RunView, comparison, experiment_table, sparkline
from jupyter_runs.views.reprs import experiment_html, link, run_html, workspace_html

TAGS = {
    "div",
    "span",
    "b",
    "img",
    "pre",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "a",
    "code",
    "br",
}
ATTRIBUTES = {"style", "class", "title", "src", "alt", "width", "height", "href", "target", "rel"}
VOID = {"img", "br"}
HOSTILE = [
    "<b>x</b>",
    "a/b",
    '"><script>alert(1)</script>',
    "'onload='alert(1)",
    "🦦 emoji",
    "n" * 250,
    "\u202eRTL override",
    "]]>&amp;&#60;",
    "javascript:alert(1)",
    "%3Cscript%3E",
    "ünïcode/خسارة",
]
DANGEROUS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Checked(HTMLParser):
    """Takes only what we mean to write: any other tag or attribute came from a name or a value."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.text, self.images, self.links = [], [], [], []
        self.feed(text)
        self.close()
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS, tag
        for name, value in attrs:
            assert name in ATTRIBUTES, (tag, name)
            if name == "style":
                assert "url(" not in value
                assert "<" not in value
            if name == "src":
                self.images.append(value)
            if name == "href":
                self.links.append(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def handle_comment(self, data):
        pytest.fail(f"a comment: {data}")

    def handle_decl(self, decl):
        pytest.fail(f"a declaration: {decl}")

    def handle_pi(self, data):
        pytest.fail(f"a processing instruction: {data}")


def check(html):
    """Check a picture and return its text."""
    assert not DANGEROUS.search(html)
    found = Checked(html)
    for source in found.images:
        assert source.startswith("data:image/")
        if source.startswith("data:image/svg+xml,"):
            root = ET.fromstring(unquote(source.partition(",")[2]))
            for element in root.iter():
                assert element.tag.rpartition("}")[2] in {"svg", "g", "path", "text", "rect"}
                assert not any(a.startswith("on") or a.endswith("href") for a in element.attrib)
    return "".join(found.text)


def test_a_busy_run(make):
    run = make(created=time.time() - 843)
    run.writer.event("progress", done=0, total=12500, unit="batches")
    run.writer.event("progress", done=7260, total=12500, unit="batches")
    for i in range(5000):
        run.writer.log("loss", math.exp(-i / 1000), step=i)
    run.writer.log("alpha", 0.4)
    run.writer.log_body(
        "confusion_matrix", "cm", {"class_labels": ["a", "b"], "matrix": [[1, 2], [3, 4]]}
    )
    for phase in ("warm-up", "training"):
        run.writer.log("phase", phase)
    run.writer.log_row("row", {"x": 1, "y": 2})
    html = RunView(run.folder).picture(as_of=1_795_000_000)
    text = check(html)
    for said in (
        "cifar10 / run 12",
        "brave-otter",
        "◐ Running",
        "as of 2026-11-18",
        "7,260 of 12,500 batches",
        "14 min 03 s elapsed",
        "alpha",
        "of 5,000 drawn",
        "10 samples · accuracy 0.5",
        "warm-up",
        "1 row",
    ):
        assert said in text
    assert "zoom" not in text
    assert len(html) < 40_000
    for word in ("<script", "<style", "http://", "https://", "javascript:"):
        assert word not in html.replace("http://www.w3.org/2000/svg", "")


def test_a_failed_run_shows_error_and_log(make):
    run = make(created=time.time() - 131)
    run.writer.log("loss", 1.0, step=3120)
    run.log_file("70_driver_log.txt", "epoch=1\n<b>Error</b>\x00\x1b[31m\n")
    run.folder.end("Failed", code="RuntimeError", message="CUDA out of memory")
    text = check(RunView(run.folder).picture())
    for said in (
        "✕ Failed",
        "CUDA out of memory",
        "(RuntimeError)",
        "Last lines of 70_driver_log.txt",
        "<b>Error</b>␀",
    ):
        assert said in text
    assert "after 2 min 11 s, at step 3,120" in text


def test_a_failed_run_without_log_shows_its_traceback(make):
    run = make()
    run.folder.end(
        "Failed", message="ValueError: <x>", details="Traceback:\n  line\nValueError: <x>"
    )
    assert "Traceback:\n  line" in check(RunView(run.folder).picture())


def test_an_empty_run(make):
    run = make(number=None, experiment="")
    run.writer.event("status", status="Running")
    text = check(RunView(run.folder).picture())
    assert "No metrics logged yet." in text
    run.folder.end("Canceled", message="kernel was shut down before complete()")
    text = check(RunView(run.folder).picture())
    assert "⊘ Canceled" in text
    assert "kernel was shut down before complete()" in text


def test_a_hundred_metrics_are_counted(run):
    for i in range(400):
        run.writer.log_metrics({f"train/{k}": math.sin(i / 30 + k) for k in range(100)})
    for k in range(30):
        run.writer.log(f"p{k}", k)
    html = RunView(run.folder).picture()
    assert "… and 94 more metrics" in check(html)
    assert len(html.encode()) < 64_000


def test_the_largest_picture_is_below_its_limit(make):
    run = make(name="n" * 255)
    for k in range(40):
        run.writer.log_body(
            "confusion_matrix",
            f"{k}" + "🦦" * 200,
            {
                "class_labels": [f"🦦{i}" * 50 for i in range(24)],
                "matrix": np.arange(576).reshape(24, 24).tolist(),
            },
        )
        run.writer.log(f"tile {k}" + "é" * 200, "🦦" * 3000)
        run.writer.event("warning", text="<" * 3000)
    run.writer.log_image("i", b"\x89PNG\r\n\x1a\n" + b"x" * 19_000, ".png")
    run.log_file("log.txt", "🦦<" * 20_000)
    run.folder.end("Failed", message="<" * 5000, details="<" * 5000)
    html = RunView(run.folder).picture()
    check(html)
    assert len(html.encode()) < 100_000


def test_small_images_are_in_it(run):
    run.writer.log_image("plot", b"\x89PNG\r\n\x1a\nsmall", ".png", "<i>", step=4)
    run.writer.log_image(
        "evil", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", ".svg"
    )
    run.writer.log_image("large", b"x" * 90_000, ".png")
    html = RunView(run.folder).picture()
    text = check(html)
    assert html.count("<img") == 2
    assert "step 4" in text
    assert "1 more image" in text
    assert "onload" not in html


def test_hostile_names_and_values(make):
    run = make(name=HOSTILE[0] + HOSTILE[2], experiment=HOSTILE[2], number=1)
    for name in HOSTILE:
        for k in range(3):
            run.writer.log(name, k)
        run.writer.log("tile" + name[:200], name)
        run.writer.log_row("row" + name[:200], {name: 1, "x" + name[:200]: 2, "s": name})
        run.writer.event("param", key=name, value=name)
        run.writer.event("warning", text=name)
    run.writer.log_body(
        "confusion_matrix",
        "cm",
        {"class_labels": HOSTILE, "matrix": [[1] * len(HOSTILE)] * len(HOSTILE)},
    )
    run.writer.flush()
    html = RunView(run.folder).picture()
    text = check(html)
    assert "<b>x</b>" in text
    assert len(html.encode()) < 100_000
    check(run_html(run.folder, "javascript:alert(1)"))
    check(experiment_html(HOSTILE[2], HOSTILE[0], [run.folder], None))
    check(workspace_html(HOSTILE[2], HOSTILE[0], HOSTILE))


@given(
    st.lists(
        st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).filter(
            str.strip
        ),
        min_size=1,
        max_size=6,
    ),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=40),
    st.lists(st.floats(), min_size=1, max_size=30),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_names_and_values_stay_text(make, names, value, numbers):
    run = make(uuid.uuid4().hex)
    for name in names:
        for number in numbers:
            run.writer.log(name, number)
        run.writer.log_metrics({"tile " + name: value})
    run.log_file("log.txt", value)
    run.folder.end("Failed", message=value, code=value)
    html = RunView(run.folder).picture()
    check(html)
    assert len(html.encode()) < 100_000
    check(run_html(run.folder))


def test_a_repr_of_a_run(run):
    for i in range(50):
        run.writer.log("loss", 1 / (i + 1))
    html = run_html(run.folder, "http://localhost:8888/user/x/jupyter-runs/")
    text = check(html)
    for said in ("cifar10", "r1", "interactive", "◐ Running", "0.02", "Open in the portal"):
        assert said in text
    assert html.count("<img") == 1
    assert "portal" not in check(run_html(run.folder, None))
    assert "jupyter runs portal" in check(run_html(run.folder, ""))  # no server answers
    assert "not there" in check(run_html(run.folder.path.parent / "none"))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "", None])
def test_a_link_leads_to_a_page_or_is_none(url):
    assert link(url, "x") == ""


def test_an_experiment_and_its_table(make):
    runs = []
    for k in range(4):
        run = make(f"r{k}", number=k + 1)
        run.writer.event("param", key="alpha", value=k / 10)
        run.writer.event("param", key="solver", value="svd")
        run.writer.log("mse", 3000 + k)
        for i in range(20):
            run.writer.log("loss", math.exp(-i / (k + 1)))
        run.writer.flush()
        runs.append(run)
    folders = [run.folder for run in runs]
    text = check(experiment_html("diabetes", "default", folders, total=20))
    for said in ("diabetes", "the latest 4 runs of 20", "alpha", "0.3", "3,003"):
        assert said in text
    assert "svd" not in text
    table = experiment_table([*folders, folders[0].path.parent / "gone"])
    assert (table.params, table.differing, table.metrics) == (
        ("alpha", "solver"),
        ("alpha",),
        ("mse", "loss"),
    )
    assert [row.label for row in table.rows][:2] == ["1 brave-otter", "2 brave-otter"]
    assert table.rows[1].metrics["loss"].maximum == 1
    assert "No runs yet." in check(experiment_html("e", "w", []))


def test_curves_of_several_runs_in_one_chart(make):
    first, second = make("r1", number=1), make("r2", number=2, name="calm-finch")
    for i in range(10):
        first.writer.log("loss", i)
        second.writer.log("loss", -i)
    second.writer.log("only here", 1)
    second.writer.log("only here", 2)
    view = comparison([first.folder, second.folder])
    assert view.keys == ("loss", "only here")
    chart = view.chart("loss")
    assert [line.label for line in chart.lines] == ["1 brave-otter", "2 calm-finch"]
    assert [line.key for line in chart.lines] == ["r1:main-1", "r2:main-1"]
    assert chart.badge == "2 runs · 20 points"
    assert view.chart("loss") is chart
    assert not view.refresh()
    first.writer.log("loss", 99)
    assert view.refresh()
    assert view.chart("loss").lines[0].total == 11
    assert view.chart("only here").badge == "1 run · 2 points"
    view.set_runs([second.folder])
    assert len(view.rows) == 1
    with pytest.raises(KeyError):
        view.chart("none")


def test_a_run_that_was_deleted_goes_from_the_table(make):
    import shutil

    runs = [make("r1"), make("r2")]
    view = comparison([run.folder for run in runs])
    shutil.rmtree(runs[0].folder.path)
    assert view.refresh()
    assert [row.head.id for row in view.rows] == ["r2"]


@given(st.lists(st.floats(), max_size=50))
def test_sparklines(values):
    svg = sparkline(values)
    if any(math.isfinite(v) for v in values):
        ET.fromstring(svg)
        assert "nan" not in svg
        assert "inf" not in svg
    else:
        assert svg == ""

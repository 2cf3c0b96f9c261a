"""The view of one run: what is told, only what changed, and at what cost."""

from __future__ import annotations

import json
import math
import shutil
import time
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_runs.journal import InvalidPathError, RunNotFoundError
from jupyter_runs.views import ChartOptions, RunView


def strict(value):
    return json.loads(json.dumps(value, allow_nan=False), parse_constant=pytest.fail)


def test_the_head_of_a_run_that_goes_on(make):
    run = make(created=time.time() - 843)
    run.writer.event("progress", done=0, total=12500, unit="batches")
    run.writer.log("loss", 1.0, step=74)
    run.writer.event("warning", text="careful")
    head = RunView(run.folder).head()
    assert (head.title, head.name, head.status, head.icon) == (
        "cifar10 / run 12",
        "brave-otter",
        "Running",
        "◐",
    )
    assert head.active
    assert 843 <= head.elapsed < 850
    assert head.progress.text == "0 of 12,500 batches"
    assert head.eta is None
    assert head.last_step == 74
    assert head.warnings == ("careful",)
    assert (head.error, head.log_tail, head.ended) == (None, None, None)
    assert head.workspace == "default"


def test_what_a_run_that_has_not_begun_waits_for(make, monkeypatch):
    from jupyter_runs.views import head as heads

    run = make(target="<gpu>")
    assert RunView(run.folder).head().status == "NotStarted"
    assert RunView(run.folder).head().active  # it is going to start
    run.writer.event("status", status="Queued")
    view = RunView(run.folder)
    assert view.head().waiting is None  # where nobody knows its place
    for place, said in ((3, "3rd in the queue of <gpu>"), (1, "next in the queue of <gpu>")):
        monkeypatch.setattr(heads, "queue_place", lambda _folder, at=place: at)
        assert view.refresh()
        assert view.head().waiting == said
    run.writer.event("status", status="Preparing")
    run.writer.event("phase", text="creating a virtual environment")
    run.writer.event("phase", text="installing 3 packages with pip")
    view.refresh()
    assert view.head().waiting == "installing 3 packages with pip"
    assert strict(view.to_json())["head"]["waiting"] == "installing 3 packages with pip"
    assert "installing 3 packages with pip" in view.picture()
    run.writer.event("status", status="Running")
    view.refresh()
    assert view.head().waiting is None


def test_places_in_words():
    from jupyter_runs.views.format import ordinal

    said = [ordinal(n) for n in (1, 2, 3, 4, 10, 11, 12, 13, 21, 102, 111, 1003)]
    assert said == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "10th",
        "11th",
        "12th",
        "13th",
        "21st",
        "102nd",
        "111th",
        "1,003rd",
    ]


def test_the_head_of_a_failed_run_has_error_and_log(make):
    run = make(created=time.time() - 131)
    run.log_file("70_driver_log.txt", "".join(f"line {i}\n" for i in range(5000)))
    run.writer.log("loss", 2.0, step=3120)
    run.folder.end(
        "Failed", code="RuntimeError", message="RuntimeError: CUDA out of memory", details="Trace"
    )
    head = RunView(run.folder).head()
    assert (head.status, head.active, head.error, head.error_code) == (
        "Failed",
        False,
        "RuntimeError: CUDA out of memory",
        "RuntimeError",
    )
    assert head.error_details == "Trace"
    assert head.log_tail.name == "70_driver_log.txt"
    assert head.log_tail.text.split("\n") == [f"line {i}" for i in range(4988, 5000)]
    assert 131 <= head.elapsed < 140


def test_tiles_and_charts_in_their_groups(run):
    for name in ("train/loss", "b", "valid/loss", "train/acc"):
        run.writer.log_metrics({name: 1})
        run.writer.log_metrics({name: 2})
    run.writer.log("alpha", 0.4)
    run.writer.log("model", "cnn-small")
    run.writer.log("none", None)
    view = RunView(run.folder)
    assert view.chart_keys() == ["b", "train/loss", "train/acc", "valid/loss"]
    assert view.chart_keys("LOSS val") == ["valid/loss"]
    assert [(t.name, t.text) for t in view.tiles()] == [
        ("alpha", "0.4"),
        ("model", "cnn-small"),
        ("none", "None"),
    ]
    assert [t.name for t in view.tiles("alp")] == ["alpha"]
    assert view.chart("train/acc").group == "train"
    assert [(t.id, t.count) for t in view.tabs()] == [("metrics", 7), ("details", None)]


def test_a_tile_becomes_a_chart(run):
    run.writer.log("a", 1)
    view = RunView(run.folder)
    assert view.chart_keys() == []
    cursor = view.to_json()["cursor"]
    run.writer.log("a", 2)
    assert view.refresh()
    assert (view.tiles(), view.chart_keys()) == ([], ["a"])
    assert view.to_json(cursor)["order"] == ["a"]


def test_only_what_changed_is_told(run):
    for i in range(3):
        run.writer.log_metrics({"a": i, "b": i})
    view = RunView(run.folder)
    whole = strict(view.to_json())
    assert whole["full"]
    assert [c["key"] for c in whole["charts"]] == ["a", "b"]
    nothing = strict(view.to_json(whole["cursor"]))
    assert not view.refresh()
    assert nothing["charts"] == []
    assert "head" not in nothing
    assert len(json.dumps(nothing)) < 1000
    run.writer.log("b", 9)
    assert view.refresh()
    part = strict(view.to_json(whole["cursor"]))
    assert [c["key"] for c in part["charts"]] == ["b"]
    assert not part["full"]
    assert view.chart_version("b") > view.chart_version("a") > 0
    assert [c["key"] for c in view.to_json(keys=["a", "?"])["charts"]] == ["a"]


@pytest.mark.parametrize("cursor", ["", "x", "0.1", "é.١", "..", "a.99999999999999999999"])
def test_an_unknown_cursor_tells_everything(run, cursor):
    run.writer.log("a", 1)
    view = RunView(run.folder)
    assert view.to_json(cursor)["full"]
    token = view.to_json()["cursor"].split(".")[0]
    assert view.to_json(f"{token}.{view.version + 1}")["full"]
    assert view.to_json(f"{token}.")["full"]
    assert RunView(run.folder).to_json(view.to_json()["cursor"])["full"]


def test_the_end_is_news(run):
    run.writer.log("a", 1)
    view = RunView(run.folder)
    cursor = view.to_json()["cursor"]
    run.folder.end("Completed")
    assert view.refresh()
    part = view.to_json(cursor)
    assert part["head"]["status"] == "Completed"
    assert not view.refresh()


def test_a_chart_is_the_same_object_until_it_changes(run):
    run.writer.log("a", 1)
    run.writer.log("a", 2)
    view = RunView(run.folder)
    options = ChartOptions(smoothing=0.5)
    first = view.chart("a", options)
    assert view.chart("a", options) is first
    run.writer.log("a", 3)
    view.refresh()
    assert view.chart("a", options).lines[0].total == 3


def test_a_hundred_changed_metrics_are_told_briefly(run):
    for i in range(2900):  # from 3,000 on the parts of the axis are wider: all is told anew
        run.writer.log_metrics({f"m{k}": math.sin(i * k) for k in range(100)}, step=i)
    view = RunView(run.folder)
    keys = view.chart_keys()[:12]  # those in sight
    cursor = view.to_json(keys=keys)["cursor"]
    most = 0
    for i in range(5):
        run.writer.log_metrics({f"m{k}": i for k in range(100)}, step=2900 + i)
        view.refresh()
        part = view.to_json(cursor, keys=keys)
        text = json.dumps(part)
        most = max(most, len(text))
        cursor = part["cursor"]
        assert len(part["charts"]) == 12
    assert most < 50_000  # 7 kB here


@st.composite
def growing(draw):
    """Batches of values for two metrics, the steps mostly one after the other."""
    value = st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf, None, "text", 0])
    step = st.none() | st.integers(-20, 20)
    return draw(
        st.lists(st.lists(st.tuples(st.sampled_from("ab"), value, step), max_size=30), max_size=6)
    )


@given(growing(), st.sampled_from([0.0, 0.9]), st.booleans(), st.sampled_from([20, 1500]))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_who_is_told_new_ends_has_the_whole(make, batches, smoothing, log_y, points):
    run = make(uuid.uuid4().hex)
    options = ChartOptions(smoothing=smoothing, log_y=log_y, points=points)
    view = RunView(run.folder)
    cursor, held, i = None, {}, 0
    for batch in batches:
        for name, value, step in batch:
            i += 10
            run.writer.log(name, value, step=i if step is None else i + step)
            for _ in range(40):
                run.writer.log(name, float(i), step=i)
        view.refresh()
        part = strict(view.to_json(cursor, options=options))
        cursor = part["cursor"]
        for chart in part["charts"]:
            put_together(chart, held.get(chart["key"]))
            held[chart["key"]] = chart
        whole = strict(view.to_json(options=options))["charts"]
        assert [held[chart["key"]]["lines"] for chart in whole] == [c["lines"] for c in whole]
    run.close()


def put_together(chart, before):
    """Do what a page does with a chart that was told in part."""
    assert ("after" in chart) == (before is not None)
    if before is None:
        return
    assert chart["after"] == before["version"]
    known = {line["key"]: line for line in before["lines"]}
    for line in chart["lines"]:
        old, start = known.get(line["key"]), line["start"]
        for name in ("x", "y", "faint"):
            if line[name] is not None and start:
                line[name] = old[name][:start] + line[name]
        line["start"] = 0


def test_logs_newest_first_and_their_pieces(run):
    run.log_file("a.txt", "old\n")
    time.sleep(0.02)
    run.log_file("b.txt", "one\ntwo\n")
    view = RunView(run.folder)
    assert [f.name for f in view.logs()] == ["b.txt", "a.txt"]
    part = view.read_log("b.txt")
    assert (part.text, part.start, part.end, part.size) == ("one\ntwo\n", 0, 8, 8)
    run.log_file("b.txt", "one\ntwo\nthree\n")
    assert view.read_log("b.txt", offset=part.end).text == "three\n"
    assert view.read_log("b.txt", limit=10).text == "three\n"
    assert view.read_log("b.txt", offset=999).start == 0
    for name in ("../run.json", "/etc/passwd", "a\\..\\b"):
        with pytest.raises(InvalidPathError):
            view.read_log(name)
    with pytest.raises(FileNotFoundError):
        view.read_log("none.txt")


def test_a_link_in_the_logs_leads_nowhere(run, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    run.folder.logs.mkdir()
    (run.folder.logs / "link.txt").symlink_to(secret)
    view = RunView(run.folder)
    assert view.logs() == []
    with pytest.raises(InvalidPathError):
        view.read_log("link.txt")


@given(st.text(st.sampled_from("aé🦦\n\r"), max_size=60), st.integers(1, 9))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_log_read_in_pieces_is_whole(tmp_path, text, limit):
    from jupyter_runs.views.files import read_log

    (tmp_path / "log.txt").write_bytes(text.encode())
    at, pieces = 0, ""
    size = len(text.encode())
    while at < size:
        part = read_log(tmp_path, "log.txt", at, max(4, limit))
        assert part.end > at
        pieces += part.text
        at = part.end
    assert pieces.replace("\r", "") == pieces or "\r" in pieces
    assert "�" not in pieces


def test_a_progress_bar_shows_its_last_state(run):
    run.log_file("log.txt", "\x1b[31mred\x1b[0m\n 10%|#\r 50%|###\r100%|####\r\nend\n")
    assert RunView(run.folder).read_log("log.txt").text == "red\n100%|####\nend\n"


def test_outputs_and_images(run):
    run.folder.outputs.mkdir()
    (run.folder.outputs / "model.pkl").write_bytes(b"x" * 10)
    (run.folder.outputs / "sub").mkdir()
    (run.folder.outputs / "sub" / "a.txt").write_text("a")
    (run.folder.path / "elsewhere.bin").write_bytes(b"yy")
    run.writer.event("file", name="elsewhere.bin", size=2, sha256="0")
    run.writer.event("file", name="outputs/model.pkl", size=10, sha256="0")
    png = (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
        + (64).to_bytes(4, "big")
        + (48).to_bytes(4, "big")
        + b"\x08\x02"
    )
    run.writer.log_image("plot", png, ".png", "a plot", step=3)
    run.writer.log_image("plot", b"<svg xmlns='x' viewBox='0 0 20 10'></svg>", ".svg")
    view = RunView(run.folder)
    assert [(f.name, f.size) for f in view.outputs()] == [
        ("elsewhere.bin", 2),
        ("model.pkl", 10),
        ("sub/a.txt", 1),
    ]
    assert all(f.path.is_file() for f in view.outputs())
    (series,) = view.images()
    assert [(i.step, i.width, i.height, i.mime) for i in series.items] == [
        (3, 64, 48, "image/png"),
        (None, 20, 10, "image/svg+xml"),
    ]
    assert series.items[0].path.is_file()
    assert [(t.id, t.count) for t in view.tabs()] == [
        ("metrics", 0),
        ("outputs", 3),
        ("images", 2),
        ("details", None),
    ]
    strict(view.to_json())


@pytest.mark.parametrize("suffix", ["png", "jpeg", "gif", "webp"])
def test_image_sizes(tmp_path, suffix):
    image = pytest.importorskip("PIL.Image")
    from jupyter_runs.views.images import image_size

    path = tmp_path / f"a.{suffix}"
    image.new("RGB", (37, 21)).save(path)
    assert image_size(path) == (37, 21)


@given(st.binary(max_size=60))
def test_any_bytes_have_a_size_or_none(data):
    from jupyter_runs.views.images import _measure

    for start in (
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"GIF8",
        b"\xff\xd8\xff",
        b"RIFF0000WEBPVP8X",
        b"RIFF0000WEBPVP8L",
        b"<svg ",
    ):
        try:
            _measure(start + data)
        except (ValueError, __import__("struct").error):
            pass


def test_details(run):
    run.writer.event(
        "facts",
        notebook="a.ipynb",
        python_version="3.11.7",
        git={"commit": "abc", "branch": "main", "dirty": True},
        packages={"numpy": "2.4"},
    )
    run.writer.event("tag", key="best", value=None)
    run.writer.event("param", key="alpha", value=0.5)
    run.writer.event("property", key="p", value="v")
    sections = {s.title: dict(s.rows) for s in RunView(run.folder).details()}
    assert sections["Run"]["Name"] == "brave-otter"
    assert sections["Source"]["Working tree"] == "had uncommitted changes"
    assert sections["Source"]["Notebook"] == "a.ipynb"
    assert sections["Machine"]["Python"] == "3.11.7"
    assert sections["Parameters"] == {"alpha": "0.5"}
    assert sections["Tags"] == {"best": ""}
    assert sections["Packages"] == {"numpy": "2.4"}


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["train.py", "--lr", "0.1"], "train.py --lr 0.1"),
        (["/env/ipykernel_launcher.py", "-f", "/run/kernel-0a1b.json"], None),
        (["C:\\env\\ipykernel_launcher.py", "--f=C:\\run\\v3-1.json"], None),
        (["/x/colab_kernel_launcher.py", "-f", "k.json"], None),
        (["/env/ipykernel/__main__.py", "-f", "k.json"], None),
        (["ipykernel_launcher.py.txt", "-f"], "ipykernel_launcher.py.txt -f"),
        ([1, ["<b>"]], "1 ['<b>']"),
        ([], None),
        ("text", "text"),
        (None, None),
    ],
)
def test_arguments_are_those_of_the_run_and_not_of_its_kernel(run, argv, told):
    run.writer.event("facts", notebook="a.ipynb", argv=argv)
    sections = {s.title: dict(s.rows) for s in RunView(run.folder).details()}
    assert sections["Source"].get("Arguments") == told
    assert sections["Source"]["Notebook"] == "a.ipynb"
    assert "Warnings" not in sections


def test_a_run_that_is_gone(run, tmp_path):
    import shutil

    view = RunView(run.folder)
    shutil.rmtree(run.folder.path)
    with pytest.raises(RunNotFoundError):
        view.refresh()
    with pytest.raises(RunNotFoundError):
        RunView(tmp_path / "none")


VALUES = st.floats() | st.integers() | st.text(max_size=20) | st.none() | st.booleans()


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), VALUES, st.integers(-5, 5) | st.none()), max_size=40
    ),
    st.data(),
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_was_logged_is_strict_json(make, points, data):
    run = make(uuid.uuid4().hex)
    for name, value, step in points:
        try:
            run.writer.log(name, value, step=step)
        except ValueError:  # a step or value that is refused at the call
            continue
    options = ChartOptions(
        x=data.draw(st.sampled_from(["step", "time", "relative"])),
        smoothing=data.draw(st.sampled_from([0.0, 0.6])),
        log_y=data.draw(st.booleans()),
    )
    view = RunView(run.folder)
    found = strict(view.to_json(options=options))
    assert len(view.picture().encode()) < 100_000
    for one in found["charts"]:
        for line in one["lines"]:
            assert len(line["x"]) == len(line["y"])
            assert None not in line["x"]


def test_children_are_news_and_a_tab(make):
    run = make()
    view = RunView(run.folder)
    assert view.children() == []
    first = make("c1", parent="r1")
    assert view.refresh()
    assert not view.refresh()
    second = make("c2", parent="r1")
    make("other", parent="c1")
    cursor = view.to_json()["cursor"]
    assert view.refresh()
    assert [folder.id for folder in view.children()] == ["c2", "c1"]
    assert view.to_json(cursor)["children"] == ["c2", "c1"]
    assert [(tab.id, tab.count) for tab in view.tabs()][-1] == ("children", 2)
    assert RunView(first.folder).head().parent == "r1"
    shutil.rmtree(second.folder.path)
    assert view.refresh()
    assert [folder.id for folder in view.children()] == ["c1"]

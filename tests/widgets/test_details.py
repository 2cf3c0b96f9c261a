"""`RunDetails` without a page: what it holds, what it sends, and that it hurts nobody."""

from __future__ import annotations

import gc
import html
import io
import json
import threading
import weakref

import bqplot
import ipywidgets
import numpy as np
import pytest

from jupyter_runs.errors import InvalidValueError
from jupyter_runs.widgets import RunDetails, compare
from jupyter_runs.widgets.chart_card import ChartCard
from jupyter_runs.widgets.curve import Curve

WIDGET = "application/vnd.jupyter.widget-view+json"
MIME = "application/vnd.jupyter-runs+json"


@pytest.fixture
def details(run):
    """A widget that nobody but the test drives."""
    made = RunDetails(run)
    made._poller.start = lambda: None
    made._ask_portal = lambda: None
    _ = made.widget
    yield made
    made.close()


@pytest.fixture
def sent(monkeypatch):
    """What goes to the page from now on, as (widget class, keys, bytes)."""
    messages = []

    def send_state(self, key=None):
        state = self.get_state(key={key} if isinstance(key, str) else key)
        size = 0
        for value in state.values():
            arrays = value if isinstance(value, dict) and "value" in value else None
            size += (
                memoryview(arrays["value"]).nbytes
                if arrays
                else len(json.dumps(value, default=str))
            )
        messages.append((type(self).__name__, set(state), size))

    monkeypatch.setattr(ipywidgets.Widget, "send_state", send_state)
    monkeypatch.setattr(ipywidgets.Widget, "_should_send_property", lambda self, key, value: True)
    return messages


def card(details, key):
    return details._metrics._cards[key]


def line(details, key, index=0):
    return list(card(details, key)._drawn.values())[index].line


def look(details, run):
    run.flush()
    details._look()


def test_every_kind_gets_its_chart(run, details):
    for i in range(100):
        run.log("loss", 1 / (i + 1), step=i)
    run.log("once", 0.25)
    run.log_list("fib", [0, 1, 1, 2, 3, 5, 8])
    for i in range(5):
        run.log_row("cos", x=i, y=np.cos(i))
    run.log_table("sin", {"x": [0, 1, 2], "y": [0.0, 0.8, 0.9]})
    run.log("word", "a")
    run.log("word", "b")
    run.log_confusion_matrix(
        "cm",
        {
            "schema_type": "confusion_matrix",
            "schema_version": "1.0.0",
            "data": {"class_labels": ["<a>", "b"], "matrix": [[3, 1], [0, 4]]},
        },
    )
    look(details, run)
    assert len(line(details, "loss").y) == 100
    assert max(line(details, "loss").y) == 1.0
    assert list(line(details, "fib").y) == [0, 1, 1, 2, 3, 5, 8]
    assert list(line(details, "sin").x) == [0, 1, 2]
    assert len(line(details, "cos").y) == 5
    assert line(details, "cos").marker == "circle"
    assert "once" in details._metrics._tiles.value
    assert "&lt;a&gt;" in card(details, "cm")._body.value
    assert "<a>" not in card(details, "cm")._body.value
    assert "3 values" not in card(details, "word")._foot.value
    assert "a</td>" in card(details, "word")._body.value


def test_no_number_is_a_gap_with_a_mark_and_never_reaches_a_scale(run, details):
    values = [0.5, float("nan"), 0.7, float("inf"), 0.6, float("-inf"), 0.4]
    for i, value in enumerate(values):
        run.log("holes", value, step=i)
    look(details, run)
    drawn = next(iter(card(details, "holes")._drawn.values()))
    y = np.asarray(drawn.line.y)
    assert not np.isinf(y).any()
    assert np.isnan(y[[1, 3, 5]]).all()
    assert drawn.line.marker is None  # bqplot would put dots of gaps into a corner
    assert {m.marker for m in drawn.marks[1:]} == {
        "circle",
        "cross",
        "triangle-up",
        "triangle-down",
    }
    assert np.isfinite(card(details, "holes")._frame.y).all()


def test_one_point_and_a_constant_can_be_seen(run, details):
    run.log_list("one", [3])
    for i in range(4):
        run.log("flat", 2.0, step=i)
    run.log("far", 1e300)
    run.log("far", -1e300)
    look(details, run)
    assert line(details, "one").marker == "circle"
    for key in ("one", "flat", "far"):
        low, high = card(details, key)._frame.y
        assert low < high
        assert np.isfinite([low, high]).all()


def test_sends_only_what_changed(run, details, sent):
    for i in range(50):
        run.log("a", i, step=i)
        run.log("b", i, step=i)
    assert run._own.captured.wait(60)  # what the run says of its packages comes a little later
    look(details, run)
    look(details, run)
    sent.clear()
    look(details, run)
    assert not [m for m in sent if "x" in m[1] or "y" in m[1]]
    assert sum(size for _, _, size in sent) < 1000  # the times in the header
    run.log("a", 50.0, step=50)
    look(details, run)
    assert len([m for m in sent if m[0] == "Curve" and "y" in m[1] and m[2] > 100]) == 1


def test_a_line_that_grew_is_told_by_its_new_end(run, details, monkeypatch):
    page = Page(details, monkeypatch)
    for i in range(900):
        for k in range(12):
            run.log(f"m{k}", np.sin(i * k), step=i)
    details._metrics._smoothing.value = 0.5
    look(details, run)
    page.see()
    for i in range(900, 905):
        for k in range(12):
            run.log(f"m{k}", np.sin(i * k), step=i)
        page.bytes = 0
        look(details, run)
        assert page.bytes < 1000
        assert page.holds_all()
    page.lines.clear()  # a page that missed something asks for the whole line
    for curve in page.curves():
        details._heard(None, {"kind": "resend", "id": curve.model_id}, None)
    assert page.holds_all()


class Page:
    """What a page holds of the lines: does what `grow.js` does, and counts the bytes of numbers."""

    def __init__(self, details, monkeypatch):
        self.details = details
        self.lines = {}
        self.bytes = 0
        page = self

        def send_state(self, key=None):
            keys = {key} if isinstance(key, str) else set(("x", "y") if key is None else key)
            if isinstance(self, Curve) and keys & {"x", "y"}:
                page.hold(self)

        monkeypatch.setattr(ipywidgets.Widget, "send_state", send_state)
        monkeypatch.setattr(details.widget, "send", self.grow)

    def hold(self, curve):
        self.lines[curve.model_id] = (np.array(curve.x), np.array(curve.y))
        self.bytes += 16 * len(curve.x)

    def see(self):
        for curve in self.curves():
            self.hold(curve)

    def curves(self):
        for card in self.details._metrics._cards.values():
            for drawn in card._drawn.values():
                yield from (one for one in (drawn.line, drawn.faint) if one is not None)

    def grow(self, content, buffers):
        assert content["kind"] == "grow"
        for index, line in enumerate(content["lines"]):
            held = self.lines[line["id"]]
            assert (len(held[0]), held[0][-1]) == (line["had"], line["end"])
            new = buffers[2 * index : 2 * index + 2]
            self.lines[line["id"]] = tuple(
                np.concatenate([old[: line["start"]], more])
                for old, more in zip(held, new, strict=True)
            )
            self.bytes += sum(part.nbytes for part in new)

    def holds_all(self):
        return all(
            np.array_equal(a, b, equal_nan=True)
            for curve in self.curves()
            for a, b in zip(self.lines[curve.model_id], (curve.x, curve.y), strict=True)
        )


def test_draws_a_dozen_then_more(run, details):
    for k in range(30):
        for i in range(3):
            run.log(f"m{k}", i, step=i)
    look(details, run)
    assert len(details._metrics._grid.children) == 12
    assert details._metrics._more.description == "Show 12 more of 18"
    details._metrics._more.click()
    assert len(details._metrics._grid.children) == 24
    details._metrics._more.click()
    assert len(details._metrics._grid.children) == 30
    assert details._metrics._more.layout.display == "none"
    details._metrics._search.value = "m29"
    assert list(details._metrics._grid.children) == [card(details, "m29").box]
    details._metrics._search.value = "nothing <b>"
    assert "&lt;b&gt;" in details._metrics._empty.value


def test_out_of_sight_waits_its_turn_but_is_never_left(run, details):
    for k in range(40):
        run.log(f"m{k}", 0.0, step=0)
        run.log(f"m{k}", 1.0, step=1)
    look(details, run)
    for _ in range(3):
        details._metrics._more.click()
    details.widget.sight = [card(details, f"m{k}").ident for k in range(12)]
    for k in range(40):
        run.log(f"m{k}", 2.0, step=2)
    look(details, run)
    drawn = [k for k in range(40) if len(line(details, f"m{k}").y) == 3]
    assert len(drawn) == 24
    look(details, run)
    look(details, run)
    assert all(len(line(details, f"m{k}").y) == 3 for k in range(40))


def test_zoom_fetches_the_exact_points_and_survives_a_refresh(run, details):
    for i in range(20_000):
        run.log("loss", np.sin(i / 50), step=i)
    look(details, run)
    assert len(line(details, "loss").y) <= 2000
    scale = card(details, "loss")._scale_x
    scale.set_state({"min": 5000.0, "max": 5100.0})
    exact = line(details, "loss")
    inside = [x for x in exact.x if 5000 <= x <= 5100]
    assert inside == list(range(5000, 5101))
    run.log("loss", 0.0, step=20_000)
    look(details, run)
    assert (scale.min, scale.max) == (5000, 5100)
    assert len(line(details, "loss").y) < 200
    scale.set_state({"min": None, "max": None})
    assert len(line(details, "loss").y) > 200
    assert card(details, "loss")._frame.x[-1] == 20_000


def test_a_zoom_in_steps_means_nothing_in_seconds(run, details):
    for i in range(100):
        run.log("loss", i, step=i)
    look(details, run)
    card(details, "loss")._scale_x.set_state({"min": 10.0, "max": 20.0})
    details._metrics._x.value = "relative"
    assert card(details, "loss").window is None
    assert card(details, "loss")._scale_x.min is None
    assert card(details, "loss").info["x_kind"] == "relative"
    assert len(line(details, "loss").y) == 100


def test_what_is_hidden_stays_hidden_through_refresh_and_log_axis(run, details):
    for i in range(100):
        run.log_row("pair", x=i, a=i + 1, b=1000 * (i + 1))
    look(details, run)
    line(details, "pair", 1).set_state({"visible": False})
    assert card(details, "pair")._frame.y[1] < 200  # the axis fits what is shown
    details._metrics._log.value = True
    assert isinstance(card(details, "pair")._scale_y, bqplot.LogScale)
    assert not line(details, "pair", 1).visible
    assert line(details, "pair", 0).visible
    run.log_row("pair", x=100, a=1, b=1)
    look(details, run)
    assert not line(details, "pair", 1).visible


def test_smoothing_shows_the_raw_values_faintly_and_goes_away_again(run, details):
    for i in range(200):
        run.log("loss", i % 2, step=i)
    look(details, run)
    details._metrics._smoothing.value = 0.9
    drawn = next(iter(card(details, "loss")._drawn.values()))
    assert np.ptp(drawn.line.y[50:]) < 0.2
    assert np.ptp(drawn.faint.y) == 1
    assert card(details, "loss")._figure.marks.index(drawn.faint) < card(
        details, "loss"
    )._figure.marks.index(drawn.line)
    details._metrics._smoothing.value = 0.0
    assert len(drawn.faint.y) == 0
    assert np.ptp(drawn.line.y) == 1


def test_logs_bring_only_new_bytes(run, details, sent):
    assert run._own.captured.wait(60)  # what is captured is no news of the log
    path = run.folder / "logs" / "log.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text("<b>first</b>\n" * 5000)
    look(details, run)
    assert details._logs._end == path.stat().st_size
    assert details._logs._begin > 0
    assert "<b>" not in details._logs._lines.children[0].value
    sent.clear()
    with path.open("a") as file:
        file.write("second\n")
    look(details, run)
    assert shown_lines(details).endswith("<b>first</b>\nsecond\n")
    assert sum(size for _, _, size in sent) < 4000
    details._logs._earlier.click()
    assert details._logs._begin == 0 or len(shown_lines(details)) > 60_000
    assert shown_lines(details).endswith("<b>first</b>\nsecond\n")
    path.write_text("anew\n")
    look(details, run)
    assert [piece.value for piece in details._logs._lines.children] == ["anew\n"]


def shown_lines(details):
    return html.unescape("".join(piece.value for piece in details._logs._lines.children))


def test_many_new_pieces_of_a_log_are_joined(run, details):
    path = run.folder / "logs" / "log.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    for i in range(120):
        with path.open("a") as file:
            file.write(f"line {i}\n")
        details._view.refresh()
        details._logs.refresh()
    assert len(details._logs._lines.children) < 60
    assert shown_lines(details) == "".join(f"line {i}\n" for i in range(120))


def test_tabs_only_for_what_is_there(run, details):
    assert set(details._tabs._dom_classes) == {
        "jpr-tabs",
        "jpr-no-logs",
        "jpr-no-outputs",
        "jpr-no-images",
        "jpr-no-children",
    }
    run.upload_file("model.bin", io.BytesIO(b"123"))
    look(details, run)
    assert "jpr-no-outputs" not in details._tabs._dom_classes
    assert details._tabs.tooltips[2] == "1"


def test_downloads_send_listed_files_alone(run, details, monkeypatch):
    run.upload_file("a/model.bin", io.BytesIO(b"123"))
    look(details, run)
    got = []
    monkeypatch.setattr(
        details.widget, "send", lambda content, buffers=None: got.append((content, buffers))
    )
    for name in ("a/model.bin", "../run.json", "run.json", "/etc/passwd", "nothing"):
        details._heard(None, {"kind": "download", "name": name}, None)
    assert not details._fault
    assert got == [({"kind": "file", "name": "model.bin"}, [b"123"])]


def test_images_follow_their_last_step_until_somebody_looks_back(run, details):
    def image(shade):
        run.log_image("<i>", np_image(shade))

    def np_image(shade):
        return np.full((4, 6, 3), shade, np.uint8)

    run.log_image("pic", plot=np_image(0))
    look(details, run)
    shown = details._images._cards["pic"][1]
    assert "data:image/png" in shown._image.value
    run.log_image("pic", plot=np_image(99))
    look(details, run)
    assert shown._slider.value == 1
    shown._slider.value = 0
    run.log_image("pic", plot=np_image(200))
    look(details, run)
    assert shown._slider.value == 0
    assert shown._slider.max == 2


def test_tags_are_added_and_removed(run, details):
    tab = details._details
    tab._key.value, tab._value.value = "model", "<b>cnn</b>"
    tab._add.click()
    assert run.get_tags() == {"model": "<b>cnn</b>"}
    assert "&lt;b&gt;cnn" in tab._tags.value
    details._heard(None, {"kind": "untag", "key": "model"}, None)
    assert run.get_tags() == {}
    tab._key.value = " "
    tab._add.click()
    assert "needs a name" in tab._said.value


def test_cancel_leaves_a_file_and_says_so(run, details):
    details._header.cancel.click()
    assert run._folder.cancel_requested is not None
    assert details._header.cancel.disabled


def test_a_failed_run_opens_with_its_error_and_the_end_of_its_log(run):
    (run.folder / "logs").mkdir(exist_ok=True)
    (run.folder / "logs" / "70_driver_log.txt").write_text("one\nboom <b>\n")
    run.fail("RuntimeError: out of <memory>")
    details = RunDetails(run)
    _ = details.widget
    error = details._header._error.value
    assert "out of &lt;memory&gt;" in error
    assert "boom &lt;b&gt;" in error
    assert not details._poller.running


def test_the_thread_sees_the_end_and_ends(run):
    details = RunDetails(run, interval=0.2)
    _ = details.widget
    assert details._poller.running
    run.log("late", 7)
    run.complete()
    details._poller.join(20)
    assert not details._poller.running
    assert "Completed" in details._header._title.value
    assert "late" in details._metrics._tiles.value


def test_a_fault_of_ours_is_a_line_and_one_warning_and_goes_nowhere_else(run, details, monkeypatch):
    monkeypatch.setattr(details._view, "refresh", lambda: 1 / 0)
    monkeypatch.setattr(details._pace, "due", lambda *, pulse: True)
    assert details.tick() is not None
    assert details.tick() is not None
    assert "ZeroDivisionError" in details._header._notes.value
    details._heard(None, {"kind": "untag", "key": "never"}, None)  # handlers neither
    with pytest.warns(Warning, match="ZeroDivisionError") as caught:
        details._tell_fault()
    details._tell_fault()  # an error in tests if it came again
    assert len(caught) == 1


def test_a_run_whose_folder_goes_away_is_told(run, details):
    import shutil

    shutil.rmtree(run.folder)
    details._pace.due = lambda *, pulse: True
    assert details.tick() is not None
    assert "jpr-warning" in details._header._notes.value


def test_the_bundle(run, details):
    run.log("a", 1)
    bundle = details._bundle()
    assert set(bundle) == {WIDGET, "text/html", "text/plain", MIME}
    assert bundle[MIME] == {"version": 1, "workspace": "test", "run_id": run.id}
    assert len(bundle["text/html"]) < 100_000
    assert json.dumps(bundle)


def test_messages_of_the_page(run, details, monkeypatch):
    got = []
    monkeypatch.setattr(details.widget, "send", lambda content, buffers=None: got.append(content))
    details._heard(None, {"kind": "ping", "id": 3}, None)
    assert got == [{"kind": "pong", "id": 3}]
    details._heard(None, {}, None)
    details._heard(None, {"kind": "gone"}, None)
    assert not details._poller.running


@pytest.mark.parametrize("wrong", [0, -1, True, "10", None, float("nan")])
def test_a_wrong_interval_is_named(run, wrong):
    with pytest.raises(InvalidValueError, match="interval="):
        RunDetails(run, interval=wrong)


@pytest.mark.parametrize("wrong", [None, 3, object()])
def test_no_run_is_named(wrong):
    with pytest.raises(InvalidValueError, match="is no run"):
        RunDetails(wrong)


def test_a_folder_is_enough_and_its_tags_can_be_changed(run):
    run.log("a", 1)
    run.flush()
    details = RunDetails(str(run.folder))
    details._poller.start = lambda: None
    _ = details.widget
    details._details._tagger.tag("seen", None)
    assert run.get_tags() == {"seen": None}
    details._details._tagger.untag("seen")
    assert run.get_tags() == {}
    details.close()


def test_nothing_is_held_when_it_is_closed(run):
    details = RunDetails(run)
    details._ask_portal = lambda: None
    assert details.widget is details.widget
    details.close()
    details._poller.join(10)
    gone = weakref.ref(details)
    from ipywidgets.widgets import widget as module

    for widget in list(module._instances.values()):
        widget.close()
    del details, widget
    gc.collect()
    assert gone() is None


def test_compare_needs_runs(run):
    for wrong in ([], None, 3, [None]):
        with pytest.raises(InvalidValueError):
            compare(wrong)


def test_compare_lays_curves_over_each_other_in_the_colours_of_the_rows(experiment):
    runs = [experiment.start_logging(snapshot_directory=None) for _ in range(3)]
    for k, run in enumerate(runs):
        for i in range(10):
            run.log("loss", i + k, step=i)
        run.complete()
    shown = compare(runs)
    _ = shown.widget
    card_ = shown._metrics._cards["loss"]
    assert isinstance(card_, ChartCard)
    assert len(card_._drawn) == 3
    colors = [drawn.color for drawn in card_._drawn.values()]
    assert len(set(colors)) == 3
    assert all(color in shown._table.value for color in colors)
    assert shown._bundle()[MIME]["run_ids"] == [run.id for run in runs]
    assert not shown._poller.running


def test_an_experiment_shows_new_runs_by_itself(experiment):
    from jupyter_runs.widgets import ExperimentDetails

    shown = ExperimentDetails(experiment)
    shown._poller.start = lambda: None
    _ = shown.widget
    assert "No runs yet" in shown._table.value
    beat = shown._beat()
    run = experiment.start_logging(name="new-one", snapshot_directory=None)
    assert shown._beat() != beat
    shown._look()
    assert "new-one" in shown._table.value
    colors = shown._color(run.id)
    experiment.start_logging(name="newer", snapshot_directory=None).complete()
    shown._look()
    assert shown._table.value.index("newer") < shown._table.value.index("new-one")
    assert shown._color(run.id) == colors
    run.complete()
    shown.close()


def test_points_out_of_sight_are_not_touched(run, monkeypatch):
    from jupyter_runs.journal import Metric, RunReader

    touched, loaded, passes = set(), set(), []
    load = RunReader.load

    def noted_load(self, metrics):
        metrics = list(metrics)
        loaded.update(metric.name for metric in metrics)
        passes.append(len(metrics))
        load(self, metrics)

    monkeypatch.setattr(RunReader, "load", noted_load)
    for name in ("arrays", "values", "steps", "times", "result", "columns", "items"):
        method = getattr(Metric, name)

        def noted(self, _method=method):
            assert self.name in loaded  # with others, in one pass over the files
            touched.add(self.name)
            return _method(self)

        monkeypatch.setattr(Metric, name, noted)
    run.log("tile", 7)
    for i in range(3):
        for k in range(40):
            run.log(f"m{k}", i, step=i)
    details = RunDetails(run)
    details._poller.start = lambda: None
    details._ask_portal = lambda: None
    _ = details.widget
    assert max(passes) == 12
    details._bundle()
    details._look()
    details._view.to_json(keys=["m0"])
    assert touched == {f"m{k}" for k in range(12)}
    details._metrics._more.click()
    assert touched == {f"m{k}" for k in range(24)}
    details.close()


def test_the_header_says_what_a_run_waits_for(run, details):
    run._writer.event("status", status="Preparing")
    run._writer.event("phase", text="installing <b>3</b> packages")
    look(details, run)
    assert "installing &lt;b&gt;3&lt;/b&gt; packages" in details._header._times.value


def test_the_portal_is_linked_or_the_way_to_start_one_told(run, details, monkeypatch):
    ask = RunDetails._ask_portal
    for url, told in ((f"http://x/{'<b>'}", 'href="http://x/&lt;b&gt;"'), ("", "runs portal")):
        monkeypatch.setattr(type(run), "get_portal_url", lambda self, url=url: url)
        ask(details)
        for thread in threading.enumerate():
            if thread.name == "jupyter_runs portal":
                thread.join()
        look(details, run)
        assert told in details._header._links.value


@pytest.mark.parametrize("how", ["button", "page"])
def test_cancel_says_so_until_the_run_has_stopped(run, details, how):
    if how == "button":
        details._header.cancel.click()
    else:
        details._heard(None, {"kind": "cancel"}, None)
    assert run._folder.cancel_requested
    assert details._header.cancel.description == "■ Canceling…"
    assert details._header.cancel.disabled
    assert "Cancel requested" in details._header._title.value
    before = details._beat()
    run.complete()
    assert details._beat() != before  # looked at once, not at the next turn
    look(details, run)
    assert details._header.cancel.layout.display == "none"


def test_an_empty_run_says_what_to_do_while_it_goes_on_and_what_was_at_its_end(run, details):
    assert "Nothing logged yet" in details._metrics._empty.value
    run.complete()
    details._look()
    assert "has logged no metrics" in details._metrics._empty.value

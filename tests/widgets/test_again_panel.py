"""The run once more, from its widget."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import ipywidgets
import pytest
from submitting import done, log_of, of_this_test

from jupyter_runs import ScriptRunConfig
from jupyter_runs.jobs import outlive
from jupyter_runs.widgets import RunDetails


@pytest.fixture
def submitted(experiment, tmp_path, monkeypatch):
    """A script that has been run with some arguments."""
    monkeypatch.setattr(outlive, "_told", True)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "train.py").write_text("import sys; print(sys.argv[1:])")
    config = ScriptRunConfig("src", "train.py", ["<b>", "--lr", "0.1", "--amp", "--text", "a\nb"])
    run = experiment.submit(config)
    done(run)
    yield run
    for pid in of_this_test(tmp_path / "home"):
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def details(submitted):
    made = RunDetails(submitted)
    made._ask_portal = lambda: None
    _ = made.widget
    yield made
    made.close()


def control(panel, label):
    (found,) = [each for field, each in panel._rows if (field.label or "first") == label]
    return found


def test_a_form_submits_it_with_other_arguments_and_shows_the_new_run(details, submitted):
    panel = details._again
    assert not panel.open
    details._header.again.click()
    assert panel.open
    assert isinstance(control(panel, "--text"), ipywidgets.Textarea)
    control(panel, "--lr").value = "0.5"
    control(panel, "--amp").value = False
    panel._more.value = "--note 'two words'"
    panel._submitted()
    new = panel._new._run
    assert done(new)["status"] == "Completed"
    assert log_of(new).strip() == str(
        ["<b>", "--lr", "0.5", "--text", "a\nb", "--note", "two words"]
    )
    assert new.get_properties()["repeats"] == submitted.id
    assert panel._below.children == (panel._new.widget,)
    assert new.id in panel._said.value
    details._header.again.click()
    assert (panel.open, panel._new) == (False, None)


def test_arguments_are_left_out_one_by_one_to_the_last(details, monkeypatch):
    details._header.again.click()
    panel = details._again
    form = panel.panel.children[0]
    before = len(form.children)
    focused = []

    def focus(self):
        focused.append(self)

    monkeypatch.setattr(ipywidgets.DOMWidget, "focus", focus)
    removes = list(panel._removes.values())
    assert [each.description for each in removes] == [
        "Leave argument 1 out",
        "Leave --lr out",
        "Leave --text out",
    ]
    removes[1].click()
    removes[1].click()  # twice is once
    assert focused == [removes[2]]
    control(panel, "--amp").value = False
    assert panel._changes()["arguments"] == ["<b>", "--text", "a\nb"]
    removes[2].click()
    removes[0].click()
    assert focused == [removes[2], removes[0], panel._more]
    assert len(form.children) == before - 3
    assert panel._changes()["arguments"] == []  # none at all, and not those that it had
    panel._submitted()
    done(panel._new._run)
    assert log_of(panel._new._run).strip() == "[]"


def test_a_secret_that_was_not_kept_can_be_left_out(experiment, submitted):
    config = ScriptRunConfig("src", "train.py", ["--api-key", "abc", "--lr=1"])
    run = experiment.submit(config)
    done(run)
    details = RunDetails(run)
    details._ask_portal = lambda: None
    _ = details.widget
    details._header.again.click()
    panel = details._again
    panel._submitted()
    assert "not kept" in panel._said.value
    panel._removes[control(panel, "--api-key")].click()
    panel._submitted()
    done(panel._new._run)
    assert log_of(panel._new._run).strip() == "['--lr=1']"
    details.close()


def test_what_is_wrong_is_said_in_the_form(details):
    details._header.again.click()
    panel = details._again
    panel._more.value = "'<b>"
    panel._submitted()
    assert "closing quotation" in panel._said.value
    panel._more.value = "--api-key '***'"
    panel._submitted()
    assert "not kept" in panel._said.value
    assert panel._new is None
    assert details._fault == ""


def test_the_code_stands_there_escaped(details):
    details._header.again.click()
    code = details._again.panel.children[1].value
    assert "<b>" not in code
    assert "&lt;b&gt;" in code


def test_a_run_that_was_not_submitted_says_why_not(run):
    details = RunDetails(run)
    _ = details.widget
    details._header.again.click()
    form = details._again.panel.children[0]
    assert ["not submitted" in child.value for child in form.children] == [True]
    details.close()

from __future__ import annotations

import argparse
import enum
import math
import pickle
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_runs.errors import (
    InvalidNameError,
    InvalidValueError,
    ParamError,
    PropertyError,
    RunNotFoundError,
    RunsWarning,
)
from jupyter_runs.experiment import Experiment
from jupyter_runs.run import Run

REAL = settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))

KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=30).filter(str.strip)  # fmt: skip
VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(codec="utf-8")))  # fmt: skip


class TestIdentity:
    def test_what_it_is(self, ws, exp, run):
        assert run.name == run.display_name == "first"
        assert (run.number, run.type, run.parent) == (1, "interactive", None)
        assert run.experiment == exp
        assert run.workspace == ws
        assert run.folder == ws.folder / "runs" / run.id
        assert repr(run) == f"Run(experiment='exp', number=1, id={run.id!r})"
        assert run.get_portal_url() == ""

    def test_html(self, run):
        run.name = "<img src=x onerror=alert(1)>"
        run.tag("<b>", "</td>")
        html = run._repr_html_()
        assert "<img" not in html
        assert "&lt;img" in html
        assert run.id in html
        assert "Running" in html

    def test_the_name_may_be_set(self, exp, run):
        run.name = "second 🦦"
        assert Run(exp, run.id).display_name == "second 🦦"
        run.display_name = "third"
        assert run.name == "third"
        for bad in ("", "a\nb", None, 3, "x" * 256):
            with pytest.raises(InvalidNameError):
                run.name = bad
        assert run.name == "third"

    def test_opening(self, ws, exp, run):
        assert Run.get(ws, run.id) == run == Run(exp, run.id)
        with pytest.raises(RunNotFoundError, match="there is no run"):
            Run(exp, "nope")
        with pytest.raises(RunNotFoundError, match="experiment 'exp'"):
            Run(Experiment(ws, "other"), run.id)
        with pytest.raises(InvalidValueError, match="Experiment"):
            Run(ws, run.id)

    def test_pickled_it_is_a_guest(self, run):
        again = pickle.loads(pickle.dumps(run))
        assert again == run
        again.log("a", 1)
        assert run.get_metrics() == {"a": 1}


class TestTags:
    def test_values_are_str_and_valueless_none(self, run):
        run.tag("a")
        run.tag("b", 3)
        run.set_tags({"c": True, "d": None})
        assert run.get_tags() == run.tags == {"a": None, "b": "3", "c": "True", "d": None}
        run.tag("b", "other")
        assert run.remove_tags(["a", "nope"]) == {"b": "other", "c": "True", "d": None}
        assert run.remove_tags("c") == {"b": "other", "d": None}

    def test_bad_keys_change_nothing(self, run):
        for bad in ("", None, 3, "a\nb"):
            with pytest.raises(InvalidNameError):
                run.tag(bad)
            with pytest.raises(InvalidNameError):
                run.set_tags({"good": 1, bad: 2})
        with pytest.raises(InvalidValueError):
            run.set_tags(["a"])
        assert run.get_tags() == {}

    def test_after_the_end(self, exp, run):
        run.complete()
        run.tag("best")
        run.add_properties({"p": 1})
        assert Run(exp, run.id).get_tags() == {"best": None}
        assert run.get_properties() == {"p": "1"}

    def test_from_threads(self, run):
        def work(i):
            for k in range(20):
                run.tag(f"{i}-{k}", k)

        threads = [threading.Thread(target=work, args=(i,)) for i in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(run.get_tags()) == 100

    @REAL
    @given(st.lists(st.tuples(KEYS, VALUES, st.booleans()), max_size=12))
    def test_like_a_dict(self, exp, changes):
        run = exp.start_logging(snapshot_directory=None, outputs=False)
        other = Run(exp, run.id)
        model = {}
        for key, value, remove in changes:
            if remove:
                other.remove_tags(key)
                model.pop(key, None)
            else:
                run.tag(key, value)
                model[key] = None if value is None else str(value)
        assert other.get_tags() == run.get_tags() == model
        run.complete()


class TestProperties:
    def test_kept_for_good(self, exp, run):
        run.add_properties({"a": 1})
        run.add_properties({"a": "1", "b": 2})
        with pytest.raises(PropertyError, match="'a' is '1' and can't become '2'"):
            run.add_properties({"new": 1, "a": 2})
        with pytest.raises(PropertyError):
            Run(exp, run.id).add_properties({"a": None})
        assert run.get_properties() == run.properties == {"a": "1", "b": "2"}
        assert PropertyError.http_status == 409

    @REAL
    @given(st.lists(st.dictionaries(KEYS, VALUES, max_size=4), max_size=6))
    def test_the_first_value_stands(self, exp, calls):
        run = exp.start_logging(snapshot_directory=None, outputs=False)
        model = {}
        for call in calls:
            texts = {key: str(value) for key, value in call.items()}
            if any(model.get(key, value) != value for key, value in texts.items()):
                with pytest.raises(PropertyError):
                    run.add_properties(call)
            else:
                run.add_properties(call)
                model = {**texts, **model}
        assert Run(exp, run.id).get_properties() == model
        run.complete()


class TestParams:
    def test_set_once(self, run):
        run.log_params({"lr": 0.1, "n": 3, "flag": True, "none": None, "name": "x"})
        run.log_params({"lr": 0.1})
        with pytest.raises(ParamError, match=r"'lr' is 0\.1"):
            run.log_params({"new": 1, "lr": 0.2})
        with pytest.raises(ParamError):
            run.log_params({"n": 3.0})
        assert run.get_params() == {"lr": 0.1, "n": 3, "flag": True, "none": None, "name": "x"}

    def test_nan_is_itself(self, run):
        run.log_params({"x": math.nan})
        run.log_params({"x": math.nan})

    def test_nested_and_other_values(self, run):
        class Color(enum.IntEnum):
            RED = 1

        run.log_params({"opt": {"lr": 0.1, "betas": [0.9, 0.99]}, "empty": {}, "color": Color.RED})
        assert run.params == {"opt/lr": 0.1, "opt/betas": "[0.9, 0.99]", "empty": "{}", "color": 1}

    def test_namespace_and_numpy(self, run):
        np = pytest.importorskip("numpy")
        run.log_params(argparse.Namespace(lr=np.float32(0.5), n=np.array(3)))
        assert run.params == {"lr": 0.5, "n": 3}

    def test_at_the_start(self, exp):
        run = exp.start_logging(params={"lr": 1}, snapshot_directory=None)
        assert run.params == {"lr": 1}

    def test_secrets_are_left_out_with_a_warning(self, exp, run):
        with pytest.warns(RunsWarning, match="'api_key'"):
            run.log_params({"api_key": "hush", "max_tokens": 5})
        with pytest.warns(RunsWarning, match="'x/token'"):
            other = exp.start_logging(params={"x": {"token": "hush"}}, snapshot_directory=None)
        assert run.params == {"max_tokens": 5}
        assert other.params == {}
        for folder in (run.folder, other.folder):
            for file in folder.rglob("*"):
                assert not file.is_file() or b"hush" not in file.read_bytes()

    def test_bad(self, run):
        for bad in (3, None, "x", ["a"]):
            with pytest.raises(InvalidValueError):
                run.log_params(bad)
        with pytest.raises(InvalidNameError):
            run.log_params({"good": 1, 3: 1})
        with pytest.raises(InvalidValueError, match="20,000 characters"):
            run.log_params({"long": "x" * 20_000})
        assert run.params == {}

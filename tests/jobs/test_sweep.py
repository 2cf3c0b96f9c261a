"""Sweeps: what is chosen, which runs are stopped, and how the whole goes with real scripts."""

from __future__ import annotations

import json
import math
import os
import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from submitting import done, log_of, of_this_test, wait_for

from jupyter_runs.errors import InvalidValueError, MissingPackageError
from jupyter_runs.jobs import sweep_config
from jupyter_runs.jobs.arguments import params_of
from jupyter_runs.jobs.policies import (
    BanditPolicy,
    MedianStoppingPolicy,
    NoTerminationPolicy,
    Seen,
    TruncationSelectionPolicy,
    best_of,
    policy_of,
)
from jupyter_runs.jobs.spaces import (
    Sampler,
    Sampling,
    choice,
    lognormal,
    loguniform,
    normal,
    qlognormal,
    qloguniform,
    qnormal,
    quniform,
    randint,
    space_of,
    uniform,
)
from jupyter_runs.jobs.sweep import arguments_of
from jupyter_runs.jobs.sweep_config import SweepConfig
from jupyter_runs.jobs.sweep_run import HyperDriveRun
from jupyter_runs.views import SweepView, experiment_table, view_of

# -- what is chosen

_bounds = st.tuples(st.floats(-20, 20), st.floats(0.01, 20)).map(lambda p: (p[0], p[0] + p[1]))
_q = st.one_of(st.integers(1, 9), st.floats(0.01, 9))
_draws = st.floats(0, 1)


def _at(space, share):
    low, high = space.bounds
    return space.value(min(high, low + share * (high - low)))


@given(_bounds, _q, _draws)
def test_uniform_ones_keep_to_their_bounds_and_steps(bounds, q, share):
    low, high = bounds
    assert low <= _at(uniform(low, high), share) <= high
    value = _at(quniform(low, high, q), share)
    assert low - q / 2 - 1e-6 <= value <= high + q / 2 + 1e-6
    assert math.isclose(value, round(value / q) * q, rel_tol=1e-9, abs_tol=1e-9)
    assert isinstance(value, type(q))


@given(_bounds, _q, _draws)
def test_logarithmic_ones_do_so_in_their_logarithm(bounds, q, share):
    low, high = bounds
    value = _at(loguniform(low, high), share)
    assert math.exp(low) * (1 - 1e-9) <= value <= math.exp(high) * (1 + 1e-9)
    assert abs(_at(qloguniform(low, high, q), share) - value) <= q / 2 + abs(value) * 1e-9


@given(st.floats(-20, 20), st.floats(0.01, 5), _q, _draws)
def test_normal_ones_are_as_far_out_as_their_chance_is_small(mu, sigma, q, share):
    value = _at(normal(mu, sigma), share)
    assert abs(value - mu) <= 6.1 * sigma
    assert (value > mu) == (share > 0.5) or math.isclose(value, mu, abs_tol=sigma * 1e-6)
    assert abs(_at(qnormal(mu, sigma, q), share) - value) <= q / 2 + 1e-6
    raised = _at(lognormal(mu, sigma), share)
    assert math.isclose(raised, math.exp(value), rel_tol=1e-9)
    assert abs(_at(qlognormal(mu, sigma, q), share) - raised) <= q / 2 + raised * 1e-9


@given(st.sampled_from(["random", "bayesian"]), st.integers(0, 999), st.integers(1, 9))
def test_what_optuna_chooses_is_of_the_space(kind, seed, upper):
    options = ["a", 1, 0.5, None, True, [1, 2]]
    space = {"c": choice(options), "r": randint(upper), "u": uniform(-1, 1), "n": normal(0, 1)}
    sampling = Sampling.from_json(json.loads(json.dumps(Sampling(kind, space, seed).to_json())))
    sampler = Sampler(sampling, "minimize")
    for number in range(3):
        token, choices = sampler.ask()
        assert choices["c"] in options
        assert type(choices["r"]) is int
        assert 0 <= choices["r"] < upper
        assert -1 <= choices["u"] <= 1
        sampler.tell(token, None if number else choices["u"])


@given(st.lists(st.integers(1, 3), min_size=1, max_size=3))
def test_a_grid_goes_through_everything_once(sizes):
    sampling = Sampling("grid", {str(i): choice(range(n)) for i, n in enumerate(sizes)})
    sampler = Sampler(sampling, "maximize")
    found = {tuple(sorted(sampler.ask()[1].items())) for _ in range(math.prod(sizes))}
    assert len(found) == sampling.size == math.prod(sizes)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: uniform(2, 1), "min_value 2 is not below max_value 1"),
        (lambda: uniform("a", 1), "min_value is a number, not 'a'"),
        (lambda: uniform(float("nan"), 1), "min_value is a number"),
        (lambda: randint(0), "upper is a whole number of 1 or more"),
        (choice, "one option at least"),
        (lambda: choice(object()), "numbers, texts and lists"),
        (lambda: choice(float("inf"), 1), "numbers, texts and lists"),
        (lambda: normal(0, 0), "sigma is a number above 0"),
        (lambda: quniform(0, 1, 0), "q is a number above 0"),
        (lambda: loguniform(1, 1000), "its bounds are logarithms"),
        (lambda: space_of(3), "chosen from a choice"),
        (lambda: Sampling("grid", {"lr": uniform(0, 1)}), "lr can be a choice"),
        (lambda: Sampling("random", {}), "parameter_space is a dict"),
        (lambda: Sampling("random", {"lr": 3}), "chosen from a choice"),
        (lambda: Sampling("random", {"--": choice(1)}), "needs a name"),
        (BanditPolicy, "one of both"),
        (lambda: BanditPolicy(slack_factor=-1), "slack is a number"),
        (lambda: MedianStoppingPolicy(evaluation_interval=0), "evaluation_interval is a whole"),
        (lambda: TruncationSelectionPolicy(100), "1 to 99"),
    ],
)
def test_what_makes_no_sense_is_told(make, text):
    with pytest.raises(InvalidValueError, match=text.replace("(", r"\(")):
        make()


# argparse itself loses a "--", until Python 3.12
_texts = st.text("ab-1 =", min_size=1).filter(lambda text: text != "--")


@given(
    st.dictionaries(
        st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True).map("p_{}".format),
        st.one_of(st.integers(-(10**6), 10**6), st.floats(-1e6, 1e6), _texts),
        max_size=4,
    )
)
def test_choices_are_arguments_that_argparse_reads(choices):
    import argparse

    parser = argparse.ArgumentParser(allow_abbrev=False)
    for name, value in choices.items():
        parser.add_argument(f"--{name}", type=type(value))
    assert vars(parser.parse_args(arguments_of(choices))) == choices
    assert params_of(arguments_of(choices)).keys() == choices.keys()


# -- policies

_numbers = st.floats(-100, 100)
_seen = st.builds(Seen, st.lists(_numbers, min_size=1, max_size=6), st.booleans())
_policies = st.sampled_from(
    [
        BanditPolicy(slack_factor=0.2),
        BanditPolicy(slack_amount=3),
        MedianStoppingPolicy(),
        TruncationSelectionPolicy(30),
        TruncationSelectionPolicy(30, exclude_finished_jobs=True),
        NoTerminationPolicy(),
    ]
)


@given(_policies, st.lists(_seen, max_size=6), st.lists(_numbers, min_size=1, max_size=6))
def test_the_best_goes_on_and_both_goals_mirror_each_other(policy, others, values):
    mine, interval = Seen(values), len(values)
    low = [Seen([-v for v in seen.values], seen.ended) for seen in others]
    stopped = policy.stop(interval, mine, others, "maximize")
    assert bool(stopped) == bool(policy.stop(interval, Seen([-v for v in values]), low, "minimize"))
    best = max((max(seen.values) for seen in others), default=-1000)
    if best_of(values, "maximize") >= best:
        assert not stopped
    assert policy_of(json.loads(json.dumps(policy.to_json()))) == policy


def test_a_bandit_stops_who_is_beyond_its_slack():
    policy = BanditPolicy(slack_factor=0.2)
    best = [Seen([0.1, 0.8])]
    assert not policy.stop(2, Seen([0.5, 0.67]), best, "maximize")
    reason = policy.stop(2, Seen([0.5, 0.66]), best, "maximize")
    assert reason == "BanditPolicy: at interval 2 it has 0.66 at best, which is beyond 0.666667"
    assert not policy.stop(1, Seen([0.5]), best, "maximize")  # by then the best had 0.1
    assert policy.stop(1, Seen([1.3]), [Seen([1.0])], "minimize").endswith("beyond 1.2")
    assert not policy.stop(1, Seen([-0.9]), [Seen([-1.0])], "minimize")
    assert policy.stop(1, Seen([-0.8]), [Seen([-1.0])], "minimize")
    assert BanditPolicy(slack_amount=0.2).stop(2, Seen([0, 0.5]), best, "maximize")
    assert "no number" in policy.stop(1, Seen([math.nan]), [Seen([1.0])], "minimize")


def test_only_those_who_came_as_far_are_compared_with():
    policy = BanditPolicy(slack_amount=0)
    mine = Seen([1.0, 1.0])
    assert not policy.stop(2, mine, [Seen([9.0])], "maximize")
    assert policy.stop(2, mine, [Seen([9.0], ended=True)], "maximize")


def test_the_median_is_that_of_averages():
    policy = MedianStoppingPolicy()
    others = [Seen([1, 3]), Seen([3, 5])]  # 2 and 4 on average
    assert not policy.stop(2, Seen([0, 2.5]), others, "maximize")
    assert policy.stop(2, Seen([0, 1.5]), others, "maximize")


def test_truncation_takes_the_worst():
    policy = TruncationSelectionPolicy(truncation_percentage=25)
    assert policy.stop(1, Seen([1]), [Seen([v]) for v in (2, 3, 4)], "maximize")
    assert not policy.stop(1, Seen([2]), [Seen([v]) for v in (1, 3, 4)], "maximize")
    assert not policy.stop(1, Seen([1]), [Seen([v]) for v in (2, 3)], "maximize")  # 25 % of three
    ended = [Seen([v], ended=True) for v in (2, 3, 4)]
    fair = TruncationSelectionPolicy(25, exclude_finished_jobs=True)
    assert not fair.stop(1, Seen([1]), ended, "maximize")


def test_when_a_policy_is_asked():
    policy = BanditPolicy(evaluation_interval=2, slack_amount=1, delay_evaluation=3)
    assert [policy.due(count, 0) for count in range(7)] == [0, 0, 0, 0, 4, 4, 6]
    assert policy.due(5, 4) == 0


# -- with scripts

TRAIN = """
    import argparse
    from jupyter_runs import Run
    parser = argparse.ArgumentParser()
    parser.add_argument("--x", type=int)
    parser.add_argument("--base", type=int)
    args = parser.parse_args()
    Run.get_context().log("score", args.base + args.x)
"""


def _log_of_all(run) -> str:
    return "\n".join([log_of(run), *map(log_of, run.get_children())])


def test_a_sweep_from_its_submit_to_its_best(exp, source):
    config = source(TRAIN, "--base", "10")
    sampling = Sampling("grid", {"--x": choice(1, 2, 3)})
    run = exp.submit(SweepConfig(config, sampling, "score", "maximize", 9, 2), tags={"a": "b"})
    (source.folder / "train.py").write_text("raise SystemExit('edited')")  # it has its own copy
    assert isinstance(run, HyperDriveRun)
    assert run.get_status() not in ("Failed", "Canceled")
    assert done(run)["status"] == "Completed", _log_of_all(run)
    children = list(run.get_children())
    assert sorted(child.get_metrics()["score"] for child in children) == [11, 12, 13]
    best = run.get_best_run_by_primary_metric()
    details = best.get_details()
    assert details["params"] == {"base": 10, "x": 3}
    assert details["runDefinition"]["arguments"] == ["--base", "10", "--x", "3"]
    assert best.get_snapshot_id() == run.get_snapshot_id()
    assert run.get_metrics("score") == {child.id: child.get_metrics() for child in children}
    assert run.get_metrics(recursive=True)[run.id]["best_score"] in (
        13,
        [11, 13],
        [12, 13],
        [11, 12, 13],
    )
    found = run.get_children_sorted_by_primary_metric()
    assert [each["best_primary_metric"] for each in found] == [13, 12, 11]
    assert [
        each["best_primary_metric"] for each in run.get_children_sorted_by_primary_metric(2, True)
    ] == [11, 12]
    assert run.get_hyperparameters()[best.id] == '{"--x": 3}'
    with run._reading() as reader:
        assert reader.progress[:2] == (3, 3)
    assert exp.workspace.get_run(run.id).get_best_run_by_primary_metric() == best
    assert run.get_tags() == {"a": "b"}


def test_some_that_fail_are_no_failure_and_all_are(exp, source):
    text = """
        import sys
        from jupyter_runs import Run
        if int(sys.argv[-1]) < 3: sys.exit("too small")
        Run.get_context().log("loss", 1)
    """
    sampling = Sampling("grid", {"x": choice(1, 2, 3)})
    some = exp.submit(SweepConfig(source(text), sampling, "loss", "minimize", 3))
    assert done(some)["status"] == "Completed"
    assert some.get_best_run_by_primary_metric().status == "Completed"
    assert len(some.get_children_sorted_by_primary_metric(discard_no_metric=True)) == 1
    sampling = Sampling("grid", {"x": choice(1, 2)})
    every = exp.submit(SweepConfig(source(text), sampling, "loss", "minimize", 3))
    details = done(every)
    assert details["status"] == "Failed"
    assert "all 2 runs failed" in details["error"]["error"]["message"]
    assert "too small" in details["error"]["error"]["message"]
    assert every.get_best_run_by_primary_metric() is None


def test_a_metric_that_nobody_logs_is_told(exp, source):
    run = exp.submit(
        SweepConfig(source("print(1)"), Sampling("random", {"x": choice(1)}), "loss", "minimize", 1)
    )
    details = done(run)
    assert details["status"] == "Completed"
    assert "no run logged a number as 'loss'" in str(details["warnings"])


WAITS = """
    import sys, time
    from jupyter_runs import Run
    run, x = Run.get_context(), int(sys.argv[-1])
    run.log("score", x)
    while True:
        time.sleep(0.05)
        if x > 1:
            break
"""


def test_a_policy_stops_a_run_that_is_behind(exp, source):
    config = SweepConfig(
        source(WAITS),
        Sampling("grid", {"x": choice(1, 9)}),
        "score",
        "maximize",
        2,
        policy=BanditPolicy(slack_amount=2),
    )
    run = exp.submit(config)
    assert done(run)["status"] == "Completed", log_of(run)
    statuses = {child.get_metrics()["score"]: child for child in run.get_children()}
    assert statuses[9].status == "Completed"
    assert statuses[1].status == "Canceled"
    assert "BanditPolicy: at interval 1" in str(statuses[1].get_details()["error"] or log_of(run))
    assert run.get_best_run_by_primary_metric(include_canceled=False) == statuses[9]


def _going(run, count):
    children = list(run.get_children())
    return len(children) == count and all(child.get_metrics("score") for child in children)


@pytest.mark.parametrize("how", ["canceled", "killed"])
def test_its_runs_end_with_it(exp, source, home, how):
    sampling = Sampling("random", {"x": choice(1)})
    run = exp.submit(SweepConfig(source(WAITS), sampling, "score", "maximize", 9, 2))
    wait_for(lambda: _going(run, 2), log_of(run))
    if how == "canceled":
        run.cancel()
    else:
        with run._reading() as reader:
            os.kill(reader.facts["script_process"], signal.SIGKILL)
    assert done(run)["status"] == ("Canceled" if how == "canceled" else "Failed")
    children = list(run.get_children())
    assert {done(child)["status"] for child in children} == {"Canceled"}
    wait_for(lambda: len(of_this_test(home)) <= 2, "only those who serve the queues are left")


def test_its_time_is_over(exp, source):
    sampling = Sampling("random", {"x": choice(1)})
    run = exp.submit(SweepConfig(source(WAITS), sampling, "score", "maximize", 9, 2, 0.02))
    assert done(run)["status"] == "Completed"
    assert {child.status for child in run.get_children()} == {"Canceled"}
    assert len(list(run.get_children())) == 2


def test_secrets_reach_the_runs_and_no_file(exp, source, home):
    config = source(
        """
        import os, sys
        from jupyter_runs import Run
        assert os.environ["MY_TOKEN"] == "hush-hush" and os.environ["PLAIN"] == "x", os.environ
        assert sys.argv[1:3] == ["--api-key", "psst-psst"], sys.argv
        assert "JUPYTER_RUNS_SWEEP_SECRET" not in os.environ
        Run.get_context().log("score", 1)
        """,
        "--api-key",
        "psst-psst",
    )
    config.run_config.environment_variables = {"MY_TOKEN": "hush-hush", "PLAIN": "x"}
    run = exp.submit(
        SweepConfig(config, Sampling("random", {"x": choice(1)}), "score", "maximize", 1)
    )
    assert done(run)["status"] == "Completed", _log_of_all(run)
    for file in home.rglob("*"):
        if file.is_file() and file.suffix != ".zip":
            told = file.read_bytes()
            assert b"hush-hush" not in told.replace(b'== "hush-hush"', b"")
            assert b"psst-psst" not in told.replace(b'"psst-psst"]', b"")


def test_without_optuna_the_submit_says_what_to_do(exp, source, monkeypatch):
    monkeypatch.setattr(sweep_config, "find_spec", lambda _: None)
    config = SweepConfig(source("1"), Sampling("random", {"x": choice(1)}), "loss", "minimize", 1)
    with pytest.raises(MissingPackageError, match="pip install optuna"):
        exp.submit(config)
    assert list(exp.get_runs()) == []


def test_opening_other_runs_loads_nothing_of_sweeps(exp):
    run = exp.start_logging()
    run.complete()
    assert type(exp.workspace.get_run(run.id)).__name__ == "Run"


def test_how_it_is_shown(exp, source):
    config = source(
        """
        import sys
        from jupyter_runs import Run
        for value in (0.5, int(sys.argv[-1]), 9):
            Run.get_context().log("steps needed", value)
        """
    )
    sampling = Sampling("grid", {"--x": choice(1, 2, 3)})
    run = exp.submit(SweepConfig(config, sampling, "steps needed", "maximize", 3))
    done(run)
    view = view_of(run._folder)
    assert isinstance(view, SweepView)
    assert view.chart_keys()[:2] == ["steps needed · runs", "steps needed · parameters"]
    assert "best_steps needed" not in view.chart_keys()
    assert view.chart_keys("PARAM needed") == ["steps needed · parameters"]
    each, best = view.chart("steps needed · runs").lines
    assert each.y.tolist() == best.y.tolist() == [9, 9, 9]
    drawn = view.chart("steps needed · parameters").parallel
    assert [axis.name for axis in drawn.axes] == ["x", "steps needed"]
    assert len(drawn.lines) == 3
    picture = view.picture()
    assert "Parallel coordinates of x, steps needed: 3 runs" in picture
    json.dumps(view.to_json(), allow_nan=False)
    assert not view.refresh()
    table = view.at_their_best(experiment_table(view.children()))
    assert table.metrics[0] == "steps needed"
    assert [row.metrics["steps needed"].last for row in table.rows] == [9, 9, 9]
    assert not isinstance(view_of(next(run.get_children())._folder), SweepView)
